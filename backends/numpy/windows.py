"""Where windows lie: the geometry that convolutions and pooling share.

Arrays here have their channels last: (batch, spatial..., channels).
"""
import functools
import itertools
from typing import NamedTuple

import numpy as np


class Geometry(NamedTuple):
    """Per spatial axis: size in, window, stride, dilation, size out, cells added in front,
    and the size with all padding."""

    sizes: tuple
    window: tuple
    strides: tuple
    dilation: tuple
    out: tuple
    low: tuple
    padded: tuple


@functools.lru_cache(maxsize=4096)
def geometry(sizes, window, strides, padding, dilation=None):
    """The Geometry of windows over `sizes`; 'same' puts the odd cell at the end."""
    dilation = dilation or (1,) * len(sizes)
    axes = [_axis(*a, padding) for a in zip(sizes, window, strides, dilation)]
    out, low, padded = zip(*axes)
    return Geometry(sizes, window, strides, dilation, out, low, padded)


def _axis(size, window, stride, dilation, padding):
    reach = (window - 1) * dilation + 1
    if padding == "valid":
        return max(0, (size - reach) // stride + 1), 0, size
    out = -(-size // stride)
    missing = max((out - 1) * stride + reach - size, 0)
    return out, missing // 2, size + missing


@functools.lru_cache(maxsize=16)
def to_last(ndim):
    """Permutation from channels_first to channels_last."""
    return (0, *range(2, ndim), 1)


@functools.lru_cache(maxsize=16)
def to_first(ndim):
    """Permutation from channels_last to channels_first."""
    return (0, ndim - 1, *range(1, ndim - 1))


def channels_last(x, data_format):
    """x as (batch, spatial..., channels); a view."""
    return x if data_format == "channels_last" else x.transpose(to_last(x.ndim))


def as_format(x, data_format):
    """A channels_last array in the given format; a view."""
    return x if data_format == "channels_last" else x.transpose(to_first(x.ndim))


def padded(x, sizes, low):
    """x in a contiguous array of these spatial sizes, zeros round it."""
    if x.shape[1:-1] == sizes:
        return np.ascontiguousarray(x)
    result = np.zeros((x.shape[0], *sizes, x.shape[-1]), x.dtype)
    result[(slice(None), *[slice(lo, lo + n) for lo, n in zip(low, x.shape[1:-1])])] = x
    return result


def window_view(x, out, window, strides, dilation, start=None, memory=None):
    """View (batch, out..., window..., channels) of x; windows overlap in memory.

    x is contiguous, or a transposed view of the contiguous array `memory`.
    """
    rank = len(out)
    steps = x.strides[1:-1]
    offset = sum(a * b for a, b in zip(start, steps)) if start else 0
    return np.ndarray(
        (x.shape[0], *out, *window, x.shape[-1]), x.dtype, x if memory is None else memory, offset,
        (x.strides[0], *[steps[i] * strides[i] for i in range(rank)],
         *[steps[i] * dilation[i] for i in range(rank)], x.strides[-1]))


def as_items(x):
    """x without its last axis, which is contiguous: each run along it is one item of its bytes.

    NumPy moves an item of some hundred bytes in half the time of a loop over so few floats.
    """
    return x.view(f"V{x.shape[-1] * x.itemsize}")[..., 0]


def places(window):
    """Index tuples of the cells of a window, row by row."""
    return itertools.product(*map(range, window))
