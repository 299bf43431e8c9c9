"""Layers of Keras 1 and early Keras 2 that later versions kept only for old code."""
# ruff: noqa: F401
# The package of layers takes its share of these classes, and so has to come first.
from .. import layers
from ..engine.base_layer import InputSpec, Layer
from ..utils.generic_utils import to_list
from .atrous import AtrousConvolution1D, AtrousConvolution2D
from .dense import Highway, MaxoutDense, TimeDistributedDense
from .merging import Merge, merge
from .recurrent import ConvRecurrent2D, Recurrent
