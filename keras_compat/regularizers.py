"""Penalties on weights and outputs that are added to the loss."""
from types import MappingProxyType

from . import backend as K
from .utils import named
from .utils.generic_utils import (  # noqa: F401 (old code imports both from here)
    deserialize_keras_object, serialize_keras_object)


class Regularizer:
    """Base class: `__call__(x)` gives the penalty, a scalar tensor."""

    def __call__(self, x):
        return 0.0

    @classmethod
    def from_config(cls, config):
        """The regularizer with these arguments."""
        return cls(**config)


class L1L2(Regularizer):
    """l1 * sum(|x|) + l2 * sum(x^2)."""

    def __init__(self, l1=0.0, l2=0.0):
        self.l1 = K.cast_to_floatx(l1)
        self.l2 = K.cast_to_floatx(l2)

    def __call__(self, x):
        penalty = 0.0
        if self.l1:
            penalty = float(self.l1) * K.sum(K.abs(x))
        if self.l2:
            penalty = penalty + float(self.l2) * K.sum(K.square(x))
        return penalty

    def get_config(self):
        """`l1`, `l2`."""
        return {"l1": float(self.l1), "l2": float(self.l2)}


def l1(l=0.01):
    """l * sum(|x|)."""
    return L1L2(l1=l)


def l2(l=0.01):
    """l * sum(x^2)."""
    return L1L2(l2=l)


def l1_l2(l1=0.01, l2=0.01):
    """l1 * sum(|x|) + l2 * sum(x^2)."""
    return L1L2(l1=l1, l2=l2)


# ---- Keras 1's names ----

WeightRegularizer = ActivityRegularizer = L1L2
activity_l1, activity_l2 = l1, l2
l1l2 = activity_l1l2 = l1_l2

_CLASSES = MappingProxyType({"Regularizer": Regularizer, "L1L2": L1L2})
_MAKERS = MappingProxyType({"l1": l1, "l2": l2, "l1_l2": l1_l2})


def serialize(regularizer):
    """`{'class_name': ..., 'config': ...}` of a regularizer, None for None."""
    return serialize_keras_object(regularizer)


def deserialize(config, custom_objects=None):
    """The regularizer of a name or of what `serialize` gave."""
    return named.deserialize(config, _CLASSES, _MAKERS, custom_objects, "regularizer")


def get(identifier):
    """The regularizer that a layer's argument means: None, a name, a config or a callable."""
    return named.resolve(identifier, deserialize, "regularizers.get")
