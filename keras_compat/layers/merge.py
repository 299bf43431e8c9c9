"""Layers of several inputs: sums, products, concatenation, dot products."""
import functools

from .. import backend as K
from ..engine.base_layer import Layer
from ._options import config_of, extend, fail


class _Merge(Layer):
    """Combines inputs element by element; smaller ones are broadcast.

    An input with fewer axes gets axes of size 1 after the batch axis.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        """Checks that the shapes go together."""
        shapes = self._several(input_shape)
        batches = {shape[0] for shape in shapes} - {None}
        if len(batches) > 1:
            fail(self, "all inputs have the same number of samples", "one batch size",
                 f"shapes {shapes}")
        self.compute_output_shape(shapes)
        self.built = True

    def _several(self, input_shape):
        if not isinstance(input_shape, list) or len(input_shape) < 2:
            fail(self, "a merge layer takes a list of inputs", "at least 2 tensors",
                 f"shape(s) {input_shape}")
        return input_shape

    def call(self, inputs):
        """The combined inputs."""
        if not isinstance(inputs, list):
            fail(self, "a merge layer takes a list of inputs", "a list of tensors", repr(inputs))
        rank = max(K.ndim(x) for x in inputs)
        return self._merge_function([_with_rank(x, rank) for x in inputs])

    def _merge_function(self, inputs):
        raise NotImplementedError(f"{type(self).__name__} must define _merge_function")

    def compute_output_shape(self, input_shape):
        """The shape that the inputs broadcast to."""
        rank = max(len(shape) for shape in input_shape)
        shapes = [tuple(shape[:1]) + (1,) * (rank - len(shape)) + tuple(shape[1:])
                  for shape in input_shape]
        batch = next((shape[0] for shape in shapes if shape[0] is not None), None)
        return (batch,) + tuple(self._broadcast(sizes, input_shape)
                                for sizes in zip(*(shape[1:] for shape in shapes)))

    def _broadcast(self, sizes, shapes):
        known = {size for size in sizes if size not in (None, 1)}
        if len(known) > 1:
            fail(self, "the inputs' shapes must broadcast together",
                 "equal sizes, or 1, on each axis", f"shapes {shapes}")
        if known:
            return known.pop()
        return None if None in sizes else 1

    def compute_mask(self, inputs, mask=None):
        """True where all inputs that have a mask are unmasked."""
        mask = self._mask_list(inputs, mask)
        if mask is None:
            return None
        return functools.reduce(K.logical_and, [m for m in mask if m is not None])

    def _mask_list(self, inputs, mask):
        """The list of masks, one for each input, or None if there are none."""
        if mask is None:
            return None
        if not isinstance(mask, list) or not isinstance(inputs, list) \
                or len(mask) != len(inputs):
            fail(self, "there is one mask for each input", "two lists of the same length",
                 f"inputs {inputs}, mask {mask}")
        return None if all(m is None for m in mask) else mask


def _with_rank(x, rank):
    for _ in range(rank - K.ndim(x)):
        x = K.expand_dims(x, axis=1)
    return x


class Add(_Merge):
    """The sum of the inputs."""

    def _merge_function(self, inputs):
        return functools.reduce(K.add, inputs)


class Subtract(_Merge):
    """The first of two inputs minus the second."""

    def build(self, input_shape):
        """Checks that there are two inputs."""
        super().build(input_shape)
        _check_two(self, input_shape)

    def _merge_function(self, inputs):
        _check_two(self, inputs)
        return inputs[0] - inputs[1]


class Multiply(_Merge):
    """The product of the inputs."""

    def _merge_function(self, inputs):
        return functools.reduce(K.multiply, inputs)


class Average(_Merge):
    """The mean of the inputs."""

    def _merge_function(self, inputs):
        return functools.reduce(K.add, inputs) / len(inputs)


class Maximum(_Merge):
    """The greatest of the inputs, element by element."""

    def _merge_function(self, inputs):
        return functools.reduce(K.maximum, inputs)


class Minimum(_Merge):
    """The smallest of the inputs, element by element."""

    def _merge_function(self, inputs):
        return functools.reduce(K.minimum, inputs)


class Concatenate(_Merge):
    """The inputs one behind the other along `axis`."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def build(self, input_shape):
        """Checks that the shapes agree on all other axes."""
        self.compute_output_shape(self._several(input_shape))
        self.built = True

    def call(self, inputs):
        """The joined inputs."""
        if not isinstance(inputs, list):
            fail(self, "a merge layer takes a list of inputs", "a list of tensors", repr(inputs))
        return K.concatenate(inputs, axis=self.axis)

    def compute_output_shape(self, input_shape):
        """The first input's shape, with the sum of the sizes on `axis`."""
        shapes = self._several(input_shape)
        rank = len(shapes[0])
        axis = self.axis % rank
        if any(len(shape) != rank for shape in shapes) or not -rank <= self.axis < rank:
            self._fail_shapes(shapes)
        columns = list(zip(*shapes))
        result = [self._agreed(sizes, shapes) if i != axis else None
                  for i, sizes in enumerate(columns)]
        if None not in columns[axis]:
            result[axis] = sum(columns[axis])
        return tuple(result)

    def _agreed(self, sizes, shapes):
        known = {size for size in sizes if size is not None}
        if len(known) > 1:
            self._fail_shapes(shapes)
        return known.pop() if known else None

    def _fail_shapes(self, shapes):
        fail(self, "the inputs' shapes agree on all but the axis of concatenation",
             f"equal ranks, and equal sizes but for axis {self.axis}", f"shapes {shapes}")

    def compute_mask(self, inputs, mask=None):
        """The masks joined in the same way; an input without one counts as unmasked."""
        masks = self._mask_list(inputs, mask)
        if masks is None:
            return None
        full = [_full_mask(x, m) for x, m in zip(inputs, masks)]
        return K.all(K.concatenate(full, axis=self.axis), axis=-1, keepdims=False)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "axis"))


def _full_mask(x, mask):
    """A mask with as many axes as `x`, the last of size 1 where the mask had none."""
    if mask is None:
        return K.ones_like(x[..., :1], dtype="bool")
    return K.expand_dims(mask) if K.ndim(mask) < K.ndim(x) else mask


class Dot(_Merge):
    """Dot products of the samples of two inputs.

    axes: one axis of each input (or one number for both) to sum over. normalize: makes
    the vectors along these axes unit vectors before, so that the cosine is left.
    """

    def __init__(self, axes, normalize=False, **kwargs):
        super().__init__(**kwargs)
        valid = isinstance(axes, int) or (
            isinstance(axes, (list, tuple)) and len(axes) == 2
            and all(isinstance(axis, int) for axis in axes))
        if not valid:
            fail(self, "not something that `axes` can be", "an integer, or two of them",
                 repr(axes), error=TypeError)
        self.axes = axes
        self.normalize = normalize

    def _axis_pair(self, shapes):
        axes = (self.axes,) * 2 if isinstance(self.axes, int) else self.axes
        if not all(-len(shape) <= axis < len(shape) for axis, shape in zip(axes, shapes)):
            fail(self, "`axes` are axes of the inputs", "an axis of each input",
                 f"axes {self.axes}, shapes {list(shapes)}")
        return tuple(axis % len(shape) for axis, shape in zip(axes, shapes))

    def build(self, input_shape):
        """Checks that the sizes of the two axes agree."""
        first, second = _check_two(self, self._several(input_shape))
        axes = self._axis_pair(input_shape)
        sizes = (first[axes[0]], second[axes[1]])
        if None not in sizes and sizes[0] != sizes[1]:
            fail(self, "the axes that are summed over must have the same size",
                 f"axis {axes[1]} of the second of size {sizes[0]}", f"shapes {input_shape}")
        self.built = True

    def call(self, inputs):
        """The dot products."""
        _check_two(self, inputs)
        axes = self._axis_pair([K.int_shape(x) for x in inputs])
        if self.normalize:
            inputs = [K.l2_normalize(x, axis=axis) for x, axis in zip(inputs, axes)]
        return K.batch_dot(inputs[0], inputs[1], axes)

    def compute_output_shape(self, input_shape):
        """The axes that are left, of the first and then of the second input."""
        first, second = _check_two(self, input_shape)
        axes = self._axis_pair(input_shape)
        left = [size for axis, size in enumerate(first) if axis != axes[0]]
        right = [size for axis, size in enumerate(second) if axis not in (0, axes[1])]
        shape = left + right
        return tuple(shape if len(shape) > 1 else shape + [1])

    def compute_mask(self, inputs, mask=None):
        """None: dot products carry no mask."""
        return None

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "axes", "normalize"))


def _check_two(layer, values):
    if not isinstance(values, list) or len(values) != 2:
        fail(layer, "the layer takes two inputs", "a list of 2 tensors", f"{values!r}")
    return values


def add(inputs, **kwargs):
    """`Add(**kwargs)(inputs)`."""
    return Add(**kwargs)(inputs)


def subtract(inputs, **kwargs):
    """`Subtract(**kwargs)(inputs)`."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs, **kwargs):
    """`Multiply(**kwargs)(inputs)`."""
    return Multiply(**kwargs)(inputs)


def average(inputs, **kwargs):
    """`Average(**kwargs)(inputs)`."""
    return Average(**kwargs)(inputs)


def maximum(inputs, **kwargs):
    """`Maximum(**kwargs)(inputs)`."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs, **kwargs):
    """`Minimum(**kwargs)(inputs)`."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs, axis=-1, **kwargs):
    """`Concatenate(axis, **kwargs)(inputs)`."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs, axes, normalize=False, **kwargs):
    """`Dot(axes, normalize, **kwargs)(inputs)`."""
    return Dot(axes=axes, normalize=normalize, **kwargs)(inputs)
