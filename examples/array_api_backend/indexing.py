"""Picking elements, and the way back."""
from .namespace import dtype_of, sizes, xp


def _native(index):
    items = {"int": lambda i: i, "slice": slice, "new": lambda: None}
    return tuple(items[kind](*parts) for kind, *parts in index)


def getitem(x, *, index):
    """Static basic indexing."""
    return x[_complete(_native(index), len(x.shape))]


def _complete(index, rank):
    """The standard wants every axis named."""
    named = sum(item is not None for item in index)
    return index + (slice(None),) * (rank - named)


def getitem_gradient(g, shape_tensor, *, index):
    """Zeros of the given shape with `g` where `getitem` would read."""
    result = xp.zeros(sizes(shape_tensor), dtype=g.dtype)
    native = tuple(item for item in _native(index) if item is not None)
    native = _complete(native, len(result.shape))
    result[native] = xp.reshape(g, result[native].shape)
    return result


def _window(begin, size):
    return tuple(slice(b, None if n < 0 else b + n) for b, n in zip(sizes(begin), sizes(size)))


def slice_(x, begin, size):
    """A window from `begin`; a size of -1 reaches to the end."""
    return x[_window(begin, size)]


def slice_gradient(g, begin, shape_tensor):
    """Zeros of the given shape with `g` from `begin` on."""
    result = xp.zeros(sizes(shape_tensor), dtype=g.dtype)
    result[_window(begin, g.shape)] = g
    return result


def gather(x, indices, *, axis):
    """Slices of `x` along `axis`."""
    flat = xp.astype(xp.reshape(indices, (-1,)), xp.int64)
    if indices.size and not (0 <= int(xp.min(flat)) and int(xp.max(flat)) < x.shape[axis]):
        raise IndexError(f"gather: an index lies within the axis. Expected 0 <= index < "
                         f"{x.shape[axis]}; received {int(xp.min(flat))} to {int(xp.max(flat))}.")
    picked = xp.take(x, flat, axis=axis)
    return xp.reshape(picked, (*x.shape[:axis], *indices.shape, *x.shape[axis + 1:]))


def gather_gradient(g, indices, shape_tensor, *, axis):
    """Zeros of the given shape with each slice of `g` added at its index: a product with one_hot."""
    target = sizes(shape_tensor)
    hot = one_hot(xp.reshape(indices, (-1,)), depth=target[axis], dtype=str(g.dtype).split(".")[-1])
    rows = xp.reshape(g, (*target[:axis], hot.shape[0], *target[axis + 1:]))
    summed = xp.tensordot(hot, rows, axes=((0,), (axis,)))
    return xp.moveaxis(summed, 0, axis)


def boolean_mask(x, mask):
    """The parts of `x` where the mask over its first axes is True."""
    return x[mask]


def one_hot(indices, *, depth, dtype):
    """1 at each index along a new last axis; an index out of range gives zeros."""
    classes = xp.arange(depth, dtype=indices.dtype)
    return xp.astype(xp.expand_dims(indices, axis=-1) == classes, dtype_of(dtype))


OPS = {
    "getitem": getitem, "getitem_gradient": getitem_gradient, "slice": slice_,
    "slice_gradient": slice_gradient, "gather": gather, "gather_gradient": gather_gradient,
    "boolean_mask": boolean_mask, "one_hot": one_hot,
}
