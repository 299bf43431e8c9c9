"""The programs that are timed: data and sizes of each, and the model as a Keras user writes it."""
from typing import NamedTuple

import numpy as np


class Workload(NamedTuple):
    """One program: `batch` samples a step, `steps` steps an epoch, its data and model."""

    name: str
    batch: int
    steps: int
    data: callable
    model: callable


def _rng():
    return np.random.default_rng(0)


def _one_hot(labels, classes):
    return np.eye(classes, dtype="float32")[labels]


def tiny_data(n):
    """(n, 16) features and a linear target: all that costs time is overhead."""
    x = _rng().standard_normal((n, 16)).astype("float32")
    return x, x.sum(1, keepdims=True)


def tiny_model(keras):
    """16-32-1, mean squared error, SGD."""
    model = keras.models.Sequential([
        keras.layers.Dense(32, activation="relu", input_shape=(16,)),
        keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(lr=0.01))
    return model


def mlp_data(n):
    """(n, 784) features, ten classes."""
    rng = _rng()
    return (rng.random((n, 784), dtype="float32"), _one_hot(rng.integers(0, 10, n), 10))


def mlp_model(keras):
    """784-512-512-10, softmax, Adam."""
    model = keras.models.Sequential([
        keras.layers.Dense(512, activation="relu", input_shape=(784,)),
        keras.layers.Dense(512, activation="relu"),
        keras.layers.Dense(10, activation="softmax")])
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(lr=1e-3))
    return model


def cnn_data(n):
    """(n, 28, 28, 1) images, ten classes."""
    rng = _rng()
    return (rng.random((n, 28, 28, 1), dtype="float32"), _one_hot(rng.integers(0, 10, n), 10))


def cnn_model(keras):
    """The classic network for MNIST, without dropout so that every program draws the same."""
    layers = keras.layers
    model = keras.models.Sequential([
        layers.Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax")])
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(lr=1e-3))
    return model


def lstm_data(n):
    """(n, 80) word numbers of 20000, two classes."""
    rng = _rng()
    return (rng.integers(0, 20000, (n, 80)).astype("int32"),
            rng.integers(0, 2, (n, 1)).astype("float32"))


def lstm_model(keras):
    """Embedding 20000 x 128, LSTM 128, sigmoid, Adam."""
    model = keras.models.Sequential([
        keras.layers.Embedding(20000, 128, input_length=80),
        keras.layers.LSTM(128),
        keras.layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(lr=1e-3))
    return model


WORKLOADS = {w.name: w for w in (
    Workload("tiny", 32, 200, tiny_data, tiny_model),
    Workload("mlp", 128, 20, mlp_data, mlp_model),
    Workload("cnn", 128, 4, cnn_data, cnn_model),
    Workload("lstm", 32, 5, lstm_data, lstm_model))}
