"""Depthwise and separable convolutions."""
from .. import registry
from ..registry import composite, sugar
from . import shaping
from .convert import pair
from .convolution import conv, operands, window_attrs
from .keras1 import keras1_window


@composite(tolerance="sum")
def depthwise_conv(x, kernel, strides, padding, dilation, data_format):
    """Convolution of each channel with kernels of its own, over 1 to 3 spatial axes.

    kernel (spatial.., channels, multiplier); output channel c * multiplier + m is
    channel c with its kernel m. The rest as `conv`.
    """
    x, kernel = pair(x, kernel)
    return depthwise_conv.bind(x, kernel, strides=strides, padding=padding, dilation=dilation,
                               data_format=data_format)


@depthwise_conv.body
def _depthwise_body(x, kernel, **attrs):
    *window, channels, multiplier = kernel.shape
    if None in kernel.shape:
        registry.fail("a depthwise kernel has a known shape", "ints", tuple(kernel.shape))
    grouped = shaping.reshape(kernel, (*window, 1, channels * multiplier))
    return conv.bind(x, grouped, groups=channels, **attrs)


@composite(tolerance="sum")
def separable_conv(x, depthwise, pointwise, strides, padding, dilation, data_format):
    """A depthwise convolution, and a convolution of size 1 over its output.

    depthwise (spatial.., channels, multiplier), pointwise (1.., channels *
    multiplier, filters). The rest as `conv`.
    """
    x, depthwise = pair(x, depthwise)
    return separable_conv.bind(x, depthwise, pointwise, strides=strides, padding=padding,
                               dilation=dilation, data_format=data_format)


@separable_conv.body
def _separable_body(x, depthwise, pointwise, *, data_format, **attrs):
    middle = depthwise_conv.bind(x, depthwise, data_format=data_format, **attrs)
    ones = (1,) * (x.ndim - 2)
    return conv.bind(middle, pointwise, strides=ones, padding="valid", dilation=ones, groups=1,
                     data_format=data_format)


def _separable(rank, x, depthwise_kernel, pointwise_kernel, *window):
    x, depthwise = operands(x, depthwise_kernel, rank, "depthwise_kernel")
    _, pointwise = operands(x, pointwise_kernel, rank, "pointwise_kernel")
    if any(size not in (1, None) for size in pointwise.shape[:-2]):
        registry.fail("a pointwise kernel has spatial sizes of 1",
                      f"{(1,) * rank} and two sizes of channels", tuple(pointwise.shape))
    return separable_conv.bind(x, depthwise, pointwise, **window_attrs(rank, *window))


@sugar
def separable_conv1d(x, depthwise_kernel, pointwise_kernel, strides=1, padding="valid",
                     data_format=None, dilation_rate=1):
    """1D separable convolution: depthwise (size, channels, multiplier), pointwise
    (1, channels * multiplier, filters). Keras 2.3.1 K.separable_conv1d.
    """
    return _separable(1, x, depthwise_kernel, pointwise_kernel, strides, padding, data_format,
                      dilation_rate)


@sugar
@keras1_window("depthwise_kernel", "pointwise_kernel")
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, strides=(1, 1), padding="valid",
                     data_format=None, dilation_rate=(1, 1)):
    """2D separable convolution: depthwise (rows, cols, channels, multiplier), pointwise
    (1, 1, channels * multiplier, filters). Keras 2.3.1 K.separable_conv2d.
    """
    return _separable(2, x, depthwise_kernel, pointwise_kernel, strides, padding, data_format,
                      dilation_rate)


@sugar
def depthwise_conv2d(x, depthwise_kernel, strides=(1, 1), padding="valid", data_format=None,
                     dilation_rate=(1, 1)):
    """2D depthwise convolution: kernel (rows, cols, channels, multiplier), as `depthwise_conv`.

    Keras 2.3.1 K.depthwise_conv2d.
    """
    x, kernel = operands(x, depthwise_kernel, 2, "depthwise_kernel")
    return depthwise_conv.bind(x, kernel,
                               **window_attrs(2, strides, padding, data_format, dilation_rate))
