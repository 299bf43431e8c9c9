"""How losses per sample become one number: weights, broadcasting and reduction."""
from .. import backend as K
from ..backend import errors


class Reduction:
    """The names of the reductions: `NONE`, `SUM`, `SUM_OVER_BATCH_SIZE`."""

    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"

    @classmethod
    def all(cls):
        """The three names."""
        return cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE

    @classmethod
    def validate(cls, key):
        """Raises ValueError where `key` is not the name of a reduction."""
        if key not in cls.all():
            raise ValueError(errors.message(
                "loss", "the reduction must be known", errors.one_of(cls.all()), repr(key)))


def squeeze_or_expand_dimensions(y_pred, y_true=None, sample_weight=None):
    """(y_pred, y_true, sample_weight) with ranks that agree where they differ by one.

    A last axis of length 1 that only one of y_pred and y_true has is dropped.
    Weights get (or lose) a last axis until they have y_pred's rank.
    """
    if y_true is not None:
        y_pred, y_true = _squeezed_pair(y_pred, y_true)
    if sample_weight is None or K.ndim(sample_weight) == 0:
        return y_pred, y_true, sample_weight
    surplus = K.ndim(sample_weight) - K.ndim(y_pred)
    if surplus == 1 and K.ndim(y_pred) and K.int_shape(sample_weight)[-1] in (1, None):
        sample_weight = K.squeeze(sample_weight, -1)
    elif surplus == -1:
        sample_weight = K.expand_dims(sample_weight, -1)
    return y_pred, y_true, sample_weight


def _squeezed_pair(y_pred, y_true):
    surplus = K.ndim(y_pred) - K.ndim(y_true)
    if surplus == 1 and K.int_shape(y_pred)[-1] == 1:
        y_pred = K.squeeze(y_pred, -1)
    if surplus == -1 and K.int_shape(y_true)[-1] == 1:
        y_true = K.squeeze(y_true, -1)
    return y_pred, y_true


def broadcast_weights(values, sample_weight):
    """`sample_weight` with axes added at the end until it has the rank of `values`.

    Values that are a single number (a custom loss may give that) are spread over the weights.
    ValueError where it has more axes, or an axis that does not fit.
    """
    if K.ndim(sample_weight) == 0 or K.ndim(values) == 0:
        return sample_weight
    weights, shape = K.int_shape(sample_weight), K.int_shape(values)
    if len(weights) > len(shape) or not all(map(_fits, weights, shape)):
        raise ValueError(errors.message(
            "sample_weight", "weights must spread over the values that they weigh",
            f"at most {len(shape)} axes that fit {errors.shape(shape)}", weights))
    for _ in range(len(shape) - len(weights)):
        sample_weight = K.expand_dims(sample_weight, -1)
    return sample_weight


def _fits(size, wanted):
    return size is None or wanted is None or size in (1, wanted)


def fitted_weights(values, sample_weight):
    """Weights of the dtype and the rank of `values`, ready to be multiplied with them."""
    sample_weight = K.cast(sample_weight, K.dtype(values))
    _, _, sample_weight = squeeze_or_expand_dimensions(values, None, sample_weight)
    return broadcast_weights(values, sample_weight)


def combined_with_mask(sample_weight, mask, dtype):
    """Weights times a mask (either may be None); the mask decides the number of axes."""
    if mask is None:
        return sample_weight
    mask = K.cast(mask, dtype)
    if sample_weight is None:
        return mask
    _, _, sample_weight = squeeze_or_expand_dimensions(mask, None, sample_weight)
    return K.cast(sample_weight, dtype) * mask


def reduce_weighted_loss(weighted_losses, reduction=Reduction.SUM_OVER_BATCH_SIZE):
    """The losses as they are (`none`), their sum, or their sum over their number.

    The number counts every loss, those with the weight 0 too.
    """
    if reduction == Reduction.NONE:
        return weighted_losses
    if reduction == Reduction.SUM:
        return K.sum(weighted_losses)
    return K.mean(weighted_losses)


def compute_weighted_loss(losses, sample_weight=None,
                          reduction=Reduction.SUM_OVER_BATCH_SIZE, name=None):
    """Losses times weights, reduced; dtype of the losses (an integer one becomes floatx)."""
    Reduction.validate(reduction)
    if sample_weight is not None:
        losses = losses * fitted_weights(losses, sample_weight)
    return reduce_weighted_loss(losses, reduction)
