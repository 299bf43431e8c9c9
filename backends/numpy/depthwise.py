"""Convolutions in which every channel has its own kernels: elementwise, cell by cell.

`view` is a window view (batch, out..., window..., channels), see `windows`.
A kernel is (window..., channels, multiplier), an output (batch, out..., channels,
multiplier).
"""
import numpy as np

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


def correlate(view, kernel, out):
    """Writes the correlation into `out`."""
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
    for part in _parts(g):
        source, given = view[part], g[part]
        product = np.empty(given.shape, g.dtype)
        rows = product.reshape(-1, *g.shape[-2:])
        for cell in places(window):
            np.multiply(_cell(source, cell), given, product)
            total[cell] += leading_sum(rows)
    return total


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
