"""SimpleRNN and its cell."""
from .. import backend as K
from ..legacy import interfaces
from .cells import OPTIONS, Cell
from .standard_rnn import StandardRNN, with_cell_properties


class SimpleRNNCell(Cell):
    """output = activation(dot(x, kernel) + dot(previous output, recurrent_kernel) + bias)."""

    _config_names = ("units", "activation", "use_bias", *OPTIONS, "dropout", "recurrent_dropout")

    def __init__(self, units, activation="tanh", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, kernel_constraint=None, recurrent_constraint=None,
                 bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self._set(units, use_bias, dropout, recurrent_dropout, activation=activation,
                  kernel_initializer=kernel_initializer,
                  recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
                  kernel_regularizer=kernel_regularizer,
                  recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
                  kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
                  bias_constraint=bias_constraint)

    def step(self, projected, states):
        """(output, new states) from the projected input and the states."""
        output = self.activation(projected + self._product(
            states[0], self.recurrent_kernel, self._recurrent_dropout_mask))
        return output, [output]

    def fused(self, inputs, states, reverse, return_sequences):
        """The whole sequence as one op: (output, final states), or None if it does not fit."""
        names = self._fused_names(self.activation)
        if names is None:
            return None
        output, *final = K.simple_rnn(
            inputs, states[0], self.kernel, self.recurrent_kernel, self.bias,
            activation=names[0], reverse=reverse, return_sequences=return_sequences)
        return output, final


@with_cell_properties("units", "activation", "use_bias", *OPTIONS, "dropout",
                      "recurrent_dropout")
class SimpleRNN(StandardRNN):
    """The fully connected recurrent layer: see `SimpleRNNCell`, and `RNN` for the arguments."""

    @interfaces.legacy_recurrent_support
    def __init__(self, units, activation="tanh", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, return_sequences=False, return_state=False,
                 go_backwards=False, stateful=False, unroll=False, **kwargs):
        kwargs.pop("implementation", None)
        cell = SimpleRNNCell(
            units, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, dropout=dropout, recurrent_dropout=recurrent_dropout)
        super().__init__(cell, activity_regularizer, return_sequences=return_sequences,
                         return_state=return_state, go_backwards=go_backwards,
                         stateful=stateful, unroll=unroll, **kwargs)
