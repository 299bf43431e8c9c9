"""Pooling: the primitives with their gradients, and K's functions over them."""
from .. import registry
from ..registry import primitive, sugar
from . import shaping
from .convert import FLOATS, NUMBERS, as_tensor, need_dtype, pair
from .families import need_matching, need_one_dtype
from .keras1 import keras1_window
from .static import known
from .window import (arranged, channel_axis, checked_data_format, checked_padding, need_rank,
                     output_sizes, per_axis)

MODES = ("max", "avg")


# ---- static rules ----

def _pooled(x, pool_size, strides, padding, data_format):
    sizes = output_sizes(x, pool_size, strides, padding, data_format)
    channels = x.shape[channel_axis(data_format, x.ndim)]
    return arranged(x.shape[0], sizes, channels, data_format)


def pool_shape(x, **attrs):
    """The windows' places; batch and channels stay."""
    need_dtype(NUMBERS, x=x)
    return _pooled(x, **attrs), x.dtype


def mean_pool_shape(x, **attrs):
    """As `pool_shape`, for floats."""
    need_dtype(FLOATS, x=x)
    return _pooled(x, **attrs), x.dtype


def max_pool_gradient_shape(g, x, **attrs):
    """x's shape."""
    need_one_dtype((g, x))
    return x.shape, x.dtype


def max_pool_select_shape(h, x, **attrs):
    """The pooled shape of x, which h must have."""
    need_one_dtype((h, x))
    need_matching((h, x))
    return _pooled(x, **attrs), x.dtype


def avg_pool_gradient_shape(g, shape_tensor, **attrs):
    """The shape that the vector holds."""
    return known(shape_tensor) or (None,) * g.ndim, g.dtype


# ---- the greatest of each window ----

@primitive(pool_shape, tolerance="exact", fresh=True)
def max_pool(x, pool_size, strides, padding, data_format):
    """The greatest number of each window over 1 to 3 spatial axes.

    x (batch, spatial.., channels) or (batch, channels, spatial..). Sizes as for
    `conv`; cells that padding 'same' adds never win. The gradient of a window goes
    to the first of its greatest cells.
    """
    return max_pool.bind(as_tensor(x), pool_size=pool_size, strides=strides, padding=padding,
                         data_format=data_format)


@max_pool.gradient
def _max_pool_gradient(g, y, x, **attrs):
    return max_pool_gradient.bind(g, x, **attrs)


@primitive(max_pool_gradient_shape, tolerance="sum", fresh=True)
def max_pool_gradient(g, x, pool_size, strides, padding, data_format):
    """g, of the pooled shape, added up at the first greatest cell of each window of x."""
    g, x = pair(g, x)
    return max_pool_gradient.bind(g, x, pool_size=pool_size, strides=strides, padding=padding,
                                  data_format=data_format)


@max_pool_gradient.gradient
def _max_pool_gradient_gradient(h, y, g, x, **attrs):
    return max_pool_select.bind(h, x, **attrs), None


@primitive(max_pool_select_shape, tolerance="exact", fresh=True)
def max_pool_select(h, x, pool_size, strides, padding, data_format):
    """h, of x's shape, at the first greatest cell of each window of x."""
    h, x = pair(h, x)
    return max_pool_select.bind(h, x, pool_size=pool_size, strides=strides, padding=padding,
                                data_format=data_format)


@max_pool_select.gradient
def _max_pool_select_gradient(g, y, h, x, **attrs):
    return max_pool_gradient.bind(g, x, **attrs), None


# ---- the mean of each window ----

@primitive(mean_pool_shape, tolerance="sum", fresh=True)
def avg_pool(x, pool_size, strides, padding, data_format):
    """The mean of each window of floats, as `max_pool`; padding is not counted."""
    return avg_pool.bind(as_tensor(x), pool_size=pool_size, strides=strides, padding=padding,
                         data_format=data_format)


@avg_pool.gradient
def _avg_pool_gradient(g, y, x, **attrs):
    return avg_pool_gradient.bind(g, shaping.shape_of(x), **attrs)


@primitive(avg_pool_gradient_shape, tolerance="sum", fresh=True)
def avg_pool_gradient(g, shape, pool_size, strides, padding, data_format):
    """g, of the pooled shape, spread evenly over each window; shape: the input's, a vector."""
    return avg_pool_gradient.bind(as_tensor(g), as_tensor(shape), pool_size=pool_size,
                                  strides=strides, padding=padding, data_format=data_format)


@avg_pool_gradient.gradient
def _avg_pool_gradient_gradient(h, y, g, shape_tensor, **attrs):
    return avg_pool.bind(h, **attrs), None


# ---- K's pooling ----

def _pool(rank, x, pool_size, strides, padding, data_format, pool_mode):
    x = as_tensor(x)
    need_rank(x, rank + 2)
    if pool_mode not in MODES:
        registry.fail("unknown pool_mode", " or ".join(map(repr, MODES)), repr(pool_mode))
    pool = max_pool if pool_mode == "max" else avg_pool
    return pool.bind(x, pool_size=per_axis(pool_size, rank, "pool_size"),
                     strides=per_axis(strides, rank, "strides"),
                     padding=checked_padding(padding),
                     data_format=checked_data_format(data_format))


@sugar
def pool1d(x, pool_size, strides=1, padding="valid", data_format=None, pool_mode="max"):
    """1D pooling of (batch, steps, channels) by 'max' or 'avg', as `pool2d`.

    For layers; Keras 2.3.1 had no such function.
    """
    return _pool(1, x, pool_size, strides, padding, data_format, pool_mode)


@sugar
@keras1_window()
def pool2d(x, pool_size, strides=(1, 1), padding="valid", data_format=None, pool_mode="max"):
    """2D pooling of (batch, rows, cols, channels) by the 'max' or 'avg' of each window.

    padding 'valid' or 'same'. ValueError for unknown words, a wrong rank, and a
    'valid' window that does not fit. Keras 2.3.1 K.pool2d.
    """
    return _pool(2, x, pool_size, strides, padding, data_format, pool_mode)


@sugar
@keras1_window()
def pool3d(x, pool_size, strides=(1, 1, 1), padding="valid", data_format=None, pool_mode="max"):
    """3D pooling of (batch, d1, d2, d3, channels), as `pool2d`. Keras 2.3.1 K.pool3d."""
    return _pool(3, x, pool_size, strides, padding, data_format, pool_mode)
