"""GRU as one forward and one backward kernel, with the reset gate before or after the product."""
import numpy as np

from .activations import ACTIVATIONS, SCALE
from .recurrent_parts import (by_time, output, output_gradients, projected, started, states,
                              weight_gradients)
from .reductions import leading_sum


def _gru_biases(bias, reset_after):
    """(what is added to the input's product, what is added to the recurrent one)."""
    if bias is None or not reset_after:
        return bias, None
    return bias[0], bias[1]


def _scaled_gates(w, units, scale, inner):
    """Columns z, r and h scaled for their activations."""
    if w is None:
        return None
    result = w * w.dtype.type(scale)
    if inner != scale:
        np.multiply(w[..., 2 * units:], inner, result[..., 2 * units:])
    return result


def gru_forward(x, h0, kernel, recurrent_kernel, bias, *, activation, recurrent_activation,
                reset_after, reverse, return_sequences):
    """((output, h), residuals)."""
    units = h0.shape[-1]
    scale = SCALE[recurrent_activation], SCALE[activation]
    added, recurrent_bias = _gru_biases(bias, reset_after)
    kernel, recurrent, added, recurrent_bias = (
        _scaled_gates(w, units, *scale) for w in (kernel, recurrent_kernel, added, recurrent_bias))
    xs = by_time(x, reverse)
    gates = projected(xs, kernel, added)
    h = states(h0, len(xs))
    step = (_gru_step_after if reset_after else _gru_step)(
        recurrent, recurrent_bias, activation, recurrent_activation, h0)
    kept = np.empty((len(xs), *h0.shape), h0.dtype)
    difference = np.empty(h0.shape, h0.dtype)
    for t in range(len(xs)):
        gate = gates[t]
        step(gate, h[t], kept[t])
        candidate = gate[:, 2 * units:]
        np.subtract(h[t], candidate, difference)
        difference *= gate[:, :units]
        np.add(candidate, difference, h[t + 1])
    return (output(h, return_sequences), h[-1].copy()), (xs, gates, h, kept)


def _gru_step(recurrent, recurrent_bias, activation, recurrent_activation, like):
    """Gates of a step where the reset gate acts on the state; keeps r * h."""
    units = like.shape[-1]
    inner, outer = ACTIVATIONS[activation][0], ACTIVATIONS[recurrent_activation][0]
    both = np.ascontiguousarray(recurrent[:, :2 * units])
    last = np.ascontiguousarray(recurrent[:, 2 * units:])
    work = np.empty((len(like), 2 * units), like.dtype)
    product = np.empty(like.shape, like.dtype)

    def step(gate, h, kept):
        gate[:, :2 * units] += np.dot(h, both, work)
        outer(gate[:, :2 * units])
        np.multiply(gate[:, units:2 * units], h, kept)
        candidate = gate[:, 2 * units:]
        candidate += np.dot(kept, last, product)
        inner(candidate)
    return step


def _gru_step_after(recurrent, recurrent_bias, activation, recurrent_activation, like):
    """Gates of a step where the reset gate acts on the product; keeps that product."""
    units = like.shape[-1]
    inner, outer = ACTIVATIONS[activation][0], ACTIVATIONS[recurrent_activation][0]
    work = np.empty((len(like), 3 * units), like.dtype)
    product = np.empty(like.shape, like.dtype)

    def step(gate, h, kept):
        np.dot(h, recurrent, work)
        if recurrent_bias is not None:
            np.add(work, recurrent_bias, work)
        gate[:, :2 * units] += work[:, :2 * units]
        outer(gate[:, :2 * units])
        kept[...] = work[:, 2 * units:]
        candidate = gate[:, 2 * units:]
        candidate += np.multiply(gate[:, units:2 * units], kept, product)
        inner(candidate)
    return step


def gru_backward(gradients, outputs, residuals, x, h0, kernel, recurrent_kernel, bias, *,
                 activation, recurrent_activation, reset_after, reverse, return_sequences):
    """Gradients of x, h0, kernel, recurrent kernel and bias."""
    xs, gates, h, kept = residuals
    units = h0.shape[-1]
    each, last = output_gradients(gradients[0], h, return_sequences)
    dh = started(last, gradients[1], h0)
    dz = np.empty_like(gates)
    # With reset_after the recurrent product's gradient differs from dz in its last third.
    inner_scale = SCALE[activation]
    d_product = np.empty_like(gates) if reset_after else dz
    step = (_gru_back_after if reset_after else _gru_back)(
        recurrent_kernel, activation, recurrent_activation, h0)
    for t in range(len(xs) - 1, -1, -1):
        if each is not None:
            dh += each[t]
        dh = step(gates[t], h[t], kept[t] / inner_scale if reset_after else kept[t], dh, dz[t],
                  d_product[t])
    dx, d_kernel, _, d_bias = weight_gradients(xs, h[:-1], dz, kernel, reverse)
    d_recurrent = _gru_recurrent_gradient(h[:-1], kept, d_product, units, reset_after)
    if bias is None:
        d_bias = None
    elif reset_after:
        d_bias = np.stack([d_bias, leading_sum(d_product.reshape(-1, 3 * units))])
    return dx, dh, d_kernel, d_recurrent, d_bias


def _gru_recurrent_gradient(previous, kept, d_product, units, reset_after):
    flat = d_product.reshape(-1, 3 * units)
    previous = previous.reshape(-1, units)
    if reset_after:
        return np.dot(previous.T, flat)
    last = np.dot(kept.reshape(-1, units).T, flat[:, 2 * units:])
    return np.concatenate([np.dot(previous.T, flat[:, :2 * units]), last], -1)


def _gru_slopes(activation, recurrent_activation, like):
    """A function that gives the derivatives at a step's activations, in one buffer."""
    units = like.shape[-1]
    inner, outer = ACTIVATIONS[activation][1], ACTIVATIONS[recurrent_activation][1]
    slopes = np.empty((len(like), 3 * units), like.dtype)

    def compute(gate):
        outer(gate[:, :2 * units], slopes[:, :2 * units])
        inner(gate[:, 2 * units:], slopes[:, 2 * units:])
        return slopes
    return compute


def _gru_back(recurrent, activation, recurrent_activation, like):
    units = like.shape[-1]
    both, last = recurrent[:, :2 * units].T, recurrent[:, 2 * units:].T
    slopes_at = _gru_slopes(activation, recurrent_activation, like)

    def step(gate, h, kept, dh, dz, d_product):
        update, reset, candidate = np.split(gate, 3, -1)
        slopes = slopes_at(gate)
        np.multiply(dh, h - candidate, dz[:, :units])
        np.multiply(dh, 1 - update, dz[:, 2 * units:])
        dz[:, 2 * units:] *= slopes[:, 2 * units:]
        d_kept = np.dot(dz[:, 2 * units:], last)
        np.multiply(d_kept, h, dz[:, units:2 * units])
        dz[:, :2 * units] *= slopes[:, :2 * units]
        before = np.dot(dz[:, :2 * units], both)
        d_kept *= reset
        before += d_kept
        before += dh * update
        return before
    return step


def _gru_back_after(recurrent, activation, recurrent_activation, like):
    units = like.shape[-1]
    transposed = recurrent.T
    slopes_at = _gru_slopes(activation, recurrent_activation, like)

    def step(gate, h, product, dh, dz, d_product):
        update, reset, candidate = np.split(gate, 3, -1)
        slopes = slopes_at(gate)
        np.multiply(dh, h - candidate, dz[:, :units])
        np.multiply(dh, 1 - update, dz[:, 2 * units:])
        dz[:, 2 * units:] *= slopes[:, 2 * units:]
        np.multiply(dz[:, 2 * units:], product, dz[:, units:2 * units])
        dz[:, :2 * units] *= slopes[:, :2 * units]
        d_product[:, :2 * units] = dz[:, :2 * units]
        np.multiply(dz[:, 2 * units:], reset, d_product[:, 2 * units:])
        before = np.dot(d_product, transposed)
        before += dh * update
        return before
    return step
