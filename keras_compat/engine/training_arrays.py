"""The loops of fit, evaluate and predict over arrays.

A batch is a slice of the arrays (a view where they are not shuffled) and one call of
a compiled function. What it returns stays native; numbers are read once an epoch,
when the progress bar is drawn, or when a callback asks for them.
"""
import sys

import numpy as np

from .. import backend as K
from ..backend import errors
from ..callbacks.base import CallbackList
from ..callbacks.logs import BatchLogs, Tally
from ..utils.progbar import Progbar
from .training_utils import batch_shuffle, make_batches, should_run_validation

# ---- arrays ----


class Feed:
    """Arrays of equal length that are fed together, batch by batch."""

    def __init__(self, arrays):
        self.size = arrays[0].shape[0] if arrays else None
        self._sources = [_source(a) for a in arrays]

    def rows(self, start, stop):
        """The samples from `start` up to `stop`; views where that is possible."""
        return [source[start:stop] for source in self._sources]

    def take(self, indices):
        """Copies of the samples at these indices."""
        return [source.take(indices, 0) for source in self._sources]


def _source(array):
    plain = type(array) is np.ndarray and array.flags.c_contiguous
    return array if plain or isinstance(array, K.SparseRows) else _Reader(array)


class _Reader:
    """Reads batches of anything that can be sliced: HDF5 data sets, sparse matrices, views."""

    def __init__(self, array):
        self._array = array

    def __getitem__(self, rows):
        return _dense(self._array[rows])

    def take(self, indices, axis):
        """The rows at these indices; they are read in rising order, as HDF5 demands."""
        if isinstance(self._array, (np.ndarray, K.SparseArray)):
            return _dense(self._array[indices])
        order = np.argsort(indices)
        rows = _dense(self._array[indices[order].tolist()])
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return rows[back]


class Part:
    """Some successive rows of an array that can only be sliced, read when they are needed."""

    def __init__(self, array, start, stop):
        self._array = array
        self._start = start
        self.shape = (stop - start,) + tuple(array.shape[1:])
        self.dtype = array.dtype

    def __getitem__(self, rows):
        start = self._start
        if isinstance(rows, slice):
            first, last, step = rows.indices(self.shape[0])
            return self._array[first + start:last + start:step]
        return self._array[[row + start for row in rows]]


def part(array, start, stop):
    """Rows of an array from `start` up to `stop`, without reading them."""
    if isinstance(array, (np.ndarray, K.SparseArray)):
        return array[start:stop]
    return Part(array, start, stop)


def _dense(rows):
    return np.ascontiguousarray(rows.toarray() if hasattr(rows, "toarray") else rows)


def to_float(function):
    """A function that makes a Python float of a native loss of a compiled function."""
    to_numpy = function.to_numpy

    def convert(native):
        array = to_numpy(native)
        # np.mean takes longer than the rest of a small step's bookkeeping
        return float(np.mean(array) if array.ndim else array)
    return convert


def spans_of(size, batch_size, steps):
    """(start, stop) of each batch; with `steps`, that many times all of the data.

    size: None where the data are tensors of the graph; such steps count as 1.
    """
    if steps is not None:
        return [(0, 1 if size is None else size)] * steps
    if size is None:
        raise ValueError(errors.message(
            "steps", "data that are tensors of the graph have no number of samples",
            "steps_per_epoch (or steps, validation_steps)", "None"))
    return make_batches(size, batch_size)


def _references(logs):
    return sys.getrefcount(logs)


def _references_of_a_local():
    logs = {}
    return _references(logs)


_UNKEPT = _references_of_a_local()


def _call_all(hooks, batch, logs):
    for hook in hooks:
        hook(batch, logs)


# ---- fit ----

class FitLoop:
    """Training on arrays.

    function: the compiled step. feed: inputs, targets and weights. validate: a function
    that returns the validation's values in the order of the names, or None.
    """

    def __init__(self, model, function, feed, callbacks, base_logger, batch_size=32, epochs=1,
                 initial_epoch=0, shuffle=True, steps=None, validate=None, validation_freq=1):
        self.model = model
        self.function = function
        self.feed = feed
        self.callbacks = callbacks
        self.base_logger = base_logger
        self.epochs = range(initial_epoch, epochs)
        self.batch_size = batch_size
        self.shuffle = shuffle if steps is None else False
        self.spans = spans_of(feed.size, batch_size, steps)
        self.validate = validate
        self.validation_freq = validation_freq
        self._order = np.arange(feed.size or 0)

    def run(self):
        """Trains; the model's `stop_training` ends it early."""
        self.model.stop_training = False
        self.callbacks.on_train_begin({})
        for epoch in self.epochs:
            self._epoch(epoch)
            if self.model.stop_training:
                break
        self.callbacks.on_train_end({})

    def _epoch(self, epoch):
        model, callbacks = self.model, self.callbacks
        model.reset_metrics()
        callbacks.on_epoch_begin(epoch, {})
        tally = Tally(model.metrics_names, to_float(self.function), model._objective.results)
        self.base_logger.follow(tally)
        complete = self._batches(tally)
        logs = {}
        if self.validate and complete and should_run_validation(self.validation_freq, epoch):
            tally.close()
            logs.update(("val_" + name, value)
                        for name, value in zip(model.metrics_names, self.validate()))
        callbacks.on_epoch_end(epoch, logs)

    def _batches(self, tally):
        """Trains on the batches of an epoch; whether on all of them."""
        model = self.model
        begin = self.callbacks.batch_hooks("train", "begin")
        end = self.callbacks.batch_hooks("train", "end")
        run = self.function.run_native
        batches = self._arrays()
        if not begin and not end:
            for size, arrays in batches:
                tally.add(size, run(arrays)[0])
                if model.stop_training:
                    break
            return next(batches, None) is None
        for number, (start, stop) in enumerate(self.spans):
            _call_all(begin, number, {"batch": number, "size": stop - start})
            size, arrays = next(batches)
            loss = run(arrays)[0]
            tally.add(size, loss)
            logs = BatchLogs(number, size, tally, loss)
            _call_all(end, number, logs)
            if _references(logs) > _UNKEPT:  # a callback keeps them; later values differ
                logs.fill()
            if model.stop_training:
                break
        return next(batches, None) is None

    def _arrays(self):
        """(size, arrays) of each batch of an epoch."""
        feed, order = self.feed, self._shuffled()
        for start, stop in self.spans:
            yield stop - start, (feed.rows(start, stop) if order is None
                                 else feed.take(order[start:stop]))

    def _shuffled(self):
        """The epoch's order of the samples, or None for the order that they have.

        It comes from NumPy's global generator as in Keras, so that a seed gives the
        same batches on every backend.
        """
        if isinstance(self.shuffle, str) and self.shuffle == "batch":
            self._order = batch_shuffle(self._order, self.batch_size)
        elif self.shuffle:
            np.random.shuffle(self._order)
        else:
            return None
        return self._order


# ---- evaluate and predict ----

def _bar(size, steps, verbose):
    """A progress bar, or None."""
    return Progbar(target=size if steps is None else steps) if verbose == 1 else None


def _advance(bar, steps, number, stop):
    if bar is not None:
        bar.update(stop if steps is None else number + 1)


def callback_list(model, callbacks, **params):
    """The CallbackList for a run, told of the model and the params."""
    if isinstance(callbacks, CallbackList):
        return callbacks
    made = CallbackList(callbacks)
    made.set_model(model)
    made.set_params(params)
    return made


def test_loop(model, function, feed, batch_size=32, verbose=0, steps=None, callbacks=None):
    """Evaluates on arrays: a list of the loss and the metrics."""
    callbacks = callback_list(model, callbacks, batch_size=batch_size, steps=steps,
                              samples=feed.size, verbose=verbose)
    model.reset_metrics()
    tally = Tally(model.metrics_names, to_float(function), model._objective.results)
    begin, end = (callbacks.batch_hooks("test", place) for place in ("begin", "end"))
    bar = _bar(feed.size, steps, verbose)
    callbacks.on_test_begin({})
    for number, (start, stop) in enumerate(spans_of(feed.size, batch_size, steps)):
        _call_all(begin, number, {"batch": number, "size": stop - start})
        loss = function.run_native(feed.rows(start, stop))[0]
        tally.add(stop - start, loss)
        if end:
            logs = BatchLogs(number, stop - start, tally, loss)
            _call_all(end, number, logs)
            if _references(logs) > _UNKEPT:  # a callback keeps them; later values differ
                logs.fill()
        _advance(bar, steps, number, stop)
    callbacks.on_test_end({})
    return tally.values()


def predict_loop(model, function, feed, batch_size=32, verbose=0, steps=None, callbacks=None):
    """Predicts for arrays: a list with an array for each output."""
    callbacks = callback_list(model, callbacks, batch_size=batch_size, steps=steps,
                              samples=feed.size, verbose=verbose)
    begin, end = (callbacks.batch_hooks("predict", place) for place in ("begin", "end"))
    bar = _bar(feed.size, steps, verbose)
    spans = spans_of(feed.size, batch_size, steps)
    collected = _Outputs(None if steps else feed.size)
    callbacks.on_predict_begin({})
    for number, (start, stop) in enumerate(spans):
        _call_all(begin, number, {"batch": number, "size": stop - start})
        outputs = [function.to_numpy(y) for y in function.run_native(feed.rows(start, stop))]
        collected.add(outputs, stop - start)
        _call_all(end, number, {"batch": number, "size": stop - start, "outputs": outputs})
        _advance(bar, steps, number, stop)
    callbacks.on_predict_end({})
    return collected.arrays()


class _Outputs:
    """Arrays for all samples, filled batch by batch; the arrays of a single batch as they are.

    size: number of samples, None if unknown.
    """

    def __init__(self, size):
        self._size = size
        self._done = 0
        self._parts = []
        self._filled = None

    def add(self, outputs, size):
        """Adds a batch."""
        if self._size is None or size == self._size:
            self._parts.append(outputs)
            return
        if self._filled is None:
            self._filled = [np.empty((self._size,) + y.shape[1:], dtype=y.dtype) for y in outputs]
        for array, y in zip(self._filled, outputs):
            array[self._done:self._done + size] = y
        self._done += size

    def arrays(self):
        """An array for each output."""
        if self._filled is not None or len(self._parts) == 1:
            return self._filled or self._parts[0]
        return [np.concatenate(parts) for parts in zip(*self._parts)]


def whole(array):
    """All rows of anything that can be sliced, as an array."""
    return _source(array)[0:array.shape[0]]
