"""The module's old name: layers, nodes and networks were all defined here."""
from ..legacy.layers import Merge, merge
from ..utils.layer_utils import get_source_inputs
from .base_layer import InputSpec, Layer
from .input_layer import Input, InputLayer
from .network import Network
from .node import Node

__all__ = ["Input", "InputLayer", "InputSpec", "Layer", "Merge", "Network", "Node",
           "get_source_inputs", "merge"]
