"""The two gradients of a convolution from windows that are built once.

Of an ordinary convolution both read the output's gradient g: the input's gradient is a
correlation of g with the flipped kernel, and the kernel's is what the windows of g make
with x. Of a transposed one both read the windows of the gradient that comes back.
"""
import numpy as np

from . import im2col
from .conv import (FEW_CHANNELS, conv, conv_input_gradient, conv_kernel_gradient, flipped,
                   padded_windows, windows_back)
from .windows import as_format, channels_last, geometry


def both_gradients(g, kernel, x, strides, padding, dilation, data_format):
    """(gradient of x, gradient of the kernel) of a `conv` of stride 1 in one group."""
    g, x = channels_last(g, data_format), channels_last(x, data_format)
    geo = geometry(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    cells = np.ascontiguousarray(flipped(kernel).swapaxes(-1, -2))
    dx = np.empty(x.shape, g.dtype)
    rows = im2col.correlate_both(windows_back(g, geo), cells.reshape(-1, x.shape[-1]), dx, x)
    dk = flipped(rows.reshape(cells.shape)).swapaxes(-1, -2)
    return as_format(dx, data_format), np.ascontiguousarray(dk)


def conv_and_kernel_gradient(x, kernel, g, strides, padding, dilation, data_format):
    """(`conv` of x with the kernel, gradient of the kernel of another `conv` of x given g)."""
    x, g = channels_last(x, data_format), channels_last(g, data_format)
    geo = geometry(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    cells = np.ascontiguousarray(kernel).reshape(-1, kernel.shape[-1])
    y = np.empty(g.shape, x.dtype)
    rows = im2col.correlate_both(padded_windows(x, geo), cells, y, g)
    return as_format(y, data_format), rows.reshape(kernel.shape)


def _match_gradients(first, second):
    """`conv_input_gradient` and `conv_kernel_gradient` of one convolution.

    Where there are many more filters than channels the windows of g are the wide ones.
    """
    attrs = _common(first, second)
    *_, channels, units = second.attrs["kernel_shape"]
    if (attrs is None or first.inputs[0] is not second.inputs[1] or set(attrs["strides"]) != {1}
            or channels <= FEW_CHANNELS or units > 2 * channels):
        return None
    shape = first.attrs["shape"]

    def gradients(g, kernel, shape_tensor, x, _):
        if g.size and x.size:
            dx, dk = both_gradients(g, kernel, x, **attrs)
            # An infinite or NaN x is no factor for the zeros round g.
            if np.isfinite(dk).all():
                return dx, dk
        return (conv_input_gradient(g, kernel, shape_tensor, shape, groups=1, **attrs),
                conv_kernel_gradient(x, g, kernel.shape, groups=1, **attrs))
    return gradients


def _match_transposed(first, second):
    """`conv` and `conv_kernel_gradient` of one x: the gradients of a transposed convolution."""
    attrs = _common(first, second)
    if (attrs is None or first.inputs[0] is not second.inputs[0]
            or tuple(first.inputs[1].shape) != tuple(second.attrs["kernel_shape"])):
        return None

    def gradients(x, kernel, _, g):
        if g.size and x.size:
            return conv_and_kernel_gradient(x, kernel, g, **attrs)
        return (conv(x, kernel, groups=1, **attrs),
                conv_kernel_gradient(x, g, kernel.shape, groups=1, **attrs))
    return gradients


def _common(first, second):
    """The attributes of both but the groups; None where they differ or nothing can be shared.

    There must be one group, windows that have to be built, and a dtype that BLAS multiplies.
    """
    attrs = dict(second.attrs)
    *window, _, _ = attrs.pop("kernel_shape")
    same = all(first.attrs[name] == value for name, value in attrs.items())
    groups, dtype = attrs.pop("groups"), second.outputs[0].dtype
    fits = groups == 1 and set(window) != {1} and dtype in ("float32", "float64")
    return attrs if same and fits else None


JOINT = {
    ("conv_input_gradient", "conv_kernel_gradient"): _match_gradients,
    ("conv", "conv_kernel_gradient"): _match_transposed,
}
