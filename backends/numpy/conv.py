"""Convolutions (cross-correlations) of 1 to 3 spatial axes and their two gradients.

Inputs in channels_first are read through transposed views and copied once, into
the padded array; results in channels_first are transposed views.
"""
import numpy as np

from . import depthwise, im2col
from .shaping import wanted_shape
from .windows import (Windows, as_format, as_items, channels_last, chunks, geometry, padded, tiles,
                      window_view)

HALF = np.dtype(np.float16)

# Up to so many channels, an input gradient is added up window by window.
FEW_CHANNELS = 4


def conv(x, kernel, strides, padding, dilation, groups, data_format):
    """Correlation of x with kernel (window..., in / groups, out)."""
    if x.dtype == HALF:
        wide = conv(x.astype(np.float32), kernel.astype(np.float32), strides, padding,
                    dilation, groups, data_format)
        return wide.astype(HALF)
    x = channels_last(x, data_format)
    geo = geometry(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    return as_format(_correlated(x, kernel, geo, groups), data_format)


def conv_kernel_gradient(x, g, kernel_shape, strides, padding, dilation, groups, data_format):
    """Gradient of `conv` with respect to its kernel."""
    if x.dtype == HALF:
        wide = conv_kernel_gradient(x.astype(np.float32), g.astype(np.float32), kernel_shape,
                                    strides, padding, dilation, groups, data_format)
        return wide.astype(HALF)
    x, g = channels_last(x, data_format), channels_last(g, data_format)
    geo = geometry(x.shape[1:-1], tuple(kernel_shape[:-2]), strides, padding, dilation)
    if not g.size or not x.size:
        return np.zeros(kernel_shape, g.dtype)
    if groups == 1 and _pointwise(geo):
        rows = _sampled(x, geo).reshape(-1, x.shape[-1])
        return np.dot(rows.T, g.reshape(-1, g.shape[-1])).reshape(kernel_shape)
    if _is_depthwise(kernel_shape, groups):
        given = g.reshape(*g.shape[:-1], groups, -1)
        return depthwise.kernel_gradient(padded_windows(x, geo), given).reshape(kernel_shape)
    parts = [im2col.kernel_gradient(padded_windows(x[..., inner], geo), g[..., outer])
             for inner, outer in _group_slices(kernel_shape, groups)]
    whole = parts[0] if groups == 1 else np.concatenate(parts, -1)
    return whole.reshape(kernel_shape)


def conv_input_gradient(g, kernel, shape_tensor, shape, strides, padding, dilation, groups,
                        data_format):
    """Gradient of `conv` with respect to x, of x's full shape (-1: g's batch)."""
    if g.dtype == HALF:
        wide = conv_input_gradient(g.astype(np.float32), kernel.astype(np.float32), shape_tensor,
                                   shape, strides, padding, dilation, groups, data_format)
        return wide.astype(HALF)
    g = channels_last(g, data_format)
    sizes = wanted_shape(shape_tensor, shape)
    sizes = sizes[1:-1] if data_format == "channels_last" else sizes[2:]
    geo = geometry(sizes, kernel.shape[:-2], strides, padding, dilation)
    return as_format(_input_gradient(g, kernel, geo, groups), data_format)


# ---- forward ----

def _correlated(x, kernel, geo, groups):
    units = kernel.shape[-1]
    if groups == 1 and _pointwise(geo):
        x = _sampled(x, geo)
        rows = x.reshape(-1, x.shape[-1]) if x.size else x.reshape(0, x.shape[-1])
        return np.dot(rows, kernel.reshape(-1, units)).reshape(*x.shape[:-1], units)
    out = np.empty((x.shape[0], *geo.out, units), x.dtype)
    if not out.size or not x.size:
        out[...] = 0
        return out
    if _is_depthwise(kernel.shape, groups):
        target = out.reshape(*out.shape[:-1], groups, -1)
        depthwise.correlate(padded_windows(x, geo), _by_channel(kernel, groups), target)
        return out
    for inner, outer in _group_slices(kernel.shape, groups):
        part = np.ascontiguousarray(kernel[..., outer]).reshape(-1, units // groups)
        im2col.correlate(padded_windows(x[..., inner], geo), part, out[..., outer])
    return out


def _pointwise(geo):
    """Whether every window is one cell and nothing is padded."""
    return geo.padded == geo.sizes and set(geo.window) == {1}


def _sampled(x, geo):
    """The cells at which windows of one cell lie."""
    if set(geo.strides) == {1}:
        return x
    return x[(slice(None), *[slice(None, None, s) for s in geo.strides])]


def padded_windows(x, geo):
    """The Windows of a Geometry over x."""
    return Windows(x, geo.padded, geo.low, geo.out, geo.window, geo.strides, geo.dilation)


def _is_depthwise(kernel_shape, groups):
    return groups > 1 and kernel_shape[-2] == 1


def _by_channel(kernel, groups):
    """(window..., 1, channels * multiplier) as (window..., channels, multiplier)."""
    return kernel.reshape(*kernel.shape[:-2], groups, -1)


def _group_slices(kernel_shape, groups):
    """(slice of the input channels, slice of the output channels) of each group."""
    inner, outer = kernel_shape[-2], kernel_shape[-1] // groups
    return [(slice(i * inner, (i + 1) * inner), slice(i * outer, (i + 1) * outer))
            for i in range(groups)]


# ---- gradient with respect to the input ----

def _input_gradient(g, kernel, geo, groups):
    channels = kernel.shape[-2] * groups
    shape = (g.shape[0], *geo.sizes, channels)
    if not g.size:
        return np.zeros(shape, g.dtype)
    if groups == 1 and _pointwise(geo) and set(geo.strides) == {1}:
        return np.dot(g.reshape(-1, g.shape[-1]), kernel.reshape(channels, -1).T).reshape(shape)
    if groups == 1 and tiles(geo):
        return _tiled(g, kernel, geo)
    if _pays_back(kernel, groups, geo) and _correlates_back(geo):
        return _correlated_back(g, kernel, geo, groups)
    return _scattered(g, kernel, geo, groups)


def _tiled(g, kernel, geo):
    """Each window's product where it belongs: a transposed convolution of 2x2 at stride 2.

    A row of a window is copied as one item.
    """
    channels, units = kernel.shape[-2:]
    *above, across = geo.window
    result = np.empty((g.shape[0], *geo.sizes, channels), g.dtype)
    split, order = [], [0]
    for axis, (n, k) in enumerate(zip(geo.out, above), 1):
        split += [n, k]
        order += [axis, axis + len(geo.out)]
    target = as_items(result.reshape(g.shape[0], *split, geo.out[-1], across * channels))
    matrix = np.ascontiguousarray(kernel.reshape(-1, units).T)
    for part, _ in chunks(g.shape[0], 1, result[:1].nbytes, im2col.CHUNK):
        given = g[part]
        rows = np.dot(given.reshape(-1, units), matrix)
        rows = as_items(rows.reshape(*given.shape[:-1], *above, across * channels))
        target[part] = rows.transpose(*order, len(geo.out))
    return result


def _pays_back(kernel, groups, geo):
    """Whether a correlation is faster than adding up windows: not for few input channels.

    A product with few columns is slow: with 3 channels and windows of 7 x 7 at stride 2 the
    correlation takes 26 ms, the sum 9.5; with 8 they take the same. But a correlation is
    faster where each channel has one kernel of its own and the stride is 1.
    """
    if _is_depthwise(kernel.shape, groups):
        return kernel.shape[-1] == groups and set(geo.strides) == {1}
    return kernel.shape[-2] > FEW_CHANNELS


def _correlates_back(geo):
    """Whether the gradient is itself a correlation of about the same cost.

    With a stride it is one correlation per residue class of positions; with a
    stride and dilation it is none. Where few windows fit, most of its cells are zero.
    """
    if any(s > 1 and d > 1 for s, d in zip(geo.strides, geo.dilation)):
        return False
    cells = [min(o * s, n) / n for o, s, n in zip(geo.out, geo.strides, geo.sizes)]
    return np.prod(cells) > 0.6


def _correlated_back(g, kernel, geo, groups):
    """For each residue of position modulo stride, the flipped kernel's cells that reach it."""
    result = np.empty((g.shape[0], *geo.sizes, kernel.shape[-2] * groups), g.dtype)
    if set(geo.strides) == {1}:
        _correlate_groups_back(windows_back(g, geo), flipped(kernel), result, groups)
        return result
    most = [-(-k // s) - 1 for k, s in zip(geo.window, geo.strides)]
    lead = tuple(m * d for m, d in zip(most, geo.dilation))
    sizes = tuple(max(lo + n, p // s + 1 + lo) for lo, n, p, s in
                  zip(lead, geo.out, geo.padded, geo.strides))
    g = padded(g, sizes, lead)  # every residue reads it
    for residue in np.ndindex(geo.strides):
        axes = [_residue_axis(*a) for a in zip(residue, geo.sizes, geo.window, geo.strides,
                                               geo.dilation, geo.low, lead)]
        target = result[(slice(None), *[a[0] for a in axes])]
        if not target.size:
            continue
        cells = kernel[tuple([a[1] for a in axes])]
        if 0 in cells.shape:
            target[...] = 0
            continue
        windows = Windows(g, sizes, (0,) * len(axes), target.shape[1:-1], cells.shape[:-2],
                          (1,) * len(axes), geo.dilation, [a[2] for a in axes])
        _correlate_groups_back(windows, cells, target, groups)
    return result


def windows_back(g, geo):
    """For each position of the input, the cells of g that it reached, where the stride is 1."""
    reach = [(k - 1) * d for k, d in zip(geo.window, geo.dilation)]
    sizes = tuple(n + r for n, r in zip(geo.sizes, reach))
    low = tuple(r - lo for r, lo in zip(reach, geo.low))
    return Windows(g, sizes, low, geo.sizes, geo.window, geo.strides, geo.dilation)


def flipped(kernel):
    """A kernel turned round along its window's axes; a view."""
    return np.flip(kernel, tuple(range(kernel.ndim - 2)))


def _residue_axis(residue, size, window, stride, dilation, low, lead):
    """(slice of the positions, slice of the kernel flipped, first cell of g to read)."""
    first = (residue - low) % stride
    taps = -(-(window - residue) // stride)
    start = (first + low) // stride + lead - (taps - 1) * dilation
    flipped = slice(residue + (taps - 1) * stride, residue - stride if residue >= stride else None,
                    -stride) if taps > 0 else slice(0, 0)
    return slice(first, size, stride), flipped, start


def _correlate_groups_back(windows, cells, target, groups):
    if _is_depthwise(cells.shape, groups):
        depthwise.correlate(windows, _by_channel(cells, groups), target[..., None])
        return
    for inner, outer in _group_slices(cells.shape, groups):
        part = cells[..., outer].swapaxes(-1, -2)
        part = np.ascontiguousarray(part).reshape(-1, part.shape[-1])
        part_windows = windows._replace(x=windows.x[..., outer])
        im2col.correlate(part_windows, part, target[..., inner])


def _scattered(g, kernel, geo, groups):
    """Each window's contribution added to where it came from."""
    channels = kernel.shape[-2] * groups
    if channels > FEW_CHANNELS:
        memory = result = np.zeros((g.shape[0], *geo.padded, channels), g.dtype)
    else:  # channel by channel, for sums over long runs
        memory = np.zeros((channels, g.shape[0], *geo.padded), g.dtype)
        result = np.moveaxis(memory, 0, -1)
    view = window_view(result, geo.out, geo.window, geo.strides, geo.dilation, memory=memory)
    if _is_depthwise(kernel.shape, groups):
        depthwise.scatter(g.reshape(*g.shape[:-1], groups, -1), _by_channel(kernel, groups), view)
    else:
        for inner, outer in _group_slices(kernel.shape, groups):
            part = np.ascontiguousarray(kernel[..., outer])
            part = part.reshape(-1, part.shape[-1])
            im2col.scatter(g[..., outer], part, view[..., inner])
    return result[(slice(None), *[slice(lo, lo + n) for lo, n in zip(geo.low, geo.sizes)])]


OPS = {
    "conv": conv, "conv_kernel_gradient": conv_kernel_gradient,
    "conv_input_gradient": conv_input_gradient,
}
