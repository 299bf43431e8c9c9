"""Ops whose result may take the memory of an operand, and steps that write variables in place.

What a compiled function does with memory shows only where an operand is no input: here
each operand is made by another op and needed by nobody else, and an optimizer's
parameters are variables that are given their new values.
"""
import numpy as np

from keras_compat import backend as K
from keras_compat.backend import registry, selection

from . import cases, forward, outcome, tolerance

_MOST = 12
_DTYPES = ("float32", "float64", "int32", "bool")


def ids():
    """op -> the ids of its cases."""
    return {op: tuple(chosen) for op, chosen in _by_id().items() if chosen}


def run(backend, op, chosen):
    """An `Outcome` per id."""
    by_id = _by_id()[op]
    if op.endswith("_update"):
        with selection.set_backend(backend):
            return [_updated(one, by_id[one]) for one in chosen]
    found = forward.run(backend, [by_id[one] for one in chosen], "in place", _made)
    return [one._replace(id=name) for name, one in zip(chosen, found)]


def _by_id():
    return {op: {f"{case.id}, in place": case for case in _some(table)}
            for op, table in cases.by_op().items()
            if op in registry.OPS and (registry.OPS[op].elementwise or op.endswith("_update"))}


def _some(table):
    fitting = [case for case in table if case.sizes == "known" and case.layout == "plain"
               and case.dtype in _DTYPES]
    step = max(len(fitting) / _MOST, 1.0)
    return [fitting[int(i * step)] for i in range(min(_MOST, len(fitting)))]


def _made(tensor):
    """The same values in memory that nobody else needs."""
    return tensor if tensor.dtype == "bool" else K.negative(K.negative(tensor))


# ---- optimizers' steps ----

def _updated(case_id, case):
    try:
        return outcome.judged(case_id, case.op, "in place", _verdicts(case))
    except Exception as error:
        return outcome.raised(case_id, case.op, "in place", error)


def _verdicts(case):
    """The variables' values after one step against the reference."""
    given = {name: [K.variable(v, dtype=v.dtype.name) for v in values]
             for name, values in case.arrays().items()}
    outputs = forward.flat(case.options.call(K, **given, **case.attrs))
    variables = outputs[0].node.tensors()[:len(outputs)]
    K.function([], [], updates=list(zip(variables, outputs)))([])
    expected, scales, terms = case.expected()
    kind = registry.OPS[case.op].tolerance
    yield tolerance.Verdict(len(expected) == len(variables), 0.0,
                            f"Expected {len(expected)} new values; received {len(variables)}")
    for variable, reference, scale in zip(variables, expected, scales):
        yield tolerance.compare(np.asarray(K.get_value(variable)), reference, scale, terms, kind,
                                case.dtype)
