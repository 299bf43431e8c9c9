"""Activation functions with parameters, as layers."""
from .. import activations
from .. import backend as K
from ..backend import arguments
from ..engine.base_layer import InputSpec, Layer
from ..legacy import interfaces
from ..utils.generic_utils import to_list
from ._options import config_of, extend, fail, set_options


class _Elementwise(Layer):
    """A layer that keeps its input's shape and mask."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape


class LeakyReLU(_Elementwise):
    """x where it is positive, else alpha * x."""

    def __init__(self, alpha=0.3, **kwargs):
        super().__init__(**kwargs)
        self.alpha = K.cast_to_floatx(arguments.number(self._who(), "alpha", alpha))

    def call(self, inputs):
        """The function of the input."""
        return K.relu(inputs, alpha=float(self.alpha))

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), {"alpha": float(self.alpha)})


class PReLU(_Elementwise):
    """x where it is positive, else alpha * x with a learned alpha for each element.

    shared_axes: axes (from 1) along which one alpha is shared. Weights: alpha, of a
    sample's shape with 1 on the shared axes.
    """

    @interfaces.legacy_prelu_support
    def __init__(self, alpha_initializer="zeros", alpha_regularizer=None, alpha_constraint=None,
                 shared_axes=None, **kwargs):
        super().__init__(**kwargs)
        set_options(self, alpha_initializer=alpha_initializer,
                    alpha_regularizer=alpha_regularizer, alpha_constraint=alpha_constraint)
        self.shared_axes = None if shared_axes is None else to_list(shared_axes, allow_tuple=True)

    def build(self, input_shape):
        """Makes alpha."""
        shared = self.shared_axes or []
        if not all(axis in range(1, len(input_shape)) for axis in shared):
            fail(self, "`shared_axes` are axes of a sample, counted from 1",
                 f"axes from 1 to {len(input_shape) - 1}", repr(shared))
        sizes = [1 if axis in shared else size
                 for axis, size in enumerate(input_shape)][1:]
        if None in sizes:
            fail(self, "the size of an axis that is not shared must be known",
                 "sizes without None", tuple(input_shape), "Name the axis in shared_axes")
        self.alpha = self.add_weight(shape=tuple(sizes), name="alpha",
                                     initializer=self.alpha_initializer,
                                     regularizer=self.alpha_regularizer,
                                     constraint=self.alpha_constraint)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={
            axis: size for axis, size in enumerate(input_shape)
            if axis > 0 and axis not in shared})
        self.built = True

    def call(self, inputs, mask=None):
        """The function of the input."""
        return K.relu(inputs) - self.alpha * K.relu(-inputs)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(
            self, "alpha_initializer", "alpha_regularizer", "alpha_constraint", "shared_axes"))


class ELU(_Elementwise):
    """x where it is positive, else alpha * (exp(x) - 1)."""

    def __init__(self, alpha=1.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha = K.cast_to_floatx(arguments.number(self._who(), "alpha", alpha))

    def call(self, inputs):
        """The function of the input."""
        return K.elu(inputs, float(self.alpha))

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), {"alpha": float(self.alpha)})


class ThresholdedReLU(_Elementwise):
    """x where it is greater than theta, else 0."""

    def __init__(self, theta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.theta = K.cast_to_floatx(theta)

    def call(self, inputs, mask=None):
        """The function of the input."""
        return inputs * K.cast(K.greater(inputs, float(self.theta)), K.dtype(inputs))

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), {"theta": float(self.theta)})


class Softmax(_Elementwise):
    """exp(x) over its sum along `axis`."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs):
        """The function of the input."""
        return activations.softmax(inputs, axis=self.axis)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "axis"))


class ReLU(_Elementwise):
    """x above `threshold`, limited to `max_value`; slope * (x - threshold) below it."""

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **kwargs):
        super().__init__(**kwargs)
        self._check_not_negative("max_value", 0.0 if max_value is None else max_value)
        self._check_not_negative("negative_slope", negative_slope)
        self.max_value = None if max_value is None else float(K.cast_to_floatx(max_value))
        self.negative_slope = float(K.cast_to_floatx(negative_slope))
        self.threshold = float(K.cast_to_floatx(threshold))

    def _check_not_negative(self, name, value):
        if value < 0.0:
            fail(self, f"not a value that `{name}` can have", "a number that is not negative",
                 value)

    def call(self, inputs):
        """The function of the input."""
        return activations.relu(inputs, alpha=self.negative_slope, max_value=self.max_value,
                                threshold=self.threshold)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(
            self, "max_value", "negative_slope", "threshold"))
