"""Regularizers and constraints in configs as Keras 1 wrote them."""
from types import MappingProxyType

_NEWER_NAMES = MappingProxyType({
    "L1L2Regularizer": "L1L2", "WeightRegularizer": "L1L2", "ActivityRegularizer": "L1L2"})


def with_class_name(config):
    """{'name': class, arguments...}, the layout of Keras 1, in today's; others as they are."""
    if (not isinstance(config, dict) or "class_name" in config
            or not isinstance(config.get("name"), str)):
        return config
    arguments = dict(config)
    name = arguments.pop("name")
    return {"class_name": _NEWER_NAMES.get(name, name), "config": arguments}
