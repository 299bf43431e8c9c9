"""Activation functions, and what K offers beside them. Gradients follow TensorFlow at kinks."""
from ..graph import Tensor
from ..registry import composite
from . import elementwise, reductions
from .comparison import greater, greater_equal, less, less_equal, logical_and, where
from .convert import FLOATS, as_tensor, need_dtype, normalize_axes, normalize_axis
from .elementwise import exp, expm1, maximum, minimum


def floats(x):
    """The value as a tensor of a floating dtype; TypeError for another."""
    x = as_tensor(x)
    need_dtype(FLOATS, x=x)
    return x


# ---- rectifiers ----

@composite(tolerance="arithmetic", elementwise=True)
def relu(x, alpha=0., max_value=None, threshold=0.):
    """max_value where x >= max_value, x where x > threshold, else alpha * (x - threshold).

    Numbers; alpha, max_value, threshold: numbers (alpha also a tensor). A negative
    threshold without a max_value lets what lies above it pass. The gradient is 1 at
    max_value, and 0 at the threshold; alpha there with neither of the two given, for
    which TensorFlow had a kernel of its own. Keras 2.3.1 K.relu.
    """
    x = as_tensor(x)
    if isinstance(alpha, Tensor):
        above = relu(x, 0., max_value, threshold)
        return above + alpha * _below(x, max_value, threshold)
    return relu.bind(x, alpha=float(alpha), threshold=float(threshold),
                     max_value=None if max_value is None else float(max_value))


def _below(x, max_value, threshold):
    """How far x is below the threshold; which slope it has there depends on the form."""
    if threshold or max_value is not None:
        return -relu(threshold - x)
    return minimum(x, 0)


@relu.body
def _relu_body(x, *, alpha, max_value, threshold):
    if not (alpha or threshold) and max_value is None:
        return maximum(x, 0)
    y = where(greater(x, threshold), x, 0) if threshold else relu(x)
    if max_value is not None:
        # a rectifier, since maximum would let the gradient pass at 0
        y = minimum(relu(y) if threshold else y, max_value)
    return y + alpha * _below(x, max_value, threshold) if alpha else y


@relu.gradient
def _relu_gradient(g, y, x, *, alpha, max_value, threshold):
    lowest = threshold if max_value is None else max(threshold, 0.)
    plain = not alpha and max_value is None and not threshold
    passes = greater(y if plain else x, lowest)  # y > 0 says the same, and x can be forgotten
    if max_value is not None:
        passes = logical_and(passes, less_equal(x, max_value))
    leaky = max_value is None and not threshold
    slopes = less_equal if leaky else less
    below = where(slopes(x, threshold), alpha * g, 0) if alpha else 0
    return where(passes, g, below)


@composite(tolerance="transcendental", elementwise=True)
def elu(x, alpha=1.):
    """x where it is positive, else alpha * (exp(x) - 1). Keras 2.3.1 K.elu."""
    return elu.bind(floats(x), alpha=float(alpha))


@elu.body
def _elu_body(x, *, alpha):
    return where(greater(x, 0), x, alpha * expm1(minimum(x, 0)))


@elu.gradient
def _elu_gradient(g, y, x, *, alpha):
    return where(greater(x, 0), g, g * (y + alpha))


# ---- sigmoids ----

@composite(tolerance="arithmetic", elementwise=True)
def hard_sigmoid(x):
    """0.2 x + 0.5, cut to [0, 1]: Keras 2.3.1 K.hard_sigmoid (not x / 6 + 0.5)."""
    return hard_sigmoid.bind(floats(x))


@hard_sigmoid.body
def _hard_sigmoid_body(x):
    return maximum(minimum(0.2 * x + 0.5, 1), 0)


@hard_sigmoid.gradient
def _hard_sigmoid_gradient(g, y, x):
    return where(less_equal(elementwise.abs(x), 2.5), 0.2 * g, 0)


@composite(tolerance="arithmetic", elementwise=True)
def softsign(x):
    """x / (1 + |x|). Keras 2.3.1 K.softsign."""
    return softsign.bind(floats(x))


@softsign.body
def _softsign_body(x):
    return x / (1 + elementwise.abs(x))


@softsign.gradient
def _softsign_gradient(g, y, x):
    return g / elementwise.square(1 + elementwise.abs(x))


# ---- over an axis ----

@composite(tolerance="normalization")
def softmax(x, axis=-1):
    """exp(x) over the sum of exp(x) along an axis, without overflow. Keras 2.3.1 K.softmax."""
    x = floats(x)
    return softmax.bind(x, axis=normalize_axis(axis, x))


@softmax.body
def _softmax_body(x, *, axis):
    powers = exp(x - reductions.max(x, axis=axis, keepdims=True))
    return powers / reductions.sum(powers, axis=axis, keepdims=True)


@softmax.gradient
def _softmax_gradient(g, y, x, *, axis):
    return y * (g - reductions.sum(g * y, axis=axis, keepdims=True))


@composite(tolerance="normalization")
def log_softmax(x, axis=-1):
    """The logarithm of `softmax`, exact where softmax is tiny."""
    x = floats(x)
    return log_softmax.bind(x, axis=normalize_axis(axis, x))


@log_softmax.body
def _log_softmax_body(x, *, axis):
    shifted = x - reductions.max(x, axis=axis, keepdims=True)
    return shifted - elementwise.log(reductions.sum(exp(shifted), axis=axis, keepdims=True))


@log_softmax.gradient
def _log_softmax_gradient(g, y, x, *, axis):
    return g - exp(y) * reductions.sum(g, axis=axis, keepdims=True)


SMALLEST_SQUARE = 1e-12


@composite(tolerance="normalization")
def l2_normalize(x, axis=None):
    """x / sqrt(max(sum of x^2 over the axes, 1e-12)). Keras 2.3.1 K.l2_normalize.

    axis: an int, a list of them, or None for all. Zeros stay zeros.
    """
    x = floats(x)
    return l2_normalize.bind(x, axis=normalize_axes(axis, x))


def _squares(x, axis):
    return reductions.sum(elementwise.square(x), axis=axis, keepdims=True)


@l2_normalize.body
def _l2_normalize_body(x, *, axis):
    return x / elementwise.sqrt.bind(maximum(_squares(x, axis), SMALLEST_SQUARE))


@l2_normalize.gradient
def _l2_normalize_gradient(g, y, x, *, axis):
    squares = _squares(x, axis)
    length = elementwise.sqrt.bind(maximum(squares, SMALLEST_SQUARE))
    along = reductions.sum(g * y, axis=axis, keepdims=True)
    return (g - where(greater_equal(squares, SMALLEST_SQUARE), y * along, 0)) / length
