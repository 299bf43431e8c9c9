"""K: the backend interface of Keras 2.3.1 on whichever backend is active.

Every function takes and returns symbolic tensors; `K.function` compiles graphs
of them for the backend on which their variables and placeholders live.
"""
from . import selection
from .config import *  # noqa: F401,F403
from .control_flow import cond, scan
from .function import Function, function
from .function import evaluate as eval  # noqa: A001
from .gradients import gradients
from .graph import Tensor, Variable, layer_scope
from .interface import Backend
from .loops import foldl, foldr, map_fn, rnn
from .ops import *  # noqa: F401,F403
from .ops.local import local_matrix
from .selection import backend, set_backend
from .session import *  # noqa: F401,F403
from .sparse_array import SparseArray, SparseRows
from .state import *  # noqa: F401,F403

# As in Keras, the import announces the backend, or says what is wrong with the choice.
selection.active()
