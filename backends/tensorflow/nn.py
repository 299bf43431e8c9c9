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


OPS = {"softmax": softmax, "log_softmax": log_softmax}
SPECIALIZERS = {"relu": _relu, "bias_add": _bias_add}
