"""Defaults by version (`legacy/versions.py`): the table, and whose row holds where."""
import json
import os

import numpy as np
import pytest

from keras_compat import backend as K
from keras_compat import callbacks, initializers, layers, losses, metrics, models, optimizers
from keras_compat.legacy import interfaces, versions

OLDER = versions.ERAS[:-1]
MAKE = {
    **{cls.__name__: (lambda cls: lambda **keywords: cls(3, **keywords))(cls)
       for cls in (layers.LSTM, layers.LSTMCell, layers.GRU, layers.GRUCell)},
    "ConvLSTM2D": lambda **keywords: layers.ConvLSTM2D(3, 2, **keywords),
    "ConvLSTM2DCell": lambda **keywords: layers.ConvLSTM2DCell(3, 2, **keywords),
    "BatchNormalization": layers.BatchNormalization,
    "Orthogonal": initializers.Orthogonal,
    **{name: getattr(optimizers, name)
       for name in ("RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam")},
}
ROWS = [(owner, fact) for (owner, _), fact in versions.FACTS.items() if owner in MAKE]
CHANGED = [(owner, fact) for owner, fact in ROWS if fact.changed]


def ids(value):
    return value.name if isinstance(value, versions.Fact) else str(value)


def stored(fact, value):
    """A default as the object made with it holds it."""
    if fact.name == "recurrent_activation":
        return value
    if fact.name == "implementation":
        return value or 1
    return K.epsilon() if value is None else value


def found(thing, name):
    value = getattr(thing, name)
    return value.__name__ if callable(value) else value


@pytest.fixture(autouse=True)
def newest(settings):
    settings.set_compat_version("2.3.1")
    return settings


# ---- the rows ----

def test_every_row_is_of_something_that_a_test_makes():
    assert {owner for owner, _ in versions.FACTS} == {*MAKE, "K", "metrics"}
    assert all(len(fact.values) == len(versions.ERAS) and fact.source for fact in versions.TABLE)


@pytest.mark.parametrize("era", versions.ERAS)
@pytest.mark.parametrize("owner, fact", ROWS, ids=ids)
def test_left_out_argument_has_the_eras_default(owner, fact, era):
    with K.set_compat_version(era):
        made = MAKE[owner]()
    assert found(made, fact.name) == stored(fact, fact.at(era))


@pytest.mark.parametrize("era", OLDER)
@pytest.mark.parametrize("owner, fact", CHANGED, ids=ids)
def test_given_argument_holds_in_every_era(owner, fact, era):
    value = fact.at("2.3.1") if fact.at("2.3.1") is not None else 0.5
    with K.set_compat_version(era):
        made = MAKE[owner](**{fact.name: value})
    assert found(made, fact.name) == value


def test_argument_given_by_position_holds():
    with K.set_compat_version("1.2.2"):
        cell = layers.GRUCell(3, "tanh", "sigmoid")
        assert initializers.Orthogonal(1.0).gain == 1.0
    assert found(cell, "recurrent_activation") == "sigmoid"


def test_epsilon_of_k_is_the_same_in_all(newest):
    assert {versions.default("K", "epsilon", era) for era in versions.ERAS} == {1e-7}
    assert newest.DEFAULTS["epsilon"] == 1e-7


def test_two_rows_for_one_default_are_refused():
    with pytest.raises(ValueError, match="gain of Orthogonal; received two"):
        versions._indexed((*versions.TABLE, versions.Fact("gain", ("Orthogonal",), (1,) * 4, "")))


# ---- which era ----

@pytest.mark.parametrize("version, era", [
    ("1.0.0", "1.2.2"), ("0.3.3", "1.2.2"), ("1.2.2", "1.2.2"), ("2.0.0", "2.0.8"),
    ("2.0.8", "2.0.8"), ("2.1.6", "2.0.8"), ("2.1.6-tf", "2.0.8"), ("2.2.0", "2.2.4"),
    ("2.2.4-tf", "2.2.4"), ("2.2.5", "2.2.4"), ("2.3.0", "2.3.1"), ("2.3.1", "2.3.1"),
    ("2.13.1rc0", "2.3.1"), ("3.3.3", "2.3.1")])
def test_release_takes_the_newest_era_that_is_not_above_its_series(version, era):
    assert versions.era_of(version) == era


@pytest.mark.parametrize("version", ["", "2", "2.2", "two", "2.2.4\n", "v2.2.4", "2.2.4/../x", 2.2,
                                     None, "٢.٢.٤", "9" * 5000])
def test_other_text_is_one_clear_error(version):
    with pytest.raises(ValueError, match="keras_version: a version is the number of a release. "
                                         "Expected such as .* received ") as caught:
        versions.era_of(version)
    assert len(str(caught.value)) < 250


# ---- scripts ----

def test_setter_holds_until_changed_or_for_a_block(newest):
    newest.set_compat_version("2.2.4")
    with K.set_compat_version("2.0.8"):
        assert optimizers.Adam().epsilon == 1e-8
    assert K.compat_version() == "2.2.4"
    assert optimizers.get("adam").epsilon == K.epsilon()
    assert found(layers.LSTM(2), "recurrent_activation") == "hard_sigmoid"


def test_block_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), K.set_compat_version("1.2.2"):
        1 / 0
    assert K.compat_version() == "2.3.1"


def test_environment_chooses_the_version(python):
    result = python("from keras_compat.layers import LSTM, ConvLSTM2D\n"
                    "print(LSTM(2).recurrent_activation.__name__, LSTM(2).implementation)",
                    KERAS_COMPAT_VERSION="2.2.4")
    assert result.stdout.split() == ["hard_sigmoid", "1"], result.stderr


def test_keras_1_spelling_counts_as_given():
    with K.set_compat_version("1.2.2"), pytest.warns(UserWarning, match="Keras 2 API"):
        layer = layers.LSTM(output_dim=3, inner_activation="sigmoid", consume_less="gpu")
    assert (found(layer, "recurrent_activation"), layer.implementation) == ("sigmoid", 2)


def test_layer_in_a_wrapper_and_a_class_derived_from_it():
    class Mine(layers.LSTM):
        pass

    with K.set_compat_version("2.2.4"):
        model = models.Sequential([layers.Bidirectional(Mine(2), input_shape=(3, 4))])
    for half in (model.layers[0].forward_layer, model.layers[0].backward_layer):
        assert found(half, "recurrent_activation") == "hard_sigmoid"


def test_constructors_of_others_with_our_names_are_left_alone():
    class LSTM:
        @interfaces.legacy_recurrent_support
        def __init__(self, units, recurrent_activation="own"):
            self.recurrent_activation = recurrent_activation

    with K.set_compat_version("1.2.2"):
        assert LSTM(3).recurrent_activation == "own"


# ---- files ----

def stripped(value, *keys):
    """A config without these keys, at any depth."""
    if isinstance(value, list):
        return [stripped(entry, *keys) for entry in value]
    if isinstance(value, dict):
        return {k: stripped(v, *keys) for k, v in value.items() if k not in keys}
    return value


def file_of(model, version, *absent):
    config = stripped(json.loads(model.to_json()), "keras_version", *absent)
    return json.dumps({**config, "keras_version": version} if version else config)


def recurrent_model():
    inner = models.Sequential([layers.LSTM(2, input_shape=(3, 4), name="inner")])
    x = layers.Input((3, 4))
    y = layers.add([layers.GRU(2, name="gru")(x), inner(x)])
    return models.Model(x, layers.Reshape((2, 1))(y))


def activations_in(text):
    model = models.model_from_json(text)
    inner = next(layer for layer in model.layers if isinstance(layer, models.Sequential))
    return [found(layer, "recurrent_activation")
            for layer in (model.get_layer("gru"), inner.layers[0])]


@pytest.mark.parametrize("version, function", [
    ("1.2.2", "hard_sigmoid"), ("2.1.6", "hard_sigmoid"), ("2.2.4-tf", "hard_sigmoid"),
    ("2.3.1", "sigmoid"), ("2.6.0", "sigmoid"), (None, "sigmoid")])
def test_file_without_a_key_has_the_default_of_its_writer(version, function):
    text = file_of(recurrent_model(), version, "recurrent_activation")
    assert activations_in(text) == [function] * 2


def test_writers_version_goes_before_the_scripts():
    model = recurrent_model()
    with K.set_compat_version("2.2.4"):
        assert activations_in(file_of(model, "2.3.1", "recurrent_activation")) == ["sigmoid"] * 2
        assert activations_in(file_of(model, None, "recurrent_activation")) == ["hard_sigmoid"] * 2


def test_key_of_a_file_holds_whoever_wrote_it():
    assert activations_in(file_of(recurrent_model(), "1.2.2")) == ["sigmoid"] * 2


def test_file_of_no_release_is_an_error_and_leaves_no_trace():
    with pytest.raises(ValueError, match="received 'banana'"):
        models.model_from_json(file_of(recurrent_model(), "banana"))
    with pytest.raises(ValueError, match="unknown layer"):
        models.model_from_config({"class_name": "No", "config": {}, "keras_version": "1.2.2"})
    assert versions.in_force() == "2.3.1"


def test_written_by_can_be_nested():
    with versions.written_by("2.2.4"):
        with versions.written_by("1.2.2"), versions.written_by(None):
            assert versions.in_force() == "1.2.2"
        assert versions.in_force() == "2.2.4"
        assert found(layers.GRU.from_config({"units": 3}), "recurrent_activation") == "hard_sigmoid"
    assert versions.in_force() == "2.3.1"


# ---- the numbers ----

def lstm_by_numpy(x, kernel, recurrent, bias):
    """Float64, gates i, f, c, o, hard_sigmoid 0.2 x + 0.5 cut to 0..1."""
    def gate(z):
        return np.clip(0.2 * z + 0.5, 0, 1)

    h = c = np.zeros((len(x), recurrent.shape[0]))
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
        c = gate(f) * c + gate(i) * np.tanh(g)
        h = gate(o) * np.tanh(c)
    return h


@pytest.mark.parametrize("era", OLDER)
def test_lstm_of_an_older_version_computes_with_hard_gates(backend, era):
    rng = np.random.RandomState(3)
    weights = [rng.normal(size=size) for size in ((4, 20), (5, 20), (20,))]
    x = rng.normal(size=(6, 7, 4))
    with K.set_compat_version(era):
        model = models.Sequential([layers.LSTM(5, input_shape=(7, 4))])
    model.set_weights(weights)
    expected = lstm_by_numpy(x, *weights)
    np.testing.assert_allclose(model.predict(x), expected, atol=2e-6)
    newer = models.Sequential([layers.LSTM(5, input_shape=(7, 4))])
    newer.set_weights(weights)
    assert np.abs(newer.predict(x) - expected).max() > 1e-2


@pytest.mark.parametrize("era, epsilon", [("2.0.8", 1e-8), ("2.2.4", 1e-7)])
def test_rmsprop_divides_by_the_eras_epsilon(era, epsilon):
    p = K.variable([1.0])
    with K.set_compat_version(era):
        optimizer = optimizers.RMSprop(lr=0.1)
    K.function([], [], optimizer.get_updates(1e-8 * K.sum(p), [p]))([])
    step = 0.1 * 1e-8 / (np.sqrt(0.1) * 1e-8 + epsilon)
    np.testing.assert_allclose(K.get_value(p), [1 - step], rtol=1e-6)


def test_orthogonal_of_keras_1_is_a_tenth_longer():
    with K.set_compat_version("1.2.2"):
        layer = layers.SimpleRNN(4)
    matrix = K.eval(layer.recurrent_initializer((4, 4)))
    np.testing.assert_allclose(matrix @ matrix.T, 1.21 * np.eye(4), atol=1e-5)


@pytest.mark.parametrize("era, first", [("1.2.2", "output"), ("2.0.8", "target"),
                                        ("2.3.1", "target")])
@pytest.mark.parametrize("name, labels, expected", [
    ("categorical_crossentropy", [[0.0, 1.0]], [-np.log(0.75)]),
    ("sparse_categorical_crossentropy", [1.0], [-np.log(0.75)]),
    ("binary_crossentropy", [[0.0, 1.0]], [[-np.log(0.75)] * 2]),
])
def test_keras_1_had_the_prediction_before_the_target(era, first, name, labels, expected):
    pair = {"target": K.constant(labels), "output": K.constant([[0.25, 0.75]])}
    other = "target" if first == "output" else "output"
    loss = getattr(K, name)
    with K.set_compat_version(era):
        values = [loss(pair[first], pair[other]), loss(pair[first], pair[other], False),
                  loss(pair[first], **{other: pair[other]}), loss(**pair)]
        with pytest.raises(TypeError):
            loss(pair[first])
    for value in values:
        np.testing.assert_allclose(K.eval(value), expected, rtol=1e-5)


def test_losses_of_models_know_the_order_themselves():
    with K.set_compat_version("1.2.2"):
        model = models.Sequential([layers.Dense(2, activation="softmax", input_dim=3)])
        model.compile("sgd", "categorical_crossentropy")
        model.set_weights([np.zeros((3, 2)), np.zeros(2)])
    loss = model.train_on_batch(np.ones((4, 3)), np.eye(2)[[0, 1, 1, 0]])
    np.testing.assert_allclose(loss, np.log(2), rtol=1e-5)


# ---- names in the history ----

def trained(names, version, outputs=1, **fit):
    x = layers.Input((4,))
    ends = [layers.Dense(1, activation="sigmoid", name=f"end{i}")(x) for i in range(outputs)]
    with K.set_compat_version(version):
        model = models.Model(x, ends)
        model.compile("sgd", "binary_crossentropy", metrics=names)
    data = np.ones((8, 4)), [np.ones((8, 1))] * outputs
    return model, model.fit(*data, verbose=0, validation_data=data, **fit).history


NAMES = ["accuracy", "mae", "MSE", "crossentropy"]


@pytest.mark.parametrize("version, reported", [
    ("1.2.2", ["acc", "mean_absolute_error", "mean_squared_error", "ce"]),
    ("2.0.8", ["acc", "mean_absolute_error", "mean_squared_error", "ce"]),
    ("2.2.4", ["acc", "mean_absolute_error", "mean_squared_error", "ce"]),
    ("2.3.1", NAMES)])
def test_metrics_given_as_text(version, reported):
    model, history = trained(NAMES, version)
    assert model.metrics_names == ["loss", *reported]
    expected = ["loss", *reported]
    assert sorted(history) == sorted(expected + ["val_" + name for name in expected])


@pytest.mark.parametrize("version", versions.ERAS)
def test_acc_and_what_is_no_text_have_one_name_in_all(version):
    given = ["acc", losses.mean_absolute_error, metrics.MeanSquaredError(name="mine")]
    model, _ = trained(given, version)
    assert model.metrics_names == ["loss", "acc", "mean_absolute_error", "mine"]


def test_names_of_several_outputs():
    model, _ = trained(["accuracy"], "2.2.4", outputs=2)
    assert model.metrics_names == ["loss", "end0_loss", "end1_loss", "end0_acc", "end1_acc"]


def test_callbacks_monitor_the_older_name():
    seen = []
    stop = callbacks.EarlyStopping(monitor="val_acc", patience=0)
    logs = callbacks.LambdaCallback(on_batch_end=lambda batch, logs: seen.append(set(logs)))
    _, history = trained(["accuracy"], "2.2.4", epochs=9, callbacks=[stop, logs])
    assert len(history["val_acc"]) < 9 and "val_accuracy" not in history
    assert all({"loss", "acc"} <= names for names in seen)


# ---- the page ----

def test_the_page_has_the_table():
    from test_docs import DOCS, generate

    with open(os.path.join(DOCS, "versions.md"), encoding="utf-8") as page:
        assert page.read() == generate.versiontable.page(), \
            "run `python -m docs.generate --table` and look at what changed"
