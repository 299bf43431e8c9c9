"""Model: a network that can be compiled, trained, evaluated and asked for predictions."""
import numpy as np

from .. import backend as K
from .. import optimizers
from ..backend import errors
from ..callbacks import BaseLogger, CallbackList, History, ProgbarLogger
from ..utils.generic_utils import (  # noqa: F401 (old code imports them from here)
    slice_arrays, to_list, unpack_singleton)
from . import training_arrays, training_utils
from . import training_checks as checks
from .base_layer import Layer  # noqa: F401
from .data_arrays import as_array
from .endpoints import Endpoint, metrics_per_output
from .input_layer import Input
from .layer_state import unique
from .network import Network
from .objective import Objective, at_home, bring_home, predict_function
from .training_data import Data


class Model(Network):
    """A network of layers from `inputs` to `outputs`, with training.

    Model(inputs, outputs, name=None), or a subclass that defines `call`.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.optimizer = None
        self._objective = None
        self._compile_arguments, self._function_kwargs = None, {}
        self._predictor = None
        self.history = None
        self.stop_training = False
        self._metrics_kept = False

    # ---- compile ----

    def compile(self, optimizer, loss=None, metrics=None, loss_weights=None,
                sample_weight_mode=None, weighted_metrics=None, target_tensors=None, **kwargs):
        """Chooses how to train.

        optimizer: a name, a config or an Optimizer. loss: a name, a function or a Loss;
        for several outputs one for all, a list, or a dict by output. metrics,
        weighted_metrics: a list for every output, a list of lists, or a dict by output;
        sample weights apply to the latter only. loss_weights: numbers or tensors.
        sample_weight_mode: 'temporal' for weights (samples, steps).
        target_tensors: tensors in place of the placeholders for targets.
        kwargs: what `K.function` takes of TensorFlow's session; ValueError for the rest.
        """
        self._function_kwargs = checks.compile_keywords(kwargs)
        with at_home(self):
            self.optimizer = optimizers.get(optimizer)
        self.loss = loss if loss is not None else {}
        self.loss_weights = loss_weights
        self.sample_weight_mode = sample_weight_mode
        self._compile_metrics = metrics or []
        self._compile_weighted_metrics = weighted_metrics
        self.target_tensors = target_tensors
        self._objective = self._predictor = None
        self._pending_compile = True
        if self.outputs:
            with at_home(self):
                self._finish_compile()

    def _finish_compile(self):
        """Builds what `compile` chose; for a model that is built by its first data, then."""
        names = self.output_names
        given = zip(
            names, self.outputs,
            training_utils.prepare_loss_functions(self.loss or None, names),
            checks.loss_weights(training_utils.per_output(
                "loss_weights", self.loss_weights, names, 1.)),
            checks.sample_weight_modes(training_utils.per_output(
                "sample_weight_mode", self.sample_weight_mode, names)),
            checks.target_tensors(training_utils.per_output(
                "target_tensors", self.target_tensors, names)))
        endpoints = [Endpoint(*arguments) for arguments in given]
        self._pending_compile = False
        self._objective = Objective(self, endpoints)
        plain = metrics_per_output(self._compile_metrics, names)
        weighted = metrics_per_output(self._compile_weighted_metrics, names)
        for endpoint, its_plain, its_weighted in zip(endpoints, plain, weighted):
            if endpoint.loss is not None:
                unique_name = self._unique_metric_name(endpoint.name)
                endpoint.add_metrics(its_plain, False, unique_name)
                endpoint.add_metrics(its_weighted, True, unique_name)
        bring_home(self, [*vars(self.optimizer).values(),
                          *(w for metric in self.metrics for w in metric.weights)])

    def _unique_metric_name(self, output_name):
        def unique(name):
            name = base = f"{output_name}_{name}" if len(self.output_names) > 1 else name
            count = 1
            while name in self.metrics_names:
                name, count = f"{base}_{count}", count + 1
            return name
        return unique

    @property
    def _is_compiled(self):
        return self._objective is not None

    def _compiled(self, who):
        """What was compiled; RuntimeError before `compile`."""
        if self._objective is None:
            raise RuntimeError(errors.message(
                f"{self._who()}, {who}", "the model must be compiled before it is trained",
                "compile(optimizer, loss) first", "a model that was not compiled"))
        return self._objective

    # ---- what was compiled, under Keras's names ----

    @property
    def metrics(self):
        """The metrics of `compile`, then those added by `add_metric`."""
        own = self._objective.own_metrics() if self._objective is not None else []
        return unique(own + _added_metrics(self))

    @property
    def metrics_names(self):
        """Names of the values that `evaluate` returns; the loss alone before `compile`."""
        reported = self._objective.reported() if self._is_compiled else []
        return ["loss"] + [metric.name for metric in reported]

    @property
    def stateful_metric_names(self):
        """Names of the values that are kept by metrics: all but the loss."""
        return self.metrics_names[1:]

    @property
    def total_loss(self):
        """The tensor that training lessens; it depends on inputs, targets and sample_weights."""
        return self._compiled("total_loss").total_loss

    @property
    def targets(self):
        """The placeholders of the targets."""
        return [e.target for e in self._compiled("targets").trained]

    @property
    def sample_weights(self):
        """The placeholders of the sample weights."""
        return [e.sample_weight for e in self._compiled("sample_weights").trained]

    @property
    def loss_functions(self):
        """The loss of each output, None where there is none."""
        return [e.loss for e in self._compiled("loss_functions").endpoints]

    @property
    def _collected_trainable_weights(self):
        """The weights that could be trained at `compile`; AttributeError before it."""
        return self._objective.params

    @property
    def train_function(self):
        """The compiled training step."""
        return self._compiled("train_function").function("train")

    @property
    def test_function(self):
        """The compiled evaluation step."""
        return self._compiled("test_function").function("test")

    @property
    def predict_function(self):
        """The compiled function from inputs to outputs."""
        if self._predictor is None or self._predictor[0] != self.outputs:
            self._predictor = list(self.outputs), predict_function(self)
        return self._predictor[1]

    def _make_train_function(self):
        """Builds the training step now instead of at the first batch."""
        return self.train_function

    def _make_test_function(self):
        """Builds the evaluation step now instead of at the first batch."""
        return self.test_function

    def _make_predict_function(self):
        """Builds the prediction function now instead of at the first batch."""
        return self.predict_function

    def reset_metrics(self):
        """Sets the state of all metrics to zero."""
        self._metrics_kept = False
        for metric in self._objective.reported() if self._objective is not None else ():
            metric.reset_states()

    # ---- fit, evaluate, predict ----

    def fit(self, x=None, y=None, batch_size=None, epochs=1, verbose=1, callbacks=None,
            validation_split=0.0, validation_data=None, shuffle=True, class_weight=None,
            sample_weight=None, initial_epoch=0, steps_per_epoch=None, validation_steps=None,
            validation_freq=1, max_queue_size=10, workers=1, use_multiprocessing=False,
            **kwargs):
        """Trains for a number of epochs; returns the History of losses and metrics.

        x, y: arrays (or lists, or dicts by name), or anything that can be sliced.
        validation_split: the part at the end of the data that is held back.
        validation_data: (x, y) or (x, y, sample_weight). shuffle: True, False, or 'batch'
        for whole batches in random order. class_weight: dict from class to weight.
        steps_per_epoch: with it each step takes all of the data.
        The arguments of queues do nothing for arrays.
        """
        epochs, initial_epoch = checks.epochs(kwargs, epochs, initial_epoch)
        checks.validation("fit", validation_data, validation_steps, steps_per_epoch)
        training_utils.should_run_validation(validation_freq, 0)
        steps, validation_steps = (checks.steps("fit", *pair) for pair in (
            ("steps_per_epoch", steps_per_epoch), ("validation_steps", validation_steps)))
        batch_size = checks.batch_size("fit", batch_size, steps, "steps_per_epoch")
        callbacks = checks.callbacks("fit", callbacks)
        data = self._data("fit", x, y, sample_weight, class_weight, batch_size, steps)
        data, held_back = self._validation("fit", data, validation_data, validation_split,
                                           batch_size, validation_steps)
        base_logger = BaseLogger(self.stateful_metric_names)
        callbacks = self._fit_callbacks(callbacks, base_logger, verbose, steps)
        self._tell(callbacks, batch_size, epochs, steps, verbose, data, held_back)
        validate = held_back and self._validator(held_back, batch_size, validation_steps,
                                                 callbacks)
        self._objective.check_trainable()
        training_arrays.FitLoop(
            self, self._objective.function("train", data.weighted),
            training_arrays.Feed(data.arrays), callbacks, base_logger, batch_size, epochs,
            initial_epoch, checks.shuffle(shuffle), steps, validate, validation_freq).run()
        return self.history

    def _fit_callbacks(self, callbacks, base_logger, verbose, steps):
        self.history = History()
        bar = [ProgbarLogger("samples" if steps is None else "steps",
                             self.stateful_metric_names)] if verbose else []
        made = CallbackList([base_logger] + bar + list(callbacks or []) + [self.history])
        made.set_model(self)
        return made

    def _tell(self, callbacks, batch_size, epochs, steps, verbose, data, held_back):
        names = self.metrics_names
        of_validation = ["val_" + name for name in names] if held_back is not None else []
        callbacks.set_params({
            "batch_size": batch_size if steps is None else None, "epochs": epochs,
            "steps": steps, "samples": data.size, "verbose": verbose,
            "do_validation": held_back is not None, "metrics": names + of_validation})
        for callback in callbacks:
            callback.validation_data = held_back and held_back.for_callbacks(self)
        if verbose and held_back is not None:
            print(f"Train on {data.size} samples, validate on {held_back.size} samples")

    def _validation(self, who, data, validation_data, split, batch_size, steps):
        """(training data, validation data or None)."""
        if validation_data:
            x, y, *weights = validation_data
            return data, self._data(f"{who}, validation_data", x, y, *(weights or [None]), None,
                                    batch_size, steps)
        if not split:
            return data, None
        return data.split(checks.split(who, data.size, split))

    def _validator(self, data, batch_size, steps, callbacks):
        function = self._objective.function("test", data.weighted)
        feed = training_arrays.Feed(data.arrays)

        def validate():
            return training_arrays.test_loop(self, function, feed, batch_size, steps=steps,
                                             callbacks=callbacks)
        return validate

    def evaluate(self, x=None, y=None, batch_size=None, verbose=1, sample_weight=None,
                 steps=None, callbacks=None, max_queue_size=10, workers=1,
                 use_multiprocessing=False):
        """The loss and the metrics on data: a number, or a list in the order of metrics_names."""
        steps = checks.steps("evaluate", "steps", steps)
        batch_size = checks.batch_size("evaluate", batch_size, steps, "steps")
        callbacks = checks.callbacks("evaluate", callbacks)
        data = self._data("evaluate", x, y, sample_weight, None, batch_size, steps)
        return unpack_singleton(training_arrays.test_loop(
            self, self._objective.function("test", data.weighted),
            training_arrays.Feed(data.arrays), batch_size, verbose, steps, callbacks))

    def predict(self, x, batch_size=None, verbose=0, steps=None, callbacks=None,
                max_queue_size=10, workers=1, use_multiprocessing=False):
        """The outputs for inputs: an array, or a list of them."""
        steps = checks.steps("predict", "steps", steps)
        batch_size = checks.batch_size("predict", batch_size, steps, "steps")
        callbacks = checks.callbacks("predict", callbacks)
        arrays = self._inputs("predict", x)
        size = arrays[0].shape[0] if arrays else 0
        stateful = self.stateful  # asks every layer
        if stateful:
            self._check_divisible("predict", size, batch_size)
        checks.fixed_batches("predict", self._feed_input_shapes, size, batch_size, steps)
        if size <= batch_size and not (verbose or steps or callbacks or stateful):
            return self._predicted(arrays)
        return unpack_singleton(training_arrays.predict_loop(
            self, self.predict_function, training_arrays.Feed(arrays), batch_size, verbose,
            steps, callbacks))

    def _predicted(self, arrays):
        function = self.predict_function
        outputs = [function.to_numpy(y) for y in function.run_native(
            [a if type(a) is np.ndarray else training_arrays.whole(a) for a in arrays])]
        return outputs[0] if len(outputs) == 1 else outputs

    # ---- single batches ----

    def train_on_batch(self, x, y, sample_weight=None, class_weight=None, reset_metrics=True):
        """One step on a batch; the loss, or a list of the loss and the metrics.

        reset_metrics: the metrics' values are those of this batch alone.
        """
        data = self._data("train_on_batch", x, y, sample_weight, class_weight)
        self._objective.check_trainable()
        return self._single_step("train", data, reset_metrics)

    def test_on_batch(self, x, y, sample_weight=None, reset_metrics=True):
        """The loss, or a list of the loss and the metrics, on a batch."""
        data = self._data("test_on_batch", x, y, sample_weight)
        return self._single_step("test", data, reset_metrics)

    def _single_step(self, mode, data, reset_metrics):
        arrays = [a if type(a) is np.ndarray else training_arrays.whole(a) for a in data.arrays]
        if reset_metrics and not self._metrics_kept:
            function = self._objective.function_of_one_batch(mode, data.weighted)
            if function is not None:
                results = function.run_native(arrays)
                return unpack_singleton([function.to_numpy(x)[()] for x in results])
        if not self._metrics_kept:
            self.reset_metrics()
        function = self._objective.function(mode, data.weighted)
        loss = function.to_numpy(function.run_native(arrays)[0])[()]
        values = [loss] + self._objective.results()
        self._metrics_kept = not reset_metrics
        return unpack_singleton(values)

    def predict_on_batch(self, x):
        """The outputs for one batch of inputs: an array, or a list of them."""
        return self._predicted(self._inputs("predict_on_batch", x, whole=True))

    # ---- data ----

    def _inputs(self, who, x, whole=False):
        """The input arrays, checked. whole: they are one batch."""
        if not self.inputs:
            self._set_inputs(who, x)
        arrays = training_utils.standardize_input_data(
            x, self._feed_input_names, self._feed_input_shapes, check_batch_axis=whole,
            exception_prefix=f"{who}, input")
        training_utils.require(arrays, self._feed_input_names, f"{who}, input",
                               "the model needs data")
        return [K.SparseRows.of(array) if K.is_sparse(x) else array
                for array, x in zip(arrays, self._feed_inputs)]

    def _data(self, who, x, y, sample_weight=None, class_weight=None, batch_size=None,
              steps=None):
        """Inputs, targets and weights, checked: a `Data`. batch_size: None for one batch."""
        if not self.inputs and getattr(self, "_pending_compile", False):
            self._set_inputs(who, x)
        objective = self._compiled(who)
        inputs = self._inputs(who, x, whole=not batch_size)
        data = Data.of(who, objective, inputs, y, sample_weight, class_weight)
        checks.some_samples(who, data.size)
        if batch_size:
            if self.stateful:
                self._check_divisible(who, data.size, batch_size)
            checks.fixed_batches(who, self._feed_input_shapes, data.size, batch_size, steps)
        return data

    def _check_divisible(self, who, size, batch_size):
        if size % batch_size:
            raise ValueError(errors.message(
                f"{self._who()}, {who}", "a stateful model takes whole batches only",
                f"a number of samples divisible by {batch_size}", size))

    def _set_inputs(self, who, x):
        """Builds a model without inputs for the shapes and dtypes of its first data."""
        arrays = list(x.values()) if isinstance(x, dict) else to_list(x, allow_tuple=True)
        if not self._layers:
            raise ValueError(errors.message(f"{self._who()}, {who}", "a model has layers",
                                            "at least one layer", "none"))
        arrays = [as_array(a, f"{who}, input {i}") for i, a in enumerate(arrays)]
        shapes = [(None,) + tuple(a.shape[1:] or (1,)) for a in arrays]
        if hasattr(self, "add") and len(arrays) == 1:
            self.build(shapes[0])
        else:
            inputs = [Input(batch_shape=shape) for shape in shapes]
            outputs = to_list(self.call(unpack_singleton(inputs)), allow_tuple=True)
            self._name_subclass_ends(inputs, outputs)
        if getattr(self, "_pending_compile", False):
            self._finish_compile()

    def _name_subclass_ends(self, inputs, outputs):
        self.inputs = self._feed_inputs = inputs
        self.outputs = outputs
        self.input_names = self._feed_input_names = [f"input_{i + 1}" for i in range(len(inputs))]
        self.output_names = [f"output_{i + 1}" for i in range(len(outputs))]
        self._feed_input_shapes = [K.int_shape(i) for i in inputs]
        self.built = True


def _added_metrics(layer):
    """Metrics that a layer and those in it have added; not those compiled for inner models."""
    return layer._metrics + [m for inner in layer._layers for m in _added_metrics(inner)]
