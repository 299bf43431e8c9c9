"""Elementwise ops. Most are PyTorch's own functions under the project's names."""
import torch

from keras_compat.backends.torch.arrays import DTYPES


def sign(x):
    """-1, 0 or 1; NaN stays NaN (torch.sign makes it 0)."""
    signs = torch.sign(x)
    return torch.where(torch.isnan(x), x, signs) if x.is_floating_point() else signs


def softplus(x):
    """log(1 + exp(x)); beyond 40 that is x even in float64 (PyTorch's default says 20)."""
    return torch.nn.functional.softplus(x, threshold=40.0)


def cast(x, *, dtype):
    """Another dtype: floats are truncated toward zero, bool is `x != 0`."""
    return x.to(DTYPES[dtype])


def floor_divide(x, y):
    """Division rounded down; the gradient is zero, where torch.floor_divide has none."""
    return torch.div(x, y, rounding_mode="floor")


def pow(x, a):
    """x to the power a; to a the gradient is zero where x is not positive."""
    if not a.requires_grad:
        return torch.pow(x, a)
    positive = x > 0
    return torch.where(positive, torch.pow(torch.where(positive, x, 1), a),
                       torch.pow(x, a.detach()))


def _same(x):
    return x


OPS = {
    "negative": torch.neg, "abs": torch.abs, "sign": sign, "exp": torch.exp,
    "expm1": torch.expm1, "log": torch.log, "log1p": torch.log1p, "sqrt": torch.sqrt,
    "sin": torch.sin, "cos": torch.cos, "tan": torch.tan, "asin": torch.asin,
    "acos": torch.acos, "atan": torch.atan, "sinh": torch.sinh, "cosh": torch.cosh,
    "tanh": torch.tanh, "sigmoid": torch.sigmoid, "softplus": softplus,
    "floor": torch.floor, "ceil": torch.ceil, "round": torch.round,
    "square": torch.square, "erf": torch.erf, "logical_not": torch.logical_not,
    "isnan": torch.isnan, "isfinite": torch.isfinite, "cast": cast,
    "add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div,
    "floor_divide": floor_divide, "mod": torch.remainder, "pow": pow,
    # The clamps are torch.maximum and minimum with the original's gradient at ties:
    # all of it to x, where torch.maximum gives either half.
    "maximum": torch.clamp_min, "minimum": torch.clamp_max,
    "equal": torch.eq, "not_equal": torch.ne, "greater": torch.gt,
    "greater_equal": torch.ge, "less": torch.lt, "less_equal": torch.le,
    "logical_and": torch.logical_and, "logical_or": torch.logical_or,
    "where": torch.where, "identity": _same, "stop_gradient": torch.detach,
}
