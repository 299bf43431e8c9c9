"""Activation functions, and finding them by name."""
import warnings

from . import backend as K
from .backend.errors import message, one_of
from .engine.base_layer import Layer
from .utils.generic_utils import deserialize_keras_object
from .utils.named import OpenTable

_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


def softmax(x, axis=-1):
    """exp(x) over its sum along `axis`; x needs two axes at least (ValueError)."""
    if K.ndim(x) < 2:
        raise ValueError(message("softmax", "needs a tensor with at least two axes",
                                 "2 or more axes", K.int_shape(x)))
    y = K.softmax(x, axis=axis)
    # with more axes 2.3.1 wrote it out, and no crossentropy took the logits from behind it
    return y if K.ndim(x) == 2 else K.identity(y)


def elu(x, alpha=1.0):
    """x where it is positive, else alpha * (exp(x) - 1)."""
    return K.elu(x, alpha)


def selu(x):
    """Scaled ELU, whose constants keep mean 0 and variance 1 through deep networks."""
    return _SELU_SCALE * K.elu(x, _SELU_ALPHA)


def softplus(x):
    """log(1 + exp(x))."""
    return K.softplus(x)


def softsign(x):
    """x / (1 + |x|)."""
    return K.softsign(x)


def relu(x, alpha=0.0, max_value=None, threshold=0.0):
    """x above `threshold`, limited to `max_value`; alpha * (x - threshold) below it."""
    return K.relu(x, alpha=alpha, max_value=max_value, threshold=threshold)


def tanh(x):
    """The hyperbolic tangent."""
    return K.tanh(x)


def sigmoid(x):
    """1 / (1 + exp(-x))."""
    return K.sigmoid(x)


def hard_sigmoid(x):
    """0.2 * x + 0.5, clipped to [0, 1]."""
    return K.hard_sigmoid(x)


def exponential(x):
    """exp(x)."""
    return K.exp(x)


def linear(x):
    """x itself."""
    return x


_FUNCTIONS = OpenTable({f.__name__: f for f in (
    softmax, elu, selu, softplus, softsign, relu, tanh, sigmoid, hard_sigmoid,
    exponential, linear)}, __name__)


def serialize(activation):
    """The name by which `deserialize` finds the function again."""
    return activation.__name__


def deserialize(name, custom_objects=None):
    """The activation of that name, one of ours or a custom object."""
    return deserialize_keras_object(name, module_objects=_FUNCTIONS,
                                    custom_objects=custom_objects,
                                    printable_module_name="activation function")


def get(identifier):
    """The activation that a layer's argument means: None is linear, a name is looked up."""
    if identifier is None:
        return linear
    if isinstance(identifier, (str, dict)):
        return deserialize(identifier)
    if callable(identifier):
        if isinstance(identifier, Layer):
            warnings.warn(f"get: a layer ({identifier.name}) stands for an activation function; "
                          "add it to the model as a layer of its own.", stacklevel=2)
        return identifier
    raise ValueError(message("activations.get", "not an activation function",
                             f"None, a callable, or {one_of(_FUNCTIONS)}", repr(identifier)))


def known_name(activation):
    """Our name of one of our own functions, None for any other callable."""
    name = getattr(activation, "__name__", None)
    own = getattr(activation, "__module__", None) == __name__
    return name if own and _FUNCTIONS.get(name) is activation else None
