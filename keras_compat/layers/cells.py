"""What the standard recurrent cells share: weights, dropout masks, products gate by gate."""
from .. import activations
from .. import backend as K
from ..engine.base_layer import Layer
from ._options import config_of, extend, integer, known_channels, rate, set_options

_FUSED_ACTIVATIONS = ("tanh", "sigmoid", "hard_sigmoid", "relu", "linear")

OPTIONS = ("kernel_initializer", "recurrent_initializer", "bias_initializer",
           "kernel_regularizer", "recurrent_regularizer", "bias_regularizer",
           "kernel_constraint", "recurrent_constraint", "bias_constraint")


class Cell(Layer):
    """One step of a recurrent layer with `gates` blocks of `units` columns in its weights.

    Weights: kernel (inputs, gates * units), recurrent_kernel (units, gates * units),
    bias. A step is `project` of the input, which needs no state and so can be done
    for a whole sequence at once, and then `step`.
    """

    gates = 1
    _config_names = ()

    def _set(self, units, use_bias, dropout, recurrent_dropout, implementation=2, **options):
        self.units = units = integer(self, "units", units)
        self.use_bias = use_bias
        set_options(self, **options)
        self.dropout = rate(self, "dropout", dropout)
        self.recurrent_dropout = rate(self, "recurrent_dropout", recurrent_dropout)
        self.implementation = implementation
        self.output_size = units
        self.state_size = units
        self._dropout_mask = None
        self._recurrent_dropout_mask = None

    def build(self, input_shape):
        """Makes the weights."""
        columns = self.units * self.gates
        inputs = known_channels(self, input_shape, -1)
        self.kernel = self.add_weight(shape=(inputs, columns), name="kernel",
                                      initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.recurrent_kernel = self.add_weight(shape=(self.units, columns),
                                                name="recurrent_kernel",
                                                initializer=self.recurrent_initializer,
                                                regularizer=self.recurrent_regularizer,
                                                constraint=self.recurrent_constraint)
        self.bias = self.add_weight(shape=self._bias_shape(columns), name="bias",
                                    initializer=self._initial_bias(),
                                    regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint) if self.use_bias else None
        self.built = True

    def _bias_shape(self, columns):
        return (columns,)

    def _initial_bias(self):
        return self.bias_initializer

    # ---- one step ----

    def call(self, inputs, states, training=None):
        """(output, new states) for one step's input and the list of states."""
        drawn = self._dropout_mask is not None or self._recurrent_dropout_mask is not None
        if not drawn:
            self.draw_masks_like(inputs, None, training)
        result = self.step(self.project(inputs), list(states))
        if not drawn:
            self.forget_masks()
        return result

    def project(self, inputs):
        """The input's part of all gates; inputs may have a time axis."""
        projected = self._product(inputs, self.kernel, self._dropout_mask)
        if self.use_bias:
            projected = K.bias_add(projected, self._input_bias(), data_format="channels_last")
        return projected

    def _input_bias(self):
        return self.bias

    def _product(self, x, kernel, masks):
        """dot(x, kernel), the gates' columns with a dropout mask each if there are several."""
        if masks is None:
            return K.dot(x, kernel)
        if K.ndim(x) == 3:
            masks = [K.expand_dims(mask, 1) for mask in masks]
        if len(masks) == 1:
            return K.dot(x * masks[0], kernel)
        blocks = self._split(kernel)
        return K.concatenate([K.dot(x * mask, block) for mask, block in zip(masks, blocks)])

    def _split(self, x):
        """The blocks of `units` columns."""
        return [x[..., start:start + self.units]
                for start in range(0, K.int_shape(x)[-1], self.units)]

    # ---- dropout ----

    @property
    def drops(self):
        """Whether any dropout happens in training."""
        return 0.0 < self.dropout < 1.0 or 0.0 < self.recurrent_dropout < 1.0

    @property
    def drops_inputs_only(self):
        """Whether dropout is one mask on the input, the same for all steps and gates."""
        one_mask = self.implementation != 1 or self.gates == 1
        return one_mask and not 0.0 < self.recurrent_dropout < 1.0

    def draw_masks_like(self, inputs, state, training):
        """Draws the dropout masks that hold for all steps of one run over a sequence.

        inputs: a step's input, of which only the number of samples counts.
        """
        batch_size, dtype = K.shape(inputs)[0], K.dtype(inputs)
        inputs = K.int_shape(self.kernel)[0]
        count = self.gates if self.implementation == 1 else 1
        self._dropout_mask = dropout_masks(
            (batch_size, inputs), self.dropout, training, count, dtype)
        self._recurrent_dropout_mask = dropout_masks(
            (batch_size, self.units), self.recurrent_dropout, training, count, dtype)

    def forget_masks(self):
        """Drops the masks: the next run draws its own."""
        self._dropout_mask = None
        self._recurrent_dropout_mask = None

    # ---- configs ----

    def _fused_names(self, *functions):
        """The names of activations that fused layers know, or None if one is another."""
        names = [activations.known_name(function) for function in functions]
        return names if all(name in _FUSED_ACTIVATIONS for name in names) else None

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, *self._config_names))


def dropout_masks(shape, rate, training, count, dtype):
    """`count` masks of ones with a part `rate` dropped in training; None for rates 0 and 1."""
    if not 0.0 < rate < 1.0:
        return None
    ones = K.full(shape, 1.0, dtype)
    return [K.in_train_phase(lambda: K.dropout(ones, rate), ones, training=training)
            for _ in range(count)]
