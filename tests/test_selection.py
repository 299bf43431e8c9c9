"""Finding, loading and switching backends (`backend/selection.py`)."""
import sys

import pytest

from keras_compat.backend import errors, selection

MODULE = """
from keras_compat.backend.interface import Backend

class Mine(Backend):
    name = {name!r}
    display_name = {name!r}.title()

backend = Mine()
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder on sys.path; loaded backends and modules are forgotten afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(selection, "_active", selection._active)
    loaded, modules = dict(selection._loaded), set(sys.modules)
    yield tmp_path
    selection._loaded.clear()
    selection._loaded.update(loaded)
    for name in set(sys.modules) - modules:
        if getattr(sys.modules[name], "__file__", None) and \
                sys.modules[name].__file__.startswith(str(tmp_path)):
            del sys.modules[name]


def write_backend(place, module, name=None):
    (place / f"{module}.py").write_text(MODULE.format(name=name or module))


def write_entry_point(place, package, name, value):
    folder = place / f"{package}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(f"[keras_compat.backends]\n{name} = {value}\n")


def message_of(call, error):
    with pytest.raises(error) as caught:
        call()
    text = str(caught.value)
    assert "Expected" in text and "received" in text
    return text


# ---- switching ----

def test_plain_call_changes_the_backend_for_good(place):
    write_backend(place, "plain_backend")
    selection.set_backend("plain_backend")
    assert selection.backend() == "plain_backend"
    assert selection.active().display_name == "Plain_Backend"


def test_with_block_restores_the_previous_backend(place):
    write_backend(place, "block_backend")
    before = selection.active()
    with selection.set_backend("block_backend") as chosen:
        assert selection.active() is chosen and chosen.name == "block_backend"
    assert selection.active() is before


def test_with_block_restores_after_an_error_and_when_nested(place):
    write_backend(place, "outer_backend")
    write_backend(place, "inner_backend")
    before = selection.backend()
    with pytest.raises(RuntimeError), selection.set_backend("outer_backend"):
        with selection.set_backend("inner_backend"):
            assert selection.backend() == "inner_backend"
        assert selection.backend() == "outer_backend"
        raise RuntimeError
    assert selection.backend() == before


def test_failed_choice_leaves_the_active_backend(place):
    before = selection.active()
    with pytest.raises(errors.BackendNotFound):
        selection.set_backend("no_such_backend")
    assert selection.active() is before


def test_backend_object_can_be_chosen(place):
    write_backend(place, "object_backend")
    chosen = selection.get("object_backend")
    with selection.set_backend(chosen):
        assert selection.active() is chosen


def test_every_installed_backend_is_the_one_it_is_called(backend):
    assert selection.backend() == backend.name
    assert selection.get(backend.name) is backend


# ---- finding ----

def test_module_path_in_a_package(place):
    (place / "vendor").mkdir()
    (place / "vendor" / "__init__.py").touch()
    write_backend(place / "vendor", "fast")
    assert selection.get("vendor.fast").name == "fast"


def test_backend_is_loaded_once(place):
    write_backend(place, "once_backend")
    assert selection.get("once_backend") is selection.get("once_backend")
    assert selection.LOADED["once_backend"].name == "once_backend"


def test_entry_point(place):
    write_backend(place, "vendor_module", name="speedy")
    write_entry_point(place, "vendor", "speedy", "vendor_module:backend")
    assert selection.available()["speedy"] == selection.Availability(True)
    assert selection.get("speedy").name == "speedy"


def test_same_entry_point_twice_is_no_matter(place, recwarn):
    for package in ("vendor", "vendor_again"):
        write_entry_point(place, package, "speedy", "vendor_module:backend")
    selection.available()
    assert not recwarn.list


def test_name_offered_twice_warns_with_both_modules(place):
    write_entry_point(place, "first", "speedy", "first_module:backend")
    write_entry_point(place, "second", "speedy", "second_module:backend")
    with pytest.warns(UserWarning, match="'speedy'") as caught:
        selection.available()
    assert all(name in str(caught[0].message) for name in ("first_module", "second_module"))


def test_nobody_takes_the_name_of_a_bundled_backend(place):
    name = next(iter(selection._bundled_names()))
    write_entry_point(place, "impostor", name, "impostor:backend")
    with pytest.warns(UserWarning, match="impostor"):
        assert name in selection.available()
    assert type(selection.get(name)).__module__.startswith(f"keras_compat.backends.{name}")


def test_host_is_the_base_install_whatever_is_active(backend):
    assert selection.host() is selection.get("numpy")
    assert selection.active() is backend


# ---- what cannot be had ----

def test_unknown_name_lists_the_known_ones():
    text = message_of(lambda: selection.get("no_such_backend"), errors.BackendNotFound)
    assert all(repr(name) in text for name in selection.available())


def test_near_miss_is_suggested():
    known = max(selection._bundled_names(), key=len)
    text = message_of(lambda: selection.get(known[:-1].title()), errors.BackendNotFound)
    assert f"Did you mean {known!r}?" in text


@pytest.mark.parametrize("name", ["theano", "cntk"])
def test_backends_of_the_past(name):
    text = message_of(lambda: selection.get(name), errors.BackendNotFound)
    assert "no longer developed" in text and "Name one of them" in text


@pytest.mark.parametrize("name", ["", ".", "..x", "a b", "-x", "os.path:join", "no_such.part"])
def test_odd_names(name):
    message_of(lambda: selection.get(name), errors.BackendNotFound)


@pytest.mark.parametrize("thing", [None, 3, object()], ids=["None", "3", "object"])
def test_things_that_are_no_backend(thing):
    message_of(lambda: selection.get(thing), errors.BackendNotFound)


def test_module_without_a_backend():
    text = message_of(lambda: selection.get("json.decoder"), errors.BackendLoadError)
    assert "json.decoder" in text and "backend" in text


def test_module_whose_backend_is_none(place):
    (place / "hollow.py").write_text("backend = 'hello'\n")
    text = message_of(lambda: selection.get("hollow"), errors.BackendNotFound)
    assert "'hello'" in text and "hollow" in text


@pytest.mark.parametrize("code, reason", [
    ("import no_such_framework", "no_such_framework"),
    ("1 / 0", "ZeroDivisionError"),
    ("def", "SyntaxError"),
])
def test_module_that_fails_to_import(place, code, reason):
    (place / "failing.py").write_text(code + "\n")
    text = message_of(lambda: selection.get("failing"), errors.BackendLoadError)
    assert "failing" in text and reason in text


def test_broken_entry_point_matters_only_when_chosen(place):
    write_entry_point(place, "vendor", "broken", "vendor_gone:backend")
    assert "broken" in selection.available()
    text = message_of(lambda: selection.get("broken"), errors.BackendLoadError)
    assert "vendor_gone" in text


def test_missing_framework_says_what_to_install(place, monkeypatch):
    name, framework = list(selection._frameworks().items())[-1]
    monkeypatch.setitem(sys.modules, framework, None)
    selection._loaded.pop(name, None)
    hint = f'pip install "keras-compat[{name}]"'
    assert selection.available()[name] == selection.Availability(False, hint)
    text = message_of(lambda: selection.get(name), errors.BackendNotInstalled)
    assert hint in text and repr(framework) in text


# ---- at the start of a program ----

ACTIVE = "from keras_compat.backend import selection; print(selection.backend())"


def test_announcement_goes_to_stderr_once(python):
    result = python(ACTIVE + "; selection.active()")
    assert result.stdout == "numpy\n"
    assert result.stderr == "Using NumPy backend.\n"


def test_import_announces_the_backend(python):
    result = python("import keras_compat")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "Using NumPy backend.\n"


def test_variable_chooses_a_module(python, tmp_path):
    write_backend(tmp_path, "chosen_backend")
    result = python(ACTIVE, KERAS_BACKEND="chosen_backend")
    assert result.stdout == "chosen_backend\n", result.stderr
    assert result.stderr == "Using Chosen_Backend backend.\n"


def test_file_chooses_a_module_and_the_variable_wins(python, tmp_path):
    write_backend(tmp_path, "file_backend")
    write_backend(tmp_path, "variable_backend")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "keras.json").write_text('{"backend": "file_backend"}')
    assert python(ACTIVE).stdout == "file_backend\n"
    assert python(ACTIVE, KERAS_BACKEND="variable_backend").stdout == "variable_backend\n"


@pytest.mark.parametrize("source", ["variable", "file"])
def test_wrong_name_stops_the_program_and_says_where_it_came_from(python, tmp_path, source):
    (tmp_path / "home").mkdir()
    file = tmp_path / "home" / "keras.json"
    if source == "file":
        file.write_text('{"backend": "theano"}')
        result, place = python(ACTIVE), str(file)
    else:
        result, place = python(ACTIVE, KERAS_BACKEND="theano"), "KERAS_BACKEND"
    assert result.returncode == 1 and result.stdout == ""
    assert place in result.stderr and "'theano'" in result.stderr
    assert "Using" not in result.stderr


def test_listing_backends_imports_no_framework(python):
    code = """
import sys
from keras_compat.backend import selection
known = selection.available()
print(sorted(set(selection._frameworks().values()) & set(sys.modules)))
"""
    assert python(code).stdout == "['numpy']\n"


def test_checkout_works_without_being_installed(python, tmp_path):
    from conftest import ROOT
    result = python("import sys; sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in "
                    f"repr(f)]; sys.path.insert(0, {ROOT!r}); {ACTIVE}; import keras_compat.examples")
    assert result.stdout == "numpy\n", result.stderr
