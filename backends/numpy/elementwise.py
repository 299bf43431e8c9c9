"""Elementwise ops: NumPy's ufuncs, and what they lack.

All inputs of an op have one dtype, which the result keeps (bool for
comparisons). Division by zero, overflow and invalid values give what IEEE 754
says; the backend silences NumPy's warnings round a whole compiled function.
"""
import math

import numpy as np

HALF = np.dtype(np.float16)


def sigmoid(x):
    """1 / (1 + exp(-x)); float16 is computed in float32, whose exp does not overflow."""
    if x.dtype == HALF:
        return sigmoid(x.astype(np.float32)).astype(HALF)
    y = np.negative(x, out=np.empty_like(x))
    np.exp(y, out=y)
    y += 1
    return np.reciprocal(y, out=y)


def softplus(x):
    """log(1 + exp(x)), without overflow for large x."""
    return np.log1p(np.exp(-np.abs(x))) + maximum(x, x.dtype.type(0))


def cast(x, dtype):
    """x as `dtype`, always in memory of its own; floats are truncated toward zero."""
    return x.astype(dtype)


# ---- choosing: NumPy's own loops branch on every element ----

# Below this many elements a second call costs more than the branches.
_LARGE = 4096
_UNSIGNED = {n: np.dtype(f"u{n}") for n in (1, 2, 4, 8)}


def where(condition, x, y, out=None):
    """x where the condition holds, else y, broadcast together.

    Large arrays are chosen from by integer products of their bits, which is exact
    and has no branch to mispredict. out: x, if it may hold the result.
    """
    if condition.size < _LARGE or x.dtype.kind == "b":
        return np.where(condition, x, y)
    dtype, bits = x.dtype, _UNSIGNED[x.dtype.itemsize]
    if _is_zero(x):
        return np.multiply(y.view(bits), ~condition, dtype=bits).view(dtype)
    if out is not x or x.shape != condition.shape or not x.flags.writeable:
        out = None
    target = None if out is None else out.view(bits)
    first = np.multiply(x.view(bits), condition, dtype=bits, out=target)
    if _is_zero(y):
        return first.view(dtype)
    return np.bitwise_or(first, np.multiply(y.view(bits), ~condition, dtype=bits)).view(dtype)


def _is_zero(x):
    return x.ndim == 0 and not x


def _extremum(ufunc):
    """np.maximum or np.minimum, with rows of a number in place of the number.

    Their loops are vectorised for two arrays only.
    """
    def choose(x, y, out=None):
        if x.ndim == 0:
            x, y = y, x
        if y.ndim or x.size < _LARGE or not x.flags.c_contiguous:
            return _written(ufunc, x, y, out)
        if out is not x or not x.flags.writeable:
            out = np.empty_like(x)
        row = np.full(_LARGE, y, x.dtype)
        whole = x.size - x.size % _LARGE
        flat, target = x.reshape(-1), out.reshape(-1)
        ufunc(flat[:whole].reshape(-1, _LARGE), row, out=target[:whole].reshape(-1, _LARGE))
        ufunc(flat[whole:], row[:x.size - whole], out=target[whole:])
        return out
    return choose


maximum = _extremum(np.maximum)
minimum = _extremum(np.minimum)


# ---- rounding: integers stay as they are ----

def _rounding(ufunc):
    def rounded(x):
        return ufunc(x) if x.dtype.kind == "f" else x.copy()
    return rounded


floor = _rounding(np.floor)
ceil = _rounding(np.ceil)
round_half_even = _rounding(np.rint)


# ---- erf: Taylor expansions round the points of a grid ----

_STEP = 1 / 16
_LAST = 6.0
_TERMS = 11
_table = []


def _erf_table():
    """Taylor coefficients of erf at the grid points, one row a power.

    erf'(x) = 2/sqrt(pi) exp(-x²), and with c_n the n-th coefficient of that
    derivative the differential equation f' = -2 x f gives
    c_(n+1) = -2 (x0 c_n + c_(n-1)) / (n + 1).
    """
    if not _table:
        x0 = np.arange(0, _LAST + _STEP, _STEP)
        below, here = np.zeros_like(x0), 2 / math.sqrt(math.pi) * np.exp(-x0 * x0)
        rows = [np.array([math.erf(v) for v in x0])]
        for n in range(_TERMS):
            rows.append(here / (n + 1))
            below, here = here, -2 * (x0 * here + below) / (n + 1)
        _table.extend(rows)
    return _table


def erf(x):
    """The error function, computed in float64 to its last digits (then x's dtype)."""
    rows = _erf_table()
    size = np.minimum(np.abs(x.astype(np.float64)), _LAST)
    nan = np.isnan(size)
    place = np.where(nan, 0, np.rint(size / _STEP)).astype(np.intp)
    rest = size - place * _STEP
    y = rows[-1][place]
    for row in rows[-2::-1]:
        y = y * rest + row[place]
    return np.copysign(y, x).astype(x.dtype)


# ---- writing into an input that nobody needs any more ----

def _written(ufunc, x, y, out):
    """ufunc(x, y), in `out` (one of the two, of the result's dtype) if it holds the result.

    It does not where the other input broadcasts it to a larger array, or where it
    cannot be written; the ufunc itself then refuses.
    """
    if type(out) is not np.ndarray:
        return ufunc(x, y)
    try:
        return ufunc(x, y, out=out)
    except ValueError:
        return ufunc(x, y)


def _into(ufunc):
    def into(x, y, out):
        return _written(ufunc, x, y, out)
    return into


def _unary_into(ufunc):
    def into(x, out):
        if type(out) is np.ndarray and out.flags.writeable:
            return ufunc(x, out)
        return ufunc(x)
    return into


def _into_sigmoid(x, out):
    if x.dtype == HALF or type(out) is not np.ndarray or not out.flags.writeable:
        return sigmoid(x)
    np.negative(x, out)
    np.exp(out, out)
    np.add(out, 1, out)
    return np.reciprocal(out, out)


_FLOAT_UNARY = {
    "negative": np.negative, "abs": np.absolute, "sign": np.sign, "exp": np.exp,
    "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "sqrt": np.sqrt, "sin": np.sin,
    "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "square": np.square,
}

_BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply,
    "divide": np.true_divide, "floor_divide": np.floor_divide, "mod": np.remainder,
    "pow": np.power,
}

_LOGICAL = {
    "equal": np.equal, "not_equal": np.not_equal, "greater": np.greater,
    "greater_equal": np.greater_equal, "less": np.less, "less_equal": np.less_equal,
    "logical_and": np.logical_and, "logical_or": np.logical_or,
    "logical_not": np.logical_not, "isnan": np.isnan, "isfinite": np.isfinite,
}


def _specialize_cast(specs, attrs):
    dtype = np.dtype(attrs["dtype"])
    return lambda x: x.astype(dtype)


OPS = {
    **_FLOAT_UNARY, **_BINARY, **_LOGICAL,
    "sigmoid": sigmoid, "softplus": softplus, "cast": cast, "where": where,
    "maximum": maximum, "minimum": minimum,
    "floor": floor, "ceil": ceil, "round": round_half_even, "erf": erf,
}
INPLACE = {
    **{name: _unary_into(ufunc) for name, ufunc in _FLOAT_UNARY.items()},
    **{name: _into(ufunc) for name, ufunc in _BINARY.items()},
    "sigmoid": _into_sigmoid, "where": where, "maximum": maximum, "minimum": minimum,
}
SPECIALIZERS = {"cast": _specialize_cast}
