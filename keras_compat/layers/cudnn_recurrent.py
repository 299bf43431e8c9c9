"""CuDNNGRU and CuDNNLSTM: the recurrent layers that cuDNN computes, on every backend."""
from .. import backend as K
from ..backend import arguments
from ..engine.base_layer import InputSpec  # noqa: F401 (old code imports it from here)
from ._options import config_of, extend, fail, set_options
from .cells import OPTIONS
from .lstm import forget_bias
from .rnn import RNN


class _WholeSequence:
    """In place of a cell: sizes only, since nothing happens step by step."""

    call = None

    def __init__(self, state_size):
        self.state_size = state_size


class _CuDNNRNN(RNN):
    """What both layers share: tanh and sigmoid, two biases, no masks and no dropout.

    Weights: kernel (inputs, gates * units), recurrent_kernel (units, gates * units),
    bias (2 * gates * units,): the inputs' biases, then the states'.

    The kernels hold cuDNN's memory: a gate's matrix as cuDNN has it, (units, inputs) row
    after row, under the shape (inputs, units). Source: what Keras 2.3.1's loader does
    between these layers and GRU or LSTM.
    """

    _gates = None
    _extra = ()

    def __init__(self, units, state_size, kernel_initializer, recurrent_initializer,
                 bias_initializer, kernel_regularizer, recurrent_regularizer, bias_regularizer,
                 activity_regularizer, kernel_constraint, recurrent_constraint, bias_constraint,
                 return_sequences, return_state, stateful, go_backwards=False, **kwargs):
        self.units = units = arguments.integer(type(self).__name__, "units", units)
        kwargs.pop("unroll", None)
        super().__init__(_WholeSequence(state_size), return_sequences=return_sequences,
                         return_state=return_state, go_backwards=go_backwards,
                         stateful=stateful, **kwargs)
        set_options(self, kernel_initializer=kernel_initializer,
                    recurrent_initializer=recurrent_initializer,
                    bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
                    recurrent_regularizer=recurrent_regularizer,
                    bias_regularizer=bias_regularizer,
                    activity_regularizer=activity_regularizer,
                    kernel_constraint=kernel_constraint,
                    recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint)

    @property
    def cell(self):
        """What stands in for a cell: it has a `state_size`."""
        return self._cell

    @cell.setter
    def cell(self, cell):
        self._cell = cell

    def build(self, input_shape):
        """Makes the weights, and the states of a stateful layer."""
        super().build(input_shape)
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        columns = self.units * self._gates
        self.kernel = self.add_weight(shape=(input_shape[-1], columns), name="kernel",
                                      initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.recurrent_kernel = self.add_weight(shape=(self.units, columns),
                                                name="recurrent_kernel",
                                                initializer=self.recurrent_initializer,
                                                regularizer=self.recurrent_regularizer,
                                                constraint=self.recurrent_constraint)
        self.bias = self.add_weight(shape=(2 * columns,), name="bias",
                                    initializer=self._initial_bias(),
                                    regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint)

    def _initial_bias(self):
        return self.bias_initializer

    def _plain_kernels(self):
        """The two kernels as GRU and LSTM have them."""
        def turned(kernel):
            rows = kernel.shape[0]
            gates = (kernel[:, i:i + self.units]
                     for i in range(0, self._gates * self.units, self.units))
            return K.concatenate([K.transpose(K.reshape(gate, (self.units, rows)))
                                  for gate in gates])
        return turned(self.kernel), turned(self.recurrent_kernel)

    def call(self, inputs, mask=None, training=None, initial_state=None):
        """The output, or [output, *states]; ValueError with a mask."""
        return super().call(inputs, mask=mask, training=training, initial_state=initial_state)

    def _run(self, inputs, states, mask, training, constants):
        if mask is not None:
            fail(self, "cuDNN's recurrent layers take no mask", "an input without a mask", mask,
                 "Use GRU or LSTM instead")
        output, *final = self._sequence(inputs, states)
        return output, output, final

    def get_config(self):
        """The constructor's arguments."""
        config = self._config_without_cell()
        del config["unroll"]
        names = ("units", *OPTIONS[:3], *self._extra, *OPTIONS[3:6], "activity_regularizer",
                 *OPTIONS[6:])
        return extend(config, config_of(self, *names))

    @classmethod
    def from_config(cls, config):
        """The layer with the arguments of a config."""
        return cls(**config)


class CuDNNGRU(_CuDNNRNN):
    """GRU with `reset_after` and separate biases: gates z, r, h."""

    _gates = 3

    def __init__(self, units, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros",
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, recurrent_constraint=None,
                 bias_constraint=None, return_sequences=False, return_state=False,
                 stateful=False, **kwargs):
        super().__init__(
            units, units, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, return_sequences,
            return_state, stateful, **kwargs)

    def _sequence(self, inputs, states):
        return K.gru(inputs, states[0], *self._plain_kernels(),
                     K.reshape(self.bias, (2, 3 * self.units)), activation="tanh",
                     recurrent_activation="sigmoid", reset_after=True,
                     reverse=self.go_backwards, return_sequences=self.return_sequences)


class CuDNNLSTM(_CuDNNRNN):
    """LSTM with separate biases, which only ever act as their sum: gates i, f, c, o."""

    _gates = 4
    _extra = ("unit_forget_bias",)

    def __init__(self, units, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, return_sequences=False,
                 return_state=False, stateful=False, **kwargs):
        self.unit_forget_bias = unit_forget_bias
        super().__init__(
            units, (units, units), kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, return_sequences,
            return_state, stateful, **kwargs)

    def _initial_bias(self):
        if not self.unit_forget_bias:
            return self.bias_initializer
        return forget_bias(self.bias_initializer, self.units, before=5, after=2)

    def _sequence(self, inputs, states):
        columns = 4 * self.units
        return K.lstm(inputs, *states, *self._plain_kernels(),
                      self.bias[:columns] + self.bias[columns:], activation="tanh",
                      recurrent_activation="sigmoid", reverse=self.go_backwards,
                      return_sequences=self.return_sequences)
