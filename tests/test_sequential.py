"""Sequential: building at once or later, adding and taking away, configs."""
import numpy as np
import pytest
from tiny_layers import Affine

from keras_compat import backend as K
from keras_compat.engine.base_layer import Layer
from keras_compat.engine.input_layer import Input, InputLayer
from keras_compat.models import Model, Sequential

CUSTOM = {"Affine": Affine}


@pytest.fixture(autouse=True)
def _fresh_names():
    K.clear_session()


def _names(layers):
    return [layer.name for layer in layers]


def _built():
    return Sequential([Affine(3, input_shape=(4,)), Affine(2)])


# ---- building ----

def test_built_from_the_first_layers_shape():
    model = _built()
    assert model.name == "sequential_1" and model.built
    assert _names(model.layers) == ["affine_1", "affine_2"]
    assert (model.input_shape, model.output_shape) == ((None, 4), (None, 2))
    assert (model.input_names, model.output_names) == (["affine_1_input"], ["affine_2"])
    assert [w.name for w in model.weights] == [
        "affine_1/kernel:0", "affine_1/bias:0", "affine_2/kernel:0", "affine_2/bias:0"]


@pytest.mark.parametrize("first", [
    lambda: InputLayer(input_shape=(4,)), lambda: Affine(4, batch_input_shape=(None, 4)),
    lambda: Sequential([Affine(4, input_shape=(4,))]),
    lambda: Model(*(lambda x: (x, Affine(4)(x)))(Input((4,)))),
], ids=["InputLayer", "layer", "Sequential", "Model"])
def test_ways_to_tell_the_shape(first):
    model = Sequential([first(), Affine(2)])
    assert (model.input_shape, model.output_shape) == ((None, 4), (None, 2))
    assert _names(model.layers)[-1].startswith("affine_")


def test_dtype_of_the_first_layer():
    assert Sequential([Layer(input_shape=(4,), dtype="int32")]).inputs[0].dtype == "int32"


def test_deferred():
    model = Sequential([Affine(3), Affine(2)])
    assert not model.built and model.inputs is None and len(model.layers) == 2
    with pytest.raises(ValueError, match="weights do not exist yet"):
        model.summary()
    model.build((None, 4))
    assert model.built and model.output_shape == (None, 2) and len(model.get_weights()) == 4
    assert _names(model.layers) == ["affine_1", "affine_2"]


def test_deferred_built_by_a_call():
    model = Sequential([Affine(3), Affine(2)])
    x = Input((4,))
    assert model(x)._keras_shape == (None, 2) and model.built
    assert Model(x, model.get_output_at(1)).count_params() == 23


def test_values(backend):
    model = _built()
    data = np.arange(8, dtype="float32").reshape(2, 4)
    out = K.function(model.inputs, model.outputs)([data])[0]
    np.testing.assert_allclose(out, 3 * data.sum(1, keepdims=True) * [[1, 1]])


# ---- add and pop ----

def test_add_is_checked():
    with pytest.raises(TypeError, match="only layers can be added"):
        Sequential().add("Dense")
    with pytest.raises(ValueError, match="empty model"):
        Sequential().add(Sequential())

    class Two(Layer):
        def call(self, inputs):
            return [inputs, inputs]

    with pytest.raises(TypeError, match="one output"):
        Sequential([Affine(2, input_shape=(3,)), Two()])


def test_pop():
    model = _built()
    model.pop()
    assert model.output_shape == (None, 3) and len(model.get_weights()) == 2
    model.add(Affine(5))
    assert model.output_shape == (None, 5)
    model.pop()
    model.pop()
    assert model.layers == [] and model.outputs is None
    with pytest.raises(TypeError, match="no layer"):
        model.pop()
    model.add(Affine(3, input_shape=(7,)))
    assert model.input_shape == (None, 7)


def test_pop_before_building():
    model = Sequential([Affine(3), Affine(2)])
    model.pop()
    model.build((None, 4))
    assert model.output_shape == (None, 3)


def test_own_node_stays_the_first():
    model = _built()
    outside = model(Input((4,)))
    model.add(Affine(7))
    assert model.get_output_at(0) is model.outputs[0] and model.get_output_at(1) is outside


# ---- configs ----

def test_config_round_trip():
    model = _built()
    config = model.get_config()
    assert config["name"] == "sequential_1"
    assert [entry["class_name"] for entry in config["layers"]] == ["Affine", "Affine"]
    assert config["layers"][0]["config"]["batch_input_shape"] == (None, 4)
    again = Sequential.from_config(config, custom_objects=CUSTOM)
    assert again.get_config() == config


def test_config_of_older_versions_is_a_list():
    model = Sequential.from_config(_built().get_config()["layers"], custom_objects=CUSTOM)
    assert model.output_shape == (None, 2)


def test_config_of_a_deferred_model():
    model = Sequential([Affine(3)])
    assert Sequential.from_config(model.get_config(), custom_objects=CUSTOM).inputs is None
    model.build((None, 4))
    config = model.get_config()
    assert config["build_input_shape"] == (None, 4)
    assert Sequential.from_config(config, custom_objects=CUSTOM).output_shape == (None, 3)


def test_old_name_of_itself():
    model = _built()
    assert model.model is model
