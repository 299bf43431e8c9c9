"""Reshape, Permute, Flatten and RepeatVector."""
import math

from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..utils.generic_utils import to_list
from ._options import config_of, extend, fail, integer


class Reshape(Layer):
    """Reshapes each sample to `target_shape`, in which one size may be -1."""

    def __init__(self, target_shape, **kwargs):
        super().__init__(**kwargs)
        self.target_shape = self._checked(target_shape)

    def _checked(self, target_shape):
        sizes = to_list(target_shape, allow_tuple=True)
        return tuple(integer(self, "target_shape", size, least=-1) for size in sizes)

    def _sizes(self, input_shape):
        """The target shape with -1 replaced by the size that it must be."""
        known = math.prod(size for size in self.target_shape if size != -1)
        total = math.prod(input_shape[1:])
        unknown = self.target_shape.count(-1)
        fits = total % known == 0 if unknown == 1 and known else total == known
        if unknown > 1 or not fits:
            fail(self, "the number of elements of a sample must stay the same",
                 f"{total} elements, and at most one -1", f"target_shape {self.target_shape}")
        return tuple(total // known if size == -1 else size for size in self.target_shape)

    def compute_output_shape(self, input_shape):
        """The batch size and the target shape; None where it depends on unknown sizes."""
        if None in input_shape[1:]:
            return (input_shape[0],) + tuple(
                None if size == -1 else size for size in self.target_shape)
        return (input_shape[0],) + self._sizes(input_shape)

    def call(self, inputs):
        """The reshaped input."""
        shape = self.compute_output_shape(K.int_shape(inputs))[1:]
        if None in shape:
            return K.reshape(inputs, (K.shape(inputs)[0],) + self.target_shape)
        return K.reshape(inputs, (-1,) + shape)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "target_shape"))


class Permute(Layer):
    """Permutes the axes of each sample; `dims` counts them from 1."""

    def __init__(self, dims, **kwargs):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            fail(self, "`dims` names each axis of a sample once",
                 f"a permutation of 1 to {len(self.dims)}", self.dims)
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def compute_output_shape(self, input_shape):
        """The sizes in their new order."""
        return (input_shape[0],) + tuple(input_shape[axis] for axis in self.dims)

    def call(self, inputs):
        """The input with its axes permuted."""
        return K.permute_dimensions(inputs, (0,) + self.dims)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "dims"))


class Flatten(Layer):
    """Flattens each sample; with channels_first the channels are put last before.

    Input: three axes or more, all sizes but the batch known.
    """

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.input_spec = InputSpec(min_ndim=3)
        self.data_format = K.normalize_data_format(data_format)

    def compute_output_shape(self, input_shape):
        """(samples, product of the other sizes)."""
        if None in input_shape[1:]:
            fail(self, "all sizes of a sample must be known", "sizes without None",
                 tuple(input_shape), "Pass a complete input_shape to the first layer")
        return (input_shape[0], math.prod(input_shape[1:]))

    def call(self, inputs):
        """The flattened input."""
        size = self.compute_output_shape(K.int_shape(inputs))[1]
        if self.data_format == "channels_first":
            last = K.ndim(inputs) - 1
            inputs = K.permute_dimensions(inputs, (0, *range(2, last + 1), 1))
        return K.reshape(inputs, (-1, size)) if size else K.batch_flatten(inputs)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "data_format"))


class RepeatVector(Layer):
    """Repeats each sample `n` times: (samples, features) to (samples, n, features)."""

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = integer(self, "n", n)
        self.input_spec = InputSpec(ndim=2)

    def compute_output_shape(self, input_shape):
        """(samples, n, features)."""
        return (input_shape[0], self.n, input_shape[1])

    def call(self, inputs):
        """The repeated input."""
        return K.repeat(inputs, self.n)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "n"))
