"""Runs the golden cases of activations, losses, metrics and what belongs to weights."""
import re

from keras_compat import activations, constraints, initializers, layers, losses, metrics
from keras_compat import backend as K
from keras_compat import regularizers

from .golden_runner import Pair


def run_function_case(record, arrays):
    """The pairs of one case of the group `functions`."""
    return _KINDS[record["kind"]](record, arrays)


def _fed(arrays, *roles):
    return [K.placeholder(arrays[r].shape, dtype=arrays[r].dtype.name) for r in roles]


def _pairs(inputs, roles, tensors, arrays):
    """Computes the tensors, by role, from the arrays of `roles`."""
    results = K.function(inputs, list(tensors.values()))([arrays[r] for r in roles])
    return [Pair(role, got, arrays[role]) for role, got in zip(tensors, results)]


# ---- functions ----

def _activation(record, arrays):
    [x] = _fed(arrays, "input0")
    y = getattr(activations, record["function"])(x, **record["kwargs"])
    [slope] = K.gradients(K.sum(y * K.constant(arrays["coef0"])), x)
    return _pairs([x], ["input0"], {"output0": y, "grad_input0": slope}, arrays)


def _two_arguments(module):
    def run(record, arrays):
        inputs = _fed(arrays, "y_true", "y_pred")
        y = getattr(module, record["function"])(*inputs, **record["kwargs"])
        tensors = {"output0": y}
        if "grad_y_pred" in arrays:
            tensors["grad_y_pred"] = K.gradients(K.sum(y), inputs[1])[0]
        return _pairs(inputs, ["y_true", "y_pred"], tensors, arrays)
    return run


def _loss_class(record, arrays):
    roles = [r for r in ("y_true", "y_pred", "sample_weight") if r in arrays]
    inputs = _fed(arrays, *roles)
    loss = getattr(losses, record["class_name"])(**record["kwargs"])
    weight = {"sample_weight": inputs[2]} if len(inputs) > 2 else {}
    pairs = _pairs(inputs, roles, {"output0": loss(*inputs[:2], **weight)}, arrays)
    return pairs + [Pair("config", loss.get_config(), record["config"])]


def _metric_class(record, arrays):
    metric = getattr(metrics, record["class_name"])(**record["kwargs"])
    names = [n for n in ("y_true", "y_pred", "values", "sample_weight") if f"{n}_b0" in arrays]
    inputs = _fed(arrays, *[f"{n}_b0" for n in names])
    weight = {"sample_weight": inputs.pop()} if names[-1] == "sample_weight" else {}
    step = K.function([*inputs, *weight.values()], [], metric.update_state(*inputs, **weight))
    pairs = []
    for batch in range(record["batches"]):
        step([arrays[f"{n}_b{batch}"] for n in names])
        pairs.append(Pair(f"result_b{batch}", K.eval(metric.result()), arrays[f"result_b{batch}"]))
    pairs += [Pair(f"state{i}", value, arrays[f"state{i}"])
              for i, value in enumerate(K.batch_get_value(metric.weights))]
    return pairs + [Pair("config", _unnumbered(metric.get_config()),
                         _unnumbered(record["config"]))]


def _unnumbered(config):
    """Without the number in a name, which says how many metrics were made before."""
    return {**config, "name": re.sub(r"_\d+$", "", config["name"])}


# ---- what belongs to weights ----

def _regularizer(record, arrays):
    [w] = _fed(arrays, "weight0")
    penalty = getattr(regularizers, record["class_name"])(**record["config"])(w)
    slope = K.gradients(penalty, w)[0]
    return _pairs([w], ["weight0"], {"output0": penalty, "grad_weight0": slope}, arrays)


def _constraint(record, arrays):
    [w] = _fed(arrays, "weight0")
    kept = getattr(constraints, record["class_name"])(**record["config"])(w)
    return _pairs([w], ["weight0"], {"output0": kept}, arrays)


def _initializer(record, arrays):
    draw = getattr(initializers, record["class_name"])(**record["config"])
    return [Pair("output0", K.eval(draw(tuple(record["shape"]))), arrays["output0"])]


def _initial_weights(record, arrays):
    layer = layers.deserialize({"class_name": record["class_name"],
                                "config": dict(record["config"])})
    layer.build(tuple(record["input_shape"]))
    weights = layer.get_weights()
    pairs = [Pair(role, weights[int(role.removeprefix("weight"))], arrays[role])
             for role in arrays]
    return pairs + [Pair("number of weights", len(weights), record["n_weights"])]


_KINDS = {
    "activation": _activation, "loss_function": _two_arguments(losses),
    "metric_function": _two_arguments(metrics), "loss_class": _loss_class,
    "metric_class": _metric_class, "regularizer": _regularizer, "constraint": _constraint,
    "initializer": _initializer, "initial_weights": _initial_weights,
}
