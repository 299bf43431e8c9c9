"""Configs of models: Keras 2.3.1's JSON layout, written and read."""
import copy
import json
import warnings

import numpy as np

from .. import backend as K
from ..backend import errors
from ..utils.generic_utils import unpack_singleton

KERAS_VERSION = "2.3.1"  # the release whose layout is written


class NetworkConfig:
    """The part of a network that turns it into a config and back."""

    def get_config(self):
        """Layers with their calls, and which outputs of them are the ends.

        NotImplementedError for a subclassed model, whose `call` is code.
        """
        if not self._is_graph_network:
            raise NotImplementedError(errors.message(
                self._who(), "a subclassed model has no config", "Model(inputs, outputs)",
                "a model with its own call", "Save its weights, and keep its code"))
        kept = self._kept_nodes()
        return copy.deepcopy({
            "name": self.name,
            "layers": [self._layer_config(layer, kept) for layer in self._layers],
            "input_layers": self._ends(self._input_coordinates, kept),
            "output_layers": self._ends(self._output_coordinates, kept),
        })

    def _kept_nodes(self):
        """Each of the network's nodes -> its index among those that the config keeps."""
        kept = {}
        for layer in self._layers:
            # A network's own graph is its node 0, which is made with it.
            count = 1 if isinstance(layer, NetworkConfig) else 0
            for node in layer._inbound_nodes:
                if node in self._network_nodes:
                    kept[node] = count
                    count += 1
        return kept

    def _layer_config(self, layer, kept):
        calls = [_call_config(node, kept) for node in layer._inbound_nodes
                 if node in kept and node.inbound_layers]
        return {"name": layer.name, "class_name": type(layer).__name__,
                "config": layer.get_config(), "inbound_nodes": calls}

    def _ends(self, coordinates, kept):
        return [[layer.name, kept[layer._inbound_nodes[index]], tensor_index]
                for layer, index, tensor_index in coordinates]

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """A network from a config. ValueError where a layer or a call of it is missing."""
        from ..layers import deserialize  # the layers' module imports this one

        layers, calls = {}, []
        for entry in config["layers"]:
            layer = deserialize(_named(entry), custom_objects=custom_objects)
            layers[entry["name"]] = layer
            calls.extend((layer, call) for call in entry["inbound_nodes"])
        _replay(layers, calls)
        return cls(inputs=_tensors(layers, config["input_layers"]),
                   outputs=_tensors(layers, config["output_layers"]),
                   name=config.get("name"))

    def to_json(self, **kwargs):
        """The config as JSON; kwargs go to `json.dumps`."""
        return json.dumps(self._updated_config(), default=json_value, **kwargs)

    def to_yaml(self, **kwargs):
        """The config as YAML of plain values; kwargs go to `yaml.safe_dump`. Needs PyYAML."""
        from .saving import require_yaml

        return require_yaml("to_yaml").safe_dump(json.loads(self.to_json()), **kwargs)

    def _updated_config(self):
        return {"class_name": type(self).__name__, "config": self.get_config(),
                "keras_version": KERAS_VERSION, "backend": K.backend()}


def json_value(value):
    """What JSON can hold for a value that it cannot: NumPy's values, types, configurable objects."""
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, (type, np.dtype)) or callable(value):
        return getattr(value, "__name__", None) or value.name
    raise TypeError(errors.message(
        "to_json", "not something that JSON can hold", "numbers, text, lists, dicts, NumPy values",
        repr(value)))


def _named(entry):
    """A layer's entry; a model inside that is a mere list of layers gets the entry's name."""
    if isinstance(entry["config"], list):
        return {**entry, "config": {"name": entry["name"], "layers": entry["config"]}}
    return entry


def _call_config(node, kept):
    arguments = _json_arguments(node)
    return [[layer.name, kept[before], tensor_index, arguments]
            for layer, before, tensor_index in zip(
                node.inbound_layers, node.inbound_nodes(), node.tensor_indices)]


def _json_arguments(node):
    arguments = node.arguments or {}
    try:
        json.dumps(arguments)
        return arguments
    except TypeError:
        warnings.warn(errors.message(
            f"layer '{node.outbound_layer.name}'", "the keywords of its call are left out of the config",
            "values that JSON can hold", str(arguments)), stacklevel=6)
        return {}


def _replay(layers, calls):
    """Makes the calls, each as soon as its input tensors exist, a layer's calls in their order."""
    while calls:
        waiting, blocked = [], set()
        for layer, call in calls:
            found = None if layer in blocked else _ready(layers, call)
            if found is None:
                waiting.append((layer, call))
                blocked.add(layer)
            else:
                layer(unpack_singleton(found), **_arguments(call))
        if len(waiting) == len(calls):
            layer, call = waiting[0]
            raise ValueError(errors.message(
                f"layer '{layer.name}'", "its inputs never come to exist",
                "calls of layers that the config holds", str(call)[:200]))
        calls = waiting


def _ready(layers, call):
    """The input tensors of a call, or None while one of them does not exist yet."""
    tensors = []
    for name, node_index, tensor_index, *_ in call:
        layer = _layer(layers, name)
        if len(layer._inbound_nodes) <= node_index:
            return None
        tensors.append(layer._inbound_nodes[node_index].output_tensors[tensor_index])
    return tensors


def _arguments(call):
    return call[0][3] if len(call[0]) > 3 else {}


def _tensors(layers, ends):
    if ends and isinstance(ends[0], str):  # newer files write a single end without the outer list
        ends = [ends]
    return [_layer(layers, name)._inbound_nodes[node_index].output_tensors[tensor_index]
            for name, node_index, tensor_index in ends]


def _layer(layers, name):
    if name not in layers:
        raise ValueError(errors.message(
            "config", "a call names a layer that is not there", errors.one_of(list(layers)),
            repr(name)))
    return layers[name]
