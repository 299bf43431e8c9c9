"""One backend's pairs of forward and backward kernels against definitions in float64.

Forward against the definition, backward against the definition's finite differences.
"""
import numpy as np
import pytest

from keras_compat.backends.numpy import nn, recurrent


def draw(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def check_pair(pair, inputs, attrs, defined):
    """The pair's outputs equal `defined`'s, and its gradients the differences'."""
    forward, backward = pair
    outputs, residuals = forward(*inputs, **attrs)
    several = isinstance(outputs, tuple)
    listed = outputs if several else (outputs,)
    expected = defined(*inputs)
    for actual, wanted in zip(listed, expected):
        assert actual.dtype == "float64"
        np.testing.assert_allclose(actual, wanted, rtol=1e-12, atol=1e-12)
    weights = [draw(*y.shape, seed=7) for y in listed]
    given = weights if several else weights[0]
    found = backward(given, outputs, residuals, *inputs, **attrs)

    def total(*changed):
        return sum((w * y).sum() for w, y in zip(weights, defined(*changed)))
    for i, x in enumerate(inputs):
        if x is None:
            assert found[i] is None
            continue
        direction = draw(*x.shape, seed=9)
        step = 1e-5 * direction
        up, down = ([*inputs[:i], x + sign * step, *inputs[i + 1:]] for sign in (1, -1))
        slope = (total(*up) - total(*down)) / 2e-5
        np.testing.assert_allclose((found[i] * direction).sum(), slope, rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("shape", [(6, 3), (4, 8, 8, 5), (2, 16, 16, 4), (3, 2, 700)])
def test_batch_norm_pair(shape, scaled):
    def defined(x, gamma, beta):
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axes), x.var(axes)
        y = (x - mean) / np.sqrt(var + 1e-3)
        y = y if gamma is None else y * gamma
        return (y if beta is None else y + beta), mean, var
    vectors = [draw(shape[-1], seed=1), draw(shape[-1], seed=2)] if scaled else [None, None]
    check_pair(nn.VJPS["normalize_batch_in_training"], [draw(*shape) + 3, *vectors],
               {"axes": tuple(range(len(shape) - 1)), "epsilon": 1e-3}, defined)


@pytest.mark.parametrize("scaled", [True, False])
def test_batch_normalization_with_given_statistics(scaled):
    x, mean, var = draw(4, 6, 3), draw(3), np.abs(draw(3, seed=1))
    beta, gamma = (draw(3, seed=2), draw(3, seed=3)) if scaled else (None, None)
    attrs = {"axis": 2, "epsilon": 1e-3}
    specs = [None if v is None else (v.shape, "float64") for v in (x, mean, var, beta, gamma)]
    special = nn.SPECIALIZERS["batch_normalization"](specs, attrs)
    expected = (x - mean) / np.sqrt(var + 1e-3) * (1 if gamma is None else gamma)
    np.testing.assert_allclose(special(x, mean, var, beta, gamma),
                               expected + (0 if beta is None else beta), rtol=1e-12)
    assert nn.SPECIALIZERS["batch_normalization"](specs, {"axis": 1, "epsilon": 1e-3}) is None


FUNCTIONS = {
    "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "relu": lambda x: np.maximum(x, 0),
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1), "linear": lambda x: x,
}


def steps(x, reverse):
    order = range(x.shape[1])
    return [x[:, t] for t in (reversed(order) if reverse else order)]


def gathered(outputs, return_sequences):
    return np.stack(outputs, 1) if return_sequences else outputs[-1]


def defined_lstm(activation, recurrent_activation, reverse, return_sequences):
    inner, outer = FUNCTIONS[activation], FUNCTIONS[recurrent_activation]

    def run(x, h, c, kernel, recurrent_kernel, bias):
        outputs = []
        for xt in steps(x, reverse):
            z = xt @ kernel + h @ recurrent_kernel + (0 if bias is None else bias)
            i, f, g, o = np.split(z, 4, -1)
            c = outer(f) * c + outer(i) * inner(g)
            h = outer(o) * inner(c)
            outputs.append(h)
        return gathered(outputs, return_sequences), h, c
    return run


def defined_gru(activation, recurrent_activation, reset_after, reverse, return_sequences):
    inner, outer = FUNCTIONS[activation], FUNCTIONS[recurrent_activation]

    def run(x, h, kernel, recurrent_kernel, bias):
        units, outputs = h.shape[-1], []
        bias = np.zeros(3 * units) if bias is None else bias
        bias, extra = bias if reset_after and bias.ndim == 2 else (bias, np.zeros(3 * units))
        for xt in steps(x, reverse):
            a, b = xt @ kernel + bias, h @ recurrent_kernel + extra
            z, r = np.split(outer(a[:, :2 * units] + b[:, :2 * units]), 2, -1)
            last = r * b[:, 2 * units:] if reset_after else (r * h) @ recurrent_kernel[:, 2 * units:]
            h = z * h + (1 - z) * inner(a[:, 2 * units:] + last)
            outputs.append(h)
        return gathered(outputs, return_sequences), h
    return run


ACTIVATIONS = [("tanh", "sigmoid"), ("tanh", "hard_sigmoid"), ("relu", "sigmoid"),
               ("sigmoid", "tanh"), ("linear", "linear")]


@pytest.mark.parametrize("activation, recurrent_activation", ACTIVATIONS)
@pytest.mark.parametrize("reverse, return_sequences, biased",
                         [(False, True, True), (True, True, True), (True, False, False)])
def test_lstm(activation, recurrent_activation, reverse, return_sequences, biased):
    attrs = dict(activation=activation, recurrent_activation=recurrent_activation,
                 reverse=reverse, return_sequences=return_sequences)
    inputs = [draw(3, 4, 5), draw(3, 2), draw(3, 2, seed=1), draw(5, 8) / 4,
              draw(2, 8) / 4, draw(8) if biased else None]
    check_pair(recurrent.VJPS["lstm"], inputs, attrs, defined_lstm(**attrs))


@pytest.mark.parametrize("activation, recurrent_activation", ACTIVATIONS)
@pytest.mark.parametrize("reset_after", [False, True])
@pytest.mark.parametrize("reverse, return_sequences, biased",
                         [(False, True, True), (True, True, True), (True, False, False)])
def test_gru(activation, recurrent_activation, reset_after, reverse, return_sequences, biased):
    attrs = dict(activation=activation, recurrent_activation=recurrent_activation,
                 reset_after=reset_after, reverse=reverse, return_sequences=return_sequences)
    bias = draw(*(2, 6) if reset_after else (6,)) if biased else None
    inputs = [draw(3, 4, 5), draw(3, 2), draw(5, 6) / 4, draw(2, 6) / 4, bias]
    check_pair(recurrent.VJPS["gru"], inputs, attrs, defined_gru(**attrs))


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("reverse, return_sequences, biased",
                         [(False, True, True), (True, False, False)])
def test_simple_rnn(activation, reverse, return_sequences, biased):
    def defined(x, h, kernel, recurrent_kernel, bias):
        outputs = []
        for xt in steps(x, reverse):
            z = xt @ kernel + h @ recurrent_kernel + (0 if bias is None else bias)
            h = FUNCTIONS[activation](z)
            outputs.append(h)
        return gathered(outputs, return_sequences), h
    attrs = dict(activation=activation, reverse=reverse, return_sequences=return_sequences)
    inputs = [draw(3, 4, 5), draw(3, 2), draw(5, 2), draw(2, 2), draw(2) if biased else None]
    check_pair(recurrent.VJPS["simple_rnn"], inputs, attrs, defined)


def test_recurrent_backward_takes_absent_gradients():
    inputs = [draw(3, 4, 5), draw(3, 2), draw(3, 2), draw(5, 8), draw(2, 8), draw(8)]
    attrs = dict(activation="tanh", recurrent_activation="sigmoid", reverse=False,
                 return_sequences=True)
    forward, backward = recurrent.VJPS["lstm"]
    outputs, residuals = forward(*inputs, **attrs)
    g = draw(3, 4, 2)
    zeros = [np.zeros((3, 2)), np.zeros((3, 2))]
    some = backward([g, None, None], outputs, residuals, *inputs, **attrs)
    full = backward([g, *zeros], outputs, residuals, *inputs, **attrs)
    for a, b in zip(some, full):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["lstm", "gru", "simple_rnn"])
def test_unknown_activations_are_refused(name):
    specs = [((None, None, 5), "float32")] * 5
    attrs = dict(activation="elu", recurrent_activation="sigmoid")
    assert recurrent.SPECIALIZERS[name](specs, attrs) is None
