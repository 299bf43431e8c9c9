"""Layers that apply another layer, under the module name that they have always had."""
# ruff: noqa: F401
from ..engine.base_layer import InputSpec, Layer, disable_tracking
from ..utils.generic_utils import has_arg, object_list_uid
from .bidirectional import Bidirectional
from .time_distributed import TimeDistributed
from .wrapper import Wrapper
