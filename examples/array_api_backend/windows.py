"""Convolution and pooling: a window is visited one cell at a time.

For each cell of the kernel, the input cells that it meets are one strided slice; a
convolution is a sum of matrix products of such slices, and every gradient is the same
walk the other way.
"""
import itertools

from .namespace import sizes, xp
from .shaping import pad


class _Walk:
    """The cells of a window over channels_last data, padded where that is asked for."""

    def __init__(self, spatial, window, strides, padding, dilation):
        self.window = window
        reach = [(k - 1) * d + 1 for k, d in zip(window, dilation)]
        if padding == "same":
            self.out = [-(-n // s) for n, s in zip(spatial, strides)]
            missing = [max((o - 1) * s + r - n, 0)
                       for o, s, r, n in zip(self.out, strides, reach, spatial)]
        else:
            self.out = [max((n - r) // s + 1, 0) for n, r, s in zip(spatial, reach, strides)]
            missing = [0] * len(spatial)
        self.pads = ((0, 0), *((m // 2, m - m // 2) for m in missing), (0, 0))
        self.steps = list(zip(strides, dilation, self.out))
        self.inside = (slice(None), *(slice(low, low + n) for (low, _), n
                                      in zip(self.pads[1:-1], spatial)), slice(None))

    def padded(self, x, value=0):
        """The data with its padding."""
        return pad(x, paddings=self.pads, value=value)

    def cells(self):
        """(offset, index of the input cells that meet it) for each cell of the window."""
        for offset in itertools.product(*map(range, self.window)):
            places = (slice(o * d, o * d + (n - 1) * s + 1 if n else o * d, s)
                      for o, (s, d, n) in zip(offset, self.steps))
            yield offset, (slice(None), *places, slice(None))


def _to_last(x, data_format):
    rank = len(x.shape)
    return xp.permute_dims(x, (0, *range(2, rank), 1)) if data_format == "channels_first" else x


def _from_last(x, data_format):
    rank = len(x.shape)
    return (xp.permute_dims(x, (0, rank - 1, *range(1, rank - 1)))
            if data_format == "channels_first" else x)


def _groups(channels, count):
    width = channels // count
    return [slice(i * width, (i + 1) * width) for i in range(count)]


# ---- convolution ----

def conv(x, kernel, *, strides, padding, dilation, groups, data_format):
    """Cross-correlation of x with a kernel (spatial.., in / groups, out)."""
    x = _to_last(x, data_format)
    walk = _Walk(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    y = xp.zeros((x.shape[0], *walk.out, kernel.shape[-1]), dtype=x.dtype)
    source = walk.padded(x)
    for offset, cells in walk.cells():
        met = source[cells]
        for ins, outs in zip(_groups(x.shape[-1], groups), _groups(kernel.shape[-1], groups)):
            y[..., outs] += met[..., ins] @ kernel[(*offset, slice(None), outs)]
    return _from_last(y, data_format)


def conv_input_gradient(g, kernel, shape_tensor, *, shape, strides, padding, dilation, groups,
                        data_format):
    """The gradient of `conv` with respect to x: the transposed convolution."""
    target = [g.shape[0], *(shape if shape_tensor is None else sizes(shape_tensor))[1:]]
    if data_format == "channels_first":
        target = [target[0], *target[2:], target[1]]
    g = _to_last(g, data_format)
    walk = _Walk(target[1:-1], kernel.shape[:-2], strides, padding, dilation)
    result = walk.padded(xp.zeros(tuple(target), dtype=g.dtype))
    for offset, cells in walk.cells():
        part = xp.zeros((*g.shape[:-1], target[-1]), dtype=g.dtype)
        for ins, outs in zip(_groups(target[-1], groups), _groups(kernel.shape[-1], groups)):
            part[..., ins] = g[..., outs] @ xp.matrix_transpose(
                kernel[(*offset, slice(None), outs)])
        result[cells] += part
    return _from_last(result[walk.inside], data_format)


def conv_kernel_gradient(x, g, *, kernel_shape, strides, padding, dilation, groups, data_format):
    """The gradient of `conv` with respect to its kernel."""
    x, g = _to_last(x, data_format), _to_last(g, data_format)
    walk = _Walk(x.shape[1:-1], kernel_shape[:-2], strides, padding, dilation)
    result = xp.zeros(kernel_shape, dtype=x.dtype)
    source, columns = walk.padded(x), xp.reshape(g, (-1, g.shape[-1]))
    for offset, cells in walk.cells():
        rows = xp.reshape(source[cells], (-1, x.shape[-1]))
        for ins, outs in zip(_groups(x.shape[-1], groups), _groups(g.shape[-1], groups)):
            result[(*offset, slice(None), outs)] = \
                xp.matrix_transpose(rows[:, ins]) @ columns[:, outs]
    return result


# ---- pooling ----

def _pooled(x, pool_size, strides, padding, data_format):
    x = _to_last(x, data_format)
    return x, _Walk(x.shape[1:-1], pool_size, strides, padding, (1,) * len(pool_size))


def _lowest(dtype):
    return -float("inf") if xp.isdtype(dtype, "real floating") else xp.iinfo(dtype).min


def _greatest(source, walk):
    found = None
    for _, cells in walk.cells():
        found = source[cells] if found is None else xp.maximum(found, source[cells])
    return found


def _first_places(source, walk):
    """(index of cells, mask of the windows whose first greatest cell is there)."""
    greatest = _greatest(source, walk)
    open_ = xp.ones(greatest.shape, dtype=xp.bool)
    for _, cells in walk.cells():
        here = xp.logical_and(open_, source[cells] == greatest)
        open_ = xp.logical_and(open_, xp.logical_not(here))
        yield cells, here


def max_pool(x, *, data_format, **attrs):
    """Greatest of each window; padding never wins."""
    x, walk = _pooled(x, data_format=data_format, **attrs)
    return _from_last(_greatest(walk.padded(x, _lowest(x.dtype)), walk), data_format)


def max_pool_gradient(g, x, *, data_format, **attrs):
    """g added to the first greatest cell of each window."""
    x, walk = _pooled(x, data_format=data_format, **attrs)
    g = _to_last(g, data_format)
    result = walk.padded(xp.zeros_like(x))
    for cells, here in _first_places(walk.padded(x, _lowest(x.dtype)), walk):
        result[cells] += xp.where(here, g, xp.zeros_like(g))
    return _from_last(result[walk.inside], data_format)


def max_pool_select(h, x, *, data_format, **attrs):
    """h at the first greatest cell of each window of x."""
    x, walk = _pooled(x, data_format=data_format, **attrs)
    source = walk.padded(_to_last(h, data_format))
    picked = 0
    for cells, here in _first_places(walk.padded(x, _lowest(x.dtype)), walk):
        picked = xp.where(here, source[cells], xp.zeros_like(source[cells])) + picked
    return _from_last(picked, data_format)


def _counts(x, walk):
    """How many cells of each window are data."""
    inside = walk.padded(xp.ones((1, *x.shape[1:-1], 1), dtype=x.dtype))
    return sum(inside[cells] for _, cells in walk.cells())


def avg_pool(x, *, data_format, **attrs):
    """Mean of each window; padding is not counted."""
    x, walk = _pooled(x, data_format=data_format, **attrs)
    source = walk.padded(x)
    total = sum(source[cells] for _, cells in walk.cells())
    return _from_last(total / _counts(x, walk), data_format)


def avg_pool_gradient(g, shape_tensor, *, data_format, **attrs):
    """g spread evenly over each window."""
    zeros = xp.zeros(sizes(shape_tensor), dtype=g.dtype)
    x, walk = _pooled(zeros, data_format=data_format, **attrs)
    share = _to_last(g, data_format) / _counts(x, walk)
    result = walk.padded(x)
    for _, cells in walk.cells():
        result[cells] += share
    return _from_last(result[walk.inside], data_format)


OPS = {
    "conv": conv, "conv_input_gradient": conv_input_gradient,
    "conv_kernel_gradient": conv_kernel_gradient, "max_pool": max_pool,
    "max_pool_gradient": max_pool_gradient, "max_pool_select": max_pool_select,
    "avg_pool": avg_pool, "avg_pool_gradient": avg_pool_gradient,
}
