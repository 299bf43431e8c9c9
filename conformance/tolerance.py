"""How far a result may be from the float64 reference: a bound that the arithmetic sets.

    |got - reference| <= u * (k * |reference| + c * E)

u: the unit roundoff of the result's dtype. k: roundings of the result itself.
E: the op evaluated on absolute values, which the roundings on the way scale with.
c grows with the root of the number n of terms, since roundings are independent.
Exact ops, integers and bools must agree in every bit but for the payload of NaN.
"""
import math
from typing import NamedTuple

import numpy as np

UNIT = {"float16": 2.0 ** -11, "float32": 2.0 ** -24, "float64": 2.0 ** -53}

# class -> (k, c(terms))
_CLASSES = {
    "exact": (0.0, lambda n: 0.0),
    "arithmetic": (2.0, lambda n: 2.0),
    "transcendental": (8.0, lambda n: 0.0),
    "sum": (2.0, lambda n: 2.0 * math.sqrt(n)),
    "normalization": (8.0, lambda n: 4.0 * math.sqrt(n)),
    "recurrent": (8.0, lambda n: 4.0 * n),
}

# float64 references are themselves rounded: nobody can be asked to be closer to them.
_REFERENCE_ROUNDINGS = 8.0


class Verdict(NamedTuple):
    """Whether two arrays agree; headroom: the greatest error over its bound (<= 1)."""

    same: bool
    headroom: float
    message: str = ""


def bound(reference, scale, terms, kind, dtype):
    """The greatest error allowed for each element."""
    if kind == "exact" or dtype not in UNIT:
        return np.zeros(np.shape(reference))
    k, c = _CLASSES[kind]
    k += _REFERENCE_ROUNDINGS if dtype == "float64" else 0.0
    scale = np.maximum(np.nan_to_num(np.abs(scale), posinf=0.0), np.nan_to_num(
        np.abs(reference), posinf=0.0, neginf=0.0))
    relative = UNIT[dtype] * (k * np.nan_to_num(np.abs(reference), posinf=0.0) + c(terms) * scale)
    return relative + np.finfo(dtype).tiny  # results below may be flushed to zero


def compare(got, reference, scale, terms, kind, dtype):
    """The verdict over one output, of which `got` is what the backend gave."""
    got = np.asarray(got)
    if got.dtype.name != dtype:
        return Verdict(False, math.inf, f"Expected dtype {dtype}; received {got.dtype.name}")
    if got.shape != np.shape(reference):
        return Verdict(False, math.inf,
                       f"Expected shape {np.shape(reference)}; received {got.shape}")
    if kind == "exact" or dtype not in UNIT:
        with np.errstate(all="ignore"):
            return _identical(got, np.asarray(reference).astype(dtype))
    return _within(got, reference, bound(reference, scale, terms, kind, dtype), dtype)


def _identical(got, wanted):
    same = got == wanted
    if got.dtype.kind == "f":
        same = (same & (np.signbit(got) == np.signbit(wanted))) | (np.isnan(got) & np.isnan(wanted))
    if np.all(same):
        return Verdict(True, 0.0)
    return Verdict(False, math.inf, _first(~same, got, wanted, "the same bits"))


def _within(got, reference, allowed, dtype):
    wanted = np.asarray(reference, dtype="float64")
    with np.errstate(all="ignore"):
        rounded = wanted.astype(dtype).astype("float64")
        wide = got.astype("float64")
        error = np.abs(wide - wanted)
        finite = np.isfinite(rounded)
        ratio = np.where(finite, error / np.where(allowed > 0, allowed, 1.0), 0.0)
    special = ~finite & ((wide == rounded) | (np.isnan(wide) & np.isnan(wanted)))
    ratio = np.where(finite & np.isfinite(wide), ratio, np.where(special, 0.0, math.inf))
    worst = float(ratio.max()) if ratio.size else 0.0
    if worst <= 1.0:
        return Verdict(True, worst)
    return Verdict(False, worst, _first(ratio > 1.0, got, wanted,
                                        f"an error within {allowed.max():.3g}"))


def _first(wrong, got, wanted, rule):
    """Where the first difference is and what stands there."""
    place = tuple(int(i) for i in np.argwhere(np.atleast_1d(wrong))[0])
    one = tuple(place) if np.ndim(got) else ()
    return (f"{int(np.sum(wrong))} of {np.size(got)} elements differ. Expected {rule} of "
            f"{np.asarray(wanted)[one]!s} at {one}; received {np.asarray(got)[one]!s}")
