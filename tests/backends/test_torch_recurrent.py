"""Whole-sequence recurrent kernels of one backend against a loop in float64 NumPy."""
import numpy as np
import pytest

torch = pytest.importorskip("torch")
engine = pytest.importorskip("keras_compat.backends.torch")
backend = engine.backend

BATCH, STEPS, FEATURES, UNITS = 3, 5, 4, 6
ACTIVATIONS = {
    "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "relu": lambda x: np.maximum(x, 0), "linear": lambda x: x,
}


def lstm_step(x, h, c, kernel, recurrent, bias, act, gate):
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=1)
    c = gate(f) * c + gate(i) * act(g)
    return gate(o) * act(c), c


def gru_step(x, h, kernel, recurrent, bias, act, gate):
    (wz, wr, wn), (uz, ur, un) = np.split(kernel, 3, axis=1), np.split(recurrent, 3, axis=1)
    bz, br, bn = np.split(bias, 3)
    z, r = gate(x @ wz + h @ uz + bz), gate(x @ wr + h @ ur + br)
    return (z * h + (1 - z) * act(x @ wn + (r * h) @ un + bn),)


def gru_reset_after_step(x, h, kernel, recurrent, bias, act, gate):
    xz, xr, xn = np.split(x @ kernel + bias[0], 3, axis=1)
    hz, hr, hn = np.split(h @ recurrent + bias[1], 3, axis=1)
    z, r = gate(xz + hz), gate(xr + hr)
    return (z * h + (1 - z) * act(xn + r * hn),)


def simple_step(x, h, kernel, recurrent, bias, act, gate):
    return (act(x @ kernel + h @ recurrent + bias),)


KINDS = {  # op, gates, step, states, attributes
    "lstm": ("lstm", 4, lstm_step, 2, {}),
    "gru": ("gru", 3, gru_step, 1, {"reset_after": False}),
    "gru_reset_after": ("gru", 3, gru_reset_after_step, 1, {"reset_after": True}),
    "simple_rnn": ("simple_rnn", 1, simple_step, 1, {}),
}
PAIRS = [("tanh", "sigmoid"), ("tanh", "hard_sigmoid"), ("relu", "sigmoid"), ("linear", "tanh")]


def given(kind, dtype, use_bias):
    _, gates, _, states, _ = KINDS[kind]
    rows = (2,) if kind == "gru_reset_after" else ()
    shapes = [(BATCH, STEPS, FEATURES), *[(BATCH, UNITS)] * states, (FEATURES, gates * UNITS),
              (UNITS, gates * UNITS), (*rows, gates * UNITS)]
    random = np.random.RandomState(0)
    arrays = [random.uniform(-1, 1, shape).astype(dtype) for shape in shapes]
    return arrays if use_bias else [*arrays[:-1], None]


def reference(kind, arrays, activation, gate, reverse):
    """(all outputs in the order of processing, last states)."""
    _, gates, step, count, _ = KINDS[kind]
    x, *states = [a.astype(float) for a in arrays[:1 + count]]
    kernel, recurrent = (a.astype(float) for a in arrays[1 + count:3 + count])
    bias = arrays[-1]
    if bias is None:
        bias = np.zeros((2, gates * UNITS) if kind == "gru_reset_after" else gates * UNITS)
    outputs = []
    for t in (reversed(range(STEPS)) if reverse else range(STEPS)):
        states = step(x[:, t], *states, kernel, recurrent, bias.astype(float),
                      ACTIVATIONS[activation], ACTIVATIONS[gate])
        outputs.append(states[0])
    return np.stack(outputs, 1), states


def native_kernel(kind, arrays, activation, gate, reverse=False, return_sequences=True):
    name, _, _, _, extra = KINDS[kind]
    attrs = {"activation": activation, "reverse": reverse,
             "return_sequences": return_sequences, **extra}
    if name != "simple_rnn":
        attrs["recurrent_activation"] = gate
    specs = [None if a is None else (a.shape, a.dtype.name) for a in arrays]
    return backend.specializers[name](specs, attrs)


def close(found, expected, dtype):
    bound = {"float32": 2e-5, "float64": 1e-11}[dtype]
    found = backend.to_numpy(found)
    assert found.dtype == dtype and found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=bound, atol=bound)


@pytest.fixture
def recording():
    before = torch.is_grad_enabled()
    yield
    backend.record(before)


@pytest.mark.parametrize("tape", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("activation, gate", PAIRS)
@pytest.mark.parametrize("kind", KINDS)
def test_values(kind, activation, gate, use_bias, dtype, tape, recording):
    arrays = given(kind, dtype, use_bias)
    backend.record(tape)
    natives = [a if a is None else backend.watch(backend.from_numpy(a)) for a in arrays]
    for reverse, every in ((False, True), (True, True), (True, False)):
        kernel = native_kernel(kind, arrays, activation, gate, reverse, every)
        output, *states = kernel(*natives)
        outputs, last = reference(kind, arrays, activation, gate, reverse)
        close(output, outputs if every else outputs[:, -1], dtype)
        for state, expected in zip(states, last, strict=True):
            close(state, expected, dtype)


def loss_of(kernel, natives, weights):
    output, *states = kernel(*natives)
    return (output * weights[0]).sum() + sum((s * weights[1]).sum() for s in states)


def central_differences(kind, arrays, weights, activation, gate, step=1e-6):
    """Gradient of the weighted sum of output and states by each number of each array."""
    def loss():
        outputs, states = reference(kind, arrays, activation, gate, False)
        return (outputs * weights[0]).sum() + sum((s * weights[1]).sum() for s in states)
    found = []
    for array in arrays:
        slope = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + step
            above = loss()
            array[place] = kept - step
            slope[place] = (above - loss()) / (2 * step)
            array[place] = kept
        found.append(slope)
    return found


@pytest.mark.parametrize("activation, gate", PAIRS[:3])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_against_differences(kind, activation, gate, recording):
    arrays = given(kind, "float64", True)
    weights = np.random.RandomState(1).uniform(-1, 1, (BATCH, STEPS, UNITS)), 0.5
    expected = central_differences(kind, arrays, weights, activation, gate)
    backend.record(True)
    natives = [backend.watch(backend.from_numpy(a)) for a in arrays]
    loss = loss_of(native_kernel(kind, arrays, activation, gate), natives,
                   (backend.from_numpy(weights[0]), 0.5))
    found = backend.gradients([loss], natives, False, False)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(backend.to_numpy(a), b, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_float32_gradients_and_second_order(kind, use_bias, recording):
    """The fused kernel's first derivatives, and both kernels' second, are the plain loop's."""
    arrays = given(kind, "float64", use_bias)
    backend.record(True)
    found = {}
    for dtype in ("float32", "float64"):
        natives = [a if a is None else backend.watch(backend.from_numpy(a.astype(dtype)))
                   for a in arrays]
        watched = [n for n in natives if n is not None]
        kernel = native_kernel(kind, [a if a is None else a.astype(dtype) for a in arrays],
                               "tanh", "sigmoid", return_sequences=False)
        loss = loss_of(kernel, natives, (1.0, 0.5))
        first = backend.gradients([loss], watched, True, True)
        second = backend.gradients([(g * g).sum() for g in first], watched, False, False)
        plain = backend.gradients([loss], watched, False, False)
        found[dtype] = [backend.to_numpy(g) for g in (*plain, *first, *second)]
    count = len(watched)
    for a, b in zip(found["float32"], found["float64"], strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-4)
    for a, b in zip(found["float64"][:count], found["float64"][count:2 * count], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)


def test_second_order_against_differences(recording):
    arrays = given("lstm", "float32", True)
    kernel = native_kernel("lstm", arrays, "tanh", "sigmoid")

    def slope_norm(x):
        x = backend.watch(backend.from_numpy(x))
        rest = [backend.from_numpy(a) for a in arrays[1:]]
        g, = backend.gradients([loss_of(kernel, [x, *rest], (1.0, 1.0))], [x], True, True)
        return x, (g * g).sum()

    backend.record(True)
    x, norm = slope_norm(arrays[0])
    found, = backend.gradients([norm], [x], False, False)
    direction = np.random.RandomState(2).uniform(-1, 1, arrays[0].shape).astype("float32")
    ends = [float(slope_norm(arrays[0] + s * 1e-2 * direction)[1].detach()) for s in (1, -1)]
    expected = (ends[0] - ends[1]) / 2e-2
    assert np.isclose((backend.to_numpy(found) * direction).sum(), expected, rtol=2e-2)


@pytest.mark.parametrize("change", [{"activation": "selu"}, {"dtype": "float16"}, {"steps": 0}])
def test_what_does_not_fit_is_left_to_the_definition(change):
    arrays = [a.astype(change.get("dtype", "float32")) for a in given("gru", "float32", True)]
    arrays[0] = arrays[0][:, :change.get("steps", STEPS)]
    assert native_kernel("gru", arrays, change.get("activation", "tanh"), "sigmoid") is None
