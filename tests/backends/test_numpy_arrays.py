"""One backend's shapes, indices, loops, storage and optimizer steps."""
import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from keras_compat.backend import random
from keras_compat.backends.numpy import backend

OPS = backend.ops


def draw(*shape, dtype="float32", seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def vector(*sizes):
    return np.array(sizes, "int32")


def exact(actual, expected, dtype="float32"):
    assert np.asarray(actual).dtype == np.dtype(dtype)
    np.testing.assert_array_equal(actual, expected)


def both(name, *inputs, **attrs):
    """The op's result, which its specialised form must equal."""
    result = OPS[name](*inputs, **attrs)
    specialize = backend.specializers.get(name)
    specs = [None if x is None else [(y.shape, y.dtype.name) for y in x] if isinstance(x, list)
             else (x.shape, x.dtype.name) for x in inputs]
    special = specialize and specialize(specs, attrs)
    if special:
        exact(special(*inputs), result, np.asarray(result).dtype)
    return result


# ---- shapes ----

def test_reshaping():
    x = draw(2, 3, 4)
    exact(both("shape", x), [2, 3, 4], "int32")
    exact(both("reshape", x, None, shape=(-1, 4)), x.reshape(6, 4))
    exact(both("reshape", x, vector(3, -1), shape=None), x.reshape(3, 8))
    exact(both("transpose", x, perm=(2, 0, 1)), np.einsum("ijk->kij", x))
    exact(both("expand_dims", x, axis=1), x[:, None])
    exact(both("expand_dims", x, axis=3), x[..., None])
    exact(both("squeeze", x[:, None, :, :, None], axis=(1, 4)), x)


@pytest.mark.parametrize("small, large", [((), (3,)), ((1, 4), (3, 4)), ((4,), (2, 3, 4)),
                                          ((3, 1), (2, 3, 4)), ((2, 3), (2, 3)), ((1,), (0,)),
                                          ((1, 400), (400, 400))])
def test_broadcast_to_and_sum_to(small, large):
    x, g = draw(*small), draw(*large, seed=1)
    expected = np.zeros(large, "float32") + x
    sums = np.zeros(small)
    lead = len(large) - len(small)
    for place in np.ndindex(*large):
        at = tuple(0 if n == 1 else i for i, n in zip(place[lead:], small))
        sums[at] += g[place]
    for target, tensor in ((large, None), (None, vector(*large))):
        exact(both("broadcast_to", x, tensor, shape=target), expected)
    for target, tensor in ((small, None), (None, vector(*small))):
        found = both("sum_to", g, tensor, shape=target)
        assert found.shape == small and np.asarray(found).dtype == "float32"
        np.testing.assert_allclose(found, sums, rtol=1e-5, atol=1e-4)


def test_making_and_joining():
    exact(both("full", vector(2, 3), value=7, dtype="int32"), np.full((2, 3), 7), "int32")
    exact(both("arange", np.int32(2), np.int32(9), np.int32(3), dtype="float32"), [2, 5, 8])
    x, y = draw(2, 3), draw(2, 3, seed=1)
    exact(both("concatenate", [x, y], axis=1), np.hstack([x, y]))
    exact(both("stack", [x, y], axis=2), np.dstack([x[..., None], y[..., None]]))
    exact(both("tile", x, reps=(2, 1)), np.vstack([x, x]))
    exact(both("repeat_elements", x, rep=2, axis=1), x[:, [0, 0, 1, 1, 2, 2]])
    exact(both("reverse", x, axis=(0, 1)), x[::-1, ::-1])
    exact(both("pad", x, paddings=((1, 0), (0, 2)), value=5),
          [[5] * 5, *[[*row, 5, 5] for row in x]])
    exact(both("pad", x.astype("int32"), paddings=((0, 0), (1, 0)), value=0)[:, 0], [0, 0], "int32")


# ---- indices ----

def test_getitem_and_its_gradient():
    x = draw(4, 5, 6)
    index = (("int", 2), ("slice", None, None, -2), ("new",), ("slice", 1, 4, None))
    exact(both("getitem", x, index=index), x[2, ::-2, None, 1:4])
    g = draw(3, 1, 3, seed=1)
    expected = np.zeros_like(x)
    expected[2, ::-2, None, 1:4] = g
    exact(both("getitem_gradient", g, vector(4, 5, 6), index=index), expected)


def test_slice_and_its_gradient():
    x = draw(4, 5)
    exact(both("slice", x, vector(1, 2), vector(2, -1)), x[1:3, 2:])
    expected = np.zeros_like(x)
    expected[1:3, 2:] = 3
    exact(both("slice_gradient", np.full((2, 3), 3, "float32"), vector(1, 2), vector(4, 5)),
          expected)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("index_shape", [(), (7,), (2, 3), (0,)])
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_gather_and_its_gradient(axis, index_shape, dtype):
    x = draw(4, 5, 3, dtype=dtype)
    indices = np.random.default_rng(0).integers(0, x.shape[axis], index_shape).astype("int32")
    y = both("gather", x, indices, axis=axis)
    exact(y, np.take(x, indices, axis), dtype)
    g = np.round(draw(*y.shape, seed=1) * 4).astype(dtype)
    expected = np.zeros(x.shape)
    for place in np.ndindex(*index_shape):
        at = (slice(None),) * axis
        expected[(*at, indices[place])] += g[(*at, *place)]
    exact(both("gather_gradient", g, indices, vector(*x.shape), axis=axis), expected, dtype)


@pytest.mark.parametrize("index", [-1, 4])
def test_gather_refuses_an_index_outside(index):
    with pytest.raises(IndexError, match=f"Expected 0 <= index < 4; received {index}"):
        OPS["gather"](draw(4, 2), np.array([0, index]), axis=0)


def test_one_hot():
    exact(both("one_hot", np.array([[1, -1], [3, 0]], "int32"), depth=3, dtype="float32"),
          [[[0, 1, 0], [0, 0, 0]], [[0, 0, 0], [1, 0, 0]]])


# ---- randomness, loops, branches ----

def test_random_ops_are_the_streams_draws():
    calls = {"random_uniform": dict(low=1.0, high=3.0), "random_normal": dict(mean=1.0, stddev=2.0),
             "truncated_normal": dict(mean=1.0, stddev=2.0)}
    for name, attrs in calls.items():
        one, two = random.RandomStream(5), random.RandomStream(5)
        method = getattr(two, name.replace("random_", ""))
        for _ in range(2):
            found = OPS[name](vector(3, 4), dtype="float32", stream=one, **attrs)
            exact(found, method((3, 4), "float32", *attrs.values()))


@pytest.mark.parametrize("reverse", [False, True])
def test_scan(reverse):
    x = draw(5, 2)

    def body(row, total, factor):
        total = total + row * factor
        return total, row, total
    y, rows, final = OPS["scan"]([x], [np.zeros(2, "float32")], [np.float32(2)], body=body,
                                 length=None, reverse=reverse, n_outputs=2, keep=(True, False))
    order = x[::-1] if reverse else x
    expected = np.cumsum(2 * order, 0)
    np.testing.assert_allclose(y, expected[::-1] if reverse else expected, rtol=1e-6)
    assert rows is None
    np.testing.assert_allclose(final, expected[-1], rtol=1e-6)


def test_scan_without_sequences_or_steps():
    def counted(n):
        return np.multiply(n, np.int32(2)), np.add(n, np.int32(1))
    y, n = OPS["scan"]([], [np.int32(0)], [], body=counted, length=3, reverse=False,
                       n_outputs=1, keep=(True,))
    exact(y, [0, 2, 4], "int32")
    assert n == 3
    y, n = OPS["scan"]([draw(0, 4)], [np.int32(7)], [], body=lambda row, n: (row[:1], n),
                       length=None, reverse=False, n_outputs=1, keep=(True,))
    assert y.shape == (0, 1) and y.dtype == "float32" and n == 7


def test_cond_runs_one_branch():
    def refuse():
        raise AssertionError("the branch not taken ran")
    yes = OPS["cond"](np.array(True), [3], [], then_body=lambda a: (a,), else_body=refuse)
    no = OPS["cond"](np.array(False), [], [3, 4], then_body=refuse, else_body=lambda *a: a)
    assert yes == (3,) and no == (3, 4)


def test_print_tensor_returns_its_input(capsys):
    x = draw(2)
    assert OPS["print_tensor"](x, message="x is ") is x
    assert "x is" in capsys.readouterr().out


# ---- storage and plans ----

def test_storage_is_written_in_place():
    source = np.ones((2, 2), "float32")
    storage = backend.variable(source, "w")
    assert storage is not source and storage.flags.writeable
    backend.write(storage, np.full((2, 2), 3, "float32"))
    exact(backend.read(storage), np.full((2, 2), 3))
    backend.assign(storage, np.float32([[1, 2], [3, 4]]).T)
    exact(backend.to_numpy(storage), [[1, 3], [2, 4]])
    assert not np.shares_memory(backend.copy(storage), storage)


def test_compiled_plans_do_not_warn():
    plan = SimpleNamespace(function=lambda x: (np.divide(x, 0), np.log(x)))
    with np.errstate(all="raise"):
        first, second = backend.compile(plan)(np.array([1.0, 0.0]))
    exact(first, [np.inf, np.nan], "float64")
    exact(second, [0, -np.inf], "float64")


# ---- optimizer steps ----

def sgd(p, v, g, *, lr, momentum, nesterov):
    if momentum is None:
        return p - lr * g, None
    v = momentum * v - lr * g
    return (p + momentum * v - lr * g if nesterov else p + v), v


SIZES = [(), (7,), (3, 5), (300, 200), (2, 40000), (0, 4)]


@pytest.mark.parametrize("momentum, nesterov", [(None, False), (0.9, False), (0.9, True)])
def test_sgd_update(momentum, nesterov):
    p, v, g = ([draw(*s, seed=i, dtype="float64") for s in SIZES] for i in range(3))
    expected = [sgd(*a, lr=0.1, momentum=momentum, nesterov=nesterov) for a in zip(p, v, g)]
    rate = np.float64(0.1)
    backend.updates["sgd_update"](p, v if momentum else None, g, rate,
                                  None if momentum is None else np.float64(momentum),
                                  nesterov=nesterov)
    for i, (new, velocity) in enumerate(expected):
        np.testing.assert_allclose(p[i], new, rtol=1e-12, atol=1e-15)
        if momentum:
            np.testing.assert_allclose(v[i], velocity, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rmsprop_and_adam_updates(dtype):
    lists = [[draw(*s, seed=i, dtype=dtype) for s in SIZES] for i in range(4)]
    p, m, v, g = lists
    v = [np.array(np.abs(x)) for x in v]
    before = [[x.astype("float64") for x in xs] for xs in (p, m, v, g)]
    number = np.dtype(dtype).type
    backend.updates["adam_update"](p, m, v, g, number(0.01), number(0.9), number(0.99),
                                   epsilon=1e-3)
    q = [x.astype("float64") for x in p]
    a = [np.array(x) for x in v]
    backend.updates["rmsprop_update"](p, v, g, number(0.01), number(0.8), epsilon=1e-3)
    bound = dict(rtol=1e-5, atol=1e-6) if dtype == "float32" else dict(rtol=1e-12, atol=1e-15)
    for i, (p0, m0, v0, g0) in enumerate(zip(*before)):
        m1, v1 = 0.9 * m0 + 0.1 * g0, 0.99 * v0 + 0.01 * g0 ** 2
        np.testing.assert_allclose(m[i], m1, **bound)
        np.testing.assert_allclose(a[i], v1, **bound)
        np.testing.assert_allclose(q[i], p0 - 0.01 * m1 / (np.sqrt(v1) + 1e-3), **bound)
        v2 = 0.8 * v1 + 0.2 * g0 ** 2
        np.testing.assert_allclose(v[i], v2, **bound)
        np.testing.assert_allclose(p[i], q[i] - 0.01 * g0 / (np.sqrt(v2) + 1e-3), **bound)
        assert p[i].dtype == m[i].dtype == v[i].dtype == dtype


def test_updates_take_gradients_of_any_layout():
    for shape, update in itertools.product([(300, 200), (20, 30)], ["sgd_update"]):
        p, g = draw(*shape), draw(*shape[::-1], seed=1).T
        expected = p - np.float32(0.5) * g
        backend.updates[update]([p], None, [g], np.float32(0.5), None, nesterov=False)
        exact(p, expected)
