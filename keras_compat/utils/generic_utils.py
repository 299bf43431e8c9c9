"""Small helpers of the whole package: custom objects, names in configs, lists, arguments.

A config names classes and functions. A name is looked up in the custom objects
that the caller gave and in the closed table of its slot (layers, activations,
losses ...), and nowhere else: nothing is ever imported from a name.
"""
import inspect
from collections.abc import Mapping

import numpy as np

from ..backend import errors
from .bytecode import func_dump, func_load  # noqa: F401 (old code imports them from here)
from .progbar import Progbar  # noqa: F401

_custom_objects = {}


# ---- custom objects ----

class CustomObjectScope:
    """Makes custom objects known by name for the length of a `with` block.

    args: mappings from name to class or function. Changes to the table of
    `get_custom_objects` inside the block are undone at its end.
    """

    def __init__(self, *args):
        self.custom_objects = args
        self.backup = None

    def __enter__(self):
        self.backup = dict(_custom_objects)
        for objects in self.custom_objects:
            _custom_objects.update(objects)
        return self

    def __exit__(self, *details):
        _custom_objects.clear()
        _custom_objects.update(self.backup)


def custom_object_scope(*args):
    """The same as `CustomObjectScope(*args)`."""
    return CustomObjectScope(*args)


def get_custom_objects():
    """The table of custom objects that hold everywhere: name -> object, to be changed in place."""
    return _custom_objects


# ---- objects to configs and back ----

def serialize_keras_object(instance):
    """The config of an object, a function's name, or None for None.

    ValueError for what has neither `get_config` nor a name.
    """
    if instance is None:
        return None
    if hasattr(instance, "get_config"):
        return {"class_name": type(instance).__name__, "config": instance.get_config()}
    if hasattr(instance, "__name__"):
        return instance.__name__
    raise ValueError(errors.message(
        "serialize_keras_object", "only what can be named in a config can be serialized",
        "an object with get_config, or a function", repr(instance)))


def deserialize_keras_object(identifier, module_objects=None, custom_objects=None,
                             printable_module_name="object"):
    """The object that a config, or a name, stands for.

    identifier: None (gives None), a name, or a dict with `class_name` and `config`.
    module_objects: the closed table of this slot, name -> class or function.
    custom_objects: the caller's additions; they come first.
    A name of a class gives an instance. ValueError for names that are in no table,
    for configs of another layout, and for a config with arguments for a function.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        return _from_dict(identifier, module_objects, custom_objects, printable_module_name)
    if not isinstance(identifier, str):
        raise ValueError(errors.message(
            printable_module_name, "not something that a config can hold",
            "a name, or a dict with class_name and config", repr(identifier)))
    found = _look_up(identifier, module_objects, custom_objects, printable_module_name)
    return found() if isinstance(found, type) else found


def _from_dict(config, module_objects, custom_objects, kind):
    if "class_name" not in config or not isinstance(config.get("config"), (dict, list)):
        raise ValueError(errors.message(
            kind, "a config is an object with two keys",
            "{'class_name': ..., 'config': {...}}", _short(config)))
    cls = _look_up(config["class_name"], module_objects, custom_objects, kind)
    if not isinstance(cls, type) and not hasattr(cls, "from_config"):
        raise ValueError(errors.message(
            kind, "only a class is built from a config with arguments", "the name of a class",
            repr(config["class_name"]), "A function stands in a config as its bare name"))
    custom_objects = custom_objects or {}
    if not hasattr(cls, "from_config"):
        with CustomObjectScope(custom_objects):
            return cls(**config["config"])
    if has_arg(cls.from_config, "custom_objects"):
        return cls.from_config(config["config"],
                               custom_objects={**_custom_objects, **custom_objects})
    with CustomObjectScope(custom_objects):
        return cls.from_config(config["config"])


def _look_up(name, module_objects, custom_objects, kind):
    for table in (custom_objects, _custom_objects, module_objects):
        if isinstance(table, Mapping) and isinstance(name, str) and name in table:
            return table[name]
    raise ValueError(errors.message(
        kind, f"unknown {kind}", "one that the package or custom_objects defines", _short(name),
        "Pass it by name: custom_objects={'" + _short(name).strip("'") + "': ...}"))


def _short(value):
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + "..."


# ---- functions and their arguments ----

def has_arg(fn, name, accept_all=False):
    """Whether `fn` can be called with the keyword `name`.

    accept_all: what `**kwargs` swallows counts too.
    """
    parameters = inspect.signature(fn).parameters
    if name in parameters:
        return parameters[name].kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD,
                                         inspect.Parameter.KEYWORD_ONLY)
    return accept_all and any(p.kind is inspect.Parameter.VAR_KEYWORD
                              for p in parameters.values())


def getargspec(fn):
    """The full argument specification of a function, as `inspect.getfullargspec` gives it."""
    return inspect.getfullargspec(fn)


def check_for_unexpected_keys(name, input_dict, expected_values):
    """ValueError when the dict has keys that are not among `expected_values`."""
    unknown = sorted(set(input_dict) - set(expected_values), key=str)
    if unknown:
        raise ValueError(errors.message(
            name, "a dict may only have keys that mean something here",
            errors.one_of(list(expected_values)), errors.one_of(unknown)))


# ---- lists and shapes ----

def to_list(x, allow_tuple=False):
    """A list as it is, a tuple as a list if `allow_tuple`, anything else as a list of one."""
    if isinstance(x, list):
        return x
    if allow_tuple and isinstance(x, tuple):
        return list(x)
    return [x]


def unpack_singleton(x):
    """The only element of a list or tuple of one; everything else as it is."""
    return x[0] if isinstance(x, (list, tuple)) and len(x) == 1 else x


def is_all_none(iterable_or_element):
    """Whether the value, or each value in the list or tuple, is None."""
    values = to_list(iterable_or_element, allow_tuple=True)
    return all(value is None for value in values)


def object_list_uid(object_list):
    """A text that tells lists of objects apart by identity, while the objects live."""
    return ", ".join(str(abs(id(x))) for x in to_list(object_list, allow_tuple=True))


def slice_arrays(arrays, start=None, stop=None):
    """Rows of an array, or of each array in a list (None stays None).

    start: the first row, or the indices of the rows wanted (then `stop` is not used).
    """
    if arrays is None:
        return [None]
    if isinstance(arrays, list):
        return [None if array is None else _rows(array, start, stop) for array in arrays]
    return _rows(arrays, start, stop)


def _rows(array, start, stop):
    if hasattr(start, "__len__"):
        return array[start.tolist() if isinstance(start, np.ndarray) else start]
    return array[start:stop]


def transpose_shape(shape, target_format, spatial_axes):
    """A channels_last shape or tuple of values put in the order of `target_format`.

    spatial_axes: where the spatial values stand in `shape`; the channels come last.
    """
    if target_format == "channels_first":
        head = tuple(shape[:spatial_axes[0]])
        moved = head + (shape[-1],) + tuple(shape[axis] for axis in spatial_axes)
        return moved if isinstance(shape, tuple) else list(moved)
    if target_format == "channels_last":
        return shape
    raise ValueError(errors.message(
        "transpose_shape", "unknown data format", "'channels_last' or 'channels_first'",
        repr(target_format)))
