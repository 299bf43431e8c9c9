"""One output of a compiled model: its loss, target, weights and metrics."""
from .. import backend as K
from .. import losses, metrics
from ..backend import errors
from ..legacy import versions
from ..utils.generic_utils import check_for_unexpected_keys, to_list
from ..utils.losses_utils import combined_with_mask
from .node import mask_of
from .training_utils import is_sparse_loss

_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")


class Endpoint:
    """An output with what `compile` chose for it.

    loss: a `losses.Loss`, or None for an output without a target. weight: of its loss
    in the total (a number or a tensor). mode: 'temporal' for sample weights per step.
    target: a tensor to use in place of a new placeholder.
    """

    def __init__(self, name, output, loss, weight, mode, target=None):
        self.name = name
        self.output = output
        self.shape = K.int_shape(output)
        self.loss = loss
        self.weight = weight
        self.mode = mode
        self.mask = mask_of(output)
        self.metrics = []
        self.target = target
        self.sample_weight = None
        self.loss_metric = None
        self.weights_error = None
        if loss is not None:
            self._make_leaves()

    def _make_leaves(self):
        if self.target is None:
            shape = self.target_shape() or (None,) * len(self.shape)
            self.target = K.placeholder(shape=shape, dtype=K.dtype(self.output),
                                        name=self.name + "_target")
        axes = 2 if self.mode == "temporal" else 1
        self.sample_weight = K.placeholder(shape=(None,) * axes, dtype=K.floatx(),
                                           name=self.name + "_sample_weights")

    def target_shape(self):
        """The shape that targets must have; None where a custom loss takes any."""
        if is_sparse_loss(self.loss):
            return self.shape[:-1] + (1,)
        function = getattr(self.loss, "fn", None)
        builtin = getattr(losses, getattr(function, "__name__", ""), None) is function
        return self.shape if builtin and function is not None else None

    # ---- the loss ----

    def make_losses(self):
        """Builds `plain`, the loss without sample weights, and `weighted`, the one with."""
        self.plain = self._loss_with(None)
        try:
            self.weighted = self._loss_with(self.sample_weight)
        except ValueError as error:
            # A custom loss may be a single number; then there is nothing to weigh.
            self.weights_error, self.weighted = error, self.plain

    def _loss_with(self, weights):
        weights = combined_with_mask(weights, self.mask, K.dtype(self.output))
        loss = self.loss(self.target, self.output, sample_weight=weights)
        return K.mean(loss) if K.ndim(loss) else loss

    # ---- metrics ----

    def add_metrics(self, given, weighted, unique_name):
        """Adds metrics as `compile` takes them; unique_name: makes the name to report."""
        for metric in given:
            name, made = self._resolved(metric)
            made.name = unique_name(name)
            self.metrics.append((made, weighted))

    def _resolved(self, metric):
        function = metric
        if isinstance(metric, str) and metric in _ACCURACY + _CROSSENTROPY:
            function = self._by_kind(metric in _ACCURACY)
        else:
            function = metrics.get(metric)
        if isinstance(function, type):
            function = function()
        name = getattr(function, "name", None) or getattr(function, "__name__",
                                                          type(function).__name__)
        if isinstance(metric, str):
            name = versions.metric_name(metric, name)
        if not isinstance(function, metrics.Metric):
            function = metrics.MeanMetricWrapper(function, name=name)
        return name, function

    def _by_kind(self, accuracy):
        """The accuracy or crossentropy that goes with the loss and the output's shape."""
        function = getattr(self.loss, "fn", None)
        if self.shape[-1] == 1 or function is losses.binary_crossentropy:
            return metrics.binary_accuracy if accuracy else metrics.binary_crossentropy
        if function is losses.sparse_categorical_crossentropy:
            return metrics.sparse_categorical_accuracy if accuracy else function
        return metrics.categorical_accuracy if accuracy else metrics.categorical_crossentropy

    def metric_updates(self, has_weights):
        """(metric, its updates for a batch with or without sample weights) of each."""
        found = []
        for metric, weighted in self.metrics:
            weights = combined_with_mask(self.sample_weight if weighted and has_weights else None,
                                         self.mask, K.dtype(self.output))
            found.append((metric, updates_of(metric, self.target, self.output, weights)))
        return found


def updates_of(metric, *args):
    """The updates of one metric, returned by `update_state` or added to the metric there."""
    before = len(metric._updates)
    if args[-1] is None:
        args = args[:-1]
    returned = metric.update_state(*args)
    added = metric._updates[before:]
    del metric._updates[before:]
    return [u for u in to_list(returned, allow_tuple=True) if u is not None] + added


def metrics_per_output(given, output_names):
    """A list of metrics for each output, from what `compile` was given.

    A flat list holds for every output; a list of lists, or a dict by name, says which.
    """
    if not given:
        return [[] for _ in output_names]
    if isinstance(given, dict):
        check_for_unexpected_keys("metrics", given, output_names)
        return [to_list(given.get(name, []), allow_tuple=True) for name in output_names]
    if not isinstance(given, (list, tuple)):
        raise TypeError(errors.message(
            "compile", "metrics are a list, or a dict by output", "a list or a dict",
            repr(given)))
    if any(isinstance(entry, (list, tuple)) for entry in given):
        if len(given) != len(output_names):
            raise ValueError(errors.message(
                "compile", "a list of lists of metrics has an entry for each output",
                f"{len(output_names)} entries", f"{len(given)}"))
        return [to_list(entry, allow_tuple=True) for entry in given]
    if len(output_names) == 1:
        return [list(given)]
    return [metrics.clone_metrics(given) for _ in output_names]
