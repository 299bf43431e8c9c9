"""The recurrent layers, under the module name that they have always had."""
# ruff: noqa: F401
from ..engine.base_layer import InputSpec, Layer, disable_tracking
from ..legacy.recurrent import Recurrent
from ..utils.generic_utils import has_arg, to_list
from .gru import GRU, GRUCell
from .lstm import LSTM, LSTMCell
from .rnn import RNN
from .simple_rnn import SimpleRNN, SimpleRNNCell
from .stacked_cells import StackedRNNCells
