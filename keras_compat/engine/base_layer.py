"""Layer: what every layer can do, and what one call of it sets in motion.

A call builds the layer if need be, checks the inputs, traces `call` into the
graph, passes masks on, and leaves a node behind that links the layer to those
before it.
"""
import functools
import re

from .. import backend as K
from ..backend import arguments, errors
from ..backend.ops.convert import DTYPES, dtype_name
from ..utils.generic_utils import (  # noqa: F401 (old code imports some of them from here)
    has_arg, is_all_none, object_list_uid, to_list, unpack_singleton)
from ..utils.layer_utils import count_params  # noqa: F401
from . import input_spec
from .input_spec import InputSpec  # noqa: F401
from .layer_state import LayerState
from .node import Node, NodeAccess, history, masks_of

_KEYWORDS = ("input_shape", "batch_input_shape", "batch_size", "dtype", "name", "trainable",
             "weights", "input_dtype")


def disable_tracking(func):
    """Decorates a constructor: layers that it sets as attributes are not tracked.

    For layers that account for the weights of their inner layers themselves.
    """
    @functools.wraps(func)
    def construct(self, *args, **kwargs):
        object.__setattr__(self, "_tracking", False)
        try:
            return func(self, *args, **kwargs)
        finally:
            object.__setattr__(self, "_tracking", True)
    return construct


class Layer(LayerState, NodeAccess):
    """Base class of all layers.

    kwargs: name, trainable, dtype, batch_input_shape or input_shape (and
    batch_size), weights (initial values). TypeError for other keywords.

    A layer of one's own defines `build(self, input_shape)`, which makes weights with
    `add_weight`, `call(self, inputs)` (with `mask`, `training` if it wants them),
    and where the static shape of what `call` returns does not tell it,
    `compute_output_shape(self, input_shape)`. Layers, metrics and variables that
    are set as attributes become part of the layer.
    """

    input_spec = None
    supports_masking = False
    stateful = False
    _tracking = True

    def __init__(self, **kwargs):
        self._init_state()
        self._built = False
        self._inbound_nodes = []
        self._outbound_nodes = []
        _check_keywords(type(self).__name__, kwargs)
        self.name = kwargs.get("name") or _default_name(type(self).__name__)
        self.trainable = kwargs.get("trainable", True)
        shape = _batch_input_shape(self._who(), kwargs)
        if shape is not None:
            self.batch_input_shape = shape
        self.dtype = _dtype(self._who(), kwargs.get("dtype") or kwargs.get("input_dtype"))
        self._initial_weights = kwargs.get("weights")

    def __setattr__(self, name, value):
        if self._tracking and name[:1] != "_":
            self._track(value)
        super().__setattr__(name, value)

    def _track(self, value):
        """Notes a layer, metric or variable that is being set as an attribute."""
        known = self.__dict__
        if "_layers" not in known:
            return
        if isinstance(value, Layer):
            table = "_metrics" if hasattr(value, "update_state") else "_layers"
        elif K.is_variable(value):
            table = "_trainable_weights" if value.trainable else "_non_trainable_weights"
        else:
            return
        everywhere = known["_layers"] + known["_metrics"] + known["_trainable_weights"] \
            + known["_non_trainable_weights"]
        if not any(item is value for item in everywhere):
            known[table].append(value)

    @property
    def built(self):
        """Whether the weights exist."""
        return self._built

    @built.setter
    def built(self, value):
        self._built = value

    # ---- what subclasses define ----

    def build(self, input_shape):
        """Makes the weights, given the input's shape (a list of shapes for several inputs)."""
        self.built = True

    def call(self, inputs, **kwargs):
        """The layer's outputs, in K functions of its inputs."""
        return inputs

    def compute_output_shape(self, input_shape):
        """The output's shape for an input's shape; by default the same."""
        return input_shape

    def compute_mask(self, inputs, mask=None):
        """The output's mask: the input's, or None for a layer that supports none.

        TypeError when a layer with `supports_masking` False receives a mask.
        """
        if self.supports_masking:
            return mask
        if not is_all_none(mask):
            raise TypeError(errors.message(
                self._who(), "the layer does not support masking", "inputs without a mask",
                f"mask {mask}", "Set supports_masking, or define compute_mask"))
        return None

    # ---- calling ----

    def __call__(self, inputs, **kwargs):
        """Applies the layer to a tensor or a list of tensors; returns the output(s).

        kwargs: go to `call`; `mask` replaces the masks that come with the inputs.
        """
        if isinstance(inputs, tuple):
            inputs = list(inputs)
        with K.name_scope(self.name), K.layer_scope(self.name):
            if not self.built:
                self._build_for(inputs)
            self.assert_input_compatibility(inputs)
            masks = masks_of(inputs)
            outputs = _traced(self, inputs, masks, kwargs)
            output_masks = self.compute_mask(inputs, masks)
            outputs = _fresh(inputs, outputs)
            self._connect(inputs, outputs, masks, output_masks, kwargs)
            self._regularize_activity(inputs, outputs)
        return unpack_singleton(outputs)

    def _build_for(self, inputs):
        self.assert_input_compatibility(inputs)
        self.build(unpack_singleton(_shapes(inputs)))
        self.built = True
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)

    def assert_input_compatibility(self, inputs):
        """ValueError unless the inputs are tensors that the layer's `input_spec` allows."""
        input_spec.check(self._who(), self.input_spec, inputs)

    def _connect(self, inputs, outputs, masks, output_masks, arguments):
        """Leaves a node for this call, and marks the outputs with where they come from."""
        inputs = list(to_list(inputs))
        masks = _as_many(masks, len(inputs))
        output_masks = _as_many(output_masks, len(outputs))
        shapes = self._output_shapes(_shapes(inputs), outputs)
        links = [history(x) for x in inputs]
        Node(self, *(list(column) for column in zip(*links)), inputs, outputs, masks,
             output_masks, _shapes(inputs), shapes, dict(arguments))
        uses_phase = getattr(self, "uses_learning_phase", False) \
            or any(getattr(x, "_uses_learning_phase", False) for x in inputs)
        for index, (output, shape) in enumerate(zip(outputs, shapes)):
            output._keras_history = (self, len(self._inbound_nodes) - 1, index)
            output._keras_shape = shape
            output._uses_learning_phase = output._uses_learning_phase or uses_phase

    def _output_shapes(self, input_shapes, outputs):
        """Shape of each output: what the graph knows, completed by `compute_output_shape`."""
        known = _shapes(outputs)
        if type(self).compute_output_shape is Layer.compute_output_shape:
            return known
        declared = self.compute_output_shape(unpack_singleton(input_shapes))
        return [_merged(*pair) for pair in zip(known, _shape_list(declared, len(outputs)))]

    def _regularize_activity(self, inputs, outputs):
        """Adds the penalty of `activity_regularizer`, if there is one."""
        regularizer = getattr(self, "activity_regularizer", None)
        if regularizer is not None:
            with K.name_scope("activity_regularizer"):
                self.add_loss([regularizer(x) for x in outputs], inputs=to_list(inputs))

    # ---- configs ----

    def get_config(self):
        """The constructor's arguments, as what JSON can hold."""
        config = {"name": self.name, "trainable": self.trainable}
        if hasattr(self, "batch_input_shape"):
            config["batch_input_shape"] = self.batch_input_shape
        if hasattr(self, "dtype"):
            config["dtype"] = self.dtype
        return config

    @classmethod
    def from_config(cls, config):
        """A layer with the arguments of a config."""
        return cls(**config)


# ---- one call ----

def _traced(layer, inputs, masks, arguments):
    """The outputs of `call` as a list; `call` gets the masks if it takes them."""
    if not is_all_none(masks) and "mask" not in arguments and has_arg(layer.call, "mask"):
        arguments = {**arguments, "mask": masks}
    return to_list(layer._call_claiming(inputs, **arguments), allow_tuple=True)


def _fresh(inputs, outputs):
    """The outputs, with a copy in place of a tensor that is already another call's.

    A tensor remembers one call; what a layer hands on unchanged must not lose its own.
    """
    inputs = to_list(inputs)
    return [K.identity(y) if hasattr(y, "_keras_history") or any(y is x for x in inputs) else y
            for y in outputs]


def _as_many(masks, number):
    return list(masks) if isinstance(masks, (list, tuple)) else [masks] * number


def _shapes(tensors):
    return [K.int_shape(x) for x in to_list(tensors)]


def _shape_list(shapes, number):
    """Declared shapes as a list of tuples, one for each output."""
    if number == 1 and not (len(shapes) == 1 and isinstance(shapes[0], (tuple, list))):
        return [tuple(shapes)]
    return [tuple(shape) for shape in shapes]


def _merged(known, declared):
    """The known sizes, and declared ones where nothing is known."""
    if len(known) != len(declared):
        return known
    return tuple(size if size is not None else other for size, other in zip(known, declared))


# ---- construction ----

def _check_keywords(class_name, kwargs):
    unknown = [key for key in kwargs if key not in _KEYWORDS]
    if unknown:
        raise TypeError(errors.message(
            class_name, "keyword argument not understood", errors.one_of(_KEYWORDS),
            errors.one_of(unknown)))


def _batch_input_shape(who, kwargs):
    if kwargs.get("batch_input_shape") is not None:
        return arguments.shape(who, "batch_input_shape", kwargs["batch_input_shape"])
    if kwargs.get("input_shape") is not None:
        return arguments.shape(who, "batch_size", kwargs.get("batch_size")) \
            + arguments.shape(who, "input_shape", kwargs["input_shape"])
    return None


def _dtype(who, dtype):
    """The dtype's name; TypeError for what is no dtype, in the name of the layer."""
    try:
        return dtype_name(dtype)
    except TypeError:
        raise TypeError(errors.message(who, "unknown dtype", errors.one_of(DTYPES),
                                       repr(dtype))) from None


def _default_name(class_name):
    prefix = _snake_case(class_name)
    return f"{prefix}_{K.get_uid(prefix)}"


def _snake_case(name):
    """'MaxPooling2D' -> 'max_pooling2d', with Keras's own breaks ('PReLU' -> 'p_re_lu')."""
    separated = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    snake = re.sub(r"([a-z])([A-Z])", r"\1_\2", separated).lower()
    return snake if not snake.startswith("_") else "private" + snake
