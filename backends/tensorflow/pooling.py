"""Max and average pooling."""
import tensorflow as tf

from keras_compat.backends.tensorflow import windows
from keras_compat.backends.tensorflow.windows import from_last, to_last, two_axes


def _pooled(function, x, pool_size, strides, padding, data_format):
    y = function(to_last(x, data_format), two_axes(pool_size), two_axes(strides), padding.upper())
    return from_last(y, data_format, len(x.shape))


def max_pool(x, *, pool_size, strides, padding, data_format):
    """Greatest of each window; cells of padding never win."""
    return _pooled(tf.nn.max_pool, x, pool_size, strides, padding, data_format)


def max_pool_gradient(g, x, **attrs):
    """`g` added to the first greatest cell of each window."""
    return windows.vjp(lambda cells: max_pool(cells, **attrs), x, g)


def max_pool_select(h, x, **attrs):
    """The cells of `h` at the first greatest cell of each window of `x`: the transpose of that."""
    zeros = tf.zeros_like(max_pool(x, **attrs))
    return windows.vjp(lambda g: max_pool_gradient(g, x, **attrs), zeros, h)


def avg_pool(x, *, pool_size, strides, padding, data_format):
    """Mean of each window; cells of padding are not counted."""
    return _pooled(tf.nn.avg_pool, x, pool_size, strides, padding, data_format)


def avg_pool_gradient(g, shape_tensor, **attrs):
    """Each cell of `g` spread evenly over its window."""
    return windows.vjp(lambda x: avg_pool(x, **attrs), tf.zeros(shape_tensor, g.dtype), g)


OPS = {
    "max_pool": max_pool, "max_pool_gradient": max_pool_gradient,
    "max_pool_select": max_pool_select, "avg_pool": avg_pool,
    "avg_pool_gradient": avg_pool_gradient,
}
