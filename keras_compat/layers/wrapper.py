"""Wrapper: the base class of layers that apply another layer."""
from ..engine.base_layer import Layer
from ._options import fail


class Wrapper(Layer):
    """Base class of layers that hold a layer, `self.layer`, and own its weights.

    trainable: of the wrapper and of the layer, which becomes trainable by default, as it
    did in Keras 2, even if it was frozen before.
    """

    def __init__(self, layer, **kwargs):
        if not isinstance(layer, Layer):
            fail(type(self), "a wrapper holds a layer", "an instance of Layer", repr(layer))
        self.layer = layer
        super().__init__(**kwargs)
        self._layers.append(layer)

    def build(self, input_shape=None):
        """Marks the wrapper as built; subclasses build the layer."""
        self.built = True

    @property
    def activity_regularizer(self):
        """The inner layer's, which applies to the wrapper's output."""
        return getattr(self.layer, "activity_regularizer", None)

    @property
    def trainable(self):
        """Whether the inner layer is trainable."""
        return self.layer.trainable

    @trainable.setter
    def trainable(self, value):
        self.layer.trainable = value

    def get_losses_for(self, inputs=None):
        """Losses that depend on exactly these inputs; None: on no input."""
        return super().get_losses_for(inputs)

    def get_updates_for(self, inputs=None):
        """Updates that depend on exactly these inputs; None: on no input."""
        return super().get_updates_for(inputs)

    def get_config(self):
        """The constructor's arguments."""
        config = super().get_config()
        config["layer"] = {"class_name": type(self.layer).__name__,
                           "config": self.layer.get_config()}
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The wrapper of a config."""
        from . import deserialize
        config = dict(config)
        layer = deserialize(config.pop("layer"), custom_objects=custom_objects)
        return cls(layer, **config)
