"""GRU and its cell."""
from .. import backend as K
from ..legacy import interfaces
from .cells import OPTIONS, Cell
from .standard_rnn import StandardRNN, with_cell_properties

_HEAD = ("units", "activation", "recurrent_activation", "use_bias", *OPTIONS)
_TAIL = ("dropout", "recurrent_dropout", "implementation", "reset_after")


class GRUCell(Cell):
    """Gated recurrent unit: gates z, r, h in this order; output z * h + (1 - z) * candidate.

    reset_after: False applies r to the state before the product with the recurrent
    kernel; True (as cuDNN does) to the product, which then has a bias of its own, and
    the bias has the shape (2, 3 * units). implementation: as for `LSTMCell`.
    """

    gates = 3
    _config_names = (*_HEAD, *_TAIL)

    @interfaces.era_defaults
    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, kernel_constraint=None, recurrent_constraint=None,
                 bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, implementation=2,
                 reset_after=False, **kwargs):
        super().__init__(**kwargs)
        self._set(units, use_bias, dropout, recurrent_dropout, implementation,
                  activation=activation, recurrent_activation=recurrent_activation,
                  kernel_initializer=kernel_initializer,
                  recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
                  kernel_regularizer=kernel_regularizer,
                  recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
                  kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
                  bias_constraint=bias_constraint)
        self.reset_after = reset_after

    def _bias_shape(self, columns):
        return (2, columns) if self.reset_after else (columns,)

    def _input_bias(self):
        return self.bias[0] if self.reset_after else self.bias

    def step(self, projected, states):
        """(output, new states) from the projected input and the states."""
        h = states[0]
        masks = self._recurrent_dropout_mask
        if masks is not None and len(masks) == 1:
            # One mask for all gates drops from the state itself, as in the original.
            h, masks = h * masks[0], None
        step = self._step_after if self.reset_after else self._step_before
        z, candidate = step(projected, h, masks)
        output = z * h + (1 - z) * candidate
        return output, [output]

    def _step_after(self, projected, h, masks):
        inner = self._product(h, self.recurrent_kernel, masks)
        if self.use_bias:
            inner = K.bias_add(inner, self.bias[1], data_format="channels_last")
        (x_z, x_r, x_h), (h_z, h_r, h_h) = self._split(projected), self._split(inner)
        r = self.recurrent_activation(x_r + h_r)
        return self.recurrent_activation(x_z + h_z), self.activation(x_h + r * h_h)

    def _step_before(self, projected, h, masks):
        x_z, x_r, x_h = self._split(projected)
        both = self.recurrent_kernel[:, :2 * self.units]
        h_z, h_r = self._split(self._product(h, both, masks and masks[:2]))
        r = self.recurrent_activation(x_r + h_r)
        last = self.recurrent_kernel[:, 2 * self.units:]
        candidate = self.activation(x_h + self._product(r * h, last, masks and masks[2:]))
        return self.recurrent_activation(x_z + h_z), candidate

    def fused(self, inputs, states, reverse, return_sequences):
        """The whole sequence as one op: (output, final states), or None if it does not fit."""
        names = self._fused_names(self.activation, self.recurrent_activation)
        if names is None:
            return None
        output, *final = K.gru(
            inputs, states[0], self.kernel, self.recurrent_kernel, self.bias,
            activation=names[0], recurrent_activation=names[1], reset_after=self.reset_after,
            reverse=reverse, return_sequences=return_sequences)
        return output, final


@with_cell_properties(*_HEAD, *_TAIL)
class GRU(StandardRNN):
    """Gated recurrent unit layer: see `GRUCell`, and `RNN` for the arguments."""

    @interfaces.legacy_recurrent_support
    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, implementation=2, return_sequences=False,
                 return_state=False, go_backwards=False, stateful=False, unroll=False,
                 reset_after=False, **kwargs):
        cell = GRUCell(
            units, activation=activation, recurrent_activation=recurrent_activation,
            use_bias=use_bias, kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint,
            dropout=dropout, recurrent_dropout=recurrent_dropout,
            implementation=implementation or 1, reset_after=reset_after)
        super().__init__(cell, activity_regularizer, return_sequences=return_sequences,
                         return_state=return_state, go_backwards=go_backwards,
                         stateful=stateful, unroll=unroll, **kwargs)
