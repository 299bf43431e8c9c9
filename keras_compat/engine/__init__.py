"""Layers, their calls, and the models made of them."""
from ..utils.layer_utils import get_source_inputs
from .base_layer import InputSpec, Layer
from .input_layer import Input, InputLayer

__all__ = ["Input", "InputLayer", "InputSpec", "Layer", "Model", "get_source_inputs"]


def __getattr__(name):
    """`Model`, fetched when it is asked for: its module imports those that start here."""
    if name == "Model":
        from .training import Model

        return Model
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
