"""A linear model with known weights, its data, and what training it does, in NumPy."""
import numpy as np

from keras_compat.engine.input_layer import Input
from keras_compat.engine.sequential import Sequential
from keras_compat.engine.training import Model
from keras_compat.layers.core import Dense

RNG = np.random.RandomState(2)
X = RNG.randn(20, 3).astype("float32")
Y = RNG.randn(20, 2).astype("float32")
CLASSES = RNG.randint(0, 2, 20)
KERNEL, BIAS = RNG.randn(3, 2), RNG.randn(2)


def linear(activation=None, **arguments):
    """Dense(2) on three features, with known weights."""
    model = Sequential([Dense(2, input_shape=(3,), activation=activation, **arguments)])
    model.set_weights([KERNEL, BIAS])
    return model


def output(x=X):
    return x @ KERNEL + BIAS


def softmax(x):
    e = np.exp(x)
    return e / e.sum(-1, keepdims=True)


def descent(batches, rate, weights=None):
    """Gradient descent on the weighted mse of the linear model: kernel, bias, batch losses."""
    kernel, bias, seen = KERNEL.copy(), BIAS.copy(), []
    for rows in batches:
        error = X[rows] @ kernel + bias - Y[rows]
        each = np.ones(len(rows)) if weights is None else weights[rows]
        seen.append((each * (error ** 2).mean(-1)).mean())
        slope = 2 * error / 2 * each[:, None] / len(rows)
        kernel, bias = kernel - rate * X[rows].T @ slope, bias - rate * slope.sum(0)
    return kernel, bias, seen


def rows_of(order, size):
    return [order[i:i + size] for i in range(0, len(order), size)]


def branched():
    """A model with the outputs a (2, linear) and b (1, sigmoid)."""
    x = Input((3,), name="x")
    return Model(x, [Dense(2, name="a")(x), Dense(1, name="b", activation="sigmoid")(x)])
