"""What the fused recurrent layers share: time first, one product for all steps.

The input's product with the kernel is one matrix product over all time steps, and
so are the weights' gradients; only the recurrent product stays in the loop. Inside,
time is the first axis and steps are in processing order.
"""
import numpy as np

from .activations import ACTIVATIONS
from .reductions import leading_sum


def by_time(x, reverse):
    """(batch, time, features) as a contiguous (time, batch, features), in processing order."""
    x = x.transpose(1, 0, 2)
    return np.ascontiguousarray(x[::-1] if reverse else x)


def by_batch(x, reverse=False):
    """The inverse of `by_time`."""
    x = x[::-1] if reverse else x
    return np.ascontiguousarray(x.transpose(1, 0, 2))


def projected(x, kernel, bias):
    """x (time, batch, features) times the kernel, plus the bias."""
    steps, batch, features = x.shape
    z = np.dot(x.reshape(steps * batch, features), kernel)
    if bias is not None:
        z += bias
    return z.reshape(steps, batch, kernel.shape[1])


def states(first, steps):
    """(steps + 1, batch, units): room for all states, the first one filled in."""
    states = np.empty((steps + 1, *first.shape), first.dtype)
    states[0] = first
    return states


def output(states, return_sequences):
    """All states but the first as (batch, time, units), or the last one."""
    return by_batch(states[1:]) if return_sequences else states[-1].copy()


def output_gradients(g, states, return_sequences):
    """Gradients of the outputs as (time, batch, units), and of the last one apart.

    One of the two is None, or both where no output is used.
    """
    if g is None:
        return None, None
    return (g.transpose(1, 0, 2), None) if return_sequences else (None, g)


def started(g_last, g_state, like):
    """The gradient of the last state: the sum of those that are given."""
    total = np.zeros(like.shape, like.dtype)
    for g in (g_last, g_state):
        if g is not None:
            total += g
    return total


def weight_gradients(x, previous, dz, kernel, reverse):
    """(dx, kernel, recurrent kernel, bias) gradients from all steps' pre-activations."""
    steps, batch, features = x.shape
    flat = dz.reshape(steps * batch, dz.shape[-1])
    dx = np.dot(flat, kernel.T).reshape(x.shape)
    d_kernel = np.dot(x.reshape(steps * batch, features).T, flat)
    d_recurrent = np.dot(previous.reshape(steps * batch, previous.shape[-1]).T, flat)
    return by_batch(dx, reverse), d_kernel, d_recurrent, leading_sum(flat)


def supported(*names):
    """A test that the named activations have kernels, and that the input has 32 or 64 bits."""
    def fits(specs, attrs):
        return specs[0][1] in ("float32", "float64") and all(
            attrs[name] in ACTIVATIONS for name in names)
    return fits
