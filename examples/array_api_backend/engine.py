"""The backend object: arrays in and out, storage of variables, the table of ops."""
import numpy as np

from keras_compat.backend.interface import Backend

from . import control, elementwise, indexing, linalg, reductions, shaping, windows
from .namespace import dtype_of, xp


class ArrayApiBackend(Backend):
    """Any array library that follows the standard."""

    name = "array-api"
    display_name = f"array API ({xp.__name__})"

    def __init__(self):
        super().__init__()
        for family in (control, elementwise, indexing, linalg, reductions, shaping, windows):
            self.ops.update(family.OPS)

    def from_numpy(self, array):
        """An array of the library."""
        return xp.asarray(np.ascontiguousarray(array).reshape(np.shape(array)),
                          dtype=dtype_of(np.asarray(array).dtype.name), copy=True)

    def to_numpy(self, native):
        """A NumPy array."""
        return np.asarray(native) if hasattr(native, "__array__") else np.from_dlpack(native)

    def variable(self, array, name):
        """A copy of the values."""
        return self.from_numpy(array)

    def write(self, storage, array):
        """Writes in place."""
        storage[...] = self.from_numpy(array)

    def assign(self, storage, native):
        """Writes in place."""
        storage[...] = native

    def copy(self, native):
        """An array with memory of its own."""
        return xp.asarray(native, copy=True)
