"""Locally connected layers: convolutions with kernels of their own at each place."""
import math

from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..legacy import interfaces
from ..utils import conv_utils
from ..utils.generic_utils import transpose_shape
from ._options import config_of, extend, fail, integer, set_options, steps_and_features


class _LocallyConnected(Layer):
    """What both locally connected layers share.

    Weights: kernel (places, window * input channels, filters), bias (places.., filters).
    padding: 'valid' only. The input's spatial sizes must be known. implementation, of
    later versions: 1 multiplies the windows with their kernels; 2 the whole input with
    one matrix, which has a row for each number of a sample, so that it suits small ones.
    """

    def __init__(self, rank, filters, kernel_size, strides, padding, data_format, activation,
                 use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
                 bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint,
                 implementation=1, **kwargs):
        super().__init__(**kwargs)
        if implementation not in (1, 2):
            fail(self, "not a value that `implementation` can have", "1 or 2", implementation)
        self.implementation = implementation
        self.rank = rank
        self.filters = integer(self, "filters", filters)
        self.kernel_size = conv_utils.normalize_tuple(kernel_size, rank, "kernel_size")
        self.strides = conv_utils.normalize_tuple(strides, rank, "strides")
        self.padding = conv_utils.normalize_padding(padding)
        if self.padding != "valid":
            fail(self, "a locally connected layer has no padding", "padding 'valid'",
                 repr(padding))
        self.data_format = K.normalize_data_format(data_format)
        self.use_bias = use_bias
        set_options(self, activation=activation, kernel_initializer=kernel_initializer,
                    bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
                    bias_regularizer=bias_regularizer, activity_regularizer=activity_regularizer,
                    kernel_constraint=kernel_constraint, bias_constraint=bias_constraint)
        self.input_spec = InputSpec(ndim=rank + 2)

    def build(self, input_shape):
        """Makes kernel and bias."""
        if None in input_shape[1:]:
            fail(self, "all sizes of a sample must be known", "sizes without None",
                 tuple(input_shape), "Pass a complete input_shape to the first layer")
        first = self.data_format == "channels_first"
        channels = input_shape[1] if first else input_shape[-1]
        lengths = self._output_lengths(input_shape)
        self._places = lengths
        self.kernel = self.add_weight(
            shape=(math.prod(lengths), math.prod(self.kernel_size) * channels, self.filters),
            name="kernel", initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)
        self.bias = self.add_weight(
            shape=lengths + (self.filters,), name="bias", initializer=self.bias_initializer,
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint) if self.use_bias else None
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={1 if first else -1: channels})
        self.built = True

    def _output_lengths(self, input_shape):
        first = 2 if self.data_format == "channels_first" else 1
        lengths = input_shape[first:first + self.rank]
        windows = zip(lengths, self.kernel_size, self.strides)
        return tuple(conv_utils.conv_output_length(length, size, self.padding, stride)
                     for length, size, stride in windows)

    def compute_output_shape(self, input_shape):
        """(samples, places.., filters), or with the filters first."""
        last = (input_shape[0],) + self._output_lengths(input_shape) + (self.filters,)
        return transpose_shape(last, self.data_format, spatial_axes=range(1, self.rank + 1))

    def _product(self, inputs):
        """The local convolutions by one matrix over whole samples."""
        shape = self.compute_output_shape(K.int_shape(inputs))
        matrix = K.local_matrix(inputs, self.kernel, self.kernel_size, self.strides,
                                self._places, self.data_format)
        flat = K.dot(K.batch_flatten(inputs), K.to_dense(matrix))
        return K.reshape(flat, (-1,) + tuple(shape[1:]))

    def call(self, inputs):
        """The local convolutions, the bias, the activation."""
        output = self._convolve(inputs) if self.implementation == 1 else self._product(inputs)
        if self.use_bias:
            output = K.bias_add(output, self.bias, data_format=self.data_format)
        return self.activation(output)

    def get_config(self):
        """The constructor's arguments; `implementation`, which 2.3.1 had not, if it is not 1."""
        later = ("implementation",) if self.implementation != 1 else ()
        return extend(super().get_config(), config_of(
            self, *later, "filters", "kernel_size", "strides", "padding", "data_format", "activation",
            "use_bias", "kernel_initializer", "bias_initializer", "kernel_regularizer",
            "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint"))


class LocallyConnected1D(_LocallyConnected):
    """A convolution over time with a kernel of its own at each step."""

    @interfaces.legacy_conv1d_support
    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None,
                 activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 **kwargs):
        super().__init__(
            1, filters, kernel_size, strides, padding, data_format, activation, use_bias,
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            activity_regularizer, kernel_constraint, bias_constraint,
            **steps_and_features(kwargs))

    def _convolve(self, inputs):
        return K.local_conv1d(inputs, self.kernel, self.kernel_size, self.strides,
                              data_format=self.data_format)

    def get_config(self):
        """The constructor's arguments, without the data format, as the original wrote them."""
        config = super().get_config()
        if self.data_format == K.image_data_format():
            del config["data_format"]
        return config


class LocallyConnected2D(_LocallyConnected):
    """A convolution over images with a kernel of its own at each place."""

    @interfaces.legacy_conv2d_support
    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None,
                 activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 **kwargs):
        super().__init__(
            2, filters, kernel_size, strides, padding, data_format, activation, use_bias,
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            activity_regularizer, kernel_constraint, bias_constraint, **kwargs)

    def _convolve(self, inputs):
        return K.local_conv2d(inputs, self.kernel, self.kernel_size, self.strides, self._places,
                              self.data_format)
