"""Metrics from true and false positives and negatives at fixed thresholds."""
import numpy as np

from .. import backend as K
from ..backend import errors
from ..utils.generic_utils import to_list
from ..utils.losses_utils import fitted_weights
from .base import Metric, paired

EPSILON = 1e-7


def ratio(x, y):
    """x / y, and 0 where y is 0."""
    nonzero = K.not_equal(y, 0)
    divisor = K.switch(nonzero, y, K.ones_like(y, K.dtype(y)))
    return K.switch(nonzero, x / divisor, K.zeros_like(x, K.dtype(x)))


def counts(y_true, y_pred, thresholds, dtype, sample_weight=None, top_k=None, class_id=None):
    """Weighted numbers of cases per threshold, as a dict of tensors (len(thresholds),).

    Keys: true_positives, false_positives, false_negatives, true_negatives. A
    prediction is positive when it is above the threshold; a target unless it is 0.
    All elements count alike, or with `class_id` only that entry of the last axis.
    top_k: predictions that are not among the k greatest of the last axis are negative.
    """
    y_pred, y_true = paired(y_true, y_pred, dtype)
    if top_k is not None:
        y_pred = _only_top_k(y_pred, top_k)
    if class_id is not None:
        y_true, y_pred = y_true[..., class_id], y_pred[..., class_id]
    weights = K.ones_like(y_pred, K.dtype(y_pred))
    if sample_weight is not None:
        if not K.is_tensor(sample_weight):
            sample_weight = K.constant(sample_weight)
        weights = fitted_weights(y_pred, sample_weight) * weights
    positive = K.cast(K.not_equal(y_true, 0), dtype)
    cases = K.stack([K.flatten(positive * weights), K.flatten((1. - positive) * weights)], axis=1)
    limits = K.constant(np.reshape(thresholds, (-1, 1)), dtype=dtype)
    chosen = K.cast(K.expand_dims(K.flatten(y_pred), 0) > limits, dtype)
    picked, left = K.dot(chosen, cases), K.dot(1. - chosen, cases)
    return {"true_positives": picked[:, 0], "false_positives": picked[:, 1],
            "false_negatives": left[:, 0], "true_negatives": left[:, 1]}


def _only_top_k(y_pred, k):
    """y_pred where it is among the k greatest of the last axis, elsewhere a very low number."""
    classes = K.int_shape(y_pred)[-1]
    rows = K.reshape(y_pred, (-1, classes))
    kept = K.stack([K.in_top_k(rows, K.ones_like(rows[:, 0], dtype="int32") * i, k)
                    for i in range(classes)], axis=1)
    kept = K.switch(kept, rows, K.zeros_like(rows, K.dtype(rows)) - 1e10)
    return K.reshape(kept, K.shape(y_pred))


def checked_thresholds(thresholds, default):
    """Thresholds as a list of numbers in [0, 1]; ValueError for others."""
    values = to_list(default if thresholds is None else thresholds, allow_tuple=True)
    wrong = [t for t in values if t is None or (thresholds is not None and not 0 <= t <= 1)]
    if wrong:
        raise ValueError(errors.message(
            "metric", "thresholds must be probabilities", "numbers in [0, 1]", wrong))
    return values


class ConfusionMetric(Metric):
    """Base: keeps some of the four counts as weights named like them.

    kept: names of the counts. thresholds: where they are counted.
    """

    def __init__(self, kept, thresholds, name=None, dtype=None, top_k=None, class_id=None):
        super().__init__(name=name, dtype=dtype)
        self.thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self._kept = kept
        for count in kept:
            setattr(self, count, self.add_weight(count, shape=(len(thresholds),)))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds the counts of a batch."""
        new = counts(y_true, y_pred, self.thresholds, self.dtype, sample_weight,
                     self.top_k, self.class_id)
        return [K.update_add(getattr(self, name), new[name]) for name in self._kept]


class _ConfusionMatrixConditionCount(Metric):
    """One of the four counts, for one threshold or several."""

    counted = None

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = checked_thresholds(thresholds, 0.5)
        self.accumulator = self.add_weight("accumulator", shape=(len(self.thresholds),))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds the count of a batch."""
        new = counts(y_true, y_pred, self.thresholds, self.dtype, sample_weight)
        return [K.update_add(self.accumulator, new[self.counted])]

    def result(self):
        """The count: a number for one threshold, else an entry per threshold."""
        return self.accumulator[0] if len(self.thresholds) == 1 else K.identity(self.accumulator)

    def get_config(self):
        """Constructor's arguments."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class FalsePositives(_ConfusionMatrixConditionCount):
    """The (weighted) number of false positives."""

    counted = "false_positives"


class FalseNegatives(_ConfusionMatrixConditionCount):
    """The (weighted) number of false negatives."""

    counted = "false_negatives"


class TrueNegatives(_ConfusionMatrixConditionCount):
    """The (weighted) number of true negatives."""

    counted = "true_negatives"


class TruePositives(_ConfusionMatrixConditionCount):
    """The (weighted) number of true positives."""

    counted = "true_positives"


class _Share(ConfusionMetric):
    """True positives over the true positives and another count."""

    other = None

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None):
        self.init_thresholds = thresholds
        # With top_k alone every prediction that is among the k greatest is positive.
        default = 0.5 if top_k is None else float("-1e9")
        super().__init__(("true_positives", self.other), checked_thresholds(thresholds, default),
                         name, dtype, top_k, class_id)

    def result(self):
        """The share: a number for one threshold, else an entry per threshold."""
        hits = self.true_positives
        share = ratio(hits, hits + getattr(self, self.other))
        return share[0] if len(self.thresholds) == 1 else share

    def get_config(self):
        """Constructor's arguments."""
        return {**super().get_config(), "thresholds": self.init_thresholds,
                "top_k": self.top_k, "class_id": self.class_id}


class Precision(_Share):
    """How many of the positive predictions are right.

    thresholds: a number or several (0.5). top_k: the k greatest of the last axis are
    positive. class_id: counts only this entry of the last axis.
    """

    other = "false_positives"


class Recall(_Share):
    """How many of the positive targets are found; arguments as for `Precision`."""

    other = "false_negatives"
