"""Runs the cases of an op on a backend and compares with the reference.

All cases of an op become one compiled function, since compiling costs more than
running; what fails there is run again on its own to find the case.
"""
import copy

import numpy as np

from keras_compat import backend as K
from keras_compat.backend import registry, selection

from . import outcome, tolerance


def run(backend, cases, check="forward", prepared=None):
    """An `Outcome` per case. prepared(tensor): what the op gets in place of a placeholder."""
    with selection.set_backend(backend):
        built, outcomes = [], {}
        for case in cases:
            try:
                built.append(_Built(case, prepared))
            except Exception as error:
                outcomes[case.id] = outcome.raised(case.id, case.op, check, error)
        for one, results in _computed(built):
            outcomes[one.case.id] = _outcome(one, results, check)
    return [outcomes[case.id] for case in cases]


def primitives_only(backend):
    """The backend without native composites and autodiff: only definitions and shared rules."""
    plain = copy.copy(backend)
    plain.ops = {name: function for name, function in backend.ops.items()
                 if name not in registry.OPS or registry.OPS[name].kind == "primitive"}
    plain.vjps, plain.updates, plain.inplace = {}, {}, {}
    plain.specializers, plain.joint = {}, {}
    plain.autodiff = False
    return plain


def overrides(backend, op):
    """Whether the backend has a native kernel for a composite."""
    known = registry.OPS.get(op)
    tables = (backend.ops, backend.specializers, backend.vjps)
    return known is not None and known.kind == "composite" and any(op in t for t in tables)


class _Built:
    """The tensors of a case, and the arrays that are fed."""

    def __init__(self, case, prepared=None):
        self.case = case
        self.prepared = prepared
        self.placeholders, self.values = [], []
        arguments = {name: self._tensors(value) for name, value in case.arrays().items()}
        call = case.options.call or getattr(K, case.op)
        first = (K,) if case.options.call else ()
        result = call(*first, **arguments, **case.attrs)
        self.outputs = flat(result)

    def _tensors(self, value):
        if isinstance(value, list):
            return [self._tensors(item) for item in value]
        sizes = "known" if self.placeholders and self.case.sizes == "batch" else self.case.sizes
        tensor = K.placeholder(static_shape(value.shape, sizes), dtype=value.dtype.name)
        self.placeholders.append(tensor)
        self.values.append(value)
        return self.prepared(tensor) if self.prepared else tensor


def static_shape(shape, sizes):
    """The shape with what is not known now as None."""
    if sizes == "all":
        return (None,) * len(shape)
    return (None, *shape[1:]) if sizes == "batch" and shape else shape


def flat(result):
    """The tensors of nested results, in order."""
    if isinstance(result, (list, tuple)):
        return [tensor for item in result for tensor in flat(item)]
    return [result if K.is_tensor(result) else K.constant(result)]


def _computed(built):
    """(built case, results or the exception) for each."""
    try:
        return list(zip(built, _together(built)))
    except Exception:
        return [(one, _alone(one)) for one in built]


def _together(built):
    """The results of two calls: a backend may prepare itself at the first one."""
    function = K.function([p for one in built for p in one.placeholders],
                          [t for one in built for t in one.outputs])
    values = [v for one in built for v in one.values]
    calls = [iter(function(values)), iter(function(values))]
    return [[[np.asarray(next(call)) for _ in one.outputs] for call in calls] for one in built]


def _alone(one):
    try:
        return _together([one])[0]
    except Exception as error:
        return error


# ---- verdicts ----

def _outcome(one, results, check):
    case = one.case
    if isinstance(results, Exception):
        return outcome.raised(case.id, case.op, check, results)
    try:
        return outcome.judged(case.id, case.op, check, _verdicts(one, results))
    except Exception as error:  # the reference's own
        return outcome.raised(case.id, case.op, check, error)


def _verdicts(one, calls):
    case = one.case
    own = registry.OPS[case.op].tolerance if case.op in registry.OPS else "exact"
    kind = case.options.tolerance or own
    expected, scales, terms = case.expected()
    verdicts = []
    for results in calls:
        verdicts.append(_count(results, expected))
        for tensor, got, reference, scale in zip(one.outputs, results, expected, scales):
            verdicts.append(_static(tensor, got))
            verdicts.append(tolerance.compare(got, reference, scale, terms, kind,
                                              _wanted_dtype(reference, case)))
    return verdicts


def _wanted_dtype(reference, case):
    """The reference's dtype; its float64 stands for the case's float dtype."""
    if reference.dtype.kind != "f":
        return reference.dtype.name
    floating = case.dtype if case.dtype.startswith("float") else "float32"
    return case.options.result or floating


def _count(results, expected):
    same = len(results) == len(expected)
    return tolerance.Verdict(same, 0.0, f"Expected {len(expected)} outputs; "
                                        f"received {len(results)}")


def _static(tensor, got):
    """The shape and dtype that were announced against those that came."""
    fits = len(tensor.shape) == got.ndim and tensor.dtype == got.dtype.name and all(
        a is None or a == b for a, b in zip(tensor.shape, got.shape))
    return tolerance.Verdict(fits, 0.0, f"Expected the static {tensor.dtype} "
                             f"{tuple(tensor.shape)}; received {got.dtype.name} {got.shape}")
