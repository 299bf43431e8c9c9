"""Sparse matrices in the graph: products, concatenation and the way back to dense ones.

A sparse tensor holds tensors of places and of values (`graph.SparseTensor`). All that is
computed from it is a gather and a sum by places, of the size of what is stored, so that
backends and gradients need nothing of their own.
"""
from ..graph import SparseTensor
from ..registry import fail
from . import elementwise, indexing, joining, shaping
from .convert import agree, as_tensor, merged, normalize_axis, pair


def is_sparse(x):
    """Whether `x` is a sparse tensor."""
    return isinstance(x, SparseTensor)


def _size(x, axis):
    """The size of an axis: an int where it is known, else an int32 scalar."""
    known = x.shape[axis]
    return x.sizes[axis] if known is None else known


def _wide(size):
    """A size as an int64 scalar, as the places are."""
    return elementwise.cast(as_tensor(size), "int64")


def dense(x):
    """All elements of a sparse tensor, as a matrix."""
    height, width = _size(x, 0), _size(x, 1)
    flat = indexing.gather_gradient(x.values, x.rows * _wide(width) + x.cols,
                                    [shaping.multiplied([height, width])])
    return shaping.reshape(flat, [height, width])


def copied(x):
    """The same sparse tensor as another object."""
    return SparseTensor(x.shape, x.rows, x.cols, x.values, x.sizes)


def product(x, y):
    """x y for matrices of which one is sparse: of the size of the dense one and the result.

    TypeError for two sparse matrices; ValueError unless both have two axes and the inner
    sizes agree.
    """
    if is_sparse(x) and is_sparse(y):
        fail("one of the two matrices must be dense", "K.to_dense of one of them",
             f"sparse x {tuple(x.shape)} and sparse y {tuple(y.shape)}", error=TypeError)
    x, y = _one_dtype(x, y)
    if x.ndim != 2 or y.ndim != 2 or not agree(x.shape[1], y.shape[0]):
        fail("inner dimensions of a sparse and a dense matrix must agree",
             f"y ({x.shape[-1]}, any)" if x.ndim == 2 else "x and y with 2 axes",
             f"x {tuple(x.shape)}, y {tuple(y.shape)}")
    if is_sparse(x):
        parts = indexing.gather(y, x.cols) * shaping.expand_dims(x.values, 1)
        return indexing.gather_gradient(parts, x.rows, [_size(x, 0), shaping.size_of(y, 1)])
    parts = indexing.take(x, y.rows, 1) * y.values
    return indexing.gather_gradient(parts, y.cols, [shaping.size_of(x, 0), _size(y, 1)], 1)


def _one_dtype(x, y):
    """Both operands; the dense one may be an array or numbers."""
    if is_sparse(x):
        return x, pair(x.values, y)[1]
    return pair(x, y.values)[0], y


def joined(tensors, axis):
    """Sparse tensors one after the other along an axis."""
    axis = normalize_axis(axis, tensors[0])
    other = 1 - axis
    if not all(agree(t.shape[other], tensors[0].shape[other]) for t in tensors):
        fail(f"sizes must agree but for axis {axis}", f"equal sizes on axis {other}",
             ", ".join(str(tuple(t.shape)) for t in tensors))
    places = [[], []]
    start = 0
    for t in tensors:
        moved = (t.rows, t.cols)[axis] + _wide(start)
        places[axis].append(moved)
        places[other].append((t.rows, t.cols)[other])
        start = start + _size(t, axis)
    shape = [None, None]
    shape[axis] = start if isinstance(start, int) else None
    for t in tensors:
        shape[other] = merged(shape[other], t.shape[other])
    sizes = [start if i == axis else _size(tensors[0], i) for i in range(2)]
    return SparseTensor(shape, *(joining.concatenate(parts, 0) for parts in places),
                        joining.concatenate([t.values for t in tensors], 0),
                        _sizes_vector(sizes))


def _sizes_vector(sizes):
    return elementwise.cast(as_tensor(sizes), "int32")
