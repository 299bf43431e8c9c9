"""Batch normalization, with the batch's statistics and with given ones."""
from ..registry import composite
from . import reductions, shaping
from .activations import floats
from .convert import as_tensor, normalize_axes, normalize_axis
from .elementwise import sqrt, square


def _optional(value, x):
    return None if value is None else as_tensor(value, x.dtype)


def _inverse(variance, epsilon):
    return 1 / sqrt.bind(variance + epsilon)


def _times(scale, gamma):
    return scale if gamma is None else scale * gamma


def _spread(value, x, axes):
    """A statistic of the axes that are left, as it broadcasts with x."""
    sizes = [1 if i in axes else shaping.size_of(x, i) for i in range(x.ndim)]
    return shaping.reshape(value, sizes)


# ---- the batch's statistics ----

@composite(tolerance="normalization")
def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    """(normalized, mean, variance) of a batch over the reduction axes.

    normalized = (x - mean) / sqrt(variance + epsilon) * gamma + beta, of x's shape.
    gamma, beta: of the shape of the axes that are left (or of as many elements), or
    None; mean and variance have that shape, the variance is the biased one for every
    rank. Keras 2.3.1
    K.normalize_batch_in_training; TensorFlow's fused kernel (4 axes) gave the
    unbiased variance.
    """
    x = floats(x)
    axes = normalize_axes(reduction_axes, x)
    return normalize_batch_in_training.bind(
        x, _of_kept(gamma, x, axes), _of_kept(beta, x, axes), axes=axes, epsilon=float(epsilon))


def _of_kept(value, x, axes):
    """A parameter in the shape of the axes that are left."""
    value = _optional(value, x)
    if value is None or value.ndim == x.ndim - len(axes):
        return value
    return shaping.refit(value, [shaping.size_of(x, i) for i in range(x.ndim) if i not in axes])


@normalize_batch_in_training.body
def _normalize_body(x, gamma, beta, *, axes, epsilon):
    mean = reductions.mean(x, axis=axes)
    centered = x - _spread(mean, x, axes)
    variance = reductions.mean(square(centered), axis=axes)
    y = centered * _spread(_times(_inverse(variance, epsilon), gamma), x, axes)
    return (y if beta is None else y + _spread(beta, x, axes)), mean, variance


@normalize_batch_in_training.gradient
def _normalize_gradient(g, y, x, gamma, beta, *, axes, epsilon):
    by_y, by_mean, by_variance = g
    _, mean, variance = y
    n = reductions.count(x, axes)
    centered = x - _spread(mean, x, axes)
    constant, linear, by_gamma, by_beta = [], [], None, None
    if by_mean is not None:
        constant.append(by_mean / n)
    if by_variance is not None:
        linear.append(by_variance * 2 / n)
    if by_y is not None:
        inverse = _inverse(variance, epsilon)
        scale = _times(inverse, gamma)
        by_beta = reductions.sum(by_y, axis=axes)
        by_gamma = reductions.sum(by_y * centered, axis=axes) * inverse
        constant.append(-scale * by_beta / n)
        linear.append(-scale * inverse * by_gamma / n)
    parts = [by_y * _spread(scale, x, axes)] if by_y is not None else []
    parts += [_spread(sum(constant), x, axes)] if constant else []
    parts += [centered * _spread(sum(linear), x, axes)] if linear else []
    return sum(parts[1:], parts[0]), by_gamma, by_beta


# ---- given statistics ----

@composite(tolerance="normalization")
def batch_normalization(x, mean, var, beta, gamma, axis=-1, epsilon=1e-3):
    """(x - mean) / sqrt(var + epsilon) * gamma + beta, with statistics from elsewhere.

    mean, var, beta, gamma: vectors along `axis` of x, or tensors that broadcast
    with x; beta and gamma may be None. Keras 2.3.1 K.batch_normalization; a float in
    the place of axis is the epsilon, which stood there before 2.3.
    """
    if isinstance(axis, float):
        axis, epsilon = -1, axis
    x = floats(x)
    statistics = [_optional(value, x) for value in (mean, var, beta, gamma)]
    axis = normalize_axis(axis, x)
    vectors = [_vector(value, x, axis) for value in statistics]
    if None in [v for v, s in zip(vectors, statistics) if s is not None]:
        return _normalized(x, *statistics, epsilon)
    return batch_normalization.bind(x, *vectors, axis=axis, epsilon=float(epsilon))


def _vector(value, x, axis):
    """A statistic as a vector along the axis, or None where it is not one."""
    if value is None or value.ndim == 1:
        return value
    along = value.ndim == x.ndim and all(
        n == 1 for i, n in enumerate(value.shape) if i != axis)
    return shaping.reshape(value, (-1,)) if along else None


def _normalized(x, mean, var, beta, gamma, epsilon):
    y = (x - mean) * _times(_inverse(var, epsilon), gamma)
    return y if beta is None else y + beta


@batch_normalization.body
def _batch_normalization_body(x, mean, var, beta, gamma, *, axis, epsilon):
    axes = _others(x, axis)
    mean, var, beta, gamma = (None if value is None else _spread(value, x, axes)
                              for value in (mean, var, beta, gamma))
    return _normalized(x, mean, var, beta, gamma, epsilon)


def _others(x, axis):
    return tuple(i for i in range(x.ndim) if i != axis)


@batch_normalization.gradient
def _batch_normalization_gradient(g, y, x, mean, var, beta, gamma, *, axis, epsilon):
    axes = _others(x, axis)
    inverse = _inverse(var, epsilon)
    scale = _times(inverse, gamma)
    total = reductions.sum(g, axis=axes)
    by_gamma = reductions.sum(g * (x - _spread(mean, x, axes)), axis=axes) * inverse
    by_var = -0.5 * by_gamma * scale * inverse
    return g * _spread(scale, x, axes), -total * scale, by_var, total, by_gamma
