"""Keras 1's layers, functions and modules under the names that they had."""
import importlib
import sys

import numpy as np
import pytest

import keras_compat.backend as K
from keras_compat import constraints, layers, regularizers
from keras_compat.legacy import aliases, initializations
from keras_compat.models import Model, Sequential


def drawn(*shape):
    return np.random.RandomState(sum(shape)).rand(*shape).astype("float32")


@pytest.fixture(autouse=True)
def no_keras(monkeypatch):
    """Another package named keras that was imported is out of the way."""
    for name in [n for n in sys.modules if n == "keras" or n.startswith("keras.")]:
        monkeypatch.delitem(sys.modules, name)


# ---- modules ----

@pytest.mark.parametrize("old, new", [
    ("keras.backend.common", "backend"), ("keras.backend.load_backend", "backend"),
    ("keras.backend.some_backend", "backend"), ("keras.callbacks.callbacks", "callbacks"),
    ("keras.initializations", "legacy.initializations"), ("keras.objectives", "objectives"),
    ("keras.engine.topology", "engine.topology"), ("keras.layers.core", "layers.core"),
    ("keras.utils.np_utils", "utils.np_utils"),
])
def test_old_module(old, new):
    with aliases.installed():
        module = importlib.import_module(old)
        assert module is importlib.import_module(f"keras_compat.{new}")
        assert module.__spec__.name == module.__name__


@pytest.mark.parametrize("first", ["legacy.layers", "layers.core", "engine.topology",
                                   "layers.convolutional", "engine"])
def test_module_can_be_imported_first(first, python):
    assert python(f"import keras_compat.{first}").returncode == 0


def test_keras_1s_names_in_modules():
    from keras_compat.engine.topology import Merge as by_engine
    from keras_compat.engine.topology import merge
    from keras_compat.layers.core import Highway, MaxoutDense, Merge, TimeDistributedDense
    assert Merge is by_engine is layers.Merge and callable(merge)
    assert Highway is layers.Highway and MaxoutDense is layers.MaxoutDense
    assert TimeDistributedDense is layers.TimeDistributedDense


@pytest.mark.parametrize("shared, shape", [(None, (2, 3)), ([1], (1, 3))])
def test_activations_with_weights(shared, shape, backend):
    x = np.linspace(-2, 2, 24).reshape(4, 2, 3).astype("float32")
    soft = Sequential([layers.ParametricSoftplus(shared_axes=shared, input_shape=(2, 3))])
    np.testing.assert_allclose(soft.predict(x), .2 * np.log1p(np.exp(5. * x)), rtol=1e-5)
    lines = Sequential([layers.SReLU(shared_axes=shared, input_shape=(2, 3))])
    left, low, right, high = (np.full(shape, v, "float32") for v in (-1, .25, -1.5, 3))
    lines.set_weights([left, low, right, high])
    expected = np.where(x < -1, -1 + .25 * (x + 1), np.where(x > .5, .5 + 3 * (x - .5), x))
    np.testing.assert_allclose(lines.predict(x), expected, rtol=1e-5, atol=1e-6)
    for model in (soft, lines):
        again = Sequential.from_config(model.get_config())
        again.set_weights(model.get_weights())
        np.testing.assert_array_equal(again.predict(x), model.predict(x))


@pytest.mark.parametrize("module, config, expected", [
    (regularizers, {"name": "L1L2Regularizer", "l1": .5, "l2": .25}, {"l1": .5, "l2": .25}),
    (regularizers, {"name": "WeightRegularizer", "l1": 0., "l2": .5}, {"l1": 0., "l2": .5}),
    (constraints, {"name": "MaxNorm", "m": 3, "axis": 1}, {"max_value": 3, "axis": 1}),
    (constraints, {"name": "NonNeg"}, {}),
], ids=["1.2's regularizer", "1.1's regularizer", "argument m", "no argument"])
@pytest.mark.filterwarnings("ignore:Update your")
def test_configs_of_keras_1(module, config, expected):
    assert module.get(config).get_config() == expected


def test_a_config_of_keras_1_names_nothing_else():
    with pytest.raises(ValueError, match="unknown regularizer.*'os.system'"):
        regularizers.get({"name": "os.system"})
    with pytest.raises(ValueError, match="object with two keys"):
        regularizers.get({"name": ["L1L2"]})


def test_regularizers_of_keras_1():
    assert regularizers.l1l2(l1=0.5, l2=0.25).get_config() == {"l1": 0.5, "l2": 0.25}
    assert regularizers.activity_l2(0.5).get_config() == {"l1": 0.0, "l2": 0.5}
    assert regularizers.WeightRegularizer(l1=1.).get_config() == {"l1": 1.0, "l2": 0.0}


# ---- merging ----

X, Y = drawn(4, 3), drawn(4, 3) - .5

MERGED = {
    "sum": ({}, X + Y), "mul": ({}, X * Y), "ave": ({}, (X + Y) / 2), "max": ({}, np.maximum(X, Y)),
    "concat": ({"concat_axis": 1}, np.concatenate([X, Y], 1)),
    "dot": ({"dot_axes": 1}, (X * Y).sum(1, keepdims=True)),
    "cos": ({"dot_axes": [1, 1]}, ((X * Y).sum(1) / np.sqrt((X * X).sum(1) * (Y * Y).sum(1)))
            [:, None, None]),
}


@pytest.mark.parametrize("mode", MERGED)
def test_merge(mode, backend):
    keywords, wanted = MERGED[mode]
    inputs = [layers.Input((3,)), layers.Input((3,))]
    with pytest.warns(UserWarning, match="merge: Keras 2 has a function for each mode"):
        output = layers.merge(inputs, mode=mode, **keywords)
    assert K.int_shape(output) == (None,) + wanted.shape[1:]
    np.testing.assert_allclose(Model(inputs, output).predict([X, Y]), wanted, rtol=1e-5)


def test_merge_with_a_function_and_arguments():
    inputs = [layers.Input((3,)), layers.Input((3,))]
    layer = layers.Merge(mode=lambda both, factor: both[0] - factor * both[1],
                         output_shape=lambda shapes: shapes[0], arguments={"factor": 2.})
    np.testing.assert_allclose(Model(inputs, layer(inputs)).predict([X, Y]), X - 2 * Y, rtol=1e-5)


@pytest.mark.parametrize("mode", ["concat", "dot", lambda both: both[0]])
def test_merge_comes_back_from_its_config(mode):
    layer = layers.Merge(mode=mode, dot_axes=[1, 1], concat_axis=1, name="joined")
    again = layers.Merge.from_config(layer.get_config())
    assert again.get_config() == layer.get_config() and again.mode == mode


def test_sequential_starts_with_a_merge_of_models(backend):
    left, right = (Sequential([layers.Dense(4, input_dim=n)]) for n in (3, 5))
    model = Sequential([layers.Merge([left, right], mode="concat"), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = [drawn(8, 3), drawn(8, 5)]
    before = model.evaluate(x, drawn(8, 1), verbose=0)
    model.fit(x, drawn(8, 1), epochs=3, verbose=0)
    assert model.evaluate(x, drawn(8, 1), verbose=0) < before
    assert len(model.get_weights()) == 6
    assert model.predict(x).shape == (8, 1)


def test_masks_are_merged_by_mode():
    masked = [layers.Masking()(layers.Input((5, 3))) for _ in range(2)]
    for mode, shape in (("sum", (None, 5)), ("concat", (None, 5))):
        layer = layers.Merge(mode=mode)
        layer(masked)
        assert K.int_shape(layer.output_mask) == shape


@pytest.mark.parametrize("make, message", [
    (lambda: layers.Merge(mode="mean"), "unknown mode"),
    (lambda: layers.Merge()(layers.Input((3,))), "several inputs are merged"),
    (lambda: layers.Merge(mode="dot")([layers.Input((3,))] * 3), "takes two inputs"),
], ids=["mode", "one input", "three inputs"])
def test_merge_refuses(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# ---- other layers and functions ----

def test_time_distributed_dense():
    layer = layers.TimeDistributedDense(output_dim=4, input_dim=3, input_length=5)
    model = Sequential([layer])
    kernel, bias = layer.get_weights()
    x = drawn(2, 5, 3)
    np.testing.assert_allclose(model.predict(x), x @ kernel + bias, rtol=1e-5)


@pytest.mark.parametrize("name", initializations._NAMES)
def test_initialization_makes_a_variable(name):
    variable = initializations.get(name)((3, 3), name="w")
    assert K.is_variable(variable) and K.int_shape(variable) == (3, 3)
    assert np.isfinite(K.get_value(variable)).all()


def test_custom_layer_of_keras_1():
    class Scaled(layers.Layer):
        def __init__(self, output_dim, **kwargs):
            self.init = initializations.get("one")
            self.output_dim = output_dim
            super().__init__(**kwargs)

        def build(self, input_shape):
            self.W = self.init((input_shape[1], self.output_dim), name=f"{self.name}_W")
            self.trainable_weights = [self.W]

        def call(self, x, mask=None):
            return K.dot(x, self.W)

        def get_output_shape_for(self, input_shape):
            return (input_shape[0], self.output_dim)

    model = Sequential([Scaled(2, input_shape=(3,))])
    np.testing.assert_allclose(model.predict(X), X.sum(1, keepdims=True) + np.zeros(2), rtol=1e-5)
    assert len(model.trainable_weights) == 1
    with pytest.raises(ValueError, match="unknown initialization"):
        initializations.get("ones like")
