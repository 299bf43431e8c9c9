"""LSTM and its cell."""
from .. import backend as K
from .. import initializers
from ..legacy import interfaces
from .cells import OPTIONS, Cell
from .standard_rnn import StandardRNN, with_cell_properties

_HEAD = ("units", "activation", "recurrent_activation", "use_bias", *OPTIONS[:3],
         "unit_forget_bias", *OPTIONS[3:])


class LSTMCell(Cell):
    """Long short-term memory: gates i, f, c, o in this order; states are h and c.

    c = f * c + i * activation(..); h = o * activation(c). implementation: 1 draws a
    dropout mask for each gate, 2 one for all. unit_forget_bias: f's bias starts at 1.
    """

    gates = 4
    _config_names = (*_HEAD, "dropout", "recurrent_dropout", "implementation")

    @interfaces.era_defaults
    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", unit_forget_bias=True, kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, implementation=2, **kwargs):
        super().__init__(**kwargs)
        self._set(units, use_bias, dropout, recurrent_dropout, implementation,
                  activation=activation, recurrent_activation=recurrent_activation,
                  kernel_initializer=kernel_initializer,
                  recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
                  kernel_regularizer=kernel_regularizer,
                  recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
                  kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
                  bias_constraint=bias_constraint)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = (units, units)

    def _initial_bias(self):
        if not self.unit_forget_bias:
            return self.bias_initializer
        return forget_bias(self.bias_initializer, self.units, before=1, after=2)

    def step(self, projected, states):
        """(output, new states) from the projected input and the states."""
        h, c = states
        gates = projected + self._product(h, self.recurrent_kernel, self._recurrent_dropout_mask)
        i, f, g, o = self._split(gates)
        c = self.recurrent_activation(f) * c + self.recurrent_activation(i) * self.activation(g)
        h = self.recurrent_activation(o) * self.activation(c)
        return h, [h, c]

    def fused(self, inputs, states, reverse, return_sequences):
        """The whole sequence as one op: (output, final states), or None if it does not fit."""
        names = self._fused_names(self.activation, self.recurrent_activation)
        if names is None:
            return None
        output, *final = K.lstm(
            inputs, *states, self.kernel, self.recurrent_kernel, self.bias,
            activation=names[0], recurrent_activation=names[1], reverse=reverse,
            return_sequences=return_sequences)
        return output, final


def forget_bias(initializer, units, before, after):
    """An initializer of a bias: ones for one gate, between blocks from `initializer`."""
    def initial(shape, dtype=None):
        return K.concatenate([initializer((units * before,), dtype=dtype),
                              initializers.Ones()((units,), dtype=dtype),
                              initializer((units * after,), dtype=dtype)])
    return initial


@with_cell_properties(*_HEAD, "dropout", "recurrent_dropout", "implementation")
class LSTM(StandardRNN):
    """Long short-term memory layer: see `LSTMCell`, and `RNN` for the arguments."""

    @interfaces.legacy_recurrent_support
    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", unit_forget_bias=True, kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None,
                 dropout=0.0, recurrent_dropout=0.0, implementation=2, return_sequences=False,
                 return_state=False, go_backwards=False, stateful=False, unroll=False, **kwargs):
        cell = LSTMCell(
            units, activation=activation, recurrent_activation=recurrent_activation,
            use_bias=use_bias, kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, unit_forget_bias=unit_forget_bias,
            bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, dropout=dropout,
            recurrent_dropout=recurrent_dropout, implementation=implementation or 1)
        super().__init__(cell, activity_regularizer, return_sequences=return_sequences,
                         return_state=return_state, go_backwards=go_backwards,
                         stateful=stateful, unroll=unroll, **kwargs)
