"""Callbacks that steer training: stopping, the learning rate."""
import warnings

import numpy as np

from .. import backend as K
from ..backend import errors
from .base import Callback


class _Monitor:
    """Which of two values of a monitored quantity is better, by at least `min_delta`."""

    def __init__(self, who, monitor, mode, min_delta):
        if mode not in ("auto", "min", "max"):
            warnings.warn(f"{who}: unknown mode {mode!r}, 'auto' is used", RuntimeWarning,
                          stacklevel=3)
            mode = "auto"
        rising = mode == "max" or mode == "auto" and "acc" in monitor
        self.worst = -np.inf if rising else np.inf
        self._sign = 1 if rising else -1
        self._delta = abs(min_delta)

    def better(self, value, best):
        """Whether `value` improves on `best`."""
        return self._sign * (value - best) > self._delta


def _monitored(who, name, logs):
    """The monitored value, or None with a warning."""
    value = (logs or {}).get(name)
    if value is None:
        warnings.warn(f"{who} is conditioned on metric `{name}` which is not available. "
                      f"Available metrics are: {','.join(logs or {})}", RuntimeWarning,
                      stacklevel=3)
    return value


class TerminateOnNaN(Callback):
    """Stops training when a batch's loss is NaN or infinite."""

    def on_batch_end(self, batch, logs=None):
        """Checks the loss."""
        loss = (logs if logs is not None else {}).get("loss")
        if loss is not None and not np.isfinite(loss):
            print(f"Batch {batch}: Invalid loss, terminating training")
            self.model.stop_training = True


class EarlyStopping(Callback):
    """Stops training when `monitor` has not improved for `patience` epochs.

    min_delta: the least change that counts. mode: 'min', 'max', or 'auto' (by the
    name). baseline: a value to improve on first. restore_best_weights: the weights of
    the best epoch at the end, when training was stopped.
    """

    def __init__(self, monitor="val_loss", min_delta=0, patience=0, verbose=0, mode="auto",
                 baseline=None, restore_best_weights=False):
        super().__init__()
        self.monitor = monitor
        self.baseline = baseline
        self.patience = patience
        self.verbose = verbose
        self.min_delta = min_delta
        self.restore_best_weights = restore_best_weights
        self._judge = _Monitor("EarlyStopping", monitor, mode, min_delta)

    def on_train_begin(self, logs=None):
        """Starts anew, so that the callback can be used again."""
        self.wait = 0
        self.stopped_epoch = 0
        self.best = self._judge.worst if self.baseline is None else self.baseline
        self.best_weights = None

    def on_epoch_end(self, epoch, logs=None):
        """Counts the epochs without improvement."""
        current = _monitored("Early stopping", self.monitor, logs)
        if current is None:
            return
        if self._judge.better(current, self.best):
            self.best = current
            self.wait = 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            return
        self.wait += 1
        if self.wait >= self.patience:
            self._stop(epoch)

    def _stop(self, epoch):
        self.stopped_epoch = epoch
        self.model.stop_training = True
        if self.best_weights is not None:
            if self.verbose > 0:
                print("Restoring model weights from the end of the best epoch")
            self.model.set_weights(self.best_weights)

    def on_train_end(self, logs=None):
        """Says when training was stopped."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            print(f"Epoch {self.stopped_epoch + 1:05d}: early stopping")


def _rate_of(model, who):
    if not hasattr(model.optimizer, "lr"):
        raise ValueError(errors.message(
            who, "the optimizer must have a learning rate", "an attribute `lr`",
            type(model.optimizer).__name__))
    return model.optimizer.lr


class LearningRateScheduler(Callback):
    """Sets the learning rate to `schedule(epoch, rate)` before each epoch.

    A schedule of Keras 2.0 takes the epoch alone. verbose: 1 prints the rate.
    """

    def __init__(self, schedule, verbose=0):
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch, logs=None):
        """Sets the rate."""
        variable = _rate_of(self.model, "LearningRateScheduler")
        rate = float(K.get_value(variable))
        try:
            rate = self.schedule(epoch, rate)
        except TypeError:
            rate = self.schedule(epoch)
        if not isinstance(rate, (float, np.floating)):
            raise ValueError(errors.message(
                "LearningRateScheduler", "the schedule gives the learning rate", "a float",
                repr(rate)))
        K.set_value(variable, rate)
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1:05d}: LearningRateScheduler setting learning rate to "
                  f"{rate}.")

    def on_epoch_end(self, epoch, logs=None):
        """Adds the rate to the logs."""
        if logs is not None:
            logs["lr"] = K.get_value(self.model.optimizer.lr)


class ReduceLROnPlateau(Callback):
    """Multiplies the learning rate by `factor` after `patience` epochs without improvement.

    min_delta: the least change that counts (once called `epsilon`). cooldown: epochs
    after a reduction that do not count. min_lr: the least rate.
    """

    def __init__(self, monitor="val_loss", factor=0.1, patience=10, verbose=0, mode="auto",
                 min_delta=1e-4, cooldown=0, min_lr=0, **kwargs):
        super().__init__()
        if factor >= 1.0:
            raise ValueError(errors.message("ReduceLROnPlateau", "the rate must get smaller",
                                            "factor < 1", factor))
        self.monitor = monitor
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.mode = mode
        self.min_delta = kwargs.pop("epsilon", min_delta)
        self._judge = _Monitor("ReduceLROnPlateau", monitor, mode, self.min_delta)
        self._reset()

    def _reset(self):
        self.best = self._judge.worst
        self.cooldown_counter = 0
        self.wait = 0

    def in_cooldown(self):
        """Whether a reduction was so recent that epochs do not count."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs=None):
        """Starts anew."""
        self._reset()

    def on_epoch_end(self, epoch, logs=None):
        """Counts the epochs without improvement; adds the rate to the logs."""
        logs = {} if logs is None else logs
        logs["lr"] = K.get_value(self.model.optimizer.lr)
        current = _monitored("Reduce LR on plateau", self.monitor, logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._judge.better(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch):
        variable = _rate_of(self.model, "ReduceLROnPlateau")
        rate = float(K.get_value(variable))
        if rate <= self.min_lr:
            return
        rate = max(rate * self.factor, self.min_lr)
        K.set_value(variable, rate)
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1:05d}: ReduceLROnPlateau reducing learning rate to {rate}.")
        self.cooldown_counter = self.cooldown
        self.wait = 0
