"""Random tensors: drawn anew each time the graph runs, from a stream of their own."""
from .. import graph
from ..random import RandomStream
from ..registry import fail, primitive, sugar
from . import comparison, elementwise
from .convert import FLOATS, dtype_name, is_number, renamed
from .static import dims, size_vector


def _random_rule(vector, *, dtype, **attrs):
    return dims(vector)[1], dtype


@primitive(_random_rule, tolerance="exact", pure=False)
@renamed(low="minval", high="maxval")
def random_uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Numbers drawn uniformly from [minval, maxval); whole ones if dtype is an integer's.

    shape: ints and integer scalars, or an integer vector. dtype: floatx by default.
    seed: an int; None takes one from NumPy's global generator.
    """
    shape, dtype = size_vector(shape), dtype_name(dtype)
    if _tensors(minval, maxval):
        unit = random_uniform.bind(shape, low=0.0, high=1.0, dtype=dtype, stream=RandomStream(seed))
        return unit * (maxval - minval) + minval
    return random_uniform.bind(shape, low=minval, high=maxval, dtype=dtype,
                               stream=RandomStream(seed))


@primitive(_random_rule, tolerance="exact", pure=False)
@renamed(std="stddev")
def random_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Floats from a normal distribution (arguments as for `random_uniform`)."""
    return _normal(random_normal, shape, mean, stddev, dtype, seed)


@primitive(_random_rule, tolerance="exact", pure=False)
@renamed(std="stddev")
def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """As `random_normal`, with what lies beyond two deviations drawn again."""
    return _normal(truncated_normal, shape, mean, stddev, dtype, seed)


def _normal(op, shape, mean, stddev, dtype, seed):
    shape, dtype = size_vector(shape), dtype_name(dtype)
    if dtype not in FLOATS:
        fail("a normal distribution is one of floats", " or ".join(FLOATS), dtype,
             "K.random_uniform draws whole numbers", TypeError)
    stream = RandomStream(seed)
    if _tensors(mean, stddev):
        return op.bind(shape, mean=0.0, stddev=1.0, dtype=dtype, stream=stream) * stddev + mean
    return op.bind(shape, mean=mean, stddev=stddev, dtype=dtype, stream=stream)


def _tensors(*parameters):
    """Whether a parameter is a tensor or an array, and so no attribute."""
    return any(isinstance(p, graph.Tensor) or not is_number(p) for p in parameters)


@sugar
def random_binomial(shape, p=0.0, dtype=None, seed=None):
    """1 with probability p and 0 otherwise (arguments as for `random_uniform`)."""
    dtype = dtype_name(dtype)
    hit = comparison.less_equal(random_uniform(shape, dtype=dtype, seed=seed), p)
    return elementwise.cast(hit, dtype)
