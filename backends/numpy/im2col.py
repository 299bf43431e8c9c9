"""Correlation as matrix products: windows become rows, in chunks that stay in cache.

`windows` are `Windows`; `kernel` is a matrix (window cells * channels, units).
"""
import math

import numpy as np
from numpy.lib.stride_tricks import as_strided

from . import windows as _windows
from .windows import as_items, places

# Bytes of window rows built at a time: most of a usual second-level cache.
CHUNK = 3 << 18


def _matrices(windows):
    """(part of the output, its windows as a matrix (windows, depth)), all in one buffer.

    What is contiguous in a window is copied as one item (3 x 16 channels: 0.65 ms instead of
    1.1). Where it is very short, the matrix is built transposed, whose runs go along the
    output's last axis (3 x 1 channel: a third of the time); BLAS reads both.
    """
    depth = _depth(windows)
    row = math.prod(windows.out[1:]) * depth * windows.x.itemsize
    across = windows.run < 8 and windows.run < windows.out[-1]
    buffer = np.empty(0)
    for part, view in windows.parts(row, CHUNK, None if across else _in_items):
        if across:
            view = view.transpose(_window_first(view))
        if buffer.size < view.size:
            buffer = np.empty(view.size, view.dtype)
        flat = buffer[:view.size]
        flat.reshape(view.shape)[...] = view
        flat = flat.view(windows.x.dtype)
        yield part, flat.reshape(depth, -1).T if across else flat.reshape(-1, depth)


def _window_first(view):
    """Permutation of a window view to (window..., channels, batch, out...)."""
    half = view.ndim // 2
    return *range(half, view.ndim), *range(half)


def _in_items(view):
    """The view with each contiguous run of a window as one item without a type."""
    if view.strides[-1] != view.itemsize:
        view = view[..., None]
    elif view.strides[-2] == view.shape[-1] * view.itemsize:
        view = as_strided(view, (*view.shape[:-2], view.shape[-2] * view.shape[-1]),
                          (*view.strides[:-2], view.itemsize), writeable=False)
    return as_items(view)


def correlate(windows, kernel, out):
    """Writes the correlation into `out` (batch, out..., units), any strides."""
    for part, rows in _matrices(windows):
        _product(rows, kernel, out[part])
    return out


def kernel_gradient(windows, g):
    """Gradient (window cells * channels, units) from g (batch, out..., units)."""
    total = _Total(windows, g)
    for part, rows in _matrices(windows):
        total.add(rows, part)
    return total.sum


def correlate_both(windows, kernel, out, g):
    """Both: writes the correlation into `out`, returns the kernel gradient from g."""
    total = _Total(windows, g)
    for part, rows in _matrices(windows):
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

    def __init__(self, windows, g):
        self.g = g
        self.sum = np.zeros((_depth(windows), g.shape[-1]), g.dtype)
        self.part = np.empty_like(self.sum)

    def add(self, rows, part):
        self.sum += np.dot(rows.T, self.g[part].reshape(-1, self.g.shape[-1]), self.part)


def _depth(windows):
    """Elements of a window."""
    return math.prod(windows.window) * windows.x.shape[-1]


def scatter(g, kernel, view):
    """Adds the input gradient of every window to `view`, a window view of zeros.

    Where the view's channels lie apart, the product is made transposed, in the same order.
    """
    depth, units = kernel.shape
    half = view.ndim // 2
    across = view.strides[-1] > view.strides[half - 1]
    order = _window_first(view)
    cells = list(places(view.shape[half:-1]))
    row = math.prod(view.shape[2:half]) * depth * view.itemsize
    for part in _windows.chunks(view.shape[0], view.shape[1], row, CHUNK):
        target, given = view[part], g[part].reshape(-1, units)
        shape, target = target.shape, target.transpose(order)
        if across:
            rows = np.dot(kernel, given.T).reshape(target.shape)
        else:
            rows = np.dot(given, kernel.T).reshape(shape).transpose(order)
        for cell in cells:
            target[cell] += rows[cell]
