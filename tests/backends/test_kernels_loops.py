"""Loops, branches and random numbers of every backend."""
import numpy as np
import pytest

from kernel_tools import close, draw, exact, execute, gradients

import keras_compat.backend as K
from keras_compat.backend import config, random

# ---- scan ----


def scan(backend, body, sequences, states, *, specs, shapes=None, captured=(), **attrs):
    """`scan` on arrays; specs: shape and dtype of what the body returns."""
    body.outputs = specs
    counts = len(sequences), len(sequences) + len(states)

    def call(*natives):
        results = backend.ops["scan"](natives[:counts[0]], natives[counts[0]:counts[1]],
                                      natives[counts[1]:], body=body, **attrs)
        assert [r is None for r in results[:attrs["n_outputs"]]] == [not k for k in attrs["keep"]]
        return [r for r in results if r is not None]
    return execute(backend, call, *sequences, *states, *captured, shapes=shapes)


def running(backend):
    """A body: total = total + x * scale, with outputs (total, x)."""
    add, multiply = backend.ops["add"], backend.ops["multiply"]

    def body(x, total, scale):
        total = add(total, multiply(x, scale))
        return total, x, total
    return body


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
@pytest.mark.parametrize("reverse", [False, True])
def test_scan_runs_and_drops_what_is_not_kept(backend, reverse, dtype):
    x = draw(4, 2).astype(dtype)
    sums, final = scan(
        backend, running(backend), [x], [np.zeros(2, dtype)], specs=[((2,), dtype)] * 3,
        captured=[np.array(2, dtype)], shapes={0: (None, 2)}, length=None, reverse=reverse,
        n_outputs=2, keep=(True, False))
    order = slice(None, None, -1 if reverse else 1)
    assert sums.dtype == final.dtype == dtype
    close(sums, np.cumsum(2 * x[order].astype("float64"), 0)[order], 4)
    close(final, 2 * x.astype("float64").sum(0), 4)


def test_scan_without_sequences(backend):
    add = backend.ops["add"]
    numbers, last = scan(
        backend, lambda n: (n, add(n, n)), [], [np.int32(1)], specs=[((), "int32")] * 2,
        length=4, reverse=False, n_outputs=1, keep=(True,))
    exact(numbers, [1, 2, 4, 8], np.int32)
    exact(last, 16, np.int32)


def test_scan_without_steps(backend):
    sums, final = scan(
        backend, running(backend), [np.zeros((0, 2), "float32")], [np.ones(2, "float32")],
        captured=[np.float32(1)], specs=[((2,), "float32")] * 3, shapes={0: (None, 2)},
        length=None, reverse=False, n_outputs=2, keep=(True, False))
    exact(sums, np.zeros((0, 2)), np.float32)
    exact(final, [1, 1], np.float32)


def test_scan_of_states_with_unknown_sizes(backend):
    joined = backend.ops["concatenate"]
    final, = scan(
        backend, lambda x, state: (joined([state, x], axis=0),), [draw(3, 1)],
        [np.zeros(1, "float32")], specs=[((None,), "float32")], length=3, reverse=False,
        n_outputs=0, keep=())
    exact(final, [0, *draw(3, 1)[:, 0]], np.float32)


@pytest.mark.parametrize("order", [1, 2])
def test_derivatives_of_a_loop(backend, order):
    """h_t = x_t h_{t-1} scale: the product of all."""
    x, h, scale = (draw(*s, dtype="float64", low=0.5) for s in ((3, 1), (1,), (1,)))
    inputs = [K.placeholder(a.shape, dtype="float64") for a in (x, h, scale)]
    last, _, _ = K.rnn(lambda x, states: (x * states[0] * states[1], [x * states[0] * states[1]]),
                       K.expand_dims(inputs[0], 0), [K.expand_dims(inputs[1], 0)],
                       constants=[inputs[2]])
    found = [last]
    for _ in range(order):
        found = K.gradients(found, inputs)
    run = K.function(inputs, found)
    f = x.prod() * h[0] * scale[0] ** 3
    rows = [*(1 / x), 1 / h, 3 / scale]  # of the logarithm
    first = np.concatenate([f * r for r in rows])
    own = np.concatenate([0 * x[:, 0], 0 * h, -3 / scale ** 2])
    ratios = np.concatenate(rows)
    own[:4] = -ratios[:4] ** 2
    expected = first if order == 1 else f * (ratios * ratios.sum() + own)
    for _ in range(2):
        np.testing.assert_allclose(np.concatenate([g.ravel() for g in run([x, h, scale])]),
                                   expected, rtol=1e-10)


def test_gradients_inside_a_loop(backend):
    x = K.placeholder((None, 3), dtype="float64")
    slopes = K.map_fn(lambda row: K.gradients(K.sum(row ** 3), [row])[0], x)
    again, = K.gradients(K.sum(slopes * slopes), [x])
    run, a = K.function([x], [slopes, again]), draw(2, 3, dtype="float64")
    for _ in range(2):
        found, second = run([a])
        np.testing.assert_allclose(found, 3 * a ** 2)
        np.testing.assert_allclose(second, 36 * a ** 3)


# ---- cond ----

def test_cond(backend):
    multiply = backend.ops["multiply"]

    def call(condition, x):
        return backend.ops["cond"](condition, [x], [x], then_body=lambda x: (x,),
                                   else_body=lambda x: (multiply(x, x),))
    for condition, expected in ((True, 3), (False, 9)):
        found, = execute(backend, call, np.array(condition), np.float32(3))
        exact(found, expected, np.float32)


# ---- the gradient of a tensor by itself, of several, of none ----

def test_gradients_of_leaves(backend):
    x, y = K.placeholder((2,)), K.placeholder((2,))
    run = K.function([x, y], [*K.gradients([x, x * y], [x, y]), *K.gradients(x, [x])])
    for _ in range(2):
        found = run([[1, 2], [3, 4]])
        np.testing.assert_allclose(found, [[4, 5], [1, 2], [1, 1]])


def test_unconnected_natively(backend):
    if not backend.autodiff:
        pytest.skip("differentiates by the shared rules")
    found = gradients(backend, lambda x, y: [backend.ops["multiply"](x, x)], draw(2), draw(3))
    exact(found[1], np.zeros(3), np.float32)


# ---- what is fed ----

@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int32", "int64", "float16",
                                   "float32", "float64"])
def test_arrays_of_any_kind_are_fed(backend, dtype):
    x = K.placeholder((None, 3), dtype=dtype)
    run = K.function([x], [K.reverse(x, 0)])
    whole = np.arange(24).reshape(4, 6).astype(dtype)
    for array in (whole[::-2, ::2], np.asfortranarray(whole[:, :3]), whole[:0, :3],
                  whole[:, :3].astype(whole.dtype.newbyteorder())):
        for _ in range(2):
            exact(run([array])[0], array[::-1], dtype)


def test_what_was_fed_may_change_afterwards(backend):
    for size in (3, 1 << 16):
        x, kept = K.placeholder((size,)), K.variable(np.zeros(size))
        run = K.function([x], [x], updates=[(kept, x)])
        for _ in range(3):
            array = np.ones(size, "float32")
            result, = run([array])
            array[:] = 5
            assert (result == 1).all() and (K.get_value(kept) == 1).all()


# ---- random numbers ----

DRAWS = {
    "random_uniform": ({"low": -1.0, "high": 3.0}, 1.0, 4 / 12 ** 0.5, (-1, 3)),
    "random_normal": ({"mean": 1.0, "stddev": 2.0}, 1.0, 2.0, (-20, 20)),
    "truncated_normal": ({"mean": 1.0, "stddev": 2.0}, 1.0, 1.76, (-3, 5)),
}


@pytest.fixture(params=["portable", "native"])
def mode(request, settings):
    settings.set_random_mode(request.param)
    return request.param


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", DRAWS)
def test_draws(backend, mode, name, dtype):
    attrs, mean, deviation, (low, high) = DRAWS[name]
    stream, same = random.RandomStream(7), random.RandomStream(7)
    assert stream.portable == (mode == "portable")
    shape = backend.feed(np.array([100, 30], "int32"))
    first, second = (backend.to_numpy(backend.ops[name](shape, dtype=dtype, stream=stream, **attrs))
                     for _ in range(2))
    assert first.shape == (100, 30) and first.dtype == dtype and (first != second).any()
    x = np.stack([first, second]).astype("float64")
    assert low <= x.min() and x.max() <= high
    assert abs(x.mean() - mean) < 0.1 and abs(x.std() - deviation) < 0.1
    again = backend.to_numpy(backend.ops[name](shape, dtype=dtype, stream=same, **attrs))
    np.testing.assert_array_equal(again, first)
    if mode == "portable":
        draw_ = {"random_uniform": "uniform", "random_normal": "normal"}.get(name, name)
        expected = getattr(random.RandomStream(7), draw_)((100, 30), dtype, *attrs.values())
        np.testing.assert_array_equal(first, expected)


def test_each_call_draws_anew(backend, mode):
    x = K.placeholder((None, 4))
    run = K.function([x], [K.random_uniform(K.shape(x), seed=3), K.dropout(x, 0.5, seed=4)])
    found = [run([np.ones((50, 4))]) for _ in range(4)]
    for uniform, dropped in found:
        assert uniform.shape == (50, 4) and set(np.unique(dropped)) == {0.0, 2.0}
    assert len({uniform.tobytes() for uniform, _ in found}) == 4
    assert len({dropped.tobytes() for _, dropped in found}) == 4
