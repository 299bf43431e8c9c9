"""Convolutions in which every channel has its own kernels: elementwise, cell by cell.

`view` is a window view (batch, out..., window..., channels), see `windows`.
A kernel is (window..., channels, multiplier), an output (batch, out..., channels,
multiplier). Where the windows of a row lie side by side and each channel has one
kernel, a whole row of the output is one run for `einsum`, which multiplies and adds
in a single pass.
"""
import numpy as np
from numpy.lib.stride_tricks import as_strided

from .im2col import chunks
from .reductions import leading_sum
from .windows import places

# Bytes of output worked on at a time: it is read and written once per window cell.
_CHUNK = 1 << 18


def _parts(out):
    row = out.itemsize
    for n in out.shape[2:]:
        row *= n
    return chunks(out.shape[0], out.shape[1], row, _CHUNK)


def _cell(view, cell):
    """The input under one cell of every window, with an axis for the multiplier."""
    return view[(Ellipsis, *cell, slice(None), None)]


def _along_rows(kernel, length):
    """(cell, its kernel repeated along a row of the output): long runs for the products."""
    shape = length, *kernel.shape[-2:]
    return [(cell, np.ascontiguousarray(np.broadcast_to(kernel[cell], shape)))
            for cell in places(kernel.shape[:-2])]


def _rank(view):
    return view.ndim // 2 - 1


def _in_runs(view, multiplier):
    """Whether the cells under one cell of a row's windows are contiguous, one kernel each."""
    side_by_side = view.strides[_rank(view)] == view.shape[-1] * view.itemsize
    return multiplier == 1 and side_by_side and view.strides[-1] == view.itemsize


def _runs(view):
    """(batch, out... but the last, window..., last out * channels)."""
    rank = _rank(view)
    sizes, steps = view.shape, view.strides
    shape = *sizes[:rank], *sizes[rank + 1:-1], sizes[rank] * sizes[-1]
    return as_strided(view, shape, (*steps[:rank], *steps[rank + 1:]), writeable=False)


def correlate(view, kernel, out):
    """Writes the correlation into `out`."""
    if _in_runs(view, out.shape[-1]) and out.flags.c_contiguous:
        rank = _rank(view)
        rows = np.broadcast_to(kernel[..., None, :, 0],
                               (*kernel.shape[:-2], out.shape[-3], kernel.shape[-2]))
        runs, cells = _runs(view), list(range(rank, 2 * rank + 1))
        target = out.reshape(*runs.shape[:rank], runs.shape[-1])
        np.einsum(runs, range(2 * rank + 1), rows.reshape(*rows.shape[:rank], -1), cells,
                  [*range(rank), 2 * rank], out=target)
        return
    (first, start), *others = _along_rows(kernel, out.shape[-3])
    for part in _parts(out):
        target, source = out[part], view[part]
        np.multiply(_cell(source, first), start, target)
        product = np.empty_like(target)
        for cell, row in others:
            target += np.multiply(_cell(source, cell), row, product)


def kernel_gradient(view, g, window):
    """Gradient (window..., channels, multiplier)."""
    total = np.zeros((*window, *g.shape[-2:]), g.dtype)
    if _in_runs(view, g.shape[-1]):
        _gradient_in_runs(_runs(view), g, total)
        return total
    for part in _parts(g):
        source, given = view[part], g[part]
        product = np.empty(given.shape, g.dtype)
        rows = product.reshape(-1, *g.shape[-2:])
        for cell in places(window):
            np.multiply(_cell(source, cell), given, product)
            total[cell] += leading_sum(rows)
    return total


def _gradient_in_runs(runs, g, total):
    """Adds the gradient to `total`: sums over everything but a row, then along the row."""
    rank = g.ndim - 3
    g = g.reshape(*g.shape[:rank], -1)
    axes = list(range(rank + 1))
    for cell in places(total.shape[:-2]):
        source = runs[(*[slice(None)] * rank, *cell)]
        row = np.einsum(source, axes, g, axes, axes[-1:])
        total[cell] += leading_sum(row.reshape(-1, *total.shape[-2:]))


def scatter(g, kernel, view):
    """Adds the input gradient to `view`, a window view of zeros."""
    rows = _along_rows(kernel, g.shape[-3])
    for part in _parts(g):
        target, given = view[part], g[part]
        product = np.empty(given.shape, g.dtype)
        for cell, row in rows:
            np.multiply(given, row, product)
            target[(Ellipsis, *cell, slice(None))] += (
                product[..., 0] if product.shape[-1] == 1 else product.sum(-1))
