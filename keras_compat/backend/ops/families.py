"""Static rules that families of ops share: (shape, dtype) of the output from the inputs."""
from .. import registry
from .convert import FLOATS, NUMBERS, agree, broadcast_shapes, described, need_dtype


# ---- one input, element by element ----

def same(x, **attrs):
    """The output is like the input, whatever its dtype."""
    return x.shape, x.dtype


def numeric(x, **attrs):
    """The output is like the input; bool has no arithmetic."""
    need_dtype(NUMBERS, x=x)
    return x.shape, x.dtype


def floating(x, **attrs):
    """The output is like the input, which must be floating."""
    need_dtype(FLOATS, x=x)
    return x.shape, x.dtype


def float_test(x):
    """A bool for each element of a floating input."""
    need_dtype(FLOATS, x=x)
    return x.shape, "bool"


def logical_unary(x):
    """A bool for each bool."""
    need_dtype(("bool",), x=x)
    return x.shape, "bool"


# ---- two inputs, broadcast ----

def arithmetic(x, y):
    """Numbers of one dtype; the output has it too."""
    need_dtype(NUMBERS, x=x, y=y)
    return broadcast_shapes(x.shape, y.shape), x.dtype


def floating_pair(x, y):
    """Floats of one dtype; the output has it too."""
    need_dtype(FLOATS, x=x, y=y)
    return broadcast_shapes(x.shape, y.shape), x.dtype


def equality(x, y):
    """Anything of one dtype; the output is bool."""
    return broadcast_shapes(x.shape, y.shape), "bool"


def ordering(x, y):
    """Numbers of one dtype; the output is bool."""
    need_dtype(NUMBERS, x=x, y=y)
    return broadcast_shapes(x.shape, y.shape), "bool"


def logical(x, y):
    """Bools; the output is bool."""
    need_dtype(("bool",), x=x, y=y)
    return broadcast_shapes(x.shape, y.shape), "bool"


# ---- reductions ----

def reduced(shape, axis, keepdims):
    """The shape after a reduction over the axes."""
    if keepdims:
        return tuple(1 if i in axis else size for i, size in enumerate(shape))
    return tuple(size for i, size in enumerate(shape) if i not in axis)


def reduction(x, *, axis, keepdims):
    """A number of the input's dtype for each cell that is left."""
    need_dtype(NUMBERS, x=x)
    return reduced(x.shape, axis, keepdims), x.dtype


def logical_reduction(x, *, axis, keepdims):
    """A bool for each cell that is left of a bool input."""
    need_dtype(("bool",), x=x)
    return reduced(x.shape, axis, keepdims), "bool"


def arg_reduction(x, *, axis):
    """An int64 index along the axis, which is not empty, for each cell that is left."""
    need_dtype(NUMBERS, x=x)
    if x.shape[axis] == 0:
        registry.fail("the reduced axis must not be empty", "a size of at least 1",
                      f"axis {axis}, x {tuple(x.shape)}")
    return reduced(x.shape, (axis,), False), "int64"


# ---- lists of inputs ----

def need_one_dtype(tensors):
    """TypeError unless all tensors have the first one's dtype."""
    if any(t.dtype != tensors[0].dtype for t in tensors):
        registry.fail("all inputs must have one dtype", tensors[0].dtype,
                      ", ".join(described(t) for t in tensors),
                      "Cast them with K.cast", TypeError)


def need_matching(tensors, skip=None):
    """ValueError unless all tensors have one rank and the same sizes except on axis `skip`."""
    first = tensors[0].shape
    for t in tensors:
        fits = len(t.shape) == len(first) and all(
            i == skip or agree(a, b) for i, (a, b) in enumerate(zip(first, t.shape)))
        if not fits:
            where = "" if skip is None else f" except on axis {skip}"
            registry.fail(f"all inputs must have the same shape{where}", tuple(first),
                          ", ".join(str(tuple(t.shape)) for t in tensors))
