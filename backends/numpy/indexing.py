"""Indexing: static and dynamic slices, gather, one_hot, and their gradients."""
from operator import itemgetter

import numpy as np

from keras_compat.backend import errors

from .shaping import wanted_shape

_WIDER = {"float16": np.dtype(np.float32)}


def basic_index(index):
    """NumPy's index for a static one: ('int', i) | ('slice', start, stop, step) | ('new',)."""
    return tuple([_item(*part) for part in index])


def _item(kind, *numbers):
    if kind == "slice":
        return slice(*numbers)
    return numbers[0] if kind == "int" else None


def getitem(x, index):
    """x[index]; a view."""
    return x[basic_index(index)]


def getitem_gradient(g, shape_tensor, index):
    """Zeros of the given shape with g at the index."""
    result = np.zeros(wanted_shape(shape_tensor, None), g.dtype)
    result[basic_index(index)] = g
    return result


def _dynamic_index(begin, size):
    return tuple([slice(b, None if s < 0 else b + s)
                  for b, s in zip(begin.tolist(), size.tolist())])


def slice_(x, begin, size):
    """x from `begin` on, `size` elements along each axis (-1: up to the end); a view."""
    return x[_dynamic_index(begin, size)]


def slice_gradient(g, begin, shape_tensor):
    """Zeros of the given shape with g at `begin`."""
    result = np.zeros(wanted_shape(shape_tensor, None), g.dtype)
    result[tuple([slice(b, b + n) for b, n in zip(begin.tolist(), g.shape)])] = g
    return result


def gather(x, indices, axis=0):
    """Slices of x along the axis at the indices; an index outside is an error."""
    if indices.size and indices.min() < 0:
        raise _outside(indices.min(), x.shape[axis])
    try:
        return x.take(indices, axis)
    except IndexError:
        raise _outside(indices.max(), x.shape[axis]) from None


def _outside(index, size):
    return IndexError(errors.message("gather", "an index lies within the axis",
                                     f"0 <= index < {size}", f"{index}"))


def gather_gradient(g, indices, shape_tensor, axis=0):
    """Zeros of the given shape to which g's slices are added at the indices."""
    shape = wanted_shape(shape_tensor, None)
    lead, tail = shape[:axis], shape[axis + 1:]
    result = np.zeros(shape, g.dtype)
    if g.size:
        # The gathered axes first: (slices, what lies before the axis, what lies after).
        slices = g.reshape(lead + (indices.size,) + tail)
        slices = np.moveaxis(slices, axis, 0)
        order, starts, places = _runs(indices.ravel())
        dtype = _WIDER.get(g.dtype.name, g.dtype)
        sums = np.add.reduceat(slices[order], starts, 0, dtype)
        np.moveaxis(result, axis, 0)[places] = sums
    return result


def _runs(indices):
    """(order that sorts the indices, where each run of equal ones starts, its index)."""
    order = np.argsort(indices, kind="stable")
    ordered = indices[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return order, starts, ordered[starts]


def boolean_mask(x, mask):
    """The parts of x where the mask over its first axes is True."""
    return x[mask]


def one_hot(indices, depth, dtype):
    """A new last axis with 1 at the index; all zeros for an index outside."""
    return (indices[..., None] == np.arange(depth, dtype=indices.dtype)).astype(dtype)


OPS = {
    "getitem": getitem, "getitem_gradient": getitem_gradient, "slice": slice_,
    "slice_gradient": slice_gradient, "gather": gather, "gather_gradient": gather_gradient,
    "boolean_mask": boolean_mask, "one_hot": one_hot,
}


def _specialize_getitem(specs, attrs):
    return itemgetter(basic_index(attrs["index"]))


def _specialize_getitem_gradient(specs, attrs):
    index = basic_index(attrs["index"])

    def gradient(g, shape_tensor):
        result = np.zeros(shape_tensor.tolist(), g.dtype)
        result[index] = g
        return result
    return gradient


def _specialize_one_hot(specs, attrs):
    classes = np.arange(attrs["depth"], dtype=specs[0][1])
    dtype = np.dtype(attrs["dtype"])
    return lambda indices: (indices[..., None] == classes).astype(dtype)


SPECIALIZERS = {
    "getitem": _specialize_getitem, "getitem_gradient": _specialize_getitem_gradient,
    "one_hot": _specialize_one_hot,
}
