"""Putting tensors together, repeating them, turning them round, and padding."""
from .. import graph
from ..registry import fail, primitive, sugar
from . import indexing, reductions, shaping, sparse
from .convert import (as_int, as_literal, as_tensor, is_number, merged, normalize_axes,
                      normalize_axis)
from .families import need_matching, need_one_dtype, same
from .static import dims


def _tensors(values):
    """A list of inputs as tensors; numbers and arrays take the dtype of the tensors."""
    if isinstance(values, graph.Tensor) or not len(values):
        fail("a list of tensors is needed", "at least one tensor in a list", repr(values),
             error=TypeError if isinstance(values, graph.Tensor) else ValueError)
    dtype = next((v.dtype for v in values if isinstance(v, graph.Tensor)), None)
    return [v if isinstance(v, graph.Tensor) else as_tensor(v, dtype) for v in values]


def _total(sizes):
    sizes = list(sizes)
    return None if None in sizes else sum(sizes)


def _merged_shape(tensors):
    shape = tensors[0].shape
    for t in tensors[1:]:
        shape = tuple(map(merged, shape, t.shape))
    return tuple(shape)


# ---- several tensors ----

def _concatenate_rule(tensors, *, axis):
    need_one_dtype(tensors)
    need_matching(tensors, skip=axis)
    shape = list(_merged_shape(tensors))
    shape[axis] = _total(t.shape[axis] for t in tensors)
    return tuple(shape), tensors[0].dtype


@primitive(_concatenate_rule, tolerance="exact")
def concatenate(tensors, axis=-1):
    """The tensors one after the other along an axis; the other axes must agree.

    Sparse ones give a sparse one; among others they become dense.
    """
    tensors = _tensors(tensors)
    if all(map(sparse.is_sparse, tensors)):
        return sparse.joined(tensors, axis)
    tensors = [sparse.dense(t) if sparse.is_sparse(t) else t for t in tensors]
    return concatenate.bind(tensors, axis=normalize_axis(axis, tensors[0]))


@concatenate.gradient
def _concatenate_gradient(g, out, tensors, *, axis):
    gradients, start = [], 0
    for t in tensors:
        stop = start + shaping.size_of(t, axis)
        gradients.append(indexing.part(g, axis, start, stop))
        start = stop
    return (gradients,)


def _stack_rule(tensors, *, axis):
    need_one_dtype(tensors)
    need_matching(tensors)
    shape = _merged_shape(tensors)
    return shape[:axis] + (len(tensors),) + shape[axis:], tensors[0].dtype


@primitive(_stack_rule, tolerance="exact")
def stack(x, axis=0):
    """The tensors of a list, of one shape, side by side along a new axis.

    A tensor counts as the list of its slices along the first axis, if their number is known.
    """
    tensors = _tensors(list(x) if isinstance(x, graph.Tensor) else x)
    return stack.bind(tensors, axis=normalize_axis(axis, tensors[0], extra=1))


@stack.gradient
def _stack_gradient(g, out, tensors, *, axis):
    return ([indexing.at(g, axis, i) for i in range(len(tensors))],)


# ---- repetition ----

def _tile_rule(x, *, reps):
    return tuple(None if n is None and r else (n or 0) * r
                 for n, r in zip(x.shape, reps)), x.dtype


@primitive(_tile_rule, tolerance="exact")
def tile(x, n):
    """x repeated as a whole, n[i] times along axis i.

    n: a list with one count an axis (integer scalar tensors too), or an integer
    vector; an int or a shorter list counts for the last axes, as Keras 2.3.1 has it.
    """
    x = as_tensor(x)
    n = [n] if is_number(n) else n
    if isinstance(n, (list, tuple)):
        n = [1] * (x.ndim - len(n)) + list(n)
    vector, reps = dims(n)
    if len(reps) != x.ndim:
        fail("one count an axis is possible", f"{x.ndim} counts", f"n {reps}, x {tuple(x.shape)}")
    if any(r is not None and r < 0 for r in reps):
        fail("counts must not be negative", "counts of at least 0", f"n {reps}")
    return tile.bind(x, reps=reps) if vector is None else _tile_symbolic(x, vector, reps)


def _tile_symbolic(x, vector, reps):
    """Broadcasting a new axis before an axis does the same for a count not known now.

    One axis after the other, since frameworks bound the ranks that they broadcast.
    """
    x = tile.bind(x, reps=tuple(1 if r is None else r for r in reps))
    for axis in (i for i, r in enumerate(reps) if r is None):
        sizes = [shaping.size_of(x, i) for i in range(x.ndim)]
        before, after, count = sizes[:axis], sizes[axis:], vector[axis]
        spread = shaping.broadcast_to(shaping.expand_dims(x, axis), [*before, count, *after])
        x = shaping.reshape(spread, [*before, count * sizes[axis], *sizes[axis + 1:]])
    return x


@tile.gradient
def _tile_gradient(g, out, x, *, reps):
    sizes = [n for i, r in enumerate(reps) for n in (r, shaping.size_of(x, i))]
    return reductions.sum(shaping.refit(g, sizes), axis=tuple(range(0, 2 * x.ndim, 2)))


def _repeat_elements_rule(x, *, rep, axis):
    size = x.shape[axis]
    new = size * rep if size is not None else None
    return x.shape[:axis] + (new,) + x.shape[axis + 1:], x.dtype


@primitive(_repeat_elements_rule, tolerance="exact")
def repeat_elements(x, rep, axis):
    """Each slice along an axis `rep` times in a row (NumPy's `repeat`)."""
    x = as_tensor(x)
    rep = as_int(rep, "rep")
    if rep < 0:
        fail("the count must not be negative", "rep >= 0", f"rep {rep}")
    return repeat_elements.bind(x, rep=rep, axis=normalize_axis(axis, x))


@repeat_elements.gradient
def _repeat_elements_gradient(g, out, x, *, rep, axis):
    sizes = [shaping.size_of(x, i) for i in range(x.ndim)]
    sizes.insert(axis + 1, rep)
    return reductions.sum(shaping.refit(g, sizes), axis=axis + 1)


@sugar
def repeat(x, n):
    """A matrix (samples, features) n times in a row: (samples, n, features)."""
    x = as_tensor(x)
    if x.ndim != 2:
        fail("x must be a matrix", "x (samples, features)", f"x {tuple(x.shape)}")
    return tile(shaping.expand_dims(x, 1), (1, n, 1))


# ---- order and borders ----

@primitive(same, tolerance="exact")
def reverse(x, axes):
    """x in reverse order along one axis or several."""
    x = as_tensor(x)
    return reverse.bind(x, axis=normalize_axes(axes, x))


@reverse.gradient
def _reverse_gradient(g, out, x, *, axis):
    return reverse(g, axis)


def _pad_rule(x, *, paddings, value):
    return tuple(None if n is None else low + n + high
                 for n, (low, high) in zip(x.shape, paddings)), x.dtype


@primitive(_pad_rule, tolerance="exact")
def pad(x, paddings, value=0):
    """x with `paddings[i] = (before, after)` cells holding `value` added on axis i."""
    x = as_tensor(x)
    paddings = tuple((as_int(low, "padding"), as_int(high, "padding")) for low, high in paddings)
    if len(paddings) != x.ndim or any(n < 0 for both in paddings for n in both):
        fail("one pair of paddings an axis is needed", f"{x.ndim} pairs of counts >= 0",
             f"paddings {paddings}, x {tuple(x.shape)}")
    return pad.bind(x, paddings=paddings, value=as_literal(value, x.dtype))


@pad.gradient
def _pad_gradient(g, out, x, *, paddings, value):
    return indexing.cut(g, [(low, -high or None) for low, high in paddings])


def ones_beside(x, axis):
    """Ones like x, but of size 1 along the axis."""
    from .creation import full  # creation needs joining through the reductions

    sizes = [1 if i == axis else shaping.size_of(x, i) for i in range(x.ndim)]
    return full(sizes, 1, x.dtype)
