"""Loops and branches as TensorFlow's own, and printing."""
import sys

import tensorflow as tf


def scan(sequences, states, captured, *, body, length, reverse, n_outputs, keep):
    """Runs `body` once a time step; see the op's definition for the arguments."""
    sequences = [tf.convert_to_tensor(s) for s in sequences]
    states = [tf.convert_to_tensor(s) for s in states]
    specs = _specs(body, sequences, states, captured)
    kept = [i for i in range(n_outputs) if keep[i]]

    def step(*items):
        results = body(*items, *captured)
        return [results[i] for i in kept], results[n_outputs:]
    outputs, states = _loop(step, sequences, states, [specs[i] for i in kept],
                            specs[n_outputs:], length, reverse)
    outputs = iter(outputs)
    return tuple(next(outputs) if k else None for k in keep) + tuple(states)


def loop(step, sequences, states, widths, reverse=False):
    """(stacked outputs, last states) of a step on matrices: step(*slices, *states) -> the same.

    Slices and states are (batch, columns) of one dtype; `widths` are the outputs' columns.
    """
    specs = [tf.TensorSpec([None, n], states[0].dtype) for n in widths]
    carried = [tf.TensorSpec([None, s.shape[-1]]) for s in states]
    return _loop(step, sequences, states, specs, carried, None, reverse)


def _loop(step, sequences, states, outputs, carried, length, reverse):
    """The loop itself; specs of a step's outputs and new states.

    Sequences are read from arrays: the gradient of a step read by indexing would
    be a whole sequence of zeros each time.
    """
    count = _length(sequences[0]) if sequences else length
    columns = [tf.TensorArray(s.dtype, count, element_shape=s.shape[1:]).unstack(s)
               for s in sequences]
    arrays = [tf.TensorArray(o.dtype, count, element_shape=o.shape) for o in outputs]

    def one(i, arrays, states):
        t = count - 1 - i if reverse else i
        results, states = step(*[column.read(t) for column in columns], *states)
        for state, spec in zip(states, carried):
            state.set_shape(spec.shape)  # TensorFlow forgets a size of 0 beside an unknown one
        return i + 1, [a.write(t, r) for a, r in zip(arrays, results)], list(states)
    invariants = (tf.TensorShape(()), [tf.TensorShape(None)] * len(arrays),
                  [_common(s.shape, spec.shape) for s, spec in zip(states, carried)])
    _, arrays, states = tf.while_loop(
        lambda i, *rest: i < count, one, (tf.constant(0), arrays, list(states)),
        shape_invariants=invariants, maximum_iterations=count)
    return [a.stack() for a in arrays], states


def _length(sequence):
    static = sequence.shape[0]
    return tf.shape(sequence)[0] if static is None else static


def _common(first, second):
    return tf.TensorShape([a if a == b else None for a, b in zip(first, second)])


def _specs(body, sequences, states, captured):
    """Shapes and dtypes of what the body returns.

    The planner knows them; those of any other function come from tracing it on the side.
    """
    if hasattr(body, "outputs"):
        return [tf.TensorSpec(shape, dtype) for shape, dtype in body.outputs]
    captured = [tf.convert_to_tensor(t) for t in captured]
    arguments = [tf.TensorSpec(s.shape[1:], s.dtype) for s in sequences]
    arguments += [tf.TensorSpec(t.shape, t.dtype) for t in (*states, *captured)]
    traced = tf.function(body, autograph=False).get_concrete_function(*arguments)
    return traced.outputs


def cond(condition, then_captured, else_captured, *, then_body, else_body):
    """The outputs of one of two bodies."""
    return tuple(tf.cond(condition, lambda: list(then_body(*then_captured)),
                         lambda: list(else_body(*else_captured))))


def print_tensor(x, *, message):
    """`x`, after writing the message and the values to stdout."""
    with tf.control_dependencies([tf.print(message, x, output_stream=sys.stdout)]):
        return tf.identity(x)


OPS = {"scan": scan, "cond": cond, "print_tensor": print_tensor}
