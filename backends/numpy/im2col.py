"""Correlation as matrix products: windows become rows, in chunks that stay in cache.

`view` is a window view (batch, out..., window..., channels), see `windows`;
`kernel` is a matrix (window cells * channels, units).
"""
import numpy as np

from .windows import places

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
    """Copies windows into the rows of a matrix, in one buffer.

    Where a window's contiguous runs are very short (few channels), the matrix is
    built transposed, whose runs go along the output's last axis; BLAS reads both.
    """

    def __init__(self, view, depth):
        rank = (view.ndim - 2) // 2
        self.depth = depth
        run = view.shape[-1] * view.shape[-2]
        self.across = run < 16 and view.shape[rank] > run
        order = range(view.ndim)
        self.perm = (*order[rank + 1:], *order[:rank + 1])
        self.buffer = np.empty(0, view.dtype)

    def __call__(self, view):
        """The windows of one chunk as a matrix (windows, depth)."""
        if self.buffer.size < view.size:
            self.buffer = np.empty(view.size, view.dtype)
        flat = self.buffer[:view.size]
        if self.across:
            view = view.transpose(self.perm)
        flat.reshape(view.shape)[...] = view
        count = view.size // self.depth
        return flat.reshape(self.depth, count).T if self.across else flat.reshape(count, self.depth)


def _parts(view, depth):
    out = view.shape[1:view.ndim // 2]
    row = depth * view.itemsize
    for n in out[1:]:
        row *= n
    return chunks(view.shape[0], out[0], row)


def correlate(view, kernel, out):
    """Writes the correlation into `out` (batch, out..., units), any strides."""
    depth, units = kernel.shape
    columns = Columns(view, depth)
    for part in _parts(view, depth):
        target = out[part]
        rows = columns(view[part])
        if target.flags.c_contiguous:
            np.dot(rows, kernel, target.reshape(-1, units))
        else:
            target[...] = np.dot(rows, kernel).reshape(target.shape)
    return out


def kernel_gradient(view, g):
    """Gradient (window cells * channels, units) from g (batch, out..., units)."""
    units = g.shape[-1]
    rank = g.ndim - 2
    depth = int(np.prod(view.shape[rank + 1:]))
    total = np.zeros((depth, units), g.dtype)
    part_sum = np.empty_like(total)
    columns = Columns(view, depth)
    for part in _parts(view, depth):
        rows = columns(view[part])
        total += np.dot(rows.T, g[part].reshape(-1, units), part_sum)
    return total


def scatter(g, kernel, view):
    """Adds the input gradient of every window to `view`, a window view of zeros."""
    depth, units = kernel.shape
    cells = list(places(view.shape[view.ndim // 2:-1]))
    for part in _parts(view, depth):
        target = view[part]
        rows = np.dot(g[part].reshape(-1, units), kernel.T).reshape(target.shape)
        for cell in cells:
            index = (Ellipsis, *cell, slice(None))
            target[index] += rows[index]
