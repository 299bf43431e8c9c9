"""Picking elements: basic indexing, slices, gather, one-hot, and their gradients."""
import functools
import operator

import torch

from keras_compat.backend import errors
from keras_compat.backends.torch.arrays import DTYPES, sizes


@functools.lru_cache(maxsize=1024)
def _split_index(index):
    """(axes to turn round first or (), a tuple for PyTorch's indexing).

    PyTorch has no negative steps; such an axis is turned round and the slice
    rewritten to count from the other end.
    """
    turned, native, axis = [], [], 0
    for kind, *parts in index:
        if kind == "slice" and parts[2] is not None and parts[2] < 0:
            turned.append(axis)
            parts = [_other_end(parts[0]), _other_end(parts[1]), -parts[2]]
        native.append({"int": operator.itemgetter(0), "slice": lambda p: slice(*p),
                       "new": lambda p: None}[kind](parts))
        axis += kind != "new"
    return tuple(turned), tuple(native)


def _other_end(position):
    return None if position is None else -position - 1


def getitem(x, *, index):
    """Static basic indexing, a view but for negative steps."""
    turned, native = _split_index(index)
    return (torch.flip(x, turned) if turned else x)[native]


def getitem_gradient(g, shape_tensor, *, index):
    """Zeros of the given shape with `g` where `getitem` would read."""
    turned, native = _split_index(index)
    result = g.new_zeros(sizes(shape_tensor))
    result[native] = g
    return torch.flip(result, turned) if turned else result


def _window(x, begin, extent):
    for axis, (start, size) in enumerate(zip(begin, extent)):
        if start or 0 <= size < x.shape[axis]:
            x = x.narrow(axis, start, x.shape[axis] - start if size < 0 else size)
    return x


def slice_(x, begin, size):
    """A window from `begin`; a size of -1 reaches to the end."""
    return _window(x, sizes(begin), sizes(size))


def slice_gradient(g, begin, shape_tensor):
    """Zeros of the given shape with `g` from `begin` on."""
    result = g.new_zeros(sizes(shape_tensor))
    _window(result, sizes(begin), g.shape).copy_(g)
    return result


def _integers(indices):
    if indices.dtype in (torch.int32, torch.int64):
        return indices
    return indices.to(torch.int64)


def gather(x, indices, *, axis):
    """Slices of `x` along `axis`; IndexError on the CPU for one out of range."""
    indices = _integers(indices)
    try:
        if axis == 0 and x.ndim == 2:
            # the one gather whose backward adds rows up in one kernel
            return torch.embedding(x, indices)
        picked = torch.index_select(x, axis, indices.reshape(-1))
    except (IndexError, RuntimeError) as error:
        raise _out_of_range(x, indices, axis) or error from None
    if indices.ndim == 1:
        return picked
    return picked.reshape(x.shape[:axis] + indices.shape + x.shape[axis + 1:])


def _out_of_range(x, indices, axis):
    low, high = indices.min().item(), indices.max().item()
    size = x.shape[axis]
    if 0 <= low and high < size:
        return None
    return IndexError(errors.message(
        "gather", "indices must lie within the axis", f"integers from 0 to {size - 1}",
        f"integers from {low} to {high}", f"x {tuple(x.shape)}, axis {axis}"))


def gather_gradient(g, indices, shape_tensor, *, axis):
    """Zeros of the given shape with each slice of `g` added at its index."""
    target = sizes(shape_tensor)
    flat = g.reshape(target[:axis] + (indices.numel(),) + target[axis + 1:])
    return g.new_zeros(target).index_add(axis, _integers(indices).reshape(-1), flat)


def boolean_mask(x, mask):
    """The parts of `x` where the mask over its first axes is True."""
    return x[mask]


def one_hot(indices, *, depth, dtype):
    """1 at each index along a new last axis; an index out of range gives zeros."""
    classes = torch.arange(depth, device=indices.device, dtype=indices.dtype)
    return (indices.unsqueeze(-1) == classes).to(DTYPES[dtype])


OPS = {
    "getitem": getitem, "getitem_gradient": getitem_gradient, "slice": slice_,
    "slice_gradient": slice_gradient, "gather": gather, "gather_gradient": gather_gradient,
    "boolean_mask": boolean_mask, "one_hot": one_hot,
}
