"""Portable randomness: streams of numbers that are the same on every backend.

Each random op in a graph owns a stream. In the portable mode every execution
draws the next block of the stream on the host with NumPy, whatever the
backend, so that the same seeds give the same numbers bit for bit. In the
native mode the backend's own generator is seeded with `stream.seed`.
"""
import numpy as np

from . import config


class RandomStream:
    """The source of one random op: `seed`, `portable`, and the next portable draws.

    seed: an int, or None to take one from NumPy's global generator, which
        `np.random.seed` in a script thereby controls, as in Keras.
    """

    def __init__(self, seed=None):
        self.seed = int(np.random.randint(int(10e6)) if seed is None else seed)
        self.portable = config.random_mode() == "portable"
        self._generator = None

    def __repr__(self):
        return f"<RandomStream seed={self.seed}>"

    @property
    def generator(self):
        """The NumPy generator, made at the first draw."""
        if self._generator is None:
            self._generator = np.random.Generator(np.random.PCG64(self.seed))
        return self._generator

    def reset(self):
        """Starts the stream anew, as if nothing had been drawn."""
        self._generator = None

    def uniform(self, shape, dtype, low=0.0, high=1.0):
        """The next block, uniform in [low, high); integer dtypes give integers."""
        if np.issubdtype(np.dtype(dtype), np.integer):
            return self.generator.integers(low, high, size=shape, dtype=dtype)
        draw = self.generator.random(shape, dtype=_drawn(dtype))
        if low != 0.0 or high != 1.0:
            draw *= high - low
            draw += low
        return draw.astype(dtype, copy=False)

    def normal(self, shape, dtype, mean=0.0, stddev=1.0):
        """The next block, normal with this mean and standard deviation."""
        draw = self.generator.standard_normal(shape, dtype=_drawn(dtype))
        return _scaled(draw, dtype, mean, stddev)

    def truncated_normal(self, shape, dtype, mean=0.0, stddev=1.0):
        """The next block, normal, with what lies beyond two deviations drawn again."""
        draw = self.generator.standard_normal(shape, dtype=_drawn(dtype))
        outside = np.abs(draw) > 2
        while outside.any():
            draw[outside] = self.generator.standard_normal(int(outside.sum()), dtype=draw.dtype)
            outside = np.abs(draw) > 2
        return _scaled(draw, dtype, mean, stddev)


def _drawn(dtype):
    return np.float64 if dtype == "float64" else np.float32


def _scaled(draw, dtype, mean, stddev):
    draw *= stddev
    draw += mean
    return draw.astype(dtype, copy=False)
