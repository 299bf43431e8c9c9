"""Sparse matrices for tests, as SciPy would give them: known by their `tocoo()` alone."""
import numpy as np


class Coo:
    """A matrix by its stored elements; `data` may name an element more than once."""

    def __init__(self, row, col, data, shape):
        self.row, self.col, self.data = (np.asarray(x) for x in (row, col, data))
        self.shape = shape

    @property
    def dtype(self):
        return self.data.dtype

    def tocoo(self):
        return self

    def toarray(self):
        dense = np.zeros(self.shape, self.data.dtype)
        np.add.at(dense, (self.row, self.col), self.data)
        return dense


class Dok(dict):
    """A matrix that is a dict from places to numbers."""

    def __init__(self, coo):
        super().__init__({(int(i), int(j)): x for i, j, x in zip(coo.row, coo.col, coo.data)})
        self._coo = coo
        self.shape, self.dtype = coo.shape, coo.dtype

    def tocoo(self):
        return self._coo


class Csr:
    """A matrix that has to be asked for its elements."""

    def __init__(self, coo):
        self._coo = coo
        self.shape, self.dtype = coo.shape, coo.dtype

    def tocoo(self):
        return self._coo

    def toarray(self):
        return self._coo.toarray()

    def __getitem__(self, rows):
        dense = self.toarray()[rows]
        row, col = np.nonzero(dense)
        return Csr(Coo(row, col, dense[row, col], dense.shape))


def sparse(height, width, part=.3, dtype="float32", seed=0):
    """A random `Coo` with this part of its elements stored, in no order."""
    random = np.random.RandomState(seed)
    row, col = np.nonzero(random.rand(height, width) < part)
    order = random.permutation(len(row))
    data = random.uniform(-1, 1, len(row)).astype(dtype)
    return Coo(row[order].astype("int32"), col[order].astype("int32"), data, (height, width))
