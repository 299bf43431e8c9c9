"""Arithmetic and functions of each element."""
import math

import numpy as np

from ..arrays import Given, draw
from ..table import FLOATS, NUMBERS, Options, Table

TABLE = Table("elementwise")

NAN, INF = math.nan, math.inf
SPECIAL = Given([0.0, -0.0, 1.0, -1.0, INF, -INF, NAN], "specials")
ROUGH = Options(smooth=False)

# One shape of each rank, the empty ones, and those of size 1.
SHAPES = [draw(2, 3), draw(), draw(4), draw(2, 1, 3), draw(1, 2, 2, 3), draw(2, 1, 2, 1, 2),
          draw(0), draw(3, 0), draw(1)]


# ---- two operands ----

BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "maximum": np.maximum, "minimum": np.minimum,
}


def _sum_scale(x, y):
    return np.abs(x) + np.abs(y)


for _name, _function in BINARY.items():
    TABLE.reference(_name, scale=_sum_scale if _name in ("add", "subtract") else None)(
        lambda x, y, function=_function: function(x, y))


@TABLE.reference("floor_divide")
def floor_divide(x, y):
    """The greatest whole number not above x / y."""
    if x.dtype.kind != "f":
        return np.floor_divide(x, y)
    return np.floor(x / y)


@TABLE.reference("mod", scale=lambda x, y: np.abs(y) + np.abs(x))
def mod(x, y):
    """What floor_divide leaves, with the sign of y."""
    return x - np.floor(x / y) * y if x.dtype.kind == "f" else np.mod(x, y)


@TABLE.reference("pow", scale=lambda x, a: np.abs(np.power(x, a)) * (
    1 + np.abs(a * np.log(np.where(x == 0, 1, np.abs(x))))))
def power(x, a):
    """x to the power a."""
    return np.power(x, a)


PAIRS = [(draw(2, 3), draw(2, 3)), (draw(), draw()), (draw(2, 3), draw(3)),
         (draw(2, 3), draw()), (draw(2, 1), draw(1, 3)), (draw(4, 1, 3), draw(2, 1)),
         (draw(2, 1, 2, 1), draw(1, 3, 1, 2)), (draw(2, 1, 2, 1, 2), draw(2, 1, 1)),
         (draw(0, 3), draw(1, 3)), (draw(2, 0), draw(2, 1)), (draw(1), draw(1))]


def _pairs(*ops, dtypes, x=None, y=None, second="y", options=Options()):
    """A line per pair of shapes, since only some shapes go together."""
    for position, (a, b) in enumerate(PAIRS):
        TABLE.cases(*ops, dtypes=dtypes if position == 0 else dtypes[:1], options=options,
                    layouts=("plain", "strided", "reversed", "transposed", "read-only")
                    if position == 0 else ("plain",),
                    **{"x": a._replace(**(x or {})), second: b._replace(**(y or {}))})


_pairs("add", "subtract", "multiply", dtypes=NUMBERS, x={"high": 5.0}, y={"low": 0.0})
_pairs("divide", dtypes=FLOATS, y={"low": 0.5})
_pairs("maximum", "minimum", dtypes=NUMBERS, x={"high": 5.0}, y={"high": 4.0})
_pairs("floor_divide", "mod", dtypes=NUMBERS, x={"low": -9.0, "high": 9.0, "steps": 4},
       y={"low": -3.0, "high": 3.0, "steps": 2, "away": (0,)}, options=ROUGH)
_pairs("pow", dtypes=FLOATS, x={"low": 0.2}, second="a")

TABLE.cases("add", "subtract", "multiply", x=SPECIAL,
            y=[Given([INF], "infinity"), Given([0.0], "zero"), Given([NAN], "nan")])
# IEEE 754 leaves open which of 0 and -0 is the greater one.
TABLE.cases("maximum", "minimum", x=draw(95, 95, steps=4), y=[Given(0.5, "0.5"), draw(95, 95)],
            dtypes=("float32", "float64", "int32"), layouts=("plain",),
            options=Options(unknown="none", smooth=False))
TABLE.cases("maximum", "minimum", x=SPECIAL,
            y=[Given([INF], "infinity"), Given([0.5], "half"), Given([NAN], "nan")])
TABLE.cases("divide", x=Given([1.0, -1.0, 0.0, INF], "numerators"),
            y=[Given([0.0], "zero"), Given([-0.0], "minus zero"), Given([INF], "infinity")])
TABLE.cases("pow", x=Given([0.0, 0.0, 2.0, -2.0, 4.0, 1.0, INF], "bases"),
            a=Given([0.0, 2.0, -1.0, 3.0, 0.5, NAN, 0.0], "exponents"))
TABLE.cases("pow", x=draw(2, 3, low=0.2), a=[2.0, 0.5, -1.0, 3.0, 0.0], dtypes=FLOATS)
TABLE.cases("pow", x=draw(2, 3, low=-3.0, high=3.0), a=[2, 3], dtypes=("int32", "int64"))
TABLE.cases("floor_divide", "mod", dtypes=("int32", "int64", "float32"), options=ROUGH,
            x=Given([7, -7, 7, -7, 6, -6], "both signs"), y=Given([2, 2, -2, -2, 3, -3], "signs"))
TABLE.cases("mod", x=draw(2, 3, low=-3.0, high=3.0), y=draw(2, 3, low=0.7, high=1.3))


# ---- one operand: numbers ----

NUMERIC = {"negative": np.negative, "abs": np.abs, "sign": np.sign, "square": np.square}
WHOLE = {"round": np.round, "floor": np.floor, "ceil": np.ceil}

for _name, _function in {**NUMERIC, **WHOLE}.items():
    TABLE.reference(_name)(lambda x, function=_function: function(x))

AWAY = [shape._replace(away=(0,), high=5.0) for shape in SHAPES]
TABLE.cases("abs", "sign", "square", dtypes=NUMBERS, x=AWAY)
TABLE.cases("negative", dtypes=("float32", "float64", "float16", "int32", "int64", "int16",
                                "int8"), x=AWAY)
TABLE.cases("abs", "sign", "negative", "square", x=SPECIAL)
TABLE.cases("round", "floor", "ceil", x=SHAPES, options=ROUGH)
TABLE.cases("round", "floor", "ceil", options=ROUGH,
            x=Given([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, -0.2, 0.0, -0.0], "halves"))
TABLE.cases("round", "floor", "ceil", x=SPECIAL, options=ROUGH)


# ---- one operand: floats ----

def _erf(x):
    return np.vectorize(math.erf, otypes=["float64"])(x)


def _sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))),
                    np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


FUNCTIONS = {
    "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "tanh": np.tanh,
    "sigmoid": _sigmoid, "softplus": lambda x: np.logaddexp(0, x), "erf": _erf, "sin": np.sin,
    "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "sqrt": lambda x: np.sqrt(np.maximum(x, 0)),
}
# Functions that vanish at their ends are measured there against the values on the way.
SCALES = {"sin": lambda x: np.abs(x), "cos": lambda x: np.ones_like(x),
          "acos": lambda x: np.full_like(x, np.pi)}

for _name, _function in FUNCTIONS.items():
    TABLE.reference(_name, scale=SCALES.get(_name))(
        lambda x, function=_function: function(x))

POSITIVE = [shape._replace(low=0.1, high=4.0) for shape in SHAPES]
INSIDE = [shape._replace(low=-0.9, high=0.9) for shape in SHAPES]

TABLE.cases("exp", "expm1", "tanh", "sigmoid", "softplus", "erf", "sin", "cos", "atan", "sinh",
            "cosh", x=SHAPES)
TABLE.cases("tan", "asin", "acos", "log1p", x=INSIDE)
TABLE.cases("log", "sqrt", x=POSITIVE)
TABLE.cases(*FUNCTIONS, x=SPECIAL)
TABLE.cases("exp", "expm1", "sigmoid", "tanh", "softplus", "erf",
            x=Given([-30.0, -9.0, 9.0, 30.0, 1e-3, -1e-3], "far and near", smooth=True))
TABLE.cases("expm1", "log1p", "tanh", "sin", "sinh", dtypes=("float32", "float64"),
            x=Given([1e-6, -1e-6, 1e-9], "tiny", smooth=True))
TABLE.cases("sigmoid", "softplus", dtypes=("float32",),
            x=Given([-80.0, 80.0, -100.0, 100.0, 1000.0, -1000.0], "extreme"))
TABLE.cases("sqrt", x=Given([-1.0, -0.0, 0.0, 4.0, 2.0], "below zero"))


# ---- dtypes and limits ----

@TABLE.reference("cast")
def cast(x, dtype):
    """Fractions are dropped; anything but 0 is True."""
    return x != 0 if dtype == "bool" else np.trunc(x).astype(dtype) if (
        not dtype.startswith("float")) else x.astype("float64")


CAST_TARGETS = ["bool", "int8", "int16", "int32", "int64", "uint8"]
TABLE.cases("cast", dtypes=NUMBERS + ("bool",), x=[draw(2, 3, low=0, high=100), draw(0, 2)],
            dtype=CAST_TARGETS, options=ROUGH)
TABLE.cases("cast", dtypes=("float32",), x=Given([-2.7, 2.7, -0.5, 0.5, 0.0], "fractions"),
            dtype=["int32", "int64", "int8", "bool"], options=ROUGH)
for _target in FLOATS:
    TABLE.cases("cast", dtypes=NUMBERS + ("bool",), x=draw(2, 3, high=9.0), dtype=_target,
                options=Options(result=_target))
    TABLE.cases("cast", dtypes=("float64",), x=Given([1e30, -1e300, NAN, 1e-9], "far"),
                dtype=_target, options=Options(result=_target))


@TABLE.reference("clip")
def clip(x, min_value, max_value):
    """Each element at least min_value and at most max_value, where min_value wins."""
    if max_value is not None:
        x = np.minimum(x, np.asarray(max_value, dtype=x.dtype))
    return x if min_value is None else np.maximum(x, np.asarray(min_value, dtype=x.dtype))


LIMITED = [shape._replace(away=(-1.0, 0.5)) for shape in SHAPES]
TABLE.cases("clip", x=LIMITED, min_value=-1.0, max_value=0.5)
TABLE.cases("clip", x=[draw(2, 3)], min_value=[-1.0, None], max_value=[0.5, None, -1.5])
TABLE.cases("clip", x=draw(2, 3, high=9), min_value=1, max_value=5, dtypes=("int32", "int64"))
TABLE.cases("clip", x=draw(2, 3), min_value=Given([-0.5, 1.0, 0.5], "lows"),
            max_value=Given([0.5, 1.5, -0.5], "highs, one below its low"))
TABLE.cases("clip", x=SPECIAL, min_value=-1.0, max_value=0.5)
