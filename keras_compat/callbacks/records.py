"""Callbacks that record or show: totals of an epoch, History, the progress bar, CSV files."""
import csv
import os
from collections import OrderedDict
from collections.abc import Iterable

import numpy as np

from ..backend import errors
from ..utils.progbar import Progbar
from .base import Callback
from .logs import BatchLogs


class BaseLogger(Callback):
    """Adds the epoch's means to its logs; the first of the callbacks of `fit`.

    stateful_metrics: names of values that are taken as they are after the last batch;
    others are averaged over the samples.
    """

    def __init__(self, stateful_metrics=None):
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or ())
        self.tally = None
        self.seen = 0
        self.totals = {}

    def follow(self, tally):
        """Takes the means from these totals, in place of adding up the logs of batches."""
        self.tally = tally

    @property
    def _follows_totals(self):
        return self.tally is not None

    def on_epoch_begin(self, epoch, logs=None):
        """Starts anew."""
        self.seen = 0
        self.totals = {}

    def on_batch_end(self, batch, logs=None):
        """Adds the values of a batch."""
        logs = logs or {}
        size = logs.get("size", 0)
        self.seen += size
        for name, value in logs.items():
            if name in self.stateful_metrics:
                self.totals[name] = value
            else:
                self.totals[name] = self.totals.get(name, 0) + value * size

    def on_epoch_end(self, epoch, logs=None):
        """Writes the means into the logs."""
        if logs is None:
            return
        means = self.tally.means() if self.tally else {
            name: total if name in self.stateful_metrics else total / max(self.seen, 1)
            for name, total in self.totals.items()}
        logs.update({name: means[name] for name in self.params["metrics"] if name in means})


class History(Callback):
    """Records the logs of each epoch: `history` maps a name to a list, `epoch` lists numbers."""

    def on_train_begin(self, logs=None):
        """Starts anew."""
        self.epoch = []
        self.history = {}

    def on_epoch_end(self, epoch, logs=None):
        """Adds an epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class ProgbarLogger(Callback):
    """The progress bar of `fit`.

    count_mode: 'samples' or 'steps'. stateful_metrics: names of values that are
    shown as they are; others are averaged.
    """

    def __init__(self, count_mode="samples", stateful_metrics=None):
        super().__init__()
        if count_mode not in ("samples", "steps"):
            raise ValueError(errors.message("ProgbarLogger", "unknown count_mode",
                                            "'samples' or 'steps'", repr(count_mode)))
        self.use_steps = count_mode == "steps"
        self.stateful_metrics = set(stateful_metrics or ())

    def on_train_begin(self, logs=None):
        """Notes what to show."""
        self.verbose = self.params["verbose"]
        self.epochs = self.params["epochs"]

    def on_epoch_begin(self, epoch, logs=None):
        """Starts a bar."""
        if self.verbose:
            print(f"Epoch {epoch + 1}/{self.epochs}")
        self.target = self.params["steps" if self.use_steps else "samples"]
        self.progbar = Progbar(target=self.target, verbose=self.verbose,
                               stateful_metrics=self.stateful_metrics)
        self.seen = 0

    def on_batch_end(self, batch, logs=None):
        """Draws the bar, if it is time to; the last batch is left to the epoch's end."""
        logs = {} if logs is None else logs
        self.seen += 1 if self.use_steps else logs.get("size", 0)
        if not self.verbose or self.target is not None and self.seen >= self.target:
            return
        if isinstance(logs, BatchLogs):
            if self.progbar.due(self.seen):
                self._show(logs.tally.means())
        else:
            self.progbar.update(self.seen, self._named(logs))

    def on_epoch_end(self, epoch, logs=None):
        """Draws the finished bar, with the validation's values."""
        if self.verbose:
            self.progbar.target = self.seen
            self._show(logs or {})

    def _named(self, logs):
        return [(name, logs[name]) for name in self.params["metrics"] if name in logs]

    def _show(self, values):
        """Draws with values that are averages already."""
        values = self._named(values)
        self.progbar.stateful_metrics.update(name for name, _ in values)
        self.progbar.update(self.seen, values)


class CSVLogger(Callback):
    """Writes the logs of each epoch as a line of a CSV file.

    append: adds to a file that is there (without a second header) instead of
    replacing it.
    """

    def __init__(self, filename, separator=",", append=False):
        super().__init__()
        self.filename = filename
        self.sep = separator
        self.append = append
        self.writer = None
        self.keys = None
        self.append_header = True

    def on_train_begin(self, logs=None):
        """Opens the file."""
        if self.append and os.path.exists(self.filename):
            with open(self.filename, encoding="utf-8") as present:
                self.append_header = not present.readline()
        self.csv_file = open(self.filename, "a" if self.append else "w", newline="",
                             encoding="utf-8")

    def on_epoch_end(self, epoch, logs=None):
        """Writes a line; the keys are those of the first epoch."""
        logs = logs or {}
        if self.writer is None:
            self.keys = sorted(logs)
            self.writer = csv.DictWriter(self.csv_file, delimiter=self.sep,
                                         fieldnames=["epoch"] + self.keys)
            if self.append_header:
                self.writer.writeheader()
        row = OrderedDict(epoch=epoch)
        row.update((key, _cell(logs.get(key, "NA"))) for key in self.keys)
        self.writer.writerow(row)
        self.csv_file.flush()

    def on_train_end(self, logs=None):
        """Closes the file."""
        self.csv_file.close()
        self.writer = None


def _cell(value):
    """A value as a CSV field: a vector in brackets and quotes."""
    if isinstance(value, Iterable) and not isinstance(value, str) and np.ndim(value):
        return '"[' + ", ".join(map(str, value)) + ']"'
    return value
