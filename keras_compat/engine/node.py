"""Nodes: one call of a layer each, linking the layers of a model."""
from ..backend import errors
from ..utils.generic_utils import to_list, unpack_singleton


class Node:
    """One call of a layer.

    outbound_layer: the layer that was called. inbound_layers, node_indices,
    tensor_indices: for each input tensor, the layer that made it, which call of
    that layer, and which of its outputs. input_* and output_*: lists of tensors,
    masks and shapes. arguments: keywords of the call.
    """

    def __init__(self, outbound_layer, inbound_layers, node_indices, tensor_indices,
                 input_tensors, output_tensors, input_masks, output_masks,
                 input_shapes, output_shapes, arguments=None):
        self.outbound_layer = outbound_layer
        self.inbound_layers = inbound_layers
        self.node_indices = node_indices
        self.tensor_indices = tensor_indices
        self.input_tensors = input_tensors
        self.output_tensors = output_tensors
        self.input_masks = input_masks
        self.output_masks = output_masks
        self.input_shapes = input_shapes
        self.output_shapes = output_shapes
        self.arguments = arguments
        for layer in inbound_layers:
            if layer is not None:
                layer._outbound_nodes.append(self)
        outbound_layer._inbound_nodes.append(self)

    def inbound_nodes(self):
        """The nodes that made the input tensors, in the order of the inputs."""
        return [layer._inbound_nodes[index]
                for layer, index in zip(self.inbound_layers, self.node_indices)]

    def get_config(self):
        """Names and indices of what the call links."""
        return {
            "outbound_layer": getattr(self.outbound_layer, "name", None),
            "inbound_layers": [getattr(layer, "name", None) for layer in self.inbound_layers],
            "node_indices": self.node_indices,
            "tensor_indices": self.tensor_indices,
        }


def leaf(layer, tensors, masks, shapes, output_tensors=None, output_masks=None,
         output_shapes=None):
    """A node without inbound layers: an input, or a whole model's own graph."""
    return Node(layer, [], [], [], tensors,
                tensors if output_tensors is None else output_tensors, masks,
                masks if output_masks is None else output_masks, shapes,
                shapes if output_shapes is None else output_shapes)


def history(tensor):
    """(layer, node index, tensor index) of the call that made a tensor; Nones where unknown."""
    return getattr(tensor, "_keras_history", (None, None, None))


def node_of(tensor):
    """The node that made a tensor, or None for a tensor that comes from no layer."""
    layer, index, _ = history(tensor)
    return None if layer is None else layer._inbound_nodes[index]


def mask_of(tensor):
    """The mask that came with a tensor from its layer, or None."""
    node = node_of(tensor)
    return None if node is None else node.output_masks[history(tensor)[2]]


def masks_of(tensors):
    """The masks of a tensor, or of a list of tensors; a list of one is unpacked."""
    return unpack_singleton([mask_of(x) for x in to_list(tensors, allow_tuple=True)])


class NodeAccess:
    """What a layer knows of its calls: inputs, outputs, masks and shapes.

    The properties (`input`, `output_shape` ...) are for layers with a single
    call, the `get_..._at(node_index)` methods for any.
    """

    def _who(self):
        return f"{type(self).__name__} (layer '{self.name}')"

    def get_input_at(self, node_index):
        """Input tensor(s) of a call; RuntimeError before the first, ValueError past the last."""
        return self._at(node_index, "input_tensors")

    def get_output_at(self, node_index):
        """Output tensor(s) of a call."""
        return self._at(node_index, "output_tensors")

    def get_input_shape_at(self, node_index):
        """Input shape(s) of a call."""
        return self._at(node_index, "input_shapes")

    def get_output_shape_at(self, node_index):
        """Output shape(s) of a call."""
        return self._at(node_index, "output_shapes")

    def get_input_mask_at(self, node_index):
        """Input mask(s) of a call."""
        return self._at(node_index, "input_masks")

    def get_output_mask_at(self, node_index):
        """Output mask(s) of a call."""
        return self._at(node_index, "output_masks")

    @property
    def input(self):
        """Input tensor(s); AttributeError unless the layer was called exactly once."""
        return self._only("input_tensors", "get_input_at")

    @property
    def output(self):
        """Output tensor(s); AttributeError unless the layer was called exactly once."""
        return self._only("output_tensors", "get_output_at")

    @property
    def input_mask(self):
        """Input mask(s); AttributeError unless the layer was called exactly once."""
        return self._only("input_masks", "get_input_mask_at")

    @property
    def output_mask(self):
        """Output mask(s); AttributeError unless the layer was called exactly once."""
        return self._only("output_masks", "get_output_mask_at")

    @property
    def input_shape(self):
        """Input shape(s); AttributeError unless all calls had the same."""
        return self._common("input_shapes", "get_input_shape_at")

    @property
    def output_shape(self):
        """Output shape(s); AttributeError unless all calls had the same."""
        return self._common("output_shapes", "get_output_shape_at")

    @property
    def inbound_nodes(self):
        """The calls of the layer; the name until Keras 2.1, which scripts set to [] as well."""
        return self._inbound_nodes

    @inbound_nodes.setter
    def inbound_nodes(self, nodes):
        self._inbound_nodes = nodes

    @property
    def outbound_nodes(self):
        """The calls of other layers on the outputs; the name until Keras 2.1."""
        return self._outbound_nodes

    @outbound_nodes.setter
    def outbound_nodes(self, nodes):
        self._outbound_nodes = nodes

    def _at(self, node_index, attribute):
        nodes = self._inbound_nodes
        if not nodes:
            raise RuntimeError(self._node_message(attribute, "at least one call", "none"))
        if not -len(nodes) <= node_index < len(nodes):
            raise ValueError(self._node_message(
                attribute, f"a node index below {len(nodes)}", str(node_index)))
        return unpack_singleton(getattr(nodes[node_index], attribute))

    def _only(self, attribute, method):
        nodes = self._inbound_nodes
        if len(nodes) != 1:
            raise AttributeError(self._node_message(
                attribute, "exactly one call", f"{len(nodes)} calls",
                f"Use {method}(node_index)" if nodes else "Call the layer first"))
        return unpack_singleton(getattr(nodes[0], attribute))

    def _common(self, attribute, method):
        nodes = self._inbound_nodes
        shapes = [getattr(node, attribute) for node in nodes]
        if not nodes or any(other != shapes[0] for other in shapes):
            raise AttributeError(self._node_message(
                attribute, "calls with the same shapes", str(shapes) if nodes else "no call",
                f"Use {method}(node_index)" if nodes else "Call the layer first"))
        return unpack_singleton(shapes[0])

    def _node_message(self, attribute, expected, received, hint=None):
        rule = f"no single answer for its {attribute.replace('_', ' ')}"
        return errors.message(self._who(), rule, expected, received, hint)
