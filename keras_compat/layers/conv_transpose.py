"""Transposed convolutions in two and three dimensions."""
from .. import backend as K
from ..legacy import interfaces
from ..utils import conv_utils
from ._options import config_of, extend, fail
from .conv import Conv2D, Conv3D


class _Transposed:
    """What both transposed convolutions share; kernel (sizes.., filters, input channels)."""

    def _set_output_padding(self, output_padding):
        self.output_padding = output_padding
        if output_padding is None:
            return
        self.output_padding = conv_utils.normalize_tuple(
            output_padding, self.rank, "output_padding", least=0)
        if any(added >= stride for added, stride in zip(self.output_padding, self.strides)):
            fail(self, "`output_padding` must be smaller than the strides",
                 f"less than {self.strides} on each axis", self.output_padding)

    def build(self, input_shape):
        """Makes kernel and bias."""
        channels = self._input_channels(input_shape)
        self._add_kernel(self.kernel_size + (self.filters, channels))
        self._add_bias(self.filters)
        self.built = True

    def _output_lengths(self, lengths):
        added = self.output_padding or (None,) * self.rank
        windows = zip(lengths, self.strides, self.kernel_size, added, self.dilation_rate)
        return tuple(conv_utils.deconv_length(length, stride, size, self.padding, extra, dilation)
                     for length, stride, size, extra, dilation in windows)

    def _runtime_shape(self, inputs):
        """The output's shape, with tensors where a size is not known before the run."""
        static = K.int_shape(inputs)
        if None in static:
            sizes = K.shape(inputs)
            static = tuple(sizes[axis] if size is None else size
                           for axis, size in enumerate(static))
        return self.compute_output_shape(static)

    def call(self, inputs):
        """The transposed convolution, the bias, the activation."""
        convolve = K.conv2d_transpose if self.rank == 2 else K.conv3d_transpose
        dilation = {"dilation_rate": self.dilation_rate} if self.rank == 2 else {}
        output = convolve(inputs, self.kernel, self._runtime_shape(inputs), self.strides,
                          padding=self.padding, data_format=self.data_format, **dilation)
        return self._finish(output)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "output_padding"))


class Conv2DTranspose(_Transposed, Conv2D):
    """Transposed convolution of images: from the shape of a convolution's output to its input's.

    output_padding: rows and columns added at the end, less than the strides; None for
    the length that a convolution with these settings would have started from.
    """

    @interfaces.legacy_deconv2d_support
    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid",
                 output_padding=None, data_format=None, dilation_rate=(1, 1), activation=None,
                 use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(
            filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs)
        self._set_output_padding(output_padding)


class Conv3DTranspose(_Transposed, Conv3D):
    """Transposed convolution of volumes, as `Conv2DTranspose`, without dilation."""

    def __init__(self, filters, kernel_size, strides=(1, 1, 1), padding="valid",
                 output_padding=None, data_format=None, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(
            filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs)
        self._set_output_padding(output_padding)

    def get_config(self):
        """The constructor's arguments."""
        config = super().get_config()
        del config["dilation_rate"]
        return config


Convolution2DTranspose = Deconvolution2D = Deconv2D = Conv2DTranspose
Deconvolution3D = Deconv3D = Conv3DTranspose
