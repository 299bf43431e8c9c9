"""All that is checked, as units: an op and a check with its case ids, and how to run them."""
import functools
import time
from typing import Callable, NamedTuple

from keras_compat.backend import registry

from . import (bias, cases, conventions, forward, gaps, golden_cases, gradients, inplace, outcome,
               randomness, refusals, relations)

LEVELS = ("core", "training", "full")


class Unit(NamedTuple):
    """What is run at one go: some cases of one check of one op.

    run(backend, ids): an `Outcome` per id.
    """

    op: str
    check: str
    ids: tuple
    run: Callable

    @property
    def name(self):
        """'softmax forward'."""
        return f"{self.op} {self.check}"


def units(level="full", ops=None, golden=None):
    """The units of a level, for all ops or the named ones.

    core: primitives in their first dtype and with known sizes. training: all ops, their
    gradients, and the golden optimizers and models. full: everything.
    golden: the folder of recorded numbers, or None for the suite's own.
    """
    found = list(_forward_units(level))
    if level != "core":
        found += _gradient_units()
        found += _by_op("convention", conventions)
        found += _by_op("in place", inplace)
        found += _by_op("bias", bias)
        found += _by_op("relation", relations)
        groups = golden_cases.GROUPS if level == "full" else ("optimizers", "models")
        found += [_golden_unit(group, golden) for group in groups]
    if level == "full":
        found += _by_op("refusal", refusals)
        found += _random_units()
    return [unit for unit in found if unit.ids and (not ops or unit.op in ops)]


def _forward_units(level):
    for op, table in cases.by_op().items():
        known = registry.OPS.get(op)
        if level == "core":
            if known is None or known.kind != "primitive":
                continue
            table = [c for c in table if c.sizes == "known" and c.layout == "plain"]
        yield _of_cases(op, "forward", table, forward.run)
        if known is not None and known.kind == "composite":
            chosen = [c for c in table if c.layout == "plain" and c.dtype in (
                "float32", "float64", "int32")]
            yield _of_cases(op, "definition", chosen, _definition)


def _gradient_units():
    for op, table in cases.by_op().items():
        yield _of_cases(op, "gradient", gradients.chosen(table), gradients.run)


def _golden_unit(group, folder):
    def run_some(backend, ids):
        return golden_cases.run(backend, group, ids, folder)
    return Unit(f"golden_{group}", "golden", golden_cases.ids(group, folder), run_some)


def _by_op(check, module):
    """Units of a module with `ids()`, by op, and `run(backend, op, ids)`."""
    def run_some(op, backend, ids):
        return module.run(backend, op, ids)
    return [Unit(op, check, ids, functools.partial(run_some, op))
            for op, ids in module.ids().items()]


def _random_units():
    for mode in ("portable", "native"):
        for op, ids in randomness.ids(mode).items():
            yield Unit(op, f"{mode} draws", ids, functools.partial(_random, op, mode))


def _random(op, mode, backend, ids):
    return randomness.run(backend, op, mode)


def _definition(backend, table, check):
    """A composite by its definition, whatever the backend has in its place."""
    return forward.run(forward.primitives_only(backend), table, check)


def _of_cases(op, check, table, run):
    by_id = {f"{case.id}, {check}" if check != "forward" else case.id: case for case in table}

    def run_some(backend, ids):
        found = run(backend, [by_id[one] for one in ids], check)
        return [one._replace(id=name) for name, one in zip(ids, found)]
    return Unit(op, check, tuple(by_id), run_some)


# ---- running ----

def run(unit, backend, declared=()):
    """The outcomes of a unit's cases on a backend, declared gaps applied."""
    start = time.perf_counter()
    left_out = {one: gap for one in unit.ids if (gap := gaps.skipped(declared, one))}
    chosen = [one for one in unit.ids if one not in left_out]
    try:
        found = gaps.applied(declared, unit.run(backend, chosen)) if chosen else []
    except Exception as error:  # a check that cannot even start: each case says why
        found = [outcome.raised(one, unit.op, unit.check, error) for one in chosen]
    found += [outcome.Outcome(one, unit.op, unit.check, "gap", message=gap.reason)
              for one, gap in left_out.items()]
    share = (time.perf_counter() - start) / max(len(found), 1)
    return [one._replace(seconds=share) for one in found]
