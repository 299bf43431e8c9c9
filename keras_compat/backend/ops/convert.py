"""Arguments become tensors, dtypes, axes and shapes; every check on them is here."""
import functools
import numbers
import operator

import numpy as np

from .. import config, graph, registry

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
FLOATS = ("float16", "float32", "float64")
INTEGERS = ("uint8", "int8", "int16", "int32", "int64")
NUMBERS = INTEGERS + FLOATS

_KINDS = {FLOATS: "a float dtype", INTEGERS: "an integer dtype", NUMBERS: "a dtype of numbers"}

# TensorFlow's meaning of these words, where NumPy's differs.
_WORDS = {"float": "float32", "half": "float16", "double": "float64", float: "float32"}

# NumPy dtypes that K does not have, and the one that holds their values.
_WIDER = {"uint16": "int32", "uint32": "int64", "uint64": "int64"}


# ---- dtypes ----

def dtype_name(dtype, default=None):
    """The name of a dtype given as a name, a type, a NumPy or a framework's dtype.

    None means `default`, or floatx. TypeError for what is no dtype of K's.
    """
    if dtype is None:
        return default or config.floatx()
    name = _WORDS.get(dtype) if isinstance(dtype, (str, type)) else None
    name = name or _numpy_name(dtype) or str(getattr(dtype, "name", dtype)).rpartition(".")[2]
    if name not in DTYPES:
        registry.fail("unknown dtype", " or ".join(DTYPES), repr(dtype), error=TypeError)
    return name


def _numpy_name(dtype):
    try:
        return np.dtype(dtype).name
    except TypeError:
        return None


def is_float(x):
    """Whether a tensor has a floating dtype (and so can have a gradient)."""
    return x.dtype in FLOATS


# ---- tensors ----

def as_tensor(value, dtype=None):
    """The value as a Tensor: tensors pass, numbers and arrays become constants.

    Python floats become floatx, ints int32, bools bool; NumPy arrays keep their
    dtype; a list with tensors in it is stacked. With `dtype` the value is cast to
    it where that loses nothing but float precision; NumPy's floats may be integers if
    they are whole (TensorFlow 1 cut off a fraction, too). TypeError otherwise.
    """
    if isinstance(value, graph.Tensor):
        return _same(value, dtype)
    if isinstance(value, (list, tuple)) and _holds_tensor(value):
        return _packed(value, dtype)
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        registry.fail("not something that a tensor can be made of",
                      "a tensor, a number or an array of numbers", f"{type(value).__name__} {value!r:.60}", error=TypeError)
    return graph.Constant(_cast(array, dtype or _natural(value, array), _is_numpy(value)))


def _same(tensor, dtype):
    if dtype is not None and tensor.dtype != dtype:
        registry.fail("dtypes must agree", dtype, described(tensor),
                      "Cast one of them with K.cast", TypeError)
    return tensor


def _holds_tensor(values):
    return any(isinstance(v, graph.Tensor)
               or isinstance(v, (list, tuple)) and _holds_tensor(v) for v in values)


def _packed(values, dtype):
    from . import joining  # joining needs this module

    if dtype is None:
        dtype = next((v.dtype for v in values if isinstance(v, graph.Tensor)), None)
    return joining.stack([as_tensor(v, dtype) for v in values])


def _natural(value, array):
    """The dtype a value has by itself."""
    if _is_numpy(value):
        name = array.dtype.name
        return name if name in DTYPES else _WIDER.get(name, "float64")
    if array.dtype.kind == "f":
        return config.floatx()
    return "int32" if array.dtype.kind in "iu" else "bool"


def _is_numpy(value):
    return isinstance(value, (np.ndarray, np.generic))


def _cast(array, dtype, narrow=False):
    """A copy of that dtype; TypeError where more than float precision would be lost.

    narrow: floats may become integers if all are whole.
    """
    rank = {"b": 0, "i": 1, "u": 1, "f": 2}
    target = np.dtype(dtype)
    whole = target.kind in "iu"
    allowed = rank[array.dtype.kind] <= rank[target.kind] or narrow and whole
    with np.errstate(invalid="ignore"):
        cast = array.astype(target) if allowed else None
    if cast is None or whole and not (cast == array).all():
        registry.fail("a value must fit the tensor's dtype", dtype,
                      f"{array.dtype.name} value {_short(array)}",
                      "Cast the tensor with K.cast, or write the value in that dtype", TypeError)
    return cast


def as_literal(value, dtype):
    """A number as the bool, int or float that an attribute for this dtype holds."""
    return as_tensor(bool(value) if dtype == "bool" else value, dtype).value.item()


def _short(array):
    return str(array[()]) if array.ndim == 0 else f"of shape {array.shape}"


def described(x):
    """A tensor in an error: its dtype and shape."""
    return f"{x.dtype} {tuple(x.shape)}"


def pair(x, y):
    """Two operands as tensors of one dtype; a number or an array takes the other's dtype.

    TypeError where two tensors differ in dtype, or where a value does not fit.
    """
    x_given, y_given = isinstance(x, graph.Tensor), isinstance(y, graph.Tensor)
    if x_given and y_given:
        return _agreed(x, y)
    if not x_given and not y_given:
        return _two_values(x, y)
    if x_given:
        return x, as_tensor(y, x.dtype)
    return as_tensor(x, y.dtype), y


def _agreed(x, y):
    if x.dtype != y.dtype:
        registry.fail("both operands must have one dtype", f"y of dtype {x.dtype}",
                      f"x {described(x)}, y {described(y)}",
                      "Cast one of them with K.cast", TypeError)
    return x, y


def _two_values(x, y):
    as_x, as_y = as_tensor(x), as_tensor(y)
    wanted = as_y.dtype if is_float(as_y) and not is_float(as_x) else as_x.dtype
    return as_tensor(x, wanted), as_tensor(y, wanted)


def need_dtype(allowed, **tensors):
    """TypeError unless each named tensor has one of the allowed dtypes."""
    for name, x in tensors.items():
        if x.dtype not in allowed:
            registry.fail(f"{name} must have a suitable dtype",
                          _KINDS.get(allowed) or " or ".join(allowed),
                          described(x), "Use K.cast", TypeError)


# ---- axes ----

def as_int(value, what, least=None):
    """An integer argument as an int; TypeError for anything else, ValueError below `least`.

    A tensor will do if it is an integer scalar whose value is known already.
    """
    if isinstance(value, graph.Tensor) and value.ndim == 0:
        value = _known(value)
    try:
        whole = operator.index(value)
    except TypeError:
        registry.fail(f"{what} must be an integer", "an int", repr(value), error=TypeError)
    if least is not None and whole < least:
        registry.fail(f"{what} must be at least {least}", f"an int of {least} or more", whole)
    return whole


def _known(tensor):
    """The value of an integer scalar or vector that is known already, else the tensor."""
    from . import static  # static needs this module

    value = static.known(tensor)
    return tensor if value is None else value


def normalize_axis(axis, x, extra=0):
    """A non-negative axis of `x`; `extra` more axes are counted (expand_dims, stack)."""
    return normalize_axis_for(axis, x.ndim + extra, tuple(x.shape))


def normalize_axis_for(axis, rank, shape):
    """A non-negative axis of something with `rank` axes; `shape` is named in the error."""
    number = as_int(axis, "axis")
    if not -rank <= number < rank:
        expected = f"{-rank} <= axis < {rank}" if rank else "an input with an axis"
        registry.fail("axis out of range", expected, f"axis {number}, x {shape}")
    return number % rank


def normalize_axes(axis, x, repeats=False):
    """Axes of `x` as a sorted tuple of non-negative ints; None means all of them.

    repeats: an axis that is named twice counts once; otherwise it is a ValueError.
    """
    if axis is None:
        return tuple(range(x.ndim))
    axis = _known(axis) if isinstance(axis, graph.Tensor) else axis
    given = axis if isinstance(axis, (list, tuple, np.ndarray)) else [axis]
    named = [normalize_axis(a, x) for a in given]
    axes = tuple(sorted(set(named)))
    if len(axes) != len(named) and not repeats:
        registry.fail("an axis may be named once", "distinct axes",
                      f"axis {axis!r}, x {tuple(x.shape)}")
    return axes


# ---- shapes ----

def agree(a, b):
    """Whether two sizes can be equal: None may be anything."""
    return a is None or b is None or a == b


def merged(a, b):
    """The better known one of two sizes that agree."""
    return b if a is None else a


def product(sizes):
    """The number of elements, or None where a size is not known."""
    sizes = tuple(sizes)
    if 0 in sizes:
        return 0
    return None if None in sizes else functools.reduce(operator.mul, sizes, 1)


def broadcast_shapes(*shapes):
    """The static shape after NumPy's broadcasting, None where it is not known."""
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(s)) + tuple(s) for s in shapes]
    return tuple(_broadcast_size(sizes, shapes) for sizes in zip(*padded))


def _broadcast_size(sizes, shapes):
    known = {size for size in sizes if size not in (1, None)}
    if len(known) > 1:
        names = ("x", "y") if len(shapes) == 2 else ("condition", "x", "y")
        registry.fail("shapes must broadcast", "sizes that are equal or 1",
                      ", ".join(f"{n} {tuple(s)}" for n, s in zip(names, shapes)))
    return known.pop() if known else None if None in sizes else 1


# ---- argument names of Keras 1 ----

def renamed(**names):
    """Accepts Keras 1's argument names: `renamed(low="minval")`."""
    def decorate(function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            return function(*args, **{names.get(k, k): v for k, v in kwargs.items()})
        call.keras1_names = names
        return call
    return decorate


def is_number(value):
    """Whether a value is a Python or NumPy number (not an array, not a tensor)."""
    return isinstance(value, numbers.Number)
