"""Matrix products. Transposed operands are views, which BLAS reads through its flags."""
import numpy as np

HALF = np.dtype(np.float16)


def matmul(x, y):
    """Product over the last axis of x and the second-to-last of y; other axes broadcast."""
    if x.dtype == HALF:
        return np.matmul(x.astype(np.float32), y.astype(np.float32)).astype(HALF)
    return np.matmul(x, y)


def dot(x, y):
    """Contracts the last axis of x with the second-to-last of y (its only one if 1-D)."""
    if x.dtype == HALF:
        return dot(x.astype(np.float32), y.astype(np.float32)).astype(HALF)
    if y.ndim > 2:
        return np.tensordot(x, y, (-1, -2))
    if x.ndim > 2:
        return _dot_rows(x, y)
    return np.dot(x, y)


def _dot_rows(x, y):
    """The rows of x as one matrix: a single BLAS call."""
    *lead, depth = x.shape
    return np.dot(_rows(x, depth), y).reshape(*lead, *y.shape[1:])


def _rows(x, depth):
    count = x.size // depth if depth else int(np.prod(x.shape[:-1]))
    return x.reshape(count, depth)


OPS = {"matmul": matmul, "dot": dot}


def _specialize_dot(specs, attrs):
    (x, dtype), (y, _) = specs
    if dtype == "float16" or len(y) > 2:
        return None
    return np.dot if len(x) <= 2 else _dot_rows


def _specialize_matmul(specs, attrs):
    (x, dtype), (y, _) = specs
    if dtype == "float16":
        return None
    return np.dot if len(x) == len(y) == 2 else np.matmul


SPECIALIZERS = {"dot": _specialize_dot, "matmul": _specialize_matmul}
