"""Runs the golden cases of layers and gives what came out beside what was recorded.

A case is rebuilt from its config, gets the recorded weights and inputs, and is run
by one `K.function` with the gradients of sum_i sum(output_i * coef_i). What the
files hold is in `golden/README.md`; `golden_tensorflow/` has the same format.
"""
import collections
import json
import os
from typing import NamedTuple

import numpy as np

from keras_compat import backend as K
from keras_compat import layers

# What was recorded on Theano, and the cases of which only TensorFlow is a witness.
FOLDERS = tuple(os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
                for name in ("golden", "golden_tensorflow"))


class Pair(NamedTuple):
    """One array that came out, and the one that was recorded."""

    role: str
    got: np.ndarray
    expected: np.ndarray


def load_group(group, folder=None):
    """(records, arrays) of a group: `arrays` maps '<case>/<role>'; both empty without a file.

    Paths of model files in the records are made whole.
    """
    records, arrays = [], collections.ChainMap()
    for place in [folder] if folder else FOLDERS:
        base = os.path.join(place, group)
        if os.path.exists(base + ".json"):
            with open(base + ".json", encoding="utf-8") as file:
                records += [_with_whole_path(record, place) for record in json.load(file)["cases"]]
            arrays.maps.append(np.load(base + ".npz"))
    return records, arrays


def _with_whole_path(record, place):
    return {**record, "h5": os.path.join(place, record["h5"])} if "h5" in record else record


def arrays_of(record, arrays):
    """The arrays of one case, by role."""
    return {role: arrays[f"{record['case']}/{role}"] for role in record["arrays"]}


# ---- layers ----

def run_layer_case(record, arrays):
    """The pairs of one case of the group `layers`: facts, outputs, masks, gradients, updates.

    arrays: the case's arrays, by role. What the layer does not give is None.
    """
    run = _LayerRun(record, arrays)
    pairs = run.facts() + run.batch("") + run.updated_weights()
    if record.get("stateful_batches"):
        pairs += run.batch("_b2")
    return pairs


class _LayerRun:
    def __init__(self, record, arrays):
        self.record = record
        self.arrays = arrays
        config = dict(record["config"])
        self.layer = layers.deserialize({"class_name": record["class_name"], "config": config})
        count = record["n_inputs"] + record["n_states"]
        self.inputs = [self._placeholder(i) for i in range(count)]
        self.outputs, self.masks = self._call()
        self.layer.set_weights([arrays[f"weight{i}"] for i in range(record["n_weights"])])
        self.function, self.roles = self._compiled()

    def _placeholder(self, index):
        value = self.arrays[f"input{index}"]
        shape = value.shape if self.record["stateful"] else (None,) + value.shape[1:]
        return layers.Input(batch_shape=shape, dtype=value.dtype.name)

    def _call(self):
        """(outputs, their masks) of the layer's call on the placeholders."""
        count = self.record["n_inputs"]
        inputs, states = self.inputs[:count], self.inputs[count:]
        if self.record["with_mask"]:
            inputs = [layers.Masking(0.0)(x) for x in inputs]
        keywords = {"initial_state": states} if states else {}
        if self.record["training"] is not None:
            keywords["training"] = self.record["training"]
        outputs = self.layer(_single(inputs), **keywords)
        return _as_list(outputs), _as_list(self.layer.get_output_mask_at(0))

    def _compiled(self):
        """The function of a batch, and the roles of what it returns."""
        wanted = {f"output{i}": tensor for i, tensor in enumerate(self.outputs)}
        wanted.update({f"output_mask{i}": mask for i, mask in enumerate(self.masks)
                       if mask is not None})
        wanted.update(self._gradients())
        function = K.function(self.inputs, list(wanted.values()), updates=self.layer.updates)
        return function, list(wanted)

    def _gradients(self):
        if not any(role.startswith("grad_") for role in self.arrays):
            return {}
        loss = sum(K.sum(output * K.constant(self.arrays[f"coef{i}"]))
                   for i, output in enumerate(self.outputs))
        wrt = {f"grad_input{i}": x for i, x in enumerate(self.inputs)}
        weights = self.layer.weights
        wrt.update({f"grad_weight{i}": weights[i] for i in self.record["trainable"]})
        wrt = {role: tensor for role, tensor in wrt.items() if role in self.arrays}
        return dict(zip(wrt, K.gradients(loss, list(wrt.values()))))

    # ---- what is compared ----

    def facts(self):
        """The config, the names of the weights and the static shapes."""
        record = self.record
        shapes = [tuple(shape) for shape in record["input_shape"]]
        declared = self.layer.compute_output_shape(_single(shapes))
        declared = declared if isinstance(declared, list) else [declared]
        config = json.loads(json.dumps(self.layer.get_config(), default=_plain))
        names = [w.name.split("/")[-1].split(":")[0] for w in self.layer.weights]
        return [Pair("config", _flat_shape(config), _flat_shape(record["config"])),
                Pair("weight_names", names, record["weight_names"]),
                Pair("output_shape", [list(shape) for shape in declared],
                     record["output_shape"])]

    def batch(self, suffix):
        """What one call gives, beside the roles with this suffix."""
        values = [self.arrays.get(f"input{i}{suffix}", self.arrays[f"input{i}"])
                  for i in range(len(self.inputs))]
        got = dict(zip(self.roles, self.function(values)))
        expected = [role for role in self.arrays if role.startswith(("output", "grad_"))
                    and role.endswith("_b2") == bool(suffix)]
        return [Pair(role, got.get(role.removesuffix("_b2")), self.arrays[role])
                for role in expected]

    def updated_weights(self):
        """The weights after the first call's updates, where they were recorded."""
        weights = self.layer.get_weights()
        return [Pair(role, weights[int(role.removeprefix("updated_weight"))], value)
                for role, value in self.arrays.items() if role.startswith("updated_weight")]


def _flat_shape(config):
    """2.3.1's Embedding wrote several lengths as one entry of its shape."""
    shape = config.get("batch_input_shape")
    if shape is None:
        return config
    flat = [size for entry in shape for size in (entry if isinstance(entry, list) else [entry])]
    return {**config, "batch_input_shape": flat}


def _as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _single(values):
    return values[0] if len(values) == 1 else values


def _plain(value):
    """NumPy scalars and arrays as what JSON can hold."""
    return value.tolist()
