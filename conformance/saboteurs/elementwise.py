"""Faults in native functions of each element."""
import math

import numpy as np

from .planting import LEAKING, NATIVE, Saboteur


def _up(y):
    """The next float above."""
    return np.nextafter(y, np.asarray(np.inf, y.dtype)) if y.dtype.kind == "f" else y


def _only_floats(fault):
    """The fault for floats; the right thing for others."""
    def found(right, x, *others):
        return fault(right, x, *others) if x.dtype.kind == "f" else right(x, *others)
    return found


def _truncated(right, x, y):
    return np.trunc(x / y)


def _narrow(right, x):
    return right(x.astype("float32")) if x.dtype == "float64" else right(x)


_FAULTS = [
    ("exp", "one unit in the last place too much", lambda right, x: _up(right(x))),
    ("log", "one unit in the last place too much", lambda right, x: _up(right(x))),
    ("sigmoid", "one unit in the last place too much", lambda right, x: _up(right(x))),
    ("tanh", "one unit in the last place too much", lambda right, x: _up(right(x))),
    ("exp", "constants returned", lambda right, x: np.ones_like(x)),
    ("expm1", "exp minus 1, which cancels near 0", lambda right, x: np.exp(x) - x.dtype.type(1)),
    ("log1p", "log of 1 + x, which drops small x",
     lambda right, x: np.log(x.dtype.type(1) + x)),
    ("softplus", "log of 1 + exp(x), which overflows",
     lambda right, x: np.log(1 + np.exp(x))),
    ("sigmoid", "exp(x) / (1 + exp(x)), which overflows",
     lambda right, x: np.exp(x) / (1 + np.exp(x))),
    ("erf", "a tanh in its place", lambda right, x: np.tanh(
        math.sqrt(4 / math.pi) * (x + 0.0895 * x ** 3))),
    ("tanh", "cut off at 3", lambda right, x: right(np.clip(x, -3, 3))),
    ("tanh", "NaN becomes 0", lambda right, x: np.nan_to_num(right(x), nan=0.0)),
    ("round", "halves go up", lambda right, x: np.floor(x + 0.5)),
    ("floor", "drops the fraction", lambda right, x: np.trunc(x)),
    ("ceil", "drops the fraction", lambda right, x: np.trunc(x)),
    ("floor_divide", "drops the fraction", _only_floats(_truncated)),
    ("floor_divide", "integers drop the fraction", lambda right, x, y: np.where(
        y == 0, 0, np.trunc(x / np.where(y == 0, 1, y))) if x.dtype.kind == "i"
        else right(x, y)),
    ("mod", "the sign of the dividend", lambda right, x, y: np.fmod(x, y)),
    ("sign", "1 at 0", lambda right, x: np.where(x == 0, 1, right(x))),
    ("abs", "-0 stays", lambda right, x: np.where(x == 0, x, np.abs(x))),
    ("square", "in half the digits", _narrow),
    ("sqrt", "in half the digits", _narrow),
    ("maximum", "NaN loses", lambda right, x, y: np.fmax(x, y)),
    ("minimum", "NaN loses", lambda right, x, y: np.fmin(x, y)),
    ("pow", "0 to the power 0 is 0", lambda right, x, y: np.where(
        (x == 0) & (y == 0), 0, right(x, y))),
    ("pow", "by logarithms, without negative bases", lambda right, x, y: np.exp(y * np.log(x))),
    ("add", "zeros returned", lambda right, x, y: np.zeros_like(right(x, y))),
    ("subtract", "operands exchanged", lambda right, x, y: right(y, x)),
    ("multiply", "0 times infinity is 0", lambda right, x, y: np.where(
        (x == 0) | (y == 0), 0, right(x, y))),
    ("divide", "0 where divided by 0", lambda right, x, y: np.where(y == 0, 0, right(x, y))),
    ("divide", "through a reciprocal in half the digits", lambda right, x, y: x * (
        1 / y).astype("float16")),
    ("negative", "loses -0", lambda right, x: x.dtype.type(0) - x),
    ("cast", "rounds to integers", lambda right, x, dtype: np.where(
        np.isfinite(x), np.rint(x), x).astype(dtype) if x.dtype.kind == "f" else right(
            x, dtype=dtype)),
    ("cast", "negative numbers are False", lambda right, x, dtype: (
        x > 0 if dtype == "bool" else right(x, dtype=dtype))),
    ("isfinite", "NaN is finite", lambda right, x: ~np.isinf(x)),
    ("isnan", "infinities are NaN", lambda right, x: ~np.isfinite(x)),
    ("where", "chosen by multiplying", lambda right, c, x, y: (
        c * x + (1 - c.astype(x.dtype)) * y if x.dtype.kind == "f" else right(c, x, y))),
    ("equal", "nearly equal will do", lambda right, x, y: np.isclose(
        x.astype("float64"), y.astype("float64"), equal_nan=True)),
    ("not_equal", "NaN equals itself", lambda right, x, y: (x != y) & ~(
        (x != x) & (y != y))),
    ("greater", "equal will do", lambda right, x, y: x >= y),
    ("greater_equal", "equal will not do", lambda right, x, y: x > y),
    ("less", "NaN is less", lambda right, x, y: ~(x >= y)),
    ("less_equal", "the negation of greater", lambda right, x, y: ~(x > y)),
    ("logical_or", "either but not both", lambda right, x, y: x ^ y),
    ("logical_and", "of the first alone", lambda right, x, y: x & np.ones_like(y)),
    ("logical_not", "nothing turned", lambda right, x: x),
    ("sin", "degrees", lambda right, x: right(np.deg2rad(x))),
    ("atan", "of the reciprocal", lambda right, x: np.where(
        x == 0, 0, np.arctan(1 / np.where(x == 0, 1, x)))),
]

_LEAKS = [
    ("sqrt", "float64 leaks", lambda right, x: right(x).astype("float64")),
    ("multiply", "float64 leaks", lambda right, x, y: np.asarray(right(x, y), "float64")),
    ("equal", "numbers in place of truths", lambda right, x, y: right(x, y).astype("float32")),
    ("argmax", "int32 in place of int64",
     lambda right, x, axis: np.asarray(right(x, axis=axis)).astype("int32")),
    ("max", "a size of 1 stays", lambda right, x, axis, keepdims: right(
        x, axis=axis, keepdims=True)),
]

SABOTEURS = ([Saboteur(name, op, NATIVE, fault, ("forward", "bias")) for op, name, fault in _FAULTS]
             + [Saboteur(name, op, LEAKING, fault) for op, name, fault in _LEAKS])
