"""The tables: what a case is, and how one line of a table becomes many cases.

    TABLE = Table("activations")

    @TABLE.reference("softmax", scale=...)
    def softmax(x, axis=-1): ...

    TABLE.cases("softmax", x=[draw(2, 3), draw(0, 3)], axis=[-1, 0])

A list stands for alternatives; all combinations are made. The first combination
comes again in each further dtype and in each layout of memory.
"""
import itertools
from typing import Callable, NamedTuple

import numpy as np

from . import arrays

FLOATS = ("float32", "float64", "float16")
INTEGERS = ("int32", "int64", "int16", "int8", "uint8")
NUMBERS = FLOATS + INTEGERS


class Reference(NamedTuple):
    """An op's definition in float64 NumPy, and what its rounding error scales with.

    compute(**arguments): an array or a tuple of arrays.
    scale(**arguments): E, per output where there are several: what an error of one
        unit roundoff in each step is multiplied by; None for |the result|.
    terms(**arguments): how many numbers are added for one element of the result.
    """

    compute: Callable
    scale: Callable = None
    terms: Callable = None


class Options(NamedTuple):
    """How the cases of one line of a table are run.

    call: call(K, **arguments) where it is not K.<op>(**arguments).
    unknown: which sizes are also tried as None: 'all', 'batch' (of the first input) or 'none'.
    smooth: False where the line is no place to differentiate.
    tolerance: the class where it is not the op's own.
    result: the dtype of float results where it is not the case's.
    """

    call: Callable = None
    unknown: str = "all"
    smooth: bool = True
    tolerance: str = None
    result: str = None


class Case(NamedTuple):
    """One call of an op: `inputs` name -> Draw, Given or a list of them; `attrs` the rest."""

    id: str
    op: str
    inputs: dict
    attrs: dict
    dtype: str
    layout: str
    sizes: str
    options: Options
    reference: Reference

    def arrays(self):
        """The inputs as NumPy arrays (and lists of arrays), by name."""
        return {name: self._array(name, value) for name, value in self.inputs.items()}

    def _array(self, name, value):
        if isinstance(value, list):
            return [self._array(f"{name}{i}", item) for i, item in enumerate(value)]
        seed = arrays.seed_of(self.op, name, value.words)
        return arrays.laid_out(value.array(self.dtype, seed), self.layout)

    @property
    def special(self):
        """Whether an input holds written-out numbers (infinities, ties, corners)."""
        flat = [v for value in self.inputs.values()
                for v in (value if isinstance(value, list) else [value])]
        return any(v.special for v in flat)

    def expected(self):
        """(float64 results, scales, terms): lists with an entry per output."""
        with np.errstate(all="ignore"):
            return _expected(self.reference, {**_wide(self.arrays()), **self.attrs})


class Table:
    """The references and cases of one family of ops."""

    def __init__(self, family):
        self.family = family
        self.references = {}
        self.lines = []

    def reference(self, *names, scale=None, terms=None):
        """Declares the decorated function the definition of these ops."""
        def declare(compute):
            for name in names:
                self.references[name] = Reference(compute, scale, terms)
            return compute
        return declare

    def cases(self, *ops, dtypes=FLOATS, options=Options(), layouts=arrays.LAYOUTS, **values):
        """Adds a line for each of the ops; keyword arguments as the op names them."""
        for op in ops:
            self.lines.append((op, tuple(dtypes), options, tuple(layouts), values))

    def expanded(self):
        """All cases of the table, with ids that occur once."""
        seen = {}
        for op, dtypes, options, layouts, values in self.lines:
            for case in _line(op, dtypes, options, layouts, values, self.references[op]):
                count = seen[case.id] = seen.get(case.id, 0) + 1
                yield case if count == 1 else case._replace(id=f"{case.id} ({count})")


# ---- one line ----

def _line(op, dtypes, options, layouts, values, reference):
    combinations = list(_combinations(values))
    for position, combination in enumerate(combinations):
        yield _case(op, combination, dtypes[0], "plain", "known", options, reference)
        if options.unknown != "none":
            yield _case(op, combination, dtypes[0], "plain", options.unknown, options, reference)
        if position == 0:
            for dtype in dtypes[1:]:
                yield _case(op, combination, dtype, "plain", "known", options, reference)
            for layout in layouts:
                if layout != "plain":
                    yield _case(op, combination, dtypes[0], layout, "known", options, reference)


def _combinations(values):
    names = list(values)
    for chosen in itertools.product(*[_alternatives(values[name]) for name in names]):
        yield dict(zip(names, chosen))


def _alternatives(value):
    """A list holds alternatives; anything else is one."""
    return value if isinstance(value, list) else [value]


def _case(op, combination, dtype, layout, sizes, options, reference):
    inputs = {n: v for n, v in combination.items() if arrays.is_input(v)}
    attrs = {n: v for n, v in combination.items() if n not in inputs}
    words = [f"{n} {_words(v)}" for n, v in inputs.items()]
    words += [f"{n}={_words(v)}" for n, v in attrs.items()]
    words += [dtype] + [layout] * (layout != "plain")
    words += [f"{sizes} sizes unknown"] * (sizes != "known")
    return Case(f"{op}: {', '.join(words)}", op, inputs, attrs, dtype, layout, sizes, options,
                reference)


def _words(value):
    if isinstance(value, list):
        return " and ".join(map(_words, value))
    return getattr(value, "words", None) or str(value)


# ---- the reference's side ----

def _wide(value):
    """Floats as float64, other dtypes as they are."""
    if isinstance(value, dict):
        return {name: _wide(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_wide(item) for item in value]
    return value.astype("float64") if value.dtype.kind == "f" else value


def _expected(reference, arguments):
    results = _listed(reference.compute(**arguments))
    scale = reference.scale(**arguments) if reference.scale else None
    scales = [np.abs(r) for r in results] if scale is None else _listed(scale)
    terms = reference.terms(**arguments) if reference.terms else 1
    return [np.asarray(r) for r in results], scales, terms


def _listed(value):
    return list(value) if isinstance(value, (tuple, list)) else [value]
