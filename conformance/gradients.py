"""Gradients three ways: the backend's own, the shared rules, and finite differences.

All in float64. With a random cotangent u and a random direction v, the inner product
<v, gradient of <u, f>> must equal (<u, f(x + e v)> - <u, f(x - e v)>) / 2e, where f is
the NumPy reference: three directions for each case. The second order likewise.
"""
import math
from typing import NamedTuple

import numpy as np

from keras_compat import backend as K
from keras_compat.backend import registry, selection

from . import arrays, forward, outcome
from .tolerance import Verdict

STEP = 1e-6
BOUND = 1e-6
SECOND_STEP = 1e-4
SECOND_BOUND = 1e-4
DIRECTIONS = 3

_CONSTANT = "its values are steps, whose slope is 0 or does not exist"
_NUMBERS = "its result is no float"
NONE = {
    **dict.fromkeys(("round", "floor", "ceil", "floor_divide"), _CONSTANT),
    **dict.fromkeys(("equal", "not_equal", "greater", "greater_equal", "less", "less_equal",
                     "logical_and", "logical_or", "logical_not", "isnan", "isfinite", "any", "all",
                     "argmax", "argmin", "shape", "in_top_k", "one_hot"), _NUMBERS),
    "stop_gradient": "it stops them",
    **dict.fromkeys(("full", "arange"), "nothing differentiable goes in"),
    **dict.fromkeys(("random_uniform", "random_normal", "truncated_normal"),
                    "draws do not depend on their shape smoothly"),
}


def wanted(case):
    """Whether a case is one to differentiate."""
    known = registry.OPS.get(case.op)
    if case.op in NONE or not case.options.smooth or case.special or case.layout != "plain":
        return False
    if known is None or case.dtype != "float32" or case.options.result not in (None, "float32"):
        return False
    return True


def chosen(cases):
    """Of an op's cases those to differentiate.

    At most 16, 6 with unknown sizes, and 4 of nothing: there a gradient is of its
    input's shape, and zero where the input is not empty.
    """
    groups = {"known": [], "unknown": [], "empty": []}
    for case in filter(wanted, cases):
        if not _empty(case):
            groups["known" if case.sizes == "known" else "unknown"].append(case)
        elif all(np.isfinite(y).all() for y in case.expected()[0]):  # the mean of nothing is not
            groups["empty"].append(case)
    return (_spread(groups["known"], 16) + _spread(groups["unknown"], 6)
            + _spread(groups["empty"][::-1], 4))


def _spread(items, count):
    step = max(len(items) / count, 1.0)
    return [items[int(i * step)] for i in range(min(count, len(items)))]


def _empty(case):
    flat = [v for value in case.inputs.values()
            for v in (value if isinstance(value, list) else [value])]
    return any(0 in np.shape(v.array("float64", 0)) for v in flat)


def run(backend, cases, check="gradient"):
    """An `Outcome` per case: native and shared gradients against the reference's slope."""
    both = [("native", backend), ("shared rules", forward.primitives_only(backend))]
    found = {name: _evaluated(one, cases) for name, one in both}
    return [_outcome(case, check, {name: results[case.id] for name, results in found.items()})
            for case in cases]


# ---- computing ----

class _Graph:
    """The graph of a case in float64 with its gradients and, of those, the second ones."""

    def __init__(self, case):
        self.case = case._replace(dtype="float64")
        built = forward._Built(self.case)
        self.values, self.placeholders = built.values, built.placeholders
        self.outputs = [t for t in built.outputs if t.dtype.startswith("float")]
        self.marks = [K.placeholder(t.shape, dtype=t.dtype) for t in self.outputs]
        self.wrt = [p for p in self.placeholders if p.dtype.startswith("float")]
        self.directions = [K.placeholder(p.shape, dtype=p.dtype) for p in self.wrt]
        loss = sum(K.sum(t * m) for t, m in zip(self.outputs, self.marks))
        self.first = K.gradients(loss, self.wrt)
        self.second = self._second()

    def _second(self):
        along = [K.sum(g * d) for g, d in zip(self.first, self.directions) if g is not None]
        return K.gradients(sum(along), self.wrt) if along else [None] * len(self.wrt)

    def fed(self):
        """All placeholders, in the order of `arrays`."""
        return [*self.placeholders, *self.marks, *self.directions]

    def sorted(self, alone, both):
        """(first, second, first alone) from iterators over what was computed; None for none."""
        first, second = _filled(self.first, both), _filled(self.second, both)
        return first, second, _filled(self.first, alone)


def _existing(tensors):
    return [t for t in tensors if t is not None]


def _filled(tensors, values):
    return [None if t is None else np.asarray(next(values)) for t in tensors]


def _evaluated(backend, cases):
    """case id -> (first, second, first alone, marks, directions), or the exception."""
    found, graphs = {}, []
    with selection.set_backend(backend):
        for case in cases:
            try:
                graphs.append(_Graph(case))
            except Exception as error:
                found[case.id] = error
        try:
            found.update(zip([g.case.id for g in graphs], _together(graphs)))
        except Exception:
            found.update({g.case.id: _alone(g) for g in graphs})
    return found


def _together(graphs):
    """As `_evaluated` gives them.

    The first gradients are also computed by themselves: a backend may take a faster way,
    as in training, where nobody differentiates them again.
    """
    fed = [t for g in graphs for t in g.fed()]
    drawn = [_drawn(g) for g in graphs]
    values = [a for g, (marks, directions) in zip(graphs, drawn)
              for a in (*g.values, *marks, *directions)]
    alone = K.function(fed, [t for g in graphs for t in _existing(g.first)])
    both = K.function(fed, [t for g in graphs for t in _existing((*g.first, *g.second))])
    results = iter(alone(values)), iter(both(values))
    return [(*g.sorted(*results), *one) for g, one in zip(graphs, drawn)]


def _alone(graph):
    try:
        return _together([graph])[0]
    except Exception as error:
        return error


def _drawn(graph):
    """The cotangents and the direction, the same on every backend."""
    results = graph.case.expected()[0]
    shapes = [r.shape for r in results if r.dtype.kind == "f"]
    inputs = [v.shape for v in graph.values if v.dtype.kind == "f"]
    return (_normals(graph.case, "cotangent", shapes), _normals(graph.case, "direction", inputs))


def _normals(case, role, shapes):
    return [np.random.Generator(np.random.PCG64(arrays.seed_of(case.op, role, str(i), str(shape)))
                                ).standard_normal(shape) for i, shape in enumerate(shapes)]


# ---- the reference's slopes ----

class _Slopes(NamedTuple):
    """The reference along lines through the case's inputs."""

    case: object
    marks: list

    def at(self, offsets):
        """<u, f(x + offsets)>."""
        moved, position = {}, 0
        for name, value in self.case.arrays().items():
            items, several = (value, True) if isinstance(value, list) else ([value], False)
            new = []
            for item in items:
                is_float = item.dtype.kind == "f"
                new.append(item + offsets[position] if is_float else item)
                position += is_float
            moved[name] = new if several else new[0]
        with np.errstate(all="ignore"):
            results = self.case.reference.compute(**moved, **self.case.attrs)
        results = results if isinstance(results, (tuple, list)) else [results]
        floats = [np.asarray(r) for r in results if np.asarray(r).dtype.kind == "f"]
        return math.fsum(float(np.sum(r * m)) for r, m in zip(floats, self.marks))

    def slope(self, direction):
        """Along one direction, with the error of the difference of two nearly equal numbers."""
        plus = self.at([STEP * d for d in direction])
        minus = self.at([-STEP * d for d in direction])
        return (plus - minus) / (2 * STEP)

    def curvature(self, one, other):
        """Along one direction and then another."""
        total = 0.0
        for a in (1, -1):
            for b in (1, -1):
                total += a * b * self.at([SECOND_STEP * (a * p + b * q)
                                          for p, q in zip(one, other)])
        return total / (4 * SECOND_STEP ** 2)


# ---- verdicts ----

def _outcome(case, check, found):
    """Passes if all gradients found agree with the slopes and with each other."""
    for name, result in found.items():
        if isinstance(result, Exception):
            one = outcome.raised(case.id, case.op, check, result)
            return one._replace(message=f"{name}: {one.message}")
    try:
        expected = _Expected(case, next(iter(found.values())))
        verdicts = [v for name, result in found.items() for v in expected.verdicts(name, result)]
        verdicts += _agreement(found)
        return outcome.judged(case.id, case.op, check, verdicts)
    except Exception as error:
        return outcome.raised(case.id, case.op, check, error)


class _Expected:
    """The reference's slopes of a case along three directions, and one second slope."""

    def __init__(self, case, result):
        *_, marks, self.along = result
        slopes = _Slopes(case._replace(dtype="float64"), marks)
        shapes = [a.shape for a in self.along]
        self.directions = [_normals(case, f"direction {i}", shapes) for i in range(DIRECTIONS)]
        self.slopes = [slopes.slope(direction) for direction in self.directions]
        self.curvature = slopes.curvature(self.along, self.directions[0])

    def verdicts(self, name, result):
        """Gradients of one kind against the slopes."""
        first, second, alone, *_ = result
        for i, (direction, slope) in enumerate(zip(self.directions, self.slopes)):
            for which, found in (("", first), (" alone", alone)):
                yield _close(f"{name}{which}, direction {i}", _inner(found, direction), slope,
                             BOUND, _size(found, direction))
        direction = self.directions[0]
        yield _close(f"{name}, second order", _inner(second, direction), self.curvature,
                     SECOND_BOUND, _size(second, direction) + _size(first, direction))


def _inner(gradients, direction):
    return math.fsum(float(np.sum(g * d)) for g, d in zip(gradients, direction) if g is not None)


def _size(gradients, direction):
    return 1 + math.fsum(float(np.sum(np.abs(g * d))) for g, d in zip(gradients, direction)
                         if g is not None)


def _close(what, got, expected, bound, size):
    ratio = abs(got - expected) / (bound * size)
    ratio = math.inf if math.isnan(ratio) else ratio
    return Verdict(ratio <= 1.0, ratio, f"{what}: Expected a slope of {expected:.10g}; "
                                        f"received {got:.10g}")


def _agreement(found):
    """Native and shared gradients, element by element, to 1e-9 of their size."""
    (_, native), (_, shared) = found.items()
    for position, order in enumerate(("first order", "second order", "first order alone")):
        mine, theirs = native[position], shared[position]
        for i, (a, b) in enumerate(zip(mine, theirs)):
            a, b = _or_zero(a, b), _or_zero(b, a)
            scale = 1 + max(np.abs(a).max(initial=0), np.abs(b).max(initial=0))
            error = np.abs(a - b).max(initial=0) / (1e-9 * scale)
            error = math.inf if math.isnan(error) else float(error)
            yield Verdict(error <= 1.0 and a.shape == b.shape, error,
                          f"{order}, input {i}: Expected the shared rules' gradient; "
                          f"received one that differs by {error * 1e-9:.3g} of its size")


def _or_zero(value, other):
    if value is None:
        return np.zeros(()) if other is None else np.zeros_like(other)
    return value
