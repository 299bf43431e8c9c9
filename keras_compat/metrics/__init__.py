"""Metrics: functions of (y_true, y_pred), and classes that collect over batches.

Names, defaults and formulas are those of Keras 2.3.1.
"""
from ..backend import errors
from ..engine.base_layer import Layer  # noqa: F401 (a name of the original module)
from ..losses import (  # noqa: F401
    binary_crossentropy, categorical_crossentropy, categorical_hinge, hinge,
    kullback_leibler_divergence, logcosh, mean_absolute_error, mean_absolute_percentage_error,
    mean_squared_error, mean_squared_logarithmic_error, poisson,
    sparse_categorical_crossentropy, squared_hinge)
from ..utils.generic_utils import deserialize_keras_object, serialize_keras_object
from ..utils.named import OpenTable
from .base import (  # noqa: F401
    Mean, MeanMetricWrapper, Metric, Reduce, Sum, clone_metric, clone_metrics)
from .confusion import (  # noqa: F401
    FalseNegatives, FalsePositives, Precision, Recall, TrueNegatives, TruePositives)
from .curves import (  # noqa: F401
    AUC, SensitivityAtSpecificity, SensitivitySpecificityBase, SpecificityAtSensitivity)
from .functions import (  # noqa: F401
    accuracy, binary_accuracy, categorical_accuracy, cosine, cosine_proximity,
    cosine_similarity, sparse_categorical_accuracy, sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy)
from .means import (  # noqa: F401
    Accuracy, BinaryAccuracy, BinaryCrossentropy, CategoricalAccuracy, CategoricalCrossentropy,
    CategoricalHinge, CosineSimilarity, Hinge, KLDivergence, LogCoshError, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson,
    RootMeanSquaredError, SparseCategoricalAccuracy, SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy, SquaredHinge, TopKCategoricalAccuracy)
from .segmentation import MeanIoU  # noqa: F401

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error

_PLUMBING = ("OpenTable", "Layer", "deserialize_keras_object", "serialize_keras_object",
             "clone_metric", "clone_metrics")
_TABLE = OpenTable({name: value for name, value in list(globals().items())
                    if callable(value) and name not in _PLUMBING
                    and not name.startswith("_")}, __name__)


def serialize(metric):
    """The name of a metric function, or the class and config of an instance."""
    return serialize_keras_object(metric)


def deserialize(config, custom_objects=None):
    """The metric of a name or a `serialize`d form."""
    return deserialize_keras_object(config, module_objects=_TABLE,
                                    custom_objects=custom_objects,
                                    printable_module_name="metric function")


def get(identifier):
    """A metric from a name, a config, a function or an instance."""
    if isinstance(identifier, (str, dict)):
        return deserialize(identifier)
    if callable(identifier):
        return identifier
    raise ValueError(errors.message(
        "metrics.get", "a metric must be given in a form that can be understood",
        "a name, a function or a Metric", repr(identifier)))
