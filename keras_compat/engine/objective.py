"""What `compile` makes of a model: the total loss, the metrics and the compiled functions."""
import contextlib
import warnings

import numpy as np

from .. import backend as K
from .. import metrics
from ..backend import errors
from ..metrics.base import written
from .endpoints import updates_of


def at_home(model):
    """A context in which new variables and placeholders live on the model's backend."""
    backend = _home(model)
    return contextlib.nullcontext() if backend is None else K.set_backend(backend)


def _home(model):
    leaves = [*model.weights, *(model.inputs or ())]
    return next((x.backend for x in leaves if getattr(x, "backend", None) is not None), None)


def bring_home(model, variables):
    """Moves variables that were made while another backend was active to the model's."""
    backend = _home(model)
    for variable in variables:
        if backend is not None and K.is_variable(variable):
            variable.move(backend)


class Objective:
    """A model's endpoints with everything built from them, each part when first needed.

    One function does a whole step: forward, backward, metrics and the optimizer. The
    variant without sample weights is the same graph with each weighted loss replaced
    by the plain one.
    """

    def __init__(self, model, endpoints):
        self.model = model
        self.endpoints = endpoints
        self.trained = [e for e in endpoints if e.loss is not None]
        self.params = list(model.trainable_weights)
        self._total_loss = None
        self._training_updates = None
        self._functions = {}
        self._reader = None
        if not self.trained and not model.losses:
            raise ValueError(errors.message(
                "compile", "the model has a loss to optimize", "a loss, or add_loss",
                "neither", "Pass loss=... to compile"))
        if len(endpoints) > 1:
            for endpoint in self.trained:
                endpoint.loss_metric = metrics.Mean(name=endpoint.name + "_loss")

    # ---- losses ----

    @property
    def total_loss(self):
        """The weighted sum of the outputs' losses and the layers' penalties: a scalar.

        Where `add_loss` was given tensors with axes, the mean of the sum.
        """
        if self._total_loss is None:
            for endpoint in self.trained:
                endpoint.make_losses()
            terms = [_scaled(e.weighted, e.weight) for e in self.trained]
            total = _sum(terms + list(self.model.losses))
            self._total_loss = K.mean(total) if K.ndim(total) else total
        return self._total_loss

    # ---- metrics ----

    def own_metrics(self):
        """The metrics of `compile`, output by output."""
        return [metric for e in self.trained for metric, _ in e.metrics]

    def reported(self):
        """All metrics whose results are reported, in the order of `metrics_names[1:]`."""
        of_losses = [e.loss_metric for e in self.trained if e.loss_metric is not None]
        return of_losses + list(self.model.metrics)

    def results(self):
        """The current results of the metrics, as numbers (or arrays)."""
        reported = self.reported()
        if not reported:
            return []
        if self._reader is None or self._reader[0] != reported:
            outputs = [metric.result() for metric in reported]
            self._reader = reported, K.function([], outputs, name="metrics", training=False)
        reader = self._reader[1]
        return [_number(reader.to_numpy(x)) for x in reader.run_native([])]

    def _metric_updates(self, weighted):
        """(metric, its updates for a batch) of each reported metric."""
        found = []
        for endpoint, has_weights in zip(self.trained, weighted):
            if endpoint.loss_metric is not None:
                found.append((endpoint.loss_metric,
                              updates_of(endpoint.loss_metric, endpoint.weighted, None)))
            found += endpoint.metric_updates(has_weights)
        own = {id(metric) for metric in self.own_metrics()}
        return found + [(m, m.updates) for m in self.model.metrics if id(m) not in own]

    # ---- functions ----

    def function(self, mode, weighted=None):
        """The compiled function of a mode, 'train' or 'test'.

        weighted: for each trained endpoint whether sample weights are fed. It takes the
        arrays of inputs, targets and weights and returns the total loss.
        """
        weighted = weighted or (False,) * len(self.trained)
        key = mode, weighted
        if key not in self._functions:
            with at_home(self.model):
                updates = [u for _, its in self._updates_for(weighted) for u in its]
                self._functions[key] = self._made(mode, weighted, [], updates, [])
        return self._functions[key]

    def function_of_one_batch(self, mode, weighted):
        """Like `function`, but it also returns the metrics, of this batch alone.

        The metrics' state is neither read nor written. None where a metric's result
        cannot be told without its state.
        """
        key = mode, weighted, "one batch"
        if key not in self._functions:
            with at_home(self.model):
                self._functions[key] = self._made_for_one_batch(mode, weighted)
        return self._functions[key]

    def _made_for_one_batch(self, mode, weighted):
        found = self._updates_for(weighted)
        results = {id(metric): _result_alone(metric, updates) for metric, updates in found}
        if any(result is None for result in results.values()):
            return None
        start = [(w, K.constant(np.zeros(K.int_shape(w)), dtype=K.dtype(w)))
                 for metric, _ in found for w in metric.weights]
        return self._made(mode, weighted, [results[id(m)] for m in self.reported()], [], start)

    def _updates_for(self, weighted):
        self._require_losses(weighted)
        return self._metric_updates(weighted)

    def _require_losses(self, weighted):
        self.total_loss
        for endpoint, fed in zip(self.trained, weighted):
            if fed and endpoint.weights_error is not None:
                raise endpoint.weights_error

    def _made(self, mode, weighted, results, updates, givens):
        steps = self._step_updates() if mode == "train" else list(self.model.state_updates)
        plain = [(e.weighted, e.plain) for e, fed in zip(self.trained, weighted)
                 if not fed and e.weighted is not e.plain]
        weights = [e.sample_weight for e, fed in zip(self.trained, weighted) if fed]
        return K.function(self.model._feed_inputs + self.fed_targets() + weights,
                          [self.total_loss] + results, steps + updates,
                          name=f"{mode}_function", training=mode == "train",
                          givens=plain + givens, **self.model._function_kwargs)

    def fed_targets(self):
        """The targets that are placeholders."""
        return [e.target for e in self.trained if K.is_placeholder(e.target)]

    def _step_updates(self):
        if self._training_updates is None:
            model = self.model
            # The optimizer's weights are saved under these names.
            with K.name_scope("training"), K.name_scope(type(model.optimizer).__name__):
                steps = model.optimizer.get_updates(params=self.params, loss=self.total_loss)
            self._training_updates = list(steps) + list(model.updates)
        return self._training_updates

    def check_trainable(self):
        """Warns when weights were frozen or freed since `compile`."""
        if {id(w) for w in self.params} != {id(w) for w in self.model.trainable_weights}:
            warnings.warn("The trainable weights are not those of compile: `trainable` was set "
                          "without calling `model.compile` after.", stacklevel=4)


def predict_function(model):
    """The compiled function from a model's inputs to its outputs, in inference."""
    return K.function(model._feed_inputs, model.outputs, model.state_updates,
                      name="predict_function", training=False, **model._function_kwargs)


def _result_alone(metric, updates):
    """A metric's result from one batch's updates alone, or None where that is not possible."""
    new = {id(variable): value for variable, value in map(written, updates)}
    reachable = {id(value) for value in vars(metric).values()}
    if not all(id(w) in new and id(w) in reachable for w in metric.weights):
        return None
    return metric.result_with(new)


def _number(array):
    return array.item() if array.ndim == 0 else array


def _scaled(loss, weight):
    if isinstance(weight, (int, float)) and weight == 1:
        return loss
    return loss * weight


def _sum(terms):
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
