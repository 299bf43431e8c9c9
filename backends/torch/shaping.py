"""Ops that arrange elements: shapes, axes, joining, repeating, padding, filling."""
import torch

from keras_compat.backend import errors
from keras_compat.backends.torch.arrays import DEVICE, DTYPES, sizes


def shape(x):
    """The sizes as an int32 vector, on the device, where it may meet other tensors."""
    return torch.tensor(x.shape, dtype=torch.int32, device=DEVICE)


def reshape(x, shape_tensor, *, shape):
    """The same elements in another shape."""
    return x.reshape(shape if shape_tensor is None else sizes(shape_tensor))


def broadcast_to(x, shape_tensor, *, shape):
    """A view repeated along new axes and axes of size 1."""
    return x.expand(shape if shape_tensor is None else sizes(shape_tensor))


def sum_to(x, shape_tensor, *, shape):
    """The inverse of broadcasting: sums over the axes that were repeated."""
    return x.sum_to_size(shape if shape_tensor is None else sizes(shape_tensor))


def full(shape_tensor, *, value, dtype):
    """A tensor filled with a number."""
    return torch.full(sizes(shape_tensor), value, dtype=DTYPES[dtype], device=DEVICE)


def arange(start, stop, step, *, dtype):
    """Evenly spaced numbers from `start` up to, not including, `stop`."""
    first, last, stride = start.item(), stop.item(), step.item()
    if stride == 0:
        raise ValueError(errors.message("arange", "the step of a range is not 0",
                                         "a step other than 0", "0"))
    if (last - first) * stride < 0:  # an empty range, which torch.arange refuses
        last = first
    return torch.arange(first, last, stride, dtype=DTYPES[dtype], device=DEVICE)


def transpose(x, *, perm):
    """A view with the axes in another order."""
    return x.permute(perm)


def expand_dims(x, *, axis):
    """A view with an axis of size 1 at `axis`."""
    return x.unsqueeze(axis)


def squeeze(x, *, axis):
    """A view without the named axes of size 1."""
    return x.squeeze(axis)


def concatenate(xs, *, axis):
    """Tensors joined along an axis."""
    return torch.cat(xs, axis)


def stack(xs, *, axis):
    """Tensors of one shape joined along a new axis."""
    return torch.stack(xs, axis)


def tile(x, *, reps):
    """The whole repeated `reps[i]` times along axis i."""
    return x.repeat(reps)


def repeat_elements(x, *, rep, axis):
    """Each element repeated: one copy of an expanded view (repeat_interleave gathers)."""
    grown = x.unsqueeze(axis + 1).expand(*x.shape[:axis + 1], rep, *x.shape[axis + 1:])
    return grown.flatten(axis, axis + 1)


def reverse(x, *, axis):
    """The order turned round along the named axes."""
    return torch.flip(x, axis)


def pad(x, *, paddings, value):
    """Cells of `value` before and after, per axis."""
    flat = [n for before_after in reversed(paddings) for n in before_after]
    return torch.nn.functional.pad(x, flat, value=value)


OPS = {
    "shape": shape, "reshape": reshape, "broadcast_to": broadcast_to, "sum_to": sum_to,
    "full": full, "arange": arange, "transpose": transpose, "expand_dims": expand_dims,
    "squeeze": squeeze, "concatenate": concatenate, "stack": stack, "tile": tile,
    "repeat_elements": repeat_elements, "reverse": reverse, "pad": pad,
}
