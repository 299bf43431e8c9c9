"""The core layers, under the module name that they have always had."""
# ruff: noqa: F401
from ..engine.base_layer import InputSpec, Layer
from ..legacy.dense import Highway, MaxoutDense, TimeDistributedDense
from ..legacy.merging import Merge
from ..utils.bytecode import func_dump, func_load
from ..utils.generic_utils import deserialize_keras_object, has_arg
from .dense import Activation, ActivityRegularization, Dense, Masking
from .dropout import Dropout, SpatialDropout1D, SpatialDropout2D, SpatialDropout3D
from .lambda_layer import Lambda
from .reshaping import Flatten, Permute, RepeatVector, Reshape
