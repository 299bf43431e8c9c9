"""Runs the golden model files: the config and the weights in a file give what was recorded."""
import json
import warnings
from typing import NamedTuple

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
    stored = _read(record["h5"]) if "h5" in record else _recorded(record, arrays)
    model = _loaded(stored._replace(version=record["keras_version"], backend=record["backend"]))
    pairs = _predictions(model, record, arrays, record["batch_size"]) + weight_pairs(model, arrays)
    if "keras2_config" in record:
        # Keras 1 gave a Sequential no name, so that it is numbered as it comes.
        pairs.append(Pair("config", *[{**made["config"], "name": None} for made in (
            json.loads(model.to_json()), record["keras2_config"])]))
    return pairs


def file_pairs(record, arrays, batch_size):
    """A trained model of Keras 2 from its file alone: its weights, and what it predicts."""
    if "h5" not in record:
        return []
    model = _loaded(_read(record["h5"]))
    pairs = weight_pairs(model, arrays) + _predictions(model, record, arrays, batch_size)
    return [pair._replace(role=f"{pair.role}, by the file") for pair in pairs]


def _predictions(model, record, arrays, batch_size):
    x = [arrays[f"x{i}"] for i in range(record["n_inputs"])]
    predicted = model.predict(x, batch_size=batch_size)
    predicted = predicted if isinstance(predicted, list) else [predicted]
    return [Pair("number of outputs", len(predicted), record["n_outputs"])] + [
        Pair(f"predict{i}", got, arrays[f"predict{i}"]) for i, got in enumerate(predicted)]


def weight_pairs(model, arrays):
    """The model's weights beside the recorded ones; none where none were recorded."""
    if "weight0" not in arrays:
        return []
    return [Pair(f"weight{i}", value, arrays[f"weight{i}"])
            for i, value in enumerate(model.get_weights())]


class Stored(NamedTuple):
    """What a file holds of a model. arrays: layer's name -> its weights."""

    config: dict
    arrays: dict
    version: str = None
    backend: str = None


def _read(path):
    import h5py  # all else of the suite needs NumPy alone

    with h5py.File(path, "r") as file:
        group, facts = file["model_weights"], file.attrs
        arrays = {_text(name): [group[name][w][()] for w in group[name].attrs["weight_names"]]
                  for name in group.attrs["layer_names"]}
        return Stored(json.loads(_text(facts["model_config"])), arrays,
                      _text(facts["keras_version"]), _text(facts.get("backend", "")))


def _recorded(record, arrays):
    """The same of a record without a file."""
    left = iter([arrays[f"stored{i}"] for i in range(sum(record["stored"].values()))])
    return Stored(record["keras1_config"], {name: [next(left) for _ in range(count)]
                                            for name, count in record["stored"].items()})


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def _loaded(stored):
    """The model of a config, with the stored weights."""
    config = {**stored.config, "keras_version": stored.version}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the spellings of Keras 1, which are the point
        model = models.model_from_json(json.dumps(config))
    for name, arrays in stored.arrays.items():
        layer = model.get_layer(name)
        values = weights.updated(layer, arrays, stored.version, stored.backend)
        K.batch_set_value(zip(layer.weights, values))
    return model
