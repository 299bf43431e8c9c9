"""Products of matrices: `matmul`, `dot` and `batch_dot`."""
from .. import config
from ..registry import composite, fail, primitive
from . import reductions, shaping, sparse
from .convert import (NUMBERS, agree, as_int, broadcast_shapes, need_dtype,
                      normalize_axis_for, pair)
from .unbroadcast import unbroadcast


def _need_inner(name, size, wanted, x, y):
    if not agree(size, wanted):
        fail("inner dimensions must agree", f"{name} == {wanted}",
             f"x {tuple(x.shape)}, y {tuple(y.shape)}")


# ---- matmul ----

def _matmul_rule(x, y):
    need_dtype(NUMBERS, x=x, y=y)
    if x.ndim < 2 or y.ndim < 2:
        fail("matrices are needed", "x and y with at least 2 axes",
             f"x {tuple(x.shape)}, y {tuple(y.shape)}")
    _need_inner(f"y.shape[{y.ndim - 2}]", y.shape[-2], x.shape[-1], x, y)
    lead = broadcast_shapes(x.shape[:-2], y.shape[:-2])
    return lead + (x.shape[-2], y.shape[-1]), x.dtype


@primitive(_matmul_rule, tolerance="sum", fresh=True)
def matmul(x, y):
    """The products of the matrices in the last two axes; the axes before broadcast.

    (..., m, k) and (..., k, n) give (..., m, n), in the one dtype of both.
    """
    return matmul.bind(*pair(x, y))


@matmul.gradient
def _matmul_gradient(g, out, x, y):
    # the last two axes are never broadcast: as operands of size 1 they decide nothing
    return (unbroadcast(matmul(g, _swapped(y)), x, y.shape[:-2] + (1, 1)),
            unbroadcast(matmul(_swapped(x), g), y, x.shape[:-2] + (1, 1)))


def _swapped(x):
    order = list(range(x.ndim))
    order[-2:] = order[:-3:-1]
    return shaping.permute_dimensions(x, order)


# ---- dot ----

def _dot_rule(x, y):
    need_dtype(NUMBERS, x=x, y=y)
    if not x.ndim or not y.ndim:
        fail("scalars have no inner dimension", "x and y with at least 1 axis",
             f"x {tuple(x.shape)}, y {tuple(y.shape)}", "Use x * y")
    inner = _inner_axis(y)
    _need_inner(f"y.shape[{inner}]", y.shape[inner], x.shape[-1], x, y)
    return x.shape[:-1] + y.shape[:inner] + y.shape[inner + 1:], x.dtype


def _inner_axis(y):
    return y.ndim - 2 if y.ndim > 1 else 0


@primitive(_dot_rule, tolerance="sum", fresh=True)
def dot(x, y):
    """The sum over the last axis of x and the second-to-last of y (or y's only one).

    x (..., k) and y (a..., k, n) give (..., a..., n), in the one dtype of both; for
    batches of matrices see `batch_dot` and `matmul`. One of two matrices may be sparse.
    """
    if sparse.is_sparse(x) or sparse.is_sparse(y):
        return sparse.product(x, y)
    return dot.bind(*pair(x, y))


@dot.gradient
def _dot_gradient(g, out, x, y):
    inner = _inner_axis(y)
    order = [inner] + [i for i in range(y.ndim) if i != inner]
    moved = shaping.permute_dimensions(y, order)  # (k, a..., n)
    columns, width = _as_matrix(moved, 1)
    rows, _ = _as_matrix(g, x.ndim - 1, width)
    flat, _ = _as_matrix(x, x.ndim - 1)
    gx = shaping.reshape_like(dot(rows, shaping.transpose(columns)), x)
    gy = shaping.reshape_like(dot(shaping.transpose(flat), rows), moved)
    return gx, shaping.permute_dimensions(gy, [order.index(i) for i in range(y.ndim)])


def _as_matrix(x, split, width=None):
    """x as a matrix of the axes before `split` and those after, and its width."""
    if width is None:
        width = shaping.multiplied(shaping.size_of(x, i) for i in range(split, x.ndim))
    height = shaping.multiplied(shaping.size_of(x, i) for i in range(split))
    if x.ndim == 2 and split == 1:
        return x, width
    return shaping.refit(x, (height, width)), width


# ---- batch_dot ----

@composite(tolerance="sum")
def batch_dot(x, y, axes=None):
    """The sum over one axis of x and one of y, for each sample of a batch.

    axes: the axis of x and that of y, or an int for both, never 0; by default the
    last of x, and the second-to-last of y (the last if y has two). The result is
    (batch, other axes of x..., other axes of y...); of two matrices, (batch, 1).
    Keras 2.3.1 K.batch_dot; where `K.compat_version()` names a release before 2.3.0, as
    those had it: the last two axes are multiplied as matrices, all others are batches.
    """
    x, y = pair(x, y)
    if x.ndim < 2 or y.ndim < 2:
        fail("inputs need a batch axis and another", "x and y with at least 2 axes",
             _shapes(x, y))
    if not config.compat_reaches("2.3.0"):
        return _batch_dot_before_2_3(x, y, axes)
    a, b = _batch_dot_axes(x, y, axes)
    if not agree(x.shape[0], y.shape[0]):
        fail("batch sizes must agree", f"y.shape[0] == {x.shape[0]}", _shapes(x, y))
    _need_inner(f"y.shape[{b}]", y.shape[b], x.shape[a], x, y)
    return batch_dot.bind(x, y, axes=(a, b))


def _shapes(x, y):
    return f"x {tuple(x.shape)}, y {tuple(y.shape)}"


def _batch_dot_axes(x, y, axes):
    if axes is None:
        axes = (x.ndim - 1, y.ndim - 1 if y.ndim == 2 else y.ndim - 2)
    chosen = _two(axes)
    numbers = tuple(normalize_axis_for(as_int(i, "an axis"), t.ndim, tuple(t.shape))
                    for i, t in zip(chosen, (x, y)))
    if 0 in numbers:
        fail("the batch axis cannot be contracted", "axes other than 0", repr(axes),
             "Inputs without a batch get one from K.expand_dims(x, 0)")
    return numbers


def _two(axes):
    pair_given = isinstance(axes, (list, tuple))
    if pair_given and (len(axes) != 2 or any(isinstance(a, (list, tuple)) for a in axes)):
        fail("one axis of each input is contracted", "None, an int or a pair of ints",
             repr(axes))
    return axes if pair_given else (axes, axes)


def _batch_dot_before_2_3(x, y, axes):
    """Products of matrices in the last two axes, of two matrices the sums along one axis.

    axes only say which of the two is contracted: the last one, or else the one before. An
    input with fewer axes gets some of size 1 at its end; those go from the result.
    """
    wide, missing = max(x.ndim, y.ndim), abs(x.ndim - y.ndim)
    first = x.ndim + y.ndim - 3 if x.ndim > y.ndim else x.ndim - 1
    if first + missing > wide:
        fail("before Keras 2.3, x had at most as many axes as y, or 3 with 2 of y",
             f"y with at least {x.ndim} axes", _shapes(x, y))
    if axes is None:
        axes = (x.ndim - 1, y.ndim - 2) if config.compat_reaches("2.2.4") else (wide - 1, wide - 2)
    a, b = (as_int(i, "an axis") for i in _two(axes))
    x, y = (_with_more_axes(t, wide) for t in (x, y))
    if wide == 2:
        result = reductions.sum(x * y, a) if a == b else reductions.sum(_swapped(x) * y, b)
    else:
        result = matmul(x if a == wide - 1 else _swapped(x), _swapped(y) if b == wide - 1 else y)
    if missing:
        result = shaping.squeeze(result, list(range(first, first + missing)))
    return shaping.expand_dims(result, 1) if result.ndim == 1 else result


def _with_more_axes(x, ndim):
    while x.ndim < ndim:
        x = shaping.expand_dims(x, -1)
    return x


@batch_dot.body
def _batch_dot_body(x, y, *, axes):
    a, b = axes
    left, x_rest = _sides(x, a, last=True)
    right, y_rest = _sides(y, b, last=False)
    result = matmul(left, right)
    if x.ndim == y.ndim == 2:
        return shaping.squeeze(result, 1)
    if len(x_rest) == 1 and len(y_rest) == 1:
        return result
    batch = shaping.size_of(x if x.shape[0] is not None else y, 0)
    return shaping.refit(result, [batch] + x_rest + y_rest)


def _sides(x, axis, last):
    """x as (batch, rest, inner), or (batch, inner, rest), and the sizes of the rest."""
    rest = [i for i in range(1, x.ndim) if i != axis]
    order = [0] + rest + [axis] if last else [0, axis] + rest
    moved = shaping.permute_dimensions(x, order)
    sizes = [shaping.size_of(x, i) for i in rest]
    if x.ndim == 3:
        return moved, sizes
    batch, inner = shaping.size_of(x, 0), shaping.size_of(x, axis)
    middle = shaping.multiplied(sizes)
    shape = (batch, middle, inner) if last else (batch, inner, middle)
    return shaping.refit(moved, shape), sizes
