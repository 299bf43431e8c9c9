"""InputLayer and Input: where a model's data comes in."""
from .. import backend as K
from ..backend import arguments, errors
from ..legacy import interfaces
from ..utils.generic_utils import unpack_singleton  # noqa: F401
from .base_layer import Layer
from .node import Node, leaf  # noqa: F401 (old code imports it from here)


class InputLayer(Layer):
    """The layer that holds an input tensor of a model.

    input_shape, batch_size or batch_input_shape: shape without or with the batch
    axis. input_tensor: a tensor to take in place of a new placeholder. dtype: by
    default floatx, or the tensor's.
    """

    @interfaces.legacy_input_support
    def __init__(self, input_shape=None, batch_size=None, batch_input_shape=None, dtype=None,
                 input_tensor=None, sparse=False, name=None):
        super().__init__(dtype=dtype or (K.dtype(input_tensor) if input_tensor is not None
                                         else K.floatx()),
                         name=name or f"input_{K.get_uid('input')}")
        self.trainable = False
        self.built = True
        self.sparse = sparse
        self.supports_masking = True
        self.batch_input_shape = _shape(
            self._who(), input_shape, batch_size, batch_input_shape, input_tensor)
        self._link(input_tensor)

    def _link(self, tensor):
        self.is_placeholder = tensor is None
        if tensor is None:
            tensor = K.placeholder(shape=self.batch_input_shape, dtype=self.dtype,
                                   sparse=self.sparse, name=self.name)
        tensor._keras_shape = self.batch_input_shape
        tensor._keras_history = (self, 0, 0)
        leaf(self, [tensor], [None], [self.batch_input_shape])

    def get_config(self):
        """batch_input_shape, dtype, sparse and name."""
        return {"batch_input_shape": self.batch_input_shape, "dtype": self.dtype,
                "sparse": self.sparse, "name": self.name}


def _shape(who, input_shape, batch_size, batch_input_shape, tensor):
    if input_shape is not None and batch_input_shape is not None:
        raise ValueError(errors.message(
            who, "the shape is given once", "input_shape or batch_input_shape",
            f"{input_shape} and {batch_input_shape}"))
    if batch_input_shape is not None:
        return arguments.shape(who, "batch_input_shape", batch_input_shape)
    if input_shape is not None:
        return arguments.shape(who, "batch_size", batch_size) \
            + arguments.shape(who, "input_shape", input_shape)
    if tensor is not None:
        return tuple(K.int_shape(tensor))
    raise ValueError(errors.message(
        who, "an input has a shape", "input_shape, batch_input_shape or input_tensor", "none of them"))


def Input(shape=None, batch_shape=None, name=None, dtype=None, sparse=False, tensor=None):
    """A symbolic tensor to start a model from.

    shape: sizes without the batch axis; batch_shape: with it. dtype: floatx by
    default. tensor: an existing tensor to use in place of a placeholder.
    ValueError without any shape.
    """
    if shape is None and batch_shape is None and tensor is None:
        raise ValueError(errors.message(
            "Input", "an input has a shape", "shape (without the batch axis), batch_shape or tensor",
            "none of them"))
    if shape is not None and batch_shape is None:
        batch_shape = (None,) + _sizes(shape)
    layer = InputLayer(batch_input_shape=batch_shape, name=name, dtype=dtype or _dtype(tensor),
                       sparse=sparse, input_tensor=tensor)
    return layer._inbound_nodes[0].output_tensors[0]


def _sizes(shape):
    """The sizes as a tuple; a single number is a shape of one axis."""
    return arguments.shape("Input", "shape", shape)


def _dtype(tensor):
    return None if tensor is None else K.dtype(tensor)
