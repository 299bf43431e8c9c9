"""Convolutions in one, two and three dimensions."""
from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..legacy import interfaces
from ..utils import conv_utils
from ..utils.generic_utils import transpose_shape
from ._options import (config_of, extend, fail, integer, known_channels,
                       set_options, steps_and_features)


class _Conv(Layer):
    """What all convolutions share.

    rank: number of spatial axes. Weights: kernel (sizes.., input channels, filters),
    bias (filters,).
    """

    _takes_filters = True
    _config_names = ("filters", "kernel_size", "strides", "padding", "data_format",
                     "dilation_rate", "activation", "use_bias", "kernel_initializer",
                     "bias_initializer", "kernel_regularizer", "bias_regularizer",
                     "activity_regularizer", "kernel_constraint", "bias_constraint")

    def __init__(self, rank, filters, kernel_size, strides=1, padding="valid", data_format=None,
                 dilation_rate=1, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(**kwargs)
        self.rank = rank
        self.filters = integer(self, "filters", filters) if self._takes_filters else None
        self.kernel_size = conv_utils.normalize_tuple(kernel_size, rank, "kernel_size")
        self.strides = conv_utils.normalize_tuple(strides, rank, "strides")
        self.padding = conv_utils.normalize_padding(padding)
        self.data_format = K.normalize_data_format(data_format)
        self.dilation_rate = conv_utils.normalize_tuple(dilation_rate, rank, "dilation_rate")
        self.use_bias = use_bias
        set_options(self, activation=activation, kernel_initializer=kernel_initializer,
                    bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
                    bias_regularizer=bias_regularizer, activity_regularizer=activity_regularizer,
                    kernel_constraint=kernel_constraint, bias_constraint=bias_constraint)
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _channel_axis(self):
        return 1 if self.data_format == "channels_first" else -1

    def _input_channels(self, input_shape):
        """The number of input channels, from now on required of every input."""
        channels = known_channels(self, input_shape, self._channel_axis)
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={self._channel_axis: channels})
        return channels

    def _add_bias(self, size):
        self.bias = self.add_weight(shape=(size,), name="bias",
                                    initializer=self.bias_initializer,
                                    regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint) if self.use_bias else None

    def _add_kernel(self, shape):
        self.kernel = self.add_weight(shape=shape, name="kernel",
                                      initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)

    def build(self, input_shape):
        """Makes kernel and bias."""
        channels = self._input_channels(input_shape)
        self._add_kernel(self.kernel_size + (channels, self.filters))
        self._add_bias(self.filters)
        self.built = True

    def call(self, inputs):
        """The convolution, the bias, the activation."""
        convolve = (K.conv1d, K.conv2d, K.conv3d)[self.rank - 1]
        strides, dilation = self.strides, self.dilation_rate
        if self.rank == 1:
            strides, dilation = strides[0], dilation[0]
        output = convolve(inputs, self.kernel, strides=strides, padding=self.padding,
                          data_format=self.data_format, dilation_rate=dilation)
        return self._finish(output)

    def _finish(self, output):
        """Bias and activation."""
        if self.use_bias:
            output = K.bias_add(output, self.bias, data_format=self.data_format)
        return self.activation(output)

    def _output_lengths(self, lengths):
        windows = zip(lengths, self.kernel_size, self.strides, self.dilation_rate)
        return tuple(conv_utils.conv_output_length(length, size, self.padding, stride, dilation)
                     for length, size, stride, dilation in windows)

    def compute_output_shape(self, input_shape):
        """(samples, lengths.., filters), or with the channels first."""
        lengths = self._output_lengths(self._spatial(input_shape))
        return self._shape(input_shape[0], lengths, self.filters)

    def _spatial(self, input_shape):
        if self.data_format == "channels_first":
            return tuple(input_shape[2:])
        return tuple(input_shape[1:-1])

    def _shape(self, samples, lengths, channels):
        last = (samples,) + tuple(lengths) + (channels,)
        return transpose_shape(last, self.data_format, spatial_axes=range(1, self.rank + 1))

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, *self._config_names))


class Conv1D(_Conv):
    """Convolution over time: (samples, steps, channels) or (samples, channels, steps).

    padding: 'valid', 'same' or 'causal' (output t sees inputs up to t; channels_last only).
    """

    @interfaces.legacy_conv1d_support
    def __init__(self, filters, kernel_size, strides=1, padding="valid",
                 data_format="channels_last", dilation_rate=1, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(
            1, filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **steps_and_features(kwargs))
        if self.padding == "causal" and self.data_format != "channels_last":
            fail(self, "causal padding is defined for channels_last data", "'channels_last'",
                 f"data_format {self.data_format!r}")


class Conv2D(_Conv):
    """Convolution over images: (samples, rows, columns, channels) or channels first."""

    @interfaces.legacy_conv2d_support
    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None,
                 dilation_rate=(1, 1), activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(
            2, filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs)


class Conv3D(_Conv):
    """Convolution over volumes: (samples, depth, rows, columns, channels) or channels first."""

    @interfaces.legacy_conv3d_support
    def __init__(self, filters, kernel_size, strides=(1, 1, 1), padding="valid",
                 data_format=None, dilation_rate=(1, 1, 1), activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(
            3, filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs)
