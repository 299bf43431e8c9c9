"""Errors that all go one way: small enough for the bound of a case, but no rounding.

Over thousands of float32 numbers the roundings of a good function cancel. The mean
error, in units of the last place of the result, must stay below half of one.
"""
import numpy as np

from keras_compat import backend as K
from keras_compat.backend import selection

from . import cases, outcome
from .tolerance import Verdict

_COUNT = 4096
_MOST = 0.5

# op -> ranges of numbers
RANGES = {
    "exp": [(-10, 10)], "expm1": [(-3, -0.1), (0.1, 3)], "log": [(0.1, 0.9), (1.1, 100)],
    "log1p": [(0.1, 10)], "tanh": [(-3, -0.1), (0.1, 3)], "sigmoid": [(-8, 0), (0, 8)],
    "softplus": [(-8, 8)], "erf": [(-2, -0.1), (0.1, 2)], "sqrt": [(0.1, 100)],
    "sin": [(0.1, 3)], "cos": [(0, 1.4)], "tan": [(0.1, 1.4)], "atan": [(0.1, 3)],
    "asin": [(0.1, 0.9)], "acos": [(0.1, 0.9)], "sinh": [(0.1, 3)], "cosh": [(-3, 3)],
}


def ids():
    """op -> the ids of its ranges."""
    return {op: tuple(f"{op}: mean error over [{low}, {high}]" for low, high in ranges)
            for op, ranges in RANGES.items()}


def run(backend, op, chosen):
    """An `Outcome` per id."""
    ranges = dict(zip(ids()[op], RANGES[op]))
    with selection.set_backend(backend):
        return [_outcome(one, op, *ranges[one]) for one in chosen]


def _outcome(case_id, op, low, high):
    x = np.random.Generator(np.random.PCG64(0)).uniform(low, high, _COUNT).astype("float32")
    try:
        placeholder = K.placeholder((None,))
        got = K.function([placeholder], [getattr(K, op)(placeholder)])([x])[0]
        wanted = cases.references()[op].compute(x.astype("float64"))
        unit = np.spacing(np.abs(wanted).astype("float32")).astype("float64")
        mean = float(np.mean((got.astype("float64") - wanted) / unit))
        return outcome.judged(case_id, op, "bias", [Verdict(
            abs(mean) <= _MOST, abs(mean) / _MOST, f"Expected a mean error within {_MOST} units in "
            f"the last place; received {mean:.3f}")])
    except Exception as error:
        return outcome.raised(case_id, op, "bias", error)
