"""Activations in place, with the derivative written in terms of the result.

The fused recurrent layers use these. A sigmoid is computed as a tanh,
sigmoid(2 x) = (tanh(x) + 1) / 2, so that all gates of an LSTM take one call; what
goes in has to be scaled by `SCALE` before.
"""
import numpy as np


def _tanh(x):
    np.tanh(x, x)


def _tanh_slope(y, out):
    np.multiply(y, y, out)
    np.subtract(1, out, out)


def _sigmoid(x):
    np.tanh(x, x)
    half_up(x)


def half_up(x):
    """(x + 1) / 2 in place: the rest of a sigmoid after its tanh."""
    x *= 0.5
    x += 0.5


def _sigmoid_slope(y, out):
    np.subtract(1, y, out)
    out *= y


def _hard_sigmoid(x):
    x *= 0.2
    x += 0.5
    np.maximum(x, 0, out=x)
    np.minimum(x, 1, out=x)


def _hard_sigmoid_slope(y, out):
    np.multiply(0.2, (y > 0) & (y < 1), out, casting="same_kind")


def _relu(x):
    np.maximum(x, 0, out=x)


def _relu_slope(y, out):
    np.copyto(out, y > 0)


def _linear(x):
    return None


def _linear_slope(y, out):
    out[...] = 1


# name -> (in place, derivative from the result)
ACTIVATIONS = {
    "tanh": (_tanh, _tanh_slope),
    "sigmoid": (_sigmoid, _sigmoid_slope),
    "hard_sigmoid": (_hard_sigmoid, _hard_sigmoid_slope),
    "relu": (_relu, _relu_slope),
    "linear": (_linear, _linear_slope),
}
SCALE = {"tanh": 1.0, "sigmoid": 0.5, "hard_sigmoid": 1.0, "relu": 1.0, "linear": 1.0}
