"""Weights of older files as those of a layer (`legacy.weights`)."""
import numpy as np
import pytest

from keras_compat import layers
from keras_compat.legacy.weights import updated
from keras_compat.models import Sequential


def drawn(*shape):
    return np.random.RandomState(sum(shape)).rand(*shape).astype("float32")


def built(layer, *shape):
    Sequential([layer]).build((None, *shape))
    return layer


@pytest.mark.parametrize("make, shape, flipped", [
    (lambda: layers.Conv1D(4, 3), (9, 2), {0: (0,)}),
    (lambda: layers.Conv2D(4, (3, 2)), (6, 5, 2), {0: (0, 1)}),
    (lambda: layers.Conv3D(4, (3, 2, 2)), (6, 5, 4, 2), {0: (0, 1, 2)}),
    (lambda: layers.Conv2DTranspose(4, 3), (6, 5, 2), {0: (0, 1)}),
    (lambda: layers.ConvLSTM2D(3, 2), (3, 5, 4, 2), {0: (0, 1), 1: (0, 1)}),
    (lambda: layers.TimeDistributed(layers.Conv2D(4, 3)), (3, 6, 5, 2), {0: (0, 1)}),
    (lambda: layers.Dense(4), (3,), {}),
    (lambda: layers.LocallyConnected1D(4, 3), (9, 2), {}),
], ids=["Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D", "wrapped", "Dense", "local"])
def test_theano_flipped_its_kernels(make, shape, flipped):
    layer = built(make(), *shape)
    stored = [drawn(*value.shape) for value in layer.get_weights()]
    for index, value in enumerate(updated(layer, stored, "2.1.0", "theano")):
        np.testing.assert_array_equal(value, np.flip(stored[index], flipped.get(index, ())))
    for backend in ("cntk", None):
        same = updated(layer, stored, "2.1.0", backend)
        assert all(np.array_equal(a, b) for a, b in zip(same, stored))


def test_gates_that_were_kept_apart():
    layer = built(layers.LSTM(3), 5, 2)
    i, c, f, o = ([drawn(2, 3) + gate, drawn(3, 3) + gate, drawn(3) + gate] for gate in range(4))
    kernels = updated(layer, i + c + f + o, "1.0.8")
    for place, kernel in enumerate(kernels):
        np.testing.assert_array_equal(kernel, np.concatenate([g[place] for g in (i, f, c, o)], -1))
    again = updated(layer, kernels, "1.0.8")  # consume_less='gpu' kept them so
    assert all(np.array_equal(a, b) for a, b in zip(again, kernels))


def test_first_kernels_of_one_axis():
    """Before 1.0.6 the axis of size 1 was the last one of (out, in, steps, 1)."""
    layer = built(layers.Conv1D(4, 3), 9, 2)
    kernel, bias = drawn(4, 2, 3, 1), drawn(4)
    found, _ = updated(layer, [kernel, bias], "1.0.0")
    np.testing.assert_array_equal(found, kernel[..., 0].transpose(2, 1, 0))


def test_models_inside_models_keep_what_is_not_trained_last():
    inner = Sequential([layers.Dense(3, input_shape=(4,)), layers.BatchNormalization(),
                        layers.Dense(2)])
    shapes = [(4, 3), (3,), (3,), (3,), (3, 2), (2,), (3,), (3,)]
    stored = [drawn(*shape) + i for i, shape in enumerate(shapes)]
    found = updated(inner, stored, "1.2.2")
    assert all(np.array_equal(a, b) for a, b in zip(found, stored))
    assert [w.shape for w in found] == [tuple(w.shape) for w in inner.weights]


@pytest.mark.parametrize("version", ["1.2.2", "2.2.4"])
@pytest.mark.parametrize("change", [lambda v: v[:-1], lambda v: v + v[:1], lambda v: []],
                         ids=["one less", "one more", "none"])
def test_another_number_of_arrays(change, version):
    layer = built(layers.Bidirectional(layers.GRU(2), name="both"), 5, 3)
    with pytest.raises(ValueError, match="layer 'both': .*Expected .*; received "):
        updated(layer, change(layer.get_weights()), version)
