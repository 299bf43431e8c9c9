"""What can be asked of a tensor while the graph is built."""
from .. import graph
from ..registry import fail, sugar
from . import sparse
from .convert import product


def _tensor(x):
    if not isinstance(x, graph.Tensor):
        fail("a tensor is needed", "a symbolic tensor", f"{type(x).__name__}", error=TypeError)
    return x


@sugar
def ndim(x):
    """The number of axes of a tensor, an int."""
    return _tensor(x).ndim


@sugar
def dtype(x):
    """The name of the tensor's dtype."""
    return _tensor(x).dtype


@sugar
def int_shape(x):
    """The static shape of a tensor: a tuple with None where a size is not known.

    What an attribute `_keras_shape` says, if a layer or a script set one, counts.
    """
    shape = getattr(x, "_keras_shape", None)
    return tuple(_tensor(x).shape if shape is None else shape)


@sugar
def count_params(x):
    """The number of elements of a tensor whose static shape is complete."""
    count = product(_tensor(x).shape)
    if count is None:
        fail("the shape must be complete", "a shape without None", f"x {tuple(x.shape)}")
    return count


@sugar
def is_sparse(tensor):
    """Whether the tensor is sparse, such as `placeholder(sparse=True)`."""
    return sparse.is_sparse(tensor)


@sugar
def to_dense(tensor):
    """A dense tensor with the same values; a dense one is returned as it is."""
    return sparse.dense(tensor) if is_sparse(tensor) else tensor
