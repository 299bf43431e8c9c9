"""Convolutions: the primitive, its two gradients, and K's functions over them.

Kernels are (spatial.., input channels / groups, output channels) whatever the
data format, and are not flipped. The three primitives are closed under
differentiation: each one's gradient is written with the others.
"""
from .. import graph, registry
from ..registry import primitive, sugar
from . import shaping
from .convert import FLOATS, agree, need_dtype, pair
from .families import need_one_dtype
from .keras1 import keras1_window
from .padding import padded
from .static import known
from .window import (arranged, channel_axis, checked_data_format, checked_padding, need_one_step,
                     need_rank, output_size, output_sizes, per_axis, spatial_axes, spatial_sizes)


# ---- static rules ----

def _check_channels(x, channels, kernel, groups, data_format, name="x"):
    axis = channel_axis(data_format, x.ndim)
    if not agree(x.shape[axis], channels):
        registry.fail("the kernel must match the channels",
                      f"{name}.shape[{axis}] == {channels}",
                      f"{name} {tuple(x.shape)}, kernel {tuple(kernel)}"
                      + (f", {groups} groups" if groups > 1 else ""),
                      f"data_format is '{data_format}'")


def _check_pair(x, kernel):
    need_rank(kernel, x.ndim, "kernel")
    need_one_dtype((x, kernel))
    need_dtype(FLOATS, x=x)


def _times(size, factor):
    return None if size is None else size * factor


def conv_shape(x, kernel, *, strides, padding, dilation, groups, data_format):
    """The windows' places, with the kernel's output channels."""
    _check_pair(x, kernel)
    _check_channels(x, _times(kernel.shape[-2], groups), kernel.shape, groups, data_format)
    sizes = output_sizes(x, kernel.shape[:-2], strides, padding, data_format, dilation)
    return arranged(x.shape[0], sizes, kernel.shape[-1], data_format), x.dtype


def conv_input_shape(g, kernel, shape_tensor, *, shape, strides, padding, dilation, groups,
                     data_format):
    """The shape that was asked for, if a convolution of that shape gives g's."""
    _check_pair(g, kernel)
    _check_channels(g, kernel.shape[-1], kernel.shape, groups, data_format, "g")
    result = _asked(g, shape_tensor, shape)
    x = graph.Tensor(result, g.dtype)
    _check_channels(x, _times(kernel.shape[-2], groups), kernel.shape, groups, data_format,
                    "output")
    sizes = tuple(output_size(n, k, s, padding, d) for n, k, s, d in zip(
        spatial_sizes(x, data_format), kernel.shape[:-2], strides, dilation))
    if not all(map(agree, sizes, spatial_sizes(g, data_format))):
        registry.fail("the output shape must be one that this convolution shrinks to the input's",
                      f"spatial sizes {sizes} for the output shape {tuple(result)}",
                      f"x {tuple(g.shape)}")
    return result, g.dtype


def _asked(g, shape_tensor, shape):
    if shape_tensor is None:
        return (g.shape[0], *shape[1:]) if shape[0] == -1 else shape
    return known(shape_tensor) or (None,) * g.ndim


def conv_kernel_shape(x, g, *, kernel_shape, strides, padding, dilation, groups, data_format):
    """The kernel's shape."""
    need_one_dtype((x, g))
    return kernel_shape, x.dtype


# ---- primitives ----

@primitive(conv_shape, tolerance="sum", fresh=True)
def conv(x, kernel, strides, padding, dilation, groups, data_format):
    """Cross-correlation of x with a kernel over 1 to 3 spatial axes.

    x (batch, spatial.., channels) or (batch, channels, spatial..); kernel
    (spatial.., channels / groups, filters), floats of one dtype. strides,
    dilation: a tuple of ints. padding 'valid' or 'same' (zeros; an odd one goes to
    the end, as in TensorFlow). Output sizes: ceil(n / stride) for 'same',
    floor((n - (k - 1) * dilation - 1) / stride) + 1 for 'valid'. Filter f belongs
    to group f // (filters / groups). ValueError where shapes do not match.
    """
    x, kernel = pair(x, kernel)
    return conv.bind(x, kernel, strides=strides, padding=padding, dilation=dilation,
                     groups=groups, data_format=data_format)


@conv.gradient
def _conv_gradient(g, y, x, kernel, **attrs):
    return _input_gradient(g, kernel, x, attrs), _kernel_gradient(x, g, kernel, attrs)


@primitive(conv_input_shape, tolerance="sum", fresh=True)
def conv_input_gradient(g, kernel, shape, strides, padding, dilation, groups, data_format):
    """The gradient of `conv` with respect to its input: the transposed convolution.

    g: of the shape that `conv` gives; kernel as for `conv`. shape: the whole shape
    of the result as a vector tensor, or as ints, where -1 for the batch means g's.
    """
    g, kernel = pair(g, kernel)
    dynamic = isinstance(shape, graph.Tensor)
    return conv_input_gradient.bind(
        g, kernel, shape if dynamic else None, shape=None if dynamic else tuple(shape),
        strides=strides, padding=padding, dilation=dilation, groups=groups,
        data_format=data_format)


@conv_input_gradient.gradient
def _conv_input_gradient_gradient(h, y, g, kernel, shape_tensor, *, shape, **attrs):
    return conv.bind(h, kernel, **attrs), _kernel_gradient(h, g, kernel, attrs), None


@primitive(conv_kernel_shape, tolerance="sum", fresh=True)
def conv_kernel_gradient(x, g, kernel_shape, strides, padding, dilation, groups, data_format):
    """The gradient of `conv` with respect to its kernel, of the shape `kernel_shape` (ints).

    x: the input of `conv`; g: of the shape that it gives.
    """
    x, g = pair(x, g)
    return conv_kernel_gradient.bind(
        x, g, kernel_shape=tuple(kernel_shape), strides=strides, padding=padding,
        dilation=dilation, groups=groups, data_format=data_format)


@conv_kernel_gradient.gradient
def _conv_kernel_gradient_gradient(h, y, x, g, *, kernel_shape, **attrs):
    return _input_gradient(g, h, x, attrs), conv.bind(x, h, **attrs)


def _input_gradient(g, kernel, x, attrs):
    if None in x.shape[1:]:
        return conv_input_gradient.bind(g, kernel, shaping.shape_of(x), shape=None, **attrs)
    shape = (-1 if x.shape[0] is None else x.shape[0], *x.shape[1:])
    return conv_input_gradient.bind(g, kernel, None, shape=shape, **attrs)


def _kernel_gradient(x, g, kernel, attrs):
    if None in kernel.shape:
        registry.fail("the gradient needs the kernel's sizes", "a kernel of known shape",
                      f"kernel {tuple(kernel.shape)}")
    return conv_kernel_gradient.bind(x, g, kernel_shape=tuple(kernel.shape), **attrs)


# ---- K's convolutions ----

def operands(x, kernel, rank, name="kernel"):
    """Both as tensors of one dtype, with `rank` spatial axes."""
    x, kernel = pair(x, kernel)
    need_rank(x, rank + 2)
    need_rank(kernel, rank + 2, name)
    return x, kernel


def window_attrs(rank, strides, padding, data_format, dilation_rate):
    """The attributes of `conv` from the arguments of a K function."""
    strides = per_axis(strides, rank, "strides")
    dilation = per_axis(dilation_rate, rank, "dilation_rate")
    need_one_step(strides, dilation)
    return {"strides": strides, "padding": checked_padding(padding), "dilation": dilation,
            "data_format": checked_data_format(data_format)}


def convolution(rank, x, kernel, *window):
    """`conv` from a K function's arguments."""
    x, kernel = operands(x, kernel, rank)
    return conv.bind(x, kernel, groups=1, **window_attrs(rank, *window))


@sugar
@keras1_window("kernel", stride="strides", places="x kernel strides padding . .")
def conv1d(x, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """1D convolution: x (batch, steps, channels), kernel (size, channels, filters).

    padding: 'valid', 'same' or 'causal' (output t depends on inputs up to t only).
    Shapes, dtypes and errors as `conv`; strides and dilation not both above 1.
    Keras 2.3.1 K.conv1d, but 'causal' works for channels_first too.
    """
    if checked_padding(padding, ("valid", "same", "causal")) == "causal":
        x, kernel = operands(x, kernel, 1)
        data_format, padding = checked_data_format(data_format), "valid"
        x = _padded_before(x, kernel, per_axis(dilation_rate, 1, "dilation_rate"), data_format)
    return convolution(1, x, kernel, strides, padding, data_format, dilation_rate)


def _padded_before(x, kernel, dilation, data_format):
    if kernel.shape[0] is None:
        registry.fail("a causal convolution's kernel has a known size", "kernel.shape[0] an int",
                      f"kernel {tuple(kernel.shape)}")
    before = dilation[0] * (kernel.shape[0] - 1)
    return padded(x, {spatial_axes(data_format, 3)[0]: (before, 0)})


@sugar
@keras1_window("kernel", filter_dilation="dilation_rate",
               places="x kernel strides padding data_format . . dilation_rate")
def conv2d(x, kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """2D convolution: x (batch, rows, cols, channels), kernel (rows, cols, channels, filters).

    Shapes, dtypes and errors as `conv`; strides and dilation not both above 1.
    Keras 2.3.1 K.conv2d.
    """
    return convolution(2, x, kernel, strides, padding, data_format, dilation_rate)


@sugar
@keras1_window("kernel", places="x kernel strides padding data_format . .")
def conv3d(x, kernel, strides=(1, 1, 1), padding="valid", data_format=None,
           dilation_rate=(1, 1, 1)):
    """3D convolution: x (batch, d1, d2, d3, channels), kernel (k1, k2, k3, channels, filters).

    Shapes, dtypes and errors as `conv`; strides and dilation not both above 1.
    Keras 2.3.1 K.conv3d.
    """
    return convolution(3, x, kernel, strides, padding, data_format, dilation_rate)
