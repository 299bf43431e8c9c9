"""What is known of integer tensors (sizes, shapes, positions) while the graph is built.

`K.shape(x)[0] * 2` is a tensor, but where x's first size is known its value is
too. `known` finds it, so that shapes written with symbolic sizes are as exact
as those written with ints.
"""
import numbers

import numpy as np

from .. import graph, registry
from .convert import as_int, as_tensor, product


def known(tensor):
    """The value of an integer scalar (an int or None) or vector (a tuple of those).

    None for a vector of unknown length and for anything else. Sizes that are not
    known are None inside the tuple.
    """
    if isinstance(tensor, graph.Constant):
        return _of_constant(tensor.value)
    if tensor.ndim > 1:
        return None
    rule = _RULES.get(tensor.node.op.name) if tensor.node else None
    found = rule(*tensor.node.inputs, **tensor.node.attrs) if rule else None
    return _unknown(tensor) if found is None else found


def _unknown(tensor):
    return (None,) * tensor.shape[0] if tensor.ndim and tensor.shape[0] is not None else None


def _of_constant(value):
    if value.ndim > 1 or value.dtype.kind not in "iu":
        return None
    return tuple(int(v) for v in value) if value.ndim else int(value)


# ---- one rule an op: the known value of its output, from its inputs ----

def _shape(x):
    return tuple(x.shape)


def _passed(x, **attrs):
    return known(x)


def _getitem(x, *, index):
    vector = known(x)
    if not isinstance(vector, tuple) or len(index) != 1:
        return None
    kind, *where = index[0]
    return vector[where[0]] if kind == "int" else vector[slice(*where)] if kind == "slice" else None


def _stack(tensors, *, axis):
    return tuple(known(t) for t in tensors) if tensors[0].ndim == 0 else None


def _concatenate(tensors, *, axis):
    parts = [known(t) for t in tensors]
    return None if None in parts else sum(parts, ())


def _prod(x, *, axis, keepdims):
    vector = known(x)
    return product(vector) if isinstance(vector, tuple) and not keepdims else None


def _expand_dims(x, *, axis):
    return (known(x),)


def _binary(compute):
    def rule(x, y):
        a, b = known(x), known(y)
        if isinstance(a, tuple) or isinstance(b, tuple):
            return _each(compute, a, b)
        return None if a is None or b is None else compute(a, b)
    return rule


def _each(compute, a, b):
    if a is None or b is None:
        return None
    n = len(a) if isinstance(a, tuple) else len(b)
    left = a if isinstance(a, tuple) else (a,) * n
    right = b if isinstance(b, tuple) else (b,) * n
    if len(left) != len(right):
        return None
    return tuple(None if None in (p, q) else compute(p, q) for p, q in zip(left, right))


_RULES = {
    "shape": _shape, "getitem": _getitem, "stack": _stack, "concatenate": _concatenate,
    "cast": _passed, "identity": _passed, "stop_gradient": _passed, "prod": _prod,
    "expand_dims": _expand_dims,
    "add": _binary(lambda a, b: a + b), "subtract": _binary(lambda a, b: a - b),
    "multiply": _binary(lambda a, b: a * b),
    "floor_divide": _binary(lambda a, b: a // b if b else None),
    "mod": _binary(lambda a, b: a % b if b else None),
    "maximum": _binary(max), "minimum": _binary(min),
}


# ---- shapes as arguments ----

def dims(shape):
    """A shape argument as (shape tensor or None, template).

    shape: a vector tensor, an int, or a list of ints and integer scalars. The
    template is a tuple with None where the size is not known; where all sizes
    are known there is no need of a tensor, and the first of the pair is None.
    """
    template = _template(shape)
    if None not in template:
        return None, template
    if isinstance(shape, (list, tuple)):
        shape = [_int32(size) if isinstance(size, graph.Tensor) else int(size) for size in shape]
    return as_tensor(shape), template


def count(value, what):
    """A number of things: an int of 0 or more, or an integer scalar that is not known now."""
    if isinstance(value, graph.Tensor) and value.ndim == 0 and known(value) is None \
            and value.dtype in ("int32", "int64"):
        return value
    return as_int(value, what, 0)


def whole_dims(shape):
    """`dims` of a shape for which a -1 has no meaning."""
    vector, template = dims(shape)
    if any(n is not None and n < 0 for n in template):
        registry.fail("a size must not be negative", "sizes of 0 or more", template)
    return vector, template


def _int32(size):
    from . import elementwise  # elementwise needs convert, which this module extends

    return elementwise.cast(size, "int32")


def _template(shape):
    if isinstance(shape, graph.Tensor):
        return _vector_template(shape)
    sizes = shape if isinstance(shape, (list, tuple, np.ndarray)) else [shape]
    return tuple(_size(size, shape) for size in sizes)


def _vector_template(shape):
    if shape.dtype not in ("int32", "int64") or shape.ndim > 1:
        registry.fail("a shape must be a vector of integers", "int32 or int64 of one axis",
                      f"{shape.dtype} {tuple(shape.shape)}", error=TypeError)
    template = known(shape)
    if template is None and shape.ndim == 1:
        registry.fail("the number of axes of a shape must be known",
                      "a vector of known length", f"shape {tuple(shape.shape)}")
    return template if isinstance(template, tuple) else (template,)


def _size(size, shape):
    if isinstance(size, graph.Tensor):
        value = known(size)
        if size.ndim or size.dtype not in ("int32", "int64"):
            registry.fail("a size must be an integer scalar", "int32 or int64 of shape ()",
                          f"{size.dtype} {tuple(size.shape)}", error=TypeError)
        return value
    if not isinstance(size, numbers.Real) or isinstance(size, bool) or int(size) != size:
        registry.fail("a size must be an integer or an integer tensor", "ints, or K.shape(x)[i]",
                      tuple(shape), "For a size that is not known write -1 or K.shape(x)[i]")
    return int(size)


def shape_vector(shape):
    """A shape argument as an int32 vector: a constant where all of it is known."""
    return _as_vector(*dims(shape))


def size_vector(shape):
    """`shape_vector` of a shape for which a -1 has no meaning."""
    return _as_vector(*whole_dims(shape))


def _as_vector(vector, template):
    return constant_vector(template) if vector is None else vector


def constant_vector(sizes):
    """A constant int32 vector."""
    return graph.Constant(np.array(sizes, dtype="int32"))
