"""The settings: keras.json, environment variables, and K's getters and setters.

Precedence, as in Keras 2.3.1: a call (`K.set_floatx`) over an environment
variable (`KERAS_BACKEND`) over keras.json over the defaults. The file is read
once, at import; where there is none it is written with the defaults, whatever
the environment says. Keys that are not ours are left alone.
"""
import math
import numbers
import os
import re
from types import MappingProxyType

import numpy as np

from . import config_file, errors

__all__ = [
    "cast_to_floatx", "compat_version", "epsilon", "floatx", "image_data_format",
    "image_dim_ordering", "normalize_data_format", "random_mode", "set_compat_version",
    "set_epsilon", "set_floatx", "set_image_data_format", "set_image_dim_ordering",
    "set_random_mode",
]

DEFAULTS = MappingProxyType({
    "floatx": "float32",
    "epsilon": 1e-07,
    "backend": "numpy",
    "image_data_format": "channels_last",
    "random": "portable",
    "compat_version": "2.3.1",
})

ENVIRONMENT = MappingProxyType({
    "backend": "KERAS_BACKEND",
    "random": "KERAS_COMPAT_RANDOM",
    "compat_version": "KERAS_COMPAT_VERSION",
})

_FLOATX = ("float16", "float32", "float64")
_DATA_FORMATS = ("channels_last", "channels_first")
_DIM_ORDERINGS = MappingProxyType({"tf": "channels_last", "th": "channels_first"})
_RANDOM_MODES = ("portable", "native")

_settings = dict(DEFAULTS)
_origins = {}


# ---- what each setting may be ----

def _is_epsilon(value):
    return (isinstance(value, numbers.Real) and not isinstance(value, bool)
            and math.isfinite(value) and value >= 0)


def _is_version(value):
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,3}(\.\d{1,3}){2}", value, re.ASCII):
        return False
    return (1, 0, 0) <= _numbers(value) <= (2, 3, 1)


def _numbers(version):
    return tuple(map(int, version.split(".")))


def _choice(values):
    def check(value):
        return isinstance(value, str) and value in values
    return check, errors.one_of(values)


_RULES = MappingProxyType({
    "floatx": _choice(_FLOATX),
    "epsilon": (_is_epsilon, "a finite number that is not negative"),
    "backend": (lambda value: isinstance(value, str) and value.strip() != "", "the name of a backend"),
    "image_data_format": _choice(_DATA_FORMATS),
    "image_dim_ordering": _choice(tuple(_DIM_ORDERINGS)),
    "random": _choice(_RANDOM_MODES),
    "compat_version": (_is_version, "the number of a Keras release from '1.0.0' to '2.3.1'"),
})


def _checked(key, value, who, hint=None):
    holds, expected = _RULES[key]
    if not holds(value):
        raise errors.ConfigError(errors.message(
            who, f"not a value that `{key}` can have", expected, repr(value), hint))
    return float(value) if key == "epsilon" else value


# ---- reading them at import ----

def load():
    """Reads the settings afresh: defaults, then keras.json, then the environment."""
    settings, origins = dict(DEFAULTS), {}
    file = config_file.path()
    if os.path.lexists(file):
        found = _from_file(file)
        settings.update(found)
        origins.update(dict.fromkeys(found, file))
    else:
        config_file.write(file, DEFAULTS)
    for key, variable in ENVIRONMENT.items():
        if os.environ.get(variable):
            settings[key] = _checked(key, os.environ[variable], f"environment variable {variable}",
                                     "Correct the variable, or unset it")
            origins[key] = f"environment variable {variable}"
    _settings.update(settings)
    _origins.clear()
    _origins.update(origins)


def _from_file(file):
    content = config_file.read(file)
    found = {}
    for key in DEFAULTS:
        if key in content:
            found[key] = _checked(
                key, content[key], file,
                f"Correct it in the file, or remove the key for the default, {DEFAULTS[key]!r}")
    if "image_dim_ordering" in content and "image_data_format" not in content:
        ordering = _checked("image_dim_ordering", content["image_dim_ordering"], file,
                            "Correct it in the file, or write image_data_format, its name since Keras 2")
        found["image_data_format"] = _DIM_ORDERINGS[ordering]
    return found


def backend_choice():
    """The backend's name in the settings, and where that name was found."""
    return _settings["backend"], _origins.get("backend", "the default")


# ---- K's functions ----

def floatx():
    """Name of the default float type: 'float16', 'float32' or 'float64'."""
    return _settings["floatx"]


def set_floatx(floatx):
    """Sets the default float type; ConfigError (a ValueError) for other names."""
    name = np.dtype(floatx).name if isinstance(floatx, (type, np.dtype)) else floatx
    _settings["floatx"] = _checked("floatx", name, "set_floatx")


def epsilon():
    """The small number that guards divisions and logarithms."""
    return _settings["epsilon"]


def set_epsilon(e):
    """Sets the small number that guards divisions and logarithms."""
    _settings["epsilon"] = _checked("epsilon", e, "set_epsilon")


def image_data_format():
    """Default place of the channels: 'channels_last' or 'channels_first'."""
    return _settings["image_data_format"]


def set_image_data_format(data_format):
    """Sets the default place of the channels."""
    _settings["image_data_format"] = _checked(
        "image_data_format", data_format, "set_image_data_format")


def image_dim_ordering():
    """Keras 1's name of the default data format: 'tf' or 'th'."""
    return "th" if _settings["image_data_format"] == "channels_first" else "tf"


def set_image_dim_ordering(dim_ordering):
    """Sets the default data format by Keras 1's names: 'tf' or 'th'."""
    ordering = _checked("image_dim_ordering", dim_ordering, "set_image_dim_ordering")
    _settings["image_data_format"] = _DIM_ORDERINGS[ordering]


def normalize_data_format(value):
    """The data format that a layer's argument means: None is the default's, case is free."""
    if value is None:
        return image_data_format()
    lowered = value.lower() if isinstance(value, str) else value
    return _checked("image_data_format", lowered, "data_format")


def cast_to_floatx(x):
    """A NumPy array of the default float type with the values of `x`."""
    return np.asarray(x, dtype=floatx())


def random_mode():
    """'portable' (the same numbers on every backend) or 'native' (the backend's generator)."""
    return _settings["random"]


def set_random_mode(mode):
    """Chooses between portable random numbers and the backend's own."""
    _settings["random"] = _checked("random", mode, "set_random_mode")


def compat_version():
    """The Keras release whose defaults hold, such as '2.3.1'."""
    return _settings["compat_version"]


def set_compat_version(version):
    """Chooses the Keras release whose defaults hold for what is built from now on.

    `with set_compat_version("2.2.4"): ...` chooses it for the block alone.
    """
    checked = _checked("compat_version", version, "set_compat_version")
    previous, _settings["compat_version"] = _settings["compat_version"], checked
    return _Until(compat_version=previous)


def compat_reaches(version):
    """Whether the chosen release is that one or a later one, both as numbers like '2.3.0'."""
    return _numbers(compat_version()) >= _numbers(version)


class _Until:
    """What a setter returns that can be a context manager: settings to go back to at the end."""

    def __init__(self, **previous):
        self._previous = previous

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        _settings.update(self._previous)


load()
