"""The native kernels of one backend against definitions in float64 NumPy."""
import itertools

import numpy as np
import pytest

from torch_tools import FLOATS, backend, close, draw, native, run


def exact(found, expected, dtype):
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, expected)


# ---- elementwise ----

UNARY = {
    "negative": np.negative, "abs": np.abs, "sign": np.sign, "exp": np.exp, "expm1": np.expm1,
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "atan": np.arctan, "sinh": np.sinh,
    "cosh": np.cosh, "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(x, 0), "floor": np.floor, "ceil": np.ceil,
    "round": np.round, "square": np.square,
}
POSITIVE = {"log": np.log, "log1p": np.log1p, "sqrt": np.sqrt}
WITHIN_ONE = {"asin": np.arcsin, "acos": np.arccos}


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", [*UNARY, *POSITIVE, *WITHIN_ONE])
def test_unary(name, dtype):
    reference = {**UNARY, **POSITIVE, **WITHIN_ONE}[name]
    low = {**dict.fromkeys(POSITIVE, 0.1), **dict.fromkeys(WITHIN_ONE, -0.9)}.get(name, -1.5)
    x = draw(4, 5, dtype=dtype, low=low, high=0.9 if name in WITHIN_ONE else 1.5)
    found = run(name, x)
    assert found.dtype == dtype
    close(found, reference(x.astype(np.float64)), scale=8)


BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "floor_divide": np.floor_divide, "mod": np.mod, "maximum": np.maximum,
    "minimum": np.minimum,
}


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", BINARY)
def test_binary_broadcasts(name, dtype):
    x, y = draw(3, 1, 4, dtype=dtype), draw(5, 1, dtype=dtype, seed=1)
    y = np.where(np.abs(y) < 0.3, dtype(1), y)
    found = run(name, x, y)
    assert found.dtype == dtype
    close(found, BINARY[name](x, y).astype(np.float64), scale=4)


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "floor_divide", "mod",
                                  "maximum", "minimum", "pow"])
def test_integers_stay_integers(name):
    x, y = np.array([-7, 7, 5], "int32"), np.array([2, 3, 1], "int32")
    reference = {**BINARY, "pow": np.power}[name]
    exact(run(name, x, y), reference(x, y), np.int32)


COMPARISONS = {"equal": np.equal, "not_equal": np.not_equal, "greater": np.greater,
               "greater_equal": np.greater_equal, "less": np.less,
               "less_equal": np.less_equal}


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparison_with_nan(name):
    x, y = np.array([1, 2, np.nan, 3], "float32"), np.array([1, 3, np.nan, 2], "float32")
    exact(run(name, x, y), COMPARISONS[name](x, y), np.bool_)


@pytest.mark.parametrize("name", ["maximum", "minimum", "sign", "abs"])
def test_nan_stays(name):
    x = np.array([np.nan, 1.0], "float32")
    found = run(name, x, x[::-1]) if name in BINARY else run(name, x)
    assert np.isnan(found).tolist() == ([True, True] if name in BINARY else [True, False])


def test_softplus_far_out_in_float64():
    x = np.array([-30.0, 21.0, 50.0, 800.0])
    np.testing.assert_allclose(run("softplus", x), np.logaddexp(x, 0), rtol=1e-15)


@pytest.mark.parametrize("source, target", list(itertools.product(
    ["float16", "float32", "float64", "int32", "uint8", "bool"], repeat=2)))
def test_cast(source, target):
    x = np.array([0, 1.9, 2.5, 0.4]).astype(source)
    exact(run("cast", x, dtype=target), x.astype(target), np.dtype(target))


# ---- reductions ----

REDUCTIONS = {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min}


@pytest.mark.parametrize("axis", [(), (0,), (1, 2), (0, 2), (0, 1, 2)])
@pytest.mark.parametrize("keepdims", [True, False])
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reduction(name, axis, keepdims):
    for dtype, high in ((np.float16, 1.4), (np.float32, 1.4), (np.float64, 1.4), (np.int32, 3)):
        x = draw(3, 4, 2, dtype=dtype, low=1, high=high)
        found = run(name, x, axis=axis, keepdims=keepdims)
        assert found.dtype == dtype
        close(found, REDUCTIONS[name](x.astype(np.float64), axis=axis, keepdims=keepdims), 8)


@pytest.mark.parametrize("axis", [(), (0,), (0, 1)])
def test_any_and_all(axis):
    x = draw(3, 4) > 0
    exact(run("any", x, axis=axis, keepdims=False), np.any(x, axis=axis), np.bool_)
    exact(run("all", x, axis=axis, keepdims=True), np.all(x, axis=axis, keepdims=True), np.bool_)


def test_first_of_equals():
    x = np.array([[1, 3, 3], [2, 0, 0]], "float32")
    exact(run("argmax", x, axis=1), [1, 0], np.int64)
    exact(run("argmin", x, axis=1), [0, 1], np.int64)
    values, indices = run("top_k", np.array([[5, 7, 7, 5, 7]], "float32"), k=4)
    exact(values, [[7, 7, 7, 5]], np.float32)
    exact(indices, [[1, 2, 4, 0]], np.int32)


@pytest.mark.parametrize("dtype", [np.int32, np.float16, np.float64])
def test_running(dtype):
    x = draw(3, 4, dtype=dtype, low=1, high=3)
    for name, reference in (("cumsum", np.cumsum), ("cumprod", np.cumprod)):
        found = run(name, x, axis=1)
        assert found.dtype == dtype
        close(found, reference(x.astype(np.float64), axis=1), 8)


@pytest.mark.parametrize("name, reference", [("mean", np.mean), ("var", np.var)])
def test_statistics(name, reference):
    x = draw(3, 4, 5, dtype=np.float64)
    attrs = {"axis": (0, 2), "keepdims": True}
    function = backend.specializers[name]([(x.shape, "float64")], attrs)
    close(backend.to_numpy(function(native(x))), reference(x, axis=(0, 2), keepdims=True), 8)
    assert backend.specializers[name]([((3,), "int32")], attrs) is None


# ---- arranging and picking ----

def _pick(index):
    return tuple(slice(*p[1:]) if p[0] == "slice" else None if p[0] == "new" else p[1]
                 for p in index)


INDICES = [
    (("int", 1),), (("int", -1), ("slice", None, None, 2)),
    (("slice", 0, 2, None), ("new",), ("slice", -3, None, None)),
    (("slice", None, None, -1), ("slice", 4, 0, -2)), (("new",), ("slice", -1, -4, -1)),
]


@pytest.mark.parametrize("index", INDICES)
def test_getitem_and_its_gradient(index):
    x = draw(4, 5, 2)
    expected = x[_pick(index)]
    exact(run("getitem", x, index=index), expected, np.float32)
    zeros = np.zeros_like(x)
    zeros[_pick(index)] = expected
    exact(run("getitem_gradient", np.ascontiguousarray(expected), np.array(x.shape, "int32"),
              index=index), zeros, np.float32)


def test_slice_and_its_gradient():
    x, begin, size = draw(4, 5), np.array([1, 2], "int32"), np.array([2, -1], "int32")
    exact(run("slice", x, begin, size), x[1:3, 2:], np.float32)
    zeros = np.zeros_like(x)
    zeros[1:3, 2:] = x[1:3, 2:]
    exact(run("slice_gradient", x[1:3, 2:], begin, np.array([4, 5], "int32")), zeros, np.float32)


@pytest.mark.parametrize("indices", [[2, 0, 2], [[1, 1], [0, 2]], 1])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
def test_gather_and_its_gradient(indices, axis, dtype):
    x, indices = draw(3, 3), np.array(indices, dtype)
    expected = np.take(x, indices.astype("int64"), axis=axis)
    exact(run("gather", x, indices, axis=axis), expected, np.float32)
    target = np.zeros_like(x, dtype=np.float64)
    moved = np.moveaxis(target, axis, 0)
    rows = np.moveaxis(expected, range(axis, axis + indices.ndim), range(indices.ndim))
    np.add.at(moved, indices.astype("int64"), rows)
    close(run("gather_gradient", expected, indices, np.array(x.shape, "int32"), axis=axis), target)


@pytest.mark.parametrize("axis", [0, 1])
def test_gather_out_of_range_names_the_range(axis):
    with pytest.raises(IndexError, match=r"Expected integers from 0 to 2; received .* to 7"):
        run("gather", draw(3, 3), np.array([0, 7]), axis=axis)


def test_one_hot():
    found = run("one_hot", np.array([[0, 2], [3, -1]], "int32"), depth=3, dtype="float16")
    exact(found, [[[1, 0, 0], [0, 0, 1]], [[0, 0, 0], [0, 0, 0]]], np.float16)


X = draw(2, 3, 4)
SHAPE = np.array([3, 8], "int32")
ARRANGED = [
    ("shape", [X], {}, np.array([2, 3, 4], "int32")),
    ("reshape", [X, None], {"shape": (3, -1)}, X.reshape(3, 8)),
    ("reshape", [X, SHAPE], {"shape": None}, X.reshape(3, 8)),
    ("broadcast_to", [X[:, :1], None], {"shape": (5, 2, 3, 4)},
     np.broadcast_to(X[:, :1], (5, 2, 3, 4))),
    ("full", [SHAPE], {"value": 7, "dtype": "int32"}, np.full((3, 8), 7, "int32")),
    ("arange", [np.array(9), np.array(2), np.array(-3)], {"dtype": "int32"},
     np.arange(9, 2, -3, "int32")),
    ("transpose", [X], {"perm": (2, 0, 1)}, X.transpose(2, 0, 1)),
    ("expand_dims", [X], {"axis": 3}, X[..., None]),
    ("squeeze", [X[:1, :, :1]], {"axis": (0, 2)}, X[0, :, 0]),
    ("concatenate", [[X, X[:, :1]]], {"axis": 1}, np.concatenate([X, X[:, :1]], 1)),
    ("stack", [[X, X]], {"axis": 1}, np.stack([X, X], 1)),
    ("tile", [X], {"reps": (1, 2, 3)}, np.tile(X, (1, 2, 3))),
    ("repeat_elements", [X], {"rep": 3, "axis": 1}, np.repeat(X, 3, 1)),
    ("reverse", [X], {"axis": (0, 2)}, X[::-1, :, ::-1]),
    ("pad", [X], {"paddings": ((0, 0), (1, 2), (0, 3)), "value": 5},
     np.pad(X, ((0, 0), (1, 2), (0, 3)), constant_values=5)),
    ("where", [X > 0, X, np.float32(0)], {}, np.where(X > 0, X, np.float32(0))),
]


@pytest.mark.parametrize("name, inputs, attrs, expected", ARRANGED,
                         ids=[f"{i}-{c[0]}" for i, c in enumerate(ARRANGED)])
def test_arranged(name, inputs, attrs, expected):
    exact(run(name, *inputs, **attrs), expected, expected.dtype)


def test_sum_to():
    close(run("sum_to", X, None, shape=(3, 1)), X.astype(float).sum((0, 2)).reshape(3, 1), 4)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("x, y", [((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((3,), (3, 4)),
                                  ((2, 3), (3,)), ((2, 3), (5, 3, 4)), ((3,), (3,))])
def test_dot(x, y, dtype):
    a, b = draw(*x, dtype=dtype), draw(*y, dtype=dtype, seed=1)
    found = run("dot", a, b)
    assert found.dtype == dtype
    close(found, np.dot(a.astype(np.float64), b.astype(np.float64)), 8)
