"""TimeDistributed: one layer applied to each step."""
import math

from .. import backend as K
from ..engine.base_layer import InputSpec
from ..utils.generic_utils import has_arg
from .wrapper import Wrapper


class TimeDistributed(Wrapper):
    """Applies a layer to each step of (samples, steps, ...), with the same weights.

    All steps of all samples go through the layer as one batch, except through a
    stateful layer, which sees the steps one after the other. Masks reach the layer, and
    its own reach the next one, only where the number of samples is not fixed: Keras 2
    passed the input's mask on as it was where a batch shape was given.
    """

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        """Builds the layer for one step."""
        self.input_spec = InputSpec(shape=(None, None) + tuple(input_shape[2:]))
        if not self.layer.built:
            self.layer.build(_step_shape(input_shape))
            self.layer.built = True
        super().build()

    def compute_output_shape(self, input_shape):
        """The layer's output shape with the steps put in."""
        shape = self.layer.compute_output_shape(_step_shape(input_shape))
        return (shape[0], input_shape[1]) + tuple(shape[1:])

    def call(self, inputs, training=None, mask=None):
        """The layer's outputs for all steps."""
        keywords = {"training": training} if has_arg(self.layer.call, "training") else {}
        if self.layer.stateful:
            return self._one_by_one(inputs, keywords)
        if mask is not None and has_arg(self.layer.call, "mask") and not _is_fixed(inputs):
            keywords["mask"] = _merge_steps(mask)
        return _split_steps(self.layer.call(_merge_steps(inputs), **keywords), inputs)

    def _one_by_one(self, inputs, keywords):
        def step(x, _):
            return self.layer.call(x, **keywords), []
        # Unrolled: the layer's updates belong to the graph outside of any loop.
        return K.rnn(step, inputs, [], input_length=K.int_shape(inputs)[1], unroll=True)[1]

    def compute_mask(self, inputs, mask=None):
        """The layer's mask for the steps; else a step counts where any part of it does."""
        if self.layer.stateful or _is_fixed(inputs):
            return mask
        inner = self.layer.compute_mask(_merge_steps(inputs),
                                        None if mask is None else _merge_steps(mask))
        if inner is not None:
            return _split_steps(inner, inputs)
        if mask is None or K.ndim(mask) == 2:
            return mask
        return K.any(mask, axis=list(range(2, K.ndim(mask))))


def _is_fixed(inputs):
    """Whether the number of samples is known while the graph is built."""
    return K.int_shape(inputs)[0] is not None


def _step_shape(input_shape):
    return (input_shape[0],) + tuple(input_shape[2:])


def _merge_steps(x):
    """(samples, steps, ...) as (samples * steps, ...)."""
    shape, sizes = K.int_shape(x), K.shape(x)
    rest = [sizes[axis] if size is None else size for axis, size in enumerate(shape)][2:]
    return K.reshape(x, (_first(shape, sizes), *rest))


def _first(shape, sizes):
    """The product of the first two sizes; -1 where only they are unknown."""
    if None not in shape[:2]:
        return math.prod(shape[:2])
    return -1 if None not in shape[2:] else sizes[0] * sizes[1]


def _split_steps(x, inputs):
    """(samples * steps, ...) as (samples, steps, ...), with the steps of `inputs`."""
    samples, steps = K.int_shape(inputs)[:2]
    shape, sizes = K.int_shape(x), K.shape(x)
    rest = [sizes[axis] if size is None else size for axis, size in enumerate(shape)][1:]
    if steps is None:
        return K.reshape(x, (K.shape(inputs)[0], K.shape(inputs)[1], *rest))
    known = samples is not None or not all(isinstance(size, int) for size in rest)
    first = (K.shape(inputs)[0] if samples is None else samples) if known else -1
    return K.reshape(x, (first, steps, *rest))
