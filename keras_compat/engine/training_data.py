"""The arrays of a step: inputs, targets and weights, checked against what was compiled."""
import numpy as np

from .. import backend as K
from . import training_utils
from .training_arrays import part


class Data:
    """Checked arrays for a step: inputs, targets, and the sample weights that were given.

    weighted: for each trained endpoint whether it has weights.
    """

    def __init__(self, arrays, weighted):
        self.arrays = arrays
        self.weighted = weighted
        self.size = arrays[0].shape[0] if arrays else None

    @classmethod
    def of(cls, who, objective, inputs, y, sample_weight, class_weight):
        """Standardizes targets and weights for what was compiled."""
        fed = [e for e in objective.trained if K.is_placeholder(e.target)]
        names = [e.name for e in fed]
        targets = _targets(who, y, fed, names, [e.name for e in objective.endpoints])
        weights = [training_utils.standardize_weights(
            target, by_sample, by_class, endpoint.mode)
            for target, endpoint, by_sample, by_class in zip(
                targets, fed,
                _of(objective, fed, training_utils.standardize_sample_weights, sample_weight),
                _of(objective, fed, training_utils.standardize_class_weights, class_weight))]
        training_utils.check_array_length_consistency(inputs, targets, weights)
        training_utils.check_loss_and_target_compatibility(
            targets, [e.loss for e in fed], [e.shape for e in fed], names)
        given = {id(e): w is not None for e, w in zip(fed, weights)}
        weighted = tuple(given.get(id(e), False) for e in objective.trained)
        return cls(inputs + targets + [w for w in weights if w is not None], weighted)

    def for_callbacks(self, model):
        """Inputs, targets, and a weight for each sample, as old callbacks unpack them.

        A last 0 is the learning phase, in models that behave differently in training.
        """
        plain = len(self.arrays) - sum(self.weighted)
        given = iter(self.arrays[plain:])
        weights = [next(given) if fed else np.ones(self.size, K.floatx())
                   for fed in self.weighted]
        return self.arrays[:plain] + weights + [0] * bool(model.uses_learning_phase)

    def split(self, at):
        """(the first `at` samples, the rest)."""
        return tuple(Data([part(a, start, stop) for a in self.arrays], self.weighted)
                     for start, stop in ((0, at), (at, self.size)))


def _of(objective, fed, standardize, given):
    """Weights of the fed endpoints from what was given for all outputs."""
    names = [e.name for e in objective.endpoints]
    values = dict(zip(names, standardize(given, names)))
    return [values[e.name] for e in fed]


def _targets(who, y, fed, names, all_names):
    if isinstance(y, (list, tuple)) and len(y) == len(all_names) > len(names):
        y = [target for target, name in zip(y, all_names) if name in names]
    targets = training_utils.standardize_input_data(
        y, names, [e.target_shape() for e in fed], check_batch_axis=False,
        exception_prefix=f"{who}, target")
    training_utils.require(targets, names, f"{who}, target", "the loss needs targets")
    return targets
