"""The convolutional recurrent layers, under the module name that they have always had."""
# ruff: noqa: F401
from ..engine.base_layer import InputSpec, Layer
from ..legacy.recurrent import ConvRecurrent2D, Recurrent
from ..utils.generic_utils import has_arg, to_list, transpose_shape
from .conv_lstm import ConvLSTM2D, ConvLSTM2DCell
from .conv_rnn import ConvRNN2D
from .rnn import RNN
