"""Composites with a native form."""
import tensorflow as tf


def _relu(specs, attrs):
    """One call for the plain rectifier and the leaky one."""
    if attrs["threshold"] or attrs["max_value"] is not None:
        return None
    slope = attrs["alpha"]
    if slope and specs[0][1] == "float64":
        return None  # tf.nn.leaky_relu rounds its slope to float32
    return (lambda x: tf.nn.leaky_relu(x, slope)) if slope else tf.nn.relu


def softmax(x, *, axis):
    """exp(x) over its sum along an axis."""
    return tf.nn.softmax(x, axis)


def log_softmax(x, *, axis):
    """The logarithm of softmax."""
    return tf.nn.log_softmax(x, axis)


def _bias_add(specs, attrs):
    """The kernel for a bias with one axis."""
    (shape, _), (bias_shape, _) = specs
    if len(bias_shape) != 1 or len(shape) < 2 or bias_shape[0] in (1, None):
        return None  # a bias of size 1 may be one for all channels
    if attrs["data_format"] == "channels_first" and len(shape) > 2:
        return None
    return tf.nn.bias_add


def _categorical_crossentropy(specs, attrs):
    """That of logits, with softmax(output) - target for a gradient; else the definition.

    TensorFlow's own kernel has this gradient, but no derivative of it by the target.
    """
    axis = attrs["axis"]

    @tf.custom_gradient
    def of_logits(target, output):
        def gradient(given):
            given = tf.expand_dims(given, axis)
            return (-given * tf.nn.log_softmax(output, axis),
                    given * (tf.nn.softmax(output, axis) - target))
        return -tf.reduce_sum(target * tf.nn.log_softmax(output, axis), axis), gradient

    return of_logits if attrs["from_logits"] else None


OPS = {"softmax": softmax, "log_softmax": log_softmax}
SPECIALIZERS = {"relu": _relu, "bias_add": _bias_add,
                "categorical_crossentropy": _categorical_crossentropy}
