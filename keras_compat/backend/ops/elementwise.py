"""Arithmetic and functions of each element. Gradients follow TensorFlow at the corners."""
import math

from .. import graph
from ..registry import composite, primitive
from . import comparison, creation
from .convert import as_tensor, dtype_name, is_float, is_number, pair
from .families import arithmetic, floating, floating_pair, numeric
from .unbroadcast import unbroadcast


# ---- two operands ----

@primitive(arithmetic, tolerance="arithmetic", elementwise=True)
def add(x, y):
    """x + y, broadcast. Numbers of one dtype, which the result has (NumPy's `add`)."""
    return add.bind(*pair(x, y))


@add.gradient
def _add_gradient(g, out, x, y):
    return unbroadcast(g, x, y.shape), unbroadcast(g, y, x.shape)


@primitive(arithmetic, tolerance="arithmetic", elementwise=True)
def subtract(x, y):
    """x - y, broadcast. Numbers of one dtype, which the result has (NumPy's `subtract`)."""
    return subtract.bind(*pair(x, y))


@subtract.gradient
def _subtract_gradient(g, out, x, y):
    return unbroadcast(g, x, y.shape), unbroadcast(-g, y, x.shape)


@primitive(arithmetic, tolerance="arithmetic", elementwise=True)
def multiply(x, y):
    """x * y, broadcast. Numbers of one dtype, which the result has (NumPy's `multiply`)."""
    return multiply.bind(*pair(x, y))


@multiply.gradient
def _multiply_gradient(g, out, x, y):
    return unbroadcast(g * y, x, y.shape), unbroadcast(g * x, y, x.shape)


@primitive(floating_pair, tolerance="arithmetic", elementwise=True)
def divide(x, y):
    """x / y, broadcast. Floats of one dtype (ints: `floor_divide`, or the operator `/`)."""
    return divide.bind(*pair(x, y))


@divide.gradient
def _divide_gradient(g, out, x, y):
    return unbroadcast(g / y, x, y.shape), unbroadcast(-g * out / y, y, x.shape)


@primitive(arithmetic, tolerance="arithmetic", elementwise=True)
def floor_divide(x, y):
    """The greatest whole number not above x / y, broadcast; no gradient. Python's `//`."""
    return floor_divide.bind(*pair(x, y))


@primitive(arithmetic, tolerance="arithmetic", elementwise=True)
def mod(x, y):
    """The rest of `floor_divide`, with the sign of y, broadcast. Python's `%`."""
    return mod.bind(*pair(x, y))


@mod.gradient
def _mod_gradient(g, out, x, y):
    return (unbroadcast(g, x, y.shape),
            unbroadcast(-g * floor_divide(x, y), y, x.shape))


@primitive(arithmetic, tolerance="transcendental", elementwise=True)
def pow(x, a):
    """x to the power a, broadcast; both have one dtype. 0 ** 0 is 1 (NumPy's `power`)."""
    return pow.bind(*pair(x, a))


@pow.gradient
def _pow_gradient(g, out, x, a):
    return (unbroadcast(g * _pow_slope(x, a), x, a.shape),
            unbroadcast(g * out * _log_or_zero(x), a, x.shape))


def _pow_slope(x, a):
    """a * x ** (a - 1), and 0 where a is 0, whatever x."""
    if isinstance(a, graph.Constant) and a.ndim == 0 and a.value != 0:
        return 2 * x if a.value == 2 else a * pow(x, float(a.value) - 1.0)
    return a * pow(x, comparison.where(comparison.equal(a, 0), 1, a - 1))


def _log_or_zero(x):
    """log(x), and 0 where x is not positive (as TensorFlow has it for powers)."""
    positive = comparison.greater(x, 0)
    return comparison.where(positive, log(comparison.where(positive, x, 1)), 0)


@primitive(arithmetic, tolerance="exact", elementwise=True)
def maximum(x, y):
    """The greater of x and y, broadcast; NaN wins. At a tie the gradient goes to x."""
    return maximum.bind(*pair(x, y))


@maximum.gradient
def _maximum_gradient(g, out, x, y):
    return _chosen(comparison.greater_equal(x, y), g, x, y)


@primitive(arithmetic, tolerance="exact", elementwise=True)
def minimum(x, y):
    """The smaller of x and y, broadcast; NaN wins. At a tie the gradient goes to x."""
    return minimum.bind(*pair(x, y))


@minimum.gradient
def _minimum_gradient(g, out, x, y):
    return _chosen(comparison.less_equal(x, y), g, x, y)


def _chosen(first, g, x, y):
    return (unbroadcast(comparison.where(first, g, 0), x, y.shape),
            unbroadcast(comparison.where(first, 0, g), y, x.shape))


# ---- one operand, numbers ----

@primitive(numeric, tolerance="exact", elementwise=True)
def negative(x):
    """-x for any number."""
    return negative.bind(as_tensor(x))


@negative.gradient
def _negative_gradient(g, out, x):
    return -g


@primitive(numeric, tolerance="exact", elementwise=True)
def abs(x):
    """The absolute value of numbers; its gradient at 0 is 0."""
    return abs.bind(as_tensor(x))


@abs.gradient
def _abs_gradient(g, out, x):
    return g * sign(x)


@primitive(numeric, tolerance="exact", elementwise=True)
def sign(x):
    """-1, 0 or 1 for each number, in its dtype; the gradient is 0."""
    return sign.bind(as_tensor(x))


@sign.gradient
def _sign_gradient(g, out, x):
    return creation.zeros_like(x, x.dtype)


@primitive(numeric, tolerance="arithmetic", elementwise=True)
def square(x):
    """x * x for any number."""
    return square.bind(as_tensor(x))


@square.gradient
def _square_gradient(g, out, x):
    return g * (2 * x)


# ---- whole numbers ----

def _whole(op, x):
    """Integers are whole already."""
    x = as_tensor(x)
    return op.bind(x) if is_float(x) or x.dtype == "bool" else x


@primitive(floating, tolerance="exact", elementwise=True)
def round(x):
    """The nearest whole number, halves to the even one; no gradient."""
    return _whole(round, x)


@primitive(floating, tolerance="exact", elementwise=True)
def floor(x):
    """The greatest whole number not above x, in x's dtype; no gradient."""
    return _whole(floor, x)


@primitive(floating, tolerance="exact", elementwise=True)
def ceil(x):
    """The smallest whole number not below x, in x's dtype; no gradient."""
    return _whole(ceil, x)


# ---- one operand, floats ----

@primitive(floating, tolerance="arithmetic", elementwise=True)
def sqrt(x):
    """The square root of floats, and 0 for negative ones, as Keras defined it."""
    return sqrt.bind(maximum(x, 0))


@sqrt.gradient
def _sqrt_gradient(g, out, x):
    return g * 0.5 / out


@primitive(floating, tolerance="transcendental", elementwise=True)
def exp(x):
    """e to the power x."""
    return exp.bind(as_tensor(x))


@exp.gradient
def _exp_gradient(g, out, x):
    return g * out


@primitive(floating, tolerance="transcendental", elementwise=True)
def expm1(x):
    """exp(x) - 1, exact for small x."""
    return expm1.bind(as_tensor(x))


@expm1.gradient
def _expm1_gradient(g, out, x):
    return g * (out + 1)


@primitive(floating, tolerance="transcendental", elementwise=True)
def log(x):
    """The natural logarithm: -inf at 0, NaN below."""
    return log.bind(as_tensor(x))


@log.gradient
def _log_gradient(g, out, x):
    return g / x


@primitive(floating, tolerance="transcendental", elementwise=True)
def log1p(x):
    """log(1 + x), exact for small x."""
    return log1p.bind(as_tensor(x))


@log1p.gradient
def _log1p_gradient(g, out, x):
    return g / (1 + x)


@primitive(floating, tolerance="transcendental", elementwise=True)
def tanh(x):
    """The hyperbolic tangent."""
    return tanh.bind(as_tensor(x))


@tanh.gradient
def _tanh_gradient(g, out, x):
    return g * (1 - square(out))


@primitive(floating, tolerance="transcendental", elementwise=True)
def sigmoid(x):
    """1 / (1 + exp(-x)), without overflow."""
    return sigmoid.bind(as_tensor(x))


@sigmoid.gradient
def _sigmoid_gradient(g, out, x):
    return g * (out * (1 - out))


@primitive(floating, tolerance="transcendental", elementwise=True)
def softplus(x):
    """log(1 + exp(x)), without overflow."""
    return softplus.bind(as_tensor(x))


@softplus.gradient
def _softplus_gradient(g, out, x):
    return g * sigmoid(x)


@primitive(floating, tolerance="transcendental", elementwise=True)
def erf(x):
    """The error function of the normal distribution."""
    return erf.bind(as_tensor(x))


@erf.gradient
def _erf_gradient(g, out, x):
    return g * (2 / math.sqrt(math.pi)) * exp(-square(x))


# ---- dtype, limits, lists ----

def _cast_rule(x, *, dtype):
    return x.shape, dtype


@primitive(_cast_rule, tolerance="exact", elementwise=True)
def cast(x, dtype):
    """The values in another dtype.

    Floats become integers by dropping the fraction; anything but 0 becomes True.
    A tensor that has the dtype already is returned as it is. Among floats the
    gradient passes, cast back; otherwise there is none.
    """
    x, dtype = as_tensor(x), dtype_name(dtype)
    return x if x.dtype == dtype else cast.bind(x, dtype=dtype)


@cast.gradient
def _cast_gradient(g, out, x, *, dtype):
    return cast(g, x.dtype) if is_float(x) and is_float(out) else None


@composite(tolerance="exact", elementwise=True)
def clip(x, min_value, max_value):
    """x, but min_value where it is smaller and max_value where it is greater.

    Bounds are numbers, arrays, tensors of x's dtype, or None for no bound; a
    max_value below min_value (two numbers) counts as min_value. The gradient
    passes between the bounds, bounds included.
    """
    x = as_tensor(x)
    if is_number(min_value) and is_number(max_value) and max_value < min_value:
        max_value = min_value
    low, high = (None if _endless(b) else as_tensor(b, x.dtype) for b in (min_value, max_value))
    return x if low is None and high is None else clip.bind(x, low, high)


def _endless(bound):
    return bound is None or is_number(bound) and math.isinf(bound)


@clip.body
def _clip_body(x, low, high):
    if high is not None:
        x = minimum(x, high)
    return x if low is None else maximum(x, low)
