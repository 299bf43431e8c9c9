"""Lambda: a layer from a function."""
from .. import backend as K
from ..engine.base_layer import Layer
from ..legacy import interfaces
from ..utils.bytecode import DumpedFunction, func_dump
from ..utils.generic_utils import get_custom_objects, has_arg
from ._options import extend, fail


class Lambda(Layer):
    """Calls a function on its input.

    function: takes a tensor or a list of them first. output_shape: what the output's
    shape is (a tuple without the batch, or a function of the input's shape); found by
    calling the function where it is not given. mask: the output's mask, or a function
    of inputs and their masks. arguments: further keywords of the function.
    """

    @interfaces.legacy_lambda_support
    def __init__(self, function, output_shape=None, mask=None, arguments=None, **kwargs):
        super().__init__(**kwargs)
        if not callable(function):
            fail(self, "a Lambda layer calls a function", "a function", repr(function),
                 error=TypeError)
        self.function = function
        self.arguments = arguments if arguments else {}
        if mask is not None:
            self.supports_masking = True
        self.mask = mask
        if output_shape is not None and not callable(output_shape) \
                and not isinstance(output_shape, (tuple, list)):
            fail(self, "not something that `output_shape` can be",
                 "None, a tuple, a list or a function", repr(output_shape), error=TypeError)
        self._output_shape = output_shape
        self._input_dtypes = None
        self._last_shapes = (None, None)

    def call(self, inputs, mask=None):
        """function(inputs, **arguments), with `mask` where the function takes it."""
        self._input_dtypes = [K.dtype(x) for x in _as_list(inputs)]
        arguments = dict(self.arguments)
        if has_arg(self.function, "mask"):
            arguments["mask"] = mask
        outputs = self.function(inputs, **arguments)
        self._last_shapes = (_shapes(inputs), _shapes(outputs))
        return outputs

    def compute_output_shape(self, input_shape):
        """From `output_shape`, or what the function gives for placeholders of this shape."""
        if self._output_shape is None:
            return self._traced_shape(input_shape)
        several = isinstance(input_shape, list)
        if not callable(self._output_shape):
            samples = (input_shape[0] if several else input_shape)[0]
            return (samples,) + tuple(self._output_shape)
        shape = self._output_shape(input_shape)
        if not isinstance(shape, (list, tuple)):
            fail(self, "`output_shape` must give a shape", "a tuple, or a list of tuples",
                 repr(shape))
        return shape if shape and isinstance(shape[0], (list, tuple)) else tuple(shape)

    def _traced_shape(self, input_shape):
        known, result = self._last_shapes
        if input_shape == known:
            return result
        shapes = input_shape if isinstance(input_shape, list) else [input_shape]
        dtypes = self._input_dtypes or [self.dtype] * len(shapes)
        inputs = [K.placeholder(shape=shape, dtype=dtype)
                  for shape, dtype in zip(shapes, dtypes)]
        return _shapes(self.call(inputs if isinstance(input_shape, list) else inputs[0]))

    def compute_mask(self, inputs, mask=None):
        """`mask` of the constructor, called with inputs and their masks if it can be."""
        if callable(self.mask):
            return self.mask(inputs, mask)
        return self.mask

    def get_config(self):
        """The constructor's arguments; lambdas as bytecode, other functions by name."""
        function, function_type = dump_function(self.function)
        output_shape, output_shape_type = self._output_shape, "raw"
        if callable(output_shape):
            output_shape, output_shape_type = dump_function(output_shape)
        return extend(super().get_config(), {
            "function": function, "function_type": function_type,
            "output_shape": output_shape, "output_shape_type": output_shape_type,
            "arguments": self.arguments})

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The layer of a config.

        A function is looked up by its name, or by the layer's name, in
        `custom_objects`. Bytecode from a file is never run (ValueError).
        """
        config = dict(config)
        config["function"] = load_function(config, "function", custom_objects)
        output_shape = config.get("output_shape")
        if config.pop("output_shape_type", "raw") != "raw":
            output_shape = load_function(config, "output_shape", custom_objects)
        elif isinstance(output_shape, list):
            output_shape = tuple(output_shape)
        config["output_shape"] = output_shape
        config.pop("function_type", None)
        return cls(**config)


def _as_list(inputs):
    return list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]


def _shapes(tensors):
    if isinstance(tensors, (list, tuple)):
        return [K.int_shape(tensor) for tensor in tensors]
    return K.int_shape(tensors)


def dump_function(function):
    """(what a config holds for a function, 'lambda' or 'function')."""
    if getattr(function, "__name__", None) == "<lambda>":
        return func_dump(function), "lambda"
    return _Named.of(function), "function"


class _Named(str):
    """A function's name, as written to a config, and the live `function` itself."""

    function = None

    @classmethod
    def of(cls, function):
        name = cls(getattr(function, "__name__", type(function).__name__))
        name.function = function
        return name


def load_function(config, key, custom_objects):
    """The function for a config's key: a live one, or one that the caller gave by name."""
    value, layer = config[key], config.get("name")
    known = {**get_custom_objects(), **(custom_objects or {})}
    if key == "function" and layer in known:
        return known[layer]
    if isinstance(value, str) and value in known:
        return known[value]
    live = value.function if isinstance(value, (DumpedFunction, _Named)) else None
    if live is not None:
        return live
    if isinstance(value, str):
        fail(Lambda, f"the function {value!r} is not known here", "one of custom_objects",
             f"no such name for layer {layer!r}", f"Pass custom_objects={{{value!r}: function}}")
    fail(Lambda, f"`{key}` of layer {layer!r} is bytecode, which is not run when a config is "
         "loaded", "a function given by the caller", "marshalled code",
         f"Pass custom_objects={{{layer!r}: function}}")
