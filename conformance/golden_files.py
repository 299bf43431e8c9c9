"""Runs the golden model files: the config and the weights in a file give what was recorded."""
import json
import warnings

from keras_compat import backend as K
from keras_compat import models
from keras_compat.legacy import weights

from .golden_runner import Pair


def run_keras1_case(record, arrays):
    """What Keras 1 stored gives its predictions; the config and the weights of Keras 2.3.1.

    Stored in a file `h5`, or as arrays `stored{i}` of the layers in the record's `stored`
    (layer's name -> how many). Config and weights are recorded where Keras 2.3.1 could
    read the file.
    """
    config, stored = _read(record) if "h5" in record else _recorded(record, arrays)
    model = _model(config, record["keras_version"])
    _load(model, stored, record)
    count = record["n_inputs"]
    predicted = model.predict([arrays[f"x{i}"] for i in range(count)],
                              batch_size=record["batch_size"])
    predicted = predicted if isinstance(predicted, list) else [predicted]
    pairs = [Pair("number of outputs", len(predicted), record["n_outputs"])]
    if "keras2_config" in record:
        # Keras 1 gave a Sequential no name, so that it is numbered as it comes.
        pairs.append(Pair("config", *[{**made["config"], "name": None} for made in (
            json.loads(model.to_json()), record["keras2_config"])]))
    pairs += [Pair(f"predict{i}", got, arrays[f"predict{i}"]) for i, got in enumerate(predicted)]
    return pairs + weight_pairs(model, arrays)


def weight_pairs(model, arrays):
    """The model's weights beside the recorded ones; none where none were recorded."""
    if "weight0" not in arrays:
        return []
    return [Pair(f"weight{i}", value, arrays[f"weight{i}"])
            for i, value in enumerate(model.get_weights())]


def file_pairs(record, model, arrays):
    """The weights that a file of Keras 2.3.1 on Theano holds for a trained model."""
    if "h5" not in record:
        return []
    _, stored = _read(record)
    _load(model, stored, {"keras_version": "2.3.1", "backend": "theano"})
    return [pair._replace(role=f"{pair.role} in the file") for pair in weight_pairs(model, arrays)]


def _model(config, version):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the spellings of Keras 1, which are the point
        return models.model_from_json(json.dumps({**config, "keras_version": version}))


def _read(record):
    """(config, {layer's name: its arrays}) of the file of a record."""
    import h5py  # all else of the suite needs NumPy alone

    with h5py.File(record["h5"], "r") as file:
        group = file["model_weights"]
        stored = {_text(name): [group[name][w][()] for w in group[name].attrs["weight_names"]]
                  for name in group.attrs["layer_names"]}
        return json.loads(_text(file.attrs["model_config"])), stored


def _recorded(record, arrays):
    """The same of a record without a file."""
    left = iter([arrays[f"stored{i}"] for i in range(sum(record["stored"].values()))])
    stored = {name: [next(left) for _ in range(count)]
              for name, count in record["stored"].items()}
    return record["keras1_config"], stored


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def _load(model, stored, record):
    for name, arrays in stored.items():
        layer = model.get_layer(name)
        values = weights.updated(layer, arrays, record["keras_version"], record["backend"])
        K.batch_set_value(zip(layer.weights, values))
