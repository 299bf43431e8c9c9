"""`import keras` as keras_compat (`legacy/aliases.py`)."""
import sys
import types

import pytest

import keras_compat
from keras_compat.legacy import aliases


@pytest.fixture(autouse=True)
def no_keras(monkeypatch):
    """Keras 3 comes with TensorFlow: what was imported of it is out of the way."""
    for name in [n for n in sys.modules if n == "keras" or n.startswith("keras.")]:
        monkeypatch.delitem(sys.modules, name)


def test_alias_gives_the_same_modules():
    with aliases.installed():
        import keras
        import keras.datasets.digits
        from keras import backend as K
        import keras.backend.config as config
        assert keras is keras_compat
        assert K is keras_compat.backend
        assert config is sys.modules["keras_compat.backend.config"]
        assert keras.datasets.digits is sys.modules["keras_compat.datasets.digits"]


def test_modules_keep_their_own_names_and_specs():
    with aliases.installed():
        import keras.datasets.digits as digits
        assert digits.__name__ == digits.__spec__.name == "keras_compat.datasets.digits"
        assert keras_compat.__spec__.name == "keras_compat"


def test_unknown_module_is_an_ordinary_import_error():
    with aliases.installed(), pytest.raises(ModuleNotFoundError, match="keras.no_such"):
        import keras.no_such  # noqa: F401


def test_nothing_else_is_touched():
    with aliases.installed():
        import json.tool  # noqa: F401
        assert not any(isinstance(m, types.ModuleType) and n.startswith("keras_tuner")
                       for n, m in sys.modules.items())
        assert aliases._finder.find_spec("keras_tuner") is None
        assert aliases._finder.find_spec("kerasx") is None


def test_alias_ends_with_the_block():
    with aliases.installed():
        import keras  # noqa: F401
    assert "keras" not in sys.modules and aliases._finder not in sys.meta_path


def test_lasting_alias_outlives_a_block():
    aliases.install()
    aliases.install()
    try:
        with aliases.installed():
            pass
        import keras
        assert keras is keras_compat and sys.meta_path.count(aliases._finder) == 1
    finally:
        aliases.uninstall()


def test_other_keras_that_is_already_there_is_set_aside(monkeypatch):
    """TensorFlow imports Keras 3; it keeps it, and scripts get this package."""
    other = types.ModuleType("keras")
    monkeypatch.setitem(sys.modules, "keras", other)
    monkeypatch.setitem(sys.modules, "keras.own", other)
    with aliases.installed():
        import keras
        assert keras is keras_compat and "keras.own" not in sys.modules
    assert sys.modules["keras"] is other and sys.modules["keras.own"] is other


def test_script_sees_main_arguments_and_its_folder(tmp_path):
    (tmp_path / "neighbour.py").write_text("VALUE = 5\n")
    script = tmp_path / "script.py"
    script.write_text("import sys, neighbour\nresult = (__name__, sys.argv[1:], neighbour.VALUE)\n")
    argv, path = list(sys.argv), list(sys.path)
    assert aliases.run_script(str(script), ["a", "b"])["result"] == ("__main__", ["a", "b"], 5)
    assert sys.argv == argv and sys.path == path
    del sys.modules["neighbour"]


def test_script_that_fails_leaves_no_alias(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import keras\n1 / 0\n")
    path, before = list(sys.path), sys.modules.get("keras")
    with pytest.raises(ZeroDivisionError):
        aliases.run_script(str(script))
    assert sys.modules.get("keras") is before and sys.path == path
