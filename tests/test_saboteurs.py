"""The suite's own test: every planted fault is caught by a case of the op it sits in."""
import collections
import functools

import pytest

from keras_compat.backend import selection

selection.reach_source_tree()

from keras_compat.conformance import saboteurs, suite  # noqa: E402

INSTALLED = [name for name, state in selection.available().items() if state.installed]
EVERYONE = saboteurs.everyone()


def _words(saboteur):
    return f"{saboteur.op}: {saboteur.kind.name}, {saboteur.name}"


def _fitting(saboteur, position):
    """The backends on which a saboteur is tried."""
    names = [n for n in INSTALLED if saboteurs.applies(saboteur, selection.get(n))]
    start = position % len(names) if names and saboteur.kind.tried == "in turn" else 0
    return names if saboteur.kind.tried == "each" else names[start:start + 1]


PAIRS = [pytest.param(saboteur, name, id=f"{_words(saboteur)} on {name}")
         for position, saboteur in enumerate(EVERYONE) for name in _fitting(saboteur, position)]


@pytest.mark.parametrize("saboteur, backend", PAIRS)
def test_is_caught_by_a_case_of_its_op(saboteur, backend):
    found = saboteurs.caught(saboteur, selection.get(backend))
    assert found is not None, f"no case of {saboteur.op} fails on {backend}"
    assert found.op == saboteur.op


@functools.lru_cache(maxsize=None)
def _all_different():
    """(outcomes, verdicts of each) of the whole suite where the comparator says 'different'."""
    backend = selection.get(INSTALLED[0])
    with saboteurs.always_different() as calls:
        outcomes = [one for unit in suite.units() for one in suite.run(unit, backend)]
    return outcomes, calls


def test_every_case_fails_where_everything_differs():
    outcomes, _ = _all_different()
    assert len(outcomes) == sum(len(unit.ids) for unit in suite.units())
    passed = [one.id for one in outcomes if one.status == "pass"]
    assert not passed, passed[:20]


def test_no_case_without_a_comparison():
    outcomes, calls = _all_different()
    compared = collections.Counter(case_id for case_id, count in calls if count)
    assert not [case_id for case_id, count in calls if not count]
    assert sum(compared.values()) == len(calls)
    errors = [one for one in outcomes if one.status == "error"]
    assert not errors, errors[:3]
    assert len(calls) >= len(outcomes)


def test_there_are_enough_and_none_twice():
    words = [_words(saboteur) for saboteur in EVERYONE]
    assert len(words) == len(set(words)) >= 80
