"""Gradients of the general ops against finite differences in float64, to second order.

Each case runs with known and with unknown sizes, so that both ways in which a rule
learns a shape are taken. Points lie off the kinks; what holds at kinks, ties and
zeros is pinned at the end.
"""
import numpy as np
import pytest

import keras_compat.backend as K
from keras_compat.backend import ops

STEP = 1e-6
INDICES = np.array([[2, 0], [2, 1]], "int32")


def values(*shape, low=-2.0, high=2.0):
    """The same uniform numbers at each call, for one shape."""
    return np.random.RandomState(len(shape) + sum(shape)).uniform(low, high, shape)


def positive(*shape):
    return values(*shape, low=0.3)


def small(*shape):
    return values(*shape, low=-0.8, high=0.8)


ANY_NUMBER = ("negative", "abs", "square", "tanh", "sigmoid", "softplus", "erf", "sin", "cos",
              "atan", "sinh", "cosh", "exp", "expm1")
UNARY = {name: values for name in ANY_NUMBER}
UNARY.update({name: positive for name in ("sqrt", "log", "log1p")})
UNARY.update({name: small for name in ("tan", "asin", "acos")})
CASES = {name: (getattr(ops, name), [points(2, 3)]) for name, points in UNARY.items()}

OPERANDS = {
    "same shape": (values(2, 3), positive(2, 3)), "row": (values(2, 3), positive(3)),
    "both broadcast": (values(2, 1, 3), positive(4, 1)), "scalar": (values(2, 3), positive()),
}
for _name in ("add", "subtract", "multiply", "divide", "maximum", "minimum"):
    for _kind, _points in OPERANDS.items():
        CASES[f"{_name}, {_kind}"] = (getattr(ops, _name), list(_points))

for _name in ("sum", "prod", "mean", "var", "std", "max", "min", "logsumexp"):
    for _axis in (None, 0, [0, 2]):
        for _keep in (False, True):
            CASES[f"{_name}, axis {_axis}, keepdims {_keep}"] = (
                lambda x, n=_name, a=_axis, k=_keep: getattr(ops, n)(x, axis=a, keepdims=k),
                [values(2, 3, 2)])

BATCHES = {
    "default": ((2, 3, 4), (2, 4, 5), None), "an int": ((2, 3, 4), (2, 5, 4), 2),
    "matrices": ((2, 3), (2, 3), None), "a matrix": ((2, 3, 4), (2, 4), (2, 1)),
    "high ranks": ((2, 4, 3, 2), (2, 3, 5), (2, 1)), "negative": ((2, 4, 3), (2, 5, 2, 3), (2, -1)),
}
for _kind, (_x, _y, _axes) in BATCHES.items():
    CASES[f"batch_dot, {_kind}"] = (lambda x, y, a=_axes: K.batch_dot(x, y, a),
                                    [values(*_x), values(*_y)])

ZEROS = values(3, 4)
ZEROS[0, 1] = ZEROS[1, 1] = ZEROS[1, 3] = ZEROS[2, 0] = 0

CASES.update({
    "pow": (K.pow, [positive(2, 3), values(3)]),
    "pow of 2 at 0": (lambda x: x ** 2, [np.array([0.0, 1.0, -2.0])]),
    "pow of 3 at 0": (lambda x: x ** 3, [np.array([0.0, 1.0, -2.0])]),
    "power as the operand": (lambda x: 2 ** x, [values(3)]),
    "mod": (ops.mod, [np.array([1.3, -2.7]), np.array([1.1, 0.7])]),
    "cumprod with zeros": (lambda x: K.cumprod(x, axis=1), [ZEROS]),
    "cumsum": (lambda x: K.cumsum(x, axis=1), [values(2, 3)]),
    "dot, 2 and 2 axes": (K.dot, [values(3, 4), values(4, 2)]),
    "dot, 3 and 3 axes": (K.dot, [values(2, 3, 4), values(5, 4, 2)]),
    "dot with a vector": (K.dot, [values(2, 4), values(4)]),
    "dot of vectors": (K.dot, [values(4), positive(4)]),
    "matmul, broadcast": (ops.matmul, [values(2, 1, 3, 4), values(3, 4, 2)]),
    "transpose": (K.transpose, [values(2, 3, 4)]),
    "permute_dimensions": (lambda x: K.permute_dimensions(x, (2, 0, 1)), [values(2, 3, 4)]),
    "reshape": (lambda x: K.reshape(x, (3, -1)), [values(2, 3, 4)]),
    "reshape by symbolic sizes": (
        lambda x: K.reshape(x, (K.shape(x)[0] * K.shape(x)[1], K.shape(x)[2])),
        [values(2, 3, 4)]),
    "expand_dims": (lambda x: K.expand_dims(x, 1), [values(2, 3)]),
    "squeeze": (lambda x: K.squeeze(x, 1), [values(2, 1, 3)]),
    "broadcast_to": (lambda x: ops.broadcast_to(x, (4, 2, 3)), [values(2, 1)]),
    "sum_to": (lambda x: ops.sum_to(x, (2, 1)), [values(4, 2, 3)]),
    "concatenate": (lambda x, y: K.concatenate([x, y, x], 1), [values(2, 3), values(2, 1)]),
    "stack": (lambda x, y: K.stack([x, y], 1), [values(2, 3), positive(2, 3)]),
    "tile": (lambda x: K.tile(x, [2, 3]), [values(2, 3)]),
    "tile, a symbolic count": (lambda x, y: K.tile(x, [K.shape(y)[0], 2]),
                               [values(2, 3), values(3, 2)]),
    "repeat_elements": (lambda x: K.repeat_elements(x, 3, 1), [values(2, 3)]),
    "reverse": (lambda x: K.reverse(x, [0, 1]), [values(2, 3)]),
    "pad": (lambda x: ops.pad(x, ((1, 2), (0, 1))), [values(2, 3)]),
    "brackets": (lambda x: x[1:, ::-1, None, 0], [values(3, 4, 2)]),
    "brackets, negative": (lambda x: x[-1, ..., 1], [values(3, 4, 2)]),
    "brackets, symbolic": (lambda x: x[K.shape(x)[0] - 2:, K.shape(x)[0] - 4], [values(3, 4)]),
    "brackets, indices": (lambda x: x[:, INDICES], [values(2, 3)]),
    "brackets, downwards": (lambda x: x[K.shape(x)[0] - 2::-1], [values(3, 2)]),
    "brackets, a symbolic step": (lambda x: x[::K.shape(x)[0] - 5], [values(3, 2)]),
    "brackets, a mask of rows": (lambda x: x[x[:, 0] > 0], [values(5, 2)]),
    "brackets, a mask of cells": (lambda x: x[x > 0] * 2, [values(3, 2)]),
    "slice": (lambda x: K.slice(x, [K.shape(x)[0] - 2, 1], [2, 2]), [values(3, 4)]),
    "gather": (lambda x: K.gather(x, INDICES), [values(3, 2)]),
    "top_k": (lambda x: ops.top_k(x, 2)[0], [values(3, 5)]),
    "where": (lambda x, y: ops.where(K.greater(x, 0.0), x * y, y), [values(2, 3), values(3)]),
    "clip": (lambda x: K.clip(x, -1, 1), [values(3, 4)]),
    "clip by a tensor": (lambda x, y: K.clip(x, y, 1.0), [values(3, 4), small(4) - 1]),
    "switch by rows": (lambda x, y: K.switch(K.greater(x[:, 0], 0.0), x, y),
                       [values(3, 2), positive(3, 2)]),
    "switch by a scalar": (lambda x, y: K.switch(K.sum(x) > 0, lambda: x * y, lambda: x + y),
                           [values(3, 2), positive(3, 2)]),
    "switch between lists": (lambda x, y: sum(K.switch(K.sum(x) > 0, lambda: [x * y, K.sum(x)],
                                                       lambda: [x + y, K.sum(y)])),
                             [values(3, 2), positive(3, 2)]),
    "identities": (lambda x: K.identity(K.print_tensor(x) * 1), [values(3)]),
})


def leaves(points, open_sizes):
    return [K.placeholder(shape=(None,) * p.ndim if open_sizes else p.shape, dtype="float64")
            for p in points]


def direction(shape, seed):
    return np.cos(np.arange(np.prod(shape, dtype=int)) * 1.7 + seed).reshape(shape) + 0.3


def constant(array):
    return K.constant(array, dtype="float64")


def slope(inputs, scalar, points, ways):
    """The derivative of a scalar along a direction, by central differences."""
    function = K.function(inputs, [scalar])
    ahead, behind = (function([p + sign * STEP * w for p, w in zip(points, ways)])[0]
                     for sign in (1, -1))
    return (ahead - behind) / (2 * STEP)


def along(loss, inputs, ways):
    """The derivative of `loss` along a direction, from K.gradients."""
    parts = [K.sum(g * constant(w)) for g, w in zip(K.gradients(loss, inputs), ways)
             if g is not None]
    return sum(parts[1:], parts[0]) if parts else None


@pytest.mark.parametrize("open_sizes", [False, True], ids=["known sizes", "open sizes"])
@pytest.mark.parametrize("build, points", CASES.values(), ids=CASES)
def test_gradient(build, points, open_sizes, backend, capfd):
    inputs = leaves(points, open_sizes)
    output = build(*inputs)
    run, = K.function(inputs, [output])(points)
    assert all(a in (None, b) for a, b in zip(output.shape, run.shape, strict=True))
    ways = [direction(p.shape, i + 1) for i, p in enumerate(points)]
    loss = K.sum(output * constant(direction(run.shape, 0)))
    for _ in range(2):
        derivative = along(loss, inputs, ways)
        if derivative is None:
            break
        got, = K.function(inputs, [derivative])(points)
        np.testing.assert_allclose(got, slope(inputs, loss, points, ways), rtol=2e-6, atol=2e-6)
        loss = derivative


KINKS = {
    "abs at 0": (K.abs, [[0.0, -1.0]], [[0.0, -1.0]]),
    "maximum at a tie": (K.maximum, [[1.0, 1.0], [1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]]),
    "minimum at a tie": (K.minimum, [[1.0, 1.0], [1.0, 2.0]], [[1.0, 1.0], [0.0, 0.0]]),
    "max shared by ties": (K.max, [[2.0, 1.0, 2.0]], [[0.5, 0.0, 0.5]]),
    "clip at its bounds": (lambda x: K.clip(x, 0, 1), [[0.0, 1.0, 1.5]], [[1.0, 1.0, 0.0]]),
    "sqrt below 0": (K.sqrt, [[-1.0, 4.0]], [[0.0, 0.25]]),
    "prod with a zero": (K.prod, [[0.0, 2.0, 3.0]], [[6.0, 0.0, 0.0]]),
    "prod with zeros": (K.prod, [[0.0, 2.0, 0.0]], [[0.0, 0.0, 0.0]]),
    "sign": (K.sign, [[3.0, 0.0]], [[0.0, 0.0]]),
    "stop_gradient": (lambda x: x * K.stop_gradient(x), [[3.0]], [[3.0]]),
    "where beside NaN": (lambda x: ops.where(x > 0, K.log(x), x), [[-2.0, 4.0]], [[1.0, 0.25]]),
}


@pytest.mark.parametrize("build, points, expected", KINKS.values(), ids=KINKS)
def test_convention_at_a_kink(build, points, expected, backend):
    inputs = leaves(list(map(np.array, points)), False)
    found = K.function(inputs, K.gradients(K.sum(build(*inputs)), inputs))(points)
    for got, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_what_has_no_gradient(backend):
    x = K.placeholder(shape=(3,), dtype="float64")
    assert K.gradients(K.sum(K.round(x) + x // 2), [x]) == [None]
    assert K.gradients(K.sum(K.cast(K.cast(x, "int32"), "float64")), [x]) == [None]
    assert K.gradients(K.sum(K.stop_gradient(x)), [x]) == [None]
