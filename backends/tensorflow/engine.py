"""The backend: storage, native differentiation, and how a plan becomes one graph function."""
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.framework import ops as framework_ops

from keras_compat.backend.interface import Backend
from keras_compat.backends.tensorflow import (
    calls, control, conv, elementwise, indexing, linalg, nn, normalization, pooling, random_ops,
    recurrent, reductions, shaping, updates)

_OP_FILES = (elementwise, reductions, shaping, indexing, linalg, conv, pooling, random_ops,
             control, nn, normalization, recurrent)

_SMALL = 4096     # bytes that are copied sooner than it is found out whether they must be
_ALIGNED = 16     # no array that TensorFlow keeps is aligned to less


class TensorFlowBackend(Backend):
    """TensorFlow 2; a plan is traced once into a graph function and called without dispatch."""

    name = "tensorflow"
    display_name = "TensorFlow"
    autodiff = True

    def __init__(self):
        super().__init__()
        for file in _OP_FILES:
            self.ops.update(getattr(file, "OPS", {}))
            self.specializers.update(getattr(file, "SPECIALIZERS", {}))
        self.updates.update(updates.UPDATES)
        self._device = None

    # ---- arrays and variables ----

    def from_numpy(self, array):
        """An eager tensor with the array's values."""
        return tf.constant(array)

    def constant(self, array):
        """The array itself: it becomes a constant of the graph that is traced."""
        return array

    def to_numpy(self, native):
        """The values as an array."""
        return native.numpy() if hasattr(native, "numpy") else np.asarray(native)

    def variable(self, array, name):
        """A tf.Variable with the array's values."""
        return tf.Variable(array, trainable=False)

    def write(self, storage, array):
        """Assigns an array's values."""
        storage.assign(array)

    def read(self, storage):
        """The values at the moment of the call."""
        return storage.read_value()

    def assign(self, storage, native):
        """Assigns a tensor's values."""
        storage.assign(native, read_value=False)

    def copy(self, native):
        """A tensor of its own."""
        return tf.raw_ops.DeepCopy(x=native)

    def feed(self, array):
        """An eager tensor of its own, made the shortest way.

        TensorFlow itself copies arrays unless they lie as it likes them. Those it would
        keep, and a variable that is given such an input would change with the array.
        """
        if type(array) is not np.ndarray:
            return array
        if array.nbytes < _SMALL or not array.__array_interface__["data"][0] % _ALIGNED:
            array = array.copy()
        if self._device is None:
            self._device = context.context().device_name or tf.constant(0).device
        return framework_ops.EagerTensor(array, self._device, None)

    # ---- differentiation ----

    watch = staticmethod(calls.watch)
    record = staticmethod(calls.record)
    gradients = staticmethod(calls.gradients)

    # ---- running ----

    def compile(self, plan, once=False):
        """Runs the plan op by op at the first call and as a graph function from the second on.

        Tracing costs as much as hundreds of small steps, and many functions are called once.
        """
        return calls.Call(plan)
