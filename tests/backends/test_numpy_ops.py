"""One backend's plain ops against float64 definitions; dtypes, strides, empty axes."""
import math

import numpy as np
import pytest

from keras_compat.backends.numpy import backend

FLOATS = ["float16", "float32", "float64"]
INTS = ["int8", "uint8", "int32", "int64"]
ULPS = {"float16": 2e-3, "float32": 4e-7, "float64": 1e-15}
OPS = backend.ops


def draw(*shape, dtype="float64", seed=0, positive=False):
    x = np.random.default_rng([seed, *shape]).uniform(-2, 2, shape)
    return (np.abs(x) if positive else x).astype(dtype)


def close(actual, expected, factor=1.0):
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    bound = factor * ULPS.get(actual.dtype.name, 0)
    np.testing.assert_allclose(actual.astype("float64"), expected, rtol=bound, atol=bound)


def exact(actual, expected, dtype):
    assert np.asarray(actual).dtype == np.dtype(dtype)
    np.testing.assert_array_equal(actual, expected)


# ---- elementwise ----

UNARY = {
    "negative": lambda v: -v, "abs": abs, "sign": lambda v: (v > 0) - (v < 0), "exp": math.exp,
    "expm1": math.expm1, "log": math.log, "log1p": math.log1p, "sqrt": math.sqrt,
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos,
    "atan": math.atan, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh,
    "sigmoid": lambda v: 1 / (1 + math.exp(-v)), "softplus": lambda v: math.log1p(math.exp(v)),
    "floor": math.floor, "ceil": math.ceil, "round": round, "square": lambda v: v * v,
    "erf": math.erf,
}
POSITIVE = {"log", "log1p", "sqrt"}
WITHIN_ONE = {"asin", "acos"}
# tan and exp multiply the rounding of a float16 input's neighbours; 8 units cover all.
FACTOR = 8


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("dtype", FLOATS)
def test_unary(name, dtype):
    x = draw(4, 6, dtype=dtype, positive=name in POSITIVE)
    x = x / 2 if name in WITHIN_ONE else x
    expected = np.vectorize(UNARY[name], otypes=["float64"])(x.astype("float64"))
    for given in (x, x.T.copy().T, np.repeat(x, 2, 1)[:, ::2]):
        y = OPS[name](given)
        assert y.dtype == dtype
        close(y, expected, FACTOR)
    into = backend.inplace.get(name)
    if into is not None:
        spent = x.copy()
        exact(into(spent, out=spent), OPS[name](x), dtype)
        assert OPS[name](x[:0]).shape == (0, 6)


def test_unary_of_integers_stays_integer():
    for name in ("negative", "abs", "sign", "square", "floor", "ceil", "round"):
        exact(OPS[name](np.array([-3, 0, 2], "int32")),
              [int(UNARY[name](v)) for v in (-3, 0, 2)], "int32")


@pytest.mark.parametrize("dtype", FLOATS)
def test_extreme_arguments(dtype):
    x = np.array([-np.inf, -1e4, -90, 0, 90, 1e4, np.inf, np.nan], dtype)
    with np.errstate(all="ignore"):
        close(OPS["sigmoid"](x), [0, 0, 0, 0.5, 1, 1, 1, np.nan])
        close(OPS["softplus"](x), [0, 0, 0, math.log(2), 90, 1e4, np.inf, np.nan], 2)
        close(OPS["erf"](x), [-1, -1, -1, 0, 1, 1, 1, np.nan])


def test_erf_has_the_last_digits():
    x = np.concatenate([np.linspace(-6.5, 6.5, 20001), [1e-300, -1e-10, 1e-8]])
    expected = np.array([math.erf(v) for v in x])
    np.testing.assert_allclose(OPS["erf"](x), expected, rtol=4e-16, atol=0)
    assert np.signbit(OPS["erf"](np.array(-0.0)))


BINARY = {
    "add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b,
    "maximum": max, "minimum": min, "floor_divide": lambda a, b: a // b, "mod": lambda a, b: a % b,
}
COMPARE = {
    "equal": lambda a, b: a == b, "not_equal": lambda a, b: a != b, "less": lambda a, b: a < b,
    "greater": lambda a, b: a > b, "less_equal": lambda a, b: a <= b,
    "greater_equal": lambda a, b: a >= b,
}


@pytest.mark.parametrize("name, dtype", [
    (name, dtype) for dtype in FLOATS + ["int32", "int64"]
    for name in (*BINARY, *COMPARE, *(("divide", "pow") if dtype in FLOATS else ()))])
def test_binary(name, dtype):
    x, y = draw(3, 1, 4, positive=name == "pow") * 4, draw(5, 4, seed=1) * 4
    y = y / 4 if name == "pow" else np.where(np.abs(y) < 1, 2, y)
    x, y = x.astype(dtype), y.astype(dtype)
    rule = {**BINARY, **COMPARE, "divide": lambda a, b: a / b, "pow": lambda a, b: a ** b}[name]
    wide = (x.astype("float64"), y.astype("float64"))
    result = OPS[name](x, y)
    assert result.dtype == ("bool" if name in COMPARE else dtype)
    if name in ("floor_divide", "mod") and dtype == "float16":
        wide = (x.astype("float32"), y.astype("float32"))
    expected = np.vectorize(rule, otypes=["float64"])(*wide)
    close(result, expected, FACTOR)


def test_writing_into_an_input_that_cannot_hold_the_result():
    row, table = np.ones(3, "float32"), np.ones((2, 3), "float32")
    into = backend.inplace["add"]
    assert into(row, table, out=table) is table
    exact(into(row, np.ones((2, 3), "float32"), out=row), np.full((2, 3), 2), "float32")
    locked = np.broadcast_to(np.float32(1), (2, 3))
    exact(into(locked, table, out=locked), np.full((2, 3), 3), "float32")
    scalar = np.float32(1)
    exact(into(scalar, scalar, out=scalar), 2, "float32")
    zero = np.float32(0)
    exact(backend.inplace["sigmoid"](zero, out=zero), 0.5, "float32")


def test_where_cast_and_logic():
    condition = np.array([[True], [False]])
    x, y = np.arange(3, dtype="float16"), np.full(3, 9, "float16")
    exact(OPS["where"](condition, x, y), [[0, 1, 2], [9, 9, 9]], "float16")
    exact(OPS["cast"](np.array([-1.7, 1.7]), dtype="int32"), [-1, 1], "int32")
    exact(OPS["cast"](np.array([0.0, -0.1, np.nan]), dtype="bool"), [False, True, True], "bool")
    same = np.ones(2, "float32")
    assert OPS["cast"](same, dtype="float32") is not same
    a, b = np.array([True, True, False]), np.array([True, False, False])
    exact(OPS["logical_and"](a, b), [True, False, False], "bool")
    exact(OPS["logical_or"](a, b), [True, True, False], "bool")
    exact(OPS["logical_not"](a), [False, False, True], "bool")
    odd = np.array([1, np.inf, np.nan], "float32")
    exact(OPS["isnan"](odd), [False, False, True], "bool")
    exact(OPS["isfinite"](odd), [True, False, False], "bool")


@pytest.mark.parametrize("dtype", FLOATS + ["int32", "int8"])
def test_choosing_in_large_arrays(dtype):
    x, y = (draw(70, 90, dtype=dtype, seed=i) for i in range(2))
    condition = draw(70, 90, seed=2) > 0
    odd = x.copy()
    if dtype in FLOATS:
        odd[:2] = [[np.nan], [np.inf]]
    zero, two = np.zeros((), dtype), np.asarray(2, dtype)
    for a, b in [(odd, y), (odd, zero), (zero, odd), (two, odd), (odd, two), (odd.T.copy().T, y),
                 (odd[:1], y), (odd, y[:, :1])]:
        exact(OPS["where"](condition, a, b), np.where(condition, a, b), dtype)
        spent = a.copy()
        exact(backend.inplace["where"](condition, spent, b, out=spent),
              np.where(condition, a, b), dtype)
    for name in ("maximum", "minimum"):
        rule = getattr(np, name)
        for a, b in [(odd, y), (odd, zero), (two, odd), (odd[:, ::2], two)]:
            exact(OPS[name](a, b), rule(a, b), dtype)
            spent, kept = a.copy(), b.copy()
            exact(backend.inplace[name](spent, kept, out=spent if a.ndim else kept), rule(a, b),
                  dtype)


@pytest.mark.parametrize("alpha, max_value, threshold",
                         [(0, None, 0), (0.5, None, 0), (0, 1, 0), (0, None, 0.5), (0.1, 1, 0.5)])
@pytest.mark.parametrize("shape", [(5, 6), (70, 90)])
def test_relu(alpha, max_value, threshold, shape):
    attrs = dict(alpha=alpha, max_value=max_value, threshold=threshold)
    for dtype in FLOATS:
        x = draw(*shape, dtype=dtype)
        wide = x.astype("float64")
        expected = np.where(wide > threshold, wide, alpha * (wide - threshold))
        expected = expected if max_value is None else np.minimum(expected, max_value)
        y = OPS["relu"](x, **attrs)
        assert y.dtype == dtype and not np.shares_memory(y, x)
        close(y, expected, 4)
        exact(backend.inplace["relu"](x, out=x, **attrs), y, dtype)


@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax(dtype):
    x = draw(3, 4, 5, dtype=dtype) * 20
    power = np.exp(x.astype("float64") - x.max(1, keepdims=True))
    y = OPS["softmax"](x, axis=1)
    assert y.dtype == dtype
    close(y, power / power.sum(1, keepdims=True), 8)


# ---- products ----

SHAPES = [((3, 4), (4, 5)), ((4,), (4,)), ((3, 4), (4,)), ((4,), (4, 5)), ((2, 3, 4), (4, 5)),
          ((2, 3, 4), (4,)), ((2, 3), (4, 3, 5)), ((2, 2, 3), (4, 3, 5)), ((0, 4), (4, 5)),
          ((3, 0), (0, 5)), ((2, 0, 4), (4, 5)), ((2, 3, 0), (0, 5))]


@pytest.mark.parametrize("left, right", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", FLOATS + ["int32"])
def test_dot(left, right, dtype):
    x, y = draw(*left, dtype=dtype), draw(*right, dtype=dtype, seed=1)
    axis = 0 if len(right) == 1 else len(right) - 2
    expected = np.tensordot(x.astype("float64"), y.astype("float64"), (len(left) - 1, axis))
    special = backend.specializers["dot"]([(left, dtype), (right, dtype)], {}) or OPS["dot"]
    for function in (OPS["dot"], special):
        y_turned = np.asfortranarray(y)
        for result in (function(x, y), function(x, y_turned)):
            assert result.dtype == dtype
            close(result, expected, 20)


@pytest.mark.parametrize("dtype", FLOATS)
def test_matmul(dtype):
    x, y = draw(5, 1, 3, 4, dtype=dtype), draw(2, 4, 6, dtype=dtype)
    expected = np.einsum("xyij,zjk->xzik", x.astype("float64"), y.astype("float64"))
    assert OPS["matmul"](x, y).dtype == dtype
    close(OPS["matmul"](x, y), expected, 20)


# ---- reductions ----

AXES = [(), (0,), (1,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("dtype", FLOATS + INTS)
def test_reductions(axis, keepdims, dtype):
    x = draw(3, 4, 5)
    x = (x + np.sign(x) if dtype in INTS else x / 2 + np.sign(x) / 2).astype(dtype)
    for name in ("sum", "prod", "max", "min"):
        y = OPS[name](x, axis=axis, keepdims=keepdims)
        wide = x.astype("float64") if dtype in FLOATS else x
        dtype_args = {"dtype": dtype} if dtype in INTS and name in ("sum", "prod") else {}
        expected = getattr(np, name)(wide, axis=axis, keepdims=keepdims, **dtype_args)
        assert y.dtype == dtype
        close(y, expected, 40)
        special = backend.specializers.get(name, lambda *a: None)(
            [(x.shape, dtype)], {"axis": axis, "keepdims": keepdims})
        if special is not None:
            exact(special(x), y, dtype)


def test_large_sums():
    for shape, axis in [((3000, 7), (0,)), ((40, 30, 20), (0, 1)), ((5, 40000), (0,)),
                        ((30000,), (0,)), ((200, 300), (1,)), ((20, 90, 9), (1,)),
                        ((8, 9, 70), (0, 2)), ((4, 5, 6, 7), (0, 2, 3)), ((5, 5, 5000), (2,))]:
        x = draw(*shape, dtype="float32")
        turned = np.asfortranarray(x)
        np.testing.assert_allclose(OPS["sum"](turned, axis=axis), OPS["sum"](x, axis=axis),
                                   rtol=1e-4, atol=1e-4)
        for keepdims in (False, True):
            y = OPS["sum"](x, axis=axis, keepdims=keepdims)
            close(y, x.astype("float64").sum(axis, keepdims=keepdims), 200)
            assert y.dtype == "float32"
    half = np.full(5000, 0.5, "float16")
    exact(OPS["sum"](half, axis=(0,)), 2500, "float16")


def test_reductions_of_nothing():
    empty = np.zeros((2, 0), "float32")
    exact(OPS["sum"](empty, axis=(1,)), [0, 0], "float32")
    exact(OPS["prod"](empty, axis=(1,)), [1, 1], "float32")
    exact(OPS["max"](empty, axis=(1,)), [-np.inf, -np.inf], "float32")
    exact(OPS["min"](empty.astype("int32"), axis=(1,)), [2**31 - 1] * 2, "int32")
    exact(OPS["all"](empty > 0, axis=(1,)), [True, True], "bool")
    exact(OPS["any"](empty > 0, axis=(1,)), [False, False], "bool")


def test_order_and_cumulative():
    x = np.array([[3, 1, 3, 2], [0, 5, 5, 5]], "int32")
    exact(OPS["argmax"](x, axis=1), [0, 1], "int64")
    exact(OPS["argmin"](x, axis=1), [1, 0], "int64")
    values, indices = OPS["top_k"](x.astype("float32"), k=3)
    exact(values, [[3, 3, 2], [5, 5, 5]], "float32")
    exact(indices, [[0, 2, 3], [1, 2, 3]], "int32")
    exact(OPS["cumsum"](x, axis=1), [[3, 4, 7, 9], [0, 5, 10, 15]], "int32")
    exact(OPS["cumprod"](x.astype("float16"), axis=0), [[3, 1, 3, 2], [0, 5, 15, 10]], "float16")
