"""What steers a graph: passing on, stopping gradients, choosing between expressions, printing."""
from .. import nested
from ..registry import fail, primitive, sugar
from . import comparison, elementwise, shaping, sparse
from .convert import as_tensor, described, pair
from .families import same


@primitive(same, tolerance="exact")
def identity(x, name=None):
    """x itself as a new tensor (sparse if x is); `name` is not used."""
    if sparse.is_sparse(x):
        return sparse.copied(x)
    return identity.bind(as_tensor(x))


@identity.gradient
def _identity_gradient(g, out, x):
    return g


@primitive(same, tolerance="exact")
def stop_gradient(variables):
    """The tensor, or each of a list, as a constant in the eyes of `gradients`."""
    if isinstance(variables, (list, tuple)):
        return [stop_gradient(v) for v in variables]
    return stop_gradient.bind(as_tensor(variables))


def _print_rule(x, *, message):
    return x.shape, x.dtype


@primitive(_print_rule, tolerance="exact", pure=False)
def print_tensor(x, message=""):
    """x itself; whenever it is computed, the message and the values go to stdout."""
    return print_tensor.bind(as_tensor(x), message=str(message))


@print_tensor.gradient
def _print_gradient(g, out, x, *, message):
    return g


@sugar
def switch(condition, then_expression, else_expression):
    """One expression where the condition holds, the other elsewhere.

    condition: a scalar, which chooses a whole tensor (the expressions may then be
    functions without arguments, and only the chosen one runs), or a tensor of no
    more axes than the expressions, which chooses along those first axes. Numbers
    count as True unless 0.

    Under a scalar the expressions may also be, or return, lists, tuples and dicts of
    tensors, of one structure, which is returned; a list of one is that one. ValueError
    for two structures.
    """
    condition = elementwise.cast(as_tensor(condition), "bool")
    expressions = then_expression, else_expression
    if condition.ndim == 0 and any(callable(e) or nested.is_nested(e) for e in expressions):
        return _branch(condition, *expressions)
    x, y = pair(_value(then_expression), _value(else_expression))
    if condition.ndim == 0 and x.ndim == y.ndim and x.shape != y.shape:
        return _branch(condition, x, y)  # each keeps its shape, where `where` would broadcast
    rank = max(x.ndim, y.ndim)
    if condition.ndim > rank:
        fail("the condition must not have more axes than the expressions",
             f"at most {rank} axes",
             f"condition {tuple(condition.shape)}, expressions {described(x)}, {described(y)}")
    for _ in range(rank - condition.ndim if condition.ndim else 0):
        condition = shaping.expand_dims(condition, -1)
    return comparison.where(condition, x, y)


def _value(expression):
    return expression() if callable(expression) else expression


def _branch(condition, then_expression, else_expression):
    from ..control_flow import cond  # the planner's op, which stands above these

    layouts = []

    def branch(expression):
        leaves, layout = nested.flatten(_without_lists_of_one(_value(expression)))
        layouts.append(layout)
        _check_layouts(layouts)
        return [as_tensor(leaf) for leaf in leaves]

    results = cond(condition, lambda: branch(then_expression), lambda: branch(else_expression))
    return nested.pack(layouts[0], results)


def _without_lists_of_one(value):
    while isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    return value


def _check_layouts(layouts):
    first, last = map(nested.described, (layouts[0], layouts[-1]))
    if layouts[0] != layouts[-1]:
        fail("both expressions have one structure", first, last)
    if "*" not in first:
        fail("the expressions have a tensor in them", "at least 1 tensor", first)
