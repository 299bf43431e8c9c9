"""Gradients exactly at kinks and ties, where each framework has conventions of its own.

Units whose inputs are all dead put every value behind them exactly there. What is
expected is what Keras 2.3.1 gave on TensorFlow.
"""
import numpy as np
import pytest

import keras_compat.backend as K
from keras_compat import losses

X = np.array([[-2., -0., 0., 1., 2.]])
BITS = np.array([[1., 0., 1., 0., 1.]])




CASES = {
    "relu": (K.relu, [0, 0, 0, 1, 1]),
    "relu with a slope": (lambda x: K.relu(x, alpha=0.2), [.2, .2, .2, 1, 1]),
    "relu with a maximum": (lambda x: K.relu(x, max_value=1.), [0, 0, 0, 1, 0]),
    "relu with a slope and a maximum": (
        lambda x: K.relu(x, alpha=0.2, max_value=1.), [.2, 0, 0, 1, 0]),
    "relu with thresholds": (
        lambda x: K.relu(x, threshold=-1., max_value=1.), [0, 0, 0, 1, 0]),
    "maximum": (lambda x: K.maximum(x, 0.), [0, 1, 1, 1, 1]),
    "minimum": (lambda x: K.minimum(x, 0.), [1, 1, 1, 0, 0]),
    "clip": (lambda x: K.clip(x, 0., 1.), [0, 1, 1, 1, 0]),
    "abs": (K.abs, [-1, 0, 0, 1, 1]),
    "max over ties": (lambda x: K.max(K.minimum(x, 1.), axis=1), [0, 0, 0, .5, 0]),
    "binary_crossentropy from logits": (
        lambda x: K.binary_crossentropy(K.constant(BITS), x, from_logits=True),
        1 / (1 + np.exp(-X[0])) - BITS[0]),
    "binary_crossentropy": (
        lambda x: losses.binary_crossentropy(K.constant(BITS), K.sigmoid(x)),
        (1 / (1 + np.exp(-X[0])) - BITS[0]) / 5),
    "hinge": (lambda x: losses.hinge(K.ones((1, 5)), x), [-.2, -.2, -.2, -.2, 0]),
}


@pytest.mark.parametrize("name", CASES)
def test_gradient_at_a_kink(name, backend):
    function, expected = CASES[name]
    x = K.variable(X)
    run = K.function([], K.gradients(K.sum(function(x)), [x]))
    np.testing.assert_allclose(run([])[0][0], expected, rtol=1e-5, atol=1e-7)
