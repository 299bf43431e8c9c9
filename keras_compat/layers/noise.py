"""Noise in training: Gaussian noise, and dropout that keeps mean and variance."""
import math

from .. import backend as K
from ..engine.base_layer import Layer
from ..legacy import interfaces
from ._options import config_of, extend

# Where SELU's negative side ends: -scale * alpha.
_DROPPED = -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717


class _Noise(Layer):
    """A layer that changes its input in training only."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, training=None):
        """The noisy input in training, the input otherwise."""
        if not self._is_active():
            return inputs
        return K.in_train_phase(lambda: self._noisy(inputs), inputs, training=training)

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape


class GaussianNoise(_Noise):
    """Adds normal noise of this standard deviation in training."""

    @interfaces.legacy_gaussiannoise_support
    def __init__(self, stddev, **kwargs):
        super().__init__(**kwargs)
        self.stddev = stddev

    def _is_active(self):
        return True

    def _noisy(self, inputs):
        return inputs + K.random_normal(K.shape(inputs), mean=0.0, stddev=self.stddev,
                                        dtype=K.dtype(inputs))

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "stddev"))


class GaussianDropout(_Noise):
    """Multiplies by normal noise of mean 1 and variance rate / (1 - rate) in training."""

    @interfaces.legacy_gaussiandropout_support
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def _is_active(self):
        return 0 < self.rate < 1

    def _noisy(self, inputs):
        deviation = math.sqrt(self.rate / (1.0 - self.rate))
        return inputs * K.random_normal(K.shape(inputs), mean=1.0, stddev=deviation,
                                        dtype=K.dtype(inputs))

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "rate"))


class AlphaDropout(_Noise):
    """Dropout to SELU's lower end, then scaled so that mean 0 and variance 1 are kept."""

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    def _is_active(self):
        return 0.0 < self.rate < 1.0

    def _noisy(self, inputs):
        dtype, rate = K.dtype(inputs), self.rate
        shape = self.noise_shape or K.shape(inputs)
        draws = K.random_uniform(shape, seed=self.seed, dtype=dtype)
        kept = K.cast(K.greater_equal(draws, rate), dtype)
        scale = ((1 - rate) * (1 + rate * _DROPPED ** 2)) ** -0.5
        shift = -scale * _DROPPED * rate
        return scale * (inputs * kept + _DROPPED * (1 - kept)) + shift

    def get_config(self):
        """The rate, as 2.3.1 wrote it, and the other arguments where they were given."""
        given = [name for name in ("noise_shape", "seed") if getattr(self, name) is not None]
        return extend(super().get_config(), config_of(self, "rate", *given))
