"""Models to configs and back, JSON's layout, and clones."""
import json
import os

import numpy as np
import pytest
from conftest import ROOT
from tiny_layers import Affine, Plus

from keras_compat import backend as K
from keras_compat.engine.input_layer import Input
from keras_compat.models import (Model, Sequential, clone_model, model_from_config,
                                 model_from_json, model_from_yaml)

CUSTOM = {"Affine": Affine, "Plus": Plus}


@pytest.fixture(autouse=True)
def _fresh_names():
    K.clear_session()


def _shared():
    x, z = Input((4,), name="x"), Input((4,), name="z")
    shared = Affine(4, name="shared")
    left, right = shared(x), shared(z)
    return Model([x, z], [Plus(name="sum")([left, right]), shared(right)], name="both")


def _nested():
    x = Input((4,), name="outside")
    inner = Sequential([Affine(3, name="in", input_shape=(4,))], name="inner")
    inner(Input((4,), name="elsewhere"))
    return Model(x, Affine(2, name="out")(inner(x)), name="outer")


# ---- JSON ----

def test_layout_of_a_functional_model():
    config = json.loads(_shared().to_json())
    assert sorted(config) == ["backend", "class_name", "config", "keras_version"]
    assert (config["class_name"], config["keras_version"]) == ("Model", "2.3.1")
    inner = config["config"]
    assert sorted(inner) == ["input_layers", "layers", "name", "output_layers"]
    assert inner["input_layers"] == [["x", 0, 0], ["z", 0, 0]]
    assert inner["output_layers"] == [["sum", 0, 0], ["shared", 2, 0]]
    calls = {entry["name"]: entry["inbound_nodes"] for entry in inner["layers"]}
    assert calls == {
        "x": [], "z": [],
        "shared": [[["x", 0, 0, {}]], [["z", 0, 0, {}]], [["shared", 1, 0, {}]]],
        "sum": [[["shared", 0, 0, {}], ["shared", 1, 0, {}]]]}
    assert sorted(inner["layers"][0]) == ["class_name", "config", "inbound_nodes", "name"]


def test_calls_of_a_nested_model_count_from_one():
    layers = json.loads(_nested().to_json())["config"]["layers"]
    assert layers[2]["inbound_nodes"] == [[["inner", 1, 0, {}]]]
    assert layers[1]["class_name"] == "Sequential"


@pytest.mark.parametrize("make", [_shared, _nested])
def test_round_trip(make):
    model = make()
    again = model_from_json(model.to_json(), custom_objects=CUSTOM)
    assert json.loads(again.to_json()) == json.loads(model.to_json())
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    again.set_weights(model.get_weights())


def test_keywords_of_json():
    assert "\n    " in _nested().to_json(indent=4)


def test_numpy_values_in_a_config():
    class Sized(Affine):
        def get_config(self):
            return {**super().get_config(), "units": np.int64(3), "table": np.arange(2)}

    config = json.loads(Sequential([Sized(3, input_shape=(4,))]).to_json())
    assert config["config"]["layers"][0]["config"]["units"] == 3
    assert config["config"]["layers"][0]["config"]["table"] == [0, 1]


def test_keywords_of_a_call_are_kept_where_json_can():
    class Scaled(Plus):
        def call(self, inputs, factor=1.0):
            return inputs * factor

        def compute_mask(self, inputs, mask=None):
            return None

    x = Input((4,))
    model = Model(x, Scaled()(x, factor=2.0))
    call = model.get_config()["layers"][1]["inbound_nodes"][0]
    assert call == [["input_1", 0, 0, {"factor": 2.0}]]
    again = Model.from_config(model.get_config(), custom_objects={"Scaled": Scaled})
    assert float(K.function(again.inputs, again.outputs)([np.ones((1, 4))])[0][0, 0]) == 2.0
    with pytest.warns(UserWarning, match="left out of the config"):
        assert Model(x, Scaled()(x, factor=K.constant(2.0))).get_config()[
            "layers"][1]["inbound_nodes"][0][0][3] == {}


# ---- the original's own models ----

with open(os.path.join(ROOT, "conformance", "golden", "models.json"), encoding="utf-8") as _stream:
    GOLDEN = {case["case"]: case for case in json.load(_stream)["cases"]}


@pytest.mark.parametrize("case", GOLDEN)
def test_models_of_the_original(case):
    golden = GOLDEN[case]
    model = model_from_json(json.dumps(golden["model_json"]))
    assert json.loads(model.to_json()) == {**golden["model_json"], "backend": K.backend()}
    assert model.count_params() == golden["count_params"]
    found = [{"class_name": type(layer).__name__, "name": layer.name,
              "weight_names": [w.name.split("/")[-1][:-2] for w in layer.weights]}
             for layer in model.layers]
    assert found == [{key: layer[key] for key in found[0]} for layer in golden["layers"]]
    shapes = [list(w.shape) for w in model.get_weights()]
    assert shapes == [golden["arrays"][f"init_weight{i}"][0] for i in range(golden["n_weights"])]


# ---- configs that are wrong ----

def _config():
    return _shared().get_config()


def _break(change):
    config = _config()
    change(config)
    return config


@pytest.mark.parametrize("change, message", [
    (lambda c: c["layers"][2].update(inbound_nodes=[[["nowhere", 0, 0, {}]]]), "not there"),
    (lambda c: c["layers"][2]["inbound_nodes"][0][0].__setitem__(1, 9), "never come to exist"),
    (lambda c: c["output_layers"][0].__setitem__(0, "nowhere"), "not there"),
    (lambda c: c["layers"][2].update(class_name="os.system"), "unknown layer"),
])
def test_broken_configs(change, message):
    with pytest.raises(ValueError, match=message):
        Model.from_config(_break(change), custom_objects=CUSTOM)


def test_a_list_is_no_model():
    with pytest.raises(TypeError, match="Sequential.from_config"):
        model_from_config([])


def test_nesting_has_an_end():
    config = {"class_name": "Affine", "config": {"units": 1, "name": "a"}}
    for depth in range(500):
        config = {"class_name": "Sequential", "config": {"name": f"s{depth}", "layers": [config]}}
    with pytest.raises(ValueError, match="nested"):
        model_from_config(config, custom_objects=CUSTOM)
    with pytest.raises(ValueError, match="nested"):
        model_from_json('{"a":' * 100_000 + "1" + "}" * 100_000)


def test_yaml_is_plain_values():
    yaml = pytest.importorskip("yaml")
    model = _nested()
    again = model_from_yaml(model.to_yaml(), custom_objects=CUSTOM)
    assert again.get_config() == model.get_config()
    assert yaml.safe_load(model.to_yaml())["class_name"] == "Model"
    with pytest.raises(ValueError, match="plain values"):
        model_from_yaml("!!python/object/apply:os.getcwd []")


# ---- clones ----

@pytest.mark.parametrize("make", [_shared, _nested, lambda: Sequential([Affine(2, input_shape=(4,))])])
def test_clone(make):
    model = make()
    clone = clone_model(model)
    assert type(clone) is type(model) and clone is not model
    assert [layer.get_config() for layer in clone.layers] == [
        layer.get_config() for layer in model.layers]
    assert not {id(w) for w in clone.weights} & {id(w) for w in model.weights}
    clone.set_weights(model.get_weights())
    data = [np.arange(8, dtype="float32").reshape(2, 4)] * len(model.inputs)
    for got, want in zip(*(K.function(m.inputs, m.outputs)(data) for m in (clone, model))):
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("make", [_nested, lambda: Sequential([Affine(2, input_shape=(4,))])])
def test_clone_on_other_tensors(make):
    model, x = make(), Input((4,), name="other")
    assert clone_model(model, input_tensors=x).inputs == [x]
    assert clone_model(model, input_tensors=[K.variable(np.ones((3, 4)))]).output_shape[0] == 3


def test_clone_is_checked():
    with pytest.raises(ValueError, match="described by a config"):
        clone_model("model")
    with pytest.raises(ValueError, match="1 tensors; received 2"):
        clone_model(_nested(), [Input((4,)), Input((4,))])
    with pytest.raises(ValueError, match="starts from an input"):
        clone_model(Sequential([Affine(2, input_shape=(4,))]), Affine(4)(Input((4,))))


# ---- random graphs ----

def _random_graph(seed):
    """Shared layers, several inputs and outputs, models inside models, at random."""
    rng = np.random.RandomState(seed)
    inputs = [Input((3,), name=f"in{i}") for i in range(rng.randint(1, 4))]
    inner = Model(*(lambda x: (x, Affine(3, name="deep")(x)))(Input((3,), name="inside")),
                  name="inner")
    layers = [Affine(3, name=f"affine{i}") for i in range(3)] + [inner]
    tensors = list(inputs)
    for step in range(rng.randint(3, 12)):
        a, b = (tensors[i] for i in rng.randint(len(tensors), size=2))
        if rng.rand() < 0.3 and a is not b:
            tensors.append(Plus(name=f"plus{step}")([a, b]))
        else:
            tensors.append(layers[rng.randint(len(layers))](a))
    outputs = tensors[-rng.randint(1, 3):]
    return Model(inputs, outputs if len(outputs) > 1 else outputs[0], name=f"random{seed}")


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs(seed):
    model = _random_graph(seed)
    again = model_from_json(model.to_json(), custom_objects=CUSTOM)
    assert again.to_json() == model.to_json()
    elsewhere = [Input((3,)) for _ in model.inputs]
    called = Model(elsewhere, model(elsewhere if len(elsewhere) > 1 else elsewhere[0]))
    weights = [np.random.RandomState(i).normal(scale=.5, size=w.shape)
               for i, w in enumerate(model.get_weights())]
    data = [np.random.RandomState(i).normal(size=(2, 3)) for i in range(len(model.inputs))]
    results = []
    for other in (model, again, clone_model(model)):
        other.set_weights(weights)
        results.append(K.function(other.inputs, other.outputs)(data))
    results.append(K.function(called.inputs, called.outputs)(data))
    for result in results[1:]:
        for got, want in zip(result, results[0]):
            np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-6)
