"""Faults in the gradient rules that all backends without autodiff share."""
from keras_compat import backend as K

from .planting import SLOPE, Saboteur


def _scaled(position, factor):
    """The gradient of one input times a factor."""
    def fault(right, g, y, *inputs, **attrs):
        found = right(g, y, *inputs, **attrs)
        if not isinstance(found, (tuple, list)):
            return found * factor
        return tuple(item * factor if i == position and item is not None else item
                     for i, item in enumerate(found))
    return fault


def _lost(position):
    return _scaled(position, 0)


def _stopped(right, g, y, x, **attrs):
    """Right at first order, constant at the second."""
    return K.stop_gradient(right(K.ones_like(g, K.dtype(g)), y, x, **attrs)) * g


def _turned(right, g, y, tensors, **attrs):
    (found,) = right(g, y, tensors, **attrs)
    return (found[::-1],)


_FAULTS = [
    ("relu", "1 at 0", lambda right, g, y, x, **attrs: K.where(K.greater_equal(x, 0), g, 0)
        if not any(attrs.values()) else right(g, y, x, **attrs)),
    ("relu", "passes beyond the maximum", lambda right, g, y, x, *, max_value, **attrs: right(
        g, y, x, max_value=None, **attrs) if not attrs["alpha"] else right(
            g, y, x, max_value=max_value, **attrs)),
    ("abs", "1 at 0", lambda right, g, y, x: K.where(K.greater_equal(x, 0), g, -g)),
    ("elu", "alpha left out", lambda right, g, y, x, *, alpha: K.where(
        K.greater(x, 0), g, g * K.exp(x))),
    ("hard_sigmoid", "slope 1/6", lambda right, g, y, x: right(g, y, x) * (5 / 6)),
    ("hard_sigmoid", "passes beyond the ends", lambda right, g, y, x: g * 0.2),
    ("softsign", "without the square", lambda right, g, y, x: g / (1 + K.abs(x))),
    ("softmax", "without the other classes", lambda right, g, y, x, *, axis: g * y * (1 - y)),
    ("log_softmax", "without the normalising sum", lambda right, g, y, x, *, axis: g),
    ("l2_normalize", "the length taken for a constant", lambda right, g, y, x, *, axis: (
        g / K.sqrt(K.sum(K.square(x), axis=axis, keepdims=True)))),
    ("sqrt", "times the root", lambda right, g, y, x: g * 0.5 * y),
    ("exp", "1 everywhere", lambda right, g, y, x: g),
    ("log", "times x", lambda right, g, y, x: g * x),
    ("tanh", "not squared", lambda right, g, y, x: g * (1 - y)),
    ("sigmoid", "one factor", lambda right, g, y, x: g * y),
    ("softplus", "turned round", lambda right, g, y, x: g * K.sigmoid(-x)),
    ("erf", "the factor left out", lambda right, g, y, x: g * K.exp(-K.square(x))),
    ("sin", "the sign", lambda right, g, y, x: -right(g, y, x)),
    ("cos", "the sign", lambda right, g, y, x: -right(g, y, x)),
    ("square", "constant at second order", _stopped),
    ("tanh", "constant at second order", _stopped),
    ("add", "not summed over broadcast axes", lambda right, g, y, a, b: (g, g)),
    ("subtract", "the sign", lambda right, g, y, a, b: right(-g, y, a, b)),
    ("multiply", "of the same operand", lambda right, g, y, a, b: right(g, y, b, a)[::-1]
        if a.shape != b.shape else right(g, y, b, a)),
    ("divide", "the sign of the divisor's", _scaled(1, -1)),
    ("mod", "the divisor's left out", _lost(1)),
    ("pow", "the exponent's left out", _lost(1)),
    ("maximum", "both at a tie", lambda right, g, y, a, b: (
        right(g, y, a, b)[0], right(g, y, a, b)[1] + right(
            K.where(K.equal(a, b), g, 0), y, a, b)[0]) if a.shape == b.shape
        else right(K.where(K.equal(a, b), g * 2, g), y, a, b)),
    ("minimum", "to the greater", lambda right, g, y, a, b: right(g, y, -a, -b)),
    ("where", "passes to both", lambda right, g, y, c, a, b: (
        None, right(g, y, K.ones_like(c, K.dtype(c)), a, b)[1],
        right(g, y, K.zeros_like(c, K.dtype(c)), a, b)[2])),
    ("sum", "the mean's", lambda right, g, y, x, *, axis, keepdims: right(
        g / 2, y, x, axis=axis, keepdims=keepdims)),
    ("prod", "by division", lambda right, g, y, x, *, axis, keepdims: (
        g * y / x if len(axis) == x.ndim and not keepdims
        else right(g, y, x, axis=axis, keepdims=keepdims))),
    ("max", "whole at each of equals", lambda right, g, y, x, *, axis, keepdims: (
        g * K.cast(K.equal(x, y), x.dtype) if len(axis) == x.ndim
        else right(g, y, x, axis=axis, keepdims=keepdims))),
    ("cumsum", "from the front", lambda right, g, y, x, *, axis: K.cumsum(g, axis)),
    ("cumprod", "by division, from the front", lambda right, g, y, x, *, axis: K.cumsum(
        g * y, axis) / x),
    ("reshape", "turned round", lambda right, g, y, *inputs, **attrs: _lost(0)(
        right, g, y, *inputs, **attrs)),
    ("transpose", "the order not inverted", lambda right, g, y, x, *, perm: (
        K.permute_dimensions(g, perm))),
    ("reverse", "not turned back", lambda right, g, y, x, *, axis: g),
    ("concatenate", "of the tensors in the other order", _turned),
    ("stack", "of the tensors in the other order", _turned),
    ("tile", "of the first copy", lambda right, g, y, x, *, reps: right(
        g, y, x, reps=reps) / 2),
    ("repeat_elements", "the mean", lambda right, g, y, x, *, rep, axis: right(
        g, y, x, rep=rep, axis=axis) / max(rep, 1)),
    ("pad", "from the other side", lambda right, g, y, x, *, paddings, value: right(
        g, y, x, paddings=[(b, a) for a, b in paddings], value=value)),
    ("getitem", "halved", lambda right, g, y, x, *, index: right(g / 2, y, x, index=index)),
    ("gather", "to the first row", lambda right, g, y, x, indices, *, axis: right(
        g, y, x, K.zeros_like(indices, K.dtype(indices)), axis=axis)),
    ("top_k", "to the greatest alone", lambda right, g, y, x, *, k: right(
        (g[0], g[1]), (y[0], K.zeros_like(y[1], K.dtype(y[1]))), x, k=k)),
    ("dot", "the second factor's left out", _lost(1)),
    ("matmul", "the first factor's halved", _scaled(0, 0.5)),
    ("conv", "the kernel's turned round", lambda right, g, y, x, kernel, **attrs: (
        lambda a, b: (a, K.reverse(b, 0)))(*right(g, y, x, kernel, **attrs))),
    ("conv", "the input's with the kernel turned round", lambda right, g, y, x, kernel, **attrs: (
        right(g, y, x, K.reverse(kernel, 0), **attrs)[0], right(g, y, x, kernel, **attrs)[1])),
    ("max_pool", "as the mean's", lambda right, g, y, x, **attrs: (
        K.avg_pool_gradient(g, K.shape(x), **attrs))),
    ("avg_pool", "as the greatest's", lambda right, g, y, x, **attrs: (
        K.max_pool_gradient(g, x, **attrs))),
    ("bias_add", "the bias's halved", _scaled(1, 0.5)),
    ("categorical_crossentropy", "without the normalising sum", _scaled(1, 0.9)),
    ("sparse_categorical_crossentropy", "the sign", _scaled(1, -1)),
    ("binary_crossentropy", "the target's left out", _lost(0)),
    ("normalize_batch_in_training", "statistics taken for constants",
        lambda right, g, y, x, gamma, beta, *, axes, epsilon: (
            (g[0] * K.reshape(1 / K.sqrt(y[2] + epsilon), [
                1 if i in axes else K.shape(x)[i] for i in range(x.ndim)]) if g[0] is not None
             else None), *right(g, y, x, gamma, beta, axes=axes, epsilon=epsilon)[1:])),
    ("batch_normalization", "the variance's left out", _lost(2)),
]

SABOTEURS = [Saboteur(name, op, SLOPE, fault, ("gradient", "convention"))
             for op, name, fault in _FAULTS]
