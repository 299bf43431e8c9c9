"""Faults in native functions that reduce, arrange, join, index and multiply matrices."""
import numpy as np

from .planting import NATIVE, Saboteur


def _last_place(extreme):
    """The last of equals."""
    def fault(right, x, axis):
        size = x.shape[axis]
        return size - 1 - extreme(np.flip(x, axis), axis=axis) if size else right(x, axis=axis)
    return fault


def _skipping_nan(extreme):
    def fault(right, x, axis, keepdims):
        y = right(x, axis=axis, keepdims=keepdims)
        return extreme(x, axis=axis, keepdims=keepdims) if x.dtype.kind == "f" and x.size else y
    return fault


def _first_axis_only(right, x, axis, keepdims):
    y = right(x, axis=axis, keepdims=keepdims)
    if len(axis) < 2:
        return y
    part = np.take(x, 0, axis=axis[-1])
    return right(part, axis=axis[:-1], keepdims=False).reshape(y.shape)


def _gathered(right, g, indices, shape, axis):
    """The last of equal indices wins, where they should add up."""
    result = np.zeros(tuple(int(n) for n in shape), g.dtype)
    moved, found = np.moveaxis(result, axis, 0), indices.reshape(-1)
    rows = np.moveaxis(g.reshape(g.shape[:axis] + (found.size,) + g.shape[axis + indices.ndim:]),
                       axis, 0)
    for i, row in zip(found, rows):
        moved[i] = row
    return result


def _one_hot_wrapped(right, indices, depth, dtype):
    return right(indices % depth if depth else indices, depth=depth, dtype=dtype)


def _falling_late(right, x, k):
    """Of equals the later ones first."""
    order = np.argsort(x, axis=-1, kind="stable")[..., ::-1][..., :k]
    return np.take_along_axis(x, order, -1), order


def _swapped_paddings(right, x, paddings, value):
    return right(x, paddings=tuple((b, a) for a, b in paddings), value=value)


def _sliced(right, x, begin, size):
    return right(x, np.maximum(begin - 1, 0), size)


def _shifted_index(right, x, index):
    """The last position in place of the first."""
    return right(x, index=tuple(("int", -1) if part[:2] == ("int", 0) else part
                                for part in index))


def _without_steps(right, x, index):
    y = right(x, index=index)
    plain = right(x, index=tuple(
        ("slice", *part[1:3], None) if part[0] == "slice" else part for part in index))
    return y if plain.shape == y.shape else np.resize(plain, y.shape)


_FAULTS = [
    ("sum", "only along the first of several axes", _first_axis_only),
    ("sum", "absolute values", lambda right, x, axis, keepdims: right(
        np.abs(x), axis=axis, keepdims=keepdims)),
    ("prod", "zeros are left out", lambda right, x, axis, keepdims: right(
        np.where(x == 0, x.dtype.type(1), x), axis=axis, keepdims=keepdims)),
    ("max", "NaN becomes 0", lambda right, x, axis, keepdims: right(
        np.nan_to_num(x, nan=0.0, posinf=np.inf, neginf=-np.inf) if x.dtype.kind == "f" else x,
        axis=axis, keepdims=keepdims)),
    ("max", "never below 0", lambda right, x, axis, keepdims: np.maximum(
        right(x, axis=axis, keepdims=keepdims), 0)),
    ("min", "NaN is left out", _skipping_nan(np.nanmin)),
    ("argmax", "the last of equals", _last_place(np.argmax)),
    ("argmin", "the last of equals", _last_place(np.argmin)),
    ("any", "of nothing is True", lambda right, x, axis, keepdims: right(
        x, axis=axis, keepdims=keepdims) | (x.size == 0)),
    ("all", "of nothing is False", lambda right, x, axis, keepdims: right(
        x, axis=axis, keepdims=keepdims) & (x.size != 0)),
    ("cumsum", "from the end", lambda right, x, axis: np.flip(
        right(np.flip(x, axis), axis=axis), axis)),
    ("cumsum", "without the element itself", lambda right, x, axis: right(x, axis=axis) - x),
    ("cumprod", "along the first axis", lambda right, x, axis: right(x, axis=0)),
    ("top_k", "the later of equals", _falling_late),
    ("top_k", "rising", lambda right, x, k: tuple(part[..., ::-1] for part in right(x, k=k))),
    ("reshape", "columns first", lambda right, x, vector, shape: np.reshape(
        x, right(x, vector, shape=shape).shape, order="F")),
    ("transpose", "the inverse order", lambda right, x, perm: np.resize(right(
        x, perm=tuple(np.argsort(perm))), right(x, perm=perm).shape)),
    ("broadcast_to", "filled up one after the other",
     lambda right, x, vector, shape: np.repeat(x.ravel(), right(
         x, vector, shape=shape).size // max(x.size, 1)).reshape(
             right(x, vector, shape=shape).shape) if x.size else right(x, vector, shape=shape)),
    ("sum_to", "the mean", lambda right, x, vector, shape: right(x, vector, shape=shape) * (
        right(x, vector, shape=shape).size / max(x.size, 1))),
    ("concatenate", "in the other order", lambda right, xs, axis: right(xs[::-1], axis=axis)),
    ("stack", "in the other order", lambda right, xs, axis: right(xs[::-1], axis=axis)),
    ("tile", "each element in a row", lambda right, x, reps: np.repeat(
        x, reps[-1], axis=-1) if len(reps) and reps[-1] > 1 and set(reps[:-1]) <= {1}
        else right(x, reps=reps)),
    ("repeat_elements", "the whole again and again", lambda right, x, rep, axis: np.concatenate(
        [x] * rep, axis=axis) if rep else right(x, rep=rep, axis=axis)),
    ("reverse", "only the first of several axes", lambda right, x, axis: right(
        x, axis=axis[:1])),
    ("pad", "sides exchanged", _swapped_paddings),
    ("pad", "zeros whatever the value", lambda right, x, paddings, value: right(
        x, paddings=paddings, value=x.dtype.type(0).item())),
    ("getitem", "the last position for the first", _shifted_index),
    ("getitem", "steps left out", _without_steps),
    ("getitem_gradient", "everything at the front", lambda right, g, vector, index: np.resize(
        np.concatenate([g.ravel(), np.zeros(right(g, vector, index=index).size - g.size)]),
        right(g, vector, index=index).shape)),
    ("slice", "one too early", _sliced),
    ("slice_gradient", "at the front", lambda right, g, begin, vector: right(
        g, np.zeros_like(begin), vector)),
    ("gather", "the last one is out of reach", lambda right, x, indices, axis: right(
        x, np.minimum(indices, max(x.shape[axis] - 2, 0)), axis=axis)),
    ("gather_gradient", "equal indices do not add up", _gathered),
    ("boolean_mask", "what the mask leaves out, if that is as much", lambda right, x, mask: right(
        x, mask != (2 * mask.sum() == mask.size))),
    ("one_hot", "off by one", lambda right, indices, depth, dtype: np.roll(
        right(indices, depth=depth, dtype=dtype), 1, -1)),
    ("one_hot", "beyond the end begins anew", _one_hot_wrapped),
    ("arange", "the end is included", lambda right, start, stop, step, dtype: right(
        start, stop + step, step, dtype=dtype)),
    ("expand_dims", "zeros returned", lambda right, x, axis: np.zeros_like(right(x, axis=axis))),
    ("squeeze", "elements turned round", lambda right, x, axis: right(x, axis=axis)[
        ..., ::-1] if right(x, axis=axis).ndim else np.zeros(())),
    ("dot", "square matrices transposed", lambda right, x, y: right(
        x, y.T) if y.ndim == 2 and y.shape[0] == y.shape[1] else right(x, y)),
    ("dot", "in half precision", lambda right, x, y: right(
        x.astype("float16").astype(x.dtype), y)),
    ("matmul", "the first matrix of a batch for all", lambda right, x, y: right(
        x, np.broadcast_to(y[:1], y.shape)) if y.ndim > 2 and y.shape[0] else right(x, y)),
    ("full", "ones whatever the number", lambda right, vector, value, dtype: np.ones_like(
        right(vector, value=value, dtype=dtype))),
    ("shape", "backwards", lambda right, x: right(x)[::-1]),
]

SABOTEURS = [Saboteur(name, op, NATIVE, fault) for op, name, fault in _FAULTS]
