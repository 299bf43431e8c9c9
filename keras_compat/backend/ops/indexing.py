"""Reading parts of tensors: by position, by slices, by indices, and the reverse for gradients."""
import builtins

from .. import graph
from ..registry import fail, primitive
from . import comparison, creation, elementwise, reductions, shaping, static
from .convert import (INTEGERS, agree, as_int, as_tensor, config, described, need_dtype,
                      normalize_axis, renamed)

FULL = ("slice", None, None, None)


# ---- static positions and slices ----

def _getitem_rule(x, *, index):
    sizes, axis = [], 0
    for kind, *where in index:
        if kind == "int" and x.shape[axis] is not None \
                and not -x.shape[axis] <= where[0] < x.shape[axis]:
            fail("index out of range", f"{-x.shape[axis]} <= index < {x.shape[axis]} on axis "
                 f"{axis}", f"{where[0]}, x {tuple(x.shape)}")
        if kind == "slice":
            sizes.append(_slice_size(x.shape[axis], builtins.slice(*where)))
        elif kind == "new":
            sizes.append(1)
        axis += kind != "new"
    return tuple(sizes) + tuple(x.shape[axis:]), x.dtype


def _slice_size(size, part):
    if size is not None:
        return len(range(*part.indices(size)))
    return None if part.start or part.stop is not None or part.step not in (None, 1) else size


@primitive(_getitem_rule, tolerance="exact")
def getitem(x, index):
    """x[index] for ints, slices and new axes known now, in the encoded form.

    index: a tuple of ('int', i), ('slice', start, stop, step) and ('new',), for the
    first axes of x. What Python writes in brackets is encoded by `brackets`.
    """
    return getitem.bind(as_tensor(x), index=tuple(index))


@getitem.gradient
def _getitem_gradient(g, out, x, *, index):
    return getitem_gradient(g, shaping.shape_of(x), index)


def _scatter_rule(g, *inputs, **attrs):
    vector = inputs[-1]
    return static.dims(vector)[1], g.dtype


@primitive(_scatter_rule, tolerance="exact", fresh=True)
def getitem_gradient(g, shape, index):
    """Zeros of a shape (an integer vector) with g added at the encoded index."""
    return getitem_gradient.bind(as_tensor(g), static.shape_vector(shape), index=tuple(index))


@getitem_gradient.gradient
def _getitem_gradient_gradient(h, out, g, vector, *, index):
    return getitem(h, index), None


# ---- slices with tensors as bounds ----

def _slice_rule(x, begin, size):
    sizes, starts = static.dims(size)[1], static.dims(begin)[1]
    if not len(sizes) == len(starts) == x.ndim:
        fail("start and size must have one entry an axis", f"{x.ndim} entries each",
             f"x {tuple(x.shape)}, start {starts}, size {sizes}")
    return tuple(map(_part_size, x.shape, starts, sizes)), x.dtype


def _part_size(whole, start, size):
    if size is None or start is None and size == -1 or whole is None:
        return None if size in (None, -1) else size
    taken = whole - start if size == -1 else size
    if taken < 0 or start is not None and not 0 <= start <= whole - taken:
        fail("a slice must lie inside x", f"start + size <= {whole}",
             f"start {start}, size {size}")
    return taken


@primitive(_slice_rule, tolerance="exact")
def slice(x, start, size):
    """The block of x that begins at `start` and has `size`; -1 means to the end.

    start, size: one integer an axis: lists of ints and integer scalars, or vectors.
    """
    x = as_tensor(x)
    begin, extent = static.shape_vector(start), static.shape_vector(size)
    _slice_rule(x, begin, extent)
    index = _static_index(x, static.known(begin), static.known(extent))
    return slice.bind(x, begin, extent) if index is None else getitem(x, index)


def _static_index(x, starts, sizes):
    """The block as an encoded index, if it can be known to lie inside x."""
    index = []
    for whole, start, size in zip(x.shape, starts, sizes):
        if start is None or size is None or whole is None and size != -1:
            return None
        index.append(("slice", start or None, None if size == -1 else start + size, None))
    return index


@slice.gradient
def _slice_gradient(g, out, x, begin, size):
    return slice_gradient(g, begin, shaping.shape_of(x)), None, None


@primitive(_scatter_rule, tolerance="exact", fresh=True)
def slice_gradient(g, begin, shape):
    """Zeros of a shape with g as the block that begins at `begin` (integer vectors)."""
    return slice_gradient.bind(as_tensor(g), static.shape_vector(begin),
                               static.shape_vector(shape))


@slice_gradient.gradient
def _slice_gradient_gradient(h, out, g, begin, vector):
    return slice.bind(h, begin, shaping.shape_of(g)), None, None


def part(x, axis, start, stop):
    """x[..., start:stop, ...] on one axis; bounds are ints (None, negative) or scalars."""
    if isinstance(start, graph.Tensor) or isinstance(stop, graph.Tensor):
        begin = [0] * x.ndim
        size = [-1] * x.ndim
        begin[axis], size[axis] = start, stop - start
        return slice(x, begin, size)
    return getitem(x, (FULL,) * axis + (("slice", start, stop, None),))


def cut(x, bounds):
    """x with (start, stop) applied on each axis."""
    return getitem(x, [("slice", start or None, stop, None) for start, stop in bounds])


def at(x, axis, position):
    """The slice of x at a position of one axis, without that axis."""
    return getitem(x, (FULL,) * axis + (("int", position),))


# ---- indices ----

def _gather_rule(x, indices, *, axis):
    need_dtype(INTEGERS, indices=indices)
    return x.shape[:axis] + indices.shape + x.shape[axis + 1:], x.dtype


@primitive(_gather_rule, tolerance="exact")
def gather(reference, indices):
    """The slices of `reference` (along its first axis) at integer indices of any shape.

    Shape: indices.shape + reference.shape[1:]. Indices lie in [0, size); others are
    an error when the graph runs on a CPU.
    """
    return take(reference, indices, 0)


def take(x, indices, axis):
    """`gather` along any axis."""
    x = as_tensor(x)
    return gather.bind(x, as_tensor(indices), axis=normalize_axis(axis, x))


@gather.gradient
def _gather_gradient(g, out, x, indices, *, axis):
    return gather_gradient(g, indices, shaping.shape_of(x), axis), None


@primitive(_scatter_rule, tolerance="sum", fresh=True)
def gather_gradient(g, indices, shape, axis=0):
    """Zeros of a shape with the slices of g added at the indices along an axis."""
    vector = static.shape_vector(shape)
    return gather_gradient.bind(as_tensor(g), as_tensor(indices), vector, axis=axis)


@gather_gradient.gradient
def _gather_gradient_gradient(h, out, g, indices, vector, *, axis):
    return take(h, indices, axis), None, None


def _mask_rule(x, mask):
    need_dtype(("bool",), mask=mask)
    rank = mask.ndim
    if not 1 <= rank <= x.ndim or not builtins.all(map(agree, mask.shape, x.shape)):
        fail("a mask has the first sizes of x", f"1 to {x.ndim} sizes that begin {tuple(x.shape)}",
             f"mask {tuple(mask.shape)}, x {tuple(x.shape)}")
    return (None, *x.shape[rank:]), x.dtype


@primitive(_mask_rule, tolerance="exact", fresh=True)
def boolean_mask(x, mask):
    """The parts of x where a mask over its first axes is True, in order: x[mask].

    mask: bool, with the sizes of x's first axes, at least of one. Shape: the number of
    Trues, known when the graph runs, and what is left of x's.
    """
    return boolean_mask.bind(as_tensor(x), as_tensor(mask))


@boolean_mask.gradient
def _boolean_mask_gradient(g, out, x, mask):
    sizes = [shaping.size_of(x, i) for i in range(x.ndim)]
    cells = shaping.multiplied(sizes[:mask.ndim])
    places = boolean_mask.bind(creation.arange(cells), shaping.flatten(mask))
    parts = gather_gradient(g, places, [cells, *sizes[mask.ndim:]])
    return shaping.reshape_like(parts, x), None


def _one_hot_rule(indices, *, depth, dtype):
    need_dtype(INTEGERS, indices=indices)
    return indices.shape + (depth,), dtype


@primitive(_one_hot_rule, tolerance="exact")
@renamed(nb_classes="num_classes")
def one_hot(indices, num_classes):
    """Rows of floatx with 1 at each index and 0 elsewhere: indices.shape + (num_classes,).

    An index out of range gives a row of zeros. num_classes: an int, or an integer scalar.
    """
    indices, depth = as_tensor(indices), static.count(num_classes, "num_classes")
    if isinstance(depth, int):
        return one_hot.bind(indices, depth=depth, dtype=config.floatx())
    need_dtype(INTEGERS, indices=indices)
    classes = creation.arange(depth, dtype=indices.dtype)
    hits = comparison.equal(shaping.expand_dims(indices, -1), classes)
    return elementwise.cast(hits, config.floatx())


def _top_k_rule(x, *, k):
    if x.ndim < 1 or x.shape[-1] is not None and x.shape[-1] < k:
        fail("k must not exceed the last axis", f"x with at least {k} in its last axis",
             described(x))
    shape = x.shape[:-1] + (k,)
    return [(shape, x.dtype), (shape, "int32")]


@primitive(_top_k_rule, tolerance="exact")
def top_k(x, k):
    """The k greatest along the last axis, in falling order, and their indices (int32).

    Of equals the one with the lower index comes first.
    """
    return top_k.bind(as_tensor(x), k=as_int(k, "k"))


@top_k.gradient
def _top_k_gradient(g, out, x, *, k):
    if g[0] is None:
        return None
    places = creation.arange(shaping.size_of(x, x.ndim - 1))
    hits = comparison.equal(shaping.expand_dims(out[1], -1), places)
    spread = elementwise.cast(hits, x.dtype) * shaping.expand_dims(g[0], -1)
    return reductions.sum(spread, axis=-2)
