"""The backend: storage, native differentiation, and how a plan becomes one graph function."""
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.framework import ops as framework_ops

from keras_compat.backend.interface import Backend
from keras_compat.backends.tensorflow import (
    control, conv, elementwise, indexing, linalg, nn, pooling, random_ops, recurrent, reductions,
    shaping, updates)

_OP_FILES = (elementwise, reductions, shaping, indexing, linalg, conv, pooling, random_ops,
             control, nn, recurrent)


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
        return tf.identity(native)

    def feed(self, array):
        """An eager tensor made the shortest way; TensorFlow copies or keeps the array."""
        if type(array) is not np.ndarray:
            return array
        if self._device is None:
            self._device = context.context().device_name or tf.constant(0).device
        return framework_ops.EagerTensor(array, self._device, None)

    # ---- differentiation ----

    def watch(self, native):
        """The same values under a name of their own, so that only its uses count."""
        return tf.identity(native)

    def gradients(self, losses, wrt, create_graph, retain_graph):
        """Gradients of the sum of all elements of `losses`; zeros where unconnected."""
        found = tf.gradients(losses, wrt)
        return [tf.zeros_like(x) if g is None else tf.convert_to_tensor(g)
                for g, x in zip(found, wrt)]

    # ---- running ----

    def compile(self, plan, once=False):
        """The traced plan; a plan to be run once is not worth tracing unless it differentiates."""
        if once and not plan.has_gradients:
            return plan.function
        signature = [tf.TensorSpec(shape, dtype) for shape, dtype in plan.inputs]
        traced = tf.function(plan.function, input_signature=signature, autograph=False)
        return _Call(traced.get_concrete_function())


class _Call:
    """Calls a concrete function with its captures appended, past the argument handling.

    That handling costs two to four times as much as a small step itself.
    """

    def __init__(self, concrete):
        self.concrete = concrete
        self.captures = list(concrete.captured_inputs)
        self.run = getattr(getattr(concrete, "_inference_function", None), "call_flat", None)
        self.places = _places(concrete)

    def __call__(self, *inputs):
        if self.run is None or self.places is None:
            return self.concrete(*inputs)
        found = self.run(*inputs, *self.captures)
        return tuple(found[i] for i in self.places)


def _places(concrete):
    """Where each structured output stands among the flat ones; None if that is not known."""
    flat = list(concrete.outputs)
    structured = concrete.structured_outputs
    if len(flat) != len(structured):
        return None
    return list(range(len(flat)))
