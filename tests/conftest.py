"""What all tests share: a home of their own, the backends, and fresh interpreters.

The environment is arranged before keras_compat is imported for the first time,
so that no test reads or writes the user's own keras.json.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import zlib

import numpy as np
import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_HOME = tempfile.mkdtemp(prefix="keras-compat-tests-")
for _name in [name for name in os.environ if name.startswith(("KERAS_", "TF_KERAS"))]:
    del os.environ[_name]
os.environ["KERAS_HOME"] = _HOME
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from keras_compat.backend import config, selection  # noqa: E402

INSTALLED = [name for name, state in selection.available().items() if state.installed]


def pytest_unconfigure(config):
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def seeded(request):
    """Seeds NumPy's generator, from which seeds that nobody gave are drawn, by the test's name."""
    np.random.seed(zlib.crc32(request.node.nodeid.encode()))


@pytest.fixture(params=INSTALLED)
def backend(request):
    """Each installed backend in turn, active during the test; the value is its object."""
    with selection.set_backend(request.param) as chosen:
        yield chosen


@pytest.fixture
def settings():
    """The module of settings; what the test changes is undone afterwards."""
    values, origins = dict(config._settings), dict(config._origins)
    yield config
    config._settings.update(values)
    config._origins.clear()
    config._origins.update(origins)


@pytest.fixture
def python(tmp_path):
    """Runs code in a fresh interpreter: `python(code, **environment)` -> CompletedProcess.

    KERAS_HOME is `tmp_path / "home"` unless given; a variable given as None is unset.
    """
    def run(code, *arguments, **environment):
        variables = dict(os.environ, KERAS_HOME=str(tmp_path / "home"))
        variables["PYTHONPATH"] = os.pathsep.join([str(tmp_path), ROOT])
        variables.update(environment)
        variables = {name: value for name, value in variables.items() if value is not None}
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, env=variables, cwd=tmp_path, timeout=300,
                              capture_output=True, text=True)
    return run
