"""`tensor[...]`: Python's index, encoded for `getitem` where it is known, else computed."""
import numbers

import numpy as np

from .. import graph
from ..registry import fail, sugar
from . import comparison, creation, elementwise, indexing, shaping, static
from .convert import INTEGERS, as_tensor, described

_FULL = slice(None)


@sugar
def subscript(x, index):
    """x[index]: ints, slices, None and `...`, with integer scalar tensors as ints and bounds.

    A list is read as a tuple, as TensorFlow 1 did: x[[0, 1]] is x[0, 1]. A tensor or an
    array of bools alone in the brackets is a mask over the first axes (`boolean_mask`).
    One array or tensor of integers (or a list beside other entries) gathers along its axis.
    """
    if _is_mask(index):
        return indexing.boolean_mask(x, index)
    items = _expanded(x, tuple(index) if isinstance(index, (list, tuple)) else (index,))
    for axis, item in _by_axis(items):
        if _is_array(item):
            return _gathered(x, items, axis, item)
    if any(_is_symbolic(item) for item in items):
        x, items = _made_static(x, items)
    encoded = _encoded(x, items)
    return indexing.getitem(x, encoded) if encoded else x


def _is_mask(index):
    return isinstance(index, (graph.Tensor, np.ndarray)) and index.dtype == "bool" and index.ndim


# ---- the parts of an index ----

def _expanded(x, items):
    """The items with the ellipsis replaced by as many full slices as are missing."""
    items = tuple(_constant(i) for i in items)
    used = sum(i is not None and i is not Ellipsis for i in items)
    if sum(i is Ellipsis for i in items) > 1 or used > x.ndim:
        fail("an index has at most one entry an axis", f"at most {x.ndim} entries, one '...'",
             f"{used} entries, x {tuple(x.shape)}", error=IndexError)
    at = next((i for i, item in enumerate(items) if item is Ellipsis), len(items))
    return items[:at] + (_FULL,) * (x.ndim - used) + items[at + 1:]


def _constant(item):
    """Lists and arrays as tensors; NumPy integers, and scalars known already, as ints."""
    if isinstance(item, slice):
        return slice(*map(_constant_bound, (item.start, item.stop, item.step)))
    if isinstance(item, graph.Tensor):
        return _constant_bound(item)
    if isinstance(item, numbers.Integral) and not isinstance(item, (bool, np.bool_)):
        return int(item)
    if isinstance(item, (list, tuple, np.ndarray)):
        return as_tensor(item)
    if item is None or item is Ellipsis:
        return item
    return fail("not an index", "ints, slices, None, '...' and integer tensors", repr(item),
                error=TypeError)


def _constant_bound(value):
    if isinstance(value, graph.Tensor) and value.ndim == 0 and value.dtype in INTEGERS:
        number = static.known(value)
        return value if number is None else number
    return value


def _by_axis(items):
    axis = 0
    for item in items:
        yield axis, item
        axis += item is not None


def _is_array(item):
    if not isinstance(item, graph.Tensor):
        return False
    if item.dtype not in INTEGERS:
        fail("a tensor as an index must hold integers", "an integer dtype", described(item),
             "A mask stands alone in the brackets", TypeError)
    return item.ndim > 0


def _is_symbolic(item):
    bounds = (item.start, item.stop, item.step) if isinstance(item, slice) else (item,)
    return any(isinstance(b, graph.Tensor) for b in bounds)


def _gathered(x, items, axis, indices):
    others = [i for i in items if i is not indices]
    if any(i is None or isinstance(i, graph.Tensor) for i in others):
        fail("one tensor of indices can be used at a time", "ints and slices beside it",
             f"{len(items)} entries", "Index in two steps", TypeError)
    if any(not isinstance(i, slice) for i in items[:axis]):
        fail("a tensor of indices comes before ints", "slices before it",
             f"entry {axis}", "Index in two steps", TypeError)
    x = indexing.take(x, indices, axis)
    rest = items[:axis] + (_FULL,) * indices.ndim + items[axis + 1:]
    return subscript(x, rest)


# ---- known now ----

def _encoded(x, items):
    index, axis = [], 0
    for item in items:
        if item is None:
            index.append(("new",))
            continue
        index.append(_slice(item) if isinstance(item, slice) else _int(item, x, axis))
        axis += 1
    while index and index[-1] == indexing.FULL:
        index.pop()
    return tuple(index)


def _slice(item):
    bounds = [None if b is None else _bound(b) for b in (item.start, item.stop, item.step)]
    if bounds[2] == 0:
        fail("the step of a slice must not be 0", "a step of at least 1 or at most -1", "0")
    return ("slice", *bounds)


def _bound(value):
    if not isinstance(value, numbers.Integral):
        fail("bounds of slices must be integers", "ints or integer scalar tensors", repr(value),
             error=TypeError)
    return int(value)


def _int(position, x, axis):
    size = x.shape[axis]
    if size is not None and not -size <= position < size:
        fail("index out of range", f"{-size} <= index < {size} on axis {axis}",
             f"index {position}, x {tuple(x.shape)}", error=IndexError)
    return ("int", position % size if size is not None else position)


# ---- known when the graph runs ----

def _made_static(x, items):
    """Applies the entries that need tensors; what is left needs none."""
    begin, size, left = [0] * x.ndim, [-1] * x.ndim, []
    for axis, item in _by_axis(items):
        if not _is_symbolic(item):
            left.append(item)
        elif isinstance(item, slice) and not _goes_forward(item.step):
            x = indexing.take(x, _places(item, shaping.size_of(x, axis)), axis)
            left.append(_FULL)
        elif isinstance(item, slice):
            begin[axis], size[axis] = _window(x, axis, item)
            left.append(slice(None, None, item.step))
        else:
            begin[axis], size[axis] = _from_start(item, shaping.size_of(x, axis)), 1
            left.append(0)
    return indexing.slice(x, begin, size), tuple(left)


def _window(x, axis, item):
    """First position and number of cells of a slice with symbolic bounds and a positive step."""
    whole = shaping.size_of(x, axis)
    start = 0 if item.start is None else _clipped(item.start, whole)
    stop = whole if item.stop is None else _clipped(item.stop, whole)
    return start, _at_least_zero(stop - start)


def _goes_forward(step):
    return step is None or isinstance(step, int) and step > 0


def _places(item, whole):
    """The positions that a slice reads, whose step is negative or symbolic."""
    forward = elementwise.cast(comparison.greater(_int32(item.step), 0), "int32")
    low, high = forward - 1, whole - 1 + forward  # -1 and the last, or 0 and the end

    def bound(given, default):
        if given is None:
            return default
        return elementwise.maximum(elementwise.minimum(_from_start(given, whole), high), low)

    first = forward * low + (1 - forward) * high
    return creation.arange(bound(item.start, first), bound(item.stop, low + high - first),
                           _int32(item.step))


def _int32(value):
    return elementwise.cast(as_tensor(value), "int32")


def _clipped(bound, whole):
    """A bound counted from the start and inside the axis."""
    if isinstance(bound, int) and isinstance(whole, int):
        return slice(bound, None).indices(whole)[0]
    bound = _from_start(bound, whole)
    return elementwise.maximum(elementwise.minimum(bound, whole), 0)


def _from_start(bound, whole):
    """A position counted from the start: negative ones are counted from the end."""
    if isinstance(bound, int):
        return bound if bound >= 0 else whole + bound
    bound = elementwise.cast(bound, "int32")
    return comparison.where(comparison.less(bound, 0), bound + whole, bound)


def _at_least_zero(size):
    return max(size, 0) if isinstance(size, int) else elementwise.maximum(size, 0)
