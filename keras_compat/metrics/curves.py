"""Metrics over a range of thresholds: sensitivity at specificity, areas under curves."""
from .. import backend as K
from ..backend import errors
from .confusion import EPSILON, ConfusionMetric, checked_thresholds, ratio

_COUNTS = ("true_positives", "true_negatives", "false_positives", "false_negatives")


def _inner_thresholds(number):
    """`number - 2` thresholds between 0 and 1, equally far apart."""
    return [(i + 1) / (number - 1) for i in range(number - 2)]


def _check_number(who, number, least):
    if number < least:
        raise ValueError(errors.message(
            who, "there must be enough thresholds", f"num_thresholds >= {least}", number))


class SensitivitySpecificityBase(ConfusionMetric):
    """Base: counts at `num_thresholds` thresholds from 0 to 1, of which one is chosen.

    value: the rate that the other one is wanted at, in [0, 1].
    """

    def __init__(self, value, num_thresholds=200, name=None, dtype=None):
        _check_number(type(self).__name__, num_thresholds, 1)
        if not 0 <= value <= 1:
            raise ValueError(errors.message(
                type(self).__name__, "the rate must be a probability", "a number in [0, 1]",
                value))
        self.value = value
        self.num_thresholds = num_thresholds
        thresholds = [0.5]
        if num_thresholds > 1:
            thresholds = [0.0] + _inner_thresholds(num_thresholds) + [1.0]
        super().__init__(_COUNTS, thresholds, name, dtype)

    def rates(self):
        """(sensitivity, specificity) at each threshold."""
        return (ratio(self.true_positives, self.true_positives + self.false_negatives),
                ratio(self.true_negatives, self.true_negatives + self.false_positives))

    def _at_nearest(self, given, wanted):
        """`wanted` at the threshold where `given` is nearest to the value."""
        return K.gather(wanted, K.cast(K.argmin(K.abs(given - self.value), axis=0), "int32"))


class SensitivityAtSpecificity(SensitivitySpecificityBase):
    """The sensitivity where the specificity is nearest to `specificity`."""

    def __init__(self, specificity, num_thresholds=200, name=None, dtype=None):
        super().__init__(specificity, num_thresholds, name, dtype)
        self.specificity = specificity

    def result(self):
        """A number."""
        sensitivity, specificity = self.rates()
        return self._at_nearest(specificity, sensitivity)

    def get_config(self):
        """Constructor's arguments."""
        return {**super().get_config(), "num_thresholds": self.num_thresholds,
                "specificity": self.specificity}


class SpecificityAtSensitivity(SensitivitySpecificityBase):
    """The specificity where the sensitivity is nearest to `sensitivity`."""

    def __init__(self, sensitivity, num_thresholds=200, name=None, dtype=None):
        super().__init__(sensitivity, num_thresholds, name, dtype)
        self.sensitivity = sensitivity

    def result(self):
        """A number."""
        sensitivity, specificity = self.rates()
        return self._at_nearest(sensitivity, specificity)

    def get_config(self):
        """Constructor's arguments."""
        return {**super().get_config(), "num_thresholds": self.num_thresholds,
                "sensitivity": self.sensitivity}


class AUC(ConfusionMetric):
    """The area under the ROC or the precision-recall curve, as a Riemann sum.

    curve: 'ROC' or 'PR'. summation_method: 'interpolation' (the middle of two
    neighbours; for PR the interpolation of Davis and Goadrich, 2006), 'minoring' or
    'majoring'. thresholds: inner ones, in place of equally spaced ones.
    """

    def __init__(self, num_thresholds=200, curve="ROC", summation_method="interpolation",
                 name=None, dtype=None, thresholds=None):
        _check_choice("curve", curve, ("ROC", "PR"))
        _check_choice("summation_method", summation_method,
                      ("interpolation", "minoring", "majoring"))
        if thresholds is not None:
            inner = sorted(checked_thresholds(thresholds, None))
            num_thresholds = len(inner) + 2
        else:
            _check_number("AUC", num_thresholds, 2)
            inner = _inner_thresholds(num_thresholds)
        self.num_thresholds = num_thresholds
        self.curve = curve
        self.summation_method = summation_method
        super().__init__(_COUNTS, [-EPSILON] + inner + [1. + EPSILON], name, dtype)

    def interpolate_pr_auc(self):
        """The area under the precision-recall curve, precision interpolated between points."""
        hits = self.true_positives
        positive = hits + self.false_positives
        step = positive[:-1] - positive[1:]
        slope = ratio(hits[:-1] - hits[1:], K.maximum(step, 0))
        intercept = hits[1:] - slope * positive[1:]
        both = K.minimum(positive[:-1], positive[1:]) > 0
        growth = K.switch(both, ratio(positive[:-1], K.maximum(positive[1:], 0)),
                          K.ones_like(step, K.dtype(step)))
        wanted = K.maximum(hits[1:] + self.false_negatives[1:], 0)
        area = slope * (hits[:-1] - hits[1:] + intercept * K.log(growth))
        return K.sum(ratio(area, wanted))

    def result(self):
        """A number."""
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self.interpolate_pr_auc()
        recall = ratio(self.true_positives, self.true_positives + self.false_negatives)
        if self.curve == "ROC":
            x, y = ratio(self.false_positives, self.false_positives + self.true_negatives), recall
        else:
            x = recall
            y = ratio(self.true_positives, self.true_positives + self.false_positives)
        return K.sum((x[:-1] - x[1:]) * self._heights(y[:-1], y[1:]))

    def _heights(self, left, right):
        if self.summation_method == "interpolation":
            return (left + right) / 2.
        return (K.minimum if self.summation_method == "minoring" else K.maximum)(left, right)

    def get_config(self):
        """Constructor's arguments; the thresholds without the two outer ones."""
        return {**super().get_config(), "num_thresholds": self.num_thresholds,
                "curve": self.curve, "summation_method": self.summation_method,
                "thresholds": self.thresholds[1:-1]}


def _check_choice(name, value, choices):
    if value not in choices:
        raise ValueError(errors.message("AUC", f"{name} must be known",
                                        errors.one_of(choices), repr(value)))
