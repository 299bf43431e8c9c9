"""Callback, what it may define, and the list that calls several."""
import time
import warnings
from collections import deque

import numpy as np

_SLOW = 0.1


class Callback:
    """Base of the callbacks: methods that `fit`, `evaluate` and `predict` call on the way.

    model: the model. params: a dict with batch_size, epochs, steps, samples, verbose,
    do_validation and metrics (names). `logs` hold the values so far by name.
    """

    def __init__(self):
        self.validation_data = None
        self.model = None
        self.params = None

    def set_params(self, params):
        """Receives `params`."""
        self.params = params

    def set_model(self, model):
        """Receives the model."""
        self.model = model

    def on_batch_begin(self, batch, logs=None):
        """Before a training batch; the older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch, logs=None):
        """After a training batch; the older name of `on_train_batch_end`."""

    def on_epoch_begin(self, epoch, logs=None):
        """Before an epoch of training."""

    def on_epoch_end(self, epoch, logs=None):
        """After an epoch of training and its validation."""

    def on_train_batch_begin(self, batch, logs=None):
        """Before a training batch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        """After a training batch."""
        self.on_batch_end(batch, logs)

    def on_test_batch_begin(self, batch, logs=None):
        """Before a batch of evaluation or validation."""

    def on_test_batch_end(self, batch, logs=None):
        """After a batch of evaluation or validation."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Before a batch of prediction."""

    def on_predict_batch_end(self, batch, logs=None):
        """After a batch of prediction."""

    def on_train_begin(self, logs=None):
        """Before the first epoch."""

    def on_train_end(self, logs=None):
        """After the last epoch."""

    def on_test_begin(self, logs=None):
        """Before an evaluation or validation."""

    def on_test_end(self, logs=None):
        """After an evaluation or validation."""

    def on_predict_begin(self, logs=None):
        """Before a prediction."""

    def on_predict_end(self, logs=None):
        """After a prediction."""


def _defines(callback, names):
    """Whether a callback has an own version of one of these methods of Callback."""
    own = getattr(callback, "__dict__", {})
    return any(name in own or getattr(type(callback), name, None) is not getattr(Callback, name)
               for name in names)


class CallbackList:
    """Calls the methods of several callbacks, in order.

    queue_length: over how many batches the time of the batch hooks is watched.
    """

    def __init__(self, callbacks=None, queue_length=10):
        self.callbacks = list(callbacks or [])
        self.queue_length = queue_length
        self.params = {}
        self.model = None
        self._times = {}
        self._warned = set()

    def append(self, callback):
        """Adds a callback."""
        self.callbacks.append(callback)

    def set_params(self, params):
        """Gives all callbacks the params."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model):
        """Gives all callbacks the model."""
        self.model = model
        for callback in self.callbacks:
            callback.set_model(model)

    def batch_hooks(self, mode, place):
        """The methods to call at a batch: those of callbacks that define one.

        mode: 'train', 'test' or 'predict'. place: 'begin' or 'end'. What follows the
        epoch's totals by itself is left out.
        """
        name = f"on_{mode}_batch_{place}"
        names = (name, f"on_batch_{place}") if mode == "train" else (name,)
        return [self._watched(getattr(callback, name), name) for callback in self.callbacks
                if not getattr(callback, "_follows_totals", False)
                and _defines(callback, names)]

    def _watched(self, method, name):
        """The method, with a warning when it takes longer than a batch."""
        times = self._times.setdefault(name, deque([], maxlen=self.queue_length))

        def call(batch, logs):
            start = time.perf_counter()
            method(batch, logs)
            taken = time.perf_counter() - start
            if taken > _SLOW:
                times.append(taken)
                self._complain(name, times)
        return call

    def _complain(self, name, times):
        if len(times) == self.queue_length and name not in self._warned:
            self._warned.add(name)
            warnings.warn(f"{name} of the callbacks is slow: {np.median(times):.3f} s a batch. "
                          "Check your callbacks.", RuntimeWarning, stacklevel=3)

    def __iter__(self):
        return iter(self.callbacks)


def _forward(name):
    def call(self, *args, **kwargs):
        for callback in self.callbacks:
            getattr(callback, name)(*args, **kwargs)
    call.__name__ = name
    call.__doc__ = f"Calls `{name}` of every callback."
    return call


for _name in [name for name in vars(Callback) if name.startswith("on_")]:
    setattr(CallbackList, _name, _forward(_name))
# Keras called the newer names for both: a callback's own default leads to the older one.
CallbackList.on_batch_begin = CallbackList.on_train_batch_begin
CallbackList.on_batch_end = CallbackList.on_train_batch_end


class LambdaCallback(Callback):
    """A callback made of functions; other hooks of `Callback` can be given as keywords."""

    def __init__(self, on_epoch_begin=None, on_epoch_end=None, on_batch_begin=None,
                 on_batch_end=None, on_train_begin=None, on_train_end=None, **kwargs):
        super().__init__()
        given = dict(on_epoch_begin=on_epoch_begin, on_epoch_end=on_epoch_end,
                     on_batch_begin=on_batch_begin, on_batch_end=on_batch_end,
                     on_train_begin=on_train_begin, on_train_end=on_train_end)
        self.__dict__.update(kwargs)
        self.__dict__.update({name: f for name, f in given.items() if f is not None})
