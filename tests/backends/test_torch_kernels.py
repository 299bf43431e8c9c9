"""The native kernels of one backend against definitions in float64 NumPy."""
import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch")
engine = pytest.importorskip("keras_compat.backends.torch")
backend = engine.backend

TOLERANCE = {np.float16: 4e-3, np.float32: 2e-6, np.float64: 1e-13}
FLOATS = (np.float16, np.float32, np.float64)


def draw(*shape, dtype=np.float32, seed=0, low=-2.0, high=2.0):
    return np.random.RandomState(seed).uniform(low, high, shape).astype(dtype)


def native(x):
    if isinstance(x, (list, tuple)):
        return [native(item) for item in x]
    return x if x is None else backend.from_numpy(np.asarray(x))


def run(name, *inputs, **attrs):
    result = backend.ops[name](*native(inputs), **attrs)
    if isinstance(result, tuple):
        return tuple(backend.to_numpy(r) for r in result)
    return backend.to_numpy(result)


def close(found, expected, scale=1.0):
    expected = np.asarray(expected)
    assert found.shape == expected.shape
    bound = TOLERANCE.get(found.dtype.type, 0) * scale
    np.testing.assert_allclose(found.astype(np.float64), expected.astype(np.float64),
                               rtol=bound, atol=bound)


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


@pytest.mark.parametrize("x", [(5, 3), (2, 5, 3)])
def test_dot_bias(x):
    a, b, c = draw(*x), draw(3, 4, seed=1), draw(4, seed=2)
    close(run("dot_bias", a, b, c), a.astype(float) @ b + c, 8)


# ---- storage and differentiation ----

def test_from_numpy_shares_memory_without_a_warning(recwarn):
    x = draw(3, 4)
    x.flags.writeable = False
    tensor = backend.from_numpy(x)
    assert not recwarn.list
    if tensor.device.type == "cpu":
        assert tensor.data_ptr() == x.ctypes.data
    np.testing.assert_array_equal(backend.to_numpy(backend.from_numpy(x[::-1])), x[::-1])


def test_storage_is_its_own():
    x = draw(3)
    storage = backend.variable(x, "x")
    backend.write(storage, x + 1)
    copied = backend.copy(backend.read(storage))
    backend.assign(storage, native(x * 2))
    np.testing.assert_array_equal(backend.to_numpy(copied), x + 1)
    np.testing.assert_array_equal(backend.to_numpy(storage), x * 2)


def gradient(function, *arrays, order=1):
    """Gradient of the sum of `function` (and of the gradient's sum ...) by each array."""
    before = torch.is_grad_enabled()
    try:
        backend.record(True)
        watched = [backend.watch(native(a)) for a in arrays]
        found = [function(*watched)]
        for left in reversed(range(order)):
            found = backend.gradients(found, watched, left > 0, left > 0)
    finally:
        backend.record(before)
    return [backend.to_numpy(g) for g in found]


def test_gradients_of_several_losses_and_unconnected_ones():
    x, y = draw(3), draw(2)
    backend.record(True)
    a, b = backend.watch(native(x)), backend.watch(native(y))
    first, second = backend.gradients([a * a, a.sum()], [a, b], False, False)
    none, = backend.gradients([native(x)], [a], False, False)
    close(backend.to_numpy(first), 2.0 * x + 1)
    assert not backend.to_numpy(second).any() and not backend.to_numpy(none).any()


def test_gradient_of_gradient():
    x = draw(4, dtype=np.float64)
    found, = gradient(lambda a: a * a * a, x, order=2)
    close(found, 6 * x)


@pytest.mark.parametrize("name, x, y, to_x, to_y", [
    ("maximum", [1, 2, 3], [1, 3, 2], [1, 0, 1], [0, 1, 0]),
    ("minimum", [1, 2, 3], [1, 3, 2], [1, 1, 0], [0, 0, 1]),
    ("floor_divide", [5, 7, 9], [2, 2, 2], [0, 0, 0], [0, 0, 0]),
    ("pow", [-2, 0, 2], [2, 2, 2], [-4, 0, 4], [0, 0, 4 * np.log(2)]),
])
def test_conventions_at_corners(name, x, y, to_x, to_y):
    found = gradient(backend.ops[name], np.array(x, float), np.array(y, float))
    np.testing.assert_allclose(found, [to_x, to_y])


def test_equal_extremes_share_the_gradient():
    found, = gradient(lambda x: backend.ops["max"](x, axis=(1,), keepdims=False),
                      np.array([[3.0, 3.0, 1.0, 3.0]]))
    np.testing.assert_allclose(found, [[1 / 3, 1 / 3, 0, 1 / 3]])


def test_compiled_functions_record_nothing_and_restore():
    class Plan:
        @staticmethod
        def function(x):
            if x.requires_grad:
                backend.record(True)
                raise ValueError("in the middle")
            return (torch.is_grad_enabled(),)

    before = torch.is_grad_enabled()
    call = backend.compile(Plan)
    assert call(native(draw(2))) == (False,)
    with pytest.raises(ValueError):
        call(native(draw(2)).requires_grad_())
    assert torch.is_grad_enabled() is before


# ---- loops, branches, random numbers ----

@pytest.mark.parametrize("reverse", [False, True])
def test_scan(reverse):
    def body(x, total, scale):
        total = total + scale * x
        return total, x, total

    x = draw(4, 2, dtype=np.float64)
    sums, skipped, final = backend.ops["scan"](
        [native(x)], [native(np.zeros(2))], [native(np.array(2.0))], body=body, length=4,
        reverse=reverse, n_outputs=2, keep=(True, False))
    order = slice(None, None, -1 if reverse else 1)
    close(backend.to_numpy(sums), np.cumsum(2 * x[order], 0)[order])
    close(backend.to_numpy(final), 2 * x.sum(0))
    assert skipped is None


def test_cond():
    for condition, expected in ((True, 3.0), (False, 4.0)):
        x, = backend.ops["cond"](native(np.array(condition)), [native(np.array(3.0))],
                                 [native(np.array(2.0))], then_body=lambda x: (x,),
                                 else_body=lambda x: (x * 2,))
        assert float(x) == expected


@pytest.mark.parametrize("mode", ["portable", "native"])
def test_random_numbers_repeat_with_the_seed(mode):
    from keras_compat.backend.random import RandomStream

    shape = np.array([500, 4], "int32")
    for name, attrs in (("random_uniform", {"low": -1.0, "high": 3.0}),
                        ("random_normal", {"mean": 1.0, "stddev": 0.5}),
                        ("truncated_normal", {"mean": 1.0, "stddev": 0.5})):
        draws = []
        for _ in range(2):
            stream = RandomStream(3)
            stream.portable = mode == "portable"
            draws.append(run(name, shape, **attrs, dtype="float32", stream=stream))
            again = run(name, shape, **attrs, dtype="float32", stream=stream)
            assert not np.array_equal(draws[-1], again)
        np.testing.assert_array_equal(*draws)
        assert draws[0].dtype == np.float32 and abs(draws[0].mean() - 1) < 0.1


# ---- optimizer steps ----

def _parameters(dtype, seed):
    return [draw(3, 4, dtype=dtype, seed=seed), draw(2, 3, 5, dtype=dtype, seed=seed + 1)]


def _updated(name, groups, grads, numbers, dtype, **attrs):
    """New values after two steps; the second gradient has strides of its own."""
    storages = [[backend.variable(a, "v") for a in group] for group in groups]
    turned = [native(np.ascontiguousarray(g.T)).permute(*reversed(range(g.ndim))) for g in grads]
    scalars = [native(np.array(n, dtype)) for n in numbers]
    for given in (native(grads), turned):
        backend.updates[name](*storages, given, *scalars, **attrs)
    return [[backend.to_numpy(s) for s in group] for group in storages]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_with_momentum(nesterov, dtype):
    params, speeds, grads = (_parameters(dtype, seed) for seed in (0, 10, 20))
    found = _updated("sgd_update", [params, speeds], grads, [0.1, 0.9], dtype, nesterov=nesterov)
    for p, v, g, new_p, new_v in zip(params, speeds, grads, *found):
        p, v, g = p.astype(float), v.astype(float), g.astype(float)
        for _ in range(2):
            v = 0.9 * v - 0.1 * g
            p = p + 0.9 * v - 0.1 * g if nesterov else p + v
        close(new_p, p, 4)
        close(new_v, v, 4)


def test_sgd_without_momentum():
    params, grads = _parameters(np.float32, 0), _parameters(np.float32, 20)
    storages = [backend.variable(p, "p") for p in params]
    backend.updates["sgd_update"](storages, None, native(grads), native(np.float32(0.1)), None,
                                  nesterov=False)
    for p, g, s in zip(params, grads, storages):
        close(backend.to_numpy(s), p.astype(float) - 0.1 * g, 4)


@pytest.mark.parametrize("dtype", FLOATS)
def test_rmsprop(dtype):
    params, means, grads = (_parameters(dtype, seed) for seed in (0, 10, 20))
    means = [np.abs(m) for m in means]
    found = _updated("rmsprop_update", [params, means], grads, [0.01, 0.9], dtype, epsilon=1e-3)
    for p, a, g, new_p, new_a in zip(params, means, grads, *found):
        p, a, g = p.astype(float), a.astype(float), g.astype(float)
        for _ in range(2):
            a = 0.9 * a + 0.1 * g * g
            p = p - 0.01 * g / (np.sqrt(a) + 1e-3)
        close(new_p, p, 8)
        close(new_a, a, 8)


@pytest.mark.parametrize("dtype", FLOATS)
def test_adam(dtype):
    params, means, squares, grads = (_parameters(dtype, seed) for seed in (0, 10, 20, 30))
    squares = [np.abs(s) for s in squares]
    found = _updated("adam_update", [params, means, squares], grads, [0.01, 0.9, 0.99], dtype,
                     epsilon=1e-3)
    for p, m, v, g, new_p, new_m, new_v in zip(params, means, squares, grads, *found):
        p, m, v, g = (a.astype(float) for a in (p, m, v, g))
        for _ in range(2):
            m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g * g
            p = p - 0.01 * m / (np.sqrt(v) + 1e-3)
        close(new_p, p, 8)
        close(new_m, m, 8)
        close(new_v, v, 20)
