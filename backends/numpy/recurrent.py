"""LSTM, GRU and the simple recurrent layer as one forward and one backward kernel each.

The input's product with the kernel is one matrix product over all time steps, and
so are the weights' gradients; only the recurrent product stays in the loop. Inside,
time is the first axis and steps are in processing order.
"""
import numpy as np

from .activations import ACTIVATIONS, SCALE, half_up
from .pairs import Pair, forward_only
from .reductions import leading_sum


def _by_time(x, reverse):
    """(batch, time, features) as a contiguous (time, batch, features), in processing order."""
    x = x.transpose(1, 0, 2)
    return np.ascontiguousarray(x[::-1] if reverse else x)


def _by_batch(x, reverse=False):
    x = x[::-1] if reverse else x
    return np.ascontiguousarray(x.transpose(1, 0, 2))


def _projected(x, kernel, bias):
    """x (time, batch, features) times the kernel, plus the bias."""
    steps, batch, features = x.shape
    z = np.dot(x.reshape(steps * batch, features), kernel)
    if bias is not None:
        z += bias
    return z.reshape(steps, batch, -1)


def _states(first, steps):
    """(steps + 1, batch, units): room for all states, the first one filled in."""
    states = np.empty((steps + 1, *first.shape), first.dtype)
    states[0] = first
    return states


def _output(states, return_sequences):
    return _by_batch(states[1:]) if return_sequences else states[-1].copy()


def _output_gradients(g, states, return_sequences):
    """Gradients of the outputs as (time, batch, units), and of the last one apart.

    One of the two is None, or both where no output is used.
    """
    if g is None:
        return None, None
    return (g.transpose(1, 0, 2), None) if return_sequences else (None, g)


def _started(g_last, g_state, like):
    """The gradient of the last state: the sum of those that are given."""
    total = np.zeros(like.shape, like.dtype)
    for g in (g_last, g_state):
        if g is not None:
            total += g
    return total


def _weight_gradients(x, previous, dz, kernel, reverse):
    """(dx, kernel, recurrent kernel, bias) gradients from all steps' pre-activations."""
    steps, batch, features = x.shape
    flat = dz.reshape(steps * batch, -1)
    dx = np.dot(flat, kernel.T).reshape(x.shape)
    d_kernel = np.dot(x.reshape(steps * batch, features).T, flat)
    d_recurrent = np.dot(previous.reshape(steps * batch, -1).T, flat)
    return _by_batch(dx, reverse), d_kernel, d_recurrent, leading_sum(flat)


def _supported(*names):
    """A test that every named activation has a kernel and that there is an input of 32 or 64 bits."""
    def fits(specs, attrs):
        return specs[0][1] in ("float32", "float64") and all(
            attrs[name] in ACTIVATIONS for name in names)
    return fits


# ---- LSTM ----
# Keras orders the gates i, f, c, o. Here c goes last, so that the sigmoids are neighbours.

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
    xs = _by_time(x, reverse)
    gates = _projected(xs, kernel, bias)
    h, c = _states(h0, len(xs)), _states(c0, len(xs))
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
    outputs = _output(h, return_sequences), h[-1].copy(), c[-1].copy()
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
    each, last = _output_gradients(gradients[0], h, return_sequences)
    dh, dc = _started(last, gradients[1], h0), _started(None, gradients[2], c0)
    transposed = _sorted_gates(recurrent_kernel, units, 1).T
    dz = np.empty_like(gates)
    step = _lstm_step_back(activation, recurrent_activation, units, h0)
    for t in range(len(xs) - 1, -1, -1):
        if each is not None:
            dh += each[t]
        step(gates[t], c[t], squashed[t], dh, dc, dz[t])
        np.dot(dz[t], transposed, dh)
    dx, d_kernel, d_recurrent, d_bias = _weight_gradients(
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


# ---- GRU: gates z, r, h ----

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
    xs = _by_time(x, reverse)
    gates = _projected(xs, kernel, added)
    h = _states(h0, len(xs))
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
    return (_output(h, return_sequences), h[-1].copy()), (xs, gates, h, kept)


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
    each, last = _output_gradients(gradients[0], h, return_sequences)
    dh = _started(last, gradients[1], h0)
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
    dx, d_kernel, _, d_bias = _weight_gradients(xs, h[:-1], dz, kernel, reverse)
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


# ---- simple recurrent layer ----

def simple_rnn_forward(x, h0, kernel, recurrent_kernel, bias, *, activation, reverse,
                       return_sequences):
    """((output, h), residuals)."""
    scale = kernel.dtype.type(SCALE[activation])
    if scale != 1:
        kernel, recurrent_kernel = kernel * scale, recurrent_kernel * scale
        bias = None if bias is None else bias * scale
    xs = _by_time(x, reverse)
    z = _projected(xs, kernel, bias)
    h = _states(h0, len(xs))
    activate = ACTIVATIONS[activation][0]
    for t in range(len(xs)):
        new = np.dot(h[t], recurrent_kernel, h[t + 1])
        new += z[t]
        activate(new)
    return (_output(h, return_sequences), h[-1].copy()), (xs, h)


def simple_rnn_backward(gradients, outputs, residuals, x, h0, kernel, recurrent_kernel, bias, *,
                        activation, reverse, return_sequences):
    """Gradients of x, h0, kernel, recurrent kernel and bias."""
    xs, h = residuals
    each, last = _output_gradients(gradients[0], h, return_sequences)
    dh = _started(last, gradients[1], h0)
    dz = np.empty((len(xs), *h0.shape), h0.dtype)
    slope = ACTIVATIONS[activation][1]
    for t in range(len(xs) - 1, -1, -1):
        if each is not None:
            dh += each[t]
        slope(h[t + 1], dz[t])
        np.multiply(dz[t], dh, dz[t])
        np.dot(dz[t], recurrent_kernel.T, dh)
    dx, d_kernel, d_recurrent, d_bias = _weight_gradients(xs, h[:-1], dz, kernel, reverse)
    return dx, dh, d_kernel, d_recurrent, None if bias is None else d_bias


VJPS = {
    "lstm": Pair(lstm_forward, lstm_backward, _supported("activation", "recurrent_activation")),
    "gru": Pair(gru_forward, gru_backward, _supported("activation", "recurrent_activation")),
    "simple_rnn": Pair(simple_rnn_forward, simple_rnn_backward, _supported("activation")),
}
SPECIALIZERS = {name: forward_only(pair) for name, pair in VJPS.items()}
