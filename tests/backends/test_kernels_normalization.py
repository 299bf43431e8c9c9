"""Batch normalization of every backend against the definition, with derivatives."""
import numpy as np
import pytest

from kernel_tools import draw

import keras_compat.backend as K

CASES = {  # shape, axes that are reduced
    "rows": ((6, 3), (0,)), "sequence": ((2, 5, 3), (0, 1)), "image": ((2, 4, 3, 5), (0, 1, 2)),
    "image, channels first": ((2, 5, 4, 3), (0, 2, 3)), "volume": ((2, 3, 2, 2, 4), (0, 1, 2, 3)),
    "one sample": ((1, 3), (0,)), "some axes": ((2, 4, 3), (1,)),
}
BOUND = {"float32": 2e-4, "float64": 1e-9}


def spread(value, shape, axes):
    return value.reshape([1 if i in axes else n for i, n in enumerate(shape)])


def define(x, gamma, beta, axes, epsilon=1e-3):
    """(normalized, mean, variance) in NumPy."""
    mean, variance = x.mean(axes), x.var(axes)
    y = (x - spread(mean, x.shape, axes)) / np.sqrt(spread(variance, x.shape, axes) + epsilon)
    y = y if gamma is None else y * spread(gamma, x.shape, axes)
    return (y if beta is None else y + spread(beta, x.shape, axes)), mean, variance


@pytest.mark.parametrize("with_weights", [True, False], ids=["gamma, beta", "plain"])
@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("case", CASES)
def test_training(backend, case, dtype, with_weights):
    shape, axes = CASES[case]
    left = tuple(n for i, n in enumerate(shape) if i not in axes)
    x = draw(*shape, dtype=dtype) + np.asarray(3, dtype)
    weights = [draw(*left, dtype=dtype, seed=i) for i in (1, 2)] if with_weights else []
    inputs = [K.placeholder((None, *shape[1:]), dtype=dtype),
              *(K.placeholder(left, dtype=dtype) for _ in weights)]
    gamma, beta = inputs[1:] if weights else (None, None)
    outputs = K.normalize_batch_in_training(inputs[0], gamma, beta, list(axes))
    run = K.function(inputs, list(outputs))
    expected = define(x.astype("float64"), *(weights or (None, None)), axes)
    for _ in range(2):
        for a, b in zip(run([x, *weights]), expected, strict=True):
            assert a.dtype == dtype and a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=BOUND[dtype], atol=BOUND[dtype])


def slopes(dtype, axes, shape, order):
    """A function (x, gamma, beta) -> gradients of a sum over all three outputs."""
    left = tuple(n for i, n in enumerate(shape) if i not in axes)
    inputs = [K.placeholder(shape, dtype=dtype), K.placeholder(left, dtype=dtype),
              K.placeholder(left, dtype=dtype)]
    found = [t * t for t in K.normalize_batch_in_training(*inputs, list(axes))]
    for _ in range(order):
        found = K.gradients([t * t for t in found], inputs)
    return K.function(inputs, found)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("case", ["rows", "image", "image, channels first"])
def test_derivatives_are_the_same_on_every_backend(backend, case, order):
    from keras_compat.backend import selection

    shape, axes = CASES[case]
    left = tuple(n for i, n in enumerate(shape) if i not in axes)
    arrays = [draw(*shape), draw(*left, seed=1), draw(*left, seed=2)]
    run = slopes("float32", axes, shape, order)
    with selection.set_backend("numpy"):
        expected = slopes("float64", axes, shape, order)(arrays)
    for _ in range(2):
        for a, b in zip(run(arrays), expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-4 * abs(b).max())


@pytest.mark.parametrize("axis", [1, -1])
def test_inference(backend, axis):
    x = K.placeholder((None, 4, 3), dtype="float64")
    vectors = [K.placeholder((n := 4 if axis == 1 else 3,), dtype="float64") for _ in range(4)]
    mean, var, beta, gamma = vectors
    run = K.function([x, *vectors], [
        K.batch_normalization(x, mean, var, beta, gamma, axis=axis),
        K.batch_normalization(x, mean, var, None, None, axis=axis)])
    arrays = [draw(2, 4, 3, dtype="float64"), *(draw(n, dtype="float64", seed=i) for i in range(4))]
    arrays[2] = abs(arrays[2])
    shape = (1, -1, 1) if axis == 1 else (1, 1, -1)
    m, v, b, g = (a.reshape(shape) for a in arrays[1:])
    plain = (arrays[0] - m) / np.sqrt(v + 1e-3)
    for _ in range(2):
        both, alone = run(arrays)
        np.testing.assert_allclose(both, plain * g + b, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(alone, plain, rtol=1e-10, atol=1e-12)
