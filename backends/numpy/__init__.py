"""The NumPy backend: everything in NumPy's own calls, one file for each family of ops.

Gradients come from the shared rules; `nn` and `recurrent` add kernels where a
composite's derivative can be had in fewer passes.
"""
import numpy as np

from keras_compat.backend.host_memory import keep_freed_memory
from keras_compat.backend.interface import Backend

from . import (control, conv, conv_joint, elementwise, indexing, linalg, nn, pooling, random_ops,
               recurrent, reductions, shaping, updates)

_FAMILIES = (control, conv, conv_joint, elementwise, indexing, linalg, nn, pooling, random_ops,
             recurrent, reductions, shaping)


class NumpyBackend(Backend):
    """Native arrays are ndarrays (or NumPy scalars); storage is an ndarray written in place."""

    name = "numpy"
    display_name = "NumPy"

    def __init__(self):
        super().__init__()
        keep_freed_memory()
        for family in _FAMILIES:
            self.ops.update(getattr(family, "OPS", {}))
            self.inplace.update(getattr(family, "INPLACE", {}))
            self.vjps.update(getattr(family, "VJPS", {}))
            self.specializers.update(getattr(family, "SPECIALIZERS", {}))
            self.joint.update(getattr(family, "JOINT", {}))
        self.updates.update(updates.UPDATES)

    def from_numpy(self, array):
        """The array itself."""
        return np.asarray(array)

    def to_numpy(self, native):
        """The array itself."""
        return np.asarray(native)

    def variable(self, array, name):
        """A copy of the array, contiguous."""
        return np.array(array, order="C")

    def write(self, storage, array):
        """Copies the values into the storage."""
        np.copyto(storage, array)

    def assign(self, storage, native):
        """Copies the values into the storage."""
        np.copyto(storage, native)

    def copy(self, native):
        """A copy with memory of its own."""
        return np.array(native)

    def compile(self, plan, once=False):
        """The plan's function, with IEEE 754's results in place of NumPy's warnings."""
        function = plan.function

        def run(*inputs):
            with np.errstate(all="ignore"):
                return function(*inputs)
        return run


backend = NumpyBackend()
