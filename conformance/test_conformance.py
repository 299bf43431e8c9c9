"""The suite under pytest: a test for each op and check on each installed backend.

    pytest conformance -k "softmax and torch"

The command `keras-compat conformance` runs the same in a process per backend and
names every case; here a failing test lists its failing cases.
"""
import functools

import pytest

from keras_compat.backend import selection

selection.reach_source_tree()

from keras_compat.conformance import gaps, report, suite  # noqa: E402

INSTALLED = [name for name, state in selection.available().items() if state.installed]
UNITS = {unit.name: unit for unit in suite.units()}


@functools.lru_cache(maxsize=None)
def _declared(name):
    return gaps.of(selection.get(name))


@pytest.mark.parametrize("backend", INSTALLED)
@pytest.mark.parametrize("unit", UNITS)
def test_conforms(unit, backend):
    outcomes = suite.run(UNITS[unit], selection.get(backend), _declared(backend))
    assert len(outcomes) == len(UNITS[unit].ids)
    bad = [one for one in outcomes if one.status not in report.GOOD]
    assert not bad, "\n".join(f"{one.status}: {one.id}\n    {one.message}" for one in bad)


@pytest.mark.parametrize("backend", INSTALLED)
def test_every_declared_gap_fits_a_case(backend):
    ids = [one for unit in UNITS.values() for one in unit.ids]
    assert not gaps.unused(_declared(backend), ids)
