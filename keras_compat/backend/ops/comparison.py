"""Comparisons, logic, and the choice between two tensors: no gradients but `where`'s."""
from ..registry import fail, primitive, sugar
from .convert import as_tensor, broadcast_shapes, described, pair
from .families import equality, float_test, logical, logical_unary, ordering
from .unbroadcast import unbroadcast


# ---- comparisons ----

@primitive(equality, tolerance="exact", elementwise=True)
def equal(x, y):
    """Where x and y are equal, broadcast, as bool. NaN equals nothing."""
    return equal.bind(*pair(x, y))


@primitive(equality, tolerance="exact", elementwise=True)
def not_equal(x, y):
    """Where x and y differ, broadcast, as bool. NaN differs from everything."""
    return not_equal.bind(*pair(x, y))


@primitive(ordering, tolerance="exact", elementwise=True)
def greater(x, y):
    """Where x > y, broadcast, as bool. Numbers of one dtype."""
    return greater.bind(*pair(x, y))


@primitive(ordering, tolerance="exact", elementwise=True)
def greater_equal(x, y):
    """Where x >= y, broadcast, as bool. Numbers of one dtype."""
    return greater_equal.bind(*pair(x, y))


@primitive(ordering, tolerance="exact", elementwise=True)
def less(x, y):
    """Where x < y, broadcast, as bool. Numbers of one dtype."""
    return less.bind(*pair(x, y))


@primitive(ordering, tolerance="exact", elementwise=True)
def less_equal(x, y):
    """Where x <= y, broadcast, as bool. Numbers of one dtype."""
    return less_equal.bind(*pair(x, y))


@sugar
def lesser(x, y):
    """Keras 1's name of `less`."""
    return less(x, y)


@sugar
def lesser_equal(x, y):
    """Keras 1's name of `less_equal`."""
    return less_equal(x, y)


# ---- logic ----

@primitive(logical, tolerance="exact", elementwise=True)
def logical_and(x, y):
    """Where x and y are both True, broadcast."""
    return logical_and.bind(*pair(x, y))


@primitive(logical, tolerance="exact", elementwise=True)
def logical_or(x, y):
    """Where x or y is True, broadcast."""
    return logical_or.bind(*pair(x, y))


@primitive(logical_unary, tolerance="exact", elementwise=True)
def logical_not(x):
    """Where x is False."""
    return logical_not.bind(as_tensor(x))


@primitive(float_test, tolerance="exact", elementwise=True)
def isnan(x):
    """Where x is not a number, as bool."""
    return isnan.bind(as_tensor(x))


@primitive(float_test, tolerance="exact", elementwise=True)
def isfinite(x):
    """Where x is neither infinite nor NaN, as bool."""
    return isfinite.bind(as_tensor(x))


# ---- choice ----

def _where_rule(condition, x, y):
    if condition.dtype != "bool":
        fail("the condition must be bool", "dtype bool", f"condition {described(condition)}",
             "Compare with something, or use K.cast(condition, 'bool')", TypeError)
    return broadcast_shapes(condition.shape, x.shape, y.shape), x.dtype


@primitive(_where_rule, tolerance="exact", elementwise=True)
def where(condition, x, y):
    """x where the condition (bool) holds, else y; all three broadcast.

    x and y have one dtype, which the result has. Each gets the gradient of the
    places where it was chosen and 0 elsewhere, even if the other's is not finite.
    """
    return where.bind(as_tensor(condition), *pair(x, y))


@where.gradient
def _where_gradient(g, out, condition, x, y):
    return (None,
            unbroadcast(where(condition, g, 0), x, condition.shape, y.shape),
            unbroadcast(where(condition, 0, g), y, condition.shape, x.shape))
