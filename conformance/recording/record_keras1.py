"""Records layers of Keras 1.2.2 on TensorFlow: configs, weights as stored, predictions.

python record_keras1.py FOLDER; see README.md beside this file for what it needs.
"""
import json
import os
import sys

import keras
import numpy as np
from keras import backend as K
from keras import layers as L
from keras import models

IMAGE, VOLUME, SEQUENCE = (6, 5, 2), (6, 5, 4, 2), (5, 2)


def first(shape):
    """A sample's shape with its channels first."""
    return shape[-1:] + shape[:-1]


def nested():
    return models.Sequential([
        L.LSTM(3, input_shape=SEQUENCE, return_sequences=True), L.BatchNormalization(),
        L.Bidirectional(L.GRU(2)), L.Dense(2)])


# case: (makes the layer, a sample's shape, dim_ordering)
CASES = {
    "conv1d": (lambda: L.Convolution1D(4, 3, border_mode="same", subsample_length=2),
               (9, 2), "tf"),
    "atrous_conv1d": (lambda: L.AtrousConvolution1D(4, 3, atrous_rate=2), (9, 2), "tf"),
    "conv2d": (lambda: L.Convolution2D(4, 3, 2, border_mode="same"), IMAGE, "tf"),
    "conv2d_th": (lambda: L.Convolution2D(4, 3, 2), first(IMAGE), "th"),
    "atrous_conv2d": (lambda: L.AtrousConvolution2D(4, 3, 2, atrous_rate=(2, 2)),
                      (8, 7, 2), "tf"),
    "separable": (lambda: L.SeparableConvolution2D(4, 3, 2, depth_multiplier=2), (8, 7, 2), "tf"),
    "separable_th": (lambda: L.SeparableConvolution2D(4, 3, 2, depth_multiplier=2),
                     (2, 8, 7), "th"),
    "conv3d": (lambda: L.Convolution3D(4, 3, 2, 2), VOLUME, "tf"),
    "conv3d_th": (lambda: L.Convolution3D(4, 3, 2, 2), first(VOLUME), "th"),
    "deconv": (lambda: L.Deconvolution2D(4, 3, 2, output_shape=(None, 12, 12, 4),
                                         subsample=(2, 2), border_mode="same"), (6, 6, 2), "tf"),
    "deconv_th": (lambda: L.Deconvolution2D(4, 3, 2, output_shape=(None, 4, 12, 12),
                                            subsample=(2, 2), border_mode="same"),
                  (2, 6, 6), "th"),
    "local1d": (lambda: L.LocallyConnected1D(4, 3), (9, 2), "tf"),
    "local2d": (lambda: L.LocallyConnected2D(4, 3, 2), IMAGE, "tf"),
    "convlstm": (lambda: L.ConvLSTM2D(3, 2, 2, border_mode="same"), (3, 5, 4, 2), "tf"),
    "convlstm_th": (lambda: L.ConvLSTM2D(3, 2, 2, border_mode="same"), (3, 2, 5, 4), "th"),
    "bidirectional": (lambda: L.Bidirectional(L.LSTM(3, return_sequences=True)), SEQUENCE, "tf"),
    "time_distributed": (lambda: L.TimeDistributed(L.Convolution2D(4, 3, 2)), (3,) + IMAGE, "tf"),
    "time_distributed_th": (lambda: L.TimeDistributed(L.Convolution2D(4, 3, 2)),
                            (3,) + first(IMAGE), "th"),
    "nested": (nested, SEQUENCE, "tf"),
    "batchnorm": (lambda: L.BatchNormalization(), (3,), "tf"),
    "prelu": (lambda: L.PReLU(), (3,), "tf"),
    "srelu": (lambda: L.SReLU(), (3,), "tf"),
    "parametric_softplus": (lambda: L.ParametricSoftplus(), (3,), "tf"),
    "highway": (lambda: L.Highway(activation="tanh"), (3,), "tf"),
    "maxout": (lambda: L.MaxoutDense(4, nb_feature=3), (3,), "tf"),
    "time_distributed_dense": (lambda: L.TimeDistributedDense(4), (3, 2), "tf"),
    "embedding": (lambda: L.Embedding(7, 3, mask_zero=True), (4,), "tf"),
}
for _kind, _layer in (("lstm", L.LSTM), ("gru", L.GRU), ("simple_rnn", L.SimpleRNN)):
    for _mode in ("cpu", "mem", "gpu"):
        CASES[_kind + "_" + _mode] = (
            lambda layer=_layer, mode=_mode: layer(3, consume_less=mode), SEQUENCE, "tf")


def record(name, make, shape, ordering, random):
    """(record, arrays) of one case."""
    K.set_image_dim_ordering(ordering)
    start = L.Input(shape=shape)
    model = models.Model(start, make()(start))
    stored = [random.randn(*value.shape).astype("float32") * .3 for value in model.get_weights()]
    stored = [abs(value) if "running" in weight.name else value
              for value, weight in zip(stored, model.layers[-1].weights)]
    for weight, value in zip(model.layers[-1].weights, stored):
        K.set_value(weight, value)
    x = random.randn(2, *shape).astype("float32")
    if name == "embedding":
        x = random.randint(0, 7, (2,) + shape).astype("float32")
    arrays = {"x0": x, "predict0": model.predict(x)}
    arrays.update(("stored%d" % i, value) for i, value in enumerate(stored))
    facts = {
        "case": "keras1_tf_" + name, "group": "keras1", "keras_version": keras.__version__,
        "backend": K.backend(), "image_dim_ordering": ordering, "batch_size": 32,
        "n_inputs": 1, "n_outputs": 1, "stored": {model.layers[-1].name: len(stored)},
        "keras1_config": {"class_name": "Model", "config": model.get_config()},
        "arrays": {role: [list(a.shape), a.dtype.name] for role, a in arrays.items()}}
    return facts, arrays


def main(folder):
    random = np.random.RandomState(122)
    records, arrays = [], {}
    for name in sorted(CASES):
        facts, found = record(name, *CASES[name], random=random)
        records.append(facts)
        arrays.update((facts["case"] + "/" + role, a) for role, a in found.items())
    with open(os.path.join(folder, "keras1.json"), "w") as file:
        json.dump({"group": "keras1", "cases": records}, file, sort_keys=True)
    np.savez_compressed(os.path.join(folder, "keras1.npz"), **arrays)


if __name__ == "__main__":
    main(sys.argv[1])
