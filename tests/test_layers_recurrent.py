"""Recurrent layers and cells: what the golden cases do not show."""
import json

import numpy as np
import pytest
from layer_tools import restored, run, values

from keras_compat import backend as K
from keras_compat import initializers, layers
from keras_compat.legacy.layers import Recurrent

STANDARD = [layers.SimpleRNN, layers.GRU, layers.LSTM]


class Plain(layers.Layer):
    """The cell of the documentation of Keras 2: no dropout, one state."""

    def __init__(self, units, **kwargs):
        self.units = units
        self.state_size = units
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel",
                                      initializer="uniform")
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units),
                                                name="recurrent_kernel", initializer="uniform")
        self.built = True

    def call(self, inputs, states):
        output = K.dot(inputs, self.kernel) + K.dot(states[0], self.recurrent_kernel)
        return output, [output]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class WithConstant(Plain):
    """Adds a constant to the plain cell's output."""

    def build(self, input_shape):
        super().build(input_shape[0])

    def call(self, inputs, states, constants):
        output, _ = super().call(inputs, states)
        return output + constants[0], [output + constants[0]]


class Summing(Recurrent):
    """A recurrent layer as they were derived from the base class of Keras 2.0."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.states = [None]

    def step(self, inputs, states):
        output = states[0] + inputs * states[1]
        return output, [output]

    def get_constants(self, inputs, training=None):
        return [K.ones_like(inputs[:, 0]) * 2.0]


# ---- the fused form, the loop and other forms agree ----

@pytest.mark.parametrize("cls", STANDARD)
@pytest.mark.parametrize("options", [
    {}, {"return_sequences": True}, {"go_backwards": True, "return_sequences": True},
    {"use_bias": False}, {"activation": "relu"}])
def test_unrolled_masked_and_custom_forms_are_the_fused_one(cls, options, backend):
    layer = cls(4, **options)
    x = values(3, 5, 2)
    expected = run(layer, x)
    weights = layer.get_weights()
    unrolled = cls(4, unroll=True, weights=weights, **options)
    np.testing.assert_allclose(run(unrolled, x), expected, atol=1e-5)
    masked = cls(4, weights=weights, **options)
    np.testing.assert_allclose(run(lambda t: masked(layers.Masking(99.0)(t)), x), expected,
                               atol=1e-5)
    loop = {k: v for k, v in options.items() if k in ("return_sequences", "go_backwards")}
    cell = type("Derived", (type(layer.cell),), {}).from_config(layer.cell.get_config())
    rnn = layers.RNN(cell, weights=weights, **loop)
    np.testing.assert_allclose(run(rnn, x), expected, atol=1e-5)


@pytest.mark.parametrize("cls", [layers.GRU, layers.LSTM])
def test_both_implementations_agree(cls, backend):
    x, first = values(3, 5, 2), cls(4, implementation=1)
    expected = run(first, x)
    second = cls(4, implementation=2, weights=first.get_weights())
    np.testing.assert_allclose(run(second, x), expected, atol=1e-5)


@pytest.mark.parametrize("cls, plain, options", [
    (layers.CuDNNLSTM, layers.LSTM, {}), (layers.CuDNNGRU, layers.GRU, {"reset_after": True})])
@pytest.mark.parametrize("settings", [{}, {"go_backwards": True}, {"return_state": True}])
def test_cudnn_layers_are_standard_layers_with_two_biases(cls, plain, options, settings, backend):
    layer = cls(4, return_sequences=True, bias_initializer="uniform", **settings)
    x = values(3, 5, 2)
    expected = run(layer, x)
    kernel, recurrent, bias = layer.get_weights()
    kernel, recurrent = (np.hstack([gate.T.reshape(gate.shape, order="F") for gate in
                                    np.hsplit(k, k.shape[1] // 4)]) for k in (kernel, recurrent))
    bias = bias.reshape(2, -1)
    same = plain(4, return_sequences=True, **options, **settings,
                 weights=[kernel, recurrent, bias if options else bias.sum(0)])
    for got, wanted in zip(_listed(run(same, x)), _listed(expected)):
        np.testing.assert_allclose(got, wanted, atol=1e-5)
    restored(layer)


def test_cudnn_layers_refuse_a_mask():
    x = layers.Masking()(layers.Input((5, 2)))
    with pytest.raises(ValueError, match="take no mask"):
        layers.CuDNNGRU(3)(x)


def test_cudnn_lstm_starts_its_forget_gate_at_one():
    layer = layers.CuDNNLSTM(3)
    layer(layers.Input((5, 2)))
    np.testing.assert_array_equal(layer.get_weights()[2], np.r_[np.zeros(15), np.ones(3),
                                                               np.zeros(6)])


# ---- dropout ----

@pytest.mark.parametrize("cls", STANDARD)
@pytest.mark.parametrize("options", [
    {"dropout": 0.5}, {"recurrent_dropout": 0.5}, {"dropout": 0.3, "recurrent_dropout": 0.3},
    {"dropout": 0.3, "recurrent_dropout": 0.3, "implementation": 1}])
def test_dropout_acts_in_training_only(cls, options, backend):
    layer = cls(8, **options)
    x = values(3, 5, 6)
    expected = run(cls.from_config({**layer.get_config(), "dropout": 0, "recurrent_dropout": 0}),
                   x).shape
    first, second = run(layer, x), run(layer, x)
    np.testing.assert_array_equal(first, second)
    trained = run(layer, x, training=1)
    assert trained.shape == expected and np.abs(trained - first).max() > 1e-3


def test_one_mask_holds_for_all_steps(backend):
    layer = layers.SimpleRNN(6, recurrent_dropout=0.5, return_sequences=True, use_bias=False,
                             activation="linear", kernel_initializer="zeros",
                             recurrent_initializer="identity")
    y = run(lambda x, h: layer(x, initial_state=h), np.zeros((4, 5, 3), "float32"),
            np.ones((4, 6), "float32"), training=1)
    kept = y[:, 0] > 0
    np.testing.assert_allclose(y[:, 4], np.where(kept, 2.0 ** 5, 0.0))
    assert 0 < kept.mean() < 1


def test_dropout_in_stacked_cells_and_explicit_training(backend):
    layer = layers.RNN([layers.LSTMCell(4, dropout=0.5), layers.GRUCell(3, recurrent_dropout=0.5)])
    x = values(3, 5, 6)
    inference = run(lambda t: layer(t, training=False), x)
    np.testing.assert_allclose(inference, run(layer, x), atol=1e-6)
    assert np.abs(run(lambda t: layer(t, training=True), x) - inference).max() > 1e-3


# ---- states ----

@pytest.mark.parametrize("cls", [*STANDARD, layers.CuDNNLSTM])
def test_a_stateful_layer_goes_on_where_it_stopped(cls, backend):
    layer = cls(4, stateful=True)
    x = layers.Input(batch_shape=(3, 5, 2))
    step = K.function([x], [layer(x)], updates=layer.updates)
    data = values(3, 10, 2)
    step([data[:, :5]])
    second = step([data[:, 5:]])[0]
    whole = run(cls(4, weights=layer.get_weights()), data)
    np.testing.assert_allclose(second, whole, atol=1e-5)
    layer.reset_states()
    assert all(not K.get_value(state).any() for state in layer.states)


def test_states_can_be_set():
    layer = layers.LSTM(4, stateful=True)
    layer(layers.Input(batch_shape=(3, 5, 2)))
    layer.reset_states([np.ones((3, 4)), np.full((3, 4), 2.0)])
    assert K.get_value(layer.states[1])[0, 0] == 2
    with pytest.raises(ValueError, match="one array for each state"):
        layer.reset_states([np.ones((3, 4))])


def test_states_need_a_batch_size_and_a_stateful_layer():
    with pytest.raises(ValueError, match="fixed number of samples"):
        layers.GRU(3, stateful=True)(layers.Input((5, 2)))
    with pytest.raises(AttributeError, match="only a stateful layer"):
        layers.GRU(3).reset_states()


@pytest.mark.parametrize("cls", STANDARD)
def test_initial_state_as_keras_tensors_and_as_tensors(cls, backend):
    layer = cls(4, return_state=True)
    x, h = values(3, 5, 2), values(3, 4, seed=1)
    count = 2 if cls is layers.LSTM else 1
    given = run(lambda t, *s: layer(t, initial_state=list(s)), x, *[h] * count)
    constants = run(lambda t: layer(t, initial_state=[K.constant(h)] * count), x)
    as_list = run(lambda t, *s: layer([t, *s]), x, *[h] * count)
    for other in (constants, as_list):
        for a, b in zip(given, other):
            np.testing.assert_allclose(a, b, atol=1e-6)
    assert np.abs(given[0] - run(layer, x)[0]).max() > 1e-3
    assert len(given) == 1 + count


def test_wrong_initial_states_are_refused():
    x = layers.Input((5, 2))
    with pytest.raises(ValueError, match="one initial state for each state"):
        layers.LSTM(3)(x, initial_state=layers.Input((3,)))
    with pytest.raises(ValueError, match="all Keras tensors, or none"):
        layers.LSTM(3)(x, initial_state=[layers.Input((3,)), K.zeros((2, 3))])


def test_a_model_holds_states_that_are_inputs():
    from keras_compat.models import Model
    x, h = layers.Input((5, 2)), layers.Input((3,))
    model = Model([x, h], layers.GRU(3)(x, initial_state=h))
    copy = Model.from_config(json.loads(json.dumps(model.get_config())))
    assert len(copy.inputs) == 2 and len(copy.layers) == 3


# ---- cells ----

def test_a_cell_of_ones_own(backend):
    layer = layers.RNN(Plain(4), return_sequences=True)
    x = values(3, 5, 2)
    y = run(layer, x)
    kernel, recurrent = layer.get_weights()
    h = np.zeros((3, 4))
    for t in range(5):
        h = x[:, t] @ kernel + h @ recurrent
        np.testing.assert_allclose(y[:, t], h, atol=1e-5)


def test_a_layer_with_a_cell_of_ones_own_comes_back():
    layer = layers.RNN([Plain(4), layers.LSTMCell(3)], name="two")
    config = json.loads(json.dumps(layers.serialize(layer)))
    copy = layers.deserialize(config, custom_objects={"Plain": Plain})
    assert copy.get_config() == layer.get_config()
    with pytest.raises(ValueError, match="unknown layer"):
        layers.deserialize(config)


@pytest.mark.parametrize("as_keyword", [True, False])
def test_constants_reach_the_cell(as_keyword, backend):
    layer = layers.RNN(WithConstant(4))
    x, c = values(3, 5, 2), values(3, 4, seed=1)
    if as_keyword:
        y = run(lambda t, k: layer(t, constants=k), x, c)
    else:
        y = run(lambda t: layer(t, constants=K.constant(c)), x)
    kernel, recurrent = layer.get_weights()
    h = np.zeros((3, 4))
    for t in range(5):
        h = x[:, t] @ kernel + h @ recurrent + c
    np.testing.assert_allclose(y, h, atol=1e-5)
    assert layer.get_config()["num_constants"] == 1
    copy = layers.RNN.from_config(layer.get_config(), {"WithConstant": WithConstant})
    assert copy._num_constants == 1


def test_what_is_no_cell_is_refused():
    with pytest.raises(ValueError, match="RNN: a cell has a method `call`"):
        layers.RNN(object())
    with pytest.raises(ValueError, match="a cell with `state_size`"):
        layers.StackedRNNCells([layers.Dense(3)])


def test_stacked_cells_list_their_states_in_order():
    cells = [layers.SimpleRNNCell(3), layers.LSTMCell(4), layers.GRUCell(2)]
    stack = layers.StackedRNNCells(cells)
    assert stack.state_size == (3, 4, 4, 2) and stack.output_size == 2
    with pytest.warns(UserWarning, match="2.2"):
        turned = layers.StackedRNNCells(cells, reverse_state_order=True)
    assert turned.state_size == (2, 4, 4, 3)
    x = values(3, 5, 2)
    outputs = run(layers.RNN(turned, return_state=True), x)
    assert [y.shape[1] for y in outputs] == [2, 2, 4, 4, 3]


@pytest.mark.parametrize("bias, expected", [("zeros", 0), ("ones", 1)])
def test_the_forget_gate_starts_at_one(bias, expected):
    layer = layers.LSTM(2, bias_initializer=bias)
    layer(layers.Input((5, 3)))
    np.testing.assert_array_equal(layer.get_weights()[2], [expected] * 2 + [1, 1] + [expected] * 4)


def test_seeded_initializers_draw_anew_for_each_weight():
    layer = layers.SimpleRNN(3, kernel_initializer=initializers.RandomNormal(seed=1),
                             recurrent_initializer=initializers.RandomNormal(seed=1))
    layer(layers.Input((5, 3)))
    kernel, recurrent, _ = layer.get_weights()
    np.testing.assert_array_equal(kernel, recurrent)


@pytest.mark.parametrize("layer", [
    lambda: layers.SimpleRNN(3, dropout=0.2, unroll=True, activity_regularizer="l2"),
    lambda: layers.GRU(3, reset_after=True, return_sequences=True, implementation=1),
    lambda: layers.LSTM(3, unit_forget_bias=False, recurrent_constraint="max_norm",
                        return_state=True, go_backwards=True),
    lambda: layers.ConvLSTM2D(3, (2, 3), strides=2, padding="same", dropout=0.1),
    lambda: layers.RNN(layers.GRUCell(3)), lambda: layers.SimpleRNNCell(3), layers.CuDNNLSTM,
    lambda: layers.StackedRNNCells([layers.LSTMCell(2), layers.GRUCell(3)])])
def test_a_layer_comes_back_from_its_config(layer):
    restored(layer(3) if layer is layers.CuDNNLSTM else layer())


def test_implementation_0_of_old_files_is_1():
    config = layers.LSTM(3).get_config()
    assert layers.LSTM.from_config({**config, "implementation": 0}).implementation == 1


# ---- shapes, masks, losses ----

def test_masks_and_shapes_of_outputs_and_states():
    x = layers.Masking()(layers.Input((5, 2)))
    layer = layers.LSTM(3, return_sequences=True, return_state=True)
    layer(x)
    assert layer.get_output_mask_at(0)[0] is not None
    assert layer.get_output_mask_at(0)[1:] == [None, None]
    assert layer.get_output_shape_at(0) == [(None, 5, 3), (None, 3), (None, 3)]


def test_sequences_of_unknown_length(backend):
    layer = layers.GRU(3, return_sequences=True)
    x = layers.Input((None, 2))
    y = layer(x)
    assert K.int_shape(y) == (None, None, 3)
    f = K.function([x], [y])
    assert [f([values(2, n, 2)])[0].shape[1] for n in (1, 4)] == [1, 4]
    with pytest.raises(ValueError, match="unrolling needs a known number of steps"):
        layers.GRU(3, unroll=True)(x)


def test_regularizers_of_a_cell_become_losses_of_the_layer():
    layer = layers.LSTM(3, kernel_regularizer="l2", recurrent_regularizer="l1",
                        activity_regularizer="l1")
    x = layers.Input((5, 2))
    layer(x)
    assert len(layer.losses) == 3
    assert len(layer.get_losses_for(None)) == 2 and len(layer.get_losses_for(x)) == 1
    layer.trainable = False
    assert layer.trainable_weights == [] and len(layer.non_trainable_weights) == 3


def test_a_layer_derived_from_the_old_base_class(backend):
    layer = Summing(2, return_sequences=True)
    x = values(3, 5, 2)
    np.testing.assert_allclose(run(layer, x), 2 * np.cumsum(x, axis=1), atol=1e-5)
    assert layer.output_shape == (None, 5, 2)


def test_conv_lstm_of_one_pixel_is_an_lstm(backend):
    conv = layers.ConvLSTM2D(4, 1, return_sequences=True)
    x = values(3, 5, 2)
    y = run(conv, x[:, :, None, None, :])
    kernel, recurrent, bias = conv.get_weights()
    lstm = layers.LSTM(4, recurrent_activation="hard_sigmoid", return_sequences=True,
                       weights=[kernel[0, 0], recurrent[0, 0], bias])
    np.testing.assert_allclose(y[:, :, 0, 0], run(lstm, x), atol=1e-5)


def test_conv_lstm_dropout_and_unrolling():
    x = values(2, 3, 5, 5, 2)
    layer = layers.ConvLSTM2D(3, 3, dropout=0.4, recurrent_dropout=0.4)
    assert np.abs(run(layer, x, training=1) - run(layer, x)).max() > 1e-3
    with pytest.raises(TypeError, match="is not unrolled"):
        layers.ConvLSTM2D(3, 3, unroll=True)


def _listed(value):
    return value if isinstance(value, list) else [value]
