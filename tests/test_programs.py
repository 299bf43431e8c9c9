"""Old scripts, unmodified, give the same numbers on every backend (`programs/`)."""
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from conftest import INSTALLED, ROOT
from run_programs import SCRIPTS

from keras_compat.backend import selection

REFERENCE = selection.host().name

# One worker runs them all: the module's fixture takes minutes where it runs twice.
pytestmark = pytest.mark.xdist_group("programs")

# One float32 product sum over n terms is off by at most n * 6e-8, here n < 1e3, and on
# average by a few units. A dozen steps of training add such errors up. Adam and its kin
# divide a gradient by its own size, so that the weights whose gradients nearly cancel
# move by what is mostly error; their part in an array stays small.
RELATIVE, ABSOLUTE = 1e-4, 1e-5


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """`found(backend)`: what each script found there; all are run once in one process."""
    folder, results = tmp_path_factory.mktemp("programs"), {}

    def of(name):
        if name not in results:
            results[name] = _run_all(name, folder)
        return results[name]
    return of


def _run_all(name, folder):
    file = str(folder / f"{name}.pickle")
    variables = dict(os.environ, KERAS_HOME=str(folder / "home"), PYTHONPATH=ROOT)
    script = os.path.join(ROOT, "tests", "run_programs.py")
    run = subprocess.run([sys.executable, script, name, file], env=variables, cwd=folder,
                         timeout=600, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    with open(file, "rb") as stream:
        return pickle.load(stream)


def greatest_excess(got, expected):
    """(by how much the worst array is off in units of its bound, its name)."""
    def excess(name):
        a, b = got[name], expected[name]
        assert a.shape == b.shape and np.isfinite(a).all(), name
        bound = RELATIVE * np.abs(b).max(initial=0) + ABSOLUTE
        return np.abs(a - b).max(initial=0) / bound, name
    return max(map(excess, expected))


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", INSTALLED)
def test_program(name, script, found):
    expected, got = found(REFERENCE)[script][0], found(name)[script][0]
    assert not isinstance(got, str), got
    assert set(got) == set(expected)
    excess, where = greatest_excess(got, expected)
    assert excess <= 1, f"{where} is off by {excess:.2f} times its bound"


def test_a_difference_is_seen():
    """The comparison itself: what is off by more than the bound is named."""
    expected = {"loss": np.array([1., 2.]), "weights": np.zeros((2, 2))}
    worse = dict(expected, weights=np.full((2, 2), 2e-5))
    assert greatest_excess(expected, expected)[0] == 0
    assert greatest_excess(worse, expected) == (2e-5 / ABSOLUTE, "weights")
