"""What outlives a graph: variables and their values, the learning phase, names."""
import math
from collections import defaultdict

import numpy as np

from . import arguments, errors, graph, registry, selection
from .core_ops import assign
from .function import evaluate, evaluate_on_host
from .graph import (Constant, LearningPhase, Placeholder, SparseTensor, Tensor, Variable,
                    name_scope)
from .nested import is_nested
from .ops.convert import dtype_name, renamed
from .sparse_array import SparseArray

_uids = defaultdict(int)
_learning_phase = LearningPhase()
_fixed_phase = None


# ---- leaves ----

@registry.named
def variable(value, dtype=None, name=None, constraint=None):
    """A variable with storage on the active backend.

    value: a number, an array, a sparse matrix (an object with `tocoo()`; the result is a
    sparse tensor), or a tensor that depends on no placeholder (an initializer's); it is
    evaluated at once. dtype: floatx by default.
    constraint: a function applied to the value after each optimizer step.
    """
    if isinstance(value, Variable):
        value = value.get()
    elif isinstance(value, Tensor):
        dtype = dtype or value.dtype
        value = evaluate_on_host(value)
    elif hasattr(value, "tocoo"):
        return _sparse_variable(value, dtype, name)
    dtype = _dtype("variable", dtype)
    name = graph.scoped_name(name or "Variable")
    return Variable(value, dtype, name, selection.active(), constraint)


def _sparse_variable(value, dtype, name):
    """A sparse tensor of variables with the stored elements; training does not change them."""
    value = SparseArray.of(value)
    name = graph.scoped_name(name or "SparseVariable")
    arrays = value.components(dtype_name(dtype))
    components = [Variable(array, array.dtype.name, f"{name[:-2]}_{part}:0", selection.active())
                  for array, part in zip(arrays, ("rows", "cols", "values"))]
    for variable in components:
        variable.trainable = False
    return SparseTensor(value.shape, *components, Constant(arrays[-1]), name)


def _sparse_placeholder(shape, dtype, name):
    """A sparse tensor whose components are fed."""
    if len(shape) != 2:
        registry.fail("a sparse tensor is a matrix", "a shape of 2 axes", shape)
    parts = (("rows", "int64", None), ("cols", "int64", None), ("values", dtype, None),
             ("sizes", "int32", 2))
    components = [Placeholder((size,), kind, f"{name[:-2]}_{part}:0", selection.active())
                  for part, kind, size in parts]
    return SparseTensor(shape, *components, name)


@registry.named
def placeholder(shape=None, ndim=None, dtype=None, sparse=False, name=None):
    """A tensor to be fed. shape: sizes, None where they may vary; or `ndim` unknown sizes.

    sparse: a sparse matrix, to be fed with objects that have `tocoo()`.
    """
    if shape is None:
        if ndim is None:
            registry.fail("a placeholder needs a shape or a number of axes",
                          "shape=(…) or ndim=n", "neither")
        shape = (None,) * arguments.integer("placeholder", "ndim", ndim, least=0)
    shape = arguments.shape("placeholder", "shape", shape)
    dtype = _dtype("placeholder", dtype)
    name = f"{name or 'Placeholder'}_{get_uid('placeholder')}:0" if not name else f"{name}:0"
    if sparse:
        return _sparse_placeholder(shape, dtype, name)
    return Placeholder(shape, dtype, name, selection.active())


def constant(value, dtype=None, shape=None, name=None):
    """A tensor with a fixed value; a single number fills `shape`."""
    value = arguments.array("constant", value, _dtype("constant", dtype))
    if shape is not None:
        value = _shaped(value, arguments.shape("constant", "shape", shape))
    return Constant(np.array(value), name)


def _dtype(who, dtype):
    with registry.calling(who):
        return dtype_name(dtype)


def _shaped(value, shape):
    """The values in a shape; a single number fills it."""
    if value.size == 1:
        return np.full(shape, value)
    if value.size != math.prod(shape):
        raise ValueError(errors.message("constant", "the shape must hold as many elements",
                                        f"{value.size} elements", shape))
    return value.reshape(shape)


def is_placeholder(x):
    """Whether `x` is a placeholder."""
    return isinstance(x.values if isinstance(x, SparseTensor) else x, Placeholder)


def is_variable(x):
    """Whether `x` is a variable."""
    return isinstance(x, Variable)


def is_tensor(x):
    """Whether `x` is a symbolic tensor of any kind."""
    return isinstance(x, Tensor)


def is_symbolic(x):
    """Whether `x` is a symbolic tensor."""
    return isinstance(x, Tensor)


def is_keras_tensor(x):
    """Whether `x` is the output of a layer or an `Input`.

    Raises ValueError for what is no symbolic tensor at all, as Keras did.
    """
    if not isinstance(x, Tensor):
        raise ValueError(errors.message(
            "is_keras_tensor", "the question makes sense for symbolic tensors only",
            "a tensor", f"{type(x).__name__}"))
    return hasattr(x, "_keras_history")


# ---- values ----

def get_value(x):
    """The value of a variable, or of any tensor that needs no input, as `K.eval` gives it.

    Keras 2.3.1 on TensorFlow evaluated tensors here too, such as those of `K.ctc_decode`.
    """
    return evaluate(_tensor("get_value", x))


@renamed(xs="ops")
def batch_get_value(ops):
    """The values of a list of variables or tensors."""
    return [get_value(x) for x in ops]


def set_value(x, value):
    """Writes a number or an array of the variable's shape into it."""
    _variable("set_value", x).set(value)


def batch_set_value(tuples):
    """Writes several values: a list of (variable, value)."""
    for x, value in tuples:
        set_value(x, value)


def _tensor(who, x):
    if not isinstance(x, (Tensor, SparseTensor)):
        raise TypeError(errors.message(who, "only tensors have values to ask for",
                                       "a variable or another tensor", repr(x)))
    return x


def _variable(who, x):
    if not isinstance(x, Variable):
        raise TypeError(errors.message(who, "values are stored in variables only",
                                       "a variable", repr(x)))
    return x


def get_variable_shape(x):
    """The shape of a variable or another tensor as a tuple, None where a size is not known."""
    return tuple(_tensor("get_variable_shape", x).shape)


# ---- updates ----

@registry.named
def update(x, new_x):
    """A tensor whose evaluation (as an update or an output) writes `new_x` into variable `x`.

    Of several for one variable in one function, the first counts.
    """
    return _update(x, new_x, None)


def _update(x, new_x, share):
    from .ops.convert import as_tensor

    return assign(x, as_tensor(new_x, dtype=getattr(x, "dtype", None)), share)


def update_add(x, increment):
    """Like `update`, with x + increment; the increments of one function add up."""
    return _update(x, x + increment, 1)


def update_sub(x, decrement):
    """Like `update`, with x - decrement; the decrements of one function add up."""
    return _update(x, x - decrement, 1)


@renamed(variable="x")
def moving_average_update(x, value, momentum):
    """Like `update`, with x * momentum + value * (1 - momentum).

    Several in one function follow one another: a BatchNormalization that is used twice
    in a graph takes both batches in, as with Keras on TensorFlow.
    """
    share = momentum if isinstance(momentum, (int, float)) else None
    return _update(x, x * momentum + value * (1.0 - momentum), share)


# ---- the learning phase ----

def learning_phase():
    """The learning phase: a tensor fed with 1 (training) or 0, or the int that was set."""
    return _learning_phase if _fixed_phase is None else _fixed_phase


def set_learning_phase(value):
    """Fixes the learning phase to 0 or 1 for graphs built from now on."""
    global _fixed_phase
    if value not in (0, 1):
        raise ValueError(errors.message("set_learning_phase", "the learning phase is 0 or 1",
                                        "0 or 1", repr(value)))
    _fixed_phase = int(value)


def in_train_phase(x, alt, training=None):
    """`x` in training and `alt` otherwise; either may be a function without arguments.

    training: a bool, 0 or 1, or a bool tensor; the learning phase if None. Lists and
    dicts of tensors are chosen between as `switch` does.
    """
    from .ops import as_tensor, switch

    training = learning_phase() if training is None else training
    if not isinstance(training, Tensor):
        chosen = x if training else alt
        return chosen() if callable(chosen) else chosen
    if isinstance(training, LearningPhase):
        x, alt = (value() if callable(value) else value for value in (x, alt))
        if not is_nested(x):
            x = as_tensor(x)
            alt = as_tensor(alt, dtype=x.dtype)
    return switch(training, x, alt)


def in_test_phase(x, alt, training=None):
    """`x` outside training and `alt` in training; see `in_train_phase`."""
    return in_train_phase(alt, x, training)


# ---- names ----

def get_uid(prefix=""):
    """The next number for a prefix: 1, 2, …"""
    _uids[prefix] += 1
    return _uids[prefix]


def reset_uids():
    """Starts the numbers of `get_uid` anew."""
    _uids.clear()


def clear_session():
    """Forgets the names given so far and the learning phase that was set."""
    global _learning_phase, _fixed_phase
    reset_uids()
    _learning_phase, _fixed_phase = LearningPhase(), None


__all__ = [name for name, thing in list(globals().items())
           if callable(thing) and getattr(thing, "__module__", None) == __name__
           and not name.startswith("_")] + ["name_scope"]
