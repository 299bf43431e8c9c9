"""Mistakes in building, describing and compiling models. One row a mistake."""
import numpy as np

from bad_input import check, table
from keras_compat import backend as K
from keras_compat import models, optimizers
from keras_compat.layers import LSTM, Activation, Dense, Input, concatenate
from keras_compat.models import Model, Sequential


def linear():
    return Sequential([Dense(4, input_shape=(5,)), Dense(3)])


def branched():
    a, b = Input((3,), name="a"), Input((4,), name="b")
    return Model([a, b], [Dense(2, name="p")(a), Dense(1, name="q")(concatenate([a, b]))])


def model_of(tensors):
    return Model(*tensors(Input((3,), name="x")))


@table(
    ("another input", lambda: model_of(lambda x: (x, Dense(2)(Input((3,))))), ValueError, "Model",
     "a value for", "inputs"),
    ("an input that is none", lambda: model_of(lambda x: (Dense(2)(x), Dense(2)(x))), (
        TypeError, ValueError), "Model", "Input|value", "dense|inputs"),
    ("an output of no layer", lambda: model_of(lambda x: (x, K.sum(x, axis=-1))), ValueError,
     "Model", "outputs of layers", "sum"),
    ("a function between layers", lambda: model_of(lambda x: (x, Dense(3)(K.square(x)))),
     ValueError, "Model", "outputs of layers", "square.*layer 'dense"),
    ("numbers", lambda: Model(3, 4), ValueError, "Model", "Input", "3"),
    ("arrays", lambda: Model(np.zeros(3), np.zeros(3)), ValueError, "Model", "Input", "array"),
    ("a layer for an output", lambda: model_of(lambda x: (x, Dense(3))), ValueError, "Model",
     "outputs of layers", "Dense"),
    ("inputs alone", lambda: Model(Input((3,))), TypeError, "Model", "outputs", "1 positional"),
    ("nothing in, nothing out", lambda: Model([], []), ValueError, "Model", "one tensor", "none"),
    ("one input twice", lambda: model_of(lambda x: ([x, x], Dense(3)(x))), ValueError, "Model",
     "different", "x:0"),
    ("unknown keyword", lambda: Model(inpts=3), TypeError, "Model", "inputs, outputs", "inpts"),
    ("one name for two layers",
     lambda: Sequential([Dense(2, input_shape=(3,), name="a"), Dense(2, name="a")]), ValueError,
     "Sequential", "a name for each", "'a'"),
    ("another shape", lambda: linear()(Input((7,))), ValueError, "layer 'dense", "7",
     r"\(None, 7\)"),
    ("an array", lambda: linear()(np.zeros((2, 5))), ValueError, "Sequential", "tensor",
     "ndarray"),
    ("one of two inputs", lambda: branched()(Input((3,))), ValueError, "Model", "2 tensor", "1"),
    ("a number in a row", lambda: Sequential([3]), TypeError, "Sequential", "Layer", "3"),
    ("a class in a row", lambda: Sequential([Dense]), TypeError, "Sequential", "instance",
     "Dense"),
    ("a layer instead of a row", lambda: Sequential(Dense(3)), TypeError, "Sequential",
     r"\[dense", "Dense"),
    ("several outputs in a row",
     lambda: Sequential([LSTM(3, return_state=True, input_shape=(2, 2))]), TypeError,
     "Sequential", "one output", "3"),
    ("taking from nothing", lambda: Sequential().pop(), TypeError, "Sequential", "layers",
     "none"),
    ("shapes in a row", lambda: Sequential([Dense(3, input_shape=(3,)), LSTM(2)]), ValueError,
     "LSTM", "ndim=3", "ndim=2"),
    ("summary before building", lambda: Sequential([Dense(3)]).summary(), ValueError,
     "Sequential", "built", "never"),
    ("unknown layer", lambda: linear().get_layer("no"), ValueError, "get_layer", "'dense", "'no'"),
    ("layer past the last", lambda: linear().get_layer(index=9), ValueError, "get_layer",
     "below 2", "9"),
    ("layer before the first", lambda: linear().get_layer(index=-9), ValueError, "get_layer",
     "below 2", "-9"),
    ("index in letters", lambda: linear().get_layer(index="a"), ValueError, "get_layer",
     "index", "'a'"),
    ("which layer", lambda: linear().get_layer(), ValueError, "get_layer", "'dense", "None"),
    ("weights' number", lambda: linear().set_weights([np.zeros(3)]), ValueError, "Sequential",
     "4 arrays", "^1"),
    ("weights' kind", lambda: linear().set_weights(3), ValueError, "Sequential", "list of 4",
     "^3"),
)
def test_building(row):
    check(row)


@table(
    ("no JSON", lambda: models.model_from_json("{foo"), ValueError, "model_from_json", "to_json",
     "property name"),
    ("no text", lambda: models.model_from_json(None), ValueError, "model_from_json", "to_json",
     "NoneType"),
    ("a list", lambda: models.model_from_json("[]"), TypeError, "model_from_config", "class_name",
     "a list"),
    ("an empty object", lambda: models.model_from_json("{}"), ValueError, "layer", "class_name",
     "{}"),
    ("an unknown class", lambda: models.model_from_json('{"class_name": "Foo", "config": {}}'),
     ValueError, "layer", "one that", "'Foo'"),
    ("no model to clone", lambda: models.clone_model(3), ValueError, "clone_model", "Sequential",
     "3"),
)
def test_configs(row):
    check(row)


@table(
    ("loss's name", lambda: linear().compile("sgd", "msee"), ValueError, "loss", "one that",
     "'msee'"),
    ("loss's kind", lambda: linear().compile("sgd", 3), ValueError, "loss", "name", "3"),
    ("no loss", lambda: linear().compile("sgd"), ValueError, "compile", "loss", "neither"),
    ("number of losses", lambda: linear().compile("sgd", ["mse"] * 2), ValueError, "loss",
     "1 entries", "2"),
    ("a loss for no output", lambda: linear().compile("sgd", {"no": "mse"}), ValueError, "loss",
     "dense", "'no'"),
    ("optimizer's name", lambda: linear().compile("sdg", "mse"), ValueError, "optimizer",
     "one that", "'sdg'"),
    ("optimizer's kind", lambda: linear().compile(3, "mse"), ValueError, "optimizer", "name",
     "3"),
    ("optimizer's class", lambda: linear().compile(optimizers.SGD, "mse"), ValueError,
     "optimizer", "an Optimizer", "SGD"),
    ("optimizer's keyword", lambda: optimizers.SGD(momentun=1), TypeError, "SGD", "clipnorm",
     "'momentun'"),
    ("learning rate None", lambda: optimizers.SGD(lr=None), ValueError, "learning_rate", "numbers",
     "None"),
    ("learning rate in letters", lambda: optimizers.Adam(lr="a"), ValueError, "learning_rate",
     "numbers", "'a'"),
    ("metric's name", lambda: linear().compile("sgd", "mse", metrics=["acuracy"]), ValueError,
     "metric", "one that", "'acuracy'"),
    ("metric's kind", lambda: linear().compile("sgd", "mse", metrics=[3]), ValueError, "metric",
     "name", "3"),
    ("metrics as a text", lambda: linear().compile("sgd", "mse", metrics="acc"), TypeError,
     "compile", "list", "'acc'"),
    ("metrics of no output", lambda: linear().compile("sgd", "mse", metrics={"no": "mse"}),
     ValueError, "metrics", "dense", "'no'"),
    ("lists of metrics", lambda: branched().compile("sgd", "mse", metrics=[["mse"]] * 3),
     ValueError, "compile", "2 entries", "3"),
    ("weight of a loss", lambda: linear().compile("sgd", "mse", loss_weights=["a"]), ValueError,
     "compile", "number", "'a'"),
    ("number of weights", lambda: linear().compile("sgd", "mse", loss_weights=[1, 2]), ValueError,
     "loss_weights", "1 entries", "2"),
    ("mode of weights", lambda: linear().compile("sgd", "mse", sample_weight_mode="time"),
     ValueError, "sample_weight_mode", "'temporal'", "'time'"),
    ("array for a target", lambda: linear().compile("sgd", "mse", target_tensors=[np.zeros(3)]),
     ValueError, "target_tensors", "tensors", "array"),
    ("keyword", lambda: linear().compile("sgd", "mse", metric=["acc"]), ValueError, "compile",
     "those of compile", "'metric'"),
    ("a loss without a path",
     lambda: _compiled(linear(), lambda y, p: K.mean(y)).train_on_batch(np.zeros((2, 5)),
                                                                       np.zeros((2, 3))),
     ValueError, "SGD", "gradient", "dense"),
    ("a loss that gives nothing",
     lambda: _compiled(linear(), lambda y, p: None).train_on_batch(np.zeros((2, 5)),
                                                                  np.zeros((2, 3))),
     (TypeError, ValueError), ".", "tensor", "None"),
)
def test_compiling(row):
    check(row)


def _compiled(model, loss):
    model.compile("sgd", loss)
    return model


def test_what_looks_wrong_and_is_not():
    """The same layer twice in a row, one tensor out twice, a model without weights."""
    twice = Dense(3)
    assert len(Sequential([Dense(3, input_shape=(3,)), twice, twice]).get_weights()) == 4
    x = Input((3,))
    y = Dense(2)(x)
    assert [a.shape for a in Model(x, [y, y]).predict(np.zeros((4, 3)))] == [(4, 2)] * 2
    bare = _compiled(Sequential([Activation("relu", input_shape=(3,))]), "mse")
    assert bare.fit(np.ones((4, 3)), np.ones((4, 3)), verbose=0).history["loss"] == [0.]
    assert bare.get_weights() == []
