"""Composites with a faster native form: activations, normalisation, losses.

Each is a forward kernel, and a backward one where the composite's own derivative
would make more passes over memory.
"""
import numpy as np

from . import elementwise, reductions
from .pairs import Pair, forward_only
from .reductions import leading_sum

# Elements per block: several passes over a block find it in the second-level cache.
_BLOCK = 1 << 15
# The same where only the block's sums are kept.
_SUM_BLOCK = 1 << 16


# ---- activations ----

_ZEROS = {kind: np.zeros((), kind) for kind in "efdbBhilq"}


def relu(x, alpha=0.0, max_value=None, threshold=0.0, out=None):
    """x above the threshold (cut at max_value), alpha * (x - threshold) below it."""
    zero = _ZEROS[x.dtype.char]
    if threshold:
        y = elementwise.where(x > threshold, x, zero)
        y = y if max_value is None else np.maximum(y, zero)
    else:
        y = elementwise.maximum(x, zero, out=None if alpha else out)
    if max_value is not None:
        y = elementwise.minimum(y, x.dtype.type(max_value), out=y)
    if alpha:
        y = y + alpha * np.minimum(x - threshold, zero)
    return y


def softmax(x, axis):
    """exp(x) / sum(exp(x)) along the axis, shifted so that nothing overflows."""
    y = x - reductions.max(x, (axis,), True)
    np.exp(y, y)
    y /= reductions.sum(y, (axis,), True)
    return y


# ---- channels: vectors that broadcast over all axes but the last ----

def _wide_rows(x):
    """(rows, repeats): a contiguous x as rows of several times its last axis.

    Elementwise calls with a vector of few channels spend their time between the
    rows; longer rows with the vector repeated do not.
    """
    channels = x.shape[-1]
    count = x.size // channels
    repeats = 1
    while channels * repeats < 512 and count % (2 * repeats) == 0:
        repeats *= 2
    return x.reshape(count // repeats, channels * repeats), repeats


def _repeated(vector, repeats):
    """The vector so many times, as `np.tile` has it, in a quarter of its time."""
    result = np.empty((repeats, len(vector)), vector.dtype)
    result[...] = vector
    return result.reshape(-1)


def _row_blocks(rows, block=_BLOCK):
    step = max(1, block // rows.shape[1])
    return [slice(first, first + step) for first in range(0, len(rows), step)]


def _centred(rows, mean):
    """(slice, rows - mean) of each block of rows, in one buffer."""
    buffer = None
    for part in _row_blocks(rows, _SUM_BLOCK):
        block = rows[part]
        buffer = np.empty_like(block) if buffer is None else buffer
        yield part, np.subtract(block, mean, buffer[:len(block)])


# ---- batch normalisation over all axes but the last ----

def _channels_last(specs):
    shape, dtype = specs[0]
    return len(shape) > 1 and shape[-1] and dtype in ("float32", "float64")


def _over_last(specs, attrs):
    return attrs["axes"] == tuple(range(len(specs[0][0]) - 1)) and _channels_last(specs)


def _normalized(x, mean, factor, beta):
    """(x - mean) * factor + beta with vectors over the last axis of a contiguous x."""
    rows, repeats = _wide_rows(x)
    mean, factor = _repeated(mean, repeats), _repeated(factor, repeats)
    beta = None if beta is None else _repeated(beta, repeats)
    y = np.empty_like(rows)
    for part in _row_blocks(rows):
        block = np.subtract(rows[part], mean, y[part])
        block *= factor
        if beta is not None:
            block += beta
    return y.reshape(x.shape)


def batch_normalization(x, mean, var, beta, gamma, *, axis, epsilon):
    """x normalised along its last axis by the given statistics."""
    factor = 1 / np.sqrt(var + x.dtype.type(epsilon))
    factor = factor if gamma is None else factor * gamma
    return _normalized(np.ascontiguousarray(x), mean, factor, beta)


def _specialize_batch_normalization(specs, attrs):
    if attrs["axis"] != len(specs[0][0]) - 1 or not _channels_last(specs):
        return None
    return lambda *inputs: batch_normalization(*inputs, **attrs)


def batch_norm_forward(x, gamma, beta, *, axes, epsilon):
    """((y, mean, var), residuals): statistics of each channel, and x normalised by them."""
    x = np.ascontiguousarray(x)
    channels = x.shape[-1]
    count = x.dtype.type(x.size // channels)
    mean = leading_sum(x.reshape(-1, channels)) / count
    var = _squares(x, mean) / count
    inverse = 1 / np.sqrt(var + x.dtype.type(epsilon))
    y = _normalized(x, mean, inverse if gamma is None else inverse * gamma, beta)
    return (y, mean, var), (x, inverse)


def _squares(x, mean):
    """Sums of (x - mean)^2 of each channel."""
    rows, repeats = _wide_rows(x)
    total = np.zeros(rows.shape[1], rows.dtype)
    for _, centred in _centred(rows, _repeated(mean, repeats)):
        total += np.einsum("rc,rc->c", centred, centred)
    return total.reshape(repeats, -1).sum(0)


def batch_norm_backward(gradients, outputs, residuals, x, gamma, beta, *, axes, epsilon):
    """Gradients of x, gamma and beta; those of the statistics are passed on too."""
    g, g_mean, g_var = gradients
    x, inverse = residuals
    mean, channels = outputs[1], x.shape[-1]
    count = x.dtype.type(x.size // channels)
    rows, repeats = _wide_rows(x)
    g = np.zeros_like(rows) if g is None else np.ascontiguousarray(g).reshape(rows.shape)
    wide_mean = _repeated(mean, repeats)
    d_beta, d_gamma = _scale_gradients(rows, g, wide_mean, repeats)
    d_gamma *= inverse
    factor = inverse if gamma is None else inverse * gamma
    # dx = factor g + slope (x - mean) + shift, per channel.
    slope = -factor * inverse * d_gamma / count
    shift = -factor * d_beta / count
    if g_var is not None:
        slope = slope + 2 * g_var / count
    if g_mean is not None:
        shift = shift + g_mean / count
    dx = _affine(rows, g, wide_mean, *[_repeated(v, repeats) for v in (factor, slope, shift)])
    return (dx.reshape(x.shape), None if gamma is None else d_gamma,
            None if beta is None else d_beta)


def _scale_gradients(rows, g, wide_mean, repeats):
    """(sum of g, sum of g (x - mean)) of each channel."""
    sums = np.zeros((2, rows.shape[1]), rows.dtype)
    for part, centred in _centred(rows, wide_mean):
        sums[0] += leading_sum(g[part])
        sums[1] += np.einsum("rc,rc->c", g[part], centred)
    return sums.reshape(2, repeats, -1).sum(1)


def _affine(rows, g, wide_mean, factor, slope, shift):
    dx = np.empty_like(rows)
    for part in _row_blocks(rows):
        block = np.subtract(rows[part], wide_mean, dx[part])
        block *= slope
        block += shift
        block += g[part] * factor
    return dx


OPS = {"relu": relu, "softmax": softmax}
INPLACE = {"relu": relu}
VJPS = {
    "normalize_batch_in_training": Pair(batch_norm_forward, batch_norm_backward, _over_last),
}
SPECIALIZERS = {name: forward_only(pair) for name, pair in VJPS.items()}
SPECIALIZERS["batch_normalization"] = _specialize_batch_normalization
