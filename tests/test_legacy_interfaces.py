"""Calls in Keras 1's spelling (`legacy/interfaces.py`, `legacy/preprocessors.py`)."""
import json
import os
import warnings

import numpy as np
import pytest

from keras_compat import backend as K
from keras_compat import layers, optimizers
from keras_compat.legacy import interfaces

DATA = os.path.join(os.path.dirname(__file__), "data", "backend-and-legacy.json")
with open(DATA, encoding="utf-8") as file:
    FACTS = json.load(file)["legacy argument conversions (Keras 1 -> 2)"]


@pytest.mark.parametrize("name", FACTS)
def test_row_says_what_keras_2_3_1_accepted(name):
    row, facts = interfaces.TABLE[name[len("legacy_"):-len("_support")]], FACTS[name]
    assert row["allowed_positional_args"] == facts.get("allowed_positional_args")
    assert sorted(map(list, row["conversions"])) == sorted(facts.get("conversions", []))
    assert row["value_conversions"] == facts.get("value_conversions", {})
    first = row["preprocessor"] and "computed: " + row["preprocessor"].__name__
    assert first == facts.get("preprocessor")
    assert callable(getattr(interfaces, name))


# ---- nothing is touched that is written as in Keras 2 ----

@pytest.mark.parametrize("make", [
    lambda: layers.Dense(3, activation="relu"),
    lambda: layers.Conv2D(3, (2, 2), padding="same"),
    lambda: layers.Conv2D(3, 2, strides=2),
    lambda: layers.Conv3D(3, 2),
    lambda: layers.LSTM(3, implementation=1),
    lambda: layers.BatchNormalization(axis=1),
    lambda: layers.ZeroPadding2D(((1, 0), (0, 1))),
    lambda: layers.MaxPooling2D((2, 2), (1, 1), "same"),
], ids=["Dense", "Conv2D", "Conv2D by whole numbers", "Conv3D", "LSTM", "BatchNormalization",
        "ZeroPadding2D", "MaxPooling2D"])
def test_call_of_keras_2_warns_of_nothing(make):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make()


# ---- what Keras 1 wrote ----

CALLS = {
    "Dense": (lambda: layers.Dense(output_dim=3, init="uniform", W_regularizer="l2", bias=False),
              lambda: layers.Dense(3, kernel_initializer="uniform", kernel_regularizer="l2",
                                   use_bias=False)),
    "Dropout": (lambda: layers.Dropout(p=0.3), lambda: layers.Dropout(0.3)),
    "Embedding": (lambda: layers.Embedding(9, 4, init="zero", W_constraint="nonneg"),
                  lambda: layers.Embedding(9, 4, embeddings_initializer="zero",
                                           embeddings_constraint="nonneg")),
    "Conv1D": (lambda: layers.Convolution1D(nb_filter=4, filter_length=3, border_mode="same",
                                            subsample_length=2, input_dim=6, input_length=10),
               lambda: layers.Conv1D(4, 3, padding="same", strides=2, input_shape=(10, 6))),
    "Conv2D by position": (lambda: layers.Convolution2D(4, 3, 2, subsample=(2, 1)),
                           lambda: layers.Conv2D(4, (3, 2), strides=(2, 1))),
    "Conv2D half by name": (lambda: layers.Convolution2D(4, 3, nb_col=2),
                            lambda: layers.Conv2D(4, (3, 2))),
    "Conv2D by name": (lambda: layers.Convolution2D(nb_filter=4, nb_row=3, nb_col=2,
                                                    dim_ordering="th", b_constraint="nonneg"),
                       lambda: layers.Conv2D(4, (3, 2), data_format="channels_first",
                                             bias_constraint="nonneg")),
    "Conv3D by position": (lambda: layers.Convolution3D(4, 1, 2, 3, init="one"),
                           lambda: layers.Conv3D(4, (1, 2, 3), kernel_initializer="one")),
    "Conv3D by name": (lambda: layers.Convolution3D(4, 1, kernel_dim2=2, kernel_dim3=3),
                       lambda: layers.Conv3D(4, (1, 2, 3))),
    "SeparableConv2D": (lambda: layers.SeparableConv2D(4, 3, 3, init="one", border_mode="same"),
                        lambda: layers.SeparableConv2D(
                            4, (3, 3), depthwise_initializer="one", padding="same",
                            pointwise_initializer="one")),
    "Deconvolution2D": (lambda: layers.Deconvolution2D(4, 3, 3, (None, 8, 8, 4),
                                                       subsample=(2, 2)),
                        lambda: layers.Conv2DTranspose(4, (3, 3), strides=(2, 2))),
    "LocallyConnected2D": (lambda: layers.LocallyConnected2D(4, 3, 3, bias=False),
                           lambda: layers.LocallyConnected2D(4, (3, 3), use_bias=False)),
    "AtrousConvolution2D": (lambda: layers.AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2)),
                            lambda: layers.Conv2D(4, (3, 3), dilation_rate=(2, 2))),
    "MaxPooling1D": (lambda: layers.MaxPooling1D(pool_length=3, stride=2, border_mode="same"),
                     lambda: layers.MaxPooling1D(3, 2, "same")),
    "MaxPooling2D": (lambda: layers.MaxPooling2D((2, 2), border_mode="same", dim_ordering="th"),
                     lambda: layers.MaxPooling2D((2, 2), padding="same",
                                                 data_format="channels_first")),
    "GlobalAveragePooling2D": (lambda: layers.GlobalAveragePooling2D(dim_ordering="tf"),
                               lambda: layers.GlobalAveragePooling2D(
                                   data_format="channels_last")),
    "UpSampling1D": (lambda: layers.UpSampling1D(length=3), lambda: layers.UpSampling1D(3)),
    "ZeroPadding2D": (lambda: layers.ZeroPadding2D({"top_pad": 1, "left_pad": 2}),
                      lambda: layers.ZeroPadding2D(((1, 0), (2, 0)))),
    "LSTM": (lambda: layers.LSTM(output_dim=4, inner_init="orthogonal", dropout_W=0.1,
                                 inner_activation="hard_sigmoid", dropout_U=0.2,
                                 U_regularizer="l1", consume_less="gpu", forget_bias_init="one",
                                 input_dim=3, input_length=5),
             lambda: layers.LSTM(4, recurrent_initializer="orthogonal", dropout=0.1,
                                 recurrent_activation="hard_sigmoid", recurrent_dropout=0.2,
                                 recurrent_regularizer="l1", implementation=2,
                                 unit_forget_bias=True, input_shape=(5, 3))),
    "ConvLSTM2D": (lambda: layers.ConvLSTM2D(nb_filter=4, nb_row=3, nb_col=2,
                                             border_mode="same"),
                   lambda: layers.ConvLSTM2D(4, (3, 2), padding="same")),
    "BatchNormalization": (lambda: layers.BatchNormalization(mode=0, beta_init="one"),
                           lambda: layers.BatchNormalization(beta_initializer="one")),
    "GaussianNoise": (lambda: layers.GaussianNoise(sigma=0.5), lambda: layers.GaussianNoise(0.5)),
    "SpatialDropout2D": (lambda: layers.SpatialDropout2D(p=0.5, dim_ordering="default"),
                         lambda: layers.SpatialDropout2D(0.5)),
    "PReLU": (lambda: layers.PReLU(init="one"), lambda: layers.PReLU("one")),
}


@pytest.mark.parametrize("old, new", CALLS.values(), ids=CALLS)
def test_call_of_keras_1_means_the_same_and_warns(old, new):
    with pytest.warns(UserWarning):
        made = old()
    wanted = new()
    assert type(made) is type(wanted)
    assert {**made.get_config(), "name": None} == {**wanted.get_config(), "name": None}


def test_warning_shows_the_call_of_keras_2():
    with pytest.warns(UserWarning) as caught:
        layers.Dense(output_dim=3, init="uniform")
    assert str(caught[0].message) == (
        "Update your `Dense` call to the Keras 2 API: "
        '`Dense(units=3, kernel_initializer="uniform")`')
    assert caught[0].filename == __file__


# ---- errors ----

@pytest.mark.parametrize("make, error, message", [
    (lambda: layers.Dense(3, "uniform"), TypeError, r"Expected at most 1 by position \(units\); "
                                                    'received 3, "uniform"'),
    (lambda: layers.Dense(units=3, output_dim=3), TypeError, "both `output_dim` and `units`"),
    (lambda: layers.Conv2D(3, 2, 2, padding="same"), ValueError, "`strides` given by name"),
    (lambda: layers.Conv2D(3, 2, 2, "same"), TypeError, "at most 3 by position"),
    (lambda: layers.BatchNormalization(1), TypeError, "keyword arguments only"),
    (lambda: layers.BatchNormalization(mode=2), TypeError, "received mode=2"),
    (lambda: layers.ZeroPadding2D({"above": 1}), ValueError, "received 'above'"),
], ids=["positions", "both names", "whole numbers", "positions of Conv2D", "BatchNormalization",
        "its mode", "sides"])
def test_calls_that_neither_api_has(make, error, message):
    with pytest.raises(error, match=message):
        make()


# ---- values without a successor ----

def test_forget_bias_other_than_one_is_ignored():
    with pytest.warns(UserWarning, match="forget_bias_init"):
        assert layers.LSTM(2, forget_bias_init="zero").unit_forget_bias


def test_embeddings_input_dtype_is_not_that_of_its_weights():
    layer = layers.Embedding(9, 4, input_dtype="int32", input_length=3)
    layer.build((None, 3))
    assert K.dtype(layer.weights[0]) == "float32"


def test_embeddings_own_dropout_is_ignored():
    with pytest.warns(UserWarning, match="SpatialDropout1D"):
        layers.Embedding(3, 2, dropout=0.2)


# ---- methods ----

@pytest.mark.parametrize("order", [lambda loss, w: ([w], {}, loss), lambda loss, w: (loss, [w])],
                         ids=["params, constraints, loss", "loss, params"])
def test_get_updates_takes_both_orders(order):
    import keras_compat.backend as K
    weight = K.variable([3.])
    updates = optimizers.SGD(lr=0.5).get_updates(*order(K.sum(K.square(weight)), weight))
    K.function([], [], updates)([])
    np.testing.assert_allclose(K.get_value(weight), [0.])


class Batches:
    batch_size = 4


@pytest.mark.parametrize("generator, steps", [(Batches(), 5), (iter(()), 20)],
                         ids=["known size", "unknown size"])
def test_samples_per_epoch_becomes_steps(generator, steps):
    @interfaces.legacy_generator_methods_support
    def fit_generator(self, generator, steps_per_epoch=None, epochs=1, validation_steps=None):
        return steps_per_epoch, epochs, validation_steps
    with pytest.warns(UserWarning, match="`fit_generator` call to the Keras 2 API"):
        got = fit_generator(None, generator, samples_per_epoch=20, nb_epoch=3, nb_val_samples=2)
    assert got == (steps, 3, 2)
