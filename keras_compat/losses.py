"""Losses: functions of (y_true, y_pred) that give a loss per sample, and their classes.

A function reduces the last axis: (batch, ..., features) -> (batch, ...). A class
adds weights and a reduction. Formulas and defaults are those of Keras 2.3.1.
"""
import math

from . import backend as K
from .backend import errors
from .utils import losses_utils
from .utils.generic_utils import deserialize_keras_object, serialize_keras_object
from .utils.losses_utils import Reduction
from .utils.named import OpenTable


class Loss:
    """Base of the loss classes: subclasses define `call(y_true, y_pred)`.

    reduction: 'sum_over_batch_size', 'sum' or 'none'.
    """

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE, name=None):
        Reduction.validate(reduction)
        self.reduction = reduction
        self.name = name

    def __call__(self, y_true, y_pred, sample_weight=None):
        """The reduced loss; `sample_weight` has an entry per loss, or fewer axes."""
        losses = self.call(y_true, y_pred)
        return losses_utils.compute_weighted_loss(losses, sample_weight, self.reduction)

    @classmethod
    def from_config(cls, config):
        """The loss whose `get_config` gave `config`."""
        return cls(**config)

    def get_config(self):
        """`reduction` and `name`."""
        return {"reduction": self.reduction, "name": self.name}

    def call(self, y_true, y_pred):
        """The loss of each sample; what a subclass must define."""
        raise NotImplementedError(errors.message(
            type(self).__name__, "a loss class must define what it computes",
            "a method call(y_true, y_pred)", "none"))


class LossFunctionWrapper(Loss):
    """A loss function as a class; further keywords are passed on to the function."""

    def __init__(self, fn, reduction=Reduction.SUM_OVER_BATCH_SIZE, name=None, **kwargs):
        super().__init__(reduction=reduction, name=name)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true, y_pred):
        """What the function gives."""
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self):
        """The base's entries and the function's keywords, tensors as values."""
        config = {k: K.eval(v) if K.is_tensor(v) else v for k, v in self._fn_kwargs.items()}
        return {**super().get_config(), **config}


# ---- functions ----

def _pair(y_true, y_pred):
    """Both as tensors of the predictions' dtype."""
    if not K.is_tensor(y_pred):
        y_pred = K.constant(y_pred)
    if not K.is_tensor(y_true):
        y_true = K.constant(y_true, dtype=K.dtype(y_pred))
    return K.cast(y_true, K.dtype(y_pred)), y_pred


def mean_squared_error(y_true, y_pred):
    """mean((y_pred - y_true)^2) over the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    return K.mean(K.square(y_pred - y_true), axis=-1)


def mean_absolute_error(y_true, y_pred):
    """mean(|y_pred - y_true|) over the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    return K.mean(K.abs(y_pred - y_true), axis=-1)


def mean_absolute_percentage_error(y_true, y_pred):
    """100 mean(|y_true - y_pred| / max(|y_true|, epsilon)) over the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    scale = K.maximum(K.abs(y_true), K.epsilon())
    return 100. * K.mean(K.abs((y_true - y_pred) / scale), axis=-1)


def mean_squared_logarithmic_error(y_true, y_pred):
    """mean((log(1 + max(y_pred, epsilon)) - log(1 + max(y_true, epsilon)))^2)."""
    y_true, y_pred = _pair(y_true, y_pred)
    predicted = K.log(K.maximum(y_pred, K.epsilon()) + 1.)
    wanted = K.log(K.maximum(y_true, K.epsilon()) + 1.)
    return K.mean(K.square(predicted - wanted), axis=-1)


def _as_signs(y_true):
    """Targets in {-1, 1}: where all are 0 or 1, as 2 y - 1."""
    binary = K.all(K.equal(y_true, K.square(y_true)))
    return K.switch(binary, 2. * y_true - 1., y_true)


def squared_hinge(y_true, y_pred):
    """mean(max(1 - y_true y_pred, 0)^2), targets in {-1, 1} (or all in {0, 1})."""
    y_true, y_pred = _pair(y_true, y_pred)
    return K.mean(K.square(K.maximum(1. - _as_signs(y_true) * y_pred, 0.)), axis=-1)


def hinge(y_true, y_pred):
    """mean(max(1 - y_true y_pred, 0)), targets in {-1, 1} (or all in {0, 1})."""
    y_true, y_pred = _pair(y_true, y_pred)
    return K.mean(K.maximum(1. - _as_signs(y_true) * y_pred, 0.), axis=-1)


def categorical_hinge(y_true, y_pred):
    """max(0, 1 + the best wrong score - the right score), one-hot targets."""
    y_true, y_pred = _pair(y_true, y_pred)
    right = K.sum(y_true * y_pred, axis=-1)
    wrong = K.max((1. - y_true) * y_pred, axis=-1)
    return K.maximum(0., wrong - right + 1.)


def logcosh(y_true, y_pred):
    """mean(log(cosh(y_pred - y_true))), without overflow for large errors."""
    y_true, y_pred = _pair(y_true, y_pred)
    error = y_pred - y_true
    return K.mean(error + K.softplus(-2. * error) - math.log(2.), axis=-1)


def huber_loss(y_true, y_pred, delta=1.0):
    """e^2 / 2 up to |e| = delta, delta (|e| - delta / 2) beyond; per element, not reduced."""
    y_true, y_pred = _pair(y_true, y_pred)
    error = K.abs(y_pred - y_true)
    inner = K.minimum(error, delta)
    return 0.5 * K.square(inner) + delta * (error - inner)


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0):
    """-sum(y_true log(p)) over the last axis, p normalised to the sum 1.

    label_smoothing s: targets y (1 - s) + s / classes.
    """
    y_true, y_pred = _pair(y_true, y_pred)
    y_true = _smoothed(y_true, label_smoothing,
                       lambda s: s / K.cast(K.shape(y_true)[1], K.dtype(y_true)))
    return K.categorical_crossentropy(target=y_true, output=y_pred, from_logits=from_logits)


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, axis=-1):
    """-log(p[y_true]); y_true holds class numbers, (batch, ..., 1) or (batch, ...)."""
    if not K.is_tensor(y_true):
        y_true = K.constant(y_true)
    if not K.is_tensor(y_pred):
        y_pred = K.constant(y_pred)
    return K.sparse_categorical_crossentropy(target=y_true, output=y_pred,
                                             from_logits=from_logits, axis=axis)


def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0):
    """mean(-y log(p) - (1 - y) log(1 - p)) over the last axis.

    label_smoothing s: targets y (1 - s) + s / 2.
    """
    y_true, y_pred = _pair(y_true, y_pred)
    y_true = _smoothed(y_true, label_smoothing, lambda s: 0.5 * s)
    each = K.binary_crossentropy(target=y_true, output=y_pred, from_logits=from_logits)
    return K.mean(each, axis=-1)


def _smoothed(y_true, smoothing, added):
    """Targets y (1 - s) + added(s); a plain 0 leaves them, a tensor is taken as it is."""
    if not K.is_tensor(smoothing) and not smoothing:
        return y_true
    return y_true * (1. - smoothing) + added(smoothing)


def kullback_leibler_divergence(y_true, y_pred):
    """sum(y log(y / p)) over the last axis, both clipped to [epsilon, 1]."""
    y_true, y_pred = _pair(y_true, y_pred)
    y_true = K.clip(y_true, K.epsilon(), 1)
    y_pred = K.clip(y_pred, K.epsilon(), 1)
    return K.sum(y_true * K.log(y_true / y_pred), axis=-1)


def poisson(y_true, y_pred):
    """mean(p - y log(p + epsilon)) over the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    return K.mean(y_pred - y_true * K.log(y_pred + K.epsilon()), axis=-1)


def cosine_proximity(y_true, y_pred, axis=-1):
    """Minus the cosine of the angle between y_true and y_pred along `axis`."""
    y_true, y_pred = _pair(y_true, y_pred)
    return -K.sum(K.l2_normalize(y_true, axis=axis) * K.l2_normalize(y_pred, axis=axis),
                  axis=axis)


# ---- classes ----

class MeanSquaredError(LossFunctionWrapper):
    """`mean_squared_error` with weights and a reduction."""

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE, name="mean_squared_error"):
        super().__init__(mean_squared_error, reduction, name)


class MeanAbsoluteError(LossFunctionWrapper):
    """`mean_absolute_error` with weights and a reduction."""

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE, name="mean_absolute_error"):
        super().__init__(mean_absolute_error, reduction, name)


class MeanAbsolutePercentageError(LossFunctionWrapper):
    """`mean_absolute_percentage_error` with weights and a reduction."""

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE,
                 name="mean_absolute_percentage_error"):
        super().__init__(mean_absolute_percentage_error, reduction, name)


class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """`mean_squared_logarithmic_error` with weights and a reduction."""

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE,
                 name="mean_squared_logarithmic_error"):
        super().__init__(mean_squared_logarithmic_error, reduction, name)


class BinaryCrossentropy(LossFunctionWrapper):
    """`binary_crossentropy` with weights and a reduction."""

    def __init__(self, from_logits=False, label_smoothing=0,
                 reduction=Reduction.SUM_OVER_BATCH_SIZE, name="binary_crossentropy"):
        super().__init__(binary_crossentropy, reduction, name,
                         from_logits=from_logits, label_smoothing=label_smoothing)
        self.from_logits = from_logits


class CategoricalCrossentropy(LossFunctionWrapper):
    """`categorical_crossentropy` with weights and a reduction."""

    def __init__(self, from_logits=False, label_smoothing=0,
                 reduction=Reduction.SUM_OVER_BATCH_SIZE, name="categorical_crossentropy"):
        super().__init__(categorical_crossentropy, reduction, name,
                         from_logits=from_logits, label_smoothing=label_smoothing)


class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """`sparse_categorical_crossentropy` with weights and a reduction."""

    def __init__(self, from_logits=False, reduction=Reduction.SUM_OVER_BATCH_SIZE,
                 name="sparse_categorical_crossentropy"):
        super().__init__(sparse_categorical_crossentropy, reduction, name,
                         from_logits=from_logits)


class Hinge(LossFunctionWrapper):
    """`hinge` with weights and a reduction."""

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE, name="hinge"):
        super().__init__(hinge, reduction, name)


class SquaredHinge(LossFunctionWrapper):
    """`squared_hinge` with weights and a reduction."""

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE, name="squared_hinge"):
        super().__init__(squared_hinge, reduction, name)


class CategoricalHinge(LossFunctionWrapper):
    """`categorical_hinge` with weights and a reduction."""

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE, name="categorical_hinge"):
        super().__init__(categorical_hinge, reduction, name)


class Poisson(LossFunctionWrapper):
    """`poisson` with weights and a reduction."""

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE, name="poisson"):
        super().__init__(poisson, reduction, name)


class LogCosh(LossFunctionWrapper):
    """`logcosh` with weights and a reduction."""

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE, name="logcosh"):
        super().__init__(logcosh, reduction, name)


class KLDivergence(LossFunctionWrapper):
    """`kullback_leibler_divergence` with weights and a reduction."""

    def __init__(self, reduction=Reduction.SUM_OVER_BATCH_SIZE,
                 name="kullback_leibler_divergence"):
        super().__init__(kullback_leibler_divergence, reduction, name)


class Huber(LossFunctionWrapper):
    """`huber_loss` with weights and a reduction."""

    def __init__(self, delta=1.0, reduction=Reduction.SUM_OVER_BATCH_SIZE, name="huber_loss"):
        super().__init__(huber_loss, reduction, name, delta=delta)


# ---- names ----

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence
cosine = cosine_similarity = cosine_proximity


_TABLE = OpenTable({
    name: value for name, value in list(globals().items())
    if getattr(value, "__module__", None) == __name__ and not name.startswith("_")}, __name__)


def is_categorical_crossentropy(loss):
    """Whether `loss` (a function, an instance or a name) is the one for one-hot targets."""
    return (isinstance(loss, CategoricalCrossentropy)
            or (isinstance(loss, LossFunctionWrapper) and loss.fn is categorical_crossentropy)
            or getattr(loss, "__name__", None) == "categorical_crossentropy"
            or (isinstance(loss, str) and loss == "categorical_crossentropy"))


def serialize(loss):
    """The name of a loss function, or the class and config of an instance."""
    return serialize_keras_object(loss)


def deserialize(name, custom_objects=None):
    """The loss of a name or a `serialize`d form."""
    return deserialize_keras_object(name, module_objects=_TABLE,
                                    custom_objects=custom_objects,
                                    printable_module_name="loss function")


def get(identifier):
    """A loss from a name, a config, a function or an instance; None stays None."""
    if identifier is None:
        return None
    if isinstance(identifier, (str, dict)):
        return deserialize(identifier)
    if callable(identifier):
        return identifier
    raise ValueError(errors.message(
        "losses.get", "a loss must be given in a form that can be understood",
        "a name, a function or a Loss", repr(identifier)))
