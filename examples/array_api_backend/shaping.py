"""Ops that arrange elements."""
import math

from .namespace import dtype_of, wanted, xp


def shape(x):
    """The sizes as an int32 vector."""
    return xp.asarray(list(x.shape), dtype=xp.int32)


def reshape(x, shape_tensor, *, shape):
    """The same elements in another shape."""
    return xp.reshape(x, wanted(shape_tensor, shape))


def broadcast_to(x, shape_tensor, *, shape):
    """Repeated along new axes and axes of size 1."""
    return xp.broadcast_to(x, wanted(shape_tensor, shape))


def sum_to(x, shape_tensor, *, shape):
    """The inverse of broadcasting: sums over the axes that were repeated."""
    target = wanted(shape_tensor, shape)
    extra = len(x.shape) - len(target)
    axes = [*range(extra), *(i + extra for i, n in enumerate(target)
                             if n == 1 and x.shape[i + extra] != 1)]
    return xp.reshape(xp.sum(x, axis=tuple(axes), dtype=x.dtype), target) if axes else x


def full(shape_tensor, *, value, dtype):
    """An array filled with a number."""
    return xp.full(wanted(shape_tensor, None), value, dtype=dtype_of(dtype))


def arange(start, stop, step, *, dtype):
    """Evenly spaced numbers from `start` up to, not including, `stop`."""
    first, last, stride = (v.item() if hasattr(v, "item") else float(v)
                           for v in (start, stop, step))
    count = max(math.ceil((last - first) / stride), 0)
    steps = xp.arange(count, dtype=xp.float64)
    return xp.astype(first + stride * steps, dtype_of(dtype))


def transpose(x, *, perm):
    """The axes in another order."""
    return xp.permute_dims(x, perm)


def expand_dims(x, *, axis):
    """An axis of size 1 at `axis`."""
    return xp.expand_dims(x, axis=axis)


def squeeze(x, *, axis):
    """Without the named axes of size 1."""
    return xp.squeeze(x, axis=axis)


def concatenate(xs, *, axis):
    """Arrays joined along an axis."""
    return xp.concat(xs, axis=axis)


def stack(xs, *, axis):
    """Arrays of one shape joined along a new axis."""
    return xp.stack(xs, axis=axis)


def tile(x, *, reps):
    """The whole repeated `reps[i]` times along axis i."""
    return xp.tile(x, reps)


def repeat_elements(x, *, rep, axis):
    """Each element repeated along an axis."""
    return xp.repeat(x, rep, axis=axis)


def reverse(x, *, axis):
    """The order turned round along the named axes."""
    return xp.flip(x, axis=axis)


def pad(x, *, paddings, value):
    """Cells of `value` before and after, per axis."""
    grown = [n + sum(p) for n, p in zip(x.shape, paddings)]
    result = xp.full(tuple(grown), value, dtype=x.dtype)
    result[tuple(slice(low, low + n) for n, (low, _) in zip(x.shape, paddings))] = x
    return result


OPS = {
    "shape": shape, "reshape": reshape, "broadcast_to": broadcast_to, "sum_to": sum_to,
    "full": full, "arange": arange, "transpose": transpose, "expand_dims": expand_dims,
    "squeeze": squeeze, "concatenate": concatenate, "stack": stack, "tile": tile,
    "repeat_elements": repeat_elements, "reverse": reverse, "pad": pad,
}
