"""What layers' constructors have in common: arguments by kind, their configs, errors."""
from types import MappingProxyType

from .. import activations, constraints, initializers, regularizers
from ..backend import arguments
from ..backend.errors import message

_KINDS = MappingProxyType({"initializer": initializers, "regularizer": regularizers,
                           "constraint": constraints, "activation": activations})


def _kind(name):
    return _KINDS[name.rpartition("_")[2]]


def set_options(layer, **options):
    """Sets attributes such as `kernel_initializer` to the objects that the arguments mean."""
    for name, value in options.items():
        setattr(layer, name, _kind(name).get(value))


def config_of(layer, *names):
    """The part of a config for these attributes; initializers and the like are serialized."""
    return {name: _serialized(layer, name) for name in names}


def _serialized(layer, name):
    value = getattr(layer, name)
    module = _KINDS.get(name.rpartition("_")[2])
    return module.serialize(value) if module else value


def extend(base_config, config):
    """A config that has the base class's keys first."""
    return {**base_config, **config}


def input_dim_to_shape(kwargs):
    """The keywords with `input_dim` turned into the `input_shape` that it means."""
    if "input_shape" not in kwargs and "input_dim" in kwargs:
        kwargs["input_shape"] = (kwargs.pop("input_dim"),)
    return kwargs


def steps_and_features(kwargs):
    """The keywords with `input_length` and `input_dim` turned into an `input_shape`."""
    if "input_shape" not in kwargs and "input_dim" in kwargs:
        kwargs["input_shape"] = (kwargs.pop("input_length", None), kwargs.pop("input_dim"))
    return kwargs


def fail(layer, rule, expected, received, hint=None, error=ValueError):
    """Raises an error that names the class and the layer; `layer` may be a class."""
    who = (layer if isinstance(layer, type) else type(layer)).__name__
    name = getattr(layer, "name", None)
    raise error(message(f"{who} (layer '{name}')" if isinstance(name, str) else who,
                        rule, expected, received, hint))


def integer(layer, name, value, least=1):
    """An argument that is a whole number of at least `least`, as an int."""
    return arguments.integer(layer._who(), name, value, least)


def rate(layer, name, value):
    """A part of the elements as a number from 0 to 1; what lies outside is cut to it."""
    arguments.number(layer._who(), name, value, TypeError)
    return min(1.0, max(0.0, value))


def known_channels(layer, input_shape, axis):
    """The size of `axis`, which a layer with weights must know when it is built."""
    rank = len(input_shape)
    if not isinstance(axis, int) or not -rank <= axis < rank:
        fail(layer, "not an axis of the input", f"an integer from {-rank} to {rank - 1}",
             f"axis {axis!r}, input {tuple(input_shape)}")
    size = input_shape[axis]
    if size is None:
        fail(layer, "the size of the channels axis must be known when the layer is built",
             f"a size on axis {axis}", tuple(input_shape))
    return size
