"""Labels that are class numbers."""
from .. import graph, registry
from ..registry import composite
from . import creation, reductions, shaping
from .activations import floats
from .comparison import equal, greater, isfinite, less, logical_and, where
from .convert import INTEGERS, as_tensor, need_dtype
from .elementwise import cast


def at_class(x, labels, axis):
    """Bools of x's shape: True along `axis` where the class is the label.

    labels: integers, of x's shape without the axis. No class is True for a label
    that is none of them.
    """
    count = x.shape[axis]
    classes = creation.arange(shaping.size_of(x, axis) if count is None else count,
                              dtype=labels.dtype)
    ones = (-1,) + (1,) * (x.ndim - 1 - axis)
    return equal(shaping.expand_dims(labels, axis), shaping.reshape(classes, ones))


@composite(tolerance="exact")
def in_top_k(predictions, targets, k):
    """Whether each target's prediction is among its row's k greatest, ties included.

    predictions (batch, classes), targets (batch,) integers. bool (batch,). False
    where a target is no class or a row holds NaN or infinity. Keras 2.3.1
    K.in_top_k, as TensorFlow computes it.
    """
    predictions, targets = floats(predictions), as_tensor(targets)
    need_dtype(INTEGERS, targets=targets)
    if predictions.ndim != 2 or targets.ndim != 1:
        registry.fail("predictions and targets have the wrong number of axes",
                      "predictions (batch, classes), targets (batch,)",
                      f"predictions {tuple(predictions.shape)}, targets {tuple(targets.shape)}")
    dynamic = isinstance(k, graph.Tensor)
    return in_top_k.bind(predictions, targets, k if dynamic else None,
                         k=None if dynamic else int(k))


@in_top_k.body
def _in_top_k_body(predictions, targets, k_tensor, *, k):
    chosen = at_class(predictions, targets, 1)
    target = reductions.sum(where(chosen, predictions, 0), axis=1, keepdims=True)
    better = reductions.sum(cast(greater(predictions, target), "int32"), axis=1)
    found = less(better, k if k_tensor is None else cast(k_tensor, "int32"))
    whole = reductions.all(isfinite(predictions), axis=1)
    return logical_and(found, logical_and(whole, reductions.any(chosen, axis=1)))
