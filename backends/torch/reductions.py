"""Reductions and running sums. `axis` is a tuple; an empty one reduces nothing."""
import functools

import torch


def _over_axes(function):
    """For functions that take an empty tuple of axes to mean all of them."""
    @functools.wraps(function)
    def reduce(x, *, axis, keepdims):
        return function(x, axis, keepdims) if axis else x.clone()
    return reduce


@_over_axes
def sum(x, axis, keepdims):
    """Sum, in the dtype of `x` (PyTorch's own makes integers int64)."""
    return torch.sum(x, axis, keepdim=keepdims, dtype=x.dtype)


@_over_axes
def prod(x, axis, keepdims):
    """Product, in the dtype of `x`."""
    for i in reversed(axis):
        x = torch.prod(x, i, keepdim=keepdims, dtype=x.dtype)
    return x


def _of_nothing(x, axis, keepdims, lowest):
    """The extreme of no elements: the dtype's own, which depends on x as a sum does."""
    if x.is_floating_point():
        extreme = -torch.inf if lowest else torch.inf
    else:
        extreme = torch.iinfo(x.dtype).min if lowest else torch.iinfo(x.dtype).max
    return torch.sum(x, axis, keepdim=keepdims, dtype=x.dtype) + extreme


@_over_axes
def max(x, axis, keepdims):
    """Greatest element; equal ones share the gradient."""
    if not x.numel():
        return _of_nothing(x, axis, keepdims, lowest=True)
    return torch.amax(x, axis, keepdim=keepdims)


@_over_axes
def min(x, axis, keepdims):
    """Least element; equal ones share the gradient."""
    if not x.numel():
        return _of_nothing(x, axis, keepdims, lowest=False)
    return torch.amin(x, axis, keepdim=keepdims)


@_over_axes
def any(x, axis, keepdims):
    """Whether any element is true."""
    return torch.any(x, axis, keepdim=keepdims)


@_over_axes
def all(x, axis, keepdims):
    """Whether every element is true."""
    return torch.all(x, axis, keepdim=keepdims)


def _ordered(x):
    # argmax and sorting are not defined on bool everywhere
    return x.to(torch.uint8) if x.dtype == torch.bool else x


def argmax(x, *, axis):
    """Index of the first greatest element, int64."""
    return torch.argmax(_ordered(x), axis)


def argmin(x, *, axis):
    """Index of the first least element, int64."""
    return torch.argmin(_ordered(x), axis)


def cumsum(x, *, axis):
    """Running sum, in the dtype of `x`."""
    return torch.cumsum(x, axis, dtype=x.dtype)


def cumprod(x, *, axis):
    """Running product, in the dtype of `x`."""
    return torch.cumprod(x, axis, dtype=x.dtype)


def top_k(x, *, k):
    """The k greatest along the last axis and their int32 indices, lower index first on ties.

    A stable sort, since torch.topk leaves the order of ties open.
    """
    values, indices = torch.sort(x, dim=-1, descending=True, stable=True)
    return values[..., :k], indices[..., :k].to(torch.int32)


@_over_axes
def logsumexp(x, axis, keepdims):
    """log(sum(exp(x))) without overflow."""
    return torch.logsumexp(x, axis, keepdim=keepdims)


def _for_floats(function):
    """A specializer: the native form for floats; integers keep the op's definition."""
    def specialize(specs, attrs):
        (_, dtype), = specs
        if not dtype.startswith("float") or not attrs["axis"]:
            return None
        return functools.partial(function, **attrs)
    return specialize


def _mean(x, *, axis, keepdims):
    return torch.mean(x, axis, keepdim=keepdims)


def _var(x, *, axis, keepdims):
    return torch.var(x, axis, correction=0, keepdim=keepdims)


SPECIALIZERS = {"mean": _for_floats(_mean), "var": _for_floats(_var)}
OPS = {
    "logsumexp": logsumexp,
    "sum": sum, "prod": prod, "max": max, "min": min, "any": any, "all": all,
    "argmax": argmax, "argmin": argmin, "cumsum": cumsum, "cumprod": cumprod, "top_k": top_k,
}
