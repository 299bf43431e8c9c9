"""Modules, names and signatures are those of Keras 2.3.1 (`data/keras-2.3.1.json`)."""
import importlib
import inspect
import json
import os

import pytest

PACKAGE = "keras_compat"
DATA = os.path.join(os.path.dirname(__file__), "data", "keras-2.3.1.json")
with open(DATA, encoding="utf-8") as file:
    MODULES = json.load(file)

# ---- what is not built yet: whole modules, then names of others ----

ABSENT_MODULES = ("applications", "datasets", "preprocessing", "wrappers", "utils.data_utils",
                  "utils.io_utils", "utils.test_utils", "utils.vis_utils")
_FILES = ("H5Dict", "allow_read_from_gcs", "allow_write_to_gcs", "ask_to_proceed_with_overwrite",
          "load_attributes_from_hdf5_group", "load_from_binary_h5py", "load_model",
          "load_weights_from_hdf5_group", "load_weights_from_hdf5_group_by_name", "pickle_model",
          "preprocess_weights_for_loading", "save_attributes_to_hdf5_group", "save_model",
          "save_to_binary_h5py", "save_weights_to_hdf5_group", "unpickle_model")
ABSENT = {
    "callbacks": ("ModelCheckpoint", "RemoteMonitor", "TensorBoard"),
    "engine.network": ("ask_to_proceed_with_overwrite",),
    "engine.saving": _FILES,
    "models": ("load_model", "save_model"),
    "optimizers": ("TFOptimizer",),
    "utils": ("GeneratorEnqueuer", "H5Dict", "HDF5Matrix", "OrderedEnqueuer", "Sequence",
              "get_file", "model_to_dot", "multi_gpu_model", "plot_model"),
}
ABSENT_METHODS = ("load_weights", "save", "save_weights", "evaluate_generator", "fit_generator",
                  "predict_generator")

# ---- where this package takes more than the original ----

WIDER = {
    "Wrapper.__init__": "the original hid its arguments behind (*args, **kwargs)",
    "Recurrent.__call__": "constants as well",
    "Recurrent.get_losses_for": "inputs may be left out",
    "ConvRecurrent2D.__call__": "constants as well",
    "ConvRecurrent2D.get_losses_for": "inputs may be left out",
    "normalize_tuple": "the least value",
}


def built(module):
    return not any(module == name or module.startswith(name + ".") for name in ABSENT_MODULES)


def names():
    return [pytest.param(module, name, facts, id=f"{module}.{name}")
            for module, entries in MODULES.items() if built(module)
            for name, facts in entries.items()]


def there(module):
    return importlib.import_module(f"{PACKAGE}.{module}")


@pytest.mark.parametrize("module, name, facts", names())
def test_name(module, name, facts):
    found = hasattr(there(module), name)
    if name in ABSENT.get(module, ()):
        assert not found, "built by now: take it off the list"
        return
    assert found
    if isinstance(facts, dict):
        _check_class(name, getattr(there(module), name), facts)
    elif facts.startswith("(") and name not in WIDER:
        assert str(inspect.signature(getattr(there(module), name))) == facts


def _check_class(name, cls, facts):
    if facts["init"] is not None:
        _check_method(cls, name, "__init__", facts["init"])
    bases = {base.__name__ for base in cls.__mro__}
    assert {base for base in facts["bases"] if base[0] != "_"} <= bases
    for method, signature in facts.get("members", {}).items():
        if method not in ABSENT_METHODS:
            _check_method(cls, name, method, signature)


def _check_method(cls, name, method, signature):
    member = inspect.getattr_static(cls, method)
    if f"{name}.{method}" in WIDER or signature == "property":
        return
    kind = "classmethod "
    assert isinstance(member, classmethod) == signature.startswith(kind), method
    function = getattr(member, "__func__", member)
    assert str(inspect.signature(function)) == signature.replace(kind, ""), method


@pytest.mark.parametrize("module", [m for m in MODULES if not built(m)])
def test_module_that_is_not_built(module):
    spec = importlib.util.find_spec(f"{PACKAGE}.{module.partition('.')[0]}")
    if spec is not None and not module.startswith("datasets"):
        assert importlib.util.find_spec(f"{PACKAGE}.{module}") is None, "take it off the list"
