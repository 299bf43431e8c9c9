"""What users pass to fit and its kin, made into checked lists of arrays."""
import numbers
import warnings
from collections.abc import Mapping

import numpy as np

from .. import losses
from ..backend import arguments, errors
from ..utils.generic_utils import to_list
from .data_arrays import as_array

# ---- arrays ----

_ROWS = 65536  # of targets checked at a time: they may lie in a file


def standardize_input_data(data, names, shapes=None, check_batch_axis=True, exception_prefix=""):
    """One array per name, from an array, a list of them, or a dict by name.

    shapes: the expected shapes, batch axis included (None: unchecked). A 1-D array
    becomes (samples, 1). exception_prefix: 'input' or 'target', for errors.
    ValueError for a wrong number of arrays, unknown names and shapes that differ.
    """
    who = exception_prefix or "data"
    arrays = [_as_array(x, who, name) for x, name in zip(_by_name(data, names, who), names)]
    for array, name, shape in zip(arrays, names, shapes or [None] * len(names)):
        if array is not None and shape is not None:
            _check_shape(array, shape, f"{who} '{name}'", check_batch_axis)
    return arrays


def require(arrays, names, who, rule):
    """ValueError unless there is an array for each name."""
    for array, name in zip(arrays, names):
        if array is None:
            raise ValueError(errors.message(f"{who} '{name}'", rule, "an array", "none"))


def _by_name(data, names, who):
    if not names:
        if data is None or (hasattr(data, "__len__") and len(data) == 0):
            return []
        raise ValueError(errors.message(who, "the model takes no arrays here", "none",
                                        _described(data)))
    if data is None:
        return [None] * len(names)
    if isinstance(data, Mapping) and not hasattr(data, "tocoo"):  # SciPy has a sparse dict
        return _from_mapping(data, names, who)
    if not isinstance(data, (list, tuple)):
        data = [data]
    elif len(names) == 1 and _is_one_array(data):
        data = [as_array(data, f"{who} '{names[0]}'")]
    if len(data) != len(names):
        raise ValueError(errors.message(
            who, "there is one array for each of the model's ends",
            f"{len(names)} ({', '.join(names)})", f"{len(data)}: {_described(data)}"))
    return list(data)


def _from_mapping(data, names, who):
    missing = [name for name in names if name not in data]
    if missing:
        raise ValueError(errors.message(
            who, "a dict has an array for every name", errors.one_of(names),
            f"keys {sorted(map(str, data))}", f"No data for {errors.one_of(missing)}"))
    return [data[name] for name in names]


def _is_one_array(data):
    """Whether a list is itself the data of a single input: numbers, or rows of them."""
    if not len(data) or hasattr(data[0], "shape"):
        return False
    return np.isscalar(data[0]) or len(data) != 1


def _as_array(x, who, name):
    if x is None:
        return None
    x = as_array(x, f"{who} '{name}'")
    if len(x.shape) == 0:
        raise ValueError(errors.message(f"{who} '{name}'", "the data have a batch axis",
                                        "an array of at least 1 axis", "a single number"))
    return np.expand_dims(x, 1) if len(x.shape) == 1 else x


def _check_shape(array, shape, who, check_batch_axis):
    given = tuple(array.shape)
    first = 0 if check_batch_axis else 1
    if len(given) == len(shape) and all(
            n is None or n == m for n, m in zip(shape[first:], given[first:])):
        return
    raise ValueError(errors.message(
        who, "the array has the shape of the model's end", tuple(shape), given))


def _described(data):
    if isinstance(data, Mapping):
        return f"a dict with keys {sorted(map(str, data))}"
    items = to_list(data, allow_tuple=True)
    shapes = [errors.shape(x.shape) if hasattr(x, "shape") else type(x).__name__
              for x in items[:5]]
    return ", ".join(shapes) + (", ..." if len(items) > 5 else "")


def check_array_length_consistency(inputs, targets, weights=None):
    """ValueError unless all arrays have the same number of samples."""
    for kind, arrays in (("input", inputs), ("target", targets), ("sample_weight", weights)):
        lengths = {a.shape[0] for a in arrays or [] if a is not None}
        expected = {a.shape[0] for a in inputs if a is not None} or lengths
        if len(lengths | expected) > 1:
            raise ValueError(errors.message(
                kind, "all arrays have the same number of samples",
                f"{min(expected)} samples", f"arrays of {sorted(lengths)}"))


def check_loss_and_target_compatibility(targets, loss_functions, output_shapes, names):
    """ValueError for targets that a loss cannot mean: class numbers in a wrong range, or

    one column where a categorical loss wants one-hot rows.
    """
    for y, loss, shape, name in zip(targets, loss_functions, output_shapes, names):
        if y is None or loss is None:
            continue
        if losses.is_categorical_crossentropy(loss) and y.shape[-1] == 1:
            raise ValueError(errors.message(
                f"target '{name}'", "categorical_crossentropy takes one-hot targets",
                shape, tuple(y.shape), "Use to_categorical, or sparse_categorical_crossentropy"))
        if is_sparse_loss(loss):
            _check_classes(y, shape[-1], name)


def _check_classes(y, classes, name):
    if classes is None or hasattr(y, "tocsr"):
        return
    for start in range(0, y.shape[0], _ROWS):
        rows = np.asarray(y[start:start + _ROWS])
        low, high = rows.min(), rows.max()
        if not (low >= 0 and high < classes):
            raise ValueError(errors.message(
                f"target '{name}'", "class numbers lie below the number of outputs",
                f"numbers from 0 to {classes - 1}", f"from {low} to {high}"))
        if rows.dtype.kind == "f" and (rows != np.floor(rows)).any():
            raise ValueError(errors.message(
                f"target '{name}'", "class numbers are whole numbers",
                f"numbers from 0 to {classes - 1}", f"{rows[rows != np.floor(rows)][0]}"))


def is_sparse_loss(loss):
    """Whether a loss takes class numbers."""
    return loss is losses.sparse_categorical_crossentropy or (
        getattr(loss, "fn", None) is losses.sparse_categorical_crossentropy)


# ---- weights ----

def standardize_weights(y, sample_weight=None, class_weight=None, sample_weight_mode=None):
    """The weights of one output's samples, or None where all count alike.

    class_weight: dict from class number to weight; multiplied with `sample_weight`.
    Anything else ('auto', an array) weighs nothing, as in Keras, but is warned about.
    sample_weight_mode: 'temporal' for weights (samples, steps). ValueError for weights
    of a wrong shape, and for classes without a weight.
    """
    if sample_weight is not None:
        sample_weight = as_array(sample_weight, "sample_weight")
        _check_sample_weight(y, sample_weight, sample_weight_mode)
    if not _weighs_classes(class_weight):
        return sample_weight
    by_class = _class_weights(y, class_weight, sample_weight_mode)
    return by_class if sample_weight is None else by_class * sample_weight


def _check_sample_weight(y, weights, mode):
    if mode not in (None, "temporal"):
        raise ValueError(errors.message("sample_weight_mode", "the mode must be known",
                                        "None or 'temporal'", repr(mode)))
    axes = 2 if mode == "temporal" else 1
    hint = "Compile with sample_weight_mode='temporal' for weights per step"
    if weights.ndim != axes:
        raise ValueError(errors.message(
            "sample_weight", "weights are given per sample" if axes == 1 else
            "weights are given per step", f"{axes} axes", weights.shape,
            hint if axes == 1 else None))
    if y is not None and tuple(y.shape[:axes]) != weights.shape:
        raise ValueError(errors.message("sample_weight", "there is a weight for each target",
                                        tuple(y.shape[:axes]), weights.shape))


def _weighs_classes(class_weight):
    if class_weight is None or isinstance(class_weight, Mapping):
        return class_weight is not None
    warnings.warn(errors.message(
        "class_weight", "only a dict weighs classes; this is ignored, as Keras did",
        "{class number: weight}", repr(class_weight)), stacklevel=6)
    return False


def _class_weights(y, class_weight, mode):
    if mode == "temporal" or len(y.shape) > 2:
        raise ValueError(errors.message(
            "class_weight", "classes are weighted for targets of one class a sample",
            "targets of 2 axes", tuple(y.shape), "Use sample_weight"))
    y = np.asarray(y)
    classes = np.argmax(y, axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1)
    found, place = np.unique(classes, return_inverse=True)
    missing = [c for c in found if c not in class_weight]
    if missing:
        raise ValueError(errors.message(
            "class_weight", "every class of the data has a weight",
            f"keys {[_number(c) for c in found]}", f"keys {sorted(class_weight)}",
            f"No weight for {[_number(c) for c in missing]}"))
    weights = [arguments.number("class_weight", str(_number(c)), class_weight[c]) for c in found]
    return np.asarray(weights)[place.reshape(-1)]


def _number(c):
    return int(c) if float(c).is_integer() else float(c)


def standardize_sample_or_class_weights(weights, output_names, weight_type):
    """A list with the weights of each output, from a list, a dict by name, or one for all."""
    if weights is None or (hasattr(weights, "__len__") and len(weights) == 0):
        return [None] * len(output_names)
    if len(output_names) == 1:
        if isinstance(weights, (list, tuple)) and len(weights) == 1:
            return list(weights)
        if isinstance(weights, Mapping) and output_names[0] in weights:
            return [weights[output_names[0]]]
        return [weights]
    if isinstance(weights, Mapping):
        unknown = [key for key in weights if key not in output_names]
        if unknown:
            warnings.warn(errors.message(
                weight_type, "keys are names of outputs; others are ignored, as Keras did",
                errors.one_of(output_names), errors.one_of(unknown)), stacklevel=6)
        return [weights.get(name) for name in output_names]
    if isinstance(weights, (list, tuple)) and len(weights) == len(output_names):
        return list(weights)
    wrong = ValueError if isinstance(weights, (list, tuple)) else TypeError
    raise wrong(errors.message(
        weight_type, "a model with several outputs takes weights for each of them",
        f"a list of {len(output_names)}, or a dict by name", _described(weights)))


def _check_keys(who, given, names):
    unknown = [key for key in given if key not in names]
    if unknown:
        raise ValueError(errors.message(who, "keys are names of outputs", errors.one_of(names),
                                        errors.one_of(unknown)))


def standardize_class_weights(class_weight, output_names):
    """`class_weight` for each output."""
    return standardize_sample_or_class_weights(class_weight, output_names, "class_weight")


def standardize_sample_weights(sample_weight, output_names):
    """`sample_weight` for each output."""
    return standardize_sample_or_class_weights(sample_weight, output_names, "sample_weight")


# ---- per output: losses, loss weights, metrics ----

def per_output(what, values, names, default=None):
    """A list with an entry per output, from one value for all, a list, or a dict by name."""
    if isinstance(values, Mapping):
        _check_keys(what, values, names)
        return [values.get(name, default) for name in names]
    if isinstance(values, (list, tuple)):
        if len(values) != len(names):
            raise ValueError(errors.message(
                what, "a list has an entry for each output", f"{len(names)} entries",
                f"{len(values)}: {values!r}"))
        return list(values)
    return [default if values is None else values] * len(names)


def prepare_loss_functions(loss, output_names):
    """A `losses.Loss` (or None) per output, from what `compile` was given."""
    if isinstance(loss, Mapping):
        _check_keys("loss", loss, output_names)
        for name in [n for n in output_names if n not in loss]:
            warnings.warn(f"compile: output '{name}' is missing from the loss dictionary; "
                          "it is not trained on targets", stacklevel=4)
    elif isinstance(loss, (list, tuple)) and len(loss) == 1 == len(output_names):
        loss = loss[0]
    return [get_loss_function(entry) for entry in per_output("loss", loss, output_names)]


def get_loss_function(loss):
    """A loss with weights and reduction from a name, a function, a config or an instance."""
    if loss is None or isinstance(loss, losses.Loss):
        return loss
    function = losses.get(loss)
    if isinstance(function, losses.Loss):
        return function
    if isinstance(function, type):
        return function()
    return losses.LossFunctionWrapper(function, name=getattr(function, "__name__", "loss"))


# ---- batches ----

def make_batches(size, batch_size):
    """(start, stop) of each batch of `size` samples."""
    return [(start, min(size, start + batch_size)) for start in range(0, size, batch_size)]


def batch_shuffle(index_array, batch_size):
    """The indices with whole batches in random order; a smaller last batch stays last."""
    count = len(index_array) // batch_size
    whole = index_array[:count * batch_size].reshape((count, batch_size))
    np.random.shuffle(whole)
    return np.append(whole.flatten(), index_array[count * batch_size:])


def should_run_validation(validation_freq, epoch):
    """Whether the epoch (from 0) is one to validate in: every n-th, or one of a list (from 1)."""
    if isinstance(validation_freq, numbers.Integral):
        if validation_freq < 1:
            raise ValueError(errors.message("validation_freq", "validation happens every n epochs",
                                            "an integer >= 1", validation_freq))
        return (epoch + 1) % validation_freq == 0
    if isinstance(validation_freq, str) or not hasattr(validation_freq, "__contains__"):
        raise ValueError(errors.message("validation_freq", "it says in which epochs to validate",
                                        "an integer or a list of epochs", repr(validation_freq)))
    return epoch + 1 in validation_freq
