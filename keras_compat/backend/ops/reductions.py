"""Reductions over axes, and running sums and products."""
import math

from ..registry import composite, primitive
from . import comparison, elementwise, indexing, joining, shaping
from .convert import as_tensor, config, normalize_axes, normalize_axis
from .families import arg_reduction, logical_reduction, numeric, reduction


def _axes(axis, x):
    """The axes to reduce; one that is named twice is reduced once, as on TensorFlow 1."""
    return normalize_axes(axis, x, repeats=True)


def restore(g, axis, keepdims):
    """A reduction's output with the reduced axes back, ready to broadcast over the input.

    Leading axes are left out: broadcasting adds them.
    """
    if not keepdims:
        for i in axis[_leading(axis):]:
            g = shaping.expand_dims(g, i - _leading(axis))
    return g


def _leading(axis):
    """How many of the first axes are reduced, without a gap."""
    return next((i for i, a in enumerate(axis) if a != i), len(axis))


def count(x, axis):
    """The number of elements in a cell of a reduction: an int, or a tensor of x's dtype."""
    number = shaping.multiplied(shaping.size_of(x, i) for i in axis)
    return number if isinstance(number, int) else elementwise.cast(number, x.dtype)


# ---- sums and products ----

@primitive(reduction, tolerance="sum")
def sum(x, axis=None, keepdims=False):
    """The sum of numbers over axes.

    axis: an int, a list of them, or None for all. keepdims: leave the axes with
    size 1. The result has x's dtype; bool is a TypeError.
    """
    x = as_tensor(x)
    return sum.bind(x, axis=_axes(axis, x), keepdims=bool(keepdims))


@sum.gradient
def _sum_gradient(g, out, x, *, axis, keepdims):
    return shaping.broadcast_like(restore(g, axis, keepdims), x)


@primitive(reduction, tolerance="sum")
def prod(x, axis=None, keepdims=False):
    """The product of numbers over axes (arguments as for `sum`); 1 over nothing."""
    x = as_tensor(x)
    return prod.bind(x, axis=_axes(axis, x), keepdims=bool(keepdims))


@prod.gradient
def _prod_gradient(g, out, x, *, axis, keepdims):
    """The product of all the others, from both sides, so that zeros do no harm."""
    if not axis:
        return g
    rows, back = _reduced_last(x, axis)
    last = rows.ndim - 1
    before = _exclusive_cumprod(rows, last)
    after = joining.reverse(_exclusive_cumprod(joining.reverse(rows, last), last), last)
    return restore(g, axis, keepdims) * back(before * after)


def _reduced_last(x, axis):
    """x with the reduced axes flattened into a last one, and the way back."""
    kept = tuple(i for i in range(x.ndim) if i not in axis)
    order = kept + axis
    moved = shaping.permute_dimensions(x, order)
    sizes = [shaping.size_of(x, i) for i in kept]
    width = shaping.multiplied(shaping.size_of(x, i) for i in axis)
    rows = shaping.refit(moved, sizes + [width])

    def back(y):
        inverse = tuple(order.index(i) for i in range(x.ndim))
        return shaping.permute_dimensions(shaping.reshape_like(y, moved), inverse)

    return rows, back


def _exclusive_cumprod(x, axis):
    """Products of what stands before each element."""
    ones = joining.ones_beside(x, axis)
    return cumprod(indexing.part(joining.concatenate([ones, x], axis), axis, 0, -1), axis)


# ---- extremes ----

@primitive(reduction, tolerance="exact")
def max(x, axis=None, keepdims=False):
    """The greatest number over axes (arguments as for `sum`); ties share the gradient.

    That of nothing is the lowest of the dtype, -inf for floats.
    """
    x = as_tensor(x)
    return max.bind(x, axis=_axes(axis, x), keepdims=bool(keepdims))


@primitive(reduction, tolerance="exact")
def min(x, axis=None, keepdims=False):
    """The smallest number over axes (arguments as for `sum`); ties share the gradient.

    That of nothing is the greatest of the dtype, inf for floats.
    """
    x = as_tensor(x)
    return min.bind(x, axis=_axes(axis, x), keepdims=bool(keepdims))


@max.gradient
@min.gradient
def _extremum_gradient(g, out, x, *, axis, keepdims):
    chosen = elementwise.cast(comparison.equal(x, restore(out, axis, keepdims)), x.dtype)
    return chosen * (restore(g, axis, keepdims) / sum(chosen, axis=axis, keepdims=True))


@primitive(arg_reduction, tolerance="exact")
def argmax(x, axis=-1):
    """The index (int64) of the greatest number along an axis, the first of equals.

    An axis of None is the first axis, as TensorFlow had it, not all of them.
    """
    x = as_tensor(x)
    return argmax.bind(x, axis=normalize_axis(0 if axis is None else axis, x))


@primitive(arg_reduction, tolerance="exact")
def argmin(x, axis=-1):
    """The index (int64) of the smallest number along an axis, the first of equals.

    An axis of None is the first axis, as TensorFlow had it, not all of them.
    """
    x = as_tensor(x)
    return argmin.bind(x, axis=normalize_axis(0 if axis is None else axis, x))


# ---- logic ----

@primitive(logical_reduction, tolerance="exact")
def any(x, axis=None, keepdims=False):
    """Whether any element over axes is True (bool); numbers count as True unless 0."""
    x = elementwise.cast(as_tensor(x), "bool")
    return any.bind(x, axis=_axes(axis, x), keepdims=bool(keepdims))


@primitive(logical_reduction, tolerance="exact")
def all(x, axis=None, keepdims=False):
    """Whether all elements over axes are True (bool); numbers count as True unless 0."""
    x = elementwise.cast(as_tensor(x), "bool")
    return all.bind(x, axis=_axes(axis, x), keepdims=bool(keepdims))


# ---- statistics ----

def _number(x):
    """Bool counts as floatx in means."""
    x = as_tensor(x)
    return elementwise.cast(x, config.floatx()) if x.dtype == "bool" else x


@composite(tolerance="sum")
def mean(x, axis=None, keepdims=False):
    """The mean over axes (arguments as for `sum`), in x's dtype.

    Bool becomes floatx first. The mean of integers is an integer, its fraction
    dropped, as on TensorFlow; that of no integers is 0, that of no floats NaN.
    """
    x = _number(x)
    return mean.bind(x, axis=_axes(axis, x), keepdims=bool(keepdims))


@mean.body
def _mean_body(x, *, axis, keepdims):
    total, n = sum(x, axis=axis, keepdims=keepdims), count(x, axis)
    if x.dtype.startswith("float"):
        return total / (math.nan if isinstance(n, int) and n == 0 else n)
    least_1 = (n or 1) if isinstance(n, int) else elementwise.maximum(n, 1)  # of nothing: 0
    return elementwise.sign(total) * (elementwise.abs(total) // least_1)


@composite(tolerance="normalization")
def var(x, axis=None, keepdims=False):
    """The variance of the elements over axes (divided by their number, not one less)."""
    x = _number(x)
    return var.bind(x, axis=_axes(axis, x), keepdims=bool(keepdims))


@var.body
def _var_body(x, *, axis, keepdims):
    deviation = x - mean(x, axis=axis, keepdims=True)
    return mean(elementwise.square(deviation), axis=axis, keepdims=keepdims)


@composite(tolerance="normalization")
def std(x, axis=None, keepdims=False):
    """The standard deviation over axes: the root of `var`."""
    x = _number(x)
    return std.bind(x, axis=_axes(axis, x), keepdims=bool(keepdims))


@std.body
def _std_body(x, *, axis, keepdims):
    return elementwise.sqrt(var(x, axis=axis, keepdims=keepdims))


@composite(tolerance="normalization")
def logsumexp(x, axis=None, keepdims=False):
    """log(sum(exp(x))) over axes, without overflow; infinities give what they should."""
    x = as_tensor(x)
    return logsumexp.bind(x, axis=_axes(axis, x), keepdims=bool(keepdims))


@logsumexp.body
def _logsumexp_body(x, *, axis, keepdims):
    from .control import stop_gradient  # control needs comparison, which needs this module

    top = max(x, axis=axis, keepdims=True)
    top = stop_gradient(comparison.where(comparison.isfinite(top), top, 0))
    total = elementwise.log(sum(elementwise.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims or not axis else shaping.squeeze(total, axis)


# ---- running ----

@primitive(numeric, tolerance="sum")
def cumsum(x, axis=0):
    """The sums of each element and all before it along an axis."""
    x = as_tensor(x)
    return cumsum.bind(x, axis=normalize_axis(axis, x))


@cumsum.gradient
def _cumsum_gradient(g, out, x, *, axis):
    return _sum_to_end(g, axis)


def _sum_to_end(x, axis):
    return joining.reverse(cumsum(joining.reverse(x, axis), axis), axis)


@primitive(numeric, tolerance="sum")
def cumprod(x, axis=0):
    """The products of each element and all before it along an axis."""
    x = as_tensor(x)
    return cumprod.bind(x, axis=normalize_axis(axis, x))


@cumprod.gradient
def _cumprod_gradient(g, out, x, *, axis):
    return _cumprod_slopes(g, x, axis, again=True)


def _cumprod_slopes(g, x, axis, again):
    """By division before the first zero; that zero gets the products without it.

    After it all is 0, written as the zero times the slopes without it (`again`), so
    that the second derivative is right too.
    """
    zero = comparison.equal(x, 0)
    zeros = cumsum(elementwise.cast(zero, "int32"), axis)
    first = comparison.logical_and(zero, comparison.equal(zeros, 1))
    bridged = comparison.where(first, 1, x)
    before = _sum_to_end(g * cumprod(x, axis), axis) / comparison.where(zero, 1, x)
    at_zero = _sum_to_end(g * cumprod(bridged, axis), axis)
    after = 0
    if again:
        factor = sum(comparison.where(first, x, 0), axis=axis, keepdims=True)
        after = factor * _cumprod_slopes(g, bridged, axis, again=False)
    return comparison.where(comparison.equal(zeros, 0), before,
                            comparison.where(first, at_zero, after))
