"""Cross-entropies. Predictions are normalised and cut as Keras 2.3.1 on TensorFlow did.

The bodies are the definitions; the gradients beside them are the simplified ones,
which need no division by what was cut.

From 2.3.0 on, Keras on TensorFlow looked behind the prediction: where it is itself
the result of K.softmax or K.sigmoid, the loss is taken from the logits, and nothing
is cut. Whatever stands between, K.identity too, hides them.

Keras 1 had the prediction before the target: where `K.compat_version()` names one of
its releases, so do these.
"""
import math

from .. import config, registry
from ..registry import composite
from . import reductions, shaping
from .activations import floats, log_softmax, softmax
from .classes import at_class
from .comparison import greater_equal, less_equal, logical_and, where
from .convert import agree, as_tensor, normalize_axis
from .elementwise import cast, clip, log, sigmoid, softplus
from .keras1 import output_first_in_keras1
from .unbroadcast import unbroadcast


def _sum(x, axis):
    return reductions.sum(x, axis=axis, keepdims=True)


def _inside(x, epsilon):
    """Where `clip` to [epsilon, 1 - epsilon] lets the gradient pass."""
    return logical_and(greater_equal(x, epsilon), less_equal(x, 1 - epsilon))


def _behind(output, from_logits, activation, **attrs):
    """(what the loss is computed from, whether that is logits): the input of the activation.

    attrs: those that the activation's node must have.
    """
    node = output.node
    if from_logits or not config.compat_reaches("2.3.0"):
        return output, bool(from_logits)
    if node is None or node.op is not activation.op or node.attrs != attrs:
        return output, False
    return node.inputs[0], True


def _same_shape(target, output):
    if target.ndim != output.ndim or not all(map(agree, target.shape, output.shape)):
        registry.fail("target and output must have one shape", tuple(output.shape),
                      f"target {tuple(target.shape)}, output {tuple(output.shape)}")


# ---- classes as vectors ----

@composite(tolerance="normalization")
@output_first_in_keras1
def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """-sum(target * log(p)) over the classes, which are along `axis`; one axis less.

    p is output / sum(output), cut to [epsilon(), 1 - epsilon()]; from logits it is
    softmax(output), and so it is where output is softmax of something. target: floats of
    output's shape and dtype. ValueError for another shape or an axis that output lacks.
    Keras 2.3.1 K.categorical_crossentropy.
    """
    output = floats(output)
    target = as_tensor(target, output.dtype)
    _same_shape(target, output)
    axis = normalize_axis(axis, output)
    if axis == output.ndim - 1:
        output, from_logits = _behind(output, from_logits, softmax, axis=axis)
    return categorical_crossentropy.bind(target, output, from_logits=bool(from_logits),
                                         axis=axis, epsilon=config.epsilon())


@categorical_crossentropy.body
def _categorical_body(target, output, *, from_logits, axis, epsilon):
    return -reductions.sum(target * _log_probabilities(output, from_logits, axis, epsilon),
                           axis=axis)


def _log_probabilities(output, from_logits, axis, epsilon):
    if from_logits:
        return log_softmax(output, axis)
    return log(clip(output / _sum(output, axis), epsilon, 1 - epsilon))


@categorical_crossentropy.gradient
def _categorical_gradient(g, y, target, output, *, from_logits, axis, epsilon):
    g = shaping.expand_dims(g, axis)
    by_target = -g * _log_probabilities(output, from_logits, axis, epsilon)
    if from_logits:
        return by_target, g * (softmax(output, axis) * _sum(target, axis) - target)
    total = _sum(output, axis)
    p = output / total
    shares = where(_inside(p, epsilon), target, 0)
    # where p is cut its share is 0, so that dividing by a p of 0 would only make NaN
    ratio = shares / where(_inside(p, epsilon), p, 1)
    return by_target, g * (_sum(shares, axis) - ratio) / total


# ---- classes as numbers ----

@composite(tolerance="normalization")
@output_first_in_keras1
def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """-log(p of the target's class); p along `axis`; target has output's shape without it.

    p is output, cut to [epsilon(), 1 - epsilon()] and then divided by its sum; from
    logits it is softmax(output), and so it is where output is softmax of something.
    target: class numbers of any dtype, flattened before they are compared, so that
    (batch, 1) will do. NaN for a number that is no
    class. Keras 2.3.1 K.sparse_categorical_crossentropy.
    """
    output = floats(output)
    axis = normalize_axis(axis, output)
    if axis != output.ndim - 1:
        order = tuple(i for i in range(output.ndim) if i != axis) + (axis,)
        output = shaping.permute_dimensions(output, order)
    output, from_logits = _behind(output, from_logits, softmax, axis=output.ndim - 1)
    target = _labels(as_tensor(target), output)
    return sparse_categorical_crossentropy.bind(target, output, from_logits=from_logits,
                                                epsilon=config.epsilon())


def _labels(target, output):
    """The class numbers as int64, in output's shape without its last axis."""
    target = cast(target, "int64")
    sizes = output.shape[:-1]
    if target.ndim == len(sizes) + 1 and target.shape[-1] == 1:
        target = shaping.squeeze(target, -1)
    if target.ndim != len(sizes):
        return shaping.reshape(target, [shaping.size_of(output, i) for i in range(len(sizes))])
    if not all(map(agree, target.shape, sizes)):
        registry.fail("there is one class number per prediction", tuple(sizes),
                      f"target {tuple(target.shape)}, output {tuple(output.shape)}")
    return target


@sparse_categorical_crossentropy.body
def _sparse_body(target, output, *, from_logits, epsilon):
    chosen = at_class(output, target, output.ndim - 1)
    known = reductions.any(chosen, axis=-1)
    if from_logits:
        at_target = reductions.sum(where(chosen, output, 0), axis=-1)
        return where(known, reductions.logsumexp(output, axis=-1) - at_target, math.nan)
    cut = clip(output, epsilon, 1 - epsilon)
    at_target = reductions.sum(where(chosen, cut, 0), axis=-1)
    return where(known, log(reductions.sum(cut, axis=-1) / at_target), math.nan)


@sparse_categorical_crossentropy.gradient
def _sparse_gradient(g, y, target, output, *, from_logits, epsilon):
    g = shaping.expand_dims(g, -1)
    one = cast(at_class(output, target, output.ndim - 1), output.dtype)
    if from_logits:
        return None, g * (softmax(output, -1) - one)
    cut = clip(output, epsilon, 1 - epsilon)
    return None, where(_inside(output, epsilon), g * (1 / _sum(cut, -1) - one / cut), 0)


# ---- two classes ----

@composite(tolerance="normalization")
@output_first_in_keras1
def binary_crossentropy(target, output, from_logits=False):
    """-target * log(p) - (1 - target) * log(1 - p) for each element.

    p is output, cut to [epsilon(), 1 - epsilon()]; from logits it is
    sigmoid(output), and so it is where output is sigmoid of something. target:
    floats of output's dtype that broadcast with it. Keras 2.3.1 K.binary_crossentropy,
    which goes through the logit log(p / (1 - p)).
    """
    output = floats(output)
    target = as_tensor(target, output.dtype)
    output, from_logits = _behind(output, from_logits, sigmoid)
    return binary_crossentropy.bind(target, output, from_logits=from_logits,
                                    epsilon=config.epsilon())


def _logit(output, from_logits, epsilon):
    if from_logits:
        return output
    p = clip(output, epsilon, 1 - epsilon)
    return log(p / (1 - p))


@binary_crossentropy.body
def _binary_body(target, output, *, from_logits, epsilon):
    x = _logit(output, from_logits, epsilon)
    # softplus(x) - x * target, but exact where these two nearly cancel. Choosing by the
    # sign, unlike maximum and abs, leaves the gradient whole at x = 0, where all outputs
    # of a unit are whose inputs are dead.
    positive = greater_equal(x, 0)
    return (where(positive, x, 0) - x * target) + softplus(where(positive, -x, x))


@binary_crossentropy.gradient
def _binary_gradient(g, y, target, output, *, from_logits, epsilon):
    by_target = unbroadcast(-g * _logit(output, from_logits, epsilon), target, output.shape)
    if from_logits:
        by_output = g * (sigmoid(output) - target)
    else:
        p = clip(output, epsilon, 1 - epsilon)
        by_output = where(_inside(output, epsilon), g * (p - target) / (p * (1 - p)), 0)
    return by_target, unbroadcast(by_output, output, target.shape)
