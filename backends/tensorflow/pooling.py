"""Max and average pooling."""
import tensorflow as tf

from keras_compat.backends.tensorflow import windows
from keras_compat.backends.tensorflow.derivatives import vjp
from keras_compat.backends.tensorflow.windows import from_last, to_last, two_axes


def _pooled(function, x, pool_size, strides, padding, data_format):
    cells = to_last(x, data_format)
    in_planes = len(x.shape) == 5 and x.dtype != tf.float32
    pool = _in_planes if in_planes else _at_once
    y = pool(function, cells, two_axes(pool_size), two_axes(strides), padding.upper())
    return from_last(y, data_format, len(x.shape))


def _at_once(function, x, pool_size, strides, padding):
    return function(x, pool_size, strides, padding, windows.LAYOUTS[len(x.shape)])


def _in_planes(function, x, pool_size, strides, padding):
    """The last two axes, then the first: the 3D kernels on CPU take float32 alone."""
    batch, depth, rows, columns, channels = tf.unstack(tf.shape(x))
    planes = tf.reshape(x, [batch * depth, rows, columns, channels])
    planes = function(planes, pool_size[1:], strides[1:], padding)
    rows, columns = tf.shape(planes)[1], tf.shape(planes)[2]
    lines = tf.reshape(planes, [batch, depth, rows * columns, channels])
    lines = function(lines, (pool_size[0], 1), (strides[0], 1), padding)
    return tf.reshape(lines, [batch, tf.shape(lines)[1], rows, columns, channels])


def max_pool(x, *, pool_size, strides, padding, data_format):
    """Greatest of each window; cells of padding never win."""
    return _pooled(tf.nn.max_pool, x, pool_size, strides, padding, data_format)


def max_pool_gradient(g, x, **attrs):
    """`g` added to the first greatest cell of each window."""
    return vjp(lambda cells: max_pool(cells, **attrs), [x], g)[0]


def max_pool_select(h, x, **attrs):
    """The cells of `h` at the first greatest cell of each window of `x`: the transpose of that."""
    zeros = tf.zeros_like(max_pool(x, **attrs))
    return vjp(lambda g: max_pool_gradient(g, x, **attrs), [zeros], h)[0]


def avg_pool(x, *, pool_size, strides, padding, data_format):
    """Mean of each window; cells of padding are not counted."""
    return _pooled(tf.nn.avg_pool, x, pool_size, strides, padding, data_format)


def avg_pool_gradient(g, shape_tensor, **attrs):
    """Each cell of `g` spread evenly over its window."""
    return vjp(lambda x: avg_pool(x, **attrs), [tf.zeros(shape_tensor, g.dtype)], g)[0]


OPS = {
    "max_pool": max_pool, "max_pool_gradient": max_pool_gradient,
    "max_pool_select": max_pool_select, "avg_pool": avg_pool,
    "avg_pool_gradient": avg_pool_gradient,
}
