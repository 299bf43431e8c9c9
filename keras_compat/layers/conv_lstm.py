"""ConvLSTM2D and its cell."""
from .. import backend as K
from ..engine.base_layer import Layer
from ..legacy import interfaces
from ..utils import conv_utils
from ._options import config_of, extend, integer, known_channels, set_options
from .cells import OPTIONS, dropout_masks
from .conv_rnn import ConvRNN2D
from .lstm import forget_bias
from .standard_rnn import StandardRNN, with_cell_properties

_HEAD = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate",
         "activation", "recurrent_activation", "use_bias", *OPTIONS[:3], "unit_forget_bias",
         *OPTIONS[3:])


class ConvLSTM2DCell(Layer):
    """`LSTMCell` with convolutions: of the input, and with padding 'same' of the state.

    Weights: kernel (rows, columns, channels, 4 * filters), recurrent_kernel
    (rows, columns, filters, 4 * filters), bias (4 * filters,), gates i, f, c, o.
    """

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None,
                 dilation_rate=(1, 1), activation="tanh", recurrent_activation="hard_sigmoid",
                 use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, kernel_constraint=None, recurrent_constraint=None,
                 bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.filters = integer(self, "filters", filters)
        self.kernel_size = conv_utils.normalize_tuple(kernel_size, 2, "kernel_size")
        self.strides = conv_utils.normalize_tuple(strides, 2, "strides")
        self.padding = conv_utils.normalize_padding(padding)
        self.data_format = K.normalize_data_format(data_format)
        self.dilation_rate = conv_utils.normalize_tuple(dilation_rate, 2, "dilation_rate")
        self.use_bias = use_bias
        self.unit_forget_bias = unit_forget_bias
        set_options(self, activation=activation, recurrent_activation=recurrent_activation,
                    kernel_initializer=kernel_initializer,
                    recurrent_initializer=recurrent_initializer,
                    bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
                    recurrent_regularizer=recurrent_regularizer,
                    bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
                    recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint)
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.state_size = (filters, filters)
        self.forget_masks()

    def build(self, input_shape):
        """Makes the weights."""
        channels = known_channels(self, input_shape,
                                  1 if self.data_format == "channels_first" else -1)
        self.kernel_shape = self.kernel_size + (channels, 4 * self.filters)
        self.kernel = self.add_weight(shape=self.kernel_shape, name="kernel",
                                      initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.recurrent_kernel = self.add_weight(
            shape=self.kernel_size + (self.filters, 4 * self.filters), name="recurrent_kernel",
            initializer=self.recurrent_initializer, regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint)
        self.bias = self.add_weight(
            shape=(4 * self.filters,), name="bias", initializer=self._initial_bias(),
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint) if self.use_bias else None
        self.built = True

    def _initial_bias(self):
        if not self.unit_forget_bias:
            return self.bias_initializer
        return forget_bias(self.bias_initializer, self.filters, before=1, after=2)

    def call(self, inputs, states, training=None):
        """(output, new states) for one step's images and the states h and c."""
        h, c = states
        gates = self._gates(inputs, self.kernel, self._dropout_mask, self._convolve_input)
        gates += self._gates(h, self.recurrent_kernel, self._recurrent_dropout_mask,
                             self.recurrent_conv)
        i, f, g, o = self._split(gates)
        c = self.recurrent_activation(f) * c + self.recurrent_activation(i) * self.activation(g)
        h = self.recurrent_activation(o) * self.activation(c)
        return h, [h, c]

    def _convolve_input(self, x, w):
        return self.input_conv(x, w, padding=self.padding)

    def _gates(self, x, kernel, masks, convolve):
        """The part of `x` of all gates, each with a dropout mask of its own if there are any."""
        if masks is None:
            output = convolve(x, kernel)
        else:
            size = self.filters
            kernels = [kernel[..., gate * size:(gate + 1) * size] for gate in range(4)]
            output = K.concatenate([convolve(x * mask, w) for mask, w in zip(masks, kernels)],
                                   axis=self._channel_axis)
        if kernel is self.kernel and self.use_bias:
            output = K.bias_add(output, self.bias, data_format=self.data_format)
        return output

    @property
    def _channel_axis(self):
        return 1 if self.data_format == "channels_first" else 3

    def _split(self, x):
        size = self.filters
        parts = [slice(gate * size, (gate + 1) * size) for gate in range(4)]
        if self.data_format == "channels_first":
            return [x[:, part] for part in parts]
        return [x[..., part] for part in parts]

    def input_conv(self, x, w, b=None, padding="valid"):
        """The convolution of an input, with a bias if there is one."""
        output = K.conv2d(x, w, strides=self.strides, padding=padding,
                          data_format=self.data_format, dilation_rate=self.dilation_rate)
        return output if b is None else K.bias_add(output, b, data_format=self.data_format)

    def recurrent_conv(self, x, w):
        """The convolution of a state, which keeps its size."""
        return K.conv2d(x, w, strides=(1, 1), padding="same", data_format=self.data_format)

    @property
    def drops(self):
        """Whether any dropout happens in training."""
        return 0.0 < self.dropout < 1.0 or 0.0 < self.recurrent_dropout < 1.0

    def draw_masks_like(self, inputs, state, training):
        """Draws the dropout masks that hold for all steps of one run over a sequence."""
        self._dropout_mask = dropout_masks(
            K.shape(inputs), self.dropout, training, 4, K.dtype(inputs))
        self._recurrent_dropout_mask = dropout_masks(
            K.shape(state), self.recurrent_dropout, training, 4, K.dtype(state))

    def forget_masks(self):
        """Drops the masks: the next run draws its own."""
        self._dropout_mask = None
        self._recurrent_dropout_mask = None

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, *_HEAD, "dropout",
                                                      "recurrent_dropout"))


@with_cell_properties(*_HEAD, "dropout", "recurrent_dropout")
class ConvLSTM2D(StandardRNN, ConvRNN2D):
    """Convolutional LSTM layer: see `ConvLSTM2DCell`, and `RNN` for the arguments."""

    @interfaces.legacy_convlstm2d_support
    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None,
                 dilation_rate=(1, 1), activation="tanh", recurrent_activation="hard_sigmoid",
                 use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, return_sequences=False,
                 go_backwards=False, stateful=False, dropout=0.0, recurrent_dropout=0.0,
                 **kwargs):
        cell = ConvLSTM2DCell(
            filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, activation=activation,
            recurrent_activation=recurrent_activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint,
            dropout=dropout, recurrent_dropout=recurrent_dropout)
        super().__init__(cell, activity_regularizer, return_sequences=return_sequences,
                         go_backwards=go_backwards, stateful=stateful, **kwargs)
