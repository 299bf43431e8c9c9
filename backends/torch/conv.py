"""Convolutions and their gradients, on channels_last strides without copies."""
import torch

from keras_compat.backends.torch import windows
from keras_compat.backends.torch.arrays import sizes
from keras_compat.backends.torch.windows import kernel_view, keras_view, native_view

_CONV = {4: torch.conv2d, 5: torch.conv3d}
_TRANSPOSED = {4: torch.conv_transpose2d, 5: torch.conv_transpose3d}


def _pads(spatial, window, strides, dilation, padding):
    if padding == "valid":
        return ((0, 0),) * len(spatial)
    return windows.same_padding(tuple(spatial), tuple(window), strides, dilation)


def _strided_cells(window, strides):
    """Whether windows are single cells with some left out between them.

    oneDNN 3.12 (in torch 2.13) must not see those: on processors without AVX-512, its kernel
    gradient for fewer than 8 input channels writes past the end of a buffer.
    """
    return set(window) == {1} and set(strides) != {1}


def _sampled(x, window, strides):
    """(the cells of `x` where windows lie, the strides that are left) for windows of one cell."""
    if not _strided_cells(window, strides):
        return x, strides
    return x[(slice(None), slice(None), *[slice(None, None, s) for s in strides])], \
        (1,) * len(strides)


def conv(x, kernel, *, strides, padding, dilation, groups, data_format):
    """Cross-correlation of `x` with a kernel (spatial..., in / groups, out)."""
    ndim = x.ndim
    x, w = native_view(x, data_format), windows.kernel_for_use(kernel)
    strides, dilation = windows.two_axes(strides), windows.two_axes(dilation)
    x, strides = _sampled(x, w.shape[2:], strides)
    pads = _pads(x.shape[2:], w.shape[2:], strides, dilation, padding)
    if windows.symmetric(pads):
        before = [p[0] for p in pads]
    else:
        x, before = windows.padded(x, pads), 0
    y = _CONV[x.ndim](x, w, None, strides, before, dilation, groups)
    return keras_view(y, data_format, ndim)


def conv_input_gradient(g, kernel, shape_tensor, *, shape, strides, padding, dilation, groups,
                        data_format):
    """The transposed convolution: gradient of `conv` with respect to its input."""
    target = list(shape if shape_tensor is None else sizes(shape_tensor))
    target[0] = g.shape[0]
    spatial = windows.native_shape(target, data_format)[2:]
    ndim = g.ndim
    g, w = native_view(g, data_format), kernel_view(kernel)
    if w.dtype != torch.float32:
        # torch 2.13's own kernel (oneDNN has float32) refuses to differentiate a view of one
        # input channel: "grad_weight needs to be contiguous".
        w = w.contiguous()
    strides, dilation = windows.two_axes(strides), windows.two_axes(dilation)
    if _strided_cells(w.shape[2:], strides):
        cells = _TRANSPOSED[g.ndim](g, w, groups=groups)
        return keras_view(_spread(cells, spatial, strides), data_format, ndim)
    pads = _pads(spatial, w.shape[2:], strides, dilation, padding)
    before = [p[0] for p in pads]
    y = _TRANSPOSED[g.ndim](g, w, None, strides, before, _grown(g, w, strides, dilation, before,
                                                               spatial), groups, dilation)
    for axis, size in enumerate(spatial, 2):
        y = y.narrow(axis, 0, size) if y.shape[axis] > size else y
    return keras_view(y, data_format, ndim)


def _spread(cells, spatial, strides):
    """The way back from `_sampled`: zeros of these sizes with `cells` where windows lie."""
    layout = torch.channels_last if cells.ndim == 4 else torch.channels_last_3d
    y = torch.empty((*cells.shape[:2], *spatial), dtype=cells.dtype, device=cells.device,
                    memory_format=layout).zero_()
    y[(slice(None), slice(None), *[slice(None, None, s) for s in strides])] = cells
    return y


def _grown(g, w, strides, dilation, before, spatial):
    """Cells that no window reached, at the end of each axis.

    The kernel takes `before` away at both ends; where the padding was uneven it
    returns a cell too many instead, which is cut off.
    """
    return [max(size - ((n - 1) * s + d * (k - 1) + 1 - 2 * b), 0) for size, n, k, s, d, b
            in zip(spatial, g.shape[2:], w.shape[2:], strides, dilation, before)]


def conv_kernel_gradient(x, g, *, kernel_shape, strides, padding, dilation, groups, data_format):
    """Gradient of `conv` with respect to its kernel."""
    x, g = native_view(x, data_format), native_view(g, data_format)
    strides, dilation = windows.two_axes(strides), windows.two_axes(dilation)
    # only the sizes of this stand-in matter
    w = kernel_view(x.new_empty(1).expand(kernel_shape))
    x, strides = _sampled(x, w.shape[2:], strides)
    pads = _pads(x.shape[2:], w.shape[2:], strides, dilation, padding)
    rank = len(pads)
    before = [p[0] for p in pads]
    if not windows.symmetric(pads):
        x, before = windows.padded(x, pads), [0] * rank
    gradient = torch.ops.aten.convolution_backward(
        g, x, w, None, strides, before, dilation, False, [0] * rank, groups,
        [False, True, False])[1]
    return windows.kernel_back(gradient, len(kernel_shape))


OPS = {
    "conv": conv, "conv_input_gradient": conv_input_gradient,
    "conv_kernel_gradient": conv_kernel_gradient,
}
