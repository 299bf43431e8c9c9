"""Bidirectional: a recurrent layer in both directions."""
from .. import backend as K
from ..utils.generic_utils import has_arg, to_list
from ._options import fail
from .rnn_inputs import TakesStates, split_inputs
from .wrapper import Wrapper

_MODES = ("sum", "mul", "ave", "concat", None)


class Bidirectional(TakesStates, Wrapper):
    """Runs a recurrent layer over the steps forwards and a copy of it backwards.

    merge_mode: how the two outputs become one: 'sum', 'mul', 'ave', 'concat', or None
    for a list of both. weights: initial weights of both layers. Weights: the forward
    layer's, then the backward layer's.
    """

    def __init__(self, layer, merge_mode="concat", weights=None, **kwargs):
        if merge_mode not in _MODES:
            fail(type(self), "unknown merge_mode", "'sum', 'mul', 'ave', 'concat' or None",
                 repr(merge_mode))
        for name in ("go_backwards", "return_sequences", "return_state", "stateful"):
            if not hasattr(layer, name):
                fail(type(self), "only a recurrent layer runs in both directions",
                     f"a layer with `{name}`, such as LSTM", repr(layer))
        self.forward_layer = self.backward_layer = None
        super().__init__(layer, **kwargs)
        self.merge_mode = merge_mode
        self._make_directions(weights)
        # Keras 2 never told a model that the pair has a state: `Model.reset_states` and
        # the state updates of `predict` leave it out, `fit` and the pair's own calls do not.
        self.stateful = False
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        self.input_spec = layer.input_spec
        self.constants_spec = None
        self._num_constants = None

    def _make_directions(self, weights):
        config = self.layer.get_config()
        self.forward_layer = _copy(self.layer, config, "forward_", config["go_backwards"])
        self.backward_layer = _copy(self.layer, config, "backward_", not config["go_backwards"])
        self._layers[:] = [self.forward_layer, self.backward_layer]
        if weights:
            half = len(weights) // 2
            self.forward_layer._initial_weights = weights[:half]
            self.backward_layer._initial_weights = weights[half:]
        self.trainable = self._trainable

    @property
    def trainable(self):
        """What was set last for both directions; the layer given keeps its own."""
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = value
        for layer in (self.forward_layer, self.backward_layer):
            if layer is not None:
                layer.trainable = value

    @property
    def constraints(self):
        """The constraints of both layers' weights, by weight."""
        return {w: w.constraint for w in self.weights if w.constraint is not None}

    # ---- shapes and masks ----

    def compute_output_shape(self, input_shape):
        """The merged output's shape, and the states' shapes with `return_state`."""
        shapes = self.forward_layer.compute_output_shape(input_shape)
        shape, states = (shapes[0], shapes[1:]) if self.return_state else (shapes, [])
        if self.merge_mode is None:
            merged = [shape, shape]
        elif self.merge_mode == "concat":
            merged = [shape[:-1] + (None if shape[-1] is None else 2 * shape[-1],)]
        else:
            merged = [shape]
        merged += 2 * list(states)
        return merged if len(merged) > 1 else merged[0]

    def compute_mask(self, inputs, mask):
        """The input's mask for sequences, None otherwise; None for states."""
        mask = to_list(mask)[0] if self.return_sequences else None
        masks = [mask, mask] if self.merge_mode is None else [mask]
        if self.return_state:
            masks += [None] * (2 * len(self.forward_layer.states))
        return masks if len(masks) > 1 else masks[0]

    def build(self, input_shape):
        """Builds both layers."""
        for layer in (self.forward_layer, self.backward_layer):
            with K.name_scope(layer.name):
                layer._num_constants = self._num_constants
                layer.constants_spec = self.constants_spec
                layer.build(input_shape)
                layer.built = True
                if layer._initial_weights is not None:
                    layer.set_weights(layer._initial_weights)
        super().build()

    # ---- calling ----

    def _check_states(self, initial_state):
        if len(initial_state) % 2:
            fail(self, "the initial states of both directions are given together",
                 "an even number of tensors", f"{len(initial_state)}")

    def call(self, inputs, mask=None, training=None, initial_state=None, constants=None):
        """The merged output, or [output(s), *forward states, *backward states]."""
        inputs, initial_state, constants = split_inputs(
            inputs, initial_state, constants, self._num_constants)
        keywords = {"training": training, "mask": to_list(mask)[0], "constants": constants}
        keywords = {name: value for name, value in keywords.items()
                    if value is not None and has_arg(self.layer.call, name)}
        states = list(initial_state or [])
        half = len(states) // 2
        forward = self._direction(self.forward_layer, inputs, states[:half], keywords)
        backward = self._direction(self.backward_layer, inputs, states[half:], keywords)
        merged = to_list(self._merged(forward[0], backward[0])) + forward[1:] + backward[1:]
        return merged if len(merged) > 1 else merged[0]

    @staticmethod
    def _direction(layer, inputs, states, keywords):
        """[output, *final states] of one direction."""
        if states:
            keywords = {**keywords, "initial_state": states}
        return to_list(layer.call(inputs, **keywords))

    def _merged(self, forward, backward):
        if self.return_sequences:
            backward = K.reverse(backward, 1)
        if self.merge_mode == "concat":
            return K.concatenate([forward, backward])
        if self.merge_mode == "sum":
            return forward + backward
        if self.merge_mode == "ave":
            return (forward + backward) / 2
        if self.merge_mode == "mul":
            return forward * backward
        return [forward, backward]

    def reset_states(self):
        """Sets the states of both layers to zeros."""
        self.forward_layer.reset_states()
        self.backward_layer.reset_states()

    # ---- configs ----

    def get_config(self):
        """The constructor's arguments."""
        config = super().get_config()
        config["merge_mode"] = self.merge_mode
        if self._num_constants is not None:
            config["num_constants"] = self._num_constants
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The wrapper of a config."""
        config = dict(config)
        num_constants = config.pop("num_constants", None)
        wrapper = super().from_config(config, custom_objects=custom_objects)
        wrapper._num_constants = num_constants
        return wrapper


def _copy(layer, config, prefix, go_backwards):
    """A layer like this one, under a longer name, in the given direction."""
    config = {**config, "name": prefix + layer.name, "go_backwards": go_backwards}
    objects = {}
    cell = getattr(layer, "cell", None)
    for inner in [cell, *getattr(cell, "cells", [])]:
        objects[type(inner).__name__] = type(inner)
    if has_arg(layer.from_config, "custom_objects"):
        return type(layer).from_config(config, custom_objects=objects)
    return type(layer).from_config(config)
