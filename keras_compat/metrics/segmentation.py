"""The mean intersection over union of classes."""
import numpy as np

from .. import backend as K
from .base import Metric, _tensor
from .confusion import ratio


class MeanIoU(Metric):
    """The mean over classes of hits / (hits + false alarms + misses).

    y_true, y_pred: class numbers below `num_classes`, of any equal shape. Classes
    that occur in neither do not count.
    """

    def __init__(self, num_classes, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = num_classes
        self.total_cm = self.add_weight("total_confusion_matrix",
                                        shape=(num_classes, num_classes))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch to the confusion matrix (rows: targets)."""
        targets, predictions = (self._rows(y) for y in (y_true, y_pred))
        if sample_weight is not None:
            weights = K.cast(K.flatten(_tensor(sample_weight)), self.dtype)
            targets = targets * K.expand_dims(weights, -1)
        return [K.update_add(self.total_cm, K.dot(K.transpose(targets), predictions))]

    def _rows(self, labels):
        labels = K.cast(K.flatten(_tensor(labels)), "int32")
        return K.cast(K.one_hot(labels, self.num_classes), self.dtype)

    def result(self):
        """A number; 0 before any update."""
        matrix = self.total_cm
        classes = K.constant(np.eye(self.num_classes), dtype=self.dtype)
        hits = K.sum(matrix * classes, axis=0)
        union = K.sum(matrix, axis=0) + K.sum(matrix, axis=1) - hits
        present = K.cast(K.not_equal(union, 0), self.dtype)
        return ratio(K.sum(ratio(hits, union)), K.sum(present))

    def get_config(self):
        """Constructor's arguments."""
        return {**super().get_config(), "num_classes": self.num_classes}
