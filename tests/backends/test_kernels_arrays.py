"""Native ops on arrays, of every backend, against NumPy in float64."""
import numpy as np
import pytest

from kernel_tools import FLOATS, close, draw, exact, gradients, run

# ---- elementwise ----

UNARY = {  # reference, least and greatest argument
    "negative": (np.negative, -2, 2), "abs": (np.abs, -2, 2), "sign": (np.sign, -2, 2),
    "exp": (np.exp, -1.5, 1.5), "expm1": (np.expm1, -1.5, 1.5), "log": (np.log, 0.1, 2),
    "log1p": (np.log1p, 0.1, 2), "sqrt": (np.sqrt, 0.1, 2), "sin": (np.sin, -2, 2),
    "cos": (np.cos, -2, 2), "tan": (np.tan, -1, 1), "asin": (np.arcsin, -0.9, 0.9),
    "acos": (np.arccos, -0.9, 0.9), "atan": (np.arctan, -2, 2), "sinh": (np.sinh, -1.5, 1.5),
    "cosh": (np.cosh, -1.5, 1.5), "tanh": (np.tanh, -2, 2),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), -2, 2),
    "softplus": (lambda x: np.logaddexp(x, 0), -2, 2), "floor": (np.floor, -2, 2),
    "ceil": (np.ceil, -2, 2), "round": (np.round, -2, 2), "square": (np.square, -2, 2),
}
BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "floor_divide": np.floor_divide, "mod": np.mod, "maximum": np.maximum,
    "minimum": np.minimum,
}
COMPARISONS = {
    "equal": np.equal, "not_equal": np.not_equal, "greater": np.greater,
    "greater_equal": np.greater_equal, "less": np.less, "less_equal": np.less_equal,
}
INTEGERS = ("int8", "uint8", "int16", "int32", "int64")


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", UNARY)
def test_unary(backend, name, dtype):
    reference, low, high = UNARY[name]
    x = draw(4, 5, dtype=dtype, low=low, high=high)
    found = run(backend, name, x, shapes={0: (None, 5)})
    assert found.dtype == dtype
    close(found, reference(x.astype("float64")), 8)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", BINARY)
def test_binary_broadcasts(backend, name, dtype):
    x, y = draw(3, 1, 4, dtype=dtype), draw(5, 1, dtype=dtype, seed=1)
    y = np.where(np.abs(y) < 0.3, np.asarray(1, dtype), y)
    found = run(backend, name, x, y)
    assert found.dtype == dtype
    close(found, BINARY[name](x, y).astype("float64"), 4)


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "floor_divide", "mod", "maximum",
                                  "minimum", "pow"])
def test_integers_stay_integers(backend, name, dtype):
    x, y = np.array([7, 9, 5]).astype(dtype), np.array([2, 3, 1]).astype(dtype)
    if dtype.startswith("int"):
        x[0] = -7
    exact(run(backend, name, x, y), {**BINARY, "pow": np.power}[name](x, y), dtype)


@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS])
@pytest.mark.parametrize("name", COMPARISONS)
def test_comparison(backend, name, dtype):
    x, y = np.array([1, 2, 5, 3]).astype(dtype), np.array([1, 3, 5, 2]).astype(dtype)
    if dtype in FLOATS:
        x[2] = np.nan
    exact(run(backend, name, x, y), COMPARISONS[name](x, y), np.bool_)


def test_logic(backend):
    x, y = np.array([True, True, False, False]), np.array([True, False, True, False])
    exact(run(backend, "logical_and", x, y), x & y, np.bool_)
    exact(run(backend, "logical_or", x, y), x | y, np.bool_)
    exact(run(backend, "logical_not", x), ~x, np.bool_)
    for name in ("equal", "not_equal"):
        exact(run(backend, name, x, y), COMPARISONS[name](x, y), np.bool_)


@pytest.mark.parametrize("dtype", [*FLOATS, "int32", "bool"])
def test_where_broadcasts(backend, dtype):
    condition, x, y = draw(3, 1) > 0, draw(4).astype(dtype), draw(3, 4, seed=1).astype(dtype)
    exact(run(backend, "where", condition, x, y), np.where(condition, x, y), dtype)


@pytest.mark.parametrize("target", ["float16", "float32", "float64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("source", ["float16", "float32", "float64", "int32", "uint8", "bool"])
def test_cast(backend, source, target):
    x = np.array([0, 1.9, 2.5, 0.4]).astype(source)
    exact(run(backend, "cast", x, dtype=target), x.astype(target), target)


# ---- reductions ----

REDUCTIONS = {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min}


@pytest.mark.parametrize("dtype", [*FLOATS, "int32", "int64"])
@pytest.mark.parametrize("axis", [(), (0,), (1, 2), (0, 2), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reduction(backend, name, axis, dtype):
    x = draw(3, 4, 2, low=1, high=1.4 if dtype in FLOATS else 3).astype(dtype)
    for keepdims in (True, False):
        found = run(backend, name, x, axis=axis, keepdims=keepdims, shapes={0: (None, 4, 2)})
        assert found.dtype == dtype
        close(found, REDUCTIONS[name](x.astype("float64"), axis=axis, keepdims=keepdims), 8)


def test_sums_of_nothing(backend):
    x = np.zeros((0, 3), "float32")
    exact(run(backend, "sum", x, axis=(0,), keepdims=False), np.zeros(3), np.float32)
    exact(run(backend, "prod", x, axis=(0,), keepdims=False), np.ones(3), np.float32)
    exact(run(backend, "max", x, axis=(1,), keepdims=False), np.zeros(0), np.float32)


@pytest.mark.parametrize("axis", [(), (0,), (0, 1)], ids=str)
def test_any_and_all(backend, axis):
    x = draw(3, 4) > 0
    exact(run(backend, "any", x, axis=axis, keepdims=False), np.any(x, axis=axis), np.bool_)
    exact(run(backend, "all", x, axis=axis, keepdims=True), np.all(x, axis=axis, keepdims=True),
          np.bool_)


def test_first_of_equals(backend):
    x = np.array([[1, 3, 3], [2, 0, 0]], "float32")
    exact(run(backend, "argmax", x, axis=1), [1, 0], np.int64)
    exact(run(backend, "argmin", x, axis=1), [0, 1], np.int64)
    values, indices = run(backend, "top_k", np.array([[5, 7, 7, 5, 7]], "float32"), k=4)
    exact(values, [[7, 7, 7, 5]], np.float32)
    exact(indices, [[1, 2, 4, 0]], np.int32)


@pytest.mark.parametrize("dtype", ["int32", "int64", *FLOATS])
def test_running(backend, dtype):
    x = draw(3, 4, low=1, high=3).astype(dtype)
    for name, reference in (("cumsum", np.cumsum), ("cumprod", np.cumprod)):
        found = run(backend, name, x, axis=1)
        assert found.dtype == dtype
        close(found, reference(x.astype("float64"), axis=1), 8)


# ---- picking ----

def _pick(index):
    return tuple(slice(*p[1:]) if p[0] == "slice" else None if p[0] == "new" else p[1]
                 for p in index)


INDICES = {
    "row": (("int", 1),), "last row, every other": (("int", -1), ("slice", None, None, 2)),
    "new axis": (("slice", 0, 2, None), ("new",), ("slice", -3, None, None)),
    "backwards": (("slice", None, None, -1), ("slice", 4, 0, -2)),
    "backwards from the end": (("new",), ("slice", -1, -4, -1)),
    "nothing": (("slice", 2, 2, None),), "beyond": (("slice", 1, 99, None),),
}


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "bool"])
@pytest.mark.parametrize("case", INDICES)
def test_getitem_and_its_gradient(backend, case, dtype):
    index, x = INDICES[case], draw(4, 5, 2).astype(dtype)
    expected = x[_pick(index)]
    exact(run(backend, "getitem", x, index=index), expected, dtype)
    if dtype in FLOATS:
        zeros = np.zeros_like(x)
        zeros[_pick(index)] = expected
        exact(run(backend, "getitem_gradient", np.ascontiguousarray(expected),
                  np.array(x.shape, "int32"), index=index), zeros, dtype)


def test_slice_and_its_gradient(backend):
    x, begin, size = draw(4, 5), np.array([1, 2], "int32"), np.array([2, -1], "int32")
    exact(run(backend, "slice", x, begin, size), x[1:3, 2:], np.float32)
    zeros = np.zeros_like(x)
    zeros[1:3, 2:] = x[1:3, 2:]
    exact(run(backend, "slice_gradient", x[1:3, 2:], begin, np.array([4, 5], "int32")), zeros,
          np.float32)


@pytest.mark.parametrize("indices", [[2, 0, 2], [[1, 1], [0, 2]], 1, []], ids=str)
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
def test_gather_and_its_gradient(backend, indices, axis, dtype):
    x, indices = draw(3, 3), np.array(indices, dtype)
    expected = np.take(x, indices.astype("int64"), axis=axis)
    exact(run(backend, "gather", x, indices, axis=axis), expected, np.float32)
    target = np.zeros_like(x, dtype="float64")
    moved = np.moveaxis(target, axis, 0)
    rows = np.moveaxis(expected, range(axis, axis + indices.ndim), range(indices.ndim))
    np.add.at(moved, indices.astype("int64"), rows)
    close(run(backend, "gather_gradient", expected, indices, np.array(x.shape, "int32"),
              axis=axis), target)
    if backend.autodiff:
        found = gradients(backend, lambda x: [backend.ops["gather"](
            x, backend.from_numpy(indices), axis=axis)], x)[0]
        counts = np.bincount(indices.ravel().astype(int), minlength=3).astype("float32")
        exact(found, np.broadcast_to(counts[:, None] if axis == 0 else counts, (3, 3)), np.float32)


def test_one_hot(backend):
    found = run(backend, "one_hot", np.array([[0, 2], [3, -1]], "int32"), depth=3, dtype="float16")
    exact(found, [[[1, 0, 0], [0, 0, 1]], [[0, 0, 0], [0, 0, 0]]], np.float16)


# ---- arranging ----

X = draw(2, 3, 4)
NONE = X[:, :0]
SIZES = np.array([3, 8], "int32")
ARRANGED = {
    "shape": ("shape", [X], {}, np.array([2, 3, 4], "int32")),
    "reshape": ("reshape", [X, None], {"shape": (3, -1)}, X.reshape(3, 8)),
    "reshape to a tensor": ("reshape", [X, SIZES], {"shape": None}, X.reshape(3, 8)),
    "reshape nothing": ("reshape", [NONE, None], {"shape": (0, 8)}, NONE.reshape(0, 8)),
    "broadcast_to": ("broadcast_to", [X[:, :1], None], {"shape": (5, 2, 3, 4)},
                     np.broadcast_to(X[:, :1], (5, 2, 3, 4))),
    "sum_to": ("sum_to", [X, None], {"shape": (3, 1)}, X.sum((0, 2))[:, None]),
    "sum_to a tensor": ("sum_to", [X, np.array([1, 4], "int32")], {"shape": None},
                        X.sum((0, 1))[None]),
    "full": ("full", [SIZES], {"value": 7, "dtype": "int32"}, np.full((3, 8), 7, "int32")),
    "arange down": ("arange", [np.array(9), np.array(2), np.array(-3)], {"dtype": "int32"},
                    np.arange(9, 2, -3, "int32")),
    "arange of nothing": ("arange", [np.array(3), np.array(2), np.array(1)], {"dtype": "float32"},
                          np.zeros(0, "float32")),
    "transpose": ("transpose", [X], {"perm": (2, 0, 1)}, X.transpose(2, 0, 1)),
    "expand_dims": ("expand_dims", [X], {"axis": 3}, X[..., None]),
    "squeeze": ("squeeze", [X[:1, :, :1]], {"axis": (0, 2)}, X[0, :, 0]),
    "concatenate": ("concatenate", [[X, X[:, :1], NONE]], {"axis": 1},
                    np.concatenate([X, X[:, :1]], 1)),
    "stack": ("stack", [[X, X]], {"axis": 1}, np.stack([X, X], 1)),
    "tile": ("tile", [X], {"reps": (1, 2, 3)}, np.tile(X, (1, 2, 3))),
    "repeat_elements": ("repeat_elements", [X], {"rep": 3, "axis": 1}, np.repeat(X, 3, 1)),
    "reverse": ("reverse", [X], {"axis": (0, 2)}, X[::-1, :, ::-1]),
    "pad": ("pad", [X], {"paddings": ((0, 1), (2, 0), (0, 0)), "value": 1.5},
            np.pad(X, ((0, 1), (2, 0), (0, 0)), constant_values=1.5)),
    "pad integers": ("pad", [SIZES], {"paddings": ((1, 1),), "value": 7.0},
                     np.array([7, 3, 8, 7], "int32")),
}


@pytest.mark.parametrize("case", ARRANGED)
def test_arranging(backend, case):
    name, inputs, attrs, expected = ARRANGED[case]
    found = run(backend, name, *inputs, **attrs)
    assert found.dtype == expected.dtype
    close(found, expected, 4)


@pytest.mark.parametrize("dtype", [*FLOATS, "int32"])
@pytest.mark.parametrize("shapes", [((2, 3), (3, 4)), ((5, 1, 2, 3), (4, 3, 2)), ((0, 3), (3, 2)),
                                    ((2, 0), (0, 3))], ids=str)
def test_matmul(backend, shapes, dtype):
    x, y = (draw(*s, seed=i).astype(dtype) for i, s in enumerate(shapes))
    found = run(backend, "matmul", x, y)
    assert found.dtype == dtype
    close(found, np.matmul(x.astype("float64"), y.astype("float64")), 16)


@pytest.mark.parametrize("shapes", [((3,), (3,)), ((2, 3), (3,)), ((2, 5, 3), (3, 4)),
                                    ((2, 3), (4, 3, 5)), ((0, 3), (3, 4))], ids=str)
def test_dot(backend, shapes):
    x, y = (draw(*s, seed=i, dtype="float64") for i, s in enumerate(shapes))
    close(run(backend, "dot", x, y), np.dot(x, y), 16)
