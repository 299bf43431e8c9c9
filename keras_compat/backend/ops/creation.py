"""Tensors and variables from shapes: filled, counted, or like another tensor."""
import math

import numpy as np

from .. import config, graph, random
from ..registry import fail, primitive, sugar
from . import comparison, elementwise, shaping
from .convert import as_literal, as_tensor, dtype_name, is_float
from .static import count, dims, known, size_vector, whole_dims


# ---- filled ----

def _full_rule(vector, *, value, dtype):
    return dims(vector)[1], dtype


@primitive(_full_rule, tolerance="exact")
def full(shape, value, dtype=None):
    """A tensor filled with a number.

    shape: ints and integer scalars, or an integer vector. dtype: floatx by default.
    """
    dtype = dtype_name(dtype)
    if dtype == "bool":
        value = bool(value)
    return full.bind(size_vector(shape), value=as_literal(value, dtype), dtype=dtype)


@sugar
def zeros_like(x, dtype=None, name=None):
    """Zeros in the shape of x; `name` is not used.

    dtype: floatx by default, whatever x has, as in Keras 2.3.1; x's before 2.3.0.
    """
    return _filled_like(as_tensor(x), 0, dtype)


@sugar
def ones_like(x, dtype=None, name=None):
    """Ones in the shape of x; `name` is not used.

    dtype: floatx by default, whatever x has, as in Keras 2.3.1; x's before 2.3.0.
    """
    return _filled_like(as_tensor(x), 1, dtype)


def _filled_like(x, value, dtype):
    default = config.floatx() if config.compat_reaches("2.3.0") else x.dtype
    return full(shaping.shape_of(x), value, dtype_name(dtype, default))


# ---- variables ----

def _variable(value, dtype, name):
    from ..state import variable  # state evaluates graphs, and so stands above the ops

    return variable(value, dtype=dtype, name=name)


def _filled(shape, value, dtype, name):
    vector, sizes = whole_dims(shape)
    dtype = dtype_name(dtype)
    if vector is None and 0 not in sizes:
        return _variable(np.full(sizes, value, dtype), dtype, name)
    return full(shape, value, dtype)


@sugar
def zeros(shape, dtype=None, name=None):
    """A variable of zeros; a plain tensor where a size is 0 or not known, as in Keras."""
    return _filled(shape, 0, dtype, name)


@sugar
def ones(shape, dtype=None, name=None):
    """A variable of ones; a plain tensor where a size is 0 or not known, as in Keras."""
    return _filled(shape, 1, dtype, name)


@sugar
def eye(size, dtype=None, name=None):
    """A variable with the identity matrix; size is an int or (rows, columns).

    A size may be an integer scalar; where its value is not known now the result is a
    plain tensor.
    """
    given = size if isinstance(size, (list, tuple)) else (size, size)
    rows, columns = (count(n, "size") for n in given)
    if isinstance(rows, int) and isinstance(columns, int):
        return _variable(np.eye(rows, columns), dtype_name(dtype), name)
    places = shaping.expand_dims(arange(rows), 1)
    return elementwise.cast(comparison.equal(places, arange(columns)), dtype_name(dtype))


@sugar
def random_uniform_variable(shape, low, high, dtype=None, name=None, seed=None):
    """A variable with values drawn uniformly from [low, high)."""
    dtype = dtype_name(dtype)
    draw = random.RandomStream(seed).uniform(tuple(shape), dtype, low, high)
    return _variable(draw, dtype, name)


@sugar
def random_normal_variable(shape, mean, scale, dtype=None, name=None, seed=None):
    """A variable with values drawn from a normal distribution of deviation `scale`."""
    dtype = dtype_name(dtype)
    draw = random.RandomStream(seed).normal(tuple(shape), dtype, mean, scale)
    return _variable(draw, dtype, name)


# ---- counted ----

def _arange_rule(start, stop, step, *, dtype):
    values = [_number(t) for t in (start, stop, step)]
    if None in values:
        return (None,), dtype
    first, last, stride = values
    return (max(0, math.ceil((last - first) / stride)),), dtype


def _number(t):
    return t.value.item() if isinstance(t, graph.Constant) else known(t)


@primitive(_arange_rule, tolerance="arithmetic")
def arange(start, stop=None, step=1, dtype="int32"):
    """start, start + step, ... up to but without stop; from 0 if only one number is given.

    Numbers or scalar tensors. As in Keras, floats count in floats and stay floats
    under the default dtype; any other dtype is cast to.
    """
    if stop is None:
        start, stop = 0, start
    values = [as_tensor(v) for v in (start, stop, step)]
    if any(v.ndim for v in values) or _number(values[2]) == 0:
        fail("a range needs scalars and a step that is not 0", "numbers or scalar tensors",
             f"start {start!r}, stop {stop!r}, step {step!r}")
    counted = next((v.dtype for v in values if is_float(v)), None) or _widest(values)
    values = [elementwise.cast(v, counted) for v in values]
    result = arange.bind(*values, dtype=counted)
    return result if dtype == "int32" else elementwise.cast(result, dtype)


def _widest(values):
    return "int64" if any(v.dtype == "int64" for v in values) else "int32"
