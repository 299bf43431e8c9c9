"""Max and average pooling on channels_last strides."""
import torch
import torch.nn.functional as F

from keras_compat.backends.torch import windows
from keras_compat.backends.torch.arrays import sizes
from keras_compat.backends.torch.windows import keras_view, native_view

_MAX = {4: F.max_pool2d, 5: F.max_pool3d}
_MAX_INDICES = {4: torch.ops.aten.max_pool2d_with_indices,
                5: torch.ops.aten.max_pool3d_with_indices}
_AVERAGE = {4: F.avg_pool2d, 5: F.avg_pool3d}


def _layout(x, pool_size, strides, padding):
    """(pads, ceil_mode) of a native view, or pads to be filled in beforehand and None.

    An odd cell of padding at the end needs no copy: PyTorch lets the last window
    hang over in its ceil mode. Only at stride 1 it would drop that window, and
    avg_pool3d refuses a window wider than what it is given, padding or not (torch 2.13).
    """
    if padding == "valid":
        return (0,) * len(pool_size), False
    pads = windows.same_padding(tuple(x.shape[2:]), pool_size, strides, (1,) * len(pool_size))
    if x.ndim == 5 and any(n < k for n, k in zip(x.shape[2:], pool_size)):
        return pads, None
    if windows.symmetric(pads):
        return tuple(p[0] for p in pads), False
    if all(s > 1 or p[0] == p[1] for s, p in zip(strides, pads)):
        return tuple(p[0] for p in pads), True
    return pads, None


def _lowest(dtype):
    return float("-inf") if dtype.is_floating_point else torch.iinfo(dtype).min


def _max_pool(x, pool_size, strides, padding, functions=_MAX):
    pads, ceil = _layout(x, pool_size, strides, padding)
    if ceil is None:
        x, pads, ceil = windows.padded(x, pads, _lowest(x.dtype)), (0,) * len(pool_size), False
    return functions[x.ndim](x, pool_size, strides, pads, 1, ceil)


def max_pool(x, *, pool_size, strides, padding, data_format):
    """Greatest of each window; cells of padding never win."""
    pool_size, strides = windows.two_axes(pool_size), windows.two_axes(strides)
    y = _max_pool(native_view(x, data_format), pool_size, strides, padding)
    return keras_view(y, data_format, x.ndim)


def max_pool_gradient(g, x, *, pool_size, strides, padding, data_format):
    """`g` added to the first greatest cell of each window."""
    def pool(x):
        return max_pool(x, pool_size=pool_size, strides=strides, padding=padding,
                        data_format=data_format)
    return windows.vjp(pool, x, g)


def max_pool_select(h, x, *, pool_size, strides, padding, data_format):
    """The cells of `h` at the first greatest cell of each window of `x`."""
    ndim = x.ndim
    pool_size, strides = windows.two_axes(pool_size), windows.two_axes(strides)
    h, x = native_view(h, data_format), native_view(x, data_format)
    pads, ceil = _layout(x, pool_size, strides, padding)
    if ceil is None:
        h = windows.padded(h, pads)
    places = _max_pool(x.detach(), pool_size, strides, padding, _MAX_INDICES)[1]
    picked = h.flatten(2).gather(2, places.flatten(2)).reshape(places.shape)
    return keras_view(picked, data_format, ndim)


def _average_pool(x, pool_size, strides, padding):
    if x.ndim == 5 and x.dtype == torch.float16:
        # avg_pool3d has no float16 on the CPU (torch 2.13)
        return _average_pool(x.float(), pool_size, strides, padding).half()
    pads, ceil = _layout(x, pool_size, strides, padding)
    pool = _AVERAGE[x.ndim]
    if ceil is None:
        inside = windows.padded(torch.ones_like(x[:1, :1]), pads)
        share = pool(inside, pool_size, strides)
        return pool(windows.padded(x, pads), pool_size, strides) / share
    return pool(x, pool_size, strides, pads, ceil, False)


def avg_pool(x, *, pool_size, strides, padding, data_format):
    """Mean of each window; cells of padding are not counted."""
    pool_size, strides = windows.two_axes(pool_size), windows.two_axes(strides)
    y = _average_pool(native_view(x, data_format), pool_size, strides, padding)
    return keras_view(y, data_format, x.ndim)


def avg_pool_gradient(g, shape_tensor, *, pool_size, strides, padding, data_format):
    """Each cell of `g` spread evenly over its window."""
    def pool(x):
        return avg_pool(x, pool_size=pool_size, strides=strides, padding=padding,
                        data_format=data_format)
    return windows.vjp(pool, g.new_empty(sizes(shape_tensor)), g)


OPS = {
    "max_pool": max_pool, "max_pool_gradient": max_pool_gradient,
    "max_pool_select": max_pool_select, "avg_pool": avg_pool,
    "avg_pool_gradient": avg_pool_gradient,
}
