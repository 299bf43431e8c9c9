"""Loops and branches in Python, and random numbers from the portable streams."""
import numpy as np

from .namespace import sizes, xp


def scan(sequences, states, captured, *, body, length, reverse, n_outputs, keep):
    """Runs `body` once a step over the first axis of the sequences."""
    steps = range(sequences[0].shape[0] if sequences else int(length))
    if not steps:
        return _no_steps(sequences, states, captured, body, n_outputs, keep)
    collected = [[] for _ in range(n_outputs)]
    for t in reversed(steps) if reverse else steps:
        slices = [s[(t, *(slice(None),) * (len(s.shape) - 1))] for s in sequences]
        results = body(*slices, *states, *captured)
        states = results[n_outputs:]
        for items, result in zip(collected, results):
            items.append(result)
    stacked = [xp.stack(items[::-1] if reverse else items) if kept else None
               for items, kept in zip(collected, keep)]
    return (*stacked, *states)


def _no_steps(sequences, states, captured, body, n_outputs, keep):
    """Empty outputs, of the shapes that a step over zeros has."""
    zeros = [xp.zeros(s.shape[1:], dtype=s.dtype) for s in sequences]
    outputs = body(*zeros, *states, *captured)[:n_outputs]
    empty = [xp.zeros((0, *o.shape), dtype=o.dtype) if k else None
             for o, k in zip(outputs, keep)]
    return (*empty, *states)


def cond(condition, then_captured, else_captured, *, then_body, else_body):
    """The outputs of one of two bodies."""
    return then_body(*then_captured) if bool(condition) else else_body(*else_captured)


def random_uniform(shape_tensor, *, low, high, dtype, stream):
    """Uniform in [low, high)."""
    return xp.asarray(np.asarray(stream.uniform(sizes(shape_tensor), dtype, low, high)))


def random_normal(shape_tensor, *, mean, stddev, dtype, stream):
    """Normal with this mean and standard deviation."""
    return xp.asarray(np.asarray(stream.normal(sizes(shape_tensor), dtype, mean, stddev)))


def truncated_normal(shape_tensor, *, mean, stddev, dtype, stream):
    """Normal, nothing beyond two standard deviations."""
    return xp.asarray(np.asarray(stream.truncated_normal(sizes(shape_tensor), dtype, mean, stddev)))


OPS = {"scan": scan, "cond": cond, "random_uniform": random_uniform,
       "random_normal": random_normal, "truncated_normal": truncated_normal}
