"""Batch normalization by TensorFlow's fused kernel."""
import tensorflow as tf

from keras_compat.backends.tensorflow.derivatives import vjp


def _training_kernel(specs, attrs):
    """The kernel where all axes but the last are reduced; it has no float64 and mixes float16."""
    shape, dtype = specs[0]
    last = tuple(range(len(shape) - 1))
    if attrs["axes"] != last or not last or dtype != "float32" or not shape[-1]:
        return None
    epsilon = attrs["epsilon"]
    return lambda x, gamma, beta: _normalize(x, gamma, beta, epsilon)


def _normalize(x, gamma, beta, epsilon):
    """(normalized, mean, biased variance) of x, whose channels are on the last axis."""
    channels = x.shape[-1]
    image = x if len(x.shape) == 4 else tf.reshape(x, [-1, 1, 1, channels])
    found = tf.raw_ops.FusedBatchNormV3(
        x=image, scale=tf.ones(channels) if gamma is None else gamma,
        offset=tf.zeros(channels) if beta is None else beta, mean=[], variance=[],
        epsilon=epsilon, data_format="NHWC", is_training=True)
    count = tf.cast(tf.size(x) // channels, x.dtype)
    variance = found.batch_variance * ((count - 1) / count)  # the kernel's is the unbiased one
    y = found.y if image is x else tf.reshape(found.y, tf.shape(x))
    y.set_shape(x.shape)
    return (y, *_statistics(x, found.batch_mean, variance))


def _statistics(x, mean, variance):
    """The values given, with the derivatives by x that the kernel's own do not have."""
    @tf.custom_gradient
    def known(x):
        axes = list(range(len(x.shape) - 1))
        return (tf.identity(mean), tf.identity(variance)), lambda *given: vjp(
            lambda x: tf.nn.moments(x, axes), [x], given)[0]
    return known(x)


def batch_normalization(x, mean, var, beta, gamma, *, axis, epsilon):
    """(x - mean) / sqrt(var + epsilon) * gamma + beta as one product and one sum over x."""
    scale = tf.math.rsqrt(var + epsilon)
    scale = scale if gamma is None else scale * gamma
    shift = -mean * scale if beta is None else beta - mean * scale
    if axis != len(x.shape) - 1:
        sizes = [-1, *[1] * (len(x.shape) - 1 - axis)]
        scale, shift = tf.reshape(scale, sizes), tf.reshape(shift, sizes)
    return x * scale + shift


OPS = {"batch_normalization": batch_normalization}
SPECIALIZERS = {"normalize_batch_in_training": _training_kernel}
