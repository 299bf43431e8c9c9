"""Which backend is active: finding backends by name, loading them, switching.

A name is looked up among the backends that come with the package, then in the
entry-point group `keras_compat.backends`, then as a module with an attribute
`backend`. Nothing is imported before its backend is chosen, and no other
backend ever takes the place of one that cannot be loaded.
"""
import difflib
import importlib
import importlib.util
import os
import sys
import threading
import warnings
from types import MappingProxyType
from typing import NamedTuple

from . import config, config_file, errors

GROUP = "keras_compat.backends"
_BUNDLED = GROUP  # the package of the bundled backends has the group's name

_lock = threading.RLock()
_loaded = {}
LOADED = MappingProxyType(_loaded)
_active = None


class Availability(NamedTuple):
    """Whether a backend can be chosen here, and if not, the command that changes that."""

    installed: bool
    hint: str | None = None


class _Origin(NamedTuple):
    """Who asked for a backend, and the place where its name can be changed."""

    who: str
    place: str


# ---- the active backend ----

def backend():
    """Name of the active backend (`K.backend()`)."""
    return active().name


def active():
    """The active backend's object; loads the one that the settings name at the first call.

    That first load writes "Using <display_name> backend." to stderr, as Keras did.
    """
    global _active
    if _active is None:
        with _lock:
            if _active is None:
                name, where = config.backend_choice()
                chosen = _get(name, _settings_origin(where))
                sys.stderr.write(f"Using {chosen.display_name} backend.\n")
                _active = chosen
    return _active


def set_backend(name):
    """Makes a backend the active one for graphs built from now on.

    name: a backend's name, a dotted module path, or a backend object. Returns an
    object for `with set_backend(name): ...`, which restores the previous backend
    at the end of the block; a plain call changes it for good.
    """
    global _active
    chosen = get(name)
    with _lock:
        previous, _active = _active, chosen
    return _Switch(chosen, previous)


class _Switch:
    """What `set_backend` returns; as a context manager it gives the old backend back."""

    def __init__(self, chosen, previous):
        self._chosen = chosen
        self._previous = previous

    def __enter__(self):
        return self._chosen

    def __exit__(self, *exception):
        global _active
        _active = self._previous

    def __repr__(self):
        return f"<set_backend '{self._chosen.name}'>"


# ---- finding and loading ----

def get(name):
    """The backend object of that name, loaded once.

    Errors, all ConfigError (a ValueError): BackendNotFound for an unknown name,
    BackendNotInstalled where its framework is missing, BackendLoadError where
    importing it failed (these two are ImportErrors too).
    """
    if not isinstance(name, str):
        return _checked(name, "the call", _call_origin())
    return _get(name, _call_origin())


def host():
    """The backend of the base install: NumPy arrays, and nothing to compile."""
    return get(config.DEFAULTS["backend"])


def available():
    """Every known backend: name -> `Availability`. Imports no framework."""
    found = {name: _bundled_availability(name) for name in _bundled_names()}
    for name in _entry_points():
        found.setdefault(name, Availability(True))
    return found


def _get(name, origin):
    with _lock:
        if name not in _loaded:
            _loaded[name] = _load(name, origin)
        return _loaded[name]


def _load(name, origin):
    if name in _bundled_names():
        return _load_bundled(name, origin)
    point = _entry_points().get(name)
    if point is not None:
        return _attempt(point.load, name, point.value, origin)
    if _is_module(name):
        return _attempt(lambda: importlib.import_module(name).backend, name, name, origin)
    raise errors.BackendNotFound(errors.message(
        origin.who, "unknown backend", f"{errors.one_of(available())}, "
        "or a module path whose module has an attribute `backend`",
        repr(name), f"{_suggestion(name)}Name one of them in {origin.place}"))


def _load_bundled(name, origin):
    state = _bundled_availability(name)
    if not state.installed:
        raise errors.BackendNotInstalled(errors.message(
            origin.who, f"the framework of backend {name!r} is not installed",
            f"an installed package {_frameworks()[name]!r}", "none",
            f"Install it with `{state.hint}`, or name another backend in {origin.place}"))
    module = f"{_BUNDLED}.{name}"
    return _attempt(lambda: importlib.import_module(module).backend, name, module, origin)


def _attempt(load, name, target, origin):
    """Runs `load`; a failure becomes an error that says what was loaded and for whom."""
    try:
        return _checked(load(), target, origin)
    except errors.ConfigError:
        raise
    except Exception as error:
        raise errors.BackendLoadError(errors.message(
            origin.who, f"backend {name!r} could not be loaded",
            f"{target} to import and to hold an object `backend`",
            f"{type(error).__name__}: {error}",
            f"Repair that package, or name another backend in {origin.place}")) from error


def _checked(candidate, target, origin):
    names = (getattr(candidate, "name", None), getattr(candidate, "display_name", None))
    if all(isinstance(text, str) for text in names):
        return candidate
    raise errors.BackendNotFound(errors.message(
        origin.who, "not a backend", "an object with the texts `name` and `display_name`",
        f"{candidate!r} from {target}", f"Name another backend in {origin.place}"))


# ---- the bundled backends ----

def _frameworks():
    """name -> framework package, of the backends in the folder `backends`."""
    reach_source_tree()
    return importlib.import_module(_BUNDLED).FRAMEWORKS


def _bundled_names():
    return tuple(_frameworks())


def _bundled_availability(name):
    if _spec(_frameworks()[name]) is not None:
        return Availability(True)
    return Availability(False, f'pip install "keras-compat[{name}]"')


def reach_source_tree():
    """Lets a checkout that was not installed find `backends/` beside `keras_compat/`."""
    package = sys.modules["keras_compat"]
    if _spec(_BUNDLED) is None:
        root = os.path.dirname(os.path.dirname(os.path.abspath(package.__file__)))
        if os.path.isfile(os.path.join(root, "backends", "__init__.py")):
            package.__path__.append(root)


# ---- backends of others ----

def _entry_points():
    """name -> entry point of others' backends; a name with two meanings is warned about."""
    from importlib import metadata  # slow to import, and only needed for others' backends

    values = {name: f"{_BUNDLED}.{name}:backend" for name in _bundled_names()}
    found = {}
    for point in metadata.entry_points(group=GROUP):
        if point.name not in values:
            values[point.name] = point.value
            found[point.name] = point
        elif point.value != values[point.name]:
            _warn_duplicate(point.name, values[point.name], point.value)
    return found


def _warn_duplicate(name, first, second):
    warnings.warn(errors.message(
        f"backend {name!r}", "two packages offer it", "one entry point of that name",
        f"{first} and {second}", f"{first} is used; uninstall one of the packages"), stacklevel=4)


def _is_module(name):
    try:
        return all(part.isidentifier() for part in name.split(".")) and _spec(name) is not None
    except Exception:  # a parent package exists and fails to import: loading will say why
        return True


def _spec(module):
    """The module's spec, or None; imports its parents at most."""
    try:
        return importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
    except ValueError:  # already imported, without a spec
        return sys.modules.get(module)


# ---- words for errors ----

def _settings_origin(where):
    if where.startswith("environment"):
        return _Origin(where, where)
    return _Origin(where, f'{config_file.path()}, key "backend"')


def _call_origin():
    return _Origin("set_backend", "the call")


def _suggestion(name):
    if name.lower() in ("theano", "cntk"):
        return f"{name} is no longer developed and not needed here: any backend runs its code. "
    close = difflib.get_close_matches(name.lower(), _bundled_names(), n=1)
    return f"Did you mean {close[0]!r}? " if close else ""
