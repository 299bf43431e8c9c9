"""Keras 1's `Merge` layer and `merge` function: one layer with modes for all of merging."""
import sys
import types
import warnings

from .. import backend as K
from ..backend import errors
from ..engine.base_layer import Layer
from ..layers.lambda_layer import dump_function, load_function
from ..layers.merge import Add, Average, Concatenate, Maximum, Multiply
from ..utils.generic_utils import has_arg

_LAYERS = {"sum": Add, "mul": Multiply, "ave": Average, "max": Maximum}
_MODES = ("concat", "cos", "dot", *_LAYERS)


class Merge(Layer):
    """Merges a list of inputs, or the outputs of a list of layers or models.

    layers: whose outputs to merge at once; a Sequential may then start with this layer.
    mode: 'sum', 'mul', 'ave', 'max', 'concat' (along concat_axis), 'dot' or 'cos'
    (summed over dot_axes, one axis for both inputs or one for each), or a function of
    the list of inputs, with `arguments` as its keywords. output_mask: the mask of a
    function's output, or a function of the inputs' masks. output_shape follows from
    the tensors and is kept for configs. node_indices, tensor_indices: which output of
    each layer. Keras 1.2.2.
    """

    def __init__(self, layers=None, mode="sum", concat_axis=-1, dot_axes=-1, output_shape=None,
                 output_mask=None, arguments=None, node_indices=None, tensor_indices=None,
                 name=None):
        super().__init__(name=name)
        if not callable(mode) and mode not in _MODES:
            raise ValueError(errors.message(
                self._who(), "unknown mode", f"{errors.one_of(_MODES)} or a function",
                repr(mode)))
        self.mode = mode
        self.concat_axis = concat_axis
        self.dot_axes = dot_axes
        self.arguments = arguments or {}
        self.supports_masking = True
        self._output_shape = output_shape
        self._output_mask = output_mask
        self._inner = _LAYERS[mode]() if mode in _LAYERS else (
            Concatenate(axis=concat_axis) if mode == "concat" else None)
        self.merges_layers = bool(layers)
        if layers:
            self(_outputs_of(layers, node_indices, tensor_indices))

    def build(self, input_shape):
        """Checks that there are inputs to merge."""
        if not isinstance(input_shape, list) or len(input_shape) < 2:
            raise ValueError(errors.message(
                self._who(), "several inputs are merged", "a list of at least 2 tensors",
                f"shape(s) {input_shape}"))
        if self.mode in ("dot", "cos") and len(input_shape) != 2:
            raise ValueError(errors.message(
                self._who(), f"mode {self.mode!r} takes two inputs", "a list of 2 tensors",
                f"shapes {input_shape}"))
        if self._inner is not None:
            self._inner.build(input_shape)
        self.built = True

    def call(self, inputs, mask=None):
        """The merged inputs."""
        if callable(self.mode):
            arguments = dict(self.arguments)
            if has_arg(self.mode, "mask"):
                arguments["mask"] = mask
            return self.mode(inputs, **arguments)
        if self._inner is not None:
            return self._inner.call(inputs)
        return self._dot(*inputs) if self.mode == "dot" else self._cosine(*inputs)

    def _axes(self, x, y):
        axes = self.dot_axes
        first, second = axes if isinstance(axes, (list, tuple)) else (axes, axes)
        return first % K.ndim(x), second % K.ndim(y)

    def _dot(self, x, y):
        return K.batch_dot(x, y, self._axes(x, y))

    def _cosine(self, x, y):
        """The product divided by the norms, with a new axis after the batch axis."""
        first, second = self._axes(x, y)
        norms = K.sqrt(K.batch_dot(x, x, (first, first)) * K.batch_dot(y, y, (second, second)))
        return K.expand_dims(self._dot(x, y) / K.maximum(norms, K.epsilon()), 1)

    def compute_mask(self, inputs, mask=None):
        """The masks merged in the same way; None for products."""
        if callable(self.mode):
            output_mask = self._output_mask
            return output_mask(mask) if callable(output_mask) else output_mask
        return self._inner and self._inner.compute_mask(inputs, mask)

    def get_config(self):
        """The constructor's arguments as Keras 1 wrote them, functions as for Lambda."""
        config = {"name": self.name, "concat_axis": self.concat_axis, "dot_axes": self.dot_axes,
                  "arguments": self.arguments}
        for key, value in (("mode", self.mode), ("output_shape", self._output_shape),
                           ("output_mask", self._output_mask)):
            config[key], config[f"{key}_type"] = (
                dump_function(value) if callable(value) else (value, "raw"))
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The layer of a config; functions are looked up by name, bytecode is never run."""
        config = dict(config)
        for key in ("mode", "output_shape", "output_mask"):
            if config.pop(f"{key}_type", "raw") != "raw":
                config[key] = load_function(config, key, custom_objects)
        return cls(**config)


def _outputs_of(layers, node_indices, tensor_indices):
    """One output tensor of each layer or model."""
    nodes = node_indices or [0] * len(layers)
    places = tensor_indices or [0] * len(layers)
    outputs = [layer.get_output_at(node) for layer, node in zip(layers, nodes)]
    return [output[place] if isinstance(output, list) else output
            for output, place in zip(outputs, places)]


def merge(inputs, mode="sum", concat_axis=-1, dot_axes=-1, output_shape=None, output_mask=None,
          arguments=None, node_indices=None, tensor_indices=None, name=None):
    """A list of tensors of layers, merged by a `Merge` layer. Keras 1.2.2."""
    warnings.warn("merge: Keras 2 has a function for each mode (`add`, `concatenate`, `dot` ...), "
                  "and a Lambda layer for functions", stacklevel=2)
    layer = Merge(mode=mode, concat_axis=concat_axis, dot_axes=dot_axes,
                  output_shape=output_shape, output_mask=output_mask, arguments=arguments,
                  name=name)
    return layer(list(inputs))


class _MergeModule(types.ModuleType):
    """The module `layers.merge` can be called, since `keras.layers.merge` was a function once."""

    __call__ = staticmethod(merge)


sys.modules[Add.__module__].__class__ = _MergeModule
