"""Runs the golden cases of K functions: outputs and gradients against what was recorded."""
import numpy as np

from keras_compat import backend as K

from .forward import flat
from .golden_runner import Pair

# A recorded function is the source of a lambda over K and NumPy, from our own files.
_NAMES = {"K": K, "np": np}


def run_backend_case(record, arrays):
    """The pairs of one case of the group `backend`."""
    placeholders = {}
    arguments = [_argument(a, arrays, placeholders) for a in record["args"]]
    keywords = {k: _argument(a, arrays, placeholders) for k, a in record["kwargs"].items()}
    outputs = flat(getattr(K, record["function"])(*arguments, **keywords))
    wanted = {f"output{i}": tensor for i, tensor in enumerate(outputs)}
    wanted.update(_gradients(outputs, placeholders, arrays))
    function = K.function(list(placeholders.values()), list(wanted.values()))
    results = function([arrays[role] for role in placeholders])
    pairs = [Pair(role, got, arrays[role]) for role, got in zip(wanted, results)]
    return pairs + [Pair("number of outputs", len(outputs), record["n_outputs"])]


def _argument(argument, arrays, placeholders):
    if "array" in argument:
        role = argument["array"]
        if role not in placeholders:
            value = arrays[role]
            placeholders[role] = K.placeholder(value.shape, dtype=value.dtype.name)
        return placeholders[role]
    if "list" in argument:
        return [_argument(item, arrays, placeholders) for item in argument["list"]]
    return eval(argument["fn"], _NAMES) if "fn" in argument else argument["value"]


def _gradients(outputs, placeholders, arrays):
    roles = [role for role in arrays if role.startswith("grad_")]
    if not roles:
        return {}
    loss = sum(K.sum(output * arrays[f"coef{i}"]) for i, output in enumerate(outputs)
               if f"coef{i}" in arrays)
    wrt = [placeholders[role.removeprefix("grad_")] for role in roles]
    # the original's recorder had zeros where nothing depends on an input; K has None, as on TF 1
    return {role: K.zeros_like(x, K.dtype(x)) if slope is None else slope
            for role, x, slope in zip(roles, wrt, K.gradients(loss, wrt))}
