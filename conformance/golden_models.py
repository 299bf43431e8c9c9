"""Runs the golden optimizers and models: training from recorded weights, step by step."""
import json

import numpy as np

from keras_compat import layers, models, optimizers

from .golden_files import file_pairs, weight_pairs
from .golden_runner import Pair


# ---- optimizers ----

def run_optimizer_case(record, arrays):
    """Ten steps of a small network: weights after steps 1, 2 and 10, losses, the state."""
    model = models.Sequential([layers.Dense(5, activation="tanh", input_shape=(4,)),
                               layers.Dense(3, activation="softmax")])
    optimizer = getattr(optimizers, record["class_name"])(**record["kwargs"])
    model.compile(optimizer, loss="categorical_crossentropy")
    model.set_weights([arrays[f"init_weight{i}"] for i in range(4)])
    losses, pairs = [], []
    for step in range(1, 11):
        losses.append(model.train_on_batch(arrays["x"], arrays["y"]))
        pairs += _recorded("weight", f"_step{step}", model.get_weights(), arrays)
    pairs += _recorded("opt_weight", "_step10", optimizer.get_weights(), arrays)
    return pairs + [Pair("losses", np.array(losses, dtype="float32"), arrays["losses"]),
                    Pair("config", optimizer.get_config(), record["config"])]


def _recorded(prefix, suffix, values, arrays):
    roles = [f"{prefix}{i}{suffix}" for i in range(len(values))]
    return [Pair(role, value, arrays[role]) for role, value in zip(roles, values)
            if role in arrays]


# ---- models ----

def run_model_case(record, arrays):
    """A model from its JSON: prediction and evaluation before and after training, the history."""
    run = _ModelRun(record, arrays)
    return [*run.evaluated("_before"), *run.trained(), *run.evaluated(""),
            *weight_pairs(run.model, arrays), *file_pairs(record, arrays, run.batch_size)]


class _ModelRun:
    def __init__(self, record, arrays):
        self.record, self.arrays = record, arrays
        self.model = models.model_from_json(json.dumps(record["model_json"]))
        facts = dict(record["compile"])
        optimizer = optimizers.deserialize(facts.pop("optimizer"))
        self.model.compile(optimizer, **facts)
        self.model.set_weights([arrays[f"init_weight{i}"] for i in range(record["n_weights"])])
        self.x, self.y, self.weight = (self._of(role) for role in ("x", "y", "sample_weight"))
        self.batch_size = (record["fit"] or {}).get("batch_size", 8)

    def _of(self, role):
        found = [self.arrays[f"{role}{i}"] for i in range(len(self.arrays))
                 if f"{role}{i}" in self.arrays]
        return found[0] if len(found) == 1 else found or None

    def evaluated(self, suffix):
        """Prediction and evaluation with the recorded batch size."""
        predicted = self.model.predict(self.x, batch_size=self.batch_size)
        predicted = predicted if isinstance(predicted, list) else [predicted]
        name = "predict_before" if suffix else "predict"
        pairs = [Pair(f"{name}{i}", got, self.arrays[f"{name}{i}"])
                 for i, got in enumerate(predicted)]
        found = self.model.evaluate(self.x, self.y, batch_size=self.batch_size, verbose=0,
                                    sample_weight=self.weight)
        role = f"evaluate{suffix}"
        return pairs + [Pair(role, np.asarray(found, dtype="float32"), self.arrays[role])]

    def trained(self):
        """The history of `fit`, name by name; nothing after single steps."""
        record = self.record
        if record["fit"] is None:
            for _ in range(record["train_on_batch_steps"]):
                self.model.train_on_batch(self.x, self.y, sample_weight=self.weight)
            return [Pair("metrics_names", self.model.metrics_names, record["metrics_names"])]
        history = self.model.fit(self.x, self.y, sample_weight=self.weight, verbose=0,
                                 **record["fit"]).history
        pairs = [Pair(f"history {name}", np.asarray(history.get(name, []), dtype="float32"),
                      np.asarray(values, dtype="float32"))
                 for name, values in record["history"].items()]
        return pairs + [Pair("history names", sorted(history), sorted(record["history"])),
                        Pair("metrics_names", self.model.metrics_names, record["metrics_names"])]
