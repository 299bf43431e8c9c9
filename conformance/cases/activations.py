"""Activation functions; the slopes and kinks that later versions changed are among them."""
import numpy as np

from ..arrays import Given, draw
from ..table import Options, Table
from .elementwise import INF, NAN, SHAPES, SPECIAL

TABLE = Table("activations")
ANY_RANK = [shape._replace(away=(0,)) for shape in SHAPES]
WITH_AXES = [draw(2, 3), draw(4), draw(2, 1, 3), draw(1, 2, 2, 3), draw(2, 1, 2, 1, 2), draw(0, 3)]


# ---- rectifiers ----

@TABLE.reference("relu", scale=lambda x, alpha=0., max_value=None, threshold=0.: np.abs(x)
                 + abs(alpha) * (np.abs(x) + abs(threshold)))
def relu(x, alpha=0., max_value=None, threshold=0.):
    """max_value above it, x above the threshold, else alpha * (x - threshold)."""
    below = alpha * (x - threshold) if alpha else np.where(np.isnan(x), x, 0)
    y = np.where(x > threshold, x, below)
    return np.asarray(y if max_value is None else np.where(x >= max_value, max_value, y), x.dtype)


TABLE.cases("relu", x=ANY_RANK)
TABLE.cases("relu", dtypes=("int32", "int64", "int8"), x=draw(2, 3, high=9.0))
TABLE.cases("relu", x=[draw(3, 4, low=-4, high=8, away=(0, 1.0, 6.0))], alpha=[0., 0.2, 0.01],
            max_value=[None, 6.], threshold=[0., 1.0])
TABLE.cases("relu", x=Given([-1.0, 0.0, 1.0, 6.0, 7.0], "kinks"), alpha=[0., 0.3],
            max_value=[None, 6.], threshold=[0., 1.])
TABLE.cases("relu", x=Given([INF, -INF, NAN], "not finite"))


@TABLE.reference("elu", scale=lambda x, alpha=1.: np.where(x > 0, np.abs(x), abs(alpha) * np.abs(
    np.expm1(np.minimum(x, 0)))))
def elu(x, alpha=1.):
    """x above 0, else alpha * (e^x - 1)."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


TABLE.cases("elu", x=ANY_RANK)
TABLE.cases("elu", x=draw(2, 3, away=(0,)), alpha=[0.5, 2.0, 0.0])
TABLE.cases("elu", x=Given([-30.0, -1e-4, 30.0, 0.0, INF, -INF, NAN], "far and near"))


# ---- sigmoids ----

@TABLE.reference("hard_sigmoid", scale=lambda x: 0.2 * np.abs(x) + 0.5)
def hard_sigmoid(x):
    """0.2 x + 0.5 between 0 and 1: the slope of Keras 2, not 1/6."""
    return np.clip(0.2 * x + 0.5, 0, 1)


TABLE.cases("hard_sigmoid", x=SHAPES)
TABLE.cases("hard_sigmoid", x=Given([-3.0, -2.75, -2.0, 1.0, 2.0, 2.75, 3.0, 2.9], "slope 0.2",
                                    smooth=True))
TABLE.cases("hard_sigmoid", x=Given([-2.5, 2.5, INF, -INF, NAN], "ends"))

TABLE.reference("softsign")(lambda x: x / (1 + np.abs(x)))
TABLE.cases("softsign", x=SHAPES)
TABLE.cases("softsign", x=Given([0.0, NAN, 1e4, -1e4], "zero and far"))


# ---- over an axis ----

def _shifted(x, axis):
    return x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)


def _softmax(x, axis=-1):
    powers = np.exp(_shifted(x, axis))
    return powers / powers.sum(axis=axis, keepdims=True)


def _length(x, axis=-1):
    return x.shape[axis]


@TABLE.reference("softmax", terms=_length, scale=lambda x, axis=-1: _softmax(x, axis) * (
    1 + np.abs(_shifted(x, axis))))
def softmax(x, axis=-1):
    """e^x over its sum."""
    return _softmax(x, axis)


@TABLE.reference("log_softmax", terms=_length, scale=lambda x, axis=-1: 1 + np.abs(x) + np.max(
    np.abs(x), axis=axis, keepdims=True, initial=0))
def log_softmax(x, axis=-1):
    """The logarithm of softmax."""
    shifted = _shifted(x, axis)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


TABLE.cases("softmax", "log_softmax", x=WITH_AXES)
TABLE.cases("softmax", "log_softmax", x=draw(2, 3, 4), axis=[0, 1, 2, -2])
TABLE.cases("softmax", "log_softmax", x=draw(2, 2, 3, 2), axis=[1, -1])
TABLE.cases("softmax", "log_softmax", dtypes=("float32", "float64"),
            x=Given([[1000.0, 1000.0, 0.0], [-1000.0, 0.0, 3.0]], "far apart", smooth=True))
TABLE.cases("softmax", "log_softmax", x=draw(3, 1))


def _squares(x, axis):
    return np.sum(x * x, axis=axis, keepdims=True)


@TABLE.reference("l2_normalize", terms=lambda x, axis=None: x.size)
def l2_normalize(x, axis=None):
    """x over the root of the sum of squares, which is at least 1e-12."""
    return x / np.sqrt(np.maximum(_squares(x, axis), 1e-12))


TABLE.cases("l2_normalize", x=[draw(2, 3), draw(), draw(4), draw(2, 1, 3), draw(0, 3)])
TABLE.cases("l2_normalize", x=[draw(2, 3, 4)], axis=[None, 0, -1, (0, 2)])
TABLE.cases("l2_normalize", x=Given([[0.0, 0.0], [1e-8, 0.0], [3.0, 4.0]], "zeros"), axis=-1,
            dtypes=("float32", "float64"))


# ---- a bias for each channel ----

@TABLE.reference("bias_add", scale=lambda x, bias, data_format=None: np.abs(x) + np.abs(
    bias_add(np.zeros_like(x), bias, data_format)))
def bias_add(x, bias, data_format=None):
    """x + bias; a bias of several axes is reshaped, not transposed, for channels_first."""
    if data_format != "channels_first" or not 3 <= x.ndim <= 5:
        return x + bias
    if bias.ndim == 1:
        return x + bias.reshape((-1,) + (1,) * (x.ndim - 2))
    return x + bias.reshape((bias.shape[-1],) + bias.shape[:-1])


for _rank, _sizes in ((2, ()), (3, (4,)), (4, (2, 3)), (5, (2, 1, 2))):
    TABLE.cases("bias_add", x=draw(2, *_sizes, 5), bias=[draw(5), draw(*_sizes, 5)],
                data_format="channels_last", options=Options(unknown="batch"))
    if _sizes:
        TABLE.cases("bias_add", x=draw(2, 5, *_sizes), bias=[draw(5), draw(*_sizes, 5)],
                    data_format="channels_first", options=Options(unknown="batch"))
TABLE.cases("bias_add", x=draw(0, 5), bias=draw(5), options=Options(unknown="batch"))
for _format in ("channels_last", "channels_first"):  # sizes of 1 are broadcast
    TABLE.cases("bias_add", x=draw(2, 3, 4), bias=[draw(1), draw(1, 1)], data_format=_format)
    TABLE.cases("bias_add", x=draw(2, 3, 2, 3), bias=[draw(1), draw(1, 1, 3), draw(1, 2, 1)][
        :2 if _format == "channels_first" else 3], data_format=_format)
    TABLE.cases("bias_add", x=draw(2, 3, 2, 2, 3), bias=[draw(1), draw(1, 1, 1, 3)],
                data_format=_format)
TABLE.cases("bias_add", x=draw(2, 3), bias=draw(3), options=Options(unknown="all"))
TABLE.cases("relu", "elu", "hard_sigmoid", "softsign", x=SPECIAL._replace(words="the specials"))


# ---- labels ----

@TABLE.reference("in_top_k")
def in_top_k(predictions, targets, k):
    """Whether fewer than k predictions are greater than the target's."""
    found = []
    for row, target in zip(predictions, targets):
        legal = 0 <= target < len(row) and np.isfinite(row).all()
        found.append(bool(legal and np.sum(row > row[target]) < k))
    return np.array(found, dtype=bool)


TABLE.cases("in_top_k", predictions=draw(4, 5, distinct=True), k=[1, 2, 5, 7],
            targets=[Given([0, 4, 2, 1], "classes", "int32"), Given([3, 0, 1, 1], "more", "int64")],
            options=Options(unknown="batch"))
TABLE.cases("in_top_k", k=[1, 2], targets=Given([0, 1, 5, -1], "illegal ones too", "int32"),
            predictions=Given([[1, 1, 0], [1, 1, 1], [0, 1, 2], [0, 1, 2]], "ties"))
TABLE.cases("in_top_k", k=1, targets=Given([0, 1], "two", "int32"),
            predictions=Given([[1, NAN], [0, INF]], "not finite"))
