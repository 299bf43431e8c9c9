"""Gradients of the neural-network ops, first and second order, against finite differences."""
import zlib

import numpy as np
import pytest

import keras_compat.backend as K

STEP = 1e-5


def arrays(name, *shapes, low=-1.0, high=1.0):
    """Seeded arrays, all values distinct and off the kinks at 0 and at ties."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    made = []
    for shape in shapes:
        size = int(np.prod(shape))
        values = (rng.permutation(size) + 0.5) / size * (high - low) + low
        made.append((values + 0.013 / size).reshape(shape))
    return made


def positive(*shape):
    return lambda name: arrays(name, shape, low=0.05, high=0.95)


def plain(*shapes):
    return lambda name: arrays(name, *shapes)


def statistics(name):
    x, mean, beta, gamma = arrays(name, (3, 4, 2), (4,), (4,), (4,))
    return [x, mean, np.abs(gamma) + 0.5, beta, gamma]


def one_hot(x, depth):
    return np.eye(depth)[np.arange(len(x)) % depth]


def states(*outputs):
    """Several outputs as one loss, each weighted differently."""
    return sum((i + 1.) * K.sum(K.square(o)) for i, o in enumerate(outputs))


ACT = "relu", "elu", "softmax", "log_softmax", "hard_sigmoid", "softsign"
CF = "channels_first"
STILL = np.arange(1., 13.).reshape(4, 3) / 13

CASES = {
    **{f"{name}": (getattr(K, name), plain((4, 3))) for name in ACT},
    "relu with all arguments": (lambda x: K.relu(x, 0.3, 0.8, 0.2), plain((5, 4))),
    "relu with a negative threshold": (lambda x: K.relu(x, 0., 0.8, -0.4), plain((5, 4))),
    "relu leaky with a negative threshold": (lambda x: K.relu(x, 0.3, None, -0.4), plain((5, 4))),
    "relu of two slopes and a maximum": (lambda x: K.relu(x, 0.3, 0.5, -0.4), plain((5, 4))),
    "elu alpha": (lambda x: K.elu(x, 0.4), plain((4, 3))),
    "softmax axis 0": (lambda x: K.softmax(x, 0), plain((4, 3, 2))),
    "l2_normalize": (lambda x: K.l2_normalize(x, 1), plain((4, 3))),
    "l2_normalize everything": (lambda x: K.l2_normalize(x), plain((4, 3))),
    "bias_add": (K.bias_add, plain((2, 3, 4), (4,))),
    "bias_add channels_first": (lambda x, b: K.bias_add(x, b, CF), plain((2, 3, 4, 2), (3,))),
    "bias_add places channels_first": (lambda x, b: K.bias_add(x, b, CF),
                                       plain((2, 3, 4, 2), (4, 2, 3))),
    "conv1d": (K.conv1d, plain((2, 7, 3), (3, 3, 4))),
    "conv1d causal dilated": (lambda x, k: K.conv1d(x, k, padding="causal", dilation_rate=2),
                              plain((2, 7, 3), (3, 3, 2))),
    "conv2d": (K.conv2d, plain((2, 6, 5, 3), (3, 2, 3, 2))),
    "conv2d same strided": (lambda x, k: K.conv2d(x, k, (2, 3), "same"),
                            plain((2, 6, 5, 3), (4, 3, 3, 2))),
    "conv2d strided with a rest": (lambda x, k: K.conv2d(x, k, (3, 2)),
                                   plain((2, 8, 6, 2), (2, 3, 2, 3))),
    "conv2d channels_first same": (lambda x, k: K.conv2d(x, k, 2, "same", CF),
                                   plain((2, 3, 6, 5), (2, 2, 3, 2))),
    "conv2d dilated same": (lambda x, k: K.conv2d(x, k, 1, "same", None, (2, 1)),
                            plain((2, 6, 5, 2), (3, 2, 2, 2))),
    "conv3d strided": (lambda x, k: K.conv3d(x, k, (1, 2, 1), "same"),
                       plain((1, 3, 4, 3, 2), (2, 2, 2, 2, 2))),
    "conv2d_transpose": (lambda x, k: K.conv2d_transpose(x, k, (2, 9, 7, 2), (2, 2)),
                         plain((2, 4, 3, 3), (2, 2, 2, 3))),
    "conv2d_transpose same channels_first": (
        lambda x, k: K.conv2d_transpose(x, k, (2, 2, 7, 6), (2, 2), "same", CF),
        plain((2, 3, 4, 3), (3, 3, 2, 3))),
    "conv3d_transpose": (lambda x, k: K.conv3d_transpose(x, k, (1, 4, 3, 3, 2)),
                         plain((1, 3, 2, 2, 2), (2, 2, 2, 2, 2))),
    "depthwise_conv2d": (K.depthwise_conv2d, plain((2, 5, 4, 3), (2, 3, 3, 2))),
    "depthwise_conv2d same strided": (lambda x, k: K.depthwise_conv2d(x, k, (2, 2), "same"),
                                      plain((2, 5, 4, 3), (3, 3, 3, 1))),
    "separable_conv1d": (K.separable_conv1d, plain((2, 6, 3), (3, 3, 2), (1, 6, 2))),
    "separable_conv2d": (lambda x, d, p: K.separable_conv2d(x, d, p, data_format=CF),
                         plain((2, 3, 5, 4), (2, 2, 3, 1), (1, 1, 3, 2))),
    "local_conv1d": (lambda x, k: K.local_conv1d(x, k, 3, 2), plain((2, 7, 2), (3, 6, 2))),
    "local_conv2d": (lambda x, k: K.local_conv2d(x, k, (2, 2), (1, 2), (3, 2), CF),
                     plain((2, 2, 4, 4), (6, 8, 2))),
    "pool1d max": (lambda x: K.pool1d(x, 3, 2, "same"), plain((2, 7, 2))),
    "pool2d max overlapping": (lambda x: K.pool2d(x, (3, 2), (1, 1)), plain((2, 5, 4, 2))),
    "pool2d max channels_first": (lambda x: K.pool2d(x, (2, 2), (2, 2), "same", CF),
                                  plain((2, 2, 5, 3))),
    "pool2d avg same": (lambda x: K.pool2d(x, (3, 3), (2, 2), "same", pool_mode="avg"),
                        plain((2, 6, 5, 2))),
    "pool3d avg": (lambda x: K.pool3d(x, (2, 2, 2), (1, 2, 1), pool_mode="avg"),
                   plain((1, 3, 4, 3, 2))),
    "pool3d max": (lambda x: K.pool3d(x, (2, 2, 2), (1, 2, 1)), plain((1, 3, 4, 3, 2))),
    "spatial_2d_padding": (lambda x: K.spatial_2d_padding(x, ((1, 0), (2, 1))),
                           plain((2, 2, 3, 2))),
    "resize_images nearest": (lambda x: K.resize_images(x, 2, 3, "channels_last"),
                              plain((2, 2, 3, 2))),
    "resize_images bilinear": (lambda x: K.resize_images(x, 2, 3, CF, "bilinear"),
                               plain((2, 2, 3, 2))),
    "resize_volumes": (lambda x: K.resize_volumes(x, 2, 1, 3, "channels_last"),
                       plain((1, 2, 2, 3, 2))),
    "categorical_crossentropy": (
        lambda t, p: K.categorical_crossentropy(t, p),
        lambda name: arrays(name, (4, 3)) + arrays(name + "p", (4, 3), low=.05, high=.95)),
    "categorical_crossentropy logits axis 1": (
        lambda t, x: K.categorical_crossentropy(t, x, True, 1), plain((4, 3, 2), (4, 3, 2))),
    "sparse_categorical_crossentropy": (
        lambda p: K.sparse_categorical_crossentropy(K.constant([0, 2, 1, 2]), p),
        positive(4, 3)),
    "sparse_categorical_crossentropy logits": (
        lambda x: K.sparse_categorical_crossentropy(K.constant([[0, 2], [1, 2]]), x, True, 1),
        plain((2, 3, 2))),
    "binary_crossentropy": (
        lambda t, p: K.binary_crossentropy(t, p),
        lambda name: arrays(name, (4, 3)) + arrays(name + "p", (4, 3), low=.05, high=.95)),
    "binary_crossentropy logits": (lambda t, x: K.binary_crossentropy(t, x, True),
                                   plain((4, 3), (4, 3))),
    "binary_crossentropy broadcast": (lambda t, x: K.binary_crossentropy(t, x, True),
                                      plain((4, 1), (1, 3))),
    "normalize_batch_in_training": (
        lambda x, g, b: states(*K.normalize_batch_in_training(x, g, b, [0])) + K.sum(
            K.normalize_batch_in_training(x, g, b, [0])[0] * STILL), plain((4, 3), (3,), (3,))),
    "normalize_batch_in_training axes": (
        lambda x, g: K.normalize_batch_in_training(x, g, None, [0, 2], 0.01)[0],
        plain((3, 2, 4), (2,))),
    "normalize_batch_in_training variance": (
        lambda x: K.normalize_batch_in_training(x, None, None, [0, 1])[2], plain((3, 2, 4))),
    "batch_normalization": (lambda *a: K.batch_normalization(*a, axis=1), statistics),
    "batch_normalization without gamma": (
        lambda x, m, v: K.batch_normalization(x, m, v, None, None, axis=1),
        lambda name: statistics(name)[:3]),
    "dropout": (lambda x: K.dropout(x, 0.0), plain((3, 4))),
    "simple_rnn": (lambda *a: states(*K.simple_rnn(*a)), plain((2, 3, 2), (2, 3), (2, 3), (3, 3))),
    "simple_rnn all steps backwards": (
        lambda *a: K.simple_rnn(*a, reverse=True, return_sequences=True)[0],
        plain((2, 3, 2), (2, 3), (2, 3), (3, 3), (3,))),
    "lstm": (lambda *a: states(*K.lstm(*a)),
             plain((2, 3, 2), (2, 3), (2, 3), (2, 12), (3, 12), (12,))),
    "lstm all steps backwards": (
        lambda *a: states(*K.lstm(*a, reverse=True, return_sequences=True)),
        plain((2, 3, 2), (2, 3), (2, 3), (2, 12), (3, 12), (12,))),
    "gru": (lambda *a: states(*K.gru(*a, return_sequences=True)),
            plain((2, 3, 2), (2, 3), (2, 9), (3, 9), (9,))),
    "gru reset after": (lambda *a: states(*K.gru(*a, reset_after=True)),
                        plain((2, 3, 2), (2, 3), (2, 9), (3, 9), (2, 9))),
}


def _directional(function, values, direction):
    ahead = function([v + STEP * d for v, d in zip(values, direction)])[0]
    behind = function([v - STEP * d for v, d in zip(values, direction)])[0]
    return (ahead - behind) / (2 * STEP)


def _check(loss, inputs, values, rng):
    """The gradient of a scalar, along a random direction, against finite differences."""
    found = K.gradients(loss, inputs)
    wanted = [i for i, g in enumerate(found) if g is not None]
    assert wanted
    function = K.function(inputs, [loss] + [found[i] for i in wanted])
    direction = [rng.normal(size=v.shape) for v in values]
    results = function(values)[1:]
    analytic = sum(np.sum(results[n] * direction[i]) for n, i in enumerate(wanted))
    numeric = _directional(function, values, direction)
    scale = 1 + sum(np.sum(np.abs(r)) for r in results)
    assert abs(analytic - numeric) <= 1e-7 * scale, (analytic, numeric)
    return [found[i] for i in wanted]


@pytest.fixture
def case(request, settings):
    settings.set_floatx("float64")
    name = request.param
    call, make = CASES[name]
    values = make(name)
    inputs = [K.placeholder(v.shape, dtype="float64") for v in values]
    return name, call(*inputs), inputs, values


def _scalar(output, rng):
    return K.sum(output * rng.normal(size=[n for n in output.shape]))


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_gradients_of_both_orders(backend, case):
    name, output, inputs, values = case
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    gradients = _check(_scalar(output, rng), inputs, values, rng)
    again = sum(_scalar(K.tanh(g), rng) for g in gradients)
    if any(g is not None for g in K.gradients(again, inputs)):
        _check(again, inputs, values, rng)
