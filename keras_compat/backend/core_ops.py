"""The ops that the planner itself understands: assignment and differentiation."""
from . import registry
from .graph import Variable
from .registry import Op


def _assign_rule(variable, value, *, share):
    return value.shape, value.dtype


ASSIGN = Op("assign", "core", "exact", rule=_assign_rule, pure=False)


def _gradients_rule(losses, wrt):
    return [(t.shape, t.dtype) for t in wrt]


GRADIENTS = Op("gradients", "core", "recurrent", rule=_gradients_rule, fresh=True)


def assign(variable, value, share=None):
    """A tensor with `value` whose evaluation also writes it into `variable`.

    share: the factor with which `value` contains the variable's old value. Several such
    updates of one function follow one another; of others, the first counts.
    """
    if not isinstance(variable, Variable):
        registry.fail("only variables can be updated", "a variable from K.variable",
                      repr(variable), error=TypeError)
    if value.dtype != variable.dtype:
        registry.fail("a new value has the variable's dtype", variable.dtype, value.dtype,
                      f"variable '{variable.name}'; K.cast the value", TypeError)
    if not _fits(value.shape, variable.shape):
        registry.fail("a new value has the variable's shape", tuple(variable.shape),
                      tuple(value.shape), f"variable '{variable.name}'")
    return ASSIGN.bind(variable, value, share=share)


def _fits(shape, target):
    return len(shape) == len(target) and all(
        a is None or a == b for a, b in zip(shape, target))
