"""Cross-entropies: clipping before or after normalising, and where epsilon stands."""
import numpy as np

from ..arrays import Given, draw
from ..table import Options, Table

TABLE = Table("losses")
EPSILON = 1e-7
BATCH = Options(unknown="batch")
NARROW = ("float32", "float64")  # 1 - 1e-7 is 1 in float16
CORNERS = Options(unknown="none", smooth=False)


def _cut(p):
    return np.clip(p, EPSILON, 1 - EPSILON)


def _log_softmax(x, axis):
    shifted = x - x.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


# ---- classes as vectors ----

def _logs(output, from_logits, axis):
    if from_logits:
        return _log_softmax(output, axis)
    return np.log(_cut(output / output.sum(axis=axis, keepdims=True)))


@TABLE.reference("categorical_crossentropy",
                 terms=lambda target, output, from_logits=False, axis=-1: output.shape[axis],
                 scale=lambda target, output, from_logits=False, axis=-1: np.sum(
                     np.abs(target) * (np.abs(_logs(output, from_logits, axis)) + 1 + (
                         np.abs(output).max(axis=axis, keepdims=True) if from_logits else 0)),
                     axis=axis))
def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """-sum(target log p); p is divided by its sum first, then cut."""
    return -np.sum(target * _logs(output, from_logits, axis), axis=axis)


POSITIVE = {"low": 0.1, "high": 1.0}
for _shape, _axes in (((4, 3), [-1]), ((2, 4, 3), [-1, 1]), ((2, 3, 2, 2), [1, -1]), ((3,), [-1]),
                      ((0, 3), [-1]), ((4, 1), [-1])):
    TABLE.cases("categorical_crossentropy", target=draw(*_shape, **POSITIVE),
                output=draw(*_shape, **POSITIVE), axis=_axes, dtypes=NARROW, options=BATCH)
    TABLE.cases("categorical_crossentropy", target=draw(*_shape, **POSITIVE),
                output=draw(*_shape), from_logits=True, axis=_axes, dtypes=NARROW, options=BATCH)
TABLE.cases("categorical_crossentropy", dtypes=NARROW, options=CORNERS,
            target=Given([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]], "one hot"),
            output=Given([[0.2, 0.2, 0.2], [0.0, 0.5, 0.5]], "not normalised, and a 0"))


# ---- classes as numbers ----

@TABLE.reference("sparse_categorical_crossentropy",
                 terms=lambda target, output, from_logits=False, axis=-1: output.shape[axis],
                 scale=lambda target, output, from_logits=False, axis=-1: 2 + (
                     np.abs(output).max(axis=axis) if from_logits else np.abs(
                         sparse_categorical_crossentropy(target, output, False, axis))))
def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """-log of the class's share; p is cut first and then divided by its sum."""
    output = np.moveaxis(output, axis, -1)
    logs = _log_softmax(output, -1) if from_logits else np.log(
        _cut(output) / _cut(output).sum(axis=-1, keepdims=True))
    labels = np.asarray(target).astype("int64").reshape(output.shape[:-1])
    return -np.take_along_axis(logs, labels[..., None], -1)[..., 0]


CLASSES = {"low": 0, "high": 2}
for _shape, _labels, _axes in (((4, 3), (4,), [-1]), ((4, 3), (4, 1), [-1]),
                               ((2, 4, 3), (2, 4), [-1]), ((2, 3, 4), (2, 4), [1])):
    for _dtype in ("int32", "int64", "float32"):
        TABLE.cases("sparse_categorical_crossentropy", options=BATCH, dtypes=NARROW,
                    layouts=("plain",), axis=_axes,
                    target=draw(*_labels, dtype=_dtype, **CLASSES) if _dtype != "float32" else
                    Given(np.arange(np.prod(_labels)).reshape(_labels) % 3, "as floats", "float32"),
                    output=draw(*_shape, **POSITIVE))
    TABLE.cases("sparse_categorical_crossentropy", target=draw(*_labels, dtype="int32", **CLASSES),
                output=draw(*_shape), from_logits=True, axis=_axes, dtypes=NARROW, options=BATCH)
TABLE.cases("sparse_categorical_crossentropy", target=draw(0, dtype="int32"),
            output=draw(0, 3), from_logits=[False, True], dtypes=NARROW, options=BATCH,
            layouts=("plain",))
TABLE.cases("sparse_categorical_crossentropy", dtypes=NARROW, options=CORNERS,
            target=Given([1, 0], "two", "int32"),
            output=Given([[0.2, 0.2, 0.2], [0.0, 0.5, 0.5]], "not normalised, and a 0"))


# ---- two classes ----

@TABLE.reference("binary_crossentropy", scale=lambda target, output, from_logits=False: 2 + (
    np.abs(output) * (1 + np.abs(target)) if from_logits else (1 + np.abs(target)) * np.abs(
        np.log(_cut(output) / (1 - _cut(output)))) + 1 / (1 - _cut(output))))
def binary_crossentropy(target, output, from_logits=False):
    """-target log p - (1 - target) log(1 - p)."""
    if from_logits:
        return np.maximum(output, 0) - output * target + np.log1p(np.exp(-np.abs(output)))
    p = _cut(output)
    return -target * np.log(p) - (1 - target) * np.log1p(-p)


for _shape in ((4, 3), (), (4,), (2, 1, 3), (0, 2), (2, 1, 2, 1, 2)):
    TABLE.cases("binary_crossentropy", target=draw(*_shape, low=0.0, high=1.0),
                output=draw(*_shape, low=0.05, high=0.95), dtypes=NARROW)
    TABLE.cases("binary_crossentropy", target=draw(*_shape, low=0.0, high=1.0),
                output=draw(*_shape, low=-4.0, high=4.0), from_logits=True, dtypes=NARROW)
TABLE.cases("binary_crossentropy", from_logits=True, dtypes=NARROW, options=CORNERS,
            target=Given([0.0, 1.0, 0.0, 1.0], "classes"),
            output=Given([100.0, -100.0, -100.0, 100.0], "far"))
TABLE.cases("binary_crossentropy", dtypes=("float64",), options=CORNERS,
            target=Given([0.0, 1.0, 0.0, 1.0], "classes"),
            output=Given([0.0, 0.0, 1.0, 1.0], "the ends"))
