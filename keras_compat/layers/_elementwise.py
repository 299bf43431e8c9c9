"""Bases of the layers that compute each element by itself."""
from ..engine.base_layer import InputSpec, Layer
from ..utils.generic_utils import to_list
from ._options import fail


class Elementwise(Layer):
    """A layer that keeps its input's shape and mask."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape


class ElementwiseWithWeights(Elementwise):
    """One whose weights are of a sample's shape, with 1 on the axes in `shared_axes` (from 1)."""

    def __init__(self, shared_axes=None, **kwargs):
        super().__init__(**kwargs)
        self.shared_axes = None if shared_axes is None else to_list(shared_axes, allow_tuple=True)

    def _weights_shape(self, input_shape):
        """The shape of a weight; inputs are held to the sizes in it from then on."""
        shared = self.shared_axes or []
        if not all(axis in range(1, len(input_shape)) for axis in shared):
            fail(self, "`shared_axes` are axes of a sample, counted from 1",
                 f"axes from 1 to {len(input_shape) - 1}", repr(shared))
        sizes = [1 if axis in shared else size
                 for axis, size in enumerate(input_shape)][1:]
        if None in sizes:
            fail(self, "the size of an axis that is not shared must be known",
                 "sizes without None", tuple(input_shape), "Name the axis in shared_axes")
        self.input_spec = InputSpec(ndim=len(input_shape), axes={
            axis: size for axis, size in enumerate(input_shape)
            if axis > 0 and axis not in shared})
        return tuple(sizes)
