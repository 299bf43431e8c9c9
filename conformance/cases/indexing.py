"""Reading parts of tensors: by position, by slices, by indices, and the reverse."""
import numpy as np

from ..arrays import Given, draw
from ..table import NUMBERS, Options, Table

TABLE = Table("indexing")
ALL = NUMBERS + ("bool",)
FULL = ("slice", None, None, None)


# ---- static positions and slices ----

def _decoded(index):
    """Python's index from the encoded one."""
    return tuple(item[1] if item[0] == "int" else np.newaxis if item[0] == "new"
                 else slice(*item[1:]) for item in index)


TABLE.reference("getitem")(lambda x, index: x[_decoded(index)])
INDICES = [(("int", 1),), (FULL, ("int", -1)), (("slice", 1, None, None),),
           (FULL, ("slice", None, -1, None)), (("slice", None, None, -1),), (("new",),),
           (FULL, ("new",), ("slice", None, None, 2)), (("slice", 2, 0, -1), ("int", 0)),
           (("slice", 5, 9, None),), (("int", 0), ("int", 0), ("int", 0)), ()]
TABLE.cases("getitem", dtypes=ALL, x=draw(3, 4, 2), index=INDICES)
TABLE.cases("getitem", x=[draw(4), draw(2, 1, 2, 1, 2)], index=[(("int", -1),), (
    ("slice", -1, None, None),)])
TABLE.cases("getitem", x=draw(0, 4, 2), index=[INDICES[i] for i in (1, 2, 3, 4, 5, 6)])


@TABLE.reference("getitem_gradient")
def getitem_gradient(g, shape, index):
    """Zeros with g at the index."""
    result = np.zeros(shape, g.dtype)
    result[_decoded(index)] = g
    return result


for _index in INDICES:
    _shape = np.zeros((3, 4, 2))[_decoded(_index)].shape
    TABLE.cases("getitem_gradient", g=draw(*_shape), shape=(3, 4, 2), index=_index,
                layouts=("plain", "strided", "reversed"))

PYTHON = [(0,), (-1,), (slice(1, None),), (Ellipsis, 0), (None, Ellipsis, slice(None, None, -1)),
          (slice(None), slice(None, 1)), (slice(None, None, 2), 1, None), (1, 2, 0)]


@TABLE.reference("subscript")
def subscript(x, index=None, start=None, stop=None, step=1):
    """Python's index, or a slice of the first axis."""
    return x[slice(start, stop, int(step)) if index is None else index]


TABLE.cases("subscript", dtypes=("float32", "int32"), x=draw(3, 4, 2), index=PYTHON)
TABLE.cases("subscript", dtypes=("float32",), x=draw(3, 4, 2), layouts=("plain",),
            index=[(1, 0), (0, -1, 1), (slice(1, None), 0), (Ellipsis, None), ()],
            options=Options(call=lambda K, x, index: x[list(index)]))  # a list is a tuple


def _slice_of(K, x, start=None, stop=None, step=1):
    return x[start:stop:step]


def _numbers(*numbers):
    """Integer scalars that the graph is fed."""
    return [Given(n, str(n), "int32") for n in numbers]


FED = dict(options=Options(call=_slice_of, unknown="all"), layouts=("plain",))
TABLE.cases("subscript", x=draw(4, 2), start=_numbers(0, 1, -1, 9, -9), stop=[None, 3], **FED)
TABLE.cases("subscript", x=draw(5, 2), start=[None, *_numbers(4, 1, -2, 9, -9)],
            stop=_numbers(0, -4, 9, -9), step=[-1, -2, 3], **FED)
TABLE.cases("subscript", x=draw(5, 2), start=[None, 3, -9], stop=[None, 1, 9],
            step=_numbers(1, 2, -1, -3), **FED)
TABLE.cases("subscript", x=draw(0, 2), start=_numbers(0, 2), step=[1, -1], **FED)

MASKS = [Given([True, False, True], "rows", "bool"), Given([False] * 3, "none", "bool"),
         Given([[True, False], [False, True], [True, True]], "cells", "bool")]
TABLE.reference("boolean_mask")(lambda x, mask: x[mask])
TABLE.cases("boolean_mask", dtypes=ALL, x=draw(3, 2), mask=MASKS)
TABLE.cases("boolean_mask", x=[draw(3, 2, 4), draw(3, 2, 0), draw(3, 2, 1, 2, 1)], mask=MASKS)
TABLE.cases("boolean_mask", x=[draw(0), draw(0, 2)], mask=draw(0, dtype="bool"))
TABLE.cases("subscript", dtypes=("float32",), x=draw(3, 2), index=MASKS,
            options=Options(call=lambda K, x, index: x[index]), layouts=("plain",))


# ---- slices with tensors as bounds ----

@TABLE.reference("slice")
def block(x, start, size):
    """The block that begins at start."""
    return x[tuple(slice(b, None if n == -1 else b + n) for b, n in zip(start, size))]


TABLE.cases("slice", x=draw(3, 4), start=[(0, 1), (2, 0)], size=[(1, 2), (-1, -1), (0, 1)])
TABLE.cases("slice", dtypes=NUMBERS, x=draw(3, 4), start=Given([1, 0], "1 0", "int32"),
            size=[Given([1, 2], "1 2", "int32"), Given([-1, 3], "rest 3", "int32")],
            options=Options(unknown="none"))
TABLE.cases("slice", x=draw(4), start=Given([1], "1", "int32"), size=Given([2], "2", "int32"),
            options=Options(unknown="none"), layouts=("plain",))


@TABLE.reference("slice_gradient")
def slice_gradient(g, begin, shape):
    """Zeros with g as the block that begins at `begin`."""
    result = np.zeros(shape, g.dtype)
    result[tuple(slice(b, b + n) for b, n in zip(begin, g.shape))] = g
    return result


TABLE.cases("slice_gradient", g=[draw(2, 1), draw(1, 3), draw(0, 2)], shape=(3, 4),
            begin=Given([1, 0], "1 0", "int32"), options=Options(unknown="none"))


# ---- indices ----

INDEX_ARRAYS = [Given([0, 2, 2, 1], "repeated", "int32"), Given(1, "a scalar", "int32"),
                Given([[0, 1], [2, 0]], "a matrix", "int64"), Given([], "none", "int32")]
TABLE.reference("gather")(lambda reference, indices: reference[indices.astype("int64")])
TABLE.cases("gather", dtypes=ALL, reference=draw(3, 4), indices=INDEX_ARRAYS)
TABLE.cases("gather", reference=[draw(3), draw(3, 1, 2, 1), draw(3, 0)], indices=INDEX_ARRAYS[0])
TABLE.cases("gather", reference=draw(3, 2), indices=[Given([1], "uint8", "uint8"),
                                                     Given([1], "int16", "int16")])


def _added(g, indices, shape, axis):
    result = np.moveaxis(np.zeros(shape), axis, 0)
    moved = np.moveaxis(g, tuple(range(axis, axis + indices.ndim)), tuple(range(indices.ndim)))
    np.add.at(result, indices, moved)
    return np.moveaxis(result, 0, axis)


@TABLE.reference("gather_gradient", terms=lambda g, indices, shape, axis=0: indices.size,
                 scale=lambda g, indices, shape, axis=0: _added(np.abs(g), indices, shape, axis))
def gather_gradient(g, indices, shape, axis=0):
    """Zeros with the slices of g added at the indices."""
    return _added(g, indices, shape, axis)


TABLE.cases("gather_gradient", g=draw(4, 2), indices=INDEX_ARRAYS[0], shape=(3, 2))
TABLE.cases("gather_gradient", g=draw(2, 4), indices=INDEX_ARRAYS[0], shape=(2, 3), axis=1)
TABLE.cases("gather_gradient", g=draw(4, 0), indices=INDEX_ARRAYS[0], shape=(3, 0))
TABLE.cases("gather_gradient", g=draw(0, 4), indices=INDEX_ARRAYS[0], shape=(0, 3), axis=1)
TABLE.cases("gather_gradient", g=draw(0, 2, 2), indices=INDEX_ARRAYS[2], shape=(0, 3), axis=1)
TABLE.cases("gather_gradient", g=draw(2, 2, 3), indices=INDEX_ARRAYS[2], shape=(3, 3))


@TABLE.reference("one_hot")
def one_hot(indices, num_classes):
    """1 at the index, zeros for what is no class."""
    return (indices[..., None] == np.arange(num_classes)).astype("float64")


TABLE.cases("one_hot", dtypes=("int32", "int64", "uint8"), num_classes=[3, 1],
            indices=[Given([0, 2, 1, 3], "vector"), Given(1, "a scalar"), Given([[1, 0]], "a row"),
                     draw(0), draw(2, 1, 2, 1, low=0)])
TABLE.cases("one_hot", dtypes=("int32",), num_classes=3, indices=Given([-1, 5, 0], "out of range"))
TABLE.cases("one_hot", dtypes=("int32", "int64", "uint8"), indices=Given([0, 2, 5], "vector"),
            num_classes=[0, *_numbers(0, 1, 4)])


@TABLE.reference("top_k")
def top_k(x, k):
    """The greatest in falling order; of equals the lower index first."""
    order = np.argsort(-x, axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(x, order, -1), order.astype("int32")


TABLE.cases("top_k", x=[draw(3, 5, distinct=True), draw(5, distinct=True),
                        draw(2, 1, 4, distinct=True)], k=[1, 3])
TABLE.cases("top_k", dtypes=("float32", "int32"), x=Given([[1, 3, 3, 1], [2, 2, 2, 2]], "ties"),
            k=[1, 2, 4])
TABLE.cases("top_k", x=draw(0, 3, distinct=True), k=2)
