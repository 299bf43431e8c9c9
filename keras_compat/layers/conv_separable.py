"""Convolutions of each channel by itself: separable and depthwise."""
from .. import backend as K
from ..legacy import interfaces
from ._options import config_of, extend, integer, set_options, steps_and_features
from .conv import Conv2D, _Conv

_KERNEL_OPTIONS = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")


class _SeparableConv(_Conv):
    """A depthwise convolution followed by one of size 1 that mixes the channels.

    Weights: depthwise_kernel (sizes.., input channels, multiplier), pointwise_kernel
    (1.., input channels * multiplier, filters), bias (filters,).
    """

    def __init__(self, rank, filters, kernel_size, strides=1, padding="valid", data_format=None,
                 dilation_rate=1, depth_multiplier=1, activation=None, use_bias=True,
                 depthwise_initializer="glorot_uniform", pointwise_initializer="glorot_uniform",
                 bias_initializer="zeros", depthwise_regularizer=None, pointwise_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None,
                 pointwise_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(
            rank, filters, kernel_size, strides=strides, padding=padding,
            data_format=data_format, dilation_rate=dilation_rate, activation=activation,
            use_bias=use_bias, bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer, activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint, **kwargs)
        self.depth_multiplier = integer(self, "depth_multiplier", depth_multiplier)
        set_options(self, depthwise_initializer=depthwise_initializer,
                    pointwise_initializer=pointwise_initializer,
                    depthwise_regularizer=depthwise_regularizer,
                    pointwise_regularizer=pointwise_regularizer,
                    depthwise_constraint=depthwise_constraint,
                    pointwise_constraint=pointwise_constraint)

    def build(self, input_shape):
        """Makes the two kernels and the bias."""
        channels = self._input_channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            shape=self.kernel_size + (channels, self.depth_multiplier), name="depthwise_kernel",
            initializer=self.depthwise_initializer, regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint)
        self.pointwise_kernel = self.add_weight(
            shape=(1,) * self.rank + (channels * self.depth_multiplier, self.filters),
            name="pointwise_kernel", initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer, constraint=self.pointwise_constraint)
        self._add_bias(self.filters)
        self.built = True

    def call(self, inputs):
        """Both convolutions, the bias, the activation."""
        if self.rank == 1:
            output = self._convolve_steps(inputs)
        else:
            output = K.separable_conv2d(
                inputs, self.depthwise_kernel, self.pointwise_kernel, strides=self.strides,
                padding=self.padding, data_format=self.data_format,
                dilation_rate=self.dilation_rate)
        return self._finish(output)

    def _convolve_steps(self, inputs):
        padding = self.padding
        if padding == "causal":
            before = (self.kernel_size[0] - 1) * self.dilation_rate[0]
            inputs, padding = K.temporal_padding(inputs, (before, 0)), "valid"
        return K.separable_conv1d(
            inputs, self.depthwise_kernel, self.pointwise_kernel, strides=self.strides,
            padding=padding, data_format=self.data_format, dilation_rate=self.dilation_rate)

    def get_config(self):
        """The constructor's arguments."""
        config = super().get_config()
        for name in _KERNEL_OPTIONS:
            del config[name]
        return extend(config, config_of(
            self, "depth_multiplier", "depthwise_initializer", "pointwise_initializer",
            "depthwise_regularizer", "pointwise_regularizer", "depthwise_constraint",
            "pointwise_constraint"))


class SeparableConv1D(_SeparableConv):
    """Separable convolution over time."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid",
                 data_format="channels_last", dilation_rate=1, depth_multiplier=1,
                 activation=None, use_bias=True, depthwise_initializer="glorot_uniform",
                 pointwise_initializer="glorot_uniform", bias_initializer="zeros",
                 depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None,
                 bias_constraint=None, **kwargs):
        super().__init__(
            1, filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, depth_multiplier=depth_multiplier,
            activation=activation, use_bias=use_bias,
            depthwise_initializer=depthwise_initializer,
            pointwise_initializer=pointwise_initializer, bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            pointwise_regularizer=pointwise_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, depthwise_constraint=depthwise_constraint,
            pointwise_constraint=pointwise_constraint, bias_constraint=bias_constraint,
            **steps_and_features(kwargs))


class SeparableConv2D(_SeparableConv):
    """Separable convolution over images."""

    @interfaces.legacy_separable_conv2d_support
    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None,
                 dilation_rate=(1, 1), depth_multiplier=1, activation=None, use_bias=True,
                 depthwise_initializer="glorot_uniform", pointwise_initializer="glorot_uniform",
                 bias_initializer="zeros", depthwise_regularizer=None, pointwise_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None,
                 pointwise_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(
            2, filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, depth_multiplier=depth_multiplier,
            activation=activation, use_bias=use_bias,
            depthwise_initializer=depthwise_initializer,
            pointwise_initializer=pointwise_initializer, bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            pointwise_regularizer=pointwise_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, depthwise_constraint=depthwise_constraint,
            pointwise_constraint=pointwise_constraint, bias_constraint=bias_constraint, **kwargs)


class DepthwiseConv2D(Conv2D):
    """Convolves each channel of images by itself, with `depth_multiplier` kernels each.

    Weights: depthwise_kernel (rows, columns, channels, multiplier), bias (channels * multiplier,).
    """

    _takes_filters = False

    def __init__(self, kernel_size, strides=(1, 1), padding="valid", depth_multiplier=1,
                 data_format=None, dilation_rate=(1, 1), activation=None, use_bias=True,
                 depthwise_initializer="glorot_uniform", bias_initializer="zeros",
                 depthwise_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 depthwise_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(
            filters=None, kernel_size=kernel_size, strides=strides, padding=padding,
            data_format=data_format, dilation_rate=dilation_rate, activation=activation,
            use_bias=use_bias, bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer, activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint, **kwargs)
        self.depth_multiplier = integer(self, "depth_multiplier", depth_multiplier)
        set_options(self, depthwise_initializer=depthwise_initializer,
                    depthwise_regularizer=depthwise_regularizer,
                    depthwise_constraint=depthwise_constraint)

    def build(self, input_shape):
        """Makes kernel and bias."""
        channels = self._input_channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            shape=self.kernel_size + (channels, self.depth_multiplier), name="depthwise_kernel",
            initializer=self.depthwise_initializer, regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint)
        self._add_bias(channels * self.depth_multiplier)
        self.built = True

    def call(self, inputs, training=None):
        """The convolution, the bias, the activation."""
        output = K.depthwise_conv2d(
            inputs, self.depthwise_kernel, strides=self.strides, padding=self.padding,
            data_format=self.data_format, dilation_rate=self.dilation_rate)
        return self._finish(output)

    def compute_output_shape(self, input_shape):
        """(samples, rows, columns, channels * multiplier), or with the channels first."""
        lengths = self._output_lengths(self._spatial(input_shape))
        channels = input_shape[self._channel_axis] * self.depth_multiplier
        return self._shape(input_shape[0], lengths, channels)

    def get_config(self):
        """The constructor's arguments."""
        config = super().get_config()
        for name in ("filters",) + _KERNEL_OPTIONS:
            del config[name]
        return extend(config, config_of(
            self, "depth_multiplier", "depthwise_initializer", "depthwise_regularizer",
            "depthwise_constraint"))


SeparableConvolution1D = SeparableConv1D
SeparableConvolution2D = SeparableConv2D
