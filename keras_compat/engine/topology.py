"""The module's old name: layers, nodes and networks were all defined here."""
from ..legacy.layers import Merge, merge
from ..utils.layer_utils import get_source_inputs
from ..utils.generic_utils import object_list_uid as _object_list_uid  # noqa: F401
from ..utils.generic_utils import to_list as _to_list  # noqa: F401
from .base_layer import InputSpec, Layer
from .input_layer import Input, InputLayer
from .network import Network
from .node import Node

Container = Network  # its name until Keras 2.1

__all__ = ["Container", "Input", "InputLayer", "InputSpec", "Layer", "Merge", "Network", "Node",
           "get_source_inputs", "merge"]
