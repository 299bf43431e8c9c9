"""Walks over layers and models: parameter counts, sources of a tensor, the summary."""
import numpy as np

from .. import backend as K
from ..backend import errors
from .conv_utils import convert_kernel


def count_params(weights):
    """Number of values in the variables, each variable counted once."""
    return int(sum(K.count_params(w) for w in {id(w): w for w in weights}.values()))


def get_source_inputs(tensor, layer=None, node_index=None):
    """The input tensors that a tensor of a layer is computed from.

    layer, node_index: the call that made it, by default read from the tensor. A
    tensor that no layer made is its own source.
    """
    if layer is None or node_index:
        if not hasattr(tensor, "_keras_history"):
            return [tensor]
        layer, node_index, _ = tensor._keras_history
    if not layer._inbound_nodes:
        return [tensor]
    sources = {}
    stack = [layer._inbound_nodes[node_index or 0]]
    seen = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        inbound = node.inbound_layers
        if not inbound:
            sources.update((id(x), x) for x in node.input_tensors)
        sources.update((id(x), x) for x, l in zip(node.input_tensors, inbound) if l is None)
        before = [l._inbound_nodes[i] for l, i in zip(inbound, node.node_indices) if l is not None]
        stack.extend(reversed(before))
    return list(sources.values())


# ---- the summary ----

_SIMPLE = (65, (.45, .85, 1.), ("Layer (type)", "Output Shape", "Param #"))
_CONNECTED = (98, (.33, .55, .67, 1.),
              ("Layer (type)", "Output Shape", "Param #", "Connected to"))


def print_summary(model, line_length=None, positions=None, print_fn=None):
    """Prints a table of a model's layers.

    line_length: characters in a line. positions: where each column ends, as a
    part of the line (or absolute). print_fn: called once a line, by default `print`.
    """
    print_fn = print_fn or print
    simple = _is_chain(model)
    length, ends, headings = _SIMPLE if simple else _CONNECTED
    line_length = line_length or length
    positions = positions or ends
    if positions[-1] <= 1:
        positions = [int(line_length * part) for part in positions]

    def row(fields):
        print_fn(_row(fields, positions))

    print_fn(f'Model: "{model.name}"')
    print_fn("_" * line_length)
    row(headings)
    print_fn("=" * line_length)
    for index, layer in enumerate(model.layers):
        for fields in _layer_rows(layer, None if simple else _nodes(model)):
            row(fields)
        print_fn(("=" if index == len(model.layers) - 1 else "_") * line_length)
    _print_totals(model, line_length, print_fn)


def _row(fields, positions):
    line = ""
    for index, (field, end) in enumerate(zip(fields, positions)):
        if index:
            line = line[:-1] + " "
        line = (line + str(field))[:end].ljust(end)
    return line


def _layer_rows(layer, nodes):
    try:
        shape = layer.output_shape
    except AttributeError:
        shape = "multiple"
    fields = [f"{layer.name} ({type(layer).__name__})", shape, layer.count_params()]
    if nodes is None:
        return [fields]
    links = _connections(layer, nodes)
    first = links[0] if links else ""
    return [fields + [first]] + [["", "", "", link] for link in links[1:]]


def _connections(layer, nodes):
    return [f"{source.name}[{node_index}][{tensor_index}]"
            for node in layer._inbound_nodes if not nodes or node in nodes
            for source, node_index, tensor_index in zip(
                node.inbound_layers, node.node_indices, node.tensor_indices)]


def _print_totals(model, line_length, print_fn):
    if hasattr(model, "_check_trainable_weights_consistency"):
        model._check_trainable_weights_consistency()
    trainable = count_params(getattr(model, "_collected_trainable_weights", model.trainable_weights))
    others = count_params(model.non_trainable_weights)
    print_fn(f"Total params: {trainable + others:,}")
    print_fn(f"Trainable params: {trainable:,}")
    print_fn(f"Non-trainable params: {others:,}")
    print_fn("_" * line_length)


def _nodes(model):
    return [node for nodes in model._nodes_by_depth.values() for node in nodes]


def _is_chain(model):
    """Whether the layers follow each other in one line, each used once."""
    if type(model).__name__ == "Sequential" or not model._is_graph_network:
        return True
    for nodes in model._nodes_by_depth.values():
        if len(nodes) > 1 or len(nodes[0].inbound_layers) > 1:
            return False
    own = _nodes(model)
    return all(sum(node in own for node in layer._inbound_nodes) <= 1 for layer in model.layers)


# ---- weights from other conventions ----

_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D",
                 "Conv2DTranspose", "Deconvolution2D")


def convert_all_kernels_in_model(model):
    """Reverses the spatial axes of all convolution kernels (Theano's convention and back)."""
    kernels = [layer.kernel for layer in model.layers
               if type(layer).__name__ in _CONVOLUTIONS]
    K.batch_set_value([(kernel, convert_kernel(K.get_value(kernel))) for kernel in kernels])


def convert_dense_weights_data_format(dense, previous_feature_map_shape,
                                      target_data_format="channels_first"):
    """Reorders the kernel of a Dense after a Flatten for the other data format.

    previous_feature_map_shape: what was flattened, without the batch, in the
    target's order: (channels, rows, cols) for 'channels_first', else channels last.
    """
    if target_data_format not in ("channels_first", "channels_last"):
        raise ValueError(errors.message(
            "convert_dense_weights_data_format", "unknown data format",
            "'channels_last' or 'channels_first'", repr(target_data_format)))
    kernel, *rest = dense.get_weights()
    if target_data_format == "channels_first":
        channels, *spatial = previous_feature_map_shape
        maps, source, target = tuple(spatial) + (channels,), -2, 0
    else:
        *spatial, channels = previous_feature_map_shape
        maps, source, target = (channels,) + tuple(spatial), 0, -2
    rows = kernel.reshape(maps + (kernel.shape[-1],))
    dense.set_weights([np.moveaxis(rows, source, target).reshape(kernel.shape)] + rest)
