"""Loops and branches as TensorFlow's own, and printing."""
import sys

import tensorflow as tf


def scan(sequences, states, captured, *, body, length, reverse, n_outputs, keep):
    """Runs `body` once a time step; see the op's definition for the arguments."""
    count = tf.shape(sequences[0])[0] if sequences else tf.constant(length)
    states = [tf.convert_to_tensor(s) for s in states]
    kept = [i for i in range(n_outputs) if keep[i]]
    shapes, dtypes = _result_specs(sequences, states, captured, body)
    arrays = [tf.TensorArray(dtypes[i], size=count, element_shape=shapes[i]) for i in kept]

    def step(i, arrays, states):
        t = count - 1 - i if reverse else i
        results = body(*[s[t] for s in sequences], *states, *captured)
        arrays = [a.write(t, results[k]) for a, k in zip(arrays, kept)]
        return i + 1, arrays, list(results[n_outputs:])
    invariants = (tf.TensorShape(()), [tf.TensorShape(None)] * len(arrays),
                  [_common(s.shape, shape) for s, shape in zip(states, shapes[n_outputs:])])
    _, arrays, states = tf.while_loop(
        lambda i, *rest: i < count, step, (tf.constant(0), arrays, states),
        shape_invariants=invariants)
    stacked = iter([a.stack() for a in arrays])
    return tuple(next(stacked) if k else None for k in keep) + tuple(states)


def _common(first, second):
    return tf.TensorShape([a if a == b else None for a, b in zip(first, second)])


def _result_specs(sequences, states, captured, body):
    """Shapes and dtypes of what the body returns, from tracing it on the side."""
    def specs(tensors):
        return [tf.TensorSpec(t.shape, t.dtype) for t in tensors]
    slices = [tf.TensorSpec(s.shape[1:], s.dtype) for s in map(tf.convert_to_tensor, sequences)]
    captured = [tf.convert_to_tensor(t) for t in captured]
    traced = tf.function(body, autograph=False).get_concrete_function(
        *slices, *specs(states), *specs(captured))
    return [t.shape for t in traced.outputs], [t.dtype for t in traced.outputs]


def cond(condition, then_captured, else_captured, *, then_body, else_body):
    """The outputs of one of two bodies."""
    return tuple(tf.cond(condition, lambda: list(then_body(*then_captured)),
                         lambda: list(else_body(*else_captured))))


def print_tensor(x, *, message):
    """`x`, after writing the message and the values to stderr."""
    with tf.control_dependencies([tf.print(message, x, output_stream=sys.stderr)]):
        return tf.identity(x)


OPS = {"scan": scan, "cond": cond, "print_tensor": print_tensor}
