"""One array of a user's: lists, data frames, tensors of frameworks and what can be sliced."""
import numpy as np

from .. import backend as K
from ..backend import errors


def as_array(x, who):
    """`x` as something with shape, dtype and rows that are numbers; a copy only where it must.

    Arrays, and what has `shape` and can be sliced (HDF5 data sets, sparse matrices), stay
    as they are. Arrays of Python objects become float64 if every object is a number.
    ValueError, in the name of `who`, for all else.
    """
    if type(x) is np.ndarray and x.dtype.kind in "biuf":
        return x
    if K.is_tensor(x):
        raise ValueError(errors.message(
            who, "the data are arrays", "an array", repr(x),
            "K.get_value or K.eval gives the values of a tensor; Input(tensor=...) builds a model "
            "on one"))
    x = _plain(x, who)
    if x.dtype.kind == "O" and isinstance(x, np.ndarray):
        x = _from_objects(x, who)
    if x.dtype.kind not in "biuf":
        raise _no_numbers(who, f"dtype {x.dtype}")
    return x


def _plain(x, who):
    """`x` with a NumPy dtype."""
    if hasattr(x, "tocoo"):
        return K.SparseArray.of(x)
    if type(x).__name__ in ("DataFrame", "Series") and hasattr(x, "values"):
        x = x.values
    if hasattr(x, "shape") and hasattr(x, "__getitem__") \
            and isinstance(getattr(x, "dtype", None), np.dtype):
        return x
    try:
        return np.asarray(x)
    except (ValueError, TypeError, RuntimeError) as error:
        raise _no_numbers(who, f"{type(x).__name__} ({error})") from None


def _from_objects(array, who):
    """Objects that are numbers as float64; None would silently become NaN."""
    try:
        if any(value is None for value in array.flat):
            raise TypeError("None among the values")
        if any(isinstance(value, (str, bytes)) for value in array.flat):
            raise TypeError("text among the values")
        return array.astype("float64")
    except (ValueError, TypeError) as error:
        raise _no_numbers(who, f"dtype object ({error})") from None


def _no_numbers(who, received):
    return ValueError(errors.message(
        who, "the data are numbers", "a numeric dtype", received,
        "Rows of different lengths, or text, have to be encoded first"))
