"""Two steps made one: only where both are needed and nothing in between is."""
import contextlib
import copy

import numpy as np
import pytest

from keras_compat import backend as K
from keras_compat.backend import selection


@contextlib.contextmanager
def joining(pair, calls):
    """The host's backend, with two ops of a shared input computed by one function."""
    backend = copy.copy(selection.host())
    first_op, second_op = (backend.ops[name] for name in pair)

    def match(first, second):
        def both(*inputs):
            calls.append(pair)
            count = len(first.inputs)
            return (first_op(*inputs[:count], **first.attrs),
                    second_op(*inputs[count:], **second.attrs))
        return both
    backend.joint = {pair: match}
    with selection.set_backend(backend):
        yield backend


def results(outputs, x, values):
    return K.function([x], outputs)([values])


X = np.array([0.5, 1.5], "float32")


def test_two_steps_of_one_input_are_joined():
    calls = []
    with joining(("exp", "sin"), calls):
        x = K.placeholder((2,))
        found = results([K.sin(x), K.exp(x)], x, X)
    assert calls == [("exp", "sin")]
    np.testing.assert_allclose(found, [np.sin(X), np.exp(X)], rtol=1e-6)


@pytest.mark.parametrize("outputs, expected", [
    (lambda x: [K.exp(x)], lambda x: [np.exp(x)]),                         # one is not needed
    (lambda x: [K.sin(K.exp(x))], lambda x: [np.sin(np.exp(x))]),          # one needs the other
    (lambda x: [K.exp(x), K.sin(x + 1)], lambda x: [np.exp(x), np.sin(x + 1)]),  # other inputs
    (lambda x: [K.exp(x) * x, K.sin(K.exp(x) * x)],
     lambda x: [np.exp(x) * x, np.sin(np.exp(x) * x)]),
])
def test_other_steps_stay_apart(outputs, expected):
    calls = []
    with joining(("exp", "sin"), calls):
        x = K.placeholder((2,))
        found = results(outputs(x), x, X)
    assert not calls
    np.testing.assert_allclose(found, expected(X), rtol=1e-6)


def test_a_step_waits_for_the_later_ones_inputs():
    """x + y needs exp(x): what is not there at the place of the earlier step is not joined."""
    calls = []
    with joining(("exp", "add"), calls):
        x = K.placeholder((2,))
        y = K.exp(x)
        found = results([y, x + y], x, X)
    assert not calls
    np.testing.assert_allclose(found, [np.exp(X), X + np.exp(X)], rtol=1e-6)


def test_each_step_is_joined_once():
    calls = []
    with joining(("exp", "multiply"), calls):
        x = K.placeholder((2,))
        found = results([K.exp(x), x * 2., x * 3.], x, X)
    assert len(calls) == 1
    np.testing.assert_allclose(found, [np.exp(X), X * 2, X * 3], rtol=1e-6)


def test_a_match_may_refuse():
    calls = []
    with joining(("exp", "sin"), calls) as backend:
        backend.joint = {("exp", "sin"): lambda first, second: None}
        x = K.placeholder((2,))
        found = results([K.sin(x), K.exp(x)], x, X)
    np.testing.assert_allclose(found, [np.sin(X), np.exp(X)], rtol=1e-6)


# ---- NumPy's: the two gradients of a convolution ----

CASES = {
    "2d same": (lambda x, k: K.conv2d(x, k, padding="same"), (2, 6, 5, 6), (3, 2, 6, 4), True),
    "2d valid dilated": (lambda x, k: K.conv2d(x, k, dilation_rate=2), (2, 7, 6, 6),
                         (3, 2, 6, 8), True),
    "1d": (lambda x, k: K.conv1d(x, k, padding="same"), (2, 7, 6), (4, 6, 5), True),
    "channels_first": (lambda x, k: K.conv2d(x, k, data_format="channels_first"),
                       (2, 6, 6, 5), (3, 2, 6, 4), True),
    "transposed": (lambda x, k: K.conv2d_transpose(x, k, (2, 6, 8, 3), (2, 2), "same"),
                   (2, 3, 4, 5), (3, 3, 3, 5), True),
    "strides": (lambda x, k: K.conv2d(x, k, strides=(2, 1)), (2, 6, 5, 6), (3, 2, 6, 4), False),
    "many filters": (lambda x, k: K.conv2d(x, k), (2, 6, 5, 6), (3, 2, 6, 13), False),
    "few channels": (lambda x, k: K.conv2d(x, k), (2, 6, 5, 3), (3, 2, 3, 4), False),
    "pointwise": (lambda x, k: K.conv2d(x, k), (2, 6, 5, 6), (1, 1, 6, 4), False),
}


@pytest.mark.parametrize("name", CASES)
def test_the_gradients_of_a_convolution(name):
    make, x_shape, k_shape, joint = CASES[name]
    rng = np.random.default_rng(1)
    with selection.set_backend(selection.host()):
        x, kernel = (K.placeholder(s, dtype="float64") for s in (x_shape, k_shape))
        y = make(x, kernel)
        g = K.placeholder(K.int_shape(y), dtype="float64")
        function = K.function([x, kernel, g], K.gradients(K.sum(y * g), [x, kernel]))
        values = [rng.standard_normal(K.int_shape(t)) for t in (x, kernel, g)]
        assert ("joint" in function.plan(0).source) == joint
        forward = K.function([x, kernel], [y])
        found = function(values)
        for i in (0, 1):  # linear in each: <g, y(v)> = <gradient, v> for any v
            v = rng.standard_normal(values[i].shape)
            there = forward([*values[:i], v, *values[i + 1:2]])[0]
            np.testing.assert_allclose((found[i] * v).sum(), (there * values[2]).sum(), rtol=1e-9)


def test_an_infinite_pixel_stays_in_the_kernels_cells_that_it_met():
    """At the corner of a 'valid' convolution it meets one cell of the kernel only."""
    with selection.set_backend(selection.host()):
        x, kernel = K.placeholder((1, 5, 5, 6)), K.placeholder((3, 3, 6, 4))
        function = K.function([x, kernel], K.gradients(K.sum(K.conv2d(x, kernel)), [x, kernel]))
        assert "joint" in function.plan(0).source
        values = np.ones((1, 5, 5, 6), "float32")
        values[0, 0, 0, 0] = np.inf
        _, found = function([values, np.ones((3, 3, 6, 4))])
    expected = np.full((3, 3, 6, 4), 9.0)
    expected[0, 0, 0] = np.inf
    np.testing.assert_array_equal(found, expected)
