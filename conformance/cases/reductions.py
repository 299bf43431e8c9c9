"""Reductions over axes, and running sums and products."""
import numpy as np

from ..arrays import Given, draw
from ..table import FLOATS, NUMBERS, Options, Table
from .elementwise import INF, NAN

TABLE = Table("reductions")
ROUGH = Options(smooth=False)


def _axes(axis):
    return tuple(axis) if isinstance(axis, (list, tuple)) else axis


def _count(x, axis=None, keepdims=False):
    """How many elements make one of the result."""
    return int(np.prod([x.shape[i] for i in np.atleast_1d(axis)])) if axis is not None else x.size


def _reduction(function):
    def compute(x, axis=None, keepdims=False):
        return function(x, axis=_axes(axis), keepdims=keepdims)
    return compute


def _mean(x, axis=None, keepdims=False):
    if x.dtype == "bool":
        x = x.astype("float64")
    if x.dtype.kind == "f":
        return np.sum(x, axis=axis, keepdims=keepdims) / np.float64(_count(x, axis))
    total = np.sum(x, axis=axis, keepdims=keepdims, dtype="int64")
    return np.trunc(total / max(_count(x, axis), 1)).astype(x.dtype)


def _same_dtype(function):
    """NumPy's integer sums are wider; K keeps the dtype."""
    def compute(x, axis=None, keepdims=False):
        return np.asarray(function(x, axis=axis, keepdims=keepdims)).astype(x.dtype)
    return compute


def _of_abs(compute):
    return lambda x, axis=None, keepdims=False: compute(np.abs(x), axis=axis, keepdims=keepdims)


TABLE.reference("sum", scale=_of_abs(np.sum), terms=_count)(_same_dtype(np.sum))
TABLE.reference("prod", terms=_count)(_same_dtype(np.prod))
TABLE.reference("mean", scale=_of_abs(_mean), terms=_count)(_mean)


def _extreme(function, lowest):
    def compute(x, axis=None, keepdims=False):
        """That of nothing is what no element would change."""
        limit = np.iinfo(x.dtype) if x.dtype.kind in "iu" else None
        least = -INF if limit is None else limit.min
        most = INF if limit is None else limit.max
        return function(x, axis=_axes(axis), keepdims=keepdims, initial=least if lowest else most)
    return compute


TABLE.reference("max")(_extreme(np.max, lowest=True))
TABLE.reference("min")(_extreme(np.min, lowest=False))
TABLE.reference("any")(lambda x, axis=None, keepdims=False: np.any(
    x != 0, axis=axis, keepdims=keepdims))
TABLE.reference("all")(lambda x, axis=None, keepdims=False: np.all(
    x != 0, axis=axis, keepdims=keepdims))


def _spread(x, axis=None, keepdims=False):
    return np.mean(x * x, axis=axis, keepdims=keepdims)


@TABLE.reference("var", scale=_spread, terms=_count)
def var(x, axis=None, keepdims=False):
    """The mean of squared deviations: divided by n, not n - 1."""
    return np.var(x, axis=axis, keepdims=keepdims)


@TABLE.reference("std", terms=_count, scale=lambda x, axis=None, keepdims=False: np.sqrt(
    _spread(x, axis, keepdims)))
def std(x, axis=None, keepdims=False):
    """The root of the variance."""
    return np.std(x, axis=axis, keepdims=keepdims)


@TABLE.reference("logsumexp", terms=_count, scale=lambda x, axis=None, keepdims=False: 1 + np.max(
    np.abs(np.nan_to_num(x, posinf=0, neginf=0)), axis=_axes(axis), keepdims=keepdims, initial=0))
def logsumexp(x, axis=None, keepdims=False):
    """log(sum(exp(x))) with the greatest taken out."""
    axis = tuple(range(x.ndim)) if axis is None else _axes(axis)
    top = np.max(x, axis=axis, keepdims=True, initial=-INF)
    top = np.where(np.isfinite(top), top, 0)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims or axis == () else np.squeeze(total, axis=axis)


SUMS = ("sum", "prod", "mean", "max", "min")
STATISTICS = ("var", "std", "logsumexp")
RANKS = [draw(), draw(4), draw(2, 1, 3), draw(1, 2, 2, 3), draw(2, 1, 2, 1, 2), draw(1)]

TABLE.cases(*SUMS, dtypes=NUMBERS, x=draw(2, 3, 4, low=-1.4, high=1.5), axis=[None, 0, 1, -1,
                                                                             (0, 2), (-1, 0)],
            keepdims=[False, True])
TABLE.cases(*STATISTICS, x=draw(2, 3, 4), axis=[None, 0, -1, (0, 2)], keepdims=[False, True])
TABLE.cases(*SUMS, x=RANKS)
TABLE.cases("var", "logsumexp", x=RANKS)
# The root has no slope where the deviation is 0.
TABLE.cases("std", x=[draw(), draw(1), draw(3, 1)], axis=None, options=ROUGH)
TABLE.cases("std", x=[draw(4), draw(2, 1, 3), draw(2, 1, 2, 1, 2)])
TABLE.cases("sum", "prod", x=[draw(0), draw(3, 0), draw(0, 3)], axis=[None, 0], keepdims=[False,
                                                                                      True])
TABLE.cases("mean", x=[draw(0), draw(3, 0)], options=ROUGH)
TABLE.cases("max", "min", x=[draw(0, 3)], axis=[1, -1])
TABLE.cases("max", "min", dtypes=NUMBERS, x=[draw(0, 3), draw(0)], axis=[None, 0],
            keepdims=[False, True])
TABLE.cases("logsumexp", x=[draw(0, 3), draw(0)], axis=[None, 0], options=ROUGH)
TABLE.cases(*SUMS, x=draw(2, 3), axis=(), layouts=("plain",))
TABLE.cases(*STATISTICS, x=draw(2, 3), axis=(), layouts=("plain",), options=ROUGH)
TABLE.cases("any", "all", dtypes=("bool", "float32", "int32"), x=draw(2, 3, 2, steps=1), axis=[
    None, 0, (1, 2)], keepdims=[False, True])
TABLE.cases("any", "all", dtypes=("bool",), x=[draw(), draw(0), draw(2, 0), draw(1, 1)])
TABLE.cases("sum", "max", "min", "mean", "prod", x=Given([1.0, INF, 2.0], "infinity"))
TABLE.cases("max", "min", "sum", "mean", x=[Given([[NAN, 1.0], [2.0, 3.0]], "nan")], axis=[0, 1,
                                                                                          None])
TABLE.cases("mean", dtypes=("int32", "int64"), x=Given([[7, -7], [-2, 1]], "halves"), axis=[None,
                                                                                           0, 1])
TABLE.cases("mean", dtypes=("int32", "int64"), x=[draw(0), draw(0, 3)], axis=[None, 0])
TABLE.cases("mean", dtypes=("bool",), x=draw(3, 4), axis=[None, 1])
TABLE.cases("var", dtypes=("float32", "float64"), x=Given([1001.0, 1002.0, 1003.0], "far from 0",
                                                         smooth=True))
TABLE.cases("logsumexp", x=Given([[1000.0, 1000.0], [-1000.0, -1001.0]], "far", smooth=True),
            axis=[None, 0, 1], dtypes=("float32", "float64"))
TABLE.cases("logsumexp", x=[Given([-INF, -INF], "all minus infinity"),
                            Given([INF, 0.0], "infinity")])
TABLE.cases("prod", x=[Given([[0.0, 2.0, 3.0], [0.0, 0.0, 4.0]], "zeros", smooth=True)],
            axis=[None, 0, 1])
TABLE.cases("sum", dtypes=("float32",), x=draw(40, 50), axis=[None, 0])


# ---- places ----

TABLE.reference("argmax")(lambda x, axis=-1: np.asarray(np.argmax(x, axis=axis), "int64"))
TABLE.reference("argmin")(lambda x, axis=-1: np.asarray(np.argmin(x, axis=axis), "int64"))
TABLE.cases("argmax", "argmin", dtypes=NUMBERS, x=draw(2, 3, 4, high=9.0), axis=[-1, 0, 1, -2])
TABLE.cases("argmax", "argmin", x=[draw(4), draw(1), draw(2, 1, 2, 1, 2), draw(0, 3)])
TABLE.cases("argmax", "argmin", dtypes=("float32", "int32"), axis=[0, 1],
            x=Given([[3, 1, 3, 1], [1, 3, 3, 1]], "ties: the first"))


# ---- running ----

def _running(function):
    def compute(x, axis=0):
        return function(x, axis=axis, dtype=x.dtype)
    return compute


TABLE.reference("cumsum", terms=lambda x, axis=0: x.shape[axis],
                scale=lambda x, axis=0: np.cumsum(np.abs(x), axis=axis))(_running(np.cumsum))
TABLE.reference("cumprod", terms=lambda x, axis=0: x.shape[axis])(_running(np.cumprod))
TABLE.cases("cumsum", "cumprod", dtypes=FLOATS + ("int32", "int64"), x=draw(2, 3, 4, away=(0,)),
            axis=[0, 1, -1])
TABLE.cases("cumsum", "cumprod", x=[draw(4), draw(1), draw(0), draw(2, 1, 2, 1, 2), draw(2, 0)])
TABLE.cases("cumprod", x=Given([2.0, 0.0, 3.0, 0.0, 4.0], "zeros", smooth=True))
