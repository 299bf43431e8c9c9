"""The order of a model's layers and nodes, found from its inputs and outputs.

A node's depth is its distance from the outputs, counted along the longest way.
Nodes run from the greatest depth to the least; layers of one depth stand in
the order in which a walk back from the outputs meets them. The order of a
model's layers, and so of its weights, follows from this and is Keras 2.3.1's.
"""
from collections import Counter
from typing import NamedTuple

from ..backend import errors
from .node import history, node_of


class GraphOrder(NamedTuple):
    """nodes: set of all nodes. *_by_depth: dicts from depth to lists. layers: deepest first."""

    nodes: set
    nodes_by_depth: dict
    layers: list
    layers_by_depth: dict


def order(inputs, outputs, who):
    """The GraphOrder of the part of the graph between `inputs` and `outputs`.

    ValueError when an output does not follow from the inputs, when the graph has
    a cycle, or when two layers share a name.
    """
    finished, met = _walk(outputs, who)
    depths, layer_depths = _depths(finished)
    for x in inputs:  # an input that no output depends on stands beside the outputs
        layer = history(x)[0]
        if layer not in layer_depths:
            layer_depths[layer] = depths[node_of(x)] = 0
            met[layer] = -1
    nodes_by_depth = _grouped(depths)
    layers_by_depth = {depth: sorted(layers, key=met.get)
                       for depth, layers in _grouped(layer_depths).items()}
    layers = [layer for depth in sorted(layers_by_depth, reverse=True)
              for layer in layers_by_depth[depth]]
    _check_connected(inputs, nodes_by_depth, who)
    _check_names(layers, who)
    return GraphOrder(set(depths), nodes_by_depth, layers, layers_by_depth)


def _walk(outputs, who):
    """Nodes with those before them first, and for each layer the number of its first meeting.

    Without recursion, so that a model may be deeper than Python's stack.
    """
    finished, open_nodes, met = {}, set(), {}
    stack = [(node_of(x), False) for x in reversed(outputs)]
    while stack:
        node, done = stack.pop()
        if done:
            open_nodes.discard(node)
            finished[node] = True
        elif node in open_nodes:
            raise ValueError(errors.message(
                who, "the graph has a cycle", "layers that follow each other",
                f"layer '{node.outbound_layer.name}', which depends on its own output"))
        elif node not in finished:
            met.setdefault(node.outbound_layer, len(met))
            open_nodes.add(node)
            stack.append((node, True))
            stack.extend((before, False) for before in reversed(_inbound(node, who)))
    return list(finished), met


def _inbound(node, who):
    for layer, tensor in zip(node.inbound_layers, node.input_tensors):
        if layer is None:
            raise ValueError(errors.message(
                who, "every tensor in a model comes from a layer",
                "outputs of layers and Input", f"{tensor!r}, an input of layer "
                f"'{node.outbound_layer.name}'", "Wrap the function that made it in a Lambda layer"))
    return node.inbound_nodes()


def _depths(nodes):
    """Depth of each node and of each layer, from nodes in the order of `_walk`."""
    depths, layer_depths = {}, {}
    for node in reversed(nodes):
        depth = max(depths.get(node, 0), layer_depths.get(node.outbound_layer, 0))
        depths[node] = layer_depths[node.outbound_layer] = depth
        for before in node.inbound_nodes():
            depths[before] = max(depths.get(before, 0), depth + 1)
    return depths, layer_depths


def _grouped(depths):
    groups = {}
    for thing, depth in depths.items():
        groups.setdefault(depth, []).append(thing)
    return {depth: groups[depth] for depth in sorted(groups, reverse=True)}


def _check_connected(inputs, nodes_by_depth, who):
    known = {id(x) for x in inputs}
    reached = []
    for nodes in nodes_by_depth.values():
        for node in nodes:
            layer = node.outbound_layer
            missing = [x for x in node.input_tensors if id(x) not in known]
            if node.inbound_layers and missing:
                raise ValueError(errors.message(
                    who, "the graph is disconnected",
                    f"a value for {missing[0]!r}, which layer '{layer.name}' needs, "
                    "from the model's inputs", f"inputs from which only {reached} can be computed"))
            if node.inbound_layers or not missing:
                known.update(id(x) for x in node.output_tensors)
                reached.append(layer.name)


def _check_names(layers, who):
    twice = [name for name, count in Counter(layer.name for layer in layers).items() if count > 1]
    if twice:
        raise ValueError(errors.message(
            who, "the names of a model's layers are unique", "a name for each layer",
            f"{errors.one_of(twice)} more than once"))
