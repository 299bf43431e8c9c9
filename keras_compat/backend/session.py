"""TensorFlow 1 spellings that legacy scripts use without meaning TensorFlow: sessions and scopes."""
import contextlib

from . import errors, nested
from .core_ops import assign
from .function import Function
from .graph import Shape, Tensor, Variable
from .ops import identity
from .ops.convert import agree, as_tensor, merged
from .state import update, update_add, update_sub


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
        """Values of a tensor, or of any structure of tensors, with placeholders fed from a dict."""
        feeds = list((feed_dict or {}).items())
        tensors, layout = nested.flatten(fetches)
        run = Function([t for t, _ in feeds], tensors, name="session.run")
        return nested.pack(layout, run([v for _, v in feeds]))

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


def _assign(variable, value, **keywords):
    """An update that writes the value (keywords: how TensorFlow was to do it)."""
    return update(variable, value)


def _assign_add(variable, delta, **keywords):
    """An update that adds to the value."""
    return update_add(variable, delta)


def _assign_sub(variable, delta, **keywords):
    """An update that subtracts from the value."""
    return update_sub(variable, delta)


def _load(variable, value, session=None):
    """Writes the value at once."""
    variable.set(value)


def _set_shape(tensor, shape):
    """Says what is known of the static shape besides; ValueError where that contradicts it."""
    known, given = tuple(tensor.shape), tuple(shape)
    if len(known) != len(given) or not all(map(agree, known, given)):
        raise ValueError(errors.message(
            f"set_shape of '{tensor.name}'", "a static shape can only become better known",
            known, given))
    tensor.shape = Shape(map(merged, known, given))


Tensor.eval = _eval
Tensor.run = _run
Tensor.set_shape = _set_shape
Tensor.graph = property(lambda tensor: _graph)
Variable.initializer = property(_initializer)
Variable.assign, Variable.assign_add, Variable.assign_sub = _assign, _assign_add, _assign_sub
Variable.load = _load
Variable.value = Variable.read_value = identity

__all__ = ["Session", "control_dependencies", "eager", "get_session", "legacy_weight_ordering",
           "manual_variable_initialization", "pattern_broadcast", "set_legacy_weight_ordering",
           "set_session", "symbolic", "v1_variable_initialization"]
