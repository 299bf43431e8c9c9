"""Optimizers: the updates that move weights against a gradient.

Formulas, defaults and the order of an optimizer's own weights are those of Keras
2.3.1: `epsilon` is 1e-7 for all (1e-8 where `K.compat_version()` is one that had that),
`decay` divides the rate by 1 + decay * iterations, `clipnorm` clips by the norm of all
gradients together. Hyper-parameters that may change while training are K variables.
"""
from types import MappingProxyType

from ..backend import errors
from ..utils.generic_utils import deserialize_keras_object, serialize_keras_object
from .base import Optimizer, clip_norm  # noqa: F401
from .descent import SGD, Adadelta, Adagrad, RMSprop
from .moments import Adam, Adamax, Nadam

sgd = SGD
rmsprop = RMSprop
adagrad = Adagrad
adadelta = Adadelta
adam = Adam
adamax = Adamax
nadam = Nadam

_TABLE = MappingProxyType({cls.__name__.lower(): cls for cls in (
    SGD, RMSprop, Adagrad, Adadelta, Adam, Adamax, Nadam)})


def serialize(optimizer):
    """The class and config of an optimizer."""
    return serialize_keras_object(optimizer)


def deserialize(config, custom_objects=None):
    """The optimizer of a `serialize`d form; the names of the built-in ones in any case."""
    if config["class_name"].lower() in _TABLE:
        config = {**config, "class_name": config["class_name"].lower()}
    return deserialize_keras_object(config, module_objects=_TABLE,
                                    custom_objects=custom_objects,
                                    printable_module_name="optimizer")


def get(identifier):
    """An optimizer from a name, a config or an instance. ValueError for anything else."""
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return deserialize({"class_name": identifier, "config": {}})
    if isinstance(identifier, Optimizer):
        return identifier
    raise ValueError(errors.message(
        "optimizers.get", "an optimizer must be given in a form that can be understood",
        "a name, a config or an Optimizer", repr(identifier)))
