"""Loops, branches, and the ops that only pass a value on."""
import numpy as np


def stop_gradient(x):
    """x itself."""
    return x


def identity(x):
    """x itself."""
    return x


def print_tensor(x, message=""):
    """x itself; prints the message and the values to stdout."""
    print(message, x)
    return x


def cond(condition, then_captured, else_captured, *, then_body, else_body):
    """The outputs of one of two bodies; only the chosen one runs."""
    return then_body(*then_captured) if condition else else_body(*else_captured)


def scan(sequences, states, captured, *, body, length=None, reverse=False, n_outputs=0,
         keep=None):
    """Runs the body once per step over the first axis of the sequences.

    body(*slices, *states, *captured) returns the step's outputs, then the new
    states. Returns the outputs stacked in the original order of time (None
    where `keep` is false), then the final states.
    """
    count = len(sequences[0]) if sequences else int(length)
    keep = (True,) * n_outputs if keep is None else keep
    if not count:
        return _no_steps(body, sequences, states, captured, n_outputs, keep)
    steps = range(count - 1, -1, -1) if reverse else range(count)
    kept = [i for i in range(n_outputs) if keep[i]]
    stacked = [None] * n_outputs
    for t in steps:
        results = body(*[s[t] for s in sequences], *states, *captured)
        states = results[n_outputs:]
        for i in kept:
            if stacked[i] is None:
                stacked[i] = np.empty((count, *results[i].shape), results[i].dtype)
            stacked[i][t] = results[i]
    return (*stacked, *states)


def _no_steps(body, sequences, states, captured, n_outputs, keep):
    """Empty outputs of the right shape, learned from a step on zeros, and the first states."""
    zeros = [np.zeros(s.shape[1:], s.dtype) for s in sequences]
    results = body(*zeros, *states, *captured)[:n_outputs]
    empty = [np.empty((0, *r.shape), r.dtype) if k else None for r, k in zip(results, keep)]
    return (*empty, *states)


OPS = {
    "stop_gradient": stop_gradient, "identity": identity, "print_tensor": print_tensor,
    "scan": scan, "cond": cond,
}
