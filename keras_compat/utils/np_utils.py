"""NumPy helpers for data: one-hot labels and normalized rows."""
import numpy as np


def to_categorical(y, num_classes=None, dtype="float32"):
    """One-hot rows of integer labels.

    y: labels of any shape; a last axis of length 1 is dropped when there are others.
    num_classes: length of the new last axis, by default the greatest label + 1.
    Returns zeros of shape y.shape + (num_classes,) with a one at each label;
    IndexError for a label that is not below `num_classes`.
    """
    labels = np.array(y, dtype="int")
    shape = labels.shape
    if len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    labels = labels.ravel()
    if not num_classes:
        num_classes = np.max(labels) + 1
    rows = np.zeros((labels.size, num_classes), dtype=dtype)
    rows[np.arange(labels.size), labels] = 1
    return rows.reshape(shape + (num_classes,))


def normalize(x, axis=-1, order=2):
    """The array divided by its norm of this order along the axis; zeros stay zeros."""
    norms = np.atleast_1d(np.linalg.norm(x, order, axis))
    norms[norms == 0] = 1
    return x / np.expand_dims(norms, axis)
