"""TimeDistributed and Bidirectional: what the golden cases do not show."""
import numpy as np
import pytest
from layer_tools import restored, run, values

from keras_compat import backend as K
from keras_compat import layers
from keras_compat.models import Model, Sequential

# ---- TimeDistributed ----


@pytest.mark.parametrize("batch", [False, True])
def test_each_step_goes_through_the_layer(batch, backend):
    inner = layers.Conv2D(3, 2)
    x = values(2, 4, 5, 5, 2)
    y = run(layers.TimeDistributed(inner), x, batch=batch)
    for t in range(4):
        np.testing.assert_allclose(y[:, t], run(inner, x[:, t]), atol=1e-5)


def test_unknown_numbers_of_steps(backend):
    layer = layers.TimeDistributed(layers.Dense(3))
    x = layers.Input((None, 2))
    y = layer(x)
    assert K.int_shape(y) == (None, None, 3)
    assert K.function([x], [y])([values(2, 5, 2)])[0].shape == (2, 5, 3)


def test_a_model_inside_and_a_model_in_a_config():
    inner = Sequential([layers.Dense(4, input_shape=(2,)), layers.Dense(3)])
    layer = layers.TimeDistributed(inner)
    assert run(layer, values(2, 5, 2)).shape == (2, 5, 3)
    assert len(layer.trainable_weights) == 4
    restored(layer)


def test_wrapping_makes_trainable_again():
    """As Keras 2.2.4 and 2.3.1 do; a wrapper that is not trainable freezes what it holds."""
    inner = layers.Dense(3, trainable=False)
    layer = layers.TimeDistributed(inner)
    layer(layers.Input((5, 2)))
    assert inner.trainable and len(layer.trainable_weights) == 2
    layer.trainable = False
    assert not inner.trainable and layer.trainable_weights == []
    frozen = layers.TimeDistributed(layers.Dense(3), trainable=False)
    assert not frozen.layer.trainable
    assert not restored(frozen).trainable


@pytest.mark.parametrize("trainable", [True, False])
def test_a_frozen_layer_in_both_directions(trainable):
    """The copies follow the wrapper, the layer given keeps its own, as in Keras 2.3.1."""
    layer = layers.Bidirectional(layers.GRU(3, trainable=not trainable), trainable=trainable)
    layer(layers.Input((5, 2)))
    assert len(layer.trainable_weights) == 6 * trainable
    assert layer.get_config()["trainable"] is trainable
    assert layer.get_config()["layer"]["config"]["trainable"] is not trainable
    assert restored(layer).forward_layer.trainable is trainable


def test_masks_end_at_a_fixed_number_of_samples():
    """Recorded with Keras 2.3.1 on TensorFlow 1.15: no mask of the inner layer goes on."""
    ids = np.array([[[1, 0], [0, 0]]], "int32")
    for samples, masked in ((None, True), (1, False)):
        embed = layers.TimeDistributed(layers.Embedding(2, 1, mask_zero=True))
        loop = layers.TimeDistributed(layers.SimpleRNN(1, activation="linear"))
        x = layers.Input(batch_shape=(samples, 2, 2), dtype="int32")
        y = loop(embed(x))
        embed.set_weights([[[3.0], [2.0]]])
        loop.set_weights([[[1.0]], [[10.0]], [0.0]])
        assert (embed.output_mask is not None) is masked
        assert (loop.output_mask is not None) is masked
        expected = [[[2.0], [0.0]]] if masked else [[[23.0], [33.0]]]
        np.testing.assert_allclose(K.function([x], [y])([ids])[0], expected)


def test_losses_and_updates_of_the_inner_layer():
    layer = layers.TimeDistributed(layers.Dense(3, kernel_regularizer="l2",
                                                activity_regularizer="l1"))
    x = layers.Input((5, 2))
    layer(x)
    assert len(layer.losses) == 2 and len(layer.get_losses_for()) == 1
    norm = layers.TimeDistributed(layers.BatchNormalization())
    norm(x)
    assert len(norm.get_updates_for(x)) == 2 and norm.get_updates_for() == []


def test_masks_of_steps_and_of_what_is_inside(backend):
    ids = np.array([[[1, 0, 2], [0, 0, 0]], [[3, 3, 3], [4, 0, 0]]], "int32")
    embed = layers.TimeDistributed(layers.Embedding(5, 4, mask_zero=True))
    lstm = layers.TimeDistributed(layers.LSTM(3))

    def masks(x):
        lstm(embed(x))
        return [embed.get_output_mask_at(0), lstm.get_output_mask_at(0)]
    inner, outer = run(masks, ids)
    np.testing.assert_array_equal(inner, ids > 0)
    np.testing.assert_array_equal(outer, [[True, False], [True, True]])


# ---- Bidirectional ----

def test_both_directions_see_the_sequence(backend):
    layer = layers.Bidirectional(layers.GRU(3, return_sequences=True))
    x = values(2, 5, 4)
    y = run(layer, x)
    weights = layer.get_weights()
    forward = run(layers.GRU(3, return_sequences=True, weights=weights[:3]), x)
    backward = run(layers.GRU(3, return_sequences=True, weights=weights[3:]), x[:, ::-1])
    np.testing.assert_allclose(y, np.concatenate([forward, backward[:, ::-1]], -1), atol=1e-5)
    assert layer.weights[0].name == f"{layer.name}/forward_{layer.layer.name}/kernel:0"


def test_states_come_out_of_both_directions(backend):
    layer = layers.Bidirectional(layers.LSTM(3, return_state=True))
    x = values(2, 5, 4)
    y, h, c, h_back, c_back = run(layer, x)
    np.testing.assert_allclose(y, np.concatenate([h, h_back], -1), atol=1e-6)
    again = run(lambda t, *s: layer(t, initial_state=list(s)), x, h, c, h_back, c_back)
    assert np.abs(again[0] - y).max() > 1e-4
    assert layer.get_output_shape_at(0) == [(None, 6)] + [(None, 3)] * 4


def test_no_merging_gives_two_outputs_with_masks():
    layer = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode=None)
    outputs = layer(layers.Masking()(layers.Input((5, 2))))
    assert len(outputs) == 2
    mask = layer.get_output_mask_at(0)
    assert mask[0] is mask[1] is not None


def test_a_stateful_pair_is_reset():
    layer = layers.Bidirectional(layers.GRU(3, stateful=True))
    x = layers.Input(batch_shape=(2, 5, 4))
    K.function([x], [layer(x)], updates=layer.updates)([values(2, 5, 4)])
    assert K.get_value(layer.backward_layer.states[0]).any()
    layer.reset_states()
    assert not K.get_value(layer.forward_layer.states[0]).any()


def test_a_model_does_not_know_of_a_pair_s_state():
    """As in Keras 2.3.1: `predict` changes no state, and the updates of `fit` hold both."""
    layer = layers.Bidirectional(layers.GRU(3, stateful=True))
    model = Sequential([layer])
    model.build((2, 5, 4))
    assert not model.stateful and model.state_updates == [] and len(model.updates) == 2
    first, second = (model.predict(values(2, 5, 4), batch_size=2) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_weights_and_trainable_reach_both():
    weights = [values(4, 9), values(3, 9), values(9)] * 2
    layer = layers.Bidirectional(layers.GRU(3), weights=weights)
    layer(layers.Input((5, 4)))
    np.testing.assert_array_equal(layer.get_weights()[4], weights[4])
    layer.trainable = False
    assert layer.trainable_weights == [] and len(layer.non_trainable_weights) == 6


def test_wrong_use_is_refused():
    with pytest.raises(ValueError, match="unknown merge_mode"):
        layers.Bidirectional(layers.GRU(3), merge_mode="max")
    layer = layers.Bidirectional(layers.GRU(3))
    with pytest.raises(ValueError, match="an even number of tensors"):
        layer(layers.Input((5, 2)), initial_state=[layers.Input((3,))])


@pytest.mark.parametrize("layer", [
    lambda: layers.TimeDistributed(layers.Dense(3, name="inner"), name="outer"),
    lambda: layers.Bidirectional(layers.LSTM(3), merge_mode="ave"),
    lambda: layers.Bidirectional(layers.RNN([layers.GRUCell(2), layers.LSTMCell(3)])),
    lambda: layers.Bidirectional(layers.CuDNNGRU(3)),
    lambda: layers.TimeDistributed(layers.TimeDistributed(layers.Flatten()))])
def test_a_wrapper_comes_back_from_its_config(layer):
    restored(layer())


def test_a_model_with_wrappers_comes_back():
    x = layers.Input((5, 4))
    y = layers.TimeDistributed(layers.Dense(2))(
        layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x))
    model = Model(x, y)
    copy = Model.from_config(model.get_config())
    assert [w.shape for w in copy.get_weights()] == [w.shape for w in model.get_weights()]
