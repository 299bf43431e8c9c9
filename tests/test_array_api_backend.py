"""The backend that docs/backends.md walks through reaches level *training* (`examples/`)."""
import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT

BACKEND = "keras_compat.examples.array_api_backend"


@pytest.mark.slow
@pytest.mark.parametrize("level", ["core", "training"])
def test_level_is_reached_without_gaps(level, tmp_path):
    report = tmp_path / "report.json"
    result = subprocess.run(
        [sys.executable, "-m", "keras_compat", "conformance", "--backend", BACKEND,
         "--level", level, "--json", str(report)],
        cwd=ROOT, env=dict(os.environ, KERAS_HOME=str(tmp_path)), capture_output=True, text=True,
        timeout=600)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    assert json.loads(report.read_text())["level"] == level
