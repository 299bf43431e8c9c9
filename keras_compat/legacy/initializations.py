"""Keras 1's initializations: functions that make a variable of a shape.

`keras.initializations.get("uniform")(shape, name=...)` is what custom layers of
Keras 1 call in `build`; since Keras 2 initializers give values and layers make the
weights.
"""
from .. import backend as K
from .. import initializers
from ..backend import errors

get_fans = initializers._compute_fans


def _made(initializer, name):
    """A function of Keras 1's form over an initializer of today."""
    def initialization(shape, name=None, **kwargs):
        """A variable of this shape."""
        return K.variable(initializer(shape), name=name)
    initialization.__name__ = name
    return initialization


def uniform(shape, scale=0.05, name=None, dim_ordering="th"):
    """A variable of numbers between -scale and scale."""
    return K.variable(initializers.RandomUniform(-scale, scale)(shape), name=name)


def normal(shape, scale=0.05, name=None, dim_ordering="th"):
    """A variable of normal numbers with this deviation."""
    return K.variable(initializers.RandomNormal(0.0, scale)(shape), name=name)


def orthogonal(shape, scale=1.1, name=None, dim_ordering="th"):
    """A variable with orthogonal rows or columns, times `scale`."""
    return K.variable(initializers.Orthogonal(gain=scale)(shape), name=name)


def identity(shape, scale=1, name=None, dim_ordering="th"):
    """A square variable: the identity, times `scale`."""
    return K.variable(initializers.Identity(gain=scale)(shape), name=name)


lecun_uniform = _made(initializers.lecun_uniform(), "lecun_uniform")
glorot_normal = _made(initializers.glorot_normal(), "glorot_normal")
glorot_uniform = _made(initializers.glorot_uniform(), "glorot_uniform")
he_normal = _made(initializers.he_normal(), "he_normal")
he_uniform = _made(initializers.he_uniform(), "he_uniform")
zero = _made(initializers.Zeros(), "zero")
one = _made(initializers.Ones(), "one")

_NAMES = ("uniform", "lecun_uniform", "normal", "identity", "orthogonal", "zero", "one",
          "glorot_normal", "glorot_uniform", "he_normal", "he_uniform")


def get(identifier, **kwargs):
    """The function of a name; callables pass. ValueError for other names."""
    if callable(identifier):
        return identifier
    if identifier not in _NAMES:
        raise ValueError(errors.message("initializations.get", "unknown initialization",
                                        errors.one_of(_NAMES), repr(identifier)))
    return globals()[identifier]
