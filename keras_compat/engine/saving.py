"""Models from their configs: a dict, JSON or YAML.

A config is data. Its names are looked up in the layers' table and in
`custom_objects`; nothing in it is imported or run.
"""
import json

from ..backend import errors
from ..legacy import versions

_DEPTH = 100  # models inside models; no real one comes near


def model_from_config(config, custom_objects=None):
    """The model that a config describes.

    config: a dict with `class_name` and `config`, as `to_json` writes it. What it leaves
    out has the default of its `keras_version`. TypeError for a list, which is what
    `Sequential.get_config()` gave before Keras 2.2.3.
    """
    from ..layers import deserialize  # the layers' module imports the engine

    if isinstance(config, list):
        raise TypeError(errors.message(
            "model_from_config", "the config of a whole model is a dict",
            "a dict with class_name and config", "a list",
            "Use Sequential.from_config(config)"))
    _check_depth(config)
    writer = config.get("keras_version") if isinstance(config, dict) else None
    with versions.written_by(writer):
        return deserialize(config, custom_objects=custom_objects)


def model_from_json(json_string, custom_objects=None):
    """The model that a text of `model.to_json()` describes; ValueError for what is no JSON."""
    try:
        config = json.loads(json_string)
    except RecursionError:
        raise _too_deep("model_from_json") from None
    except (TypeError, ValueError) as error:
        raise ValueError(errors.message(
            "model_from_json", "a model is described by valid JSON", "a text of model.to_json()",
            str(error))) from None
    return model_from_config(config, custom_objects=custom_objects)


def model_from_yaml(yaml_string, custom_objects=None):
    """The model that a text of `model.to_yaml()` describes.

    Plain values only: a tag that would make an object (`!!python/...`) is a
    ValueError. Needs PyYAML.
    """
    yaml = require_yaml("model_from_yaml")
    try:
        config = yaml.safe_load(yaml_string)
    except yaml.YAMLError as error:
        raise ValueError(errors.message(
            "model_from_yaml", "a config holds plain values", "numbers, text, lists and mappings",
            str(error))) from None
    except RecursionError:
        raise _too_deep("model_from_yaml") from None
    return model_from_config(config, custom_objects=custom_objects)


def require_yaml(who):
    """PyYAML's module; ImportError that says what to install."""
    try:
        import yaml
    except ImportError:
        raise ImportError(errors.message(
            who, "YAML needs a package", "PyYAML", "no such package",
            "pip install pyyaml, or use JSON")) from None
    return yaml


def _check_depth(config):
    """ValueError for a config that is nested so deeply that building it would fail on the way."""
    level = [config]
    for _ in range(4 * _DEPTH):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return
    raise _too_deep("model_from_config")


def _inner(value):
    values = value.values() if isinstance(value, dict) else value
    return [v for v in values if isinstance(v, (dict, list))]


def _too_deep(who):
    return ValueError(errors.message(
        who, "a config is not nested without end", f"at most {_DEPTH} models inside each other",
        "more"))
