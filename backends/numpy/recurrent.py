"""The fused recurrent layers: the simple one, and the table of all three."""
import numpy as np

from .activations import ACTIVATIONS, SCALE
from .gru import gru_backward, gru_forward
from .lstm import lstm_backward, lstm_forward
from .pairs import Pair, forward_only
from .recurrent_parts import (by_time, output, output_gradients, projected, started, states,
                              supported, weight_gradients)


def simple_rnn_forward(x, h0, kernel, recurrent_kernel, bias, *, activation, reverse,
                       return_sequences):
    """((output, h), residuals)."""
    scale = kernel.dtype.type(SCALE[activation])
    if scale != 1:
        kernel, recurrent_kernel = kernel * scale, recurrent_kernel * scale
        bias = None if bias is None else bias * scale
    xs = by_time(x, reverse)
    z = projected(xs, kernel, bias)
    h = states(h0, len(xs))
    activate = ACTIVATIONS[activation][0]
    for t in range(len(xs)):
        new = np.dot(h[t], recurrent_kernel, h[t + 1])
        new += z[t]
        activate(new)
    return (output(h, return_sequences), h[-1].copy()), (xs, h)


def simple_rnn_backward(gradients, outputs, residuals, x, h0, kernel, recurrent_kernel, bias, *,
                        activation, reverse, return_sequences):
    """Gradients of x, h0, kernel, recurrent kernel and bias."""
    xs, h = residuals
    each, last = output_gradients(gradients[0], h, return_sequences)
    dh = started(last, gradients[1], h0)
    dz = np.empty((len(xs), *h0.shape), h0.dtype)
    slope = ACTIVATIONS[activation][1]
    for t in range(len(xs) - 1, -1, -1):
        if each is not None:
            dh += each[t]
        slope(h[t + 1], dz[t])
        np.multiply(dz[t], dh, dz[t])
        np.dot(dz[t], recurrent_kernel.T, dh)
    dx, d_kernel, d_recurrent, d_bias = weight_gradients(xs, h[:-1], dz, kernel, reverse)
    return dx, dh, d_kernel, d_recurrent, None if bias is None else d_bias


VJPS = {
    "lstm": Pair(lstm_forward, lstm_backward, supported("activation", "recurrent_activation")),
    "gru": Pair(gru_forward, gru_backward, supported("activation", "recurrent_activation")),
    "simple_rnn": Pair(simple_rnn_forward, simple_rnn_backward, supported("activation")),
}
SPECIALIZERS = {name: forward_only(pair) for name, pair in VJPS.items()}
