"""Dense, Activation, ActivityRegularization and Masking."""
from .. import activations, regularizers
from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..legacy import interfaces
from ._options import (config_of, extend, input_dim_to_shape, integer, known_channels,
                       set_options)


class Dense(Layer):
    """activation(dot(input, kernel) + bias).

    units: size of the output's last axis. Weights: kernel (inputs, units), bias (units,).
    Input: two axes or more; only the last one changes.
    """

    @interfaces.legacy_dense_support
    def __init__(self, units, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(**input_dim_to_shape(kwargs))
        self.units = integer(self, "units", units)
        self.use_bias = use_bias
        set_options(self, activation=activation, kernel_initializer=kernel_initializer,
                    bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
                    bias_regularizer=bias_regularizer, activity_regularizer=activity_regularizer,
                    kernel_constraint=kernel_constraint, bias_constraint=bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape):
        """Makes kernel and bias."""
        inputs = known_channels(self, input_shape, -1)
        self.kernel = self.add_weight(shape=(inputs, self.units), name="kernel",
                                      initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.bias = self.add_weight(shape=(self.units,), name="bias",
                                    initializer=self.bias_initializer,
                                    regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint) if self.use_bias else None
        self.input_spec = InputSpec(min_ndim=2, axes={-1: inputs})
        self.built = True

    def call(self, inputs):
        """The product with the kernel, the bias, the activation."""
        output = K.dot(inputs, self.kernel)
        if self.use_bias:
            output = K.bias_add(output, self.bias, data_format="channels_last")
        return self.activation(output)

    def compute_output_shape(self, input_shape):
        """The input's shape with `units` last."""
        return tuple(input_shape[:-1]) + (self.units,)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(
            self, "units", "activation", "use_bias", "kernel_initializer", "bias_initializer",
            "kernel_regularizer", "bias_regularizer", "activity_regularizer",
            "kernel_constraint", "bias_constraint"))


class Activation(Layer):
    """Applies an activation function, given by name or as a callable on tensors."""

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation = activations.get(activation)

    def call(self, inputs):
        """activation(inputs)."""
        return self.activation(inputs)

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "activation"))


class ActivityRegularization(Layer):
    """Adds l1 * sum(|x|) + l2 * sum(x^2) of its input to the loss and passes the input on."""

    def __init__(self, l1=0.0, l2=0.0, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.l1 = l1
        self.l2 = l2
        self.activity_regularizer = regularizers.L1L2(l1=l1, l2=l2)

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "l1", "l2"))


class Masking(Layer):
    """Masks the time steps at which all features equal `mask_value`, and sets them to zero."""

    def __init__(self, mask_value=0.0, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.mask_value = mask_value

    def compute_mask(self, inputs, mask=None):
        """True where any feature differs from `mask_value`."""
        return self._differs(inputs, keepdims=False)

    def call(self, inputs):
        """The input, zero at masked steps."""
        return inputs * K.cast(self._differs(inputs, keepdims=True), K.dtype(inputs))

    def _differs(self, inputs, keepdims):
        return K.any(K.not_equal(inputs, self.mask_value), axis=-1, keepdims=keepdims)

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "mask_value"))
