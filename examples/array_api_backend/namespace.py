"""The library that follows the standard, chosen once."""
import importlib
import os

xp = importlib.import_module(os.environ.get("ARRAY_API_NAMESPACE", "array_api_compat.numpy"))


def dtype_of(name):
    """The library's dtype of a name."""
    return getattr(xp, name)


def sizes(vector):
    """A shape that was given as an integer vector, as a tuple."""
    return tuple(int(n) for n in vector)


def wanted(vector, shape):
    """The shape of an op that takes a vector or a static one."""
    return tuple(shape) if vector is None else sizes(vector)
