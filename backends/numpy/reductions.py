"""Reductions, cumulative ops, and orderings.

No reduction changes the dtype: NumPy's own would widen small integers, and its
float16 sums would round at every step, so those run in float32.
"""
import functools
import math

import numpy as np

HALF = np.dtype(np.float16)

# NumPy adds rows of up to this length more slowly than BLAS multiplies them with ones.
_ROW = 1024


def _accumulated(ufunc):
    """A reduction whose rounding depends on the accumulator: float16 gets a float32 one."""
    def reduce(x, axis, keepdims=False):
        dtype = x.dtype
        if dtype == HALF:
            return ufunc.reduce(x, axis, np.float32, None, keepdims).astype(HALF)
        return ufunc.reduce(x, axis, dtype, None, keepdims)
    return reduce


prod = _accumulated(np.multiply)
_plain_sum = _accumulated(np.add)


def sum(x, axis, keepdims=False):
    """Sum over the axes (a tuple), in x's dtype."""
    if not 0 < len(axis) < x.ndim or not x.size or x.dtype.char not in "fd":
        return _plain_sum(x, axis, keepdims)
    y = x
    for first, last in _runs(axis)[::-1]:
        y = _sum_run(y, first, last)
    return y.reshape([1 if i in axis else n for i, n in enumerate(x.shape)]) if keepdims else y


@functools.lru_cache(maxsize=256)
def _runs(axis):
    """Neighbouring axes together: (first, one past the last) of each run."""
    starts = [a for a in axis if a - 1 not in axis]
    ends = [a + 1 for a in axis if a + 1 not in axis]
    return list(zip(starts, ends))


def _sum_run(x, first, last):
    """Sum over neighbouring axes as a product with ones, which BLAS vectorises.

    It also rounds less, since it adds in blocks.
    """
    shape = x.shape
    lead, count, tail = (math.prod(shape[i:j]) for i, j in
                         ((0, first), (first, last), (last, x.ndim)))
    if not x.flags.c_contiguous or (lead == 1 and tail > _ROW):
        return np.add.reduce(x, tuple(range(first, last)))
    vector = ones(count, x.dtype)
    if tail == 1:
        y = np.dot(x.reshape(lead, count), vector)
    elif lead == 1:
        y = np.dot(vector, x.reshape(count, tail))
    else:
        y = np.matmul(vector, x.reshape(lead, count, tail))
    return y.reshape(shape[:first] + shape[last:])


@functools.lru_cache(maxsize=64)
def ones(count, dtype):
    """A vector of ones, the same one at every call."""
    return np.ones(count, dtype)


def leading_sum(x):
    """Sum over the first axis of an array of float32 or float64 that is not empty."""
    return _sum_run(x, 0, 1)


def _extreme(ufunc, lowest):
    def reduce(x, axis, keepdims=False):
        if not x.size:
            return ufunc.reduce(x, axis, None, None, keepdims, extreme(x.dtype, lowest))
        if x.ndim > 1 and axis == (x.ndim - 1,) and x.shape[-1] <= _SHORT:
            across = np.ascontiguousarray(x.reshape(-1, x.shape[-1]).T)
            y = ufunc.reduce(across, 0).reshape(x.shape[:-1])
            return y[..., None] if keepdims else y
        return ufunc.reduce(x, axis, None, None, keepdims)
    return reduce


# Rows up to this length are reduced faster across than along.
_SHORT = 64


def extreme(dtype, lowest):
    """The lowest (or greatest) value of a dtype, -inf and inf for floats."""
    if dtype.kind == "f":
        return dtype.type(-np.inf if lowest else np.inf)
    if dtype.kind == "b":
        return not lowest
    return np.iinfo(dtype).min if lowest else np.iinfo(dtype).max


max = _extreme(np.maximum, lowest=True)
min = _extreme(np.minimum, lowest=False)


def all(x, axis, keepdims=False):
    """Whether all elements along the axes are true."""
    return np.logical_and.reduce(x, axis, None, None, keepdims)


def any(x, axis, keepdims=False):
    """Whether any element along the axes is true."""
    return np.logical_or.reduce(x, axis, None, None, keepdims)


def argmax(x, axis):
    """int64 index of the first greatest element along the axis."""
    return np.asarray(x).argmax(axis)


def argmin(x, axis):
    """int64 index of the first least element along the axis."""
    return np.asarray(x).argmin(axis)


def cumsum(x, axis):
    """Running sums along the axis."""
    return np.add.accumulate(x, axis, x.dtype)


def cumprod(x, axis):
    """Running products along the axis."""
    return np.multiply.accumulate(x, axis, x.dtype)


def top_k(x, k):
    """(values, int32 indices) of the k greatest along the last axis, lower index first on ties."""
    count = x.shape[-1]
    # A stable sort of the reversed array, read backwards, puts the lower index first.
    order = np.argsort(x[..., ::-1], axis=-1, kind="stable")[..., ::-1][..., :k]
    indices = count - 1 - order
    return np.take_along_axis(x, indices, -1), indices.astype(np.int32)


OPS = {
    "sum": sum, "prod": prod, "max": max, "min": min, "all": all, "any": any,
    "argmax": argmax, "argmin": argmin, "cumsum": cumsum, "cumprod": cumprod, "top_k": top_k,
}


def _specialize_sum(specs, attrs):
    """The right call for a matrix, and for what NumPy does best itself."""
    (shape, dtype), = specs
    axis, keepdims = attrs["axis"], attrs["keepdims"]
    if dtype == "float16":
        return None
    dtype, reduce = np.dtype(dtype), np.add.reduce
    if len(axis) in (0, len(shape)) or dtype.kind != "f":
        return lambda x: reduce(x, axis, dtype, None, keepdims)
    columns = shape[-1] or 0
    if len(shape) != 2 or not 0 < columns <= _ROW:
        return None
    if axis == (1,):
        vector = np.ones((columns, 1) if keepdims else columns, dtype)
        return lambda x: np.dot(x, vector)
    return None if keepdims else lambda x: np.dot(ones(len(x), dtype), x)


SPECIALIZERS = {"sum": _specialize_sum}
