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
    if reset_after and SCALE[activation] != 1:
        kept = kept / SCALE[activation]
    factors = _factors(gates, h[:-1], kept, activation, recurrent_activation, reset_after)
    dz = np.empty_like(gates)
    # With reset_after the recurrent product's gradient differs from dz in its last third.
    d_product = np.empty_like(gates) if reset_after else dz
    loop = _back_after if reset_after else _back_before
    dh = loop(gates, factors, each, dh, dz, d_product, recurrent_kernel)
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


def _factors(gates, previous, kept, activation, recurrent_activation, reset_after):
    """What a step's incoming gradient is multiplied by, for all steps at once.

    Columns z and h: by the state's gradient. Column r: by the same with reset_after,
    where `kept` is the product that it scales, else by that of r * h.
    """
    units = previous.shape[-1]
    inner, outer = ACTIVATIONS[activation][1], ACTIVATIONS[recurrent_activation][1]
    factors = np.empty_like(gates)
    outer(gates[..., :2 * units], factors[..., :2 * units])
    inner(gates[..., 2 * units:], factors[..., 2 * units:])
    factors[..., :units] *= previous - gates[..., 2 * units:]
    factors[..., 2 * units:] *= 1 - gates[..., :units]
    by_reset = factors[..., units:2 * units]
    by_reset *= kept if reset_after else previous
    if reset_after:
        by_reset *= factors[..., 2 * units:]
    return factors


def _back_before(gates, factors, each, dh, dz, d_product, recurrent):
    """Fills dz from the last step to the first; the gradient of the first state."""
    batch, units = dh.shape
    both, last = recurrent[:, :2 * units].T, recurrent[:, 2 * units:].T
    update, reset = gates[..., :units], gates[..., units:2 * units]
    by_reset, d_reset, d_last = (a[..., n * units:(n + 1) * units] for a, n in
                                 ((factors, 1), (dz, 1), (dz, 2)))
    # columns z and h
    outside, d_outside = (a.reshape(len(gates), batch, 3, units)[:, :, ::2]
                          for a in (factors, dz))
    for t in range(len(gates) - 1, -1, -1):
        if each is not None:
            dh += each[t]
        np.multiply(dh[:, None], outside[t], d_outside[t])
        d_kept = np.dot(d_last[t], last)
        np.multiply(d_kept, by_reset[t], d_reset[t])
        d_kept *= reset[t]
        dh *= update[t]
        dh += d_kept
        dh += np.dot(dz[t, :, :2 * units], both)
    return dh


def _back_after(gates, factors, each, dh, dz, d_product, recurrent):
    """The same; fills d_product too."""
    batch, units = dh.shape
    transposed = recurrent.T
    update, reset = gates[..., :units], gates[..., units:2 * units]
    thirds, d_thirds = (a.reshape(len(gates), batch, 3, units) for a in (factors, dz))
    for t in range(len(gates) - 1, -1, -1):
        if each is not None:
            dh += each[t]
        np.multiply(dh[:, None], thirds[t], d_thirds[t])
        product = d_product[t]
        product[...] = dz[t]
        product[:, 2 * units:] *= reset[t]
        dh *= update[t]
        dh += np.dot(product, transposed)
    return dh
