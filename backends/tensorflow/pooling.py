"""Max and average pooling."""
import itertools

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


# ---- the greatest ----

def max_pool(x, *, pool_size, strides, padding, data_format):
    """Greatest of each window; cells of padding never win."""
    attrs = {"pool_size": pool_size, "strides": strides, "padding": padding,
             "data_format": data_format}

    @tf.custom_gradient
    def pool(x):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = _pooled(tf.nn.max_pool, x, **attrs)
        return y, lambda g: _scattered(g, x, lambda g: tape.gradient(y, x, g), attrs)

    return pool(tf.convert_to_tensor(x))


def _scattered(g, x, kernel, attrs):
    """`g` by the kernel that is the derivative of max_pool at x, itself to be differentiated.

    TensorFlow's own second derivative writes into the memory of its input where the
    shapes agree, and gives zeros.
    """
    @tf.custom_gradient
    def scatter(g, x):
        return kernel(g), lambda h: (max_pool_select(h, x, **attrs), tf.zeros_like(x))
    return scatter(g, x)


def max_pool_gradient(g, x, **attrs):
    """`g` added to the first greatest cell of each window."""
    if x.shape[0] == 0:  # oneDNN's kernel ends the process
        return tf.zeros_like(x)
    return vjp(lambda cells: max_pool(cells, **attrs), [x], g)[0]


def max_pool_select(h, x, *, pool_size, strides, padding, data_format):
    """The cells of `h` at the first greatest cell of each window of `x`: the transpose of that."""
    rank = len(x.shape)
    x, h = to_last(x, data_format), to_last(h, data_format)
    window, strides = two_axes(pool_size), two_axes(strides)
    greatest = _pooled(tf.nn.max_pool, x, window, strides, padding, "channels_last")
    if padding == "same":
        ones = (1,) * len(window)
        x = windows.pad_same(x, window, strides, ones, x.dtype.min)
        h = windows.pad_same(h, window, strides, ones, 0)
    chosen = tf.zeros_like(greatest)
    outputs = tf.unstack(tf.shape(greatest)[1:-1])
    for place in reversed(list(itertools.product(*map(range, window)))):  # the first comes last
        cut = (slice(None), *(slice(p, p + (n - 1) * s + 1, s)
                              for p, n, s in zip(place, outputs, strides)))
        chosen = tf.where(x[cut] == greatest, h[cut], chosen)
    return from_last(chosen, data_format, rank)


# ---- the mean ----

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
