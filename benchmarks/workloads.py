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


def resnet_data(n):
    """(n, 32, 32, 3) images, ten classes."""
    rng = _rng()
    return (rng.random((n, 32, 32, 3), dtype="float32"), _one_hot(rng.integers(0, 10, n), 10))


def resnet_model(keras):
    """ResNet-20: three stacks of three blocks, a stride and a 1x1 way past between stacks."""
    layers = keras.layers

    def normalized(x, units, stride=1):
        x = layers.Conv2D(units, 3, strides=stride, padding="same")(x)
        return layers.BatchNormalization()(x)
    x = inputs = layers.Input((32, 32, 3))
    x = layers.Activation("relu")(normalized(x, 16))
    for units in (16, 32, 64):
        for i in range(3):
            stride = 2 if units > 16 and i == 0 else 1
            y = layers.Activation("relu")(normalized(x, units, stride))
            y = normalized(y, units)
            if stride > 1:
                x = layers.Conv2D(units, 1, strides=stride, padding="same")(x)
            x = layers.Activation("relu")(layers.add([x, y]))
    x = layers.Flatten()(layers.AveragePooling2D(8)(x))
    model = keras.models.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(lr=1e-3))
    return model


def unet_data(n):
    """(n, 64, 64, 3) images and masks."""
    rng = _rng()
    return (rng.random((n, 64, 64, 3), dtype="float32"),
            rng.integers(0, 2, (n, 64, 64, 1)).astype("float32"))


def unet_model(keras):
    """Two levels of 32 and 64 channels round one of 128, transposed convolutions upwards."""
    layers = keras.layers

    def twice(x, units):
        x = layers.Conv2D(units, 3, padding="same", activation="relu")(x)
        return layers.Conv2D(units, 3, padding="same", activation="relu")(x)
    x = inputs = layers.Input((64, 64, 3))
    kept = []
    for units in (32, 64):
        kept.append(twice(x, units))
        x = layers.MaxPooling2D(2)(kept[-1])
    x = twice(x, 128)
    for units in (64, 32):
        x = layers.Conv2DTranspose(units, 2, strides=2)(x)
        x = twice(layers.concatenate([x, kept.pop()]), units)
    model = keras.models.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(lr=1e-3))
    return model


def gru_data(n):
    """(n, 50, 32) series, ten classes."""
    rng = _rng()
    return (rng.standard_normal((n, 50, 32)).astype("float32"),
            _one_hot(rng.integers(0, 10, n), 10))


def gru_model(keras, **options):
    """Two GRUs of 64 units."""
    model = keras.models.Sequential([
        keras.layers.GRU(64, return_sequences=True, input_shape=(50, 32), **options),
        keras.layers.GRU(64, **options),
        keras.layers.Dense(10, activation="softmax")])
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(lr=1e-3))
    return model


def gru_after_model(keras):
    """The same with the reset gate on the product, the kind that frameworks have natively."""
    return gru_model(keras, reset_after=True)


def text_data(n):
    """(n, 200) word numbers of 20000, two classes."""
    rng = _rng()
    return (rng.integers(0, 20000, (n, 200)).astype("int32"),
            rng.integers(0, 2, (n, 1)).astype("float32"))


def text_model(keras):
    """Embedding 20000 x 128, convolutions of 5 and 3 words, the greatest over time."""
    layers = keras.layers
    model = keras.models.Sequential([
        layers.Embedding(20000, 128, input_length=200),
        layers.Conv1D(128, 5, activation="relu"),
        layers.Conv1D(128, 3, activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(lr=1e-3))
    return model


def long_data(n):
    """(n, 2000, 32) series, two classes."""
    rng = _rng()
    return (rng.standard_normal((n, 2000, 32)).astype("float32"),
            rng.integers(0, 2, (n, 1)).astype("float32"))


def long_model(keras):
    """One convolution of 41 cells, 25 apart, and the mean over time."""
    layers = keras.layers
    model = keras.models.Sequential([
        layers.Conv1D(32, 41, dilation_rate=25, activation="relu", input_shape=(2000, 32)),
        layers.GlobalAveragePooling1D(),
        layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(lr=1e-3))
    return model


WORKLOADS = {w.name: w for w in (
    Workload("tiny", 32, 200, tiny_data, tiny_model),
    Workload("mlp", 128, 20, mlp_data, mlp_model),
    Workload("cnn", 128, 4, cnn_data, cnn_model),
    Workload("resnet", 32, 3, resnet_data, resnet_model),
    Workload("unet", 8, 2, unet_data, unet_model),
    Workload("lstm", 32, 5, lstm_data, lstm_model),
    Workload("gru", 32, 8, gru_data, gru_model),
    Workload("gru_after", 32, 8, gru_data, gru_after_model),
    Workload("text", 32, 4, text_data, text_model),
    Workload("long", 8, 6, long_data, long_model))}
