"""Convolutions in which every channel has its own kernels: elementwise, cell by cell.

`view` is a window view (batch, out..., window..., channels), see `windows`.
A kernel is (window..., channels, multiplier), an output (batch, out..., channels,
multiplier).
"""
import numpy as np

from .im2col import chunks
from .windows import places

# Bytes of output worked on at a time: it is read and written once per window cell.
_CHUNK = 1 << 17


def _parts(out):
    row = out.itemsize
    for n in out.shape[2:]:
        row *= n
    return chunks(out.shape[0], out.shape[1], row, _CHUNK)


def _cell(view, cell):
    """The input under one cell of every window, with an axis for the multiplier."""
    return view[(Ellipsis, *cell, slice(None), None)]


def correlate(view, kernel, out):
    """Writes the correlation into `out`."""
    cells = list(places(kernel.shape[:-2]))
    for part in _parts(out):
        target, source = out[part], view[part]
        np.multiply(_cell(source, cells[0]), kernel[cells[0]], target)
        product = np.empty_like(target)
        for cell in cells[1:]:
            target += np.multiply(_cell(source, cell), kernel[cell], product)
    return out


def kernel_gradient(view, g, window):
    """Gradient (window..., channels, multiplier)."""
    total = np.zeros((*window, *g.shape[-2:]), g.dtype)
    axes = tuple(range(g.ndim - 2))
    for part in _parts(g):
        source, given = view[part], g[part]
        product = np.empty_like(given)
        for cell in places(window):
            np.multiply(_cell(source, cell), given, product)
            total[cell] += product.sum(axes)
    return total


def scatter(g, kernel, view):
    """Adds the input gradient to `view`, a window view of zeros."""
    for part in _parts(g):
        target, given = view[part], g[part]
        for cell in places(kernel.shape[:-2]):
            product = given * kernel[cell]
            target[(Ellipsis, *cell, slice(None))] += (
                product[..., 0] if product.shape[-1] == 1 else product.sum(-1))
