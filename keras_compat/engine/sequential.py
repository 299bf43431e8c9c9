"""Sequential: a line of layers."""
import copy

from .. import backend as K
from ..backend import errors
from ..utils.layer_utils import get_source_inputs
from .base_layer import Layer
from .input_layer import Input, InputLayer
from .training import Model


class Sequential(Model):
    """A model of layers that follow each other.

    layers: those to add at once. The model is built as soon as the input's shape
    is known: from the first layer's `input_shape`, from `build`, or from the first
    data.
    """

    def __init__(self, layers=None, name=None):
        super().__init__(name=name)
        self._build_input_shape = None
        if isinstance(layers, Layer):
            raise TypeError(errors.message(
                self._who(), "layers are given as a list", f"[{layers.name}]", repr(layers)))
        for layer in layers or []:
            self.add(layer)

    def _track(self, value):
        """Attributes are no part of the line of layers."""

    @property
    def layers(self):
        """The layers, without the one that holds the input."""
        if self._layers and isinstance(self._layers[0], InputLayer):
            return self._layers[1:]
        return self._layers

    @property
    def model(self):
        """The model itself, as it was called in Keras 1."""
        return self

    # ---- building ----

    def add(self, layer):
        """Appends a layer; TypeError for what is no layer or has several outputs."""
        if not isinstance(layer, Layer):
            raise TypeError(errors.message(
                f"{self._who()}, add", "only layers can be added", "an instance of Layer",
                repr(layer)))
        self.built = False
        if not self._layers:
            self._start(layer)
        elif self.outputs:
            self.outputs = [self._single(layer(self.outputs[0]), layer)]
        if self.inputs:
            self.build()
        else:
            self._layers.append(layer)

    def _start(self, layer):
        """Makes the input tensor if the first layer tells its shape."""
        # Keras 1's Merge may bring several inputs with it.
        if not isinstance(layer, InputLayer) and not getattr(layer, "merges_layers", False):
            first = self._innermost(layer)
            if not hasattr(first, "batch_input_shape"):
                return
            layer(Input(batch_shape=first.batch_input_shape, dtype=first.dtype,
                        name=layer.name + "_input"))
        self.outputs = [self._single(layer._inbound_nodes[-1].output_tensors, layer)]
        self.inputs = get_source_inputs(self.outputs[0])

    def _innermost(self, layer):
        """The layer that tells the input's shape: of a model, its first layer."""
        while isinstance(layer, Model):
            if not layer._layers:
                raise ValueError(errors.message(
                    f"{self._who()}, add", "an empty model has no shape to start from",
                    "a model with layers", f"'{layer.name}' without any"))
            layer = layer._layers[0]
        return layer

    def _single(self, outputs, layer):
        if not isinstance(outputs, list):
            return outputs
        if len(outputs) != 1:
            raise TypeError(errors.message(
                f"{self._who()}, add", "a layer here has one output tensor", "one output",
                f"{len(outputs)} of layer '{layer.name}'", "Use the functional API"))
        return outputs[0]

    def pop(self):
        """Takes the last layer away; TypeError when there is none."""
        layers = self.layers
        if not layers:
            raise TypeError(errors.message(
                f"{self._who()}, pop", "there is no layer to take away", "a model with layers",
                "none"))
        self._layers.pop()
        self.built = False
        if not self.layers:
            self._layers, self.inputs, self.outputs = [], None, None
        elif self.outputs:
            last = self.layers[-1]
            last._outbound_nodes = []
            self.outputs = [self._single(last._inbound_nodes[-1].output_tensors, last)]
            self.build()

    def build(self, input_shape=None):
        """Makes the weights, for an input of this shape (with the batch axis) if none is known."""
        if input_shape and not self.inputs:
            self._build_input_shape = input_shape
            x = Input(batch_shape=tuple(input_shape), dtype=K.floatx(), name=self.name + "_input")
            self.inputs = [x]
            for layer in self._layers:
                x = self._single(layer(x), layer)
            self.outputs = [x]
        if self.inputs:
            self._init_graph_network(self.inputs, self.outputs)

    # ---- predictions of classifiers ----

    def predict_proba(self, x, batch_size=32, verbose=0):
        """The predictions; for a classifier that ends in probabilities, these."""
        return self.predict(x, batch_size, verbose)

    def predict_classes(self, x, batch_size=32, verbose=0):
        """The most likely class of each sample; of one output, whether it exceeds 0.5."""
        scores = self.predict(x, batch_size=batch_size, verbose=verbose)
        if scores.shape[-1] > 1:
            return scores.argmax(axis=-1)
        return (scores > 0.5).astype("int32")

    # ---- configs ----

    def get_config(self):
        """The name, and the class and config of each layer."""
        layers = [{"class_name": type(layer).__name__, "config": layer.get_config()}
                  for layer in self.layers]
        config = {"name": self.name, "layers": copy.deepcopy(layers)}
        if self._build_input_shape:
            config["build_input_shape"] = self._build_input_shape
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """A model from a config, or from a list of layers' configs as before Keras 2.2.3."""
        from ..layers import deserialize  # the layers' module imports this one

        if not isinstance(config, dict):
            config = {"layers": config}
        model = cls(name=config.get("name"))
        for entry in config["layers"]:
            model.add(deserialize(entry, custom_objects=custom_objects))
        if not model.inputs and config.get("build_input_shape"):
            model.build(config["build_input_shape"])
        return model
