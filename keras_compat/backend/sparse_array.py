"""Sparse matrices on the host: what is fed for a sparse tensor.

Any object with a method `tocoo()`, whose result has `row`, `col`, `data` and `shape`,
is taken (SciPy's matrices and arrays are such), without importing what made it.
"""
import numpy as np

from . import errors


class SparseArray:
    """A matrix by its stored elements, in the order of their rows; rows can be sliced.

    rows, cols: int64 (elements,). values: (elements,). An element that is stored
    several times counts as the sum.
    """

    ndim = 2

    def __init__(self, rows, cols, values, shape):
        self.rows, self.cols, self.values = rows, cols, values
        self.shape = tuple(int(n) for n in shape)

    @classmethod
    def of(cls, value, who="sparse matrix"):
        """From an object with `tocoo()`, or from a dense matrix; ValueError for what is neither."""
        if isinstance(value, cls):
            return value
        if isinstance(value, SparseArray):
            return cls(value.rows, value.cols, value.values, value.shape)
        if hasattr(value, "tocoo"):
            stored = value.tocoo()
            return cls._sorted(np.asarray(stored.row, "int64"), np.asarray(stored.col, "int64"),
                               np.asarray(stored.data), stored.shape)
        dense = np.asarray(value)
        if dense.ndim != 2 or dense.dtype.kind not in "biuf":
            raise ValueError(errors.message(
                who, "a sparse tensor is fed with a matrix", "an object with tocoo(), or 2 axes",
                f"{type(value).__name__} {dense.shape}"))
        rows, cols = np.nonzero(dense)
        return cls(rows.astype("int64"), cols.astype("int64"), dense[rows, cols], dense.shape)

    @classmethod
    def _sorted(cls, rows, cols, values, shape):
        if len(rows) and (rows[1:] < rows[:-1]).any():
            order = np.argsort(rows, kind="stable")
            rows, cols, values = rows[order], cols[order], values[order]
        return cls(rows, cols, values, shape)

    @property
    def dtype(self):
        """The dtype of the values."""
        return self.values.dtype

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, index):
        """The rows of a slice, or at a list of indices, as a matrix of the same kind."""
        if not isinstance(index, slice):
            return self.take(index)
        start, stop, step = index.indices(self.shape[0])
        if step != 1:
            return self.take(np.arange(start, stop, step))
        first, last = np.searchsorted(self.rows, (start, max(start, stop)))
        return type(self)(self.rows[first:last] - start, self.cols[first:last],
                          self.values[first:last], (max(0, stop - start), self.shape[1]))

    def take(self, indices, axis=0):
        """The rows at these indices, in their order."""
        indices = np.asarray(indices)
        first = np.searchsorted(self.rows, indices)
        counts = np.searchsorted(self.rows, indices, "right") - first
        rows = np.repeat(np.arange(len(indices)), counts)
        # The place in its own row of each element taken, counted from the row's first one.
        within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        places = np.repeat(first, counts) + within
        return type(self)(rows, self.cols[places], self.values[places],
                          (len(indices), self.shape[1]))

    def toarray(self):
        """The matrix with its zeros."""
        dense = np.zeros(self.shape, self.dtype)
        np.add.at(dense, (self.rows, self.cols), self.values)
        return dense

    def components(self, dtype):
        """(rows, cols, values of a dtype, sizes): the arrays for a sparse tensor's components."""
        return [self.rows, self.cols, self.values.astype(dtype, copy=False),
                np.array(self.shape, "int32")]


class SparseRows(SparseArray):
    """A sparse matrix for a sparse tensor: its batches are not made dense."""
