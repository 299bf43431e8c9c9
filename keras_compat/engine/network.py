"""Network: a graph of layers that is itself a layer.

A functional network is made from its input and output tensors; a subclass may
instead set layers as attributes and define `call`.
"""
import numbers

from .. import backend as K
from ..backend import errors
from ..legacy import interfaces
from ..utils.generic_utils import (  # noqa: F401 (old code imports some of them from here)
    has_arg, object_list_uid, to_list, unpack_singleton)
from ..utils.layer_utils import get_source_inputs  # noqa: F401
from ..utils.layer_utils import print_summary as print_layer_summary
from . import graph_order, pickling
from .base_layer import Layer, _as_many, _shape_list, _traced
from .input_layer import InputLayer
from .layer_state import set_values, unique
from .network_config import NetworkConfig
from .node import Node, history, leaf, masks_of, node_of  # noqa: F401


class Network(NetworkConfig, Layer):
    """A graph of layers.

    Network(inputs, outputs, name=None): tensors of `Input` and of layers, one or
    a list each (Keras 1's `input` and `output` are taken too). A subclass calls
    `super().__init__(name=...)` with neither.
    """

    @interfaces.legacy_model_constructor_support
    def __init__(self, *args, **kwargs):
        given = _constructor_arguments(type(self).__name__, args, kwargs)
        prefix = type(self).__name__.lower()
        name = given.get("name") or f"{prefix}_{K.get_uid(prefix)}"
        object.__setattr__(self, "_is_graph_network", False)
        super().__init__(name=name, trainable=given.get("trainable", True))
        self.inputs = self.outputs = None
        self.input_names = self.output_names = None
        self._nodes_by_depth, self._network_nodes = {}, set()
        if "inputs" in given:
            self._init_graph_network(given["inputs"], given["outputs"])

    def _init_graph_network(self, inputs, outputs):
        self.inputs = list(to_list(inputs, allow_tuple=True))
        self.outputs = list(to_list(outputs, allow_tuple=True))
        who = self._who()
        _check_ends(who, self.inputs, self.outputs)
        found = graph_order.order(self.inputs, self.outputs, who)
        self._is_graph_network = True
        self._network_nodes = found.nodes
        self._nodes_by_depth = found.nodes_by_depth
        self._layers = found.layers
        self._layers_by_depth = found.layers_by_depth
        self._name_ends(who)
        self._link_ends()
        self.built = True

    def _name_ends(self, who):
        self._input_layers = [history(x)[0] for x in self.inputs]
        self._output_layers = [history(x)[0] for x in self.outputs]
        for layer in self._input_layers:
            if not isinstance(layer, InputLayer):
                raise TypeError(errors.message(
                    who, "a model's inputs come from Input", "tensors of Input or InputLayer",
                    f"an output of layer '{layer.name}' ({type(layer).__name__})"))
        self._input_coordinates = [history(x) for x in self.inputs]
        self._output_coordinates = [history(x) for x in self.outputs]
        self.input_names = [layer.name for layer in self._input_layers]
        self.output_names = [layer.name for layer in self._output_layers]
        fed = [pair for pair in zip(self._input_layers, self.inputs) if pair[0].is_placeholder]
        self._feed_input_names = [layer.name for layer, _ in fed]
        self._feed_inputs = [x for _, x in fed]
        self._feed_input_shapes = [K.int_shape(x) for x in self._feed_inputs]

    def _link_ends(self):
        """Makes the network's own first node, from its inputs to its outputs."""
        masks = _as_many(masks_of(self.inputs), len(self.inputs))
        output_masks = _as_many(masks_of(self.outputs), len(self.outputs))
        shapes, output_shapes = ([K.int_shape(x) for x in ends]
                                 for ends in (self.inputs, self.outputs))
        calls = self._inbound_nodes[1:]
        self._inbound_nodes = []
        leaf(self, self.inputs, masks, shapes, self.outputs, output_masks, output_shapes)
        self._inbound_nodes += calls
        # Each entry holds the tensors of its key, so that their ids stay theirs.
        self._runs = {_run_key(self.inputs, masks):
                      (self.inputs, masks, self.outputs, output_masks, output_shapes)}

    def _track(self, value):
        if "_layers" not in self.__dict__ and isinstance(value, Layer):
            raise RuntimeError(errors.message(
                type(self).__name__, "the constructor of Model comes first",
                "super().__init__() before layers are set as attributes", "none so far"))
        if not self._is_graph_network:
            super()._track(value)

    # ---- layers ----

    @property
    def layers(self):
        """The layers, those nearest to the inputs first."""
        return self._layers

    def get_layer(self, name=None, index=None):
        """The layer of this name, or at this index of `layers`; ValueError where there is none."""
        layers = self.layers
        if index is not None:
            if isinstance(index, numbers.Integral) and -len(layers) <= index < len(layers):
                return layers[index]
            raise ValueError(errors.message(
                f"{self._who()}, get_layer", "no layer at this index",
                f"an index below {len(layers)}", repr(index)))
        for layer in layers:
            if layer.name == name and name:
                return layer
        raise ValueError(errors.message(
            f"{self._who()}, get_layer", "no layer of this name",
            errors.one_of([layer.name for layer in layers]), repr(name)))

    def get_weights(self):
        """Values of all weights, layer by layer in the order of `layers`."""
        return K.batch_get_value(self._weights_by_layer())

    def set_weights(self, weights):
        """Writes a list of arrays, in the order and the shapes of `get_weights()`."""
        set_values(self._who(), self._weights_by_layer(), weights)

    def _weights_by_layer(self):
        return [weight for layer in self.layers for weight in layer.weights]

    @property
    def stateful(self):
        """Whether some layer keeps its state from batch to batch."""
        return any(getattr(layer, "stateful", False) for layer in self.layers)

    def reset_states(self):
        """Sets the states of all stateful layers to their start."""
        for layer in self.layers:
            if hasattr(layer, "reset_states") and getattr(layer, "stateful", False):
                layer.reset_states()

    @property
    def state_updates(self):
        """The updates of stateful layers, which run in prediction too."""
        return unique(update for layer in self.layers if getattr(layer, "stateful", False)
                      for update in layer.updates)

    @property
    def uses_learning_phase(self):
        """Whether an output differs between training and prediction."""
        return any(x._uses_learning_phase for x in self.outputs or ())

    @property
    def input_spec(self):
        """The InputSpecs of the inputs."""
        if not self._is_graph_network:
            return None
        return unpack_singleton([layer.input_spec for layer in self._input_layers])

    # ---- losses and updates ----

    @property
    def losses(self):
        """Losses of all layers, for the calls that belong to the network, and its own."""
        if not self._is_graph_network:
            return super().losses
        return self._of_nodes("get_losses_for")

    @property
    def updates(self):
        """Updates of all layers, for the calls that belong to the network, and its own."""
        if self._is_frozen():
            return []
        if not self._is_graph_network:
            return super().updates
        return self._of_nodes("get_updates_for")

    def _of_nodes(self, method):
        items = []
        for layer in self._layers:
            of_layer = getattr(layer, method)
            for node in layer._inbound_nodes:
                if node in self._network_nodes:
                    items += of_layer(unpack_singleton(node.input_tensors))
            items += of_layer(None)
        own = getattr(self, method)
        return unique(items + own(self.inputs) + own(None))

    # ---- running on other tensors ----

    def call(self, inputs, mask=None):
        """The outputs for other input tensors: the layers are called anew on them."""
        return unpack_singleton(self._run(inputs, mask)[0])

    def compute_mask(self, inputs, mask):
        """The output mask(s) for these inputs and their masks."""
        if not self._is_graph_network:
            return None
        return unpack_singleton(self._run(inputs, mask)[1])

    def run_internal_graph(self, inputs, masks=None):
        """Calls the layers on `inputs`: lists of output tensors, masks and shapes."""
        inputs = list(to_list(inputs, allow_tuple=True))
        values = {id(x): pair for x, pair in zip(
            self.inputs, zip(inputs, _as_many(masks, len(inputs))))}
        for nodes in self._nodes_by_depth.values():
            for node in nodes:
                if node.inbound_layers:
                    self._run_node(node, values, inputs)
        outputs, output_masks = (list(column) for column in zip(
            *(values[id(x)] for x in self.outputs)))
        return outputs, output_masks, [K.int_shape(x) for x in outputs]

    def _run(self, inputs, masks):
        if not self._is_graph_network:
            raise NotImplementedError(errors.message(
                self._who(), "a model without inputs and outputs defines its own call",
                "a method `call(self, inputs)`", "none"))
        inputs = list(to_list(inputs, allow_tuple=True))
        masks = _as_many(masks, len(inputs))
        key = _run_key(inputs, masks)
        if key not in self._runs:
            self._runs[key] = (inputs, masks) + self.run_internal_graph(inputs, masks)
        return self._runs[key][2:]

    def _run_node(self, node, values, network_inputs):
        """Calls one layer again, on the values of its node's input tensors."""
        layer = node.outbound_layer
        tensors, masks = (unpack_singleton(list(column)) for column in zip(
            *(values[id(x)] for x in node.input_tensors)))
        with K.name_scope(layer.name), K.layer_scope(layer.name):
            outputs = _traced(layer, tensors, masks, node.arguments or {})
            output_masks = _as_many(layer.compute_mask(tensors, masks), len(outputs))
            layer._regularize_activity(tensors, outputs)
        input_shapes = [K.int_shape(x) for x in to_list(tensors)]
        for output, shape in zip(outputs, layer._output_shapes(input_shapes, outputs)):
            output._keras_shape = shape
        self._adopt(layer, tensors, network_inputs)
        values.update((id(x), pair) for x, pair in zip(
            node.output_tensors, zip(outputs, output_masks)))

    def _adopt(self, layer, tensors, network_inputs):
        """Takes over a layer's losses and updates, as depending on the network's inputs."""
        for own, depends_on in ((tensors, network_inputs), (None, None)):
            self.add_update(layer.get_updates_for(own), depends_on)
            self.add_loss(layer.get_losses_for(own), depends_on)

    def _call_claiming(self, inputs, **kwargs):
        if self._is_graph_network:  # `_adopt` has taken the layers' losses and updates
            return self.call(inputs, **kwargs)
        return super()._call_claiming(inputs, **kwargs)

    def __reduce__(self):
        return pickling.reduce(self)

    # ---- shapes ----

    def compute_output_shape(self, input_shape):
        """The output shape(s) for other input shape(s)."""
        given = _shape_list(input_shape, len(self.inputs))
        shapes = {id(x): shape for x, shape in zip(self.inputs, given)}
        for nodes in self._nodes_by_depth.values():
            for node in nodes:
                if node.inbound_layers:
                    before = [shapes[id(x)] for x in node.input_tensors]
                    shapes.update(zip(map(id, node.output_tensors), _node_shapes(node, before)))
        return unpack_singleton([shapes[id(x)] for x in self.outputs])

    def _output_shapes(self, input_shapes, outputs):
        return [K.int_shape(x) for x in outputs]

    # ---- showing ----

    def summary(self, line_length=None, positions=None, print_fn=None):
        """Prints a table of the layers; ValueError before the model is built."""
        if not self.built:
            raise ValueError(errors.message(
                f"{self._who()}, summary", "the weights do not exist yet", "a built model",
                "one that was never called", "Call build(input_shape), or fit it"))
        print_layer_summary(self, line_length=line_length, positions=positions, print_fn=print_fn)


def _run_key(inputs, masks):
    return tuple(id(x) for x in inputs), tuple(id(m) for m in masks)


def _node_shapes(node, input_shapes):
    layer = node.outbound_layer
    if type(layer).compute_output_shape is Layer.compute_output_shape:
        # Such a layer does not say: it keeps the shape, or what its call gave holds but for the batch.
        if node.output_shapes == node.input_shapes:
            return input_shapes
        return [input_shapes[0][:1] + shape[1:] for shape in node.output_shapes]
    declared = layer.compute_output_shape(unpack_singleton(input_shapes))
    return _shape_list(declared, len(node.output_tensors))


# ---- checks of the constructor ----

_ARGUMENTS = ("inputs", "outputs", "name")


def _constructor_arguments(who, args, kwargs):
    """inputs and outputs (both or neither), name and trainable."""
    given = dict(zip(_ARGUMENTS, args))
    for key, value in kwargs.items():
        if key in given or key not in _ARGUMENTS + ("trainable",):
            raise TypeError(errors.message(
                who, "keyword argument not understood, or given twice",
                "inputs, outputs, name, trainable", f"{key}"))
        given[key] = value
    if ("inputs" in given) != ("outputs" in given) or len(args) > len(_ARGUMENTS):
        raise TypeError(errors.message(
            who, "a functional model has inputs and outputs", "Model(inputs, outputs, name=None)",
            f"{len(args)} positional arguments, keywords {sorted(kwargs)}"))
    return given


def _check_ends(who, inputs, outputs):
    if not inputs and not outputs:
        raise ValueError(errors.message(who, "a model has inputs and outputs",
                                        "at least one tensor each", "none"))
    for kind, tensors in (("input", inputs), ("output", outputs)):
        for x in tensors:
            if node_of(x) is None:
                raise ValueError(errors.message(
                    who, f"a model's {kind}s come from layers",
                    "tensors of Input" if kind == "input" else "outputs of layers", repr(x),
                    "Wrap the function that made it in a Lambda layer" if kind == "output"
                    else "Input(tensor=...) makes an input of it"))
    if len({id(x) for x in inputs}) != len(inputs):
        raise ValueError(errors.message(
            who, "each input is given once", "different tensors",
            f"{[x.name for x in inputs]}"))
