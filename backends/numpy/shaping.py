"""Shapes: reshaping, broadcasting and its inverse, joining, repeating, padding.

A `shape_tensor`, where given, holds the shape as a vector of integers known
only when the function runs; otherwise the attribute `shape` says it.
"""
from operator import itemgetter

import numpy as np

from keras_compat.backend import errors

from . import reductions

# Up to this many elements a copy costs less than making a broadcast view.
_SMALL = 65536


def wanted_shape(shape_tensor, shape):
    """The shape as a tuple of ints."""
    return tuple(shape) if shape_tensor is None else tuple(shape_tensor.tolist())


def shape(x):
    """The shape as an int32 vector."""
    return np.array(x.shape, np.int32)


def reshape(x, shape_tensor=None, shape=None):
    """x with another shape, one size of which may be -1."""
    return x.reshape(wanted_shape(shape_tensor, shape))


def broadcast_to(x, shape_tensor=None, shape=None):
    """x repeated along new axes and axes of size 1; large results are read-only views."""
    return _broadcast(x, wanted_shape(shape_tensor, shape))


def _broadcast(x, shape):
    size = 1
    for n in shape:
        size *= n
    if size > _SMALL:
        return np.broadcast_to(x, shape)
    result = np.empty(shape, x.dtype)
    result[...] = x
    return result


def sum_to(x, shape_tensor=None, shape=None):
    """x summed over the axes along which an array of the wanted shape was broadcast."""
    shape = wanted_shape(shape_tensor, shape)
    if x.shape == shape:
        return x
    lead = x.ndim - len(shape)
    inner = tuple(lead + i for i, n in enumerate(shape) if n == 1 and x.shape[lead + i] != 1)
    return reductions.sum(x, tuple(range(lead)) + inner).reshape(shape)


def full(shape_tensor, value, dtype):
    """An array of the given shape filled with a number."""
    return np.full(wanted_shape(shape_tensor, None), value, dtype)


def arange(start, stop, step, dtype):
    """start, start + step, ... below stop."""
    if step == 0:
        raise ValueError(errors.message("arange", "the step of a range is not 0",
                                         "a step other than 0", "0"))
    return np.arange(start, stop, step, dtype)


def transpose(x, perm):
    """x with its axes in the order `perm`; a view, which BLAS reads without a copy."""
    return x.transpose(perm)


def expand_dims(x, axis):
    """x with an axis of size 1 inserted at `axis`."""
    return x.reshape(x.shape[:axis] + (1,) + x.shape[axis:])


def squeeze(x, axis):
    """x without the given axes of size 1."""
    return x.squeeze(axis)


def concatenate(xs, axis):
    """The arrays joined along an axis."""
    return np.concatenate(xs, axis)


def stack(xs, axis):
    """The arrays joined along a new axis."""
    return np.stack(xs, axis)


def tile(x, reps):
    """x repeated `reps` times along each axis."""
    return np.tile(x, reps)


def repeat_elements(x, rep, axis):
    """Each slice along the axis repeated `rep` times in place."""
    return np.repeat(x, rep, axis)


def reverse(x, axis):
    """x with the given axes reversed."""
    return np.flip(x, axis)


def pad(x, paddings, value=0):
    """x with (low, high) cells of `value` added at the ends of each axis."""
    sizes = [n + lo + hi for n, (lo, hi) in zip(x.shape, paddings)]
    result = np.full(sizes, value, x.dtype) if value else np.zeros(sizes, x.dtype)
    result[tuple([slice(lo, lo + n) for n, (lo, _) in zip(x.shape, paddings)])] = x
    return result


OPS = {
    "shape": shape, "reshape": reshape, "broadcast_to": broadcast_to, "sum_to": sum_to,
    "full": full, "arange": arange, "transpose": transpose, "expand_dims": expand_dims,
    "squeeze": squeeze, "concatenate": concatenate, "stack": stack, "tile": tile,
    "repeat_elements": repeat_elements, "reverse": reverse, "pad": pad,
}


# ---- decided once, when a function is compiled ----

def _specialize_reshape(specs, attrs):
    if specs[1] is not None:
        return None
    shape = attrs["shape"]
    return lambda x, _: x.reshape(shape)


def _specialize_broadcast(specs, attrs):
    if specs[1] is not None:
        return None
    shape = attrs["shape"]
    if np.prod(shape, dtype=int) > _SMALL:
        return lambda x, _: np.broadcast_to(x, shape)

    def broadcast(x, _, empty=np.empty, dtype=np.dtype(specs[0][1])):
        result = empty(shape, dtype)
        result[...] = x
        return result
    return broadcast


def _specialize_transpose(specs, attrs):
    perm = attrs["perm"]
    return lambda x: x.transpose(perm)


def _specialize_concatenate(specs, attrs):
    axis = attrs["axis"]
    return lambda xs: np.concatenate(xs, axis)


def _specialize_expand_dims(specs, attrs):
    return itemgetter((slice(None),) * attrs["axis"] + (None,))


SPECIALIZERS = {
    "expand_dims": _specialize_expand_dims,
    "reshape": _specialize_reshape, "broadcast_to": _specialize_broadcast,
    "transpose": _specialize_transpose, "concatenate": _specialize_concatenate,
}
