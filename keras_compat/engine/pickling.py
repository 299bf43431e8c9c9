"""Pickling and copying of models: what they are made of, not the graph that came of it.

As in Keras 2.3.1 a pickled model is its config, its weights and what `compile` was
given, with the optimizer's state; `copy.deepcopy` goes the same way. Classes of layers,
losses and the like are pickled by reference, as pickle does with every class.
"""
from typing import NamedTuple

from .. import backend as K
from ..utils.generic_utils import CustomObjectScope


class _Made(NamedTuple):
    """An object that its class makes again from a config."""

    cls: type
    config: dict


def reduce(model):
    """What `__reduce__` of a model returns."""
    classes = {type(layer).__name__: type(layer) for layer in model._descendants()}
    config = model.get_config()  # NotImplementedError for a model that only its code describes
    return _restored, (type(model), config, classes, model.get_weights(), _training(model))


def _restored(cls, config, classes, weights, training):
    with CustomObjectScope(classes):
        model = cls.from_config(config)
    if weights:
        model.set_weights(weights)
    if training is not None:
        arguments, optimizer_weights = training
        model.compile(**_unpacked(arguments))
        if optimizer_weights:
            model._make_train_function()
            model.optimizer.set_weights(optimizer_weights)
    return model


def _training(model):
    """The arguments of `compile` and the optimizer's weights; None for what is not compiled."""
    if not getattr(model, "_is_compiled", False):
        return None
    arguments = {
        "optimizer": model.optimizer, "loss": model.loss, "loss_weights": model.loss_weights,
        "metrics": model._compile_metrics, "weighted_metrics": model._compile_weighted_metrics,
        "sample_weight_mode": model.sample_weight_mode}
    return _packed(arguments), K.batch_get_value(model.optimizer.weights)


def _packed(value):
    """The value with objects that hold variables replaced by their class and config."""
    if isinstance(value, dict):
        return {key: _packed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_packed(item) for item in value]
    if hasattr(value, "get_config") and not isinstance(value, type):
        return _Made(type(value), value.get_config())
    return value


def _unpacked(value):
    if isinstance(value, _Made):
        return value.cls.from_config(value.config)
    if isinstance(value, dict):
        return {key: _unpacked(item) for key, item in value.items()}
    return [_unpacked(item) for item in value] if isinstance(value, list) else value
