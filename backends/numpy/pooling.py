"""Pooling and its gradients, cell by cell of the window.

For each cell, the input under it in all windows is one strided view. A pool takes the
axes one after the other, so that it is as many elementwise calls as a window has cells
along each; the gradient of a maximum looks at every cell. Padding is never built: a
cell's view leaves out the windows in which it lies outside.
"""
import functools

import numpy as np

from .shaping import wanted_shape
from .windows import as_format, as_items, channels_last, chunks, geometry, places, tiles

# Bytes of output worked on at a time: it is read and written once per window cell.
_CHUNK = 1 << 18


@functools.lru_cache(maxsize=1024)
def _cells(geo):
    """(index of the input, index of the output or None for all of it) per window cell."""
    result = []
    for place in places(geo.window):
        axes = [_cell_axis(*a) for a in zip(place, geo.sizes, geo.strides, geo.out, geo.low)]
        source = (slice(None), *[a[0] for a in axes])
        whole = all(a[1] == slice(0, n) for a, n in zip(axes, geo.out))
        result.append((source, None if whole else (slice(None), *[a[1] for a in axes])))
    return result


def _cell_axis(place, size, stride, out, low):
    shift = place - low
    first = max(0, -(shift // stride))
    last = min(out, (size - 1 - shift) // stride + 1)
    count = max(0, last - first)
    start = first * stride + shift
    stop = start + (count - 1) * stride + 1 if count else start
    return slice(start, stop, stride), slice(first, first + count)


@functools.lru_cache(maxsize=1024)
def _axis_cells(geo, axis):
    """The same per cell along one spatial axis, those that lie inside in all windows first."""
    size, stride, out, low = geo.sizes[axis], geo.strides[axis], geo.out[axis], geo.low[axis]
    cells = [_cell_axis(place, size, stride, out, low) for place in range(geo.window[axis])]
    before = (slice(None),) * (axis + 1)
    cells.sort(key=lambda cell: cell[1] != slice(0, out))
    return [((*before, source), None if place == slice(0, out) else (*before, place))
            for source, place in cells]


def _parts(x, geo):
    """Indices of the batch such that the output of each part stays in cache."""
    sample = x.itemsize * x.shape[-1]
    for n in geo.out:
        sample *= n
    return [n for n, _ in chunks(x.shape[0], 1, sample, max(_CHUNK, sample))]


def _at(array, index):
    return array if index is None else array[index]


def _geometry(x, pool_size, strides, padding):
    return geometry(x.shape[1:-1], tuple(pool_size), tuple(strides), padding)


def _reduced(function, x, geo, out):
    """The windows of x reduced with a ufunc into `out`.

    The first axis comes first: its calls have the longest runs (3x3 at stride 2: 1.1 ms
    instead of 1.75 for all cells of a window in one go).
    """
    rank = len(geo.out)
    for axis in range(rank):
        shape = *x.shape[:axis + 1], geo.out[axis], *x.shape[axis + 2:]
        target = out if axis == rank - 1 else np.empty(shape, x.dtype)
        (source, _), *cells = _axis_cells(geo, axis)
        if cells and cells[0][1] is None:
            function(x[source], x[cells.pop(0)[0]], out=target)
        else:
            target[...] = x[source]
        for source, place in cells:
            part = _at(target, place)
            function(part, x[source], out=part)
        x = target
    return out


# ---- maximum ----

def max_pool(x, pool_size, strides, padding, data_format):
    """The greatest cell of each window; padding never wins."""
    x = channels_last(x, data_format)
    geo = _geometry(x, pool_size, strides, padding)
    out = np.empty((x.shape[0], *geo.out, x.shape[-1]), x.dtype)
    for part in _parts(x, geo):
        _reduced(np.maximum, x[part], geo, out[part])
    return as_format(out, data_format)


def _winners(x, geo):
    """For each cell, (index of the input, of the output, 1 where it is its window's first maximum).

    The ones and zeros are unsigned integers of x's width: multiplying the bits of a
    float by them keeps it or makes it zero, infinities too, at the speed of a float
    product. The array is the same one for every cell.
    """
    shape = x.shape[0], *geo.out, x.shape[-1]
    highest = _reduced(np.maximum, x, geo, np.empty(shape, x.dtype))
    free, wins, chosen = np.ones(shape, bool), np.empty(shape, bool), np.empty(shape, _bits(x))
    for source, place in _cells(geo):
        open_, win, ones = _at(free, place), _at(wins, place), _at(chosen, place)
        np.equal(x[source], _at(highest, place), win)
        np.logical_and(win, open_, win)
        np.logical_xor(open_, win, open_)
        np.copyto(ones, win)
        yield source, place, ones


def _bits(x):
    """The unsigned integer dtype as wide as x's."""
    return np.dtype(f"u{x.dtype.itemsize}")


def max_pool_gradient(g, x, pool_size, strides, padding, data_format):
    """g added at the first maximum of each window."""
    x, g = channels_last(x, data_format), channels_last(g, data_format)
    geo = _geometry(x, pool_size, strides, padding)
    overlap = any(k > s for k, s in zip(geo.window, geo.strides))
    result = np.empty(x.shape, x.dtype) if tiles(geo) else np.zeros(x.shape, x.dtype)
    bits, given = _bits(x), np.ascontiguousarray(g)
    for part in _parts(x, geo):
        share, target = given[part].view(bits), result[part]
        for source, place, ones in _winners(x[part], geo):
            if overlap:
                target[source] += (_at(share, place) * ones).view(x.dtype)
            else:
                np.multiply(_at(share, place), ones, target.view(bits)[source])
    return as_format(result, data_format)


def max_pool_select(h, x, pool_size, strides, padding, data_format):
    """h at the place of the first maximum of each window."""
    x, h = channels_last(x, data_format), channels_last(h, data_format)
    geo = _geometry(x, pool_size, strides, padding)
    result = np.zeros((x.shape[0], *geo.out, x.shape[-1]), h.dtype)
    bits, given = _bits(x), np.ascontiguousarray(h)
    for part in _parts(x, geo):
        chosen, target = given[part].view(bits), result[part].view(bits)
        for source, place, ones in _winners(x[part], geo):
            kept = _at(target, place)
            kept |= chosen[source] * ones
    return as_format(result, data_format)


# ---- average ----

@functools.lru_cache(maxsize=256)
def _scale(geo, dtype):
    """1 / (number of true cells) of each window, broadcastable to (batch, out..., channels)."""
    counts = np.ones((1,) * (len(geo.out) + 2))
    for axis, (n, k, s, out, low) in enumerate(
            zip(geo.sizes, geo.window, geo.strides, geo.out, geo.low)):
        first = np.arange(out) * s - low
        cells = np.minimum(first + k, n) - np.maximum(first, 0)
        counts = counts * cells.reshape([-1 if i == axis + 1 else 1 for i in range(counts.ndim)])
    scale = (1 / np.maximum(counts, 1)).astype(dtype)
    if geo.padded != geo.sizes:
        return scale
    return np.asarray(scale.flat[0] if scale.size else 1, dtype)


def _wide(x):
    return x.astype(np.float32) if x.dtype == np.float16 else x


def avg_pool(x, pool_size, strides, padding, data_format):
    """The mean of the true cells of each window."""
    dtype = x.dtype
    x = _wide(channels_last(x, data_format))
    geo = _geometry(x, pool_size, strides, padding)
    out = np.empty((x.shape[0], *geo.out, x.shape[-1]), x.dtype)
    scale = _scale(geo, x.dtype)
    for part in _parts(x, geo):
        target = _reduced(np.add, x[part], geo, out[part])
        target *= scale
    return as_format(out.astype(dtype, copy=False), data_format)


def avg_pool_gradient(g, shape_tensor, pool_size, strides, padding, data_format):
    """g shared out among the true cells of each window."""
    dtype = g.dtype
    g = _wide(channels_last(g, data_format))
    shape = wanted_shape(shape_tensor, None)
    sizes = shape[1:-1] if data_format == "channels_last" else shape[2:]
    geo = geometry(sizes, tuple(pool_size), tuple(strides), padding)
    result = np.empty((g.shape[0], *sizes, g.shape[-1]), g.dtype)
    scale = _scale(geo, g.dtype)
    spread = _copied_out if tiles(geo) and g.size else _added_out
    for part in _parts(g, geo):
        spread(np.multiply(g[part], scale, order="C"), geo, result[part])
    return as_format(result.astype(dtype, copy=False), data_format)


def _copied_out(given, geo, result):
    """Each window's value in all its cells, where windows tile the input.

    All channels of a cell are copied as one item, at a third of the time of adding.
    """
    given, result = as_items(given), as_items(result)
    split, spread = [len(given)], [slice(None)]
    for n, k in zip(geo.out, geo.window):
        split += [n, k]
        spread += [slice(None), None]
    result.reshape(split)[...] = given[tuple(spread)]


def _added_out(given, geo, result):
    """Each window's value added to all its cells, the last axis first (see `_reduced`)."""
    for axis in reversed(range(len(geo.out))):
        shape = *given.shape[:axis + 1], geo.sizes[axis], *given.shape[axis + 2:]
        target = result if axis == 0 else np.empty(shape, given.dtype)
        target[...] = 0
        for source, place in _axis_cells(geo, axis):
            target[source] += _at(given, place)
        given = target


OPS = {
    "max_pool": max_pool, "max_pool_gradient": max_pool_gradient,
    "max_pool_select": max_pool_select, "avg_pool": avg_pool,
    "avg_pool_gradient": avg_pool_gradient,
}
