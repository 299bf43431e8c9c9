"""Convolutions in which every channel has its own kernels: elementwise, cell by cell.

`windows` are `Windows`; a kernel is (window..., channels, multiplier), an output (batch,
out..., channels, multiplier). Where the windows of a row lie side by side and each channel has one
kernel, a whole row of the output is one run for `einsum`, which multiplies and adds
in a single pass.
"""
import math

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .reductions import leading_sum
from .windows import chunks, places

# Bytes of output worked on at a time: it is read and written once per window cell.
_CHUNK = 1 << 18


def _row_bytes(out):
    return math.prod(out.shape[2:]) * out.itemsize


def _cell(view, cell):
    """The input under one cell of every window, with an axis for the multiplier."""
    return view[(Ellipsis, *cell, slice(None), None)]


def _along_rows(kernel, length):
    """(cell, its kernel repeated along a row of the output): long runs for the products."""
    shape = length, *kernel.shape[-2:]
    return [(cell, np.ascontiguousarray(np.broadcast_to(kernel[cell], shape)))
            for cell in places(kernel.shape[:-2])]


def _in_runs(windows, multiplier):
    """Whether the cells under one cell of a row's windows are contiguous, one kernel each."""
    return multiplier == 1 and windows.strides[-1] == 1


def _runs(view):
    """(batch, out... but the last, window..., last out * channels)."""
    rank = view.ndim // 2 - 1
    sizes, steps = view.shape, view.strides
    shape = *sizes[:rank], *sizes[rank + 1:-1], sizes[rank] * sizes[-1]
    return as_strided(view, shape, (*steps[:rank], *steps[rank + 1:]), writeable=False)


def _lifted(windows):
    """Windows over one axis as windows over two, the first of one cell."""
    return windows._replace(
        x=windows.x[:, None], start=windows.start and (0, *windows.start), low=(0, *windows.low),
        **{name: (1, *getattr(windows, name))
           for name in ("sizes", "out", "window", "strides", "dilation")})


def correlate(windows, kernel, out):
    """Writes the correlation into `out`."""
    if _in_runs(windows, out.shape[-1]) and out.flags.c_contiguous:
        _correlate_runs(windows, kernel, out)
        return
    (first, start), *others = _along_rows(kernel, out.shape[-3])
    for part, source in windows.parts(_row_bytes(out), _CHUNK):
        target = out[part]
        np.multiply(_cell(source, first), start, target)
        product = np.empty_like(target)
        for cell, row in others:
            target += np.multiply(_cell(source, cell), row, product)


def _correlate_runs(windows, kernel, out):
    if len(windows.out) == 1:
        windows, kernel, out = _lifted(windows), kernel[None], out[:, None]
    rank = len(windows.out)
    rows = np.repeat(kernel[..., None, :, 0], out.shape[-3], -2).reshape(*windows.window, -1)
    target = out.reshape(*out.shape[:rank], -1)
    axes = list(range(2 * rank + 1))
    for part, runs in windows.parts(_row_bytes(out), _CHUNK, _runs):
        np.einsum(runs, axes, rows, axes[rank:], [*axes[:rank], axes[-1]], out=target[part])


def kernel_gradient(windows, g):
    """Gradient (window..., channels, multiplier)."""
    if _in_runs(windows, g.shape[-1]):
        return _gradient_in_runs(windows, g)
    total = np.zeros((*windows.window, *g.shape[-2:]), g.dtype)
    for part, source in windows.parts(_row_bytes(g), _CHUNK):
        given = g[part]
        product = np.empty(given.shape, g.dtype)
        rows = product.reshape(-1, *g.shape[-2:])
        for cell in places(windows.window):
            np.multiply(_cell(source, cell), given, product)
            total[cell] += leading_sum(rows)
    return total


def _gradient_in_runs(windows, g):
    """Sums over everything but a row, then along the row."""
    if len(windows.out) == 1:
        return _gradient_in_runs(_lifted(windows), g[:, None])[0]
    rank = len(windows.out)
    flat = g.reshape(*g.shape[:rank], -1)
    axes = list(range(rank + 1))
    rows = np.zeros((*windows.window, flat.shape[-1]), g.dtype)
    for part, runs in windows.parts(_row_bytes(g), _CHUNK, _runs):
        for cell in places(windows.window):
            source = runs[(*[slice(None)] * rank, *cell)]
            rows[cell] += np.einsum(source, axes, flat[part], axes, axes[-1:])
    return rows.reshape(*windows.window, *g.shape[-3:]).sum(rank)


def scatter(g, kernel, view):
    """Adds the input gradient to `view`, a window view of zeros."""
    rows = _along_rows(kernel, g.shape[-3])
    for part in chunks(*g.shape[:2], _row_bytes(g), _CHUNK):
        target, given = view[part], g[part]
        product = np.empty(given.shape, g.dtype)
        for cell, row in rows:
            np.multiply(given, row, product)
            target[(Ellipsis, *cell, slice(None))] += (
                product[..., 0] if product.shape[-1] == 1 else product.sum(-1))
