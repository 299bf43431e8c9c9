"""Network: the order of layers, calls on other inputs, what is collected from the layers."""
import numpy as np
import pytest
from tiny_layers import Affine, Counter, Mask, Plus

from keras_compat import backend as K
from keras_compat.engine.base_layer import Layer
from keras_compat.engine.input_layer import Input, InputLayer
from keras_compat.engine.network import Network


@pytest.fixture(autouse=True)
def _fresh_names():
    K.clear_session()


def _names(network):
    return [layer.name for layer in network.layers]


def _line(*units):
    x = y = Input((4,))
    for number in units:
        y = Affine(number)(y)
    return Network(x, y)


# ---- Input ----

@pytest.mark.parametrize("arguments, shape, dtype", [
    ({"shape": (4,)}, (None, 4), "float32"), ({"batch_shape": (2, 3)}, (2, 3), "float32"),
    ({"shape": (None, 4), "dtype": "int32"}, (None, None, 4), "int32"), ({"shape": 5}, (None, 5), "float32"),
])
def test_input(arguments, shape, dtype):
    x = Input(name="data", **arguments)
    assert (x._keras_shape, tuple(x.shape), x.dtype, x.name) == (shape, shape, dtype, "data:0")
    layer, node_index, tensor_index = x._keras_history
    assert (layer.name, node_index, tensor_index) == ("data", 0, 0)
    assert layer.get_config() == {
        "batch_input_shape": shape, "dtype": dtype, "sparse": False, "name": "data"}
    assert not layer.trainable and layer.is_placeholder


def test_input_of_a_tensor():
    variable = K.variable(np.ones((3, 2)))
    x = Input(tensor=variable)
    assert x is variable and x._keras_shape == (3, 2)
    assert not x._keras_history[0].is_placeholder


def test_input_without_a_shape():
    with pytest.raises(ValueError, match="Input: an input has a shape"):
        Input()
    with pytest.raises(ValueError, match="given once"):
        InputLayer(input_shape=(3,), batch_input_shape=(None, 3))


# ---- the order of layers ----

def test_line():
    network = _line(3, 2)
    assert _names(network) == ["input_1", "affine_1", "affine_2"]
    assert [w.name for w in network.weights] == [
        "affine_1/kernel:0", "affine_1/bias:0", "affine_2/kernel:0", "affine_2/bias:0"]


def test_residual_blocks_are_in_the_original_order():
    # The order that ResNet50's summary shows: equal depths in the order of the walk back.
    x = Input((4,), name="data")
    deep = Affine(4, name="branch2a")(x)
    deep = Affine(4, name="branch2c")(deep)
    deep = Affine(4, name="bn2c")(deep)
    short = Affine(4, name="bn1")(Affine(4, name="branch1")(x))
    network = Network(x, Plus(name="add")([deep, short]))
    assert _names(network) == ["data", "branch2a", "branch2c", "branch1", "bn2c", "bn1", "add"]


def test_two_inputs_of_different_depth():
    a, b = Input((4,), name="a"), Input((4,), name="b")
    network = Network([b, a], Plus(name="sum")([Affine(4, name="first")(a), b]))
    assert _names(network) == ["a", "first", "b", "sum"]
    assert network.input_names == ["b", "a"] and network.output_names == ["sum"]


def test_shared_layers_stand_at_their_deepest_call():
    x = Input((4,))
    shared, other = Affine(4, name="shared"), Affine(4, name="other")
    network = Network(x, shared(other(shared(x))))
    assert _names(network) == ["input_1", "shared", "other"]
    assert len(network.weights) == 4


def test_unused_input_comes_last():
    x, unused = Input((4,)), Input((4,), name="unused")
    assert _names(Network([x, unused], Affine(2)(x))) == ["input_1", "unused", "affine_1"]


def test_deeper_than_pythons_stack():
    x = y = Input((1,))
    layer = Layer(name="again")
    for _ in range(1500):
        y = layer(y)
    assert len(Network(x, y)._network_nodes) == 1501


# ---- errors of the constructor ----

def test_disconnected():
    x, other = Input((4,)), Input((4,))
    with pytest.raises(ValueError, match="disconnected.*affine_1"):
        Network(other, Affine(2)(x))


def test_output_that_comes_from_no_layer():
    x = Input((4,))
    with pytest.raises(ValueError, match="outputs come from layers.*Lambda"):
        Network(x, Affine(2)(x) * 2.0)
    with pytest.raises(ValueError, match="every tensor in a model comes from a layer.*Lambda"):
        Network(x, Affine(2)(x * 2.0))


def test_repeated_input_and_names():
    x = Input((4,))
    with pytest.raises(ValueError, match="given once"):
        Network([x, x], Affine(2)(x))
    with pytest.raises(ValueError, match="unique.*'same' more than once"):
        Network(x, Affine(2, name="same")(Affine(2, name="same")(x)))


def test_input_that_is_no_input_layer():
    x = Input((4,))
    middle = Affine(3)(x)
    with pytest.raises(ValueError, match="disconnected"):
        Network(middle, Affine(2)(middle))


@pytest.mark.parametrize("arguments", [{"inputs": 1}, {"outputs": 1}, {"inputs": 1, "nonsense": 2}])
def test_arguments(arguments):
    with pytest.raises(TypeError):
        Network(**arguments)


def test_keras_1_arguments():
    x = Input((4,))
    assert Network(input=x, output=Affine(2)(x), name="old").output_shape == (None, 2)


# ---- as a layer ----

def test_its_own_ends():
    network = _line(3, 2)
    assert network.input is network.inputs[0] and network.output is network.outputs[0]
    assert (network.input_shape, network.output_shape) == ((None, 4), (None, 2))
    assert (network.input_names, network.output_names) == (["input_1"], ["affine_2"])


def test_called_on_other_inputs(backend):
    network = _line(3, 2)
    z = Input((4,))
    outer = Network(z, network(z))
    run = K.function([network.inputs[0], z], [network.get_output_at(0), outer.output])
    data = np.arange(8, dtype="float32").reshape(2, 4)
    own, again = run([data, data])
    np.testing.assert_array_equal(own, again)
    assert network.get_output_shape_at(1) == (None, 2)
    with pytest.raises(AttributeError, match="get_output_at"):
        network.output


def test_called_twice_on_the_same_tensor():
    network, z = _line(3), Input((4,))
    first, second = network(z), network(z)
    assert first is not second
    assert [y._keras_history[1] for y in (first, second)] == [1, 2]


def test_nested_networks_hold_all_weights():
    inner = _line(3)
    z = Input((5,))
    outer = Network(z, inner(Affine(4, name="before")(z)))
    assert _names(outer) == ["input_2", "before", "network_1"]
    assert len(outer.get_weights()) == 4
    inner.trainable = False
    assert len(outer.trainable_weights) == 2 and len(outer.weights) == 4


def test_get_weights_are_by_layer_and_weights_by_kind():
    x = Input((4,))
    network = Network(x, Affine(2)(Counter()(x)))
    assert [w.shape for w in network.get_weights()] == [(), (4, 2), (2,)]
    assert [tuple(w.shape) for w in network.weights] == [(4, 2), (2,), ()]
    values = [np.array(7.0), np.ones((4, 2)), np.arange(2.0)]
    network.set_weights(values)
    for got, value in zip(network.get_weights(), values):
        np.testing.assert_array_equal(got, value)
    with pytest.raises(ValueError, match="3 arrays; received 1"):
        network.set_weights(values[:1])


def test_output_shapes_for_other_inputs():
    x = Input((None, 4))
    network = Network(x, [Affine(3)(x), Layer()(x)])
    assert network.compute_output_shape((2, 7, 4)) == [(2, 7, 3), (2, 7, 4)]
    assert _line(3).compute_output_shape((5, 4)) == (5, 3)


def test_masks_go_through():
    x = Input((5, 3))
    network = Network(x, Plus()([Mask()(x), Mask()(x)]))
    assert network.compute_mask(network.inputs, None) is network.get_output_mask_at(0)
    z = Input((5, 3))
    assert K.int_shape(Network(z, network(z)).output_mask) == (None, 5)


def test_get_layer():
    network = _line(3, 2)
    assert network.get_layer("affine_2") is network.get_layer(index=2) is network.layers[2]
    with pytest.raises(ValueError, match="'affine_1'.*received 'nope'"):
        network.get_layer("nope")
    with pytest.raises(ValueError, match="index below 3"):
        network.get_layer(index=3)
    with pytest.raises(ValueError):
        network.get_layer()


# ---- losses, updates, states ----

def test_only_own_calls_count():
    x, elsewhere = Input((4,)), Input((4,))
    counter, affine = Counter(), Affine(2, activity_regularizer=K.sum)
    y = affine(counter(x))
    affine(counter(elsewhere))
    network = Network(x, y)
    assert (len(network.updates), len(network.losses)) == (1, 1)
    assert (len(counter.updates), len(affine.losses)) == (2, 2)
    network.trainable = False
    assert network.updates == []


def test_nested_updates_and_losses():
    x = Input((4,))
    inner = Network(x, Affine(2, activity_regularizer=K.sum)(Counter()(x)))
    z = Input((4,))
    outer = Network(z, inner(z))
    assert (len(outer.updates), len(outer.losses)) == (1, 1)
    assert outer.updates[0] is not inner.layers[1].get_updates_for(inner.layers[1].get_input_at(0))[0]


def test_losses_of_the_model_itself():
    network = _line(3)
    loss = K.sum(network.outputs[0])
    network.add_loss(loss)
    assert network.losses == [loss]


def test_states():
    class Stateful(Counter):
        stateful = True

        def reset_states(self):
            K.set_value(self.count, 0.0)

    x = Input((4,))
    layer = Stateful()
    network = Network(x, layer(x))
    assert network.stateful and network.state_updates == layer.updates
    K.set_value(layer.count, 5.0)
    network.reset_states()
    assert float(K.get_value(layer.count)) == 0.0
    assert not _line(2).stateful


# ---- subclasses ----

class Subclassed(Network):
    def __init__(self):
        super().__init__(name="mine")
        self.first = Affine(3)
        self.second = Affine(2)

    def call(self, inputs):
        return self.second(self.first(inputs))


def test_subclass_with_layers_as_attributes():
    network = Subclassed()
    assert _names(network) == ["affine_1", "affine_2"] and not network.built
    assert network(Input((4,)))._keras_shape == (None, 2)
    assert len(network.weights) == 4 and network.built
    with pytest.raises(NotImplementedError):
        network.get_config()


def test_subclass_that_forgets_the_constructor():
    class Forgets(Network):
        def __init__(self):
            self.first = Affine(3)

    with pytest.raises(RuntimeError, match="super"):
        Forgets()


def test_attributes_of_a_functional_network_are_only_attributes():
    network = _line(3)
    network.extra = Affine(2)
    assert len(network.layers) == 2


# ---- summary ----

def _summary(network, **arguments):
    lines = []
    network.summary(print_fn=lines.append, **arguments)
    return lines


def test_summary_of_a_line():
    lines = _summary(_line(3, 2))
    assert lines == [
        'Model: "network_1"',
        "_" * 65,
        "Layer (type)                 Output Shape              Param #   ",
        "=" * 65,
        "input_1 (InputLayer)         (None, 4)                 0         ",
        "_" * 65,
        "affine_1 (Affine)            (None, 3)                 15        ",
        "_" * 65,
        "affine_2 (Affine)            (None, 2)                 8         ",
        "=" * 65,
        "Total params: 23",
        "Trainable params: 23",
        "Non-trainable params: 0",
        "_" * 65,
    ]


def test_summary_of_branches_shows_the_connections():
    x = Input((4,))
    shared = Affine(4, name="shared", trainable=False)
    lines = _summary(Network(x, Plus(name="sum")([shared(x), shared(shared(x))])))
    assert lines[2] == ("Layer (type)                    Output Shape         Param #     "
                        "Connected to                     ")
    rows = [line.split() for line in lines if not set(line) <= {"_", "="}][2:]
    assert rows[1] == ["shared", "(Affine)", "(None,", "4)", "20", "input_1[0][0]"]
    assert rows[2:4] == [["input_1[0][0]"], ["shared[1][0]"]]
    assert rows[4][-1] == "shared[0][0]" and rows[5] == ["shared[2][0]"]
    assert lines[-3:-1] == ["Trainable params: 0", "Non-trainable params: 20"]


def test_summary_with_own_width():
    lines = _summary(_line(3), line_length=40, positions=[.5, .8, 1.])
    assert lines[1] == "_" * 40 and lines[4].startswith("input_1 (InputLayer")


def test_summary_before_building():
    with pytest.raises(ValueError, match="weights do not exist yet"):
        Subclassed().summary()
