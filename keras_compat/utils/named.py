"""What an argument such as `kernel_initializer` means: a name, a config or the thing itself."""
import inspect

from ..backend.errors import message
from .generic_utils import deserialize_keras_object


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
    'config': {'l': 0.1}}; a custom object of the same name goes first.
    """
    name = config.get("class_name") if isinstance(config, dict) else config
    if name in makers and name not in (custom_objects or {}):
        arguments = config.get("config") if isinstance(config, dict) else None
        return makers[name](**(arguments or {}))
    return deserialize_keras_object(config, module_objects=classes,
                                    custom_objects=custom_objects, printable_module_name=kind)
