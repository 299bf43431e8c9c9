"""Initial values of weights.

An initializer is called with a shape and gives the values, which the layer puts
into a variable. Without a seed the numbers come from NumPy's global generator,
so that `np.random.seed` fixes them; with one, each call moves to the next seed.
"""
import inspect
import math
from types import MappingProxyType

import numpy as np

from . import backend as K
from .backend.errors import message, one_of
from .legacy import interfaces
from .utils import named
from .utils.generic_utils import (  # noqa: F401 (old code imports both from here)
    deserialize_keras_object, serialize_keras_object)

# The standard deviation of a unit normal that is cut off at two deviations.
_TRUNCATED_DEVIATION = 0.87962566103423978


class Initializer:
    """Base class: `__call__(shape, dtype=None)` gives the values."""

    def __call__(self, shape, dtype=None):
        raise NotImplementedError(message(
            type(self).__name__, "an initializer defines __call__",
            "a method `__call__(self, shape, dtype=None)`", "none"))

    def get_config(self):
        """The constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config):
        """The initializer with these arguments; a `dtype` of newer files is ignored."""
        config = {key: value for key, value in config.items() if key != "dtype"}
        return cls(**config)


class Zeros(Initializer):
    """All zeros."""

    def __call__(self, shape, dtype=None):
        return K.constant(0, shape=shape, dtype=dtype)


class Ones(Initializer):
    """All ones."""

    def __call__(self, shape, dtype=None):
        return K.constant(1, shape=shape, dtype=dtype)


class Constant(Initializer):
    """All `value`, a number or an array that broadcasts to the shape."""

    def __init__(self, value=0):
        self.value = value

    def __call__(self, shape, dtype=None):
        if np.ndim(self.value):
            return K.constant(np.broadcast_to(self.value, shape), dtype=dtype)
        return K.constant(self.value, shape=shape, dtype=dtype)

    def get_config(self):
        """`value`."""
        return {"value": self.value}


class _Seeded(Initializer):
    """An initializer that draws; `_next_seed` gives the seed of this call."""

    def __init__(self, seed=None):
        self.seed = seed

    def _next_seed(self):
        seed = self.seed
        if seed is not None:
            self.seed = seed + 1
        return seed


class RandomNormal(_Seeded):
    """Normal with this mean and standard deviation."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape, dtype=None):
        return K.random_normal(shape, self.mean, self.stddev, dtype=dtype, seed=self._next_seed())

    def get_config(self):
        """`mean`, `stddev`, `seed`."""
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}


class RandomUniform(_Seeded):
    """Uniform between `minval` and `maxval`."""

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape, dtype=None):
        return K.random_uniform(shape, self.minval, self.maxval, dtype=dtype,
                                seed=self._next_seed())

    def get_config(self):
        """`minval`, `maxval`, `seed`."""
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}


class TruncatedNormal(_Seeded):
    """Normal, with what lies beyond two deviations drawn again."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape, dtype=None):
        return K.truncated_normal(shape, self.mean, self.stddev, dtype=dtype,
                                  seed=self._next_seed())

    def get_config(self):
        """`mean`, `stddev`, `seed`."""
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}


class VarianceScaling(_Seeded):
    """Variance `scale` over the number of inputs, of outputs, or their mean.

    mode: 'fan_in', 'fan_out' or 'fan_avg'. distribution: 'normal' (truncated at two
    deviations, with the variance corrected for it) or 'uniform'. ValueError otherwise.
    """

    def __init__(self, scale=1.0, mode="fan_in", distribution="normal", seed=None):
        super().__init__(seed)
        _check(scale > 0.0, "scale", "a positive number", scale)
        mode, distribution = mode.lower(), distribution.lower()
        _check(mode in _FANS, "mode", one_of(_FANS), mode)
        _check(distribution in ("normal", "uniform"), "distribution",
               one_of(("normal", "uniform")), distribution)
        self.scale = scale
        self.mode = mode
        self.distribution = distribution

    def __call__(self, shape, dtype=None):
        variance = self.scale / max(1.0, _FANS[self.mode](*_compute_fans(shape)))
        if self.distribution == "normal":
            deviation = math.sqrt(variance) / _TRUNCATED_DEVIATION
            return K.truncated_normal(shape, 0.0, deviation, dtype=dtype, seed=self._next_seed())
        limit = math.sqrt(3.0 * variance)
        return K.random_uniform(shape, -limit, limit, dtype=dtype, seed=self._next_seed())

    def get_config(self):
        """`scale`, `mode`, `distribution`, `seed`."""
        return {"scale": self.scale, "mode": self.mode,
                "distribution": self.distribution, "seed": self.seed}


class Orthogonal(_Seeded):
    """A random orthogonal matrix times `gain`; more axes are taken as (rest, last)."""

    @interfaces.era_defaults
    def __init__(self, gain=1.0, seed=None):
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape, dtype=None):
        seed = self._next_seed()
        generator = np.random if seed is None else np.random.RandomState(seed)
        flat = (int(np.prod(shape[:-1])), shape[-1])
        left, _, right = np.linalg.svd(generator.normal(0.0, 1.0, flat), full_matrices=False)
        matrix = left if left.shape == flat else right
        return K.constant(self.gain * matrix.reshape(shape), dtype=dtype)

    def get_config(self):
        """`gain`, `seed`."""
        return {"gain": self.gain, "seed": self.seed}


class Identity(Initializer):
    """The identity matrix times `gain`, filled up with zeros if it is not square."""

    def __init__(self, gain=1.0):
        self.gain = gain

    def __call__(self, shape, dtype=None):
        if len(shape) != 2:
            raise ValueError(message("Identity", "only a matrix can be the identity",
                                     "a shape of 2 axes", tuple(shape)))
        return K.constant(self.gain * np.eye(shape[0], shape[1]), dtype=dtype)

    def get_config(self):
        """`gain`."""
        return {"gain": self.gain}


def lecun_uniform(seed=None):
    """Uniform with variance 1 / fan_in."""
    return VarianceScaling(scale=1.0, mode="fan_in", distribution="uniform", seed=seed)


def lecun_normal(seed=None):
    """Truncated normal with variance 1 / fan_in."""
    return VarianceScaling(scale=1.0, mode="fan_in", distribution="normal", seed=seed)


def glorot_uniform(seed=None):
    """Uniform with variance 2 / (fan_in + fan_out)."""
    return VarianceScaling(scale=1.0, mode="fan_avg", distribution="uniform", seed=seed)


def glorot_normal(seed=None):
    """Truncated normal with variance 2 / (fan_in + fan_out)."""
    return VarianceScaling(scale=1.0, mode="fan_avg", distribution="normal", seed=seed)


def he_uniform(seed=None):
    """Uniform with variance 2 / fan_in."""
    return VarianceScaling(scale=2.0, mode="fan_in", distribution="uniform", seed=seed)


def he_normal(seed=None):
    """Truncated normal with variance 2 / fan_in."""
    return VarianceScaling(scale=2.0, mode="fan_in", distribution="normal", seed=seed)


zero = zeros = Zeros
one = ones = Ones
constant = Constant
uniform = random_uniform = RandomUniform
normal = random_normal = RandomNormal
truncated_normal = TruncatedNormal
identity = Identity
orthogonal = Orthogonal

_FANS = MappingProxyType({
    "fan_in": lambda fan_in, fan_out: fan_in,
    "fan_out": lambda fan_in, fan_out: fan_out,
    "fan_avg": lambda fan_in, fan_out: (fan_in + fan_out) / 2,
})


def _compute_fans(shape, data_format="channels_last"):
    """Number of inputs and of outputs of one unit of a weight of this shape."""
    if len(shape) == 2:
        return shape
    if len(shape) not in (3, 4, 5):
        side = math.sqrt(np.prod(shape))
        return side, side
    if data_format == "channels_first":
        field = np.prod(shape[2:])
        return shape[1] * field, shape[0] * field
    field = np.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def _check(holds, name, expected, received):
    if not holds:
        raise ValueError(message("VarianceScaling", f"not a value that `{name}` can have",
                                 expected, repr(received)))


_CLASSES = MappingProxyType({name: value for name, value in globals().items() if (
    inspect.isclass(value) and issubclass(value, Initializer) and not name.startswith("_"))})
_MAKERS = MappingProxyType({maker.__name__: maker for maker in (
    lecun_uniform, lecun_normal, glorot_uniform, glorot_normal, he_uniform, he_normal)})


def serialize(initializer):
    """`{'class_name': ..., 'config': ...}` of an initializer."""
    return serialize_keras_object(initializer)


def deserialize(config, custom_objects=None):
    """The initializer of a name or of what `serialize` gave."""
    return named.deserialize(config, _CLASSES, _MAKERS, custom_objects, "initializer")


def get(identifier):
    """The initializer that a layer's argument means: a name, a config or a callable."""
    return named.resolve(identifier, deserialize, "initializers.get", optional=False)
