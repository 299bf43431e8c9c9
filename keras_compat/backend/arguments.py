"""Checks of plain arguments: whole numbers, numbers and shapes, for layers and models alike."""
import math
import numbers
import operator

import numpy as np

from . import errors


def integer(who, name, value, least=1):
    """`value` as an int of at least `least`; ValueError for anything else.

    A float without a fraction counts: Python 2's `units / 2` was an int.
    """
    whole = _whole(value)
    if whole is None or whole < least:
        raise ValueError(errors.message(
            who, f"not a value that `{name}` can have", integers(least), repr(value)))
    return whole


def _whole(value):
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        return int(value) if math.isfinite(value) and value == int(value) else None
    try:
        return None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        return None


def integers(least):
    """The words for an integer of at least `least`."""
    return {0: "an integer that is not negative", 1: "a positive integer"}.get(
        least, f"an integer of at least {least}")


def number(who, name, value, error=ValueError):
    """`value` if it is a finite number (a Python or NumPy one); `error` otherwise."""
    if not isinstance(value, numbers.Real) or not math.isfinite(value):
        raise error(errors.message(
            who, f"not a value that `{name}` can have", "a finite number", repr(value)))
    return value


def array(who, value, dtype):
    """`value` as a NumPy array of this dtype (None: its own); ValueError for what holds no numbers.

    Text, None, complex numbers and rows of different lengths are refused: NumPy would
    read some of them as numbers, as NaN, or drop a part.
    """
    try:
        given = np.asarray(value)
        if given.dtype == dtype:
            return given
        refused = given.dtype.kind in "cUSMm" or given.dtype.kind == "O" and any(
            x is None or isinstance(x, (str, bytes, complex)) for x in given.flat)
        refused |= dtype is None and given.dtype.kind == "O"
        result = None if refused else given.astype(dtype or given.dtype)
    except (ValueError, TypeError):
        result = None
    if result is None:
        raise ValueError(errors.message(
            who, "the values are numbers", f"numbers for dtype {dtype}" if dtype else "numbers",
            f"{type(value).__name__} {value!r:.60}"))
    return result


def shape(who, name, value):
    """`value` as a tuple of ints and Nones; a single size is a shape of one axis.

    ValueError for sizes that are negative or no whole numbers.
    """
    sizes = tuple(value) if hasattr(value, "__iter__") and not isinstance(value, str) else (value,)
    known = tuple(None if size is None else _whole(size) for size in sizes)
    if any(size is not None and (new is None or new < 0) for size, new in zip(sizes, known)):
        raise ValueError(errors.message(
            who, f"not a value that `{name}` can have",
            "a tuple of sizes, None where one may vary", repr(value)))
    return known
