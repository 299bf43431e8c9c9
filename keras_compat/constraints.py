"""Constraints: what a weight is projected to after each update."""
from types import MappingProxyType

from . import backend as K
from .legacy import interfaces
from .utils import named
from .utils.generic_utils import (  # noqa: F401 (old code imports both from here)
    deserialize_keras_object, serialize_keras_object)


class Constraint:
    """Base class: `__call__(w)` gives the projected weight."""

    def __call__(self, w):
        return w

    def get_config(self):
        """The constructor's arguments."""
        return {}


class MaxNorm(Constraint):
    """Norms along `axis` are at most `max_value`."""

    @interfaces.legacy_maxnorm_support
    def __init__(self, max_value=2, axis=0):
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w):
        norms = _norms(w, self.axis)
        return w * (K.clip(norms, 0, self.max_value) / (K.epsilon() + norms))

    def get_config(self):
        """`max_value`, `axis`."""
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """Negative weights become 0."""

    def __call__(self, w):
        return w * K.cast(K.greater_equal(w, 0.0), K.dtype(w))


class UnitNorm(Constraint):
    """Norms along `axis` are 1."""

    def __init__(self, axis=0):
        self.axis = axis

    def __call__(self, w):
        return w / (K.epsilon() + _norms(w, self.axis))

    def get_config(self):
        """`axis`."""
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Norms along `axis` move towards [min_value, max_value], by the part `rate` of the way."""

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w):
        norms = _norms(w, self.axis)
        inside = K.clip(norms, self.min_value, self.max_value)
        wanted = self.rate * inside + (1 - self.rate) * norms
        return w * (wanted / (K.epsilon() + norms))

    def get_config(self):
        """`min_value`, `max_value`, `rate`, `axis`."""
        return {"min_value": self.min_value, "max_value": self.max_value,
                "rate": self.rate, "axis": self.axis}


def _norms(w, axis):
    return K.sqrt(K.sum(K.square(w), axis=axis, keepdims=True))


max_norm = maxnorm = MaxNorm
non_neg = nonneg = NonNeg
unit_norm = unitnorm = UnitNorm
min_max_norm = MinMaxNorm

_CLASSES = MappingProxyType({
    "Constraint": Constraint, "MaxNorm": MaxNorm, "NonNeg": NonNeg, "UnitNorm": UnitNorm,
    "MinMaxNorm": MinMaxNorm, "max_norm": MaxNorm, "maxnorm": MaxNorm, "non_neg": NonNeg,
    "nonneg": NonNeg, "unit_norm": UnitNorm, "unitnorm": UnitNorm, "min_max_norm": MinMaxNorm})


def serialize(constraint):
    """`{'class_name': ..., 'config': ...}` of a constraint, None for None."""
    return serialize_keras_object(constraint)


def deserialize(config, custom_objects=None):
    """The constraint of a name or of what `serialize` gave."""
    return named.deserialize(config, _CLASSES, {}, custom_objects, "constraint")


def get(identifier):
    """The constraint that a layer's argument means: None, a name, a config or a callable."""
    return named.resolve(identifier, deserialize, "constraints.get")
