"""Reductions, cumulative ops, and orderings.

No reduction changes the dtype: NumPy's own would widen small integers, and its
float16 sums would round at every step, so those run in float32.
"""
import functools

import numpy as np

HALF = np.dtype(np.float16)

# Up to this many columns NumPy's own reduction is slower than a product with ones.
_COLUMNS = 1024


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
    lead = len(axis)
    if x.size and 0 < lead < x.ndim and axis[-1] == lead - 1 and x.dtype.char in "fd":
        y = leading_sum(x.reshape(-1, *x.shape[lead:]))
        return y.reshape((1,) * lead + y.shape) if keepdims else y
    return _plain_sum(x, axis, keepdims)


@functools.lru_cache(maxsize=64)
def ones(count, dtype):
    """A vector of ones, the same one at every call."""
    return np.ones(count, dtype)


def leading_sum(x):
    """Sum over the first axis of an array of float32 or float64.

    NumPy adds one row after the other, which is slow for the short rows of a
    bias gradient and rounds more than BLAS's blocked product with ones does.
    """
    columns = x.size // len(x)
    if columns > _COLUMNS:
        return np.add.reduce(x, 0)
    if x.ndim == 2:
        return np.dot(ones(len(x), x.dtype), x)
    return np.dot(ones(len(x), x.dtype), x.reshape(len(x), columns)).reshape(x.shape[1:])


def _extreme(ufunc, lowest):
    def reduce(x, axis, keepdims=False):
        if x.size:
            return ufunc.reduce(x, axis, None, None, keepdims)
        return ufunc.reduce(x, axis, None, None, keepdims, extreme(x.dtype, lowest))
    return reduce


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
    """The right one of the two ways to add, called directly."""
    (shape, dtype), = specs
    axis, keepdims = attrs["axis"], attrs["keepdims"]
    if dtype == "float16":
        return None
    dtype, lead = np.dtype(dtype), len(axis)
    if axis != tuple(range(lead)) or not 0 < lead < len(shape) or dtype.kind != "f":
        reduce = np.add.reduce
        return lambda x: reduce(x, axis, dtype, None, keepdims)
    if lead == 1 and len(shape) == 2 and not keepdims and 0 < (shape[1] or 0) <= _COLUMNS:
        return lambda x: np.dot(ones(len(x), dtype), x)
    return None


SPECIALIZERS = {"sum": _specialize_sum}
