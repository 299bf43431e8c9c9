"""Reductions, running sums, and the greatest elements."""
from .namespace import xp


def _typed(function):
    """Sums and products in the dtype of `x` (the standard widens small integers)."""
    def reduce(x, *, axis, keepdims):
        return function(x, axis=axis, keepdims=keepdims, dtype=x.dtype)
    return reduce


def _over(function):
    def reduce(x, *, axis, keepdims):
        return function(x, axis=axis, keepdims=keepdims)
    return reduce


def _extreme(function, lowest):
    """Greatest or least; of nothing the dtype's own extreme (the standard leaves that open)."""
    def reduce(x, *, axis, keepdims):
        if x.size:
            return function(x, axis=axis, keepdims=keepdims)
        if xp.isdtype(x.dtype, "real floating"):
            extreme = -xp.inf if lowest else xp.inf
        else:
            extreme = xp.iinfo(x.dtype).min if lowest else xp.iinfo(x.dtype).max
        return xp.sum(x, axis=axis, keepdims=keepdims, dtype=x.dtype) + extreme
    return reduce


def _place(function):
    def find(x, *, axis):
        if x.dtype == xp.bool:
            x = xp.astype(x, xp.uint8)
        return xp.astype(function(x, axis=axis), xp.int64)
    return find


def cumsum(x, *, axis):
    """Running sum."""
    return xp.cumulative_sum(x, axis=axis, dtype=x.dtype)


def cumprod(x, *, axis):
    """Running product, a slice at a time."""
    if not x.shape[axis]:
        return x
    slices = [xp.take(x, xp.asarray([i]), axis=axis) for i in range(x.shape[axis])]
    products = slices[:1]
    for part in slices[1:]:
        products.append(products[-1] * part)
    return xp.concat(products, axis=axis)


def top_k(x, *, k):
    """The k greatest along the last axis and their int32 indices, lower index first on ties."""
    order = xp.argsort(x, axis=-1, descending=True, stable=True)[..., :k]
    return xp.take_along_axis(x, order, axis=-1), xp.astype(order, xp.int32)


OPS = {
    "sum": _typed(xp.sum), "prod": _typed(xp.prod), "max": _extreme(xp.max, lowest=True),
    "min": _extreme(xp.min, lowest=False),
    "any": _over(xp.any), "all": _over(xp.all), "argmax": _place(xp.argmax),
    "argmin": _place(xp.argmin), "cumsum": cumsum, "cumprod": cumprod, "top_k": top_k,
}
