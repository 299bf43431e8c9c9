"""Stateful metrics: weights that collect over batches, a result read from them."""
import numpy as np

from .. import backend as K
from ..backend import errors
from ..engine.base_layer import Layer
from ..utils.generic_utils import to_list
from ..utils.losses_utils import fitted_weights, squeeze_or_expand_dimensions


class Metric(Layer):
    """Base of the metric classes.

    A subclass makes its state with `add_weight`, defines `update_state(...)`, which
    returns the updates (from `K.update` and its kin), and `result()`, a tensor
    computed from the state.
    """

    def __init__(self, name=None, dtype=None, **kwargs):
        super().__init__(name=name, dtype=dtype or K.floatx(), **kwargs)
        self.stateful = True
        self.built = True

    def __call__(self, *args, **kwargs):
        """Updates the state; returns the result that takes the update into account.

        Evaluating the returned tensor also does the update.
        """
        updates = self.update_state(*args, **kwargs)
        updates = [u for u in to_list(updates, allow_tuple=True) if u is not None]
        self.add_update(updates)
        result = self.result_with({id(written(u)[0]): u for u in updates if K.is_tensor(u)})
        result._metric_obj = self
        return result

    def result_with(self, values):
        """`result()` with tensors in place of state variables that are attributes.

        values: id of a variable -> tensor.
        """
        kept = dict(self.__dict__)
        try:
            for name, value in kept.items():
                if id(value) in values:
                    self.__dict__[name] = values[id(value)]
            return self.result()
        finally:
            self.__dict__.update(kept)

    def get_config(self):
        """`name` and `dtype`."""
        return {"name": self.name, "dtype": self.dtype}

    def add_weight(self, name, shape=(), initializer=None, dtype=None):
        """A variable of the state, zeros by default."""
        return super().add_weight(name=name, shape=shape, dtype=dtype or self.dtype,
                                  initializer=initializer or "zeros", trainable=False)

    def reset_states(self):
        """Sets the whole state to zeros; called before each epoch."""
        K.batch_set_value([(w, np.zeros(K.int_shape(w))) for w in self.weights])

    def update_state(self, *args, **kwargs):
        """Updates that add a batch to the state; what a subclass must define."""
        raise NotImplementedError(errors.message(
            type(self).__name__, "a metric must define how it collects",
            "a method update_state", "none"))

    def result(self):
        """The metric's value from the state; what a subclass must define."""
        raise NotImplementedError(errors.message(
            type(self).__name__, "a metric must define its value", "a method result", "none"))


SUM = "sum"
SUM_OVER_BATCH_SIZE = "sum_over_batch_size"
WEIGHTED_MEAN = "weighted_mean"


class Reduce(Metric):
    """Collects values into a sum or a mean.

    reduction: 'sum', 'sum_over_batch_size' (the sum over the number of values) or
    'weighted_mean' (the weighted sum over the sum of the weights).
    """

    def __init__(self, reduction, name, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.reduction = reduction
        self.total = self.add_weight("total")
        if reduction in (SUM_OVER_BATCH_SIZE, WEIGHTED_MEAN):
            self.count = self.add_weight("count")
        elif reduction != SUM:
            raise ValueError(errors.message(
                name, "the reduction must be known",
                errors.one_of((SUM, SUM_OVER_BATCH_SIZE, WEIGHTED_MEAN)), repr(reduction)))

    def update_state(self, values, sample_weight=None):
        """Adds values, an array of any shape, with weights that spread over it."""
        values = K.cast(_tensor(values), self.dtype)
        weights = None
        if sample_weight is not None:
            weights = fitted_weights(values, _tensor(sample_weight))
            values = values * weights
        updates = [K.update_add(self.total, K.sum(values))]
        if self.reduction != SUM:
            updates.append(K.update_add(self.count, self._number(values, weights)))
        return updates

    def _number(self, values, weights):
        if weights is None or self.reduction == SUM_OVER_BATCH_SIZE:
            return K.cast(K.size(values), self.dtype)
        if K.int_shape(weights) != K.int_shape(values):
            weights = weights * K.ones_like(values, K.dtype(values))
        return K.sum(weights)

    def result(self):
        """The sum, or the mean of all values so far (NaN when there were none)."""
        return K.identity(self.total) if self.reduction == SUM else self.total / self.count


class Sum(Reduce):
    """The weighted sum of all values."""

    def __init__(self, name="sum", dtype=None):
        super().__init__(SUM, name, dtype)


class Mean(Reduce):
    """The weighted mean of all values."""

    def __init__(self, name="mean", dtype=None):
        super().__init__(WEIGHTED_MEAN, name, dtype)


class MeanMetricWrapper(Mean):
    """The mean of a metric function; further keywords are passed on to the function."""

    def __init__(self, fn, name=None, dtype=None, **kwargs):
        super().__init__(name=name or getattr(fn, "__name__", "metric"), dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch of targets and predictions."""
        y_pred, y_true = paired(y_true, y_pred, self.dtype)
        return super().update_state(self._fn(y_true, y_pred, **self._fn_kwargs), sample_weight)

    def get_config(self):
        """The base's entries and the function's keywords, tensors as values."""
        config = {k: K.eval(v) if K.is_tensor(v) else v for k, v in self._fn_kwargs.items()}
        return {**super().get_config(), **config}

    def clone(self):
        """A metric of the same function with a state of its own."""
        if type(self) is MeanMetricWrapper:
            return MeanMetricWrapper(self._fn, self.name, self.dtype, **self._fn_kwargs)
        return type(self).from_config(self.get_config())


def written(update):
    """(variable, new value) of an update: a result of `K.update`, or such a pair."""
    return update.node.inputs if K.is_tensor(update) else update


def _tensor(value):
    return value if K.is_tensor(value) else K.constant(value)


def paired(y_true, y_pred, dtype):
    """(y_pred, y_true) as tensors of `dtype` whose ranks agree."""
    y_true, y_pred = K.cast(_tensor(y_true), dtype), K.cast(_tensor(y_pred), dtype)
    return squeeze_or_expand_dimensions(y_pred, y_true)[:2]


def clone_metric(metric):
    """A metric instance anew, with a state of its own; anything else as it is."""
    if isinstance(metric, MeanMetricWrapper):
        return metric.clone()
    if isinstance(metric, Metric):
        return type(metric).from_config(metric.get_config())
    return metric


def clone_metrics(metrics):
    """`clone_metric` of each in a list or in a dict's values; None stays None."""
    if isinstance(metrics, dict):
        return {name: clone_metric(metric) for name, metric in metrics.items()}
    return None if metrics is None else [clone_metric(metric) for metric in metrics]
