"""Loops and branches as TensorFlow's own, and printing."""
import sys

import tensorflow as tf


def scan(sequences, states, captured, *, body, length, reverse, n_outputs, keep):
    """Runs `body` once a time step; see the op's definition for the arguments.

    Sequences are read from arrays: the gradient of a step read by indexing would
    be a whole sequence of zeros each time.
    """
    sequences = [tf.convert_to_tensor(s) for s in sequences]
    states = [tf.convert_to_tensor(s) for s in states]
    count = _length(sequences[0]) if sequences else length
    specs = _specs(body, sequences, states, captured)
    columns = [tf.TensorArray(s.dtype, count, element_shape=s.shape[1:]).unstack(s)
               for s in sequences]
    kept = [i for i in range(n_outputs) if keep[i]]
    arrays = [tf.TensorArray(specs[i].dtype, count, element_shape=specs[i].shape) for i in kept]

    def step(i, arrays, states):
        t = count - 1 - i if reverse else i
        results = body(*[column.read(t) for column in columns], *states, *captured)
        arrays = [a.write(t, results[k]) for a, k in zip(arrays, kept)]
        return i + 1, arrays, list(results[n_outputs:])
    invariants = (tf.TensorShape(()), [tf.TensorShape(None)] * len(arrays),
                  [_common(s.shape, spec.shape) for s, spec in zip(states, specs[n_outputs:])])
    _, arrays, states = tf.while_loop(
        lambda i, *rest: i < count, step, (tf.constant(0), arrays, states),
        shape_invariants=invariants, maximum_iterations=count)
    stacked = iter([a.stack() for a in arrays])
    return tuple(next(stacked) if k else None for k in keep) + tuple(states)


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
    """`x`, after writing the message and the values to stderr."""
    with tf.control_dependencies([tf.print(message, x, output_stream=sys.stderr)]):
        return tf.identity(x)


OPS = {"scan": scan, "cond": cond, "print_tensor": print_tensor}
