"""Dropout."""
from .. import graph, random, registry
from ..registry import composite
from . import random_ops, shaping
from .activations import floats
from .comparison import greater_equal
from .convert import agree, is_number
from .elementwise import cast
from .static import dims, shape_vector


@composite(tolerance="arithmetic", pure=False)
def dropout(x, level, noise_shape=None, seed=None):
    """x with random elements set to 0 and the others divided by 1 - level.

    x: floats. level: the share that is dropped, 0 <= level < 1, a number or a scalar
    tensor. noise_shape: sizes that are 1 where the same choice holds along a whole
    axis, else x's (None says so too), for the last axes of x or all; None for x's
    shape. seed: an int, or None to
    take one from NumPy's generator. An element stays where its uniform random
    number is at least `level`. Keras 2.3.1 K.dropout.
    """
    x = floats(x)
    stream = random.RandomStream(seed)
    if isinstance(noise_shape, (list, tuple)):
        noise_shape = (1,) * (x.ndim - len(noise_shape)) + tuple(noise_shape)
    if isinstance(level, graph.Tensor):
        return _dropped(x, level, _noise_vector(x, noise_shape), stream)
    _check_level(level)
    if level == 0:
        return x
    static = _static_noise(x, noise_shape)
    if static is None:
        return _dropped(x, float(level), _noise_vector(x, noise_shape), stream)
    return dropout.bind(x, rate=float(level), noise_shape=static, stream=stream)


def _check_level(level):
    if not is_number(level) or not 0 <= level < 1:
        registry.fail("level is the share that is dropped", "a number from 0 to below 1",
                      repr(level))


# ---- the shape of the choices ----

def _static_noise(x, noise_shape):
    """An int or None (x's size) per axis; None for a shape that only the run will tell."""
    if noise_shape is None:
        return (None,) * x.ndim
    if isinstance(noise_shape, graph.Tensor):
        sizes = dims(noise_shape)[1]
        return None if None in sizes else _checked(x, sizes)
    sizes = tuple(None if _is_size_of(n, x, i) else n for i, n in enumerate(noise_shape))
    known = dims([1 if n is None else n for n in sizes])[1]
    return None if None in known else _checked(x, [n and k for n, k in zip(sizes, known)])


def _is_size_of(size, x, axis):
    """Whether a size is `K.shape(x)[axis]` (which is what layers write)."""
    node = getattr(size, "node", None)
    if node is None or node.op.name != "getitem" or node.attrs["index"] != (("int", axis),):
        return False
    vector = node.inputs[0].node
    return vector is not None and vector.op.name == "shape" and vector.inputs[0] is x


def _checked(x, sizes):
    if len(sizes) != x.ndim or not all(n in (1, None) or agree(n, m)
                                       for n, m in zip(sizes, x.shape)):
        registry.fail("noise_shape must broadcast with x", "1 or x's size on each axis",
                      f"noise_shape {tuple(sizes)}, x {tuple(x.shape)}")
    return tuple(sizes)


def _noise_vector(x, noise_shape):
    if isinstance(noise_shape, graph.Tensor):
        return noise_shape
    return shape_vector([shaping.size_of(x, i) if n is None else n
                         for i, n in enumerate(noise_shape or (None,) * x.ndim)])


# ---- the definition ----

@dropout.body
def _dropout_body(x, *, rate, noise_shape, stream):
    return _dropped(x, rate, _noise_vector(x, noise_shape), stream)


def _dropped(x, level, vector, stream):
    draw = random_ops.random_uniform.bind(vector, low=0.0, high=1.0, dtype=x.dtype, stream=stream)
    return x * (cast(greater_equal(draw, level), x.dtype) / (1 - level))
