"""Circular and hyperbolic functions of floats. Angles are in radians."""
from ..registry import primitive
from .convert import as_tensor
from .elementwise import sqrt, square
from .families import floating


@primitive(floating, tolerance="transcendental", elementwise=True)
def sin(x):
    """The sine."""
    return sin.bind(as_tensor(x))


@sin.gradient
def _sin_gradient(g, out, x):
    return g * cos(x)


@primitive(floating, tolerance="transcendental", elementwise=True)
def cos(x):
    """The cosine."""
    return cos.bind(as_tensor(x))


@cos.gradient
def _cos_gradient(g, out, x):
    return -g * sin(x)


@primitive(floating, tolerance="transcendental", elementwise=True)
def tan(x):
    """The tangent."""
    return tan.bind(as_tensor(x))


@tan.gradient
def _tan_gradient(g, out, x):
    return g * (1 + square(out))


@primitive(floating, tolerance="transcendental", elementwise=True)
def asin(x):
    """The angle in [-pi/2, pi/2] whose sine is x; NaN beyond [-1, 1]."""
    return asin.bind(as_tensor(x))


@asin.gradient
def _asin_gradient(g, out, x):
    return g / sqrt(1 - square(x))


@primitive(floating, tolerance="transcendental", elementwise=True)
def acos(x):
    """The angle in [0, pi] whose cosine is x; NaN beyond [-1, 1]."""
    return acos.bind(as_tensor(x))


@acos.gradient
def _acos_gradient(g, out, x):
    return -g / sqrt(1 - square(x))


@primitive(floating, tolerance="transcendental", elementwise=True)
def atan(x):
    """The angle in (-pi/2, pi/2) whose tangent is x."""
    return atan.bind(as_tensor(x))


@atan.gradient
def _atan_gradient(g, out, x):
    return g / (1 + square(x))


@primitive(floating, tolerance="transcendental", elementwise=True)
def sinh(x):
    """The hyperbolic sine."""
    return sinh.bind(as_tensor(x))


@sinh.gradient
def _sinh_gradient(g, out, x):
    return g * cosh(x)


@primitive(floating, tolerance="transcendental", elementwise=True)
def cosh(x):
    """The hyperbolic cosine."""
    return cosh.bind(as_tensor(x))


@cosh.gradient
def _cosh_gradient(g, out, x):
    return g * sinh(x)
