"""Recurrent: the base class of recurrent layers until Keras 2.1, for layers derived from it."""
from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..layers._options import fail, steps_and_features
from ..layers.rnn import RNN, batch_size
from ..utils import conv_utils
from ..utils.generic_utils import transpose_shape


class Recurrent(RNN):
    """A recurrent layer that is its own cell.

    A subclass sets `units` and `states` (a list of None, one for each state), and
    defines `build` and `step(inputs, states)`, where the states are followed by what
    `get_constants` gave. `preprocess_input` may treat the whole sequence first.
    """

    def __init__(self, return_sequences=False, return_state=False, go_backwards=False,
                 stateful=False, unroll=False, implementation=0, **kwargs):
        Layer.__init__(self, **steps_and_features(kwargs))
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.implementation = implementation
        self.supports_masking = True
        self.input_spec = [InputSpec(ndim=3)]
        self.state_spec = None
        self.dropout = 0
        self.recurrent_dropout = 0
        self._states = None
        self._num_constants = None

    @property
    def states(self):
        """The variables of a stateful layer, or a None for each state."""
        return [None] if self._states is None else self._states

    @states.setter
    def states(self, states):
        self._states = states

    def build(self, input_shape):
        """Marks the layer as built; subclasses make the weights."""
        Layer.build(self, input_shape)

    def compute_output_shape(self, input_shape):
        """The output's shape, or a list of it and the states' shapes."""
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        steps = (input_shape[1],) if self.return_sequences else ()
        shape = (input_shape[0], *steps, self.units)
        state = (input_shape[0], self.units)
        return [shape] + [state] * len(self.states) if self.return_state else shape

    def step(self, inputs, states):
        """(output, new states) of one step; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define step(inputs, states)")

    def get_constants(self, inputs, training=None):
        """Tensors that every step gets after its states."""
        return []

    def preprocess_input(self, inputs, training=None):
        """What the steps get in place of the input."""
        return inputs

    def get_initial_state(self, inputs):
        """Zeros (samples, units) for each state."""
        zeros = K.full((batch_size(inputs), self.units), 0.0, K.dtype(inputs))
        return [zeros] * len(self.states)

    def call(self, inputs, mask=None, training=None, initial_state=None):
        """The output, or [output, *states] with `return_state`."""
        return super().call(inputs, mask=mask, training=training, initial_state=initial_state)

    def _run(self, inputs, states, mask, training, constants):
        return K.rnn(self.step, self.preprocess_input(inputs, training=None), states,
                     go_backwards=self.go_backwards, mask=mask,
                     constants=self.get_constants(inputs, training=None),
                     unroll=self.unroll, input_length=K.int_shape(inputs)[1])

    def _state_shapes(self, samples):
        return [(samples, self.units)] * len(self.states)

    def get_config(self):
        """The constructor's arguments."""
        config = Layer.get_config(self)
        config.update(return_sequences=self.return_sequences, return_state=self.return_state,
                      go_backwards=self.go_backwards, stateful=self.stateful,
                      unroll=self.unroll, implementation=self.implementation)
        return config

    @classmethod
    def from_config(cls, config):
        """The layer with the arguments of a config."""
        return cls(**config)


class ConvRecurrent2D(Recurrent):
    """`Recurrent` over images: input (samples, steps, rows, columns, channels)."""

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None,
                 dilation_rate=(1, 1), return_sequences=False, go_backwards=False,
                 stateful=False, **kwargs):
        super().__init__(return_sequences=return_sequences, go_backwards=go_backwards,
                         stateful=stateful, **kwargs)
        if self.unroll:
            fail(self, "a convolutional recurrence is not unrolled", "unroll=False",
                 "unroll=True", error=TypeError)
        self.filters = filters
        self.kernel_size = conv_utils.normalize_tuple(kernel_size, 2, "kernel_size")
        self.strides = conv_utils.normalize_tuple(strides, 2, "strides")
        self.padding = conv_utils.normalize_padding(padding)
        self.data_format = K.normalize_data_format(data_format)
        self.dilation_rate = conv_utils.normalize_tuple(dilation_rate, 2, "dilation_rate")
        self.input_spec = [InputSpec(ndim=5)]

    def compute_output_shape(self, input_shape):
        """The output's shape, or a list of it and the states' shapes."""
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        state = self._state_shape(input_shape)
        steps = (input_shape[1],) if self.return_sequences else ()
        shape = state[:1] + steps + state[1:]
        return [shape, state, state] if self.return_state else shape

    def _state_shape(self, input_shape):
        first = 3 if self.data_format == "channels_first" else 2
        windows = zip(input_shape[first:first + 2], self.kernel_size, self.strides,
                      self.dilation_rate)
        sizes = tuple(conv_utils.conv_output_length(size, kernel, self.padding, stride, dilation)
                      for size, kernel, stride, dilation in windows)
        return transpose_shape((input_shape[0], *sizes, self.filters), self.data_format, (1, 2))

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "filters": self.filters,
                "kernel_size": self.kernel_size, "strides": self.strides,
                "padding": self.padding, "data_format": self.data_format,
                "dilation_rate": self.dilation_rate}
