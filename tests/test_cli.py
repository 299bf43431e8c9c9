"""The command `keras-compat` (`cli.py`) and `python -m keras_compat`."""
import sys
import types

import pytest

from keras_compat import cli
from keras_compat.backend import config_file, selection


def test_no_command_is_an_error_with_usage(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main([])
    assert caught.value.code == 2
    assert "usage: keras-compat" in capsys.readouterr().err


def test_help_names_the_commands_and_the_settings(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    text = capsys.readouterr().out
    assert caught.value.code == 0
    assert all(word in text for word in ("demo", "conformance", "backends", "run"))
    assert config_file.path() in text and "KERAS_BACKEND" in text


def test_backends_lists_every_one_and_the_choice(capsys):
    assert cli.main(["backends"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in selection.available())
    assert "chosen: " in text


def test_backends_gives_the_install_command(capsys, monkeypatch):
    known = {"here": selection.Availability(True), "there": selection.Availability(False, "pip x")}
    monkeypatch.setattr(selection, "available", lambda: known)
    cli.main(["backends"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["here   installed", "there  not installed: pip x"]


@pytest.mark.parametrize("arguments", [
    [], ["--help"], ["--backend", "x", "--json", "out.json"], ["demo", "run"]], ids=str)
def test_conformance_gets_all_that_follows(monkeypatch, arguments):
    seen = []
    module = types.ModuleType("keras_compat.conformance.cli")
    module.run = lambda words: seen.append(words) or 3
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert cli.main(["conformance", *arguments]) == 3
    assert seen == [arguments]


def test_run_hands_arguments_and_the_alias_to_a_script(tmp_path, capsys):
    script = tmp_path / "old.py"
    script.write_text("import sys, keras\nimport helper\n"
                      "print(keras.__name__, sys.argv, __name__, helper.__name__)\n")
    (tmp_path / "helper.py").touch()
    assert cli.main(["run", str(script), "--epochs", "3"]) == 0
    assert capsys.readouterr().out == \
        f"keras_compat ['{script}', '--epochs', '3'] __main__ helper\n"
    del sys.modules["helper"]


def test_a_script_that_is_not_there_is_one_line(capsys):
    assert cli.main(["run", "nowhere.py"]) == 2
    text = capsys.readouterr().err
    assert "'nowhere.py'" in text and text.count("\n") == 1


def test_setting_that_cannot_be_used_is_one_line(capsys, tmp_path):
    script = tmp_path / "old.py"
    script.write_text("from keras import backend as K\nK.set_floatx('float8')\n")
    assert cli.main(["run", str(script)]) == 2
    text = capsys.readouterr().err
    assert text.startswith("keras-compat: set_floatx: ") and text.count("\n") == 1


@pytest.mark.parametrize("variables, status", [({}, 0), ({"KERAS_BACKEND": "theano"}, 1)])
def test_module_can_be_run(python, variables, status):
    code = "import runpy; runpy.run_module('keras_compat', run_name='__main__', alter_sys=True)"
    result = python(code, "backends", **variables)
    assert result.returncode == status, result.stderr
