"""Reductions and running sums. `axis` is a tuple; an empty one reduces nothing."""
import tensorflow as tf


def _over_axes(function):
    def reduce(x, *, axis, keepdims):
        return function(x, axis=list(axis), keepdims=keepdims)
    return reduce


def prod(x, *, axis, keepdims):
    """The product, with derivatives that hold at zeros (TensorFlow's second one does not)."""
    if not axis or not x.dtype.is_floating:
        return tf.reduce_prod(x, list(axis), keepdims)
    for one in axis:
        x = _prod_along(x, one)
    return x if keepdims else tf.squeeze(x, list(axis))


def _prod_along(x, axis):
    @tf.custom_gradient
    def product(x):
        return tf.reduce_prod(x, axis, keepdims=True), lambda g: g * _others(x, axis)

    return product(x)


def _others(x, axis):
    """For each element, the product of all others along an axis."""
    before = _exclusive_cumprod(x, axis)
    after = tf.reverse(_exclusive_cumprod(tf.reverse(x, [axis]), axis), [axis])
    return before * after


def _exclusive_cumprod(x, axis):
    """Products of what stands before each element."""
    ones = tf.ones_like(tf.reduce_sum(x, axis, keepdims=True))
    but_last = (slice(None),) * axis + (slice(None, -1),)
    return cumprod(tf.concat([ones, x], axis)[but_last], axis=axis)


def argmax(x, *, axis):
    """Index of the first greatest element, int64."""
    return tf.argmax(_ordered(x), axis)


def argmin(x, *, axis):
    """Index of the first least element, int64."""
    return tf.argmin(_ordered(x), axis)


def _ordered(x):
    return tf.cast(x, tf.uint8) if x.dtype == tf.bool else x


def top_k(x, *, k):
    """The k greatest along the last axis and their int32 indices, lower index first on ties."""
    return tuple(tf.math.top_k(x, k))


def cumsum(x, *, axis):
    """Running sum."""
    return tf.cumsum(x, axis)


def cumprod(x, *, axis):
    """Running product, with a gradient that holds at zeros (TensorFlow's own divides by x)."""
    if not x.dtype.is_floating:
        return tf.math.cumprod(x, axis)

    @tf.custom_gradient
    def running(x):
        return tf.math.cumprod(x, axis), lambda g: _cumprod_slopes(g, x, axis, True)

    return running(x)


def _cumprod_slopes(g, x, axis, again):
    """The rule of `keras_compat.backend.ops.reductions.cumprod`, which says why."""
    zero = tf.equal(x, 0)
    zeros = tf.cumsum(tf.cast(zero, tf.int32), axis)
    first = zero & tf.equal(zeros, 1)
    one, none = tf.ones_like(x), tf.zeros_like(x)
    bridged = tf.where(first, one, x)
    before = tf.cumsum(g * cumprod(x, axis=axis), axis, reverse=True) / tf.where(zero, one, x)
    at_zero = tf.cumsum(g * cumprod(bridged, axis=axis), axis, reverse=True)
    after = none
    if again:
        factor = tf.reduce_sum(tf.where(first, x, none), axis, keepdims=True)
        after = factor * _cumprod_slopes(g, bridged, axis, False)
    return tf.where(tf.equal(zeros, 0), before, tf.where(first, at_zero, after))


OPS = {
    "sum": _over_axes(tf.reduce_sum), "prod": prod,
    "max": _over_axes(tf.reduce_max), "min": _over_axes(tf.reduce_min),
    "any": _over_axes(tf.reduce_any), "all": _over_axes(tf.reduce_all),
    "logsumexp": _over_axes(tf.reduce_logsumexp),
    "argmax": argmax, "argmin": argmin, "cumsum": cumsum, "cumprod": cumprod, "top_k": top_k,
}
