"""Loops, branches and printing, run by Python."""
import torch

from keras_compat.backends.torch.arrays import to_numpy


def scan(sequences, states, captured, *, body, length, reverse, n_outputs, keep):
    """Runs `body` once a time step; see the op's definition for the arguments.

    `unbind` splits all steps at once: its gradient is one stack, where the
    gradient of indexing would fill an array of the whole length each step.
    """
    columns = [sequence.unbind(0) for sequence in sequences]
    steps = range(len(columns[0]) if columns else int(length))
    if not steps:
        return (*_nothing(body, sequences, states, captured, n_outputs, keep), *states)
    collected = [[] for _ in range(n_outputs)]
    states = tuple(states)
    for t in (reversed(steps) if reverse else steps):
        results = body(*[column[t] for column in columns], *states, *captured)
        states = results[n_outputs:]
        for steps_of_output, kept, result in zip(collected, keep, results):
            if kept:
                steps_of_output.append(result)
    return tuple(_joined(items, reverse) if kept else None
                 for items, kept in zip(collected, keep)) + tuple(states)


def _nothing(body, sequences, states, captured, n_outputs, keep):
    """Empty outputs; a step on zeros tells their shape."""
    zeros = [sequence.new_zeros(sequence.shape[1:]) for sequence in sequences]
    results = body(*zeros, *states, *captured)[:n_outputs]
    return [r.new_empty((0, *r.shape)) if kept else None for r, kept in zip(results, keep)]


def _joined(items, reverse):
    return torch.stack(items[::-1] if reverse else items)


def cond(condition, then_captured, else_captured, *, then_body, else_body):
    """The outputs of one of two bodies."""
    if bool(condition):
        return then_body(*then_captured)
    return else_body(*else_captured)


def print_tensor(x, *, message):
    """`x`, after writing the message and the values to stdout."""
    print(message, to_numpy(x))
    return x


OPS = {"scan": scan, "cond": cond, "print_tensor": print_tensor}
