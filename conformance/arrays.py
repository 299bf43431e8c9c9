"""Inputs of cases: described now, drawn when a case runs, from a seed in the case's name."""
import zlib
from typing import NamedTuple

import numpy as np

LAYOUTS = ("plain", "strided", "reversed", "transposed", "read-only")


class Draw(NamedTuple):
    """Random numbers of a shape in [low, high], in the case's dtype or one of their own.

    away: places from which floats keep a distance of 0.05, such as a kink at 0.
    distinct: no number comes twice (a permutation of evenly spaced ones).
    steps: floats are multiples of 1 / steps, so that sums and products are exact.
    """

    shape: tuple
    low: float = -2.0
    high: float = 2.0
    dtype: str = None
    away: tuple = ()
    distinct: bool = False
    steps: int = None

    @property
    def words(self):
        """For the id: 'x' between sizes, 'scalar' without any."""
        sizes = "x".join(map(str, self.shape)) or "scalar"
        return f"{sizes} {self.dtype}" if self.dtype else sizes

    @property
    def special(self):
        """Whether the values lie where derivatives do not exist or are not finite."""
        return False

    def array(self, dtype, seed):
        """The NumPy array."""
        generator = np.random.Generator(np.random.PCG64(seed))
        dtype = self.dtype or dtype
        if dtype == "bool":
            return np.asarray(generator.random(self.shape) < 0.5)
        if dtype.startswith(("int", "uint")):
            return self._integers(generator, dtype)
        return self._floats(generator).astype(dtype)

    def _integers(self, generator, dtype):
        low = max(int(self.low), 0) if dtype == "uint8" else int(self.low)
        if self.distinct:
            count = int(np.prod(self.shape))
            return (generator.permutation(count) + low).reshape(self.shape).astype(dtype)
        found = generator.integers(low, int(self.high) + 1, self.shape)
        if 0 in self.away:
            found = np.where(found == 0, max(low, 1), found)
        return np.asarray(found, dtype)

    def _floats(self, generator):
        if self.distinct:
            count = int(np.prod(self.shape))
            values = np.linspace(self.low, self.high, max(count, 2))[:count]
            return generator.permutation(values).reshape(self.shape)
        values = generator.uniform(self.low, self.high, self.shape)
        for place in self.away:
            near = np.abs(values - place) < 0.05
            values = np.where(near, place + np.where(values < place, -0.1, 0.1), values)
        return np.round(values * self.steps) / self.steps if self.steps else values


class Given(NamedTuple):
    """Numbers that are written out; `words` name them in the id."""

    values: object
    words: str
    dtype: str = None
    smooth: bool = False

    @property
    def special(self):
        """True for floats unless said to be `smooth`; indices have no slope anyway."""
        return not self.smooth and (self.dtype or "float").startswith("float")

    def array(self, dtype, seed):
        """The NumPy array."""
        return np.array(self.values, dtype=self.dtype or dtype)


def draw(*shape, **facts):
    """`Draw` of this shape."""
    return Draw(shape, **facts)


def is_input(value):
    """Whether a value describes an array, or is a list of such."""
    if isinstance(value, list):
        return bool(value) and all(map(is_input, value))
    return isinstance(value, (Draw, Given))


def seed_of(*words):
    """A seed from names: the same everywhere and at all times."""
    return zlib.crc32(" ".join(words).encode())


def laid_out(array, layout):
    """The same values in memory that is not contiguous, backwards, or not writeable."""
    if layout == "strided" and array.ndim:
        wide = np.repeat(array, 2, axis=-1)
        return wide[..., ::2]
    if layout == "reversed" and array.ndim:
        return array[::-1].copy()[::-1]
    if layout == "transposed":
        return np.array(array.T, order="C").T
    if layout == "read-only":
        array = array.copy()
        array.flags.writeable = False
    return array
