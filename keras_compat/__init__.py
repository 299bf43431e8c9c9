"""Keras 2.3.1's API on today's NumPy, PyTorch or TensorFlow."""
# The version of Keras whose API this is: scripts compare `keras.__version__` with "2".
# The package's own version is in its metadata.
__version__ = "2.3.1"

import importlib

from . import backend

_MODULES = ("activations", "callbacks", "constraints", "datasets", "engine", "initializers",
            "layers", "legacy", "losses", "metrics", "models", "objectives", "optimizers",
            "regularizers", "utils")
_CLASSES = {"Input": "layers", "Model": "models", "Sequential": "models"}

__all__ = ["backend", *_MODULES, *_CLASSES]


def __getattr__(name):
    """The package's modules and main classes, imported when they are first asked for."""
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _CLASSES:
        return getattr(importlib.import_module(f"{__name__}.{_CLASSES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    """The names that can be asked for."""
    return sorted({*globals(), *__all__})
