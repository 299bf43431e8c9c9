"""Metric functions of (y_true, y_pred): a value per sample, as Keras 2.3.1 computed them."""
from .. import backend as K


def accuracy(y_true, y_pred):
    """1 where y_true equals y_pred, element by element."""
    return _hits(K.equal(K.cast(y_true, K.dtype(y_pred)), y_pred))


def binary_accuracy(y_true, y_pred, threshold=0.5):
    """The part of the last axis where y_pred, rounded (or above `threshold`), is y_true.

    An exact 0.5 counts as 0, as it rounds to the even number.
    """
    dtype = K.dtype(y_pred)
    if threshold != 0.5:
        y_pred = K.cast(y_pred > threshold, dtype)
    return K.mean(K.cast(K.equal(K.cast(y_true, dtype), K.round(y_pred)), dtype), axis=-1)


def categorical_accuracy(y_true, y_pred):
    """1 where the greatest of the last axis is at the same place in both."""
    return _hits(K.equal(K.argmax(y_true, axis=-1), K.argmax(y_pred, axis=-1)))


def sparse_categorical_accuracy(y_true, y_pred):
    """1 where the greatest of y_pred's last axis is at the place y_true.

    y_true: class numbers, (batch, ...) or (batch, ..., 1).
    """
    if K.ndim(y_true) == K.ndim(y_pred):
        y_true = K.squeeze(y_true, -1)
    best = K.argmax(y_pred, axis=-1)
    return _hits(K.equal(K.cast(y_true, K.dtype(best)), best))


def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 where the greatest of y_true is among the k greatest of y_pred; 2-D arrays."""
    return _hits(K.in_top_k(y_pred, K.cast(K.argmax(y_true, axis=-1), "int32"), k))


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 where the class number y_true is among the k greatest of y_pred; y_pred 2-D."""
    return _hits(K.in_top_k(y_pred, K.cast(K.flatten(y_true), "int32"), k))


def cosine_proximity(y_true, y_pred, axis=-1):
    """The cosine of the angle between y_true and y_pred along `axis` (the loss is minus this)."""
    return K.sum(K.l2_normalize(y_true, axis=axis) * K.l2_normalize(y_pred, axis=axis), axis=axis)


cosine = cosine_similarity = cosine_proximity


def _hits(condition):
    return K.cast(condition, K.floatx())
