"""Activation functions with parameters, as layers."""
from .. import activations
from .. import backend as K
from ..backend import arguments
from ..engine.base_layer import InputSpec, Layer  # noqa: F401 (old code imports them from here)
from ..legacy import interfaces
from ..legacy.activations import ParametricSoftplus, SReLU  # noqa: F401 (Keras 1 had them here)
from ..utils.generic_utils import to_list  # noqa: F401 (the same)
from ._elementwise import Elementwise, ElementwiseWithWeights
from ._options import config_of, extend, fail, set_options


class LeakyReLU(Elementwise):
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


class PReLU(ElementwiseWithWeights):
    """x where it is positive, else alpha * x with a learned alpha for each element.

    shared_axes: axes (from 1) along which one alpha is shared. Weights: alpha, of a
    sample's shape with 1 on the shared axes.
    """

    @interfaces.legacy_prelu_support
    def __init__(self, alpha_initializer="zeros", alpha_regularizer=None, alpha_constraint=None,
                 shared_axes=None, **kwargs):
        super().__init__(shared_axes=shared_axes, **kwargs)
        set_options(self, alpha_initializer=alpha_initializer,
                    alpha_regularizer=alpha_regularizer, alpha_constraint=alpha_constraint)

    def build(self, input_shape):
        """Makes alpha."""
        self.alpha = self.add_weight(shape=self._weights_shape(input_shape), name="alpha",
                                     initializer=self.alpha_initializer,
                                     regularizer=self.alpha_regularizer,
                                     constraint=self.alpha_constraint)
        self.built = True

    def call(self, inputs, mask=None):
        """The function of the input."""
        return K.relu(inputs) - self.alpha * K.relu(-inputs)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(
            self, "alpha_initializer", "alpha_regularizer", "alpha_constraint", "shared_axes"))


class ELU(Elementwise):
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


class ThresholdedReLU(Elementwise):
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


class Softmax(Elementwise):
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


class ReLU(Elementwise):
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
