"""Saboteurs: backends with one planted fault each, all of which the suite must catch.

A suite that is not itself tested proves nothing. Each fault here is of a kind that
some library really had. It must be caught by a case of the op it sits in, and the
same case must pass on the backend as it is.

    python -m pytest tests/test_saboteurs.py -k "argmax"
"""
import contextlib
import functools
import importlib

from .. import suite
from .planting import Saboteur, planted  # noqa: F401  (what users of this package need)

_TABLES = ("elementwise", "arrays", "windows", "definitions", "slopes", "kernels", "functions")
_CHUNK = 12


@functools.lru_cache(maxsize=None)
def everyone():
    """All saboteurs, in the order of the tables."""
    modules = [importlib.import_module(f"{__name__}.{name}") for name in _TABLES]
    return tuple(one for module in modules for one in module.SABOTEURS)


@functools.lru_cache(maxsize=None)
def units_by_op():
    """op -> the units of its cases."""
    found = {}
    for unit in suite.units():
        found.setdefault(unit.op, []).append(unit)
    return found


def units(saboteur):
    """The units of the op's cases, those first that look where the fault is."""
    return sorted(units_by_op()[saboteur.op], key=lambda unit: unit.check not in saboteur.checks)


def caught(saboteur, backend):
    """The outcome of the first of the op's cases that fails for the fault alone, or None.

    Fails for the fault alone: passes on the backend as it is.
    """
    for unit in units(saboteur):
        for start in range(0, len(unit.ids), _CHUNK):
            ids = unit.ids[start:start + _CHUNK]
            with planted(saboteur, backend) as broken:
                found = [one for one in unit.run(broken, ids) if one.status != "pass"]
            for one in found:
                if [clean.status for clean in unit.run(backend, (one.id,))] == ["pass"]:
                    return one
    return None


def applies(saboteur, backend):
    """Whether the backend has what the fault is to be planted in."""
    return saboteur.kind.applies(saboteur, backend)


@contextlib.contextmanager
def always_different():
    """The comparator says of everything that it differs; yields a list of its calls."""
    from .. import outcome

    calls, right = [], outcome.judged

    def judged(case_id, op, check, verdicts):
        verdicts = list(verdicts)
        calls.append((case_id, len(verdicts)))
        return right(case_id, op, check, [v._replace(same=False) for v in verdicts])
    outcome.judged = judged
    try:
        yield calls
    finally:
        outcome.judged = right
