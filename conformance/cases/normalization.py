"""Batch normalization, with the batch's statistics and with given ones."""
import numpy as np

from ..arrays import Given, draw
from ..table import Options, Table

TABLE = Table("normalization")
BATCH = Options(unknown="batch")


def _left(x, axes):
    """The shape of a statistic as it broadcasts with x."""
    return tuple(1 if i in axes else n for i, n in enumerate(x.shape))


def _axes(reduction_axes, x):
    return tuple(sorted(a % x.ndim for a in reduction_axes))


@TABLE.reference(
    "normalize_batch_in_training",
    terms=lambda x, gamma, beta, reduction_axes, epsilon=1e-3: int(np.prod(
        [x.shape[a] for a in reduction_axes])),
    scale=lambda x, gamma, beta, reduction_axes, epsilon=1e-3: _scales(
        x, gamma, beta, reduction_axes, epsilon))
def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    """(normalized, mean, variance): the variance divided by n, epsilon inside the root."""
    axes = _axes(reduction_axes, x)
    mean, variance = x.mean(axis=axes), x.var(axis=axes)
    shape = _left(x, axes)
    y = (x - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + epsilon)
    y = y if gamma is None else y * gamma.reshape(shape)
    y = y if beta is None else y + beta.reshape(shape)
    return y, mean, variance


def _scales(x, gamma, beta, reduction_axes, epsilon):
    axes = _axes(reduction_axes, x)
    shape = _left(x, axes)
    size = np.abs(x).mean(axis=axes)
    inverse = 1 / np.sqrt(x.var(axis=axes) + epsilon)
    y = (np.abs(x) + size.reshape(shape)) * inverse.reshape(shape)
    y = y if gamma is None else y * np.abs(gamma).reshape(shape)
    return (y if beta is None else y + np.abs(beta).reshape(shape)), size, (x * x).mean(axis=axes)


for _gamma in (draw(3), None):
    for _beta in (draw(3), None):
        TABLE.cases("normalize_batch_in_training", x=draw(4, 3), gamma=_gamma, beta=_beta,
                    reduction_axes=(0,), options=BATCH)
TABLE.cases("normalize_batch_in_training", x=draw(4, 2, 3, 3), gamma=draw(3), beta=draw(3),
            reduction_axes=[(0, 1, 2), (0, 1, -2)], epsilon=[1e-3, 1e-5], options=BATCH)
TABLE.cases("normalize_batch_in_training", x=draw(4, 3, 2, 2), gamma=draw(3), beta=draw(3),
            reduction_axes=(0, 2, 3), options=BATCH)
TABLE.cases("normalize_batch_in_training", x=draw(4, 3), gamma=draw(1, 3), beta=draw(1, 3),
            reduction_axes=(0,), options=BATCH)
TABLE.cases("normalize_batch_in_training", x=draw(4, 3, 2, 2), gamma=[draw(3, 1, 1), None],
            beta=[draw(1, 3, 1, 1), draw(3)], reduction_axes=(0, 2, 3), options=BATCH)
TABLE.cases("normalize_batch_in_training", x=draw(4, 5, 3), gamma=draw(3), beta=draw(3),
            reduction_axes=(0, 1), options=BATCH)
TABLE.cases("normalize_batch_in_training", x=draw(2, 2, 2, 2, 3), gamma=draw(3), beta=draw(3),
            reduction_axes=(0, 1, 2, 3), options=BATCH)
TABLE.cases("normalize_batch_in_training", x=draw(1, 3), gamma=draw(3), beta=draw(3),
            reduction_axes=(0,), options=BATCH, dtypes=("float32", "float64"))
TABLE.cases("normalize_batch_in_training", x=draw(1100, 64), gamma=draw(64), beta=draw(64),
            reduction_axes=(0,), options=Options(unknown="none"), layouts=("plain",),
            dtypes=("float32",))
# The statistics of no samples do not exist, and have no slope.
NOTHING = BATCH._replace(smooth=False)
TABLE.cases("normalize_batch_in_training", x=draw(0, 3), gamma=draw(3), beta=draw(3),
            reduction_axes=(0,), options=NOTHING, layouts=("plain",))
TABLE.cases("normalize_batch_in_training", x=draw(0, 3, 2, 2), gamma=draw(3), beta=None,
            reduction_axes=(0, 2, 3), options=NOTHING, layouts=("plain",))
TABLE.cases("normalize_batch_in_training", dtypes=("float32", "float64"), gamma=None, beta=None,
            x=Given([[101.0], [102.0], [104.0]], "far from 0", smooth=True), reduction_axes=(0,),
            options=BATCH)


# ---- given statistics ----

def _along(value, x, axis):
    if value is None or value.ndim != 1:
        return value
    return value.reshape([-1 if i == axis % x.ndim else 1 for i in range(x.ndim)])


def _parts(x, mean, var, beta, gamma, axis, epsilon):
    mean, var, beta, gamma = (_along(v, x, axis) for v in (mean, var, beta, gamma))
    scale = 1 / np.sqrt(var + epsilon)
    return mean, beta, scale if gamma is None else scale * gamma


def _size(x, mean, var, beta, gamma, axis=-1, epsilon=1e-3):
    mean, beta, scale = _parts(x, mean, var, beta, gamma, axis, epsilon)
    y = (np.abs(x) + np.abs(mean)) * np.abs(scale)
    return y if beta is None else y + np.abs(beta)


@TABLE.reference("batch_normalization", scale=_size)
def batch_normalization(x, mean, var, beta, gamma, axis=-1, epsilon=1e-3):
    """(x - mean) / sqrt(var + epsilon) * gamma + beta."""
    mean, beta, scale = _parts(x, mean, var, beta, gamma, axis, epsilon)
    y = (x - mean) * scale
    return y if beta is None else y + beta


_VAR = draw(3, low=0.1)
for _gamma in (draw(3), None):
    for _beta in (draw(3), None):
        TABLE.cases("batch_normalization", x=draw(4, 3), mean=draw(3), var=_VAR, beta=_beta,
                    gamma=_gamma, options=BATCH)
TABLE.cases("batch_normalization", x=[draw(2, 2, 2, 3), draw(2, 2, 3), draw(0, 3),
                                      draw(2, 1, 2, 2, 3)],
            mean=draw(3), var=_VAR, beta=draw(3), gamma=draw(3), epsilon=[1e-3, 1e-5],
            options=BATCH)
TABLE.cases("batch_normalization", x=draw(2, 3, 2, 2), mean=draw(3), var=_VAR, beta=draw(3),
            gamma=draw(3), axis=[1, -3], options=BATCH)
TABLE.cases("batch_normalization", x=draw(2, 2, 3), mean=draw(1, 1, 3), var=draw(1, 1, 3, low=0.1),
            beta=draw(1, 1, 3), gamma=draw(1, 1, 3), options=BATCH)
