"""`import keras` for old scripts: every module `keras.x` is the module `keras_compat.x`.

The finder answers for `keras` and all below it while it is installed. Both names
give one module object, so that classes, registries and settings exist once.
"""
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import runpy
import sys

ALIAS = "keras"
TARGET = __name__.partition(".")[0]

# Modules that had other names, or were taken apart or put together since. A module of a
# backend's own, such as `keras.backend.x_backend`, is K.
_MOVED = ((r"\.backend\.(common|load_backend|\w+_backend)", ".backend"),
          (r"\.callbacks\.callbacks", ".callbacks"),
          (r"\.initializations", ".legacy.initializations"))


def _own_name(name):
    """The name in this package of a module `keras.x`."""
    path = name[len(ALIAS):]
    for old, new in _MOVED:
        path = re.sub(f"^{old}$", new, path)
    return TARGET + path


class _Loader(importlib.abc.Loader):
    """Hands out the module of the target's name under the alias."""

    def __init__(self, target):
        self._target = target
        self._spec = None

    def create_module(self, spec):
        module = importlib.import_module(self._target)
        self._spec = module.__spec__
        return module

    def exec_module(self, module):
        # The import system has just given the module the alias's spec.
        module.__spec__ = self._spec


class _Finder(importlib.abc.MetaPathFinder):
    """Finds `keras` and `keras.*` in this package, and nothing else."""

    def find_spec(self, name, path=None, target=None):
        if name != ALIAS and not name.startswith(ALIAS + "."):
            return None
        own = _own_name(name)
        found = importlib.util.find_spec(own)
        if found is None:
            return None
        spec = importlib.machinery.ModuleSpec(name, _Loader(own), origin=found.origin)
        spec.submodule_search_locations = found.submodule_search_locations
        return spec


_finder = _Finder()


_set_aside = {}


def install():
    """Makes `import keras` mean this package from now on; harmless when repeated.

    Another package named keras that was imported before (TensorFlow imports Keras 3)
    stays with those who hold it and is set aside until `uninstall`.
    """
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
        _set_aside.update(_aliased(own=False))
        for name in _set_aside:
            del sys.modules[name]


def uninstall():
    """Takes the alias away again, with the modules that were imported under it."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
        for name in _aliased(own=True):
            del sys.modules[name]
        sys.modules.update(_set_aside)
        _set_aside.clear()


def _aliased(own):
    """Modules by their names under the alias: this package's, or another's."""
    ours = {id(m) for n, m in sys.modules.items() if n == TARGET or n.startswith(TARGET + ".")}
    return {name: module for name, module in sys.modules.items()
            if (name == ALIAS or name.startswith(ALIAS + ".")) and (id(module) in ours) == own}


@contextlib.contextmanager
def installed():
    """The alias for the length of a `with` block (and longer if it was there before)."""
    before = _finder in sys.meta_path
    install()
    try:
        yield
    finally:
        if not before:
            uninstall()


def run_script(path, arguments=()):
    """Runs an old script as `python path arguments...` would, with `import keras` aliased.

    Returns the script's global variables.
    """
    argv, folder = sys.argv, os.path.dirname(os.path.abspath(path))
    sys.argv = [path, *arguments]
    sys.path.insert(0, folder)
    try:
        with installed():
            return runpy.run_path(path, run_name="__main__")
    finally:
        sys.argv = argv
        if folder in sys.path:
            sys.path.remove(folder)
