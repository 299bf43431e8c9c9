"""The two gradients of a convolution from windows that are built once.

Of an ordinary convolution both read the output's gradient g: the input's gradient is a
correlation of g with the flipped kernel, and the kernel's is what the windows of g make
with x. Of a transposed one both read the windows of the gradient that comes back.
"""
import numpy as np

from . import im2col
from .conv import (FEW_CHANNELS, conv, conv_input_gradient, conv_kernel_gradient,
                   padded_windows)
from .windows import Windows, as_format, channels_last, geometry


def both_gradients(g, kernel, x, strides, padding, dilation, data_format):
    """(gradient of x, gradient of the kernel) of a `conv` of stride 1 in one group."""
    g, x = channels_last(g, data_format), channels_last(x, data_format)
    geo = geometry(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    flipped = (slice(None, None, -1),) * len(strides)
    cells = np.ascontiguousarray(kernel[flipped].swapaxes(-1, -2))
    dx = np.empty(x.shape, g.dtype)
    rows = im2col.correlate_both(_windows_back(g, geo), cells.reshape(-1, x.shape[-1]), dx, x)
    dk = rows.reshape(cells.shape)[flipped].swapaxes(-1, -2)
    return as_format(dx, data_format), np.ascontiguousarray(dk)


def _windows_back(g, geo):
    """For each position of the input, the cells of g that it reached."""
    reach = [(k - 1) * d for k, d in zip(geo.window, geo.dilation)]
    sizes = tuple(n + r for n, r in zip(geo.sizes, reach))
    low = tuple(r - lo for r, lo in zip(reach, geo.low))
    return Windows(g, sizes, low, geo.sizes, geo.window, geo.strides, geo.dilation)


def _match_gradients(first, second):
    """`conv_input_gradient` and `conv_kernel_gradient` of one convolution.

    Where there are many more filters than channels the windows of g are the wide ones.
    """
    attrs = dict(second.attrs)
    *window, channels, units = attrs.pop("kernel_shape")
    if (first.inputs[0] is not second.inputs[1] or not _same(first.attrs, attrs)
            or not _fits(attrs, window, second) or set(attrs["strides"]) != {1}
            or channels <= FEW_CHANNELS or units > 2 * channels):
        return None
    shape = first.attrs["shape"]
    plain = {k: v for k, v in attrs.items() if k != "groups"}

    def gradients(g, kernel, shape_tensor, x, _):
        if g.size and x.size:
            dx, dk = both_gradients(g, kernel, x, **plain)
            # An infinite or NaN x is no factor for the zeros round g.
            if np.isfinite(dk).all():
                return dx, dk
        return (conv_input_gradient(g, kernel, shape_tensor, shape, **attrs),
                conv_kernel_gradient(x, g, kernel.shape, **attrs))
    return gradients


def conv_and_kernel_gradient(x, kernel, g, strides, padding, dilation, data_format):
    """(`conv` of x with the kernel, gradient of the kernel of another `conv` of x given g)."""
    x, g = channels_last(x, data_format), channels_last(g, data_format)
    geo = geometry(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    cells = np.ascontiguousarray(kernel).reshape(-1, kernel.shape[-1])
    y = np.empty(g.shape, x.dtype)
    rows = im2col.correlate_both(padded_windows(x, geo), cells, y, g)
    return as_format(y, data_format), rows.reshape(kernel.shape)


def _match_transposed(first, second):
    """`conv` and `conv_kernel_gradient` of one x: the gradients of a transposed convolution."""
    attrs = dict(second.attrs)
    *window, _, _ = shape = attrs.pop("kernel_shape")
    if (first.inputs[0] is not second.inputs[0] or not _same(first.attrs, attrs)
            or tuple(first.inputs[1].shape) != tuple(shape) or not _fits(attrs, window, second)):
        return None
    plain = {k: v for k, v in attrs.items() if k != "groups"}

    def gradients(x, kernel, _, g):
        if g.size and x.size:
            return conv_and_kernel_gradient(x, kernel, g, **plain)
        return conv(x, kernel, **attrs), conv_kernel_gradient(x, g, kernel.shape, **attrs)
    return gradients


def _same(one, other):
    return all(one[name] == value for name, value in other.items())


def _fits(attrs, window, step):
    """One group, windows that have to be built, and a dtype that BLAS multiplies."""
    return (attrs["groups"] == 1 and set(window) != {1}
            and step.outputs[0].dtype in ("float32", "float64"))


JOINT = {
    ("conv_input_gradient", "conv_kernel_gradient"): _match_gradients,
    ("conv", "conv_kernel_gradient"): _match_transposed,
}
