"""The layers of Keras 2.3.1, and making them from configs."""
# ruff: noqa: F401, F403
from types import MappingProxyType

from ..engine.base_layer import InputSpec, Layer
from ..engine.input_layer import Input, InputLayer
from ..legacy.activations import ParametricSoftplus, SReLU
from ..legacy.atrous import AtrousConvolution1D, AtrousConvolution2D
from ..legacy.dense import Highway, MaxoutDense, TimeDistributedDense
from ..legacy.merging import Merge
from ..utils import named
from .advanced_activations import ELU, LeakyReLU, PReLU, ReLU, Softmax, ThresholdedReLU
from .convolutional import *
from .convolutional_recurrent import ConvLSTM2D, ConvLSTM2DCell, ConvRecurrent2D, ConvRNN2D
from .core import *
from .cudnn_recurrent import CuDNNGRU, CuDNNLSTM
from .embeddings import Embedding
from .local import LocallyConnected1D, LocallyConnected2D
from .merge import (Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract, add,
                    average, concatenate, dot, maximum, minimum, multiply, subtract)
from .noise import AlphaDropout, GaussianDropout, GaussianNoise
from .normalization import BatchNormalization
from .pooling import *
from .recurrent import (GRU, LSTM, RNN, GRUCell, LSTMCell, Recurrent, SimpleRNN, SimpleRNNCell,
                        StackedRNNCells)
from .wrappers import Bidirectional, TimeDistributed, Wrapper

_CLASSES = MappingProxyType({
    name: value for name, value in globals().items()
    if isinstance(value, type) and issubclass(value, Layer)})
# Classes of Keras 1 that have become arguments.
_MAKERS = MappingProxyType({"AtrousConvolution1D": AtrousConvolution1D,
                            "AtrousConvolution2D": AtrousConvolution2D})


def serialize(layer):
    """`{'class_name': ..., 'config': ...}` of a layer."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


def deserialize(config, custom_objects=None):
    """The layer, or model, of what `serialize` gave; ValueError for unknown class names."""
    from .. import models  # models are made of layers: their module imports this one
    classes = {**_CLASSES, "Model": models.Model, "Sequential": models.Sequential}
    return named.deserialize(config, classes, _MAKERS, custom_objects, "layer")
