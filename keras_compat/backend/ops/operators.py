"""Python's operators on tensors. `==` and `!=` compare identity, as in TensorFlow 1."""
from ..graph import Tensor
from ..registry import named
from . import comparison, elementwise, linalg
from .brackets import subscript
from .convert import is_float, pair


@named
def true_divide(x, y):
    """`/`: integers become floats first, as TensorFlow's operator has it.

    Those of 32 and 64 bits float64, smaller ones float32.
    """
    x, y = pair(x, y)
    if not is_float(x):
        wide = "float64" if x.dtype in ("int32", "int64") else "float32"
        x, y = elementwise.cast(x, wide), elementwise.cast(y, wide)
    return elementwise.divide(x, y)


_BINARY = {
    "add": elementwise.add, "sub": elementwise.subtract, "mul": elementwise.multiply,
    "truediv": true_divide, "floordiv": elementwise.floor_divide, "mod": elementwise.mod,
    "pow": elementwise.pow, "matmul": linalg.matmul,
    "and": comparison.logical_and, "or": comparison.logical_or, "xor": comparison.not_equal,
}
_COMPARISONS = {
    "lt": comparison.less, "le": comparison.less_equal,
    "gt": comparison.greater, "ge": comparison.greater_equal,
}
_UNARY = {"neg": elementwise.negative, "abs": elementwise.abs, "invert": comparison.logical_not}


def _forward(function):
    def operator(self, other):
        return function(self, other)
    return operator


def _reflected(function):
    def operator(self, other):
        return function(other, self)
    return operator


def _unary(function):
    def operator(self):
        return function(self)
    return operator


def _getitem(self, index):
    return subscript(self, index)


def install():
    """Gives `Tensor` its operators and its indexing."""
    for name, function in _BINARY.items():
        setattr(Tensor, f"__{name}__", _forward(function))
        setattr(Tensor, f"__r{name}__", _reflected(function))
    for name, function in _COMPARISONS.items():
        setattr(Tensor, f"__{name}__", _forward(function))
    for name, function in _UNARY.items():
        setattr(Tensor, f"__{name}__", _unary(function))
    Tensor.__getitem__ = _getitem


install()
