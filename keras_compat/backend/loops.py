"""K's loops: rnn, map_fn, foldl and foldr, in terms of `scan`."""
from . import nested, registry
from .control_flow import scan
from .graph import Tensor


@registry.sugar
def rnn(step_function, inputs, initial_states, go_backwards=False, mask=None,
        constants=None, unroll=False, input_length=None):
    """Iterates over the time axis of a tensor.

    step_function(input, states): input (samples, ...) is one time step; states is
        the list of states followed by `constants`. Returns (output, new states).
    inputs: (samples, time, ...), at least 3D.
    initial_states: list of tensors (samples, ...).
    go_backwards: from the last step to the first; outputs are in that order.
    mask: (samples, time) or (samples, time, 1); where it is false the states stay
        and the output is the previous one (zeros at first).
    unroll: writes the steps out (the number of steps must be known).
    input_length: number of steps where the static shape does not tell it.
    Returns (last output (samples, ...), outputs (samples, time, ...), final states).
    Source: Keras 2.3.1 `K.rnn`.
    """
    from . import ops

    if inputs.ndim < 3:
        registry.fail("the input of a recurrence has samples, time and features",
                      "at least 3 axes", tuple(inputs.shape))
    steps = inputs.shape[1] if inputs.shape[1] is not None else input_length
    if unroll and steps is None:
        registry.fail("unrolling needs a known number of steps", "a static time axis",
                      tuple(inputs.shape), "give input_shape or batch_input_shape")
    sequence = _time_major(inputs, go_backwards)
    constants = list(constants or [])
    step = _Step(step_function, constants, len(initial_states))
    sequences, states = [sequence], list(initial_states)
    if mask is not None:
        sequences.append(_time_major(_mask_matrix(mask), go_backwards))
        states.append(_first_output(step, inputs, sequence, states))
    loop = _unrolled(steps) if unroll else scan
    (outputs,), final = loop(step, sequences, states, length=steps)
    last = final[-1] if mask is not None else _last(step, outputs, final)
    return last, _batch_major(outputs), list(final[:step.n_states])


class _Step:
    """The user's step as `scan` wants it, with the rules for masked steps added."""

    def __init__(self, function, constants, n_states):
        self.function = function
        self.constants = constants
        self.n_states = n_states
        self.output_is_state = None

    def plain(self, x, states):
        """(output, new states) of the user's function."""
        output, new_states = self.function(x, [*states, *self.constants])
        return output, list(new_states)

    def __call__(self, x, *carried):
        from . import ops

        if len(carried) == self.n_states:
            output, states = self.plain(x, carried)
            self.output_is_state = next((i for i, s in enumerate(states) if s is output), None)
            return [output], states
        mask, *states, previous = carried
        output, new_states = self.plain(x, states)
        output = ops.where(_spread(mask, output), output, previous)
        kept = [ops.where(_spread(mask, new), new, old) for new, old in zip(new_states, states)]
        return [output], [*kept, output]


def _time_major(x, backwards):
    from . import ops

    x = ops.permute_dimensions(x, (1, 0, *range(2, x.ndim)))
    return ops.reverse(x, 0) if backwards else x


def _batch_major(x):
    from . import ops

    return ops.permute_dimensions(x, (1, 0, *range(2, x.ndim)))


def _mask_matrix(mask):
    from . import ops

    if mask.dtype != "bool":
        mask = ops.cast(mask, "bool")
    return ops.squeeze(mask, -1) if mask.ndim == 3 else mask


def _spread(mask, x):
    """A (samples,) mask with axes of size 1 up to the rank of `x`."""
    from . import ops

    for _ in range(x.ndim - 1):
        mask = ops.expand_dims(mask, -1)
    return mask


def _first_output(step, inputs, sequence, states):
    """Zeros in the shape of an output: what a masked first step gives."""
    from . import ops

    output, _ = step.plain(sequence[0], states)
    if None in output.shape[1:]:
        return ops.zeros_like(output, output.dtype)
    shape = [ops.shape(inputs)[0] if inputs.shape[0] is None else inputs.shape[0],
             *output.shape[1:]]
    return ops.full(shape, 0, output.dtype)


def _last(step, outputs, final):
    return outputs[-1] if step.output_is_state is None else final[step.output_is_state]


def _unrolled(steps):
    """`scan` with its steps written out."""
    def loop(step, sequences, states, length):
        from . import ops

        collected = []
        for i in range(steps):
            (output,), states = step(*(s[i] for s in sequences), *states)
            collected.append(output)
        return (ops.stack(collected, axis=0),), tuple(states)
    return loop


@registry.sugar
def map_fn(fn, elems, name=None, dtype=None):
    """`fn` of each slice of `elems` along its first axis, stacked.

    elems: a tensor, or a list, tuple or dict of tensors (also nested), whose slices `fn`
    then gets in the same structure. The result has the structure of what `fn` returns.
    dtype: there for signatures; the results have the dtypes that `fn` gives them.
    """
    sequences, layout = _sequences(elems)
    results = []

    def step(*slices):
        values, found = nested.flatten(fn(nested.pack(layout, slices)))
        results.append(found)
        return [_tensor(v) for v in values], []
    outputs, _ = scan(step, sequences, [])
    return nested.pack(results[-1], outputs)


@registry.sugar
def foldl(fn, elems, initializer=None, name=None):
    """Combines the slices of `elems` from first to last: fn(accumulated, slice).

    elems: as for `map_fn`. initializer: the first accumulated value, a tensor or a
    structure of them, which `fn` keeps; the first slice if None.
    """
    return _fold(fn, elems, initializer, reverse=False)


@registry.sugar
def foldr(fn, elems, initializer=None, name=None):
    """Combines the slices of `elems` from last to first: fn(accumulated, slice).

    elems: as for `map_fn`. initializer: the first accumulated value, a tensor or a
    structure of them, which `fn` keeps; the last slice if None.
    """
    return _fold(fn, elems, initializer, reverse=True)


def _fold(fn, elems, initializer, reverse):
    sequences, layout = _sequences(elems)
    if initializer is None:
        first, rest = (-1, slice(-1)) if reverse else (0, slice(1, None))
        initial, kept = [t[first] for t in sequences], layout
        sequences = [t[rest] for t in sequences]
    else:
        initial, kept = nested.flatten(initializer)
        initial = [_tensor(v, sequences[0].dtype) for v in initial]

    def step(*values):
        slices, states = values[:len(sequences)], values[len(sequences):]
        result = fn(nested.pack(kept, states), nested.pack(layout, slices))
        return [], _states(result, kept, states)
    return nested.pack(kept, scan(step, sequences, initial, reverse=reverse)[1])


def _sequences(elems):
    """(the tensors to run over, their layout)."""
    leaves, layout = nested.flatten(elems)
    return [_tensor(leaf) for leaf in leaves], layout


def _states(result, layout, states):
    """The new states of a fold, which have the structure of the old ones."""
    found, new_layout = nested.flatten(result)
    if new_layout != layout:
        registry.fail("a fold keeps the structure of what it accumulates",
                      nested.described(layout), nested.described(new_layout))
    return [_tensor(new, old.dtype) for new, old in zip(found, states)]


def _tensor(value, dtype=None):
    """A tensor, or numbers as one (of a dtype)."""
    from .ops.convert import as_tensor
    return value if isinstance(value, Tensor) else as_tensor(value, dtype)
