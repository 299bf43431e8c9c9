"""Shapes: asking for them and changing them without changing the elements."""
import functools
import operator

from .. import graph
from ..registry import fail, primitive, sugar
from . import reductions, unbroadcast
from .convert import (agree, as_tensor, merged, normalize_axes, normalize_axis,
                      normalize_axis_for, product, renamed)
from .static import constant_vector, dims


# ---- sizes ----

def _shape_rule(x):
    return (x.ndim,), "int32"


@primitive(_shape_rule, tolerance="exact")
def shape(x):
    """The sizes of x as an int32 vector, known when the graph runs (`int_shape`: now)."""
    if isinstance(x, graph.SparseTensor):
        return x.sizes
    return shape.bind(as_tensor(x))


@sugar
def size(x, name=None):
    """The number of elements of x, an int32 scalar; `name` is not used."""
    return reductions.prod(shape_of(as_tensor(x)))


def shape_of(x):
    """The shape as an int32 vector: a constant where the static shape is complete."""
    return shape(x) if None in x.shape else constant_vector(x.shape)


def size_of(x, axis):
    """The size of one axis: an int where it is known, else an int32 scalar tensor."""
    known = x.shape[axis]
    return shape(x)[axis] if known is None else known


def multiplied(sizes):
    """The product of ints and integer scalars: an int if all are."""
    sizes = list(sizes)
    known = product(n for n in sizes if isinstance(n, int))
    symbolic = [n for n in sizes if not isinstance(n, int)]
    result = functools.reduce(operator.mul, symbolic) if symbolic else known
    return result * known if symbolic and known != 1 else result


# ---- reshape ----

def _reshape_rule(x, vector, *, shape):
    if vector is None:
        shape = tuple(-1 if n is None else n for n in _resolved(x, shape))
    return tuple(None if n == -1 else n for n in shape), x.dtype


@primitive(_reshape_rule, tolerance="exact")
def reshape(x, shape):
    """The elements of x, in their order, in another shape.

    shape: ints, of which one may be -1 (what is left), or integer scalars such as
    `K.shape(x)[0]`, or an integer vector. ValueError where the static sizes show
    that the numbers of elements differ.
    """
    x = as_tensor(x)
    vector, template = dims(shape)
    template = _resolved(x, template)
    return reshape.bind(x, vector if None in template else None, shape=template)


def _resolved(x, template):
    """The template with the one unknown size filled in where it can be."""
    if template.count(-1) > 1 or any(n is not None and n < -1 for n in template):
        fail("a new shape has at most one size -1", "sizes of at least 0, and one -1",
             f"shape {template}, x {tuple(x.shape)}")
    total = product(x.shape)
    unknown = sum(n in (-1, None) for n in template)
    if total is None or unknown > 1:
        return template
    rest = product(n for n in template if n not in (-1, None))
    if not _holds(total, rest, unknown):
        fail("a new shape must hold as many elements", f"{total} elements",
             f"x {tuple(x.shape)}, shape {template}")
    if not unknown or rest == 0:
        return template
    return tuple(total // rest if n in (-1, None) else n for n in template)


def _holds(total, rest, unknown):
    """Whether sizes with product `rest`, and an unknown one, can hold `total` elements."""
    if not unknown:
        return rest == total
    return total % rest == 0 if rest else total == 0


@reshape.gradient
def _reshape_gradient(g, out, x, vector, *, shape):
    return reshape_like(g, x), None


def reshape_like(x, y):
    """x in the shape of y, which has as many elements."""
    if y.shape.count(None) <= 1 and 0 not in y.shape:
        if x.shape == y.shape:
            return x
        return reshape(x, tuple(-1 if n is None else n for n in y.shape))
    return reshape(x, shape_of(y))


def refit(x, sizes):
    """x in a shape that is known to fit; a single size not known now is written -1."""
    symbolic = [not isinstance(n, int) for n in sizes]
    if symbolic.count(True) == 1 and 0 not in [n for n in sizes if isinstance(n, int)]:
        sizes = [-1 if unknown else n for n, unknown in zip(sizes, symbolic)]
    return reshape(x, sizes)


@sugar
def flatten(x):
    """The elements of x as a vector."""
    return reshape(x, (-1,))


@sugar
def batch_flatten(x):
    """The elements of each sample as a row: all axes but the first become one."""
    x = as_tensor(x)
    row = multiplied(size_of(x, i) for i in range(1, x.ndim))
    return refit(x, (size_of(x, 0), row))


# ---- axes of size 1 ----

def _expand_dims_rule(x, *, axis):
    return x.shape[:axis] + (1,) + x.shape[axis:], x.dtype


@primitive(_expand_dims_rule, tolerance="exact")
@renamed(dim="axis")
def expand_dims(x, axis=-1):
    """x with a new axis of size 1 at `axis` (negative: counted in the result)."""
    x = as_tensor(x)
    return expand_dims.bind(x, axis=normalize_axis(axis, x, extra=1))


@expand_dims.gradient
def _expand_dims_gradient(g, out, x, *, axis):
    return squeeze(g, axis)


def _squeeze_rule(x, *, axis):
    if any(not agree(x.shape[i], 1) for i in axis):
        fail("squeezed axes must have size 1", f"size 1 on axis {axis}", f"x {tuple(x.shape)}")
    return tuple(n for i, n in enumerate(x.shape) if i not in axis), x.dtype


@primitive(_squeeze_rule, tolerance="exact")
def squeeze(x, axis):
    """x without an axis of size 1, or without several (a list)."""
    x = as_tensor(x)
    return squeeze.bind(x, axis=normalize_axes(axis, x))


@squeeze.gradient
def _squeeze_gradient(g, out, x, *, axis):
    for i in axis:
        g = expand_dims(g, i)
    return g


# ---- order of axes ----

def _transpose_rule(x, *, perm):
    return tuple(x.shape[i] for i in perm), x.dtype


@primitive(_transpose_rule, tolerance="exact")
def transpose(x):
    """x with its axes in reverse order."""
    x = as_tensor(x)
    return transpose.bind(x, perm=tuple(range(x.ndim))[::-1])


@transpose.gradient
def _transpose_gradient(g, out, x, *, perm):
    return transpose.bind(g, perm=tuple(perm.index(i) for i in range(len(perm))))


@sugar
def permute_dimensions(x, pattern):
    """x with its axes in the order of `pattern`, which names each axis once."""
    x = as_tensor(x)
    rank = x.ndim
    perm = tuple(normalize_axis_for(i, rank, tuple(x.shape)) for i in pattern)
    if sorted(perm) != list(range(rank)):
        fail("the pattern must name each axis once", f"an order of 0 to {rank - 1}",
             f"pattern {tuple(pattern)}, x {tuple(x.shape)}")
    return x if perm == tuple(range(rank)) else transpose.bind(x, perm=perm)


# ---- broadcasting and its inverse ----

def _broadcast_to_rule(x, vector, *, shape):
    lead = len(shape) - x.ndim
    fits = lead >= 0 and all(n == 1 or agree(n, m) for n, m in zip(x.shape, shape[lead:]))
    if not fits:
        fail("x must broadcast to the shape", "sizes that are equal, or 1 in x",
             f"x {tuple(x.shape)}, shape {shape}")
    known = tuple(m if n in (1, None) else merged(m, n)
                  for n, m in zip(x.shape, shape[lead:]))
    return tuple(shape[:lead]) + known, x.dtype


@primitive(_broadcast_to_rule, tolerance="exact")
def broadcast_to(x, shape):
    """x repeated along new leading axes and along axes of size 1, to have the shape.

    shape: ints and integer scalars, or an integer vector.
    """
    x = as_tensor(x)
    vector, template = dims(shape)
    return broadcast_to.bind(x, vector, shape=template)


@broadcast_to.gradient
def _broadcast_to_gradient(g, out, x, vector, *, shape):
    return unbroadcast.unbroadcast(g, x, out.shape), None


def broadcast_like(x, y):
    """x broadcast to the shape of y."""
    return x if x.shape == y.shape and None not in x.shape else broadcast_to(x, shape_of(y))


def _sum_to_rule(x, vector, *, shape):
    lead = x.ndim - len(shape)
    if lead < 0 or not all(n == 1 or agree(n, m) for n, m in zip(shape, x.shape[lead:])):
        fail("x must be a broadcast of the shape", "sizes that are equal, or 1 in the shape",
             f"x {tuple(x.shape)}, shape {shape}")
    return tuple(shape), x.dtype


@primitive(_sum_to_rule, tolerance="sum")
def sum_to(x, shape):
    """The sums over the axes along which something of this shape was broadcast to x's.

    The gradient of `broadcast_to`. shape: ints and integer scalars, or an integer
    vector, at most as long as x has axes.
    """
    x = as_tensor(x)
    vector, template = dims(shape)
    return sum_to.bind(x, vector, shape=template)


@sum_to.gradient
def _sum_to_gradient(g, out, x, vector, *, shape):
    return broadcast_like(g, x), None
