"""ConvRNN2D: runs a cell over the steps of sequences of images."""
from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..utils import conv_utils
from ..utils.generic_utils import transpose_shape
from ._options import fail
from .rnn import RNN


class ConvRNN2D(RNN):
    """`RNN` for cells over images: input (samples, steps, rows, columns, channels).

    With channels_first the channels stand before rows and columns.
    """

    def __init__(self, cell, return_sequences=False, return_state=False, go_backwards=False,
                 stateful=False, unroll=False, **kwargs):
        if unroll or isinstance(cell, (list, tuple)):
            fail(type(self), "a convolutional recurrence is not unrolled, and has one cell",
                 "unroll=False and a single cell", f"unroll={unroll}, cell {cell!r}",
                 error=TypeError)
        super().__init__(cell, return_sequences, return_state, go_backwards, stateful, unroll,
                         **kwargs)
        self.input_spec = [InputSpec(ndim=5)]

    def _state_shape(self, input_shape):
        """(samples, ...) of a state for the input's shape."""
        cell = self.cell
        first = 3 if cell.data_format == "channels_first" else 2
        windows = zip(input_shape[first:first + 2], cell.kernel_size, cell.strides,
                      cell.dilation_rate)
        sizes = tuple(conv_utils.conv_output_length(size, kernel, cell.padding, stride, dilation)
                      for size, kernel, stride, dilation in windows)
        return transpose_shape((input_shape[0], *sizes, cell.filters), cell.data_format, (1, 2))

    def compute_output_shape(self, input_shape):
        """The output's shape, or a list of it and the states' shapes."""
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        state = self._state_shape(input_shape)
        steps = (input_shape[1],) if self.return_sequences else ()
        shape = state[:1] + steps + state[1:]
        return [shape] + [state] * len(self.states) if self.return_state else shape

    def build(self, input_shape):
        """Builds the cell, and makes the states of a stateful layer."""
        input_shape, constants = self._split_shapes(input_shape)
        samples = input_shape[0] if self.stateful else None
        self.input_spec[0] = InputSpec(shape=(samples, None) + tuple(input_shape[2:]))
        if isinstance(self.cell, Layer):
            step_shape = (input_shape[0],) + tuple(input_shape[2:])
            self.cell.build([step_shape, *constants] if constants else step_shape)
            self.cell.built = True
        self.state_spec = [InputSpec(shape=(None,) + self._state_shape(input_shape)[1:])
                           for _ in self.state_spec]
        if self.stateful:
            self.reset_states()
        self.built = True

    def get_initial_state(self, inputs):
        """Zeros for each state: what the cell's convolution makes of a step, times nothing."""
        step = K.zeros_like(inputs[:, 0], K.dtype(inputs))
        kernel = self.cell.kernel[..., :self.cell.filters]
        zeros = self.cell.input_conv(step, K.zeros_like(kernel, K.dtype(kernel)),
                                     padding=self.cell.padding)
        return [zeros] * len(self.states)

    def _state_shapes(self, samples):
        shape = (samples,) + tuple(self.input_spec[0].shape[1:])
        return [self._state_shape(shape)] * len(self.state_spec)
