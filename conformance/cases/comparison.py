"""Comparisons, logic, and the choice between two tensors."""
import numpy as np

from ..arrays import Given, draw
from ..table import FLOATS, NUMBERS, Options, Table
from .elementwise import INF, NAN, PAIRS, SPECIAL

TABLE = Table("comparison")
ALL = NUMBERS + ("bool",)

COMPARISONS = {
    "equal": np.equal, "not_equal": np.not_equal, "greater": np.greater,
    "greater_equal": np.greater_equal, "less": np.less, "less_equal": np.less_equal,
    "lesser": np.less, "lesser_equal": np.less_equal, "logical_and": np.logical_and,
    "logical_or": np.logical_or,
}
for _name, _function in COMPARISONS.items():
    TABLE.reference(_name)(lambda x, y, function=_function: function(x, y))

for _position, (_x, _y) in enumerate(PAIRS):
    _x = _x._replace(high=3.0, low=-2.0, steps=1)  # whole numbers, so that some are equal
    _y = _y._replace(high=3.0, low=-2.0, steps=1)
    _once = {} if _position == 0 else {"layouts": ("plain",)}
    TABLE.cases("equal", "not_equal", dtypes=ALL if _position == 0 else FLOATS[:1], x=_x, y=_y,
                **_once)
    TABLE.cases("greater", "greater_equal", "less", "less_equal",
                dtypes=NUMBERS if _position == 0 else FLOATS[:1], x=_x, y=_y, **_once)
    TABLE.cases("logical_and", "logical_or", dtypes=("bool",), x=_x, y=_y, **_once)

ORDERINGS = ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal")
TABLE.cases(*ORDERINGS, x=SPECIAL, y=[Given([NAN], "nan"), Given([0.0], "zero"),
                                      Given([INF], "infinity")])
TABLE.cases("lesser", "lesser_equal", x=draw(2, 3), y=draw(3))


@TABLE.reference("logical_not")
def logical_not(x):
    """Where x is False."""
    return ~x


TABLE.cases("logical_not", dtypes=("bool",), x=[draw(2, 3), draw(), draw(0), draw(2, 1, 2, 1, 2)])

TABLE.reference("isnan")(lambda x: np.isnan(x))
TABLE.reference("isfinite")(lambda x: np.isfinite(x))
TABLE.cases("isnan", "isfinite", x=[SPECIAL, draw(2, 3), draw(), draw(0, 2)])


# ---- choice ----

@TABLE.reference("where")
def where(condition, x, y):
    """x where the condition holds, else y."""
    return np.where(condition, x, y)


TRIPLES = [((2, 3), (2, 3), (2, 3)), ((), (), ()), ((2, 1), (2, 3), (3,)), ((), (2, 2), (2, 2)),
           ((3,), (2, 3), ()), ((2, 1, 2, 1, 2), (2, 1, 2), (1,)), ((0,), (0,), (1,)),
           ((1, 3), (2, 1), (2, 3)), ((2, 3), (), ())]
for _position, (_c, _x, _y) in enumerate(TRIPLES):
    TABLE.cases("where", dtypes=ALL if _position == 0 else FLOATS[:1],
                condition=draw(*_c, dtype="bool"), x=draw(*_x, high=9.0), y=draw(*_y))
# Large enough for the ways that only pay there.
_LARGE = {"layouts": ("plain",), "options": Options(unknown="none")}
for _x, _y in ((draw(70, 70), draw(70, 70)), (Given(0.0, "0"), draw(70, 70)),
               (draw(70, 70), Given(0.0, "0")), (draw(70), draw(70, 1))):
    TABLE.cases("where", dtypes=ALL, condition=draw(70, 70, dtype="bool"), x=_x, y=_y, **_LARGE)
TABLE.cases("where", condition=Given([True, False, True, False], "alternating", "bool"),
            x=Given([NAN, NAN, -0.0, 1.0], "nan and zero"), y=Given([1.0, INF, NAN, -0.0], "rest"))


@TABLE.reference("switch")
def switch(condition, then_expression, else_expression, factors=None):
    """The condition chooses along its axes, which are the first ones; then times each factor."""
    condition = condition != 0
    rank = max(then_expression.ndim, else_expression.ndim)
    if condition.ndim:
        condition = condition.reshape(condition.shape + (1,) * (rank - condition.ndim))
    chosen = np.where(condition, then_expression, else_expression)
    return tuple(f * chosen for f in factors) if factors else chosen


for _shape in ((), (2,), (2, 3)):
    TABLE.cases("switch", condition=[draw(*_shape, dtype="bool"),
                                     draw(*_shape, dtype="int32", low=0, high=2)],
                then_expression=draw(2, 3), else_expression=draw(2, 3),
                options=Options(unknown="batch"))


def _several(K, condition, then_expression, else_expression, factors):
    """A list with a tuple and a dict in it, chosen as a whole; its parts in order."""
    def parts(x):
        a, b, c = (f * x for f in factors)
        return [a, (b, {"c": c})]

    a, (b, rest) = K.switch(condition, lambda: parts(then_expression), parts(else_expression))
    return [a, b, K.switch(condition, [rest["c"]], [rest["c"]])]


TABLE.cases("switch", condition=[Given(True, "True", "bool"), Given(False, "False", "bool")],
            then_expression=draw(2, 3), else_expression=draw(2, 3), factors=(1, 2, -1),
            options=Options(call=_several, unknown="batch"), layouts=("plain",))
