"""RNN: runs a cell over the steps of a sequence."""
import numpy as np

from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..utils.generic_utils import has_arg, to_list
from ._options import fail, steps_and_features
from .cells import Cell
from .rnn_inputs import TakesStates, split_inputs
from .stacked_cells import StackedRNNCells, state_sizes


class RNN(TakesStates, Layer):
    """Runs a cell over the steps of its input (samples, steps, features).

    cell: has `call(inputs, states)` giving (output, new states) and `state_size`, a
        size or a list of them (the first is the output's, unless there is
        `output_size`); a list of cells is stacked.
    return_sequences: the outputs of all steps instead of the last one.
    return_state: [output, *final states]. go_backwards: from the last step to the
    first. stateful: each batch starts from the last one's states. unroll: writes the
    steps out in the graph.
    A call also takes `initial_state` and `constants`, tensors or lists of them.
    """

    def __init__(self, cell, return_sequences=False, return_state=False, go_backwards=False,
                 stateful=False, unroll=False, **kwargs):
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        for name in ("call", "state_size"):
            if not hasattr(cell, name):
                fail(type(self), "a cell has a method `call` and an attribute `state_size`",
                     f"a cell with `{name}`", repr(cell))
        super().__init__(**steps_and_features(kwargs))
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.supports_masking = True
        self.input_spec = [InputSpec(ndim=3)]
        self.state_spec = [InputSpec(shape=(None, size)) for size in state_sizes(cell)]
        self.constants_spec = None
        self._states = None
        self._num_constants = None

    @property
    def states(self):
        """The variables of a stateful layer, or a None for each state."""
        return [None] * len(self.state_spec) if self._states is None else self._states

    @states.setter
    def states(self, states):
        self._states = states

    # ---- shapes and masks ----

    def compute_output_shape(self, input_shape):
        """The output's shape, or a list of it and the states' shapes."""
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        size = output_size(self.cell)
        steps = (input_shape[1],) if self.return_sequences else ()
        shape = (input_shape[0], *steps, size)
        if not self.return_state:
            return shape
        return [shape] + [(input_shape[0], size) for size in state_sizes(self.cell)]

    def compute_mask(self, inputs, mask):
        """The input's mask for sequences, None otherwise; None for states."""
        mask = to_list(mask)[0] if self.return_sequences else None
        return [mask] + [None] * len(self.states) if self.return_state else mask

    def build(self, input_shape):
        """Builds the cell, and makes the states of a stateful layer."""
        input_shape, constants = self._split_shapes(input_shape)
        batch = input_shape[0] if self.stateful else None
        self.input_spec[0] = InputSpec(shape=(batch, None, input_shape[-1]))
        if isinstance(self.cell, Layer):
            step_shape = (input_shape[0], input_shape[-1])
            self.cell.build([step_shape, *constants] if constants else step_shape)
            self.cell.built = True
        if self.stateful:
            self.reset_states()
        self.built = True

    def _split_shapes(self, input_shape):
        """(the sequence's shape, the constants' shapes)."""
        constants = [spec.shape for spec in self.constants_spec or []]
        if not isinstance(input_shape, list):
            return input_shape, constants
        if self._num_constants and not constants:
            constants = input_shape[-self._num_constants:]
        return input_shape[0], constants

    # ---- calling ----

    def call(self, inputs, mask=None, training=None, initial_state=None, constants=None):
        """The output, or [output, *final states] with `return_state`.

        mask: (samples, steps); a masked step repeats the output before it (zeros at
        first) and leaves the states. training: for the cell's dropout.
        """
        inputs, initial_state, constants = split_inputs(
            inputs, initial_state, constants, self._num_constants)
        states = self._starting_states(inputs, initial_state)
        steps = K.int_shape(inputs)[1]
        if self.unroll and steps is None:
            fail(self, "unrolling needs a known number of steps", "a static time axis",
                 K.int_shape(inputs), "Pass an input_shape with the number of steps")
        last, outputs, final = self._run(inputs, states, to_list(mask)[0], training, constants)
        if self.stateful:
            self.add_update([K.update(*pair) for pair in zip(self.states, final)], inputs)
        output = outputs if self.return_sequences else last
        return [output, *final] if self.return_state else output

    def _starting_states(self, inputs, initial_state):
        if initial_state:
            states = initial_state
        elif self.stateful:
            states = self.states
        else:
            states = self.get_initial_state(inputs)
        if len(states) != len(self.states):
            fail(self, "there is one initial state for each state", f"{len(self.states)} tensors",
                 f"{len(states)}")
        return list(states)

    def get_initial_state(self, inputs):
        """Zeros (samples, size) for each state."""
        samples = batch_size(inputs)
        return [K.full((samples, size), 0.0, K.dtype(inputs))
                for size in state_sizes(self.cell)]

    def _run(self, inputs, states, mask, training, constants):
        """(last output, all outputs, final states); the unused one of the outputs may be any."""
        fused = None
        if mask is None and not constants and not self.unroll:
            whole = self._with_dropout(inputs, training)
            fused = self._fused(inputs if whole is None else whole, states)
            if fused is not None and whole is not None:
                return fused
        looped = self._looped(inputs, states, mask, training, constants)
        if fused is None:
            return looped
        # Outside training there is no dropout, and the fused form computes the same.
        return tuple(_in_train_phase(*pair, training) for pair in zip(looped, fused))

    def _with_dropout(self, inputs, training):
        """The input with all the dropout that there is; None where steps have some of their own."""
        if not any(True for _ in _dropping_cells(self.cell)):
            return inputs
        if not isinstance(self.cell, Cell) or not self.cell.drops_inputs_only:
            return None
        # One mask for all steps, as the loop would draw it.
        return K.in_train_phase(
            lambda: K.dropout(inputs, self.cell.dropout, noise_shape=(None, 1, None)), inputs,
            training=training)

    def _fused(self, inputs, states):
        """What the cell's `fused` gives, or None where it has none or does not fit."""
        # A subclass of a standard cell may compute something else: only its own counts.
        method = vars(type(self.cell)).get("fused")
        result = method and method(self.cell, inputs, states, reverse=self.go_backwards,
                                   return_sequences=self.return_sequences)
        return result and (result[0], result[0], list(result[1]))

    def _looped(self, inputs, states, mask, training, constants):
        cells = list(_dropping_cells(self.cell))
        for cell in cells:
            cell.draw_masks_like(inputs[:, 0], states[0], training)
        try:
            step, sequence = self._step_function(training, len(constants or [])), inputs
            if "fused" in vars(type(self.cell)) and not constants:
                # A standard cell's input needs no state: one product for all steps.
                step, sequence = self.cell.step, self.cell.project(inputs)
            return K.rnn(step, sequence, states, go_backwards=self.go_backwards, mask=mask,
                         constants=constants, unroll=self.unroll,
                         input_length=K.int_shape(inputs)[1])
        finally:
            for cell in cells:
                cell.forget_masks()

    def _step_function(self, training, n_constants):
        keywords = {}
        if has_arg(self.cell.call, "training") or isinstance(self.cell, StackedRNNCells):
            keywords["training"] = training
        if not n_constants:
            return lambda inputs, states: self.cell.call(inputs, states, **keywords)
        if not has_arg(self.cell.call, "constants"):
            fail(self, "the cell does not take constants",
                 "a cell whose `call` has the argument `constants`", repr(self.cell))

        def step(inputs, states):
            return self.cell.call(inputs, states[:-n_constants],
                                  constants=states[-n_constants:], **keywords)
        return step

    # ---- states between batches ----

    def reset_states(self, states=None):
        """Sets the states of a stateful layer to zeros, or to the given arrays."""
        if not self.stateful:
            fail(self, "only a stateful layer keeps states", "stateful=True", "stateful=False",
                 error=AttributeError)
        samples = self.input_spec[0].shape[0] if self.input_spec[0].shape else None
        if samples is None:
            fail(self, "a stateful layer needs a fixed number of samples in a batch",
                 "a complete batch_input_shape (or batch_shape)", "batch size None",
                 "Pass batch_input_shape to the first layer, or batch_shape to Input")
        if self.states[0] is None:
            self.states = [K.variable(np.zeros(shape)) for shape in self._state_shapes(samples)]
        shapes = [K.int_shape(state) for state in self.states]
        values = [np.zeros(shape) for shape in shapes] if states is None else to_list(
            states, allow_tuple=True)
        if [np.shape(value) for value in values] != shapes:
            fail(self, "there is one array for each state, of its shape", f"shapes {shapes}",
                 f"{[np.shape(value) for value in values]}")
        K.batch_set_value(list(zip(self.states, values)))

    def _state_shapes(self, samples):
        return [(samples, size) for size in state_sizes(self.cell)]

    def get_losses_for(self, inputs=None):
        """Losses that depend on exactly these inputs; None: on no input."""
        return super().get_losses_for(inputs)

    # ---- configs ----

    def _config_without_cell(self):
        config = super().get_config()
        config.update(return_sequences=self.return_sequences, return_state=self.return_state,
                      go_backwards=self.go_backwards, stateful=self.stateful, unroll=self.unroll)
        if self._num_constants is not None:
            config["num_constants"] = self._num_constants
        return config

    def get_config(self):
        """The constructor's arguments."""
        config = self._config_without_cell()
        config["cell"] = {"class_name": type(self.cell).__name__,
                          "config": self.cell.get_config()}
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The layer of a config."""
        from . import deserialize
        config = dict(config)
        cell = deserialize(config.pop("cell"), custom_objects=custom_objects)
        num_constants = config.pop("num_constants", None)
        layer = cls(cell, **config)
        layer._num_constants = num_constants
        return layer


def output_size(cell):
    """Size of a cell's output: `output_size`, or else the first state's size."""
    size = getattr(cell, "output_size", None)
    return state_sizes(cell)[0] if size is None else size


def batch_size(inputs):
    """The number of samples, a scalar tensor where it is not known before the run."""
    known = K.int_shape(inputs)[0]
    return K.shape(inputs)[0] if known is None else known


def _dropping_cells(cell):
    """The cells, also inside of stacks, that have dropout masks to draw."""
    for inner in getattr(cell, "cells", [cell]):
        if inner is not cell and hasattr(inner, "cells"):
            yield from _dropping_cells(inner)
        elif getattr(inner, "drops", False):
            yield inner


def _in_train_phase(looped, fused, training):
    if isinstance(looped, (list, tuple)):
        return [_in_train_phase(*pair, training) for pair in zip(looped, fused)]
    return K.in_train_phase(looped, fused, training=training)
