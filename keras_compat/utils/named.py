"""What an argument such as `kernel_initializer` means: a name, a config or the thing itself."""
import inspect
import sys
from collections.abc import Mapping

from ..backend.errors import message
from ..legacy.configs import with_class_name
from .generic_utils import deserialize_keras_object


class OpenTable(Mapping):
    """A table of names, and what scripts set as attributes of its module later on.

    `keras.losses.mine = mine` was a common way to register `mine`. Nothing that the
    module itself imports or defines is added.
    """

    def __init__(self, table, module):
        self._table = table
        self._module = module
        self._imported = frozenset(vars(sys.modules[module]))

    def _added(self):
        return {name: value for name, value in vars(sys.modules[self._module]).items()
                if name not in self._imported and callable(value)
                and getattr(value, "__module__", None) != self._module}

    def __getitem__(self, name):
        return self._table[name] if name in self._table else self._added()[name]

    def __iter__(self):
        return iter({**self._added(), **self._table})

    def __len__(self):
        return len({**self._added(), **self._table})


def resolve(identifier, deserialize, who, optional=True):
    """The object for an argument: names and configs go through `deserialize`.

    optional: None is allowed and means none. Callables are taken as they are, classes
    are instantiated. ValueError, in the name of `who`, for everything else.
    """
    if identifier is None and optional:
        return None
    if isinstance(identifier, (dict, str)):
        return deserialize(identifier)
    if inspect.isclass(identifier):
        return identifier()
    if callable(identifier):
        return identifier
    raise ValueError(message(who, "not something that this argument can be",
                             ("None, " if optional else "") + "a name, a config or a callable",
                             repr(identifier)))


def deserialize(config, classes, makers, custom_objects, kind):
    """The object of a name or a config; `makers` are functions that make one.

    A maker is called with the config's arguments, as in {'class_name': 'l2',
    'config': {'l': 0.1}}; a custom object of the same name goes first. Keras 1's
    layout of configs is read, too.
    """
    config = with_class_name(config)
    name = config.get("class_name") if isinstance(config, dict) else config
    if name in makers and name not in (custom_objects or {}):
        arguments = config.get("config") if isinstance(config, dict) else None
        return makers[name](**(arguments or {}))
    return deserialize_keras_object(config, module_objects=classes,
                                    custom_objects=custom_objects, printable_module_name=kind)
