"""What a layer owns: weights, losses, updates and metrics, its own and its sublayers'."""
import functools

import numpy as np

from .. import backend as K
from .. import initializers
from ..backend import arguments, errors
from ..utils.generic_utils import to_list
from ..utils.layer_utils import count_params


# ---- the arguments of add_weight ----

_ORDER = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")
_KERAS_1_ORDER = ("shape", "initializer", "name", "trainable", "regularizer", "constraint")


def _either_order(add_weight):
    """Lets `add_weight` be called in Keras 1's positional order, which starts with the shape."""
    @functools.wraps(add_weight)
    def call(self, *args, **kwargs):
        if not args or not isinstance(args[0], (tuple, list)):
            return add_weight(self, *args, **kwargs)
        order = _KERAS_1_ORDER
        if len(args) > 1 and _is_weight_name(args[1]):
            order = ("shape", "name") + _ORDER[2:]
        given = dict(zip(order, args))
        twice = sorted(set(given) & set(kwargs))
        if twice or len(args) > len(order):
            raise TypeError(errors.message(
                f"{self._who()}, add_weight", "each argument is given once", str(order),
                f"{len(args)} positional arguments and the keywords {sorted(kwargs)}"))
        return add_weight(self, **given, **kwargs)
    return call


def _is_weight_name(value):
    """Whether a second positional argument after the shape is a name, not an initializer."""
    if not isinstance(value, str):
        return False
    try:
        initializers.get(value)
    except ValueError:
        return True
    return False


# ---- losses and updates by inputs ----

class PerInputs:
    """Losses or updates, kept apart by the inputs (tensors) that they depend on."""

    def __init__(self):
        self._entries = {}

    def add(self, inputs, items):
        """Adds what is not there yet; `inputs` None: depends on no input."""
        # The entry holds the tensors, so that their ids stay theirs.
        _, kept = self._entries.setdefault(_key(inputs), (inputs, []))
        extend_unique(kept, items)

    def get(self, inputs):
        """What was added for exactly these inputs."""
        return list(self._entries.get(_key(inputs), (None, []))[1])

    def conditional(self):
        """Everything that depends on some input."""
        return [item for key, (_, items) in self._entries.items() if key for item in items]


def _key(inputs):
    return () if inputs is None else tuple(id(x) for x in to_list(inputs, allow_tuple=True))


def extend_unique(items, more):
    """Appends what is not in the list yet; items are told apart by identity."""
    present = {id(item) for item in items}
    for item in more:
        if id(item) not in present:
            present.add(id(item))
            items.append(item)


def unique(items):
    """The items without repetitions, in order."""
    result = []
    extend_unique(result, items)
    return result


class LayerState:
    """The part of a layer that holds weights, losses, updates and metrics."""

    def _init_state(self):
        self._layers = []
        self._trainable_weights = []
        self._non_trainable_weights = []
        self._losses = []
        self._updates = []
        self._metrics = []
        self._per_input_losses = PerInputs()
        self._per_input_updates = PerInputs()

    # ---- weights ----

    @_either_order
    def add_weight(self, name=None, shape=None, dtype=None, initializer=None,
                   regularizer=None, trainable=True, constraint=None):
        """Makes a weight of the layer: a Variable called '<layer>/<name>:0'.

        The positional order of Keras 1 is taken too: (shape, initializer, name,
        trainable, regularizer, constraint).
        shape: sizes without None; () by default. dtype: the layer's by default.
        initializer: as `initializers.get` takes it.
        """
        shape = _weight_shape(f"{self._who()}, weight {name!r}", shape)
        dtype = dtype or self.dtype or K.floatx()
        draw = functools.partial(initializers.get(initializer), shape, dtype=dtype)
        weight = K.variable(draw(), dtype=dtype, name=name, constraint=constraint)
        weight.draw_initial = draw
        weight.trainable = bool(trainable)
        if regularizer is not None:
            with K.name_scope("weight_regularizer"):
                self.add_loss(regularizer(weight))
        (self._trainable_weights if trainable else self._non_trainable_weights).append(weight)
        return weight

    @property
    def trainable_weights(self):
        """Variables that training changes; none when the layer is not trainable."""
        if not getattr(self, "trainable", True):
            return []
        return self._collect("trainable_weights", self._trainable_weights)

    @trainable_weights.setter
    def trainable_weights(self, weights):
        self._trainable_weights = list(weights)
        self._non_trainable_weights = _without(self._non_trainable_weights, weights)

    @property
    def non_trainable_weights(self):
        """Variables that training leaves alone; all of them when the layer is not trainable."""
        others = self._collect("non_trainable_weights", self._non_trainable_weights)
        if getattr(self, "trainable", True):
            return others
        return unique(self._collect("trainable_weights", self._trainable_weights) + others)

    @non_trainable_weights.setter
    def non_trainable_weights(self, weights):
        self._non_trainable_weights = list(weights)
        self._trainable_weights = _without(self._trainable_weights, weights)

    @property
    def weights(self):
        """All variables: the trainable ones, then the others."""
        return self.trainable_weights + self.non_trainable_weights

    def get_weights(self):
        """The values of `weights`, as NumPy arrays."""
        return K.batch_get_value(self.weights)

    def set_weights(self, weights):
        """Writes a list of arrays, in the order and the shapes of `get_weights()`."""
        set_values(self._who(), self.weights, weights)

    def count_params(self):
        """Number of values in all weights; RuntimeError before the layer is built."""
        if not self.built:
            raise RuntimeError(errors.message(
                self._who(), "no weights to count yet", "a layer that was built",
                "a layer that was not", "Call it on a tensor, or call build(input_shape)"))
        return count_params(self.weights)

    # ---- losses, updates, metrics ----

    def add_loss(self, losses, inputs=None):
        """Adds scalar tensors to the loss of every model that holds the layer.

        inputs: the tensors on which they depend; None: they depend on none, as a
        penalty on a weight.
        """
        losses = [] if losses is None else to_list(losses, allow_tuple=True)
        self._losses.extend(losses)
        self._per_input_losses.add(inputs, losses)

    def add_update(self, updates, inputs=None):
        """Adds updates (of `K.update` and its kin, or pairs) that training steps run.

        inputs: the tensors on which they depend, or None.
        """
        updates = [] if updates is None else _update_list(updates)
        self._updates.extend(updates)
        self._per_input_updates.add(inputs, updates)

    def add_metric(self, value, name=None):
        """Reports a tensor's mean in each epoch under this name.

        value: a tensor, or the result of calling a metric. ValueError without a name.
        """
        from ..metrics import Mean  # metrics are layers: their module imports this one

        metric = getattr(value, "_metric_obj", None)
        name = metric.name if metric is not None else name
        if not K.is_tensor(value) or not name:
            raise ValueError(errors.message(
                f"{self._who()}, add_metric", "a metric is a tensor with a name",
                "add_metric(tensor, name='...')", f"value {value!r}, name {name!r}"))
        known = next((m for m in self._metrics if m.name == name), None)
        if metric is None:
            metric = known or Mean(name=name)
            metric(value)
        extend_unique(self._metrics, [metric])

    @property
    def losses(self):
        """All losses of the layer and its sublayers."""
        return unique(self._nested("losses") + list(self._losses))

    @property
    def updates(self):
        """All updates; none when the layer is neither trainable nor stateful."""
        if self._is_frozen():
            return []
        return self._collect("updates", self._updates)

    @property
    def metrics(self):
        """Metrics added by the layer and its sublayers."""
        return self._collect("metrics", self._metrics)

    def get_losses_for(self, inputs):
        """Losses that depend on exactly these inputs; None: on no input."""
        nested = [] if inputs is not None else [
            loss for layer in self._layers for loss in layer.get_losses_for(None)]
        return unique(self._per_input_losses.get(inputs) + nested)

    def get_updates_for(self, inputs):
        """Updates that depend on exactly these inputs; None: on no input."""
        if self._is_frozen():
            return []
        nested = [] if inputs is not None else [
            update for layer in self._layers for update in layer.get_updates_for(None)]
        return unique(self._per_input_updates.get(inputs) + nested)

    def _is_frozen(self):
        return not getattr(self, "trainable", True) and not self.stateful

    def _collect(self, attribute, own):
        return unique(list(own) + self._nested(attribute))

    def _nested(self, attribute):
        return [item for layer in self._layers for item in getattr(layer, attribute)]

    def _descendants(self):
        for layer in self._layers:
            yield layer
            yield from layer._descendants()

    def _call_claiming(self, inputs, **kwargs):
        """`call`, taking what sublayers add meanwhile as depending on these inputs."""
        layers = unique(self._descendants())
        before = [_conditional(layer) for layer in layers]
        outputs = self.call(inputs, **kwargs)
        for layer, (losses, updates) in zip(layers, before):
            more_losses, more_updates = _conditional(layer)
            self._per_input_losses.add(inputs, _without(more_losses, losses))
            self._per_input_updates.add(inputs, _without(more_updates, updates))
        return outputs


def _conditional(layer):
    updates = [] if layer._is_frozen() else layer._per_input_updates.conditional()
    return layer._per_input_losses.conditional(), updates


def _without(items, excluded):
    ids = {id(item) for item in excluded}
    return [item for item in items if id(item) not in ids]


def _update_list(updates):
    """A list of updates; a (variable, new value) pair is one update."""
    if isinstance(updates, tuple) and len(updates) == 2 and K.is_variable(updates[0]):
        return [updates]
    return to_list(updates, allow_tuple=True)


def set_values(who, variables, values):
    """Writes arrays into variables; ValueError unless number and shapes agree."""
    if not hasattr(values, "__len__"):
        raise ValueError(errors.message(who, "weights are given as a list of arrays",
                                        f"a list of {len(variables)}", repr(values)))
    if len(values) != len(variables):
        raise ValueError(errors.message(
            who, "wrong number of weights", f"{len(variables)} arrays", f"{len(values)}"))
    for variable, value in zip(variables, values):
        if tuple(K.int_shape(variable)) != np.shape(value):
            raise ValueError(errors.message(
                f"{who}, weight '{variable.name}'", "a new value has the weight's shape",
                tuple(K.int_shape(variable)), np.shape(value)))
    K.batch_set_value(list(zip(variables, values)))


def _weight_shape(who, shape):
    shape = () if shape is None else arguments.shape(who, "shape", shape)
    if any(size is None for size in shape):
        raise ValueError(errors.message(
            who, "a weight has a known size on every axis", "integers", shape,
            "The input's size on the axis it comes from must be known"))
    return shape
