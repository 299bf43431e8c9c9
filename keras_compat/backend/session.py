"""TensorFlow 1 spellings that legacy scripts use without meaning TensorFlow: sessions and scopes."""
import contextlib

from . import errors
from .core_ops import assign
from .function import Function
from .graph import Tensor, Variable
from .ops.convert import as_tensor


class Graph:
    """What `session.graph` gives: there is one graph, that of all tensors."""

    def as_default(self):
        """A scope without effect."""
        return contextlib.nullcontext(self)

    def finalize(self):
        """Does nothing: functions are compiled when they are first called."""


class Session:
    """What `K.get_session()` gives: evaluates tensors, as scripts ask of it.

    Nothing is held here: values live in the variables, so that closing a session
    or making a new one changes nothing.
    """

    def run(self, fetches, feed_dict=None):
        """Values of a tensor, or of a list of tensors, with placeholders fed from a dict."""
        feeds = list((feed_dict or {}).items())
        return Function([t for t, _ in feeds], fetches, name="session.run")([v for _, v in feeds])

    def as_default(self):
        """A scope without effect."""
        return contextlib.nullcontext(self)

    @property
    def graph(self):
        """The graph of all tensors."""
        return _graph

    def close(self):
        """Does nothing: there is nothing to release."""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


_session = Session()
_graph = Graph()
_manual_initialization = False
_legacy_weight_ordering = False


def get_session():
    """A session that can `run` tensors."""
    return _session


def set_session(session):
    """Accepts any session (scripts use it to configure a device) and keeps none of it."""


def manual_variable_initialization(value):
    """Whether the script means to initialize variables itself; they always have values here."""
    global _manual_initialization
    _manual_initialization = bool(value)


def v1_variable_initialization():
    """Initializes nothing: a variable has its value from the moment it is made."""


def legacy_weight_ordering():
    """Whether `set_legacy_weight_ordering` asked for the order of weights of Keras 0.3."""
    return _legacy_weight_ordering


def set_legacy_weight_ordering(value):
    """Notes whether weights are to stand in the order of Keras 0.3: Keras 1.2.2's setting."""
    global _legacy_weight_ordering
    if value not in (True, False):
        raise ValueError(errors.message("set_legacy_weight_ordering", "it is on or off",
                                        "True or False", repr(value)))
    _legacy_weight_ordering = bool(value)


def pattern_broadcast(x, broadcastable):
    """x: Theano had to be told which axes of size 1 are broadcast; here all of them are."""
    return x


def control_dependencies(control_inputs):
    """A scope without effect: updates are applied after all outputs were computed."""
    return contextlib.nullcontext()


def symbolic(func):
    """Decorator of functions that build a graph: all do, so the function is returned."""
    return func


def eager(func):
    """Decorator of functions that are not to build a graph; the function is returned."""
    return func


# ---- what TensorFlow's tensors and variables offered beside operators ----

def _eval(tensor, feed_dict=None, session=None):
    """The value, with placeholders fed from a dict."""
    return (session or _session).run(tensor, feed_dict)


def _run(operation, feed_dict=None, session=None):
    """Carries out an update, as `variable.initializer` is one."""
    _eval(operation, feed_dict, session)


def _initializer(variable):
    """An update that draws a layer's weight anew; scripts reset single layers with it."""
    return assign(variable, as_tensor(variable.draw_initial(), dtype=variable.dtype))


Tensor.eval = _eval
Tensor.run = _run
Variable.initializer = property(_initializer)

__all__ = ["Session", "control_dependencies", "eager", "get_session", "legacy_weight_ordering",
           "manual_variable_initialization", "pattern_broadcast", "set_legacy_weight_ordering",
           "set_session", "symbolic", "v1_variable_initialization"]
