"""keras.json, the environment, and K's getters and setters (`backend/config.py`)."""
import json
import os
import stat

import numpy as np
import pytest

from keras_compat.backend import config_file, errors

SHOW = """
import json
from keras_compat.backend import config
print(json.dumps([config.floatx(), config.epsilon(), config.backend_choice()[0],
                  config.image_data_format(), config.random_mode(), config.compat_version()]))
"""
DEFAULTS = ["float32", 1e-07, "numpy", "channels_last", "portable", "2.3.1"]


@pytest.fixture
def home(tmp_path, monkeypatch, settings):
    """An empty KERAS_HOME; the settings of the process are restored afterwards."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path


def write(home, content):
    text = content if isinstance(content, str) else json.dumps(content)
    (home / "keras.json").write_text(text, encoding="utf-8")


def shown(result):
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


# ---- the file is written once, with the defaults ----

def test_first_import_writes_the_defaults(python, tmp_path):
    assert shown(python(SHOW)) == DEFAULTS
    written = json.loads((tmp_path / "home" / "keras.json").read_text())
    assert written == {"floatx": "float32", "epsilon": 1e-07, "backend": "numpy",
                       "image_data_format": "channels_last", "random": "portable",
                       "compat_version": "2.3.1"}


def test_home_is_below_the_users_home_when_keras_home_is_unset(python, tmp_path):
    assert shown(python(SHOW, KERAS_HOME=None, HOME=str(tmp_path))) == DEFAULTS
    assert (tmp_path / ".keras" / "keras.json").exists()


def test_environment_does_not_get_into_the_written_file(python, tmp_path):
    assert shown(python(SHOW, KERAS_COMPAT_RANDOM="native"))[4] == "native"
    assert json.loads((tmp_path / "home" / "keras.json").read_text())["random"] == "portable"


def test_present_file_is_left_as_it_is(home, settings):
    text = '{"floatx":   "float64"}'
    write(home, text)
    settings.load()
    assert (home / "keras.json").read_text() == text


def test_written_file_has_the_usual_permissions(home, settings):
    settings.load()
    (home / "other").touch()
    modes = [stat.S_IMODE(os.stat(home / name).st_mode) for name in ("keras.json", "other")]
    assert modes[0] == modes[1]


def test_no_temporary_file_is_left(home, settings):
    settings.load()
    assert os.listdir(home) == ["keras.json"]


def test_failed_write_leaves_nothing_and_defaults_hold(home, settings, monkeypatch):
    def fail(*names):
        raise OSError("disk full")
    monkeypatch.setattr(os, "replace", fail)
    settings.load()
    assert os.listdir(home) == [] and settings.floatx() == "float32"


def test_home_that_is_a_file_is_no_obstacle(home, settings, monkeypatch):
    (home / "plain").touch()
    monkeypatch.setenv("KERAS_HOME", str(home / "plain"))
    settings.load()
    assert settings.floatx() == "float32"


# ---- precedence ----

def test_file_over_defaults(python, tmp_path):
    (tmp_path / "home").mkdir()
    write(tmp_path / "home", {"floatx": "float64", "epsilon": 0.001, "random": "native",
                              "image_data_format": "channels_first", "compat_version": "2.2.4"})
    assert shown(python(SHOW)) == [
        "float64", 0.001, "numpy", "channels_first", "native", "2.2.4"]


@pytest.mark.parametrize("variable, key, value", [
    ("KERAS_BACKEND", "backend", "my.module"),
    ("KERAS_COMPAT_RANDOM", "random", "native"),
    ("KERAS_COMPAT_VERSION", "compat_version", "1.2.2"),
])
def test_environment_over_file(home, settings, monkeypatch, variable, key, value):
    write(home, {"backend": "other", "random": "portable", "compat_version": "2.0.8"})
    monkeypatch.setenv(variable, value)
    settings.load()
    assert settings._settings[key] == value


def test_empty_variables_count_as_unset(home, settings, monkeypatch):
    write(home, {"backend": "other"})
    monkeypatch.setenv("KERAS_BACKEND", "")
    settings.load()
    assert settings.backend_choice() == ("other", str(home / "keras.json"))


def test_backend_choice_says_where_the_name_was_found(home, settings, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "other")
    settings.load()
    assert settings.backend_choice() == ("other", "environment variable KERAS_BACKEND")


def test_call_over_environment(home, settings, monkeypatch):
    monkeypatch.setenv("KERAS_COMPAT_RANDOM", "native")
    settings.load()
    settings.set_random_mode("portable")
    assert settings.random_mode() == "portable"


def test_tilde_in_keras_home(home, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("KERAS_HOME", os.path.join("~", "elsewhere"))
    assert config_file.path() == str(home / "elsewhere" / "keras.json")


# ---- what the file may hold ----

@pytest.mark.parametrize("ordering, data_format", [("tf", "channels_last"), ("th", "channels_first")])
def test_keras_1_file(home, settings, ordering, data_format):
    write(home, {"image_dim_ordering": ordering, "epsilon": 1e-07, "floatx": "float32",
                 "backend": "theano"})
    settings.load()
    assert settings.image_data_format() == data_format
    assert settings.image_dim_ordering() == ordering


def test_image_data_format_wins_over_keras_1s_key(home, settings):
    write(home, {"image_dim_ordering": "th", "image_data_format": "channels_last"})
    settings.load()
    assert settings.image_data_format() == "channels_last"


def test_other_keys_are_ignored(home, settings):
    write(home, {"floatx": "float16", "trace": True, "jit": {"level": 3}})
    settings.load()
    assert settings.floatx() == "float16"


def test_byte_order_mark_is_accepted(home, settings):
    write(home, '\ufeff{"floatx": "float64"}')
    settings.load()
    assert settings.floatx() == "float64"


@pytest.mark.parametrize("content", [
    "", "{", "{'floatx': 'float32'}", '{"floatx": "float32",}', "[1, 2]", '"numpy"', "null",
    "[" * 100000,
], ids=["empty", "cut off", "single quotes", "last comma", "list", "text", "null", "deep"])
def test_broken_file_is_an_error_that_names_file_and_remedy(home, settings, content):
    write(home, content)
    with pytest.raises(errors.ConfigError) as caught:
        settings.load()
    text = str(caught.value)
    assert text.startswith(str(home / "keras.json") + ": ")
    assert "Expected" in text and "received" in text and "delete it" in text


def test_file_that_is_a_folder_is_an_error(home, settings):
    (home / "keras.json").mkdir()
    with pytest.raises(errors.ConfigError, match="readable"):
        settings.load()


def test_binary_file_is_an_error(home, settings):
    (home / "keras.json").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(errors.ConfigError, match="valid JSON"):
        settings.load()


@pytest.mark.parametrize("key, value", [
    ("floatx", "float8"), ("floatx", 32), ("floatx", None), ("floatx", ["float32"]),
    ("epsilon", "1e-7"), ("epsilon", -1.0), ("epsilon", True), ("epsilon", float("nan")),
    ("epsilon", float("inf")),
    ("backend", ""), ("backend", None), ("backend", 3),
    ("image_data_format", "tf"), ("image_data_format", "Channels_Last"),
    ("image_dim_ordering", "channels_last"), ("image_dim_ordering", {}),
    ("random", "seeded"), ("random", 1),
    ("compat_version", "3.0.0"), ("compat_version", 2.3), ("compat_version", "2.3"),
    ("compat_version", "0.3.3"), ("compat_version", "2.3.1rc1"),
], ids=repr)
def test_unknown_value_is_an_error_that_names_file_key_and_value(home, settings, key, value):
    write(home, {key: value})
    before = dict(settings._settings)
    with pytest.raises(errors.ConfigError) as caught:
        settings.load()
    text = str(caught.value)
    assert str(home / "keras.json") in text and f"`{key}`" in text and repr(value) in text
    assert settings._settings == before


def test_wrong_variable_is_an_error_that_names_it(home, settings, monkeypatch):
    monkeypatch.setenv("KERAS_COMPAT_VERSION", "latest")
    with pytest.raises(errors.ConfigError, match="KERAS_COMPAT_VERSION.*received 'latest'"):
        settings.load()


def test_broken_file_stops_the_import_with_one_error(python, tmp_path):
    (tmp_path / "home").mkdir()
    write(tmp_path / "home", "{")
    result = python("import keras_compat")
    assert result.returncode == 1 and str(tmp_path / "home" / "keras.json") in result.stderr
    assert result.stderr.count("Traceback") == 1


# ---- K's functions ----

def test_floatx_by_name_and_by_type(settings):
    for given in ("float16", np.float16, np.dtype("float16")):
        settings.set_floatx("float64")
        settings.set_floatx(given)
        assert settings.floatx() == "float16"


def test_cast_to_floatx(settings):
    settings.set_floatx("float16")
    result = settings.cast_to_floatx([1, 2.5])
    assert result.dtype == np.float16 and result.tolist() == [1, 2.5]


def test_epsilon_is_a_float(settings):
    settings.set_epsilon(np.float64(0.25))
    assert settings.epsilon() == 0.25 and type(settings.epsilon()) is float


def test_dim_ordering_is_the_data_format_by_other_names(settings):
    settings.set_image_dim_ordering("th")
    assert settings.image_data_format() == "channels_first"
    settings.set_image_data_format("channels_last")
    assert settings.image_dim_ordering() == "tf"


def test_normalize_data_format(settings):
    settings.set_image_data_format("channels_first")
    assert settings.normalize_data_format(None) == "channels_first"
    assert settings.normalize_data_format("Channels_Last") == "channels_last"


@pytest.mark.parametrize("setter, value", [
    ("set_floatx", "int32"), ("set_floatx", float.__class__), ("set_epsilon", "small"),
    ("set_image_data_format", "th"), ("set_image_dim_ordering", "channels_first"),
    ("normalize_data_format", "th"), ("normalize_data_format", 1),
    ("set_random_mode", "x"), ("set_compat_version", "2.4.0"),
])
def test_setters_refuse_other_values(settings, setter, value):
    before = dict(settings._settings)
    with pytest.raises(ValueError, match="Expected .*; received "):
        getattr(settings, setter)(value)
    assert settings._settings == before


@pytest.mark.parametrize("version", ["1.0.0", "1.2.2", "2.0.8", "2.2.4", "2.2.5", "2.3.1"])
def test_compat_versions(settings, version):
    settings.set_compat_version(version)
    assert settings.compat_version() == version
