"""Models: the classes, making them from configs, and cloning them."""
from . import backend as K
from .backend import errors
from .engine.input_layer import Input, InputLayer
from .engine.network import Network
from .engine.node import history
from .engine.saving import model_from_config, model_from_json, model_from_yaml
from .engine.sequential import Sequential
from .engine.training import Model
from .utils.generic_utils import has_arg, to_list, unpack_singleton

__all__ = ["Input", "InputLayer", "Model", "Sequential", "clone_model", "has_arg",
           "model_from_config", "model_from_json", "model_from_yaml", "to_list"]


def clone_model(model, input_tensors=None):
    """A model of the same layers, with new weights.

    input_tensors: tensors to build it on, one for each input; new placeholders by
    default. ValueError for what is no functional model or Sequential.
    """
    if not isinstance(model, Network) or not (isinstance(model, Sequential)
                                              or model._is_graph_network):
        raise ValueError(errors.message(
            "clone_model", "only models that are described by a config can be cloned",
            "a Sequential, or Model(inputs, outputs)", repr(model)))
    if isinstance(model, Sequential):
        return _clone_sequential(model, input_tensors)
    return _clone_functional(model, input_tensors)


def _clone_layer(layer):
    if isinstance(layer, Network) and not isinstance(layer, InputLayer):
        return clone_model(layer)
    return type(layer).from_config(layer.get_config())


def _clone_sequential(model, input_tensors):
    layers = [_clone_layer(layer) for layer in model.layers]
    if input_tensors is None:
        return type(model)(layers=layers, name=model.name)
    tensor, = _wrapped(input_tensors, model)
    start = history(tensor)[0]
    if not isinstance(start, InputLayer):
        raise ValueError(errors.message(
            "clone_model", "a Sequential starts from an input", "a tensor of Input",
            f"an output of layer '{start.name}'", "Use the functional API"))
    return type(model)(layers=[start] + layers, name=model.name)


def _clone_functional(model, input_tensors):
    if input_tensors is None:
        inputs = [Input(batch_shape=layer.batch_input_shape, dtype=layer.dtype,
                        sparse=layer.sparse, name=layer.name) for layer in model._input_layers]
    else:
        inputs = _wrapped(input_tensors, model)
    clones = {}
    values = {id(x): y for x, y in zip(model.inputs, inputs)}
    for nodes in model._nodes_by_depth.values():
        for node in nodes:
            if node.inbound_layers:
                _clone_call(node, clones, values)
    outputs = [values[id(x)] for x in model.outputs]
    return type(model)(inputs, outputs, name=model.name)


def _clone_call(node, clones, values):
    layer = node.outbound_layer
    if layer not in clones:
        clones[layer] = _clone_layer(layer)
    tensors = unpack_singleton([values[id(x)] for x in node.input_tensors])
    outputs = clones[layer](tensors, **(node.arguments or {}))
    values.update((id(x), y) for x, y in zip(node.output_tensors, to_list(outputs)))


def _wrapped(tensors, model):
    """The tensors for the inputs, those that come from no layer made into inputs."""
    tensors = to_list(tensors, allow_tuple=True)
    if len(tensors) != len(model.inputs or tensors):
        raise ValueError(errors.message(
            "clone_model", "one tensor for each input", f"{len(model.inputs)} tensors",
            f"{len(tensors)}"))
    names = model.input_names or [model.name]
    return [x if K.is_keras_tensor(x) else Input(tensor=x, name=f"input_wrapper_for_{name}")
            for x, name in zip(tensors, names)]
