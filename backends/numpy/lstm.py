"""LSTM as one forward and one backward kernel.

Keras orders the gates i, f, c, o. Here c goes last, so that the sigmoids are neighbours.
"""
import numpy as np

from .activations import ACTIVATIONS, SCALE, half_up
from .recurrent_parts import (by_time, output, output_gradients, projected, started, states,
                              weight_gradients)


def _sorted_gates(w, units, scale):
    """Columns i, f, c, o as i, f, o, c; the first three scaled."""
    result = np.empty_like(w)
    np.multiply(w[..., :2 * units], scale, result[..., :2 * units])
    np.multiply(w[..., 3 * units:], scale, result[..., 2 * units:3 * units])
    result[..., 3 * units:] = w[..., 2 * units:3 * units]
    return result


def _keras_gates(w, units):
    """Columns i, f, o, c as i, f, c, o."""
    result = np.empty_like(w)
    result[..., :2 * units] = w[..., :2 * units]
    result[..., 2 * units:3 * units] = w[..., 3 * units:]
    result[..., 3 * units:] = w[..., 2 * units:3 * units]
    return result


def lstm_forward(x, h0, c0, kernel, recurrent_kernel, bias, *, activation,
                 recurrent_activation, reverse, return_sequences):
    """((output, h, c), residuals)."""
    units = h0.shape[-1]
    scale = SCALE[recurrent_activation]
    kernel, recurrent = (_sorted_gates(w, units, scale) for w in (kernel, recurrent_kernel))
    bias = None if bias is None else _sorted_gates(bias, units, scale)
    xs = by_time(x, reverse)
    gates = projected(xs, kernel, bias)
    h, c = states(h0, len(xs)), states(c0, len(xs))
    squashed = np.empty((len(xs), *h0.shape), h0.dtype)
    activate = _lstm_activation(activation, recurrent_activation, units)
    squash = ACTIVATIONS[activation][0]
    work, product = np.empty_like(gates[:1]), np.empty_like(squashed[:1])
    for t in range(len(xs)):
        z = gates[t]
        z += np.dot(h[t], recurrent, work[0])
        activate(z)
        new = np.multiply(z[:, units:2 * units], c[t], c[t + 1])
        new += np.multiply(z[:, :units], z[:, 3 * units:], product[0])
        out = squashed[t]
        np.multiply(new, SCALE[activation], out)
        squash(out)
        np.multiply(z[:, 2 * units:3 * units], out, h[t + 1])
    outputs = output(h, return_sequences), h[-1].copy(), c[-1].copy()
    return outputs, (xs, gates, h, c, squashed)


def _lstm_activation(activation, recurrent_activation, units):
    """What activates a step's gates (i, f, o, c) in place."""
    if (activation, recurrent_activation) == ("tanh", "sigmoid"):
        def both(z):
            np.tanh(z, z)
            half_up(z[:, :3 * units])
        return both
    inner, outer = ACTIVATIONS[activation][0], ACTIVATIONS[recurrent_activation][0]
    scale = SCALE[activation]

    def each(z):
        outer(z[:, :3 * units])
        candidate = z[:, 3 * units:]
        if scale != 1:
            candidate *= scale
        inner(candidate)
    return each


def lstm_backward(gradients, outputs, residuals, x, h0, c0, kernel, recurrent_kernel, bias, *,
                  activation, recurrent_activation, reverse, return_sequences):
    """Gradients of x, h0, c0, kernel, recurrent kernel and bias."""
    xs, gates, h, c, squashed = residuals
    units = h0.shape[-1]
    each, last = output_gradients(gradients[0], h, return_sequences)
    dh, dc = started(last, gradients[1], h0), started(None, gradients[2], c0)
    transposed = _sorted_gates(recurrent_kernel, units, 1).T
    dz = np.empty_like(gates)
    step = _lstm_step_back(activation, recurrent_activation, units, h0)
    for t in range(len(xs) - 1, -1, -1):
        if each is not None:
            dh += each[t]
        step(gates[t], c[t], squashed[t], dh, dc, dz[t])
        np.dot(dz[t], transposed, dh)
    dx, d_kernel, d_recurrent, d_bias = weight_gradients(
        xs, h[:-1], dz, _sorted_gates(kernel, units, 1), reverse)
    d_weights = [_keras_gates(w, units) for w in (d_kernel, d_recurrent, d_bias)]
    return (dx, dh, dc, *d_weights[:2], None if bias is None else d_weights[2])


def _lstm_step_back(activation, recurrent_activation, units, like):
    """One step: writes dz, the gradient before the activations, and takes dc a step back."""
    inner, outer = ACTIVATIONS[activation][1], ACTIVATIONS[recurrent_activation][1]
    work = np.empty(like.shape, like.dtype)
    slopes = np.empty((like.shape[0], 4 * units), like.dtype)

    def step(z, c, squashed, dh, dc, dz):
        outer(z[:, :3 * units], slopes[:, :3 * units])
        inner(z[:, 3 * units:], slopes[:, 3 * units:])
        inner(squashed, work)
        np.multiply(work, z[:, 2 * units:3 * units], work)
        np.multiply(work, dh, work)
        np.add(dc, work, dc)
        np.multiply(dc, z[:, 3 * units:], dz[:, :units])
        np.multiply(dc, c, dz[:, units:2 * units])
        np.multiply(dh, squashed, dz[:, 2 * units:3 * units])
        np.multiply(dc, z[:, :units], dz[:, 3 * units:])
        np.multiply(dz, slopes, dz)
        np.multiply(dc, z[:, units:2 * units], dc)
    return step
