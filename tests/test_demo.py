"""`keras-compat demo`: the old script on every backend (`demo.py`, `examples/`)."""
import ast
import os
import re

import numpy as np
import pytest
from conftest import INSTALLED, ROOT

from keras_compat import demo

FIRST = demo.FIRST

# One worker runs them all: the module's fixture takes minutes where it runs twice.
pytestmark = pytest.mark.xdist_group("demo")


def run_of(name, value):
    weights = [np.full(3, value)]
    return demo.Run(name, 0.98, 0.5, None, weights, [w / 2 for w in weights], np.full(2, value * 2))


def test_table_compares_with_the_first_run():
    lines = demo.table([run_of("one", 1.0), run_of("second", 1.25)]).splitlines()
    assert lines[0].split()[:3] == ["backend", "test", "accuracy"]
    assert lines[2].split() == ["one", "98.00%", "0.50", "-", "-", "-"]
    assert lines[3].split() == ["second", "98.00%", "0.50", "2.5e-01", "1.2e-01", "5.0e-01"]


def test_difference_is_the_greatest_over_all_arrays():
    assert demo.difference([np.zeros(2), np.ones(3)], [np.zeros(2), np.array([1, 1, -1])]) == 2


def test_the_script_is_one_for_the_original_keras():
    """It knows nothing of this package, and parses as the Python of its time did."""
    with open(os.path.join(ROOT, "examples", demo.SCRIPT), encoding="utf-8") as stream:
        text = stream.read()
    assert "compat" not in text
    assert ast.parse(text, feature_version=(3, 5))


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """What `keras-compat demo` prints, run once for the module."""
    import subprocess
    import sys
    environment = dict(os.environ, KERAS_HOME=str(tmp_path_factory.mktemp("home")))
    result = subprocess.run([sys.executable, "-m", "keras_compat", "demo"], cwd=ROOT,
                            env=environment, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stderr
    return result.stdout


def rows(output):
    """name -> the other cells of its line in the table."""
    table = output[output.rindex("backend  "):].splitlines()[2:]
    return {cells[0]: cells[1:] for cells in map(str.split, table) if len(cells) == 6}


@pytest.mark.slow
def test_every_installed_backend_reaches_97_percent(output):
    found = rows(output)
    assert list(found)[0] == FIRST and set(found) == {*INSTALLED, demo.YARDSTICK}
    assert all(float(cells[0].rstrip("%")) >= 97 for cells in found.values())


@pytest.mark.slow
def test_weights_are_the_same_after_an_epoch(output):
    """Before rounding has been amplified: 23 steps with dropout, in float32."""
    found = rows(output)
    del found[FIRST]
    assert all(float(early) < 1e-4 for _, _, early, _, _ in found.values())


@pytest.mark.slow
def test_backends_end_equally_good(output):
    accuracies = [float(cells[0].rstrip("%")) for cells in rows(output).values()]
    assert max(accuracies) - min(accuracies) < 1.5


def test_nudged_weights_are_one_rounding_away():
    (moved,) = demo.nudged([np.array([0.75, -2.0, 0.0], "float32")])
    assert moved.tolist() == [0.75 - 2.0 ** -24, -2.0 + 2.0 ** -23, 0.0]


@pytest.mark.slow
def test_progress_is_shown(output):
    assert re.search(r"1437/1437 \[=+\]", output)
