"""Correlation as matrix products: windows become rows, in chunks that stay in cache.

`view` is a window view (batch, out..., window..., channels), see `windows`;
`kernel` is a matrix (window cells * channels, units).
"""
import math

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .windows import as_items, places

# Bytes of window rows built at a time: most of a usual second-level cache.
CHUNK = 3 << 18


def chunks(batch, rows, row_bytes, limit=CHUNK):
    """Index pairs (slice of the batch, slice of the first output axis) of about `limit` bytes."""
    sample = max(rows * row_bytes, 1)
    if sample <= limit:
        step = limit // sample
        for first in range(0, batch, step):
            yield slice(first, first + step), slice(None)
        return
    step = max(1, limit // row_bytes)
    for n in range(batch):
        for first in range(0, rows, step):
            yield slice(n, n + 1), slice(first, first + step)


class Columns:
    """Copies the windows of a view into the rows of a matrix, in one buffer.

    What is contiguous in a window is copied as one item (3 x 16 channels: 0.65 ms instead of
    1.1). Where it is very short, the matrix is built transposed, whose runs go along the
    output's last axis (3 x 1 channel: a third of the time); BLAS reads both.
    """

    def __init__(self, view):
        rank = view.ndim // 2 - 1
        items = _in_items(view)
        run = items.itemsize // view.itemsize
        self.across = run < 8 and run < view.shape[rank]
        self.view = view if self.across else items
        self.order = *range(rank + 1, view.ndim), *range(rank + 1)
        self.depth = math.prod(view.shape[rank + 1:])
        self.dtype = view.dtype
        self.buffer = np.empty(0, self.view.dtype)

    def __call__(self, part):
        """The windows of one chunk as a matrix (windows, depth)."""
        view = self.view[part]
        if self.buffer.size < view.size:
            self.buffer = np.empty(view.size, view.dtype)
        if self.across:
            view = view.transpose(self.order)
        flat = self.buffer[:view.size]
        flat.reshape(view.shape)[...] = view
        flat = flat.view(self.dtype)
        return flat.reshape(self.depth, -1).T if self.across else flat.reshape(-1, self.depth)


def _in_items(view):
    """The view with each contiguous run of a window as one item without a type."""
    if view.strides[-1] != view.itemsize:
        view = view[..., None]
    elif view.strides[-2] == view.shape[-1] * view.itemsize:
        view = as_strided(view, (*view.shape[:-2], view.shape[-2] * view.shape[-1]),
                          (*view.strides[:-2], view.itemsize), writeable=False)
    return as_items(view)


def _parts(view):
    out = view.shape[1:view.ndim // 2]
    row = math.prod(view.shape[view.ndim // 2:]) * view.itemsize
    for n in out[1:]:
        row *= n
    return chunks(view.shape[0], out[0], row)


def correlate(view, kernel, out):
    """Writes the correlation into `out` (batch, out..., units), any strides."""
    columns = Columns(view)
    for part in _parts(view):
        _product(columns(part), kernel, out[part])
    return out


def kernel_gradient(view, g):
    """Gradient (window cells * channels, units) from g (batch, out..., units)."""
    total = _Total(view, g)
    columns = Columns(view)
    for part in _parts(view):
        total.add(columns(part), part)
    return total.sum


def correlate_both(view, kernel, out, g):
    """Both: writes the correlation into `out`, returns the kernel gradient from g."""
    total = _Total(view, g)
    columns = Columns(view)
    for part in _parts(view):
        rows = columns(part)
        _product(rows, kernel, out[part])
        total.add(rows, part)
    return total.sum


def _product(rows, kernel, target):
    if target.flags.c_contiguous:
        np.dot(rows, kernel, target.reshape(-1, kernel.shape[1]))
    else:
        target[...] = np.dot(rows, kernel).reshape(target.shape)


class _Total:
    """The sum over all chunks of the windows' products with g."""

    def __init__(self, view, g):
        depth = math.prod(view.shape[view.ndim // 2:])
        self.g = g
        self.sum = np.zeros((depth, g.shape[-1]), g.dtype)
        self.part = np.empty_like(self.sum)

    def add(self, rows, part):
        self.sum += np.dot(rows.T, self.g[part].reshape(-1, self.g.shape[-1]), self.part)


def scatter(g, kernel, view):
    """Adds the input gradient of every window to `view`, a window view of zeros.

    Where the view's channels lie apart, the product is made transposed, in the same order.
    """
    units = kernel.shape[1]
    rank = view.ndim // 2 - 1
    across = view.strides[-1] > view.strides[rank]
    order = *range(rank + 1, view.ndim), *range(rank + 1)
    cells = list(places(view.shape[rank + 1:-1]))
    for part in _parts(view):
        target, given = view[part], g[part].reshape(-1, units)
        shape, target = target.shape, target.transpose(order)
        if across:
            rows = np.dot(kernel, given.T).reshape(target.shape)
        else:
            rows = np.dot(given, kernel.T).reshape(shape).transpose(order)
        for cell in cells:
            target[cell] += rows[cell]
