"""Merge layers: broadcasting, masks, functional forms and errors."""
import numpy as np
import pytest
from layer_tools import restored, run, values

from keras_compat import backend as K
from keras_compat import layers

FUNCTIONS = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply,
             "maximum": np.maximum, "minimum": np.minimum,
             "average": lambda a, b: (a + b) / 2}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_elementwise_forms(name, backend):
    a, b = values(3, 4, 5), values(3, 4, 5, seed=1)
    y = run(lambda *pair: getattr(layers, name)(list(pair)), a, b)
    np.testing.assert_allclose(y, FUNCTIONS[name](a, b), rtol=1e-5)
    layer = getattr(layers, name.capitalize())()
    assert layer.compute_output_shape([(None, 4, 5)] * 2) == (None, 4, 5)
    restored(layer)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_sizes_of_one_broadcast(name, backend):
    a, b = values(3, 4, 1), values(3, 1, 5, seed=1)
    layer = getattr(layers, name.capitalize())()
    y = run(lambda *pair: layer(list(pair)), a, b)
    np.testing.assert_allclose(y, FUNCTIONS[name](a, b), rtol=1e-5)
    assert layer.output_shape == (None, 4, 5)


def test_a_smaller_rank_gets_axes_after_the_batch(backend):
    a, b = values(3, 2, 4), values(3, 4, seed=1)
    y = run(lambda *pair: layers.add(list(pair)), a, b)
    np.testing.assert_allclose(y, a + b[:, None], rtol=1e-5)


def test_three_inputs_and_a_name():
    inputs = [layers.Input((4,)) for _ in range(3)]
    y = layers.average(inputs, name="mean")
    assert y._keras_history[0].name == "mean"
    arrays = [values(2, 4, seed=i) for i in range(3)]
    np.testing.assert_allclose(K.function(inputs, [y])(arrays)[0], np.mean(arrays, 0), rtol=1e-5)


@pytest.mark.parametrize("axis", [1, 2, -1, -2])
def test_concatenation(axis, backend):
    a, b = values(3, 4, 5), values(3, 4, 5, seed=1)
    y = run(lambda *pair: layers.concatenate(list(pair), axis=axis), a, b)
    np.testing.assert_array_equal(y, np.concatenate([a, b], axis))


def test_concatenation_of_unknown_sizes():
    layer = layers.Concatenate(1)
    assert layer.compute_output_shape([(None, None, 4), (None, 3, 4)]) == (None, None, 4)
    assert layer.compute_output_shape([(None, 2, None), (None, 3, 4)]) == (None, 5, 4)


@pytest.mark.parametrize("axes", [2, (2, 1), (1, 2), -1])
def test_dot(axes, backend):
    a, b = values(3, 4, 4), values(3, 4, 4, seed=1)
    first, second = (axes, axes) if isinstance(axes, int) else axes
    left = np.moveaxis(a, first, -1)
    right = np.moveaxis(b, second, -1)
    y = run(lambda *pair: layers.dot(list(pair), axes=axes), a, b)
    np.testing.assert_allclose(y, np.einsum("bik,bjk->bij", left, right), atol=1e-4)


def test_dot_of_unit_vectors_is_the_cosine(backend):
    a, b = values(3, 4), values(3, 4, seed=1)
    y = run(lambda *pair: layers.dot(list(pair), axes=1, normalize=True), a, b)
    cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    np.testing.assert_allclose(y[:, 0], cosine, atol=1e-5)
    restored(layers.Dot((2, 1), normalize=True))


# ---- masks ----

def _masked(*names):
    return [layers.Masking()(layers.Input((3, 2))) if name == "masked" else layers.Input((3, 2))
            for name in names]


def test_masks_are_combined(backend):
    a, b = values(1, 3, 2), values(1, 3, 2, seed=1)
    a[0, 0], b[0, 2] = 0, 0
    layer = layers.Add()

    def mask(*pair):
        layer([layers.Masking()(x) for x in pair])
        return layer.get_output_mask_at(0)
    np.testing.assert_array_equal(run(mask, a, b), [[False, True, False]])


def test_one_mask_of_two_and_none():
    layer = layers.Multiply()
    layer(_masked("masked", "plain"))
    assert K.int_shape(layer.get_output_mask_at(0)) == (None, 3)
    plain = layers.Add()
    plain(_masked("plain", "plain"))
    assert plain.get_output_mask_at(0) is None


@pytest.mark.parametrize("axis, expected", [
    (1, [[False, True, True, True, True, True]]), (-1, [[False, True, True]])])
def test_concatenation_joins_masks(axis, expected, backend):
    a, b = values(1, 3, 2), values(1, 3, 2, seed=1)
    a[0, 0] = 0
    layer = layers.Concatenate(axis)

    def mask(first, second):
        layer([layers.Masking()(first), second])
        return layer.get_output_mask_at(0)
    np.testing.assert_array_equal(run(mask, a, b), expected)


# ---- errors ----

@pytest.mark.parametrize("make, text", [
    (lambda: layers.Add()(layers.Input((3,))), "takes a list of inputs"),
    (lambda: layers.Add()([layers.Input((3,))]), "at least 2 tensors"),
    (lambda: layers.add([layers.Input((3,)), layers.Input((4,))]), "must broadcast together"),
    (lambda: layers.add([layers.Input(batch_shape=(2, 3)), layers.Input(batch_shape=(3, 3))]),
     "same number of samples"),
    (lambda: layers.subtract([layers.Input((3,))] * 3), "takes two inputs"),
    (lambda: layers.concatenate([layers.Input((3, 4)), layers.Input((2, 5))]),
     "agree on all but the axis"),
    (lambda: layers.concatenate([layers.Input((3, 4)), layers.Input((4,))]),
     "agree on all but the axis"),
    (lambda: layers.dot([layers.Input((3,)), layers.Input((4,))], axes=1), "the same size")])
def test_wrong_inputs_are_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_dot_refuses_wrong_axes():
    with pytest.raises(TypeError, match="`axes`"):
        layers.Dot((1, 2, 3))
