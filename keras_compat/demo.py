"""`keras-compat demo`: one old script, every installed backend, the same numbers.

The script `digits_cnn.py` is run as it is. While it trains, `_Watch` times its
epochs and sees to it that every backend starts from the weights that the first
one drew; shuffles and dropout are the same through portable random numbers.

Training amplifies rounding: where it decides on which side of zero a ReLU falls, the
difference enters the gradients and grows from then on. So the table gives the weights
after one epoch too, and has a yardstick: the first backend once more, from initial
weights that are one rounding (one unit in the last place) away.
"""
import contextlib
import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

import numpy as np

from . import callbacks, models
from .backend import config, selection
from .datasets import digits
from .legacy import aliases

FIRST = config.DEFAULTS["backend"]
SCRIPT = "digits_cnn.py"
YARDSTICK = "rounding"
_COLUMNS = ("backend", "test accuracy", "s / epoch", "weights differ: epoch 1", "at the end",
            "predictions differ")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_LEGEND = f"""
Differences are the greatest ones from {FIRST}. Sooner or later a rounding decides on which side
of zero a ReLU falls, and from there on differences grow. "{YARDSTICK}" shows how far that leads:
{FIRST} once more, from initial weights changed in their last bit."""


class Run(NamedTuple):
    """What one backend made of the script."""

    name: str
    accuracy: float
    seconds_per_epoch: float
    initial: list
    early: list
    final: list
    predictions: np.ndarray


def main():
    """Runs the demo; returns the exit status.

    In a process of its own with one BLAS thread, unless the user has chosen a number:
    the network is too small for more, and where another program takes a core, NumPy's
    BLAS waits for its second thread twenty times as long as it computes.
    """
    if any(name in os.environ for name in _THREADS):
        return compare()
    environment = dict(os.environ, **dict.fromkeys(_THREADS, "1"))
    return subprocess.call([sys.executable, "-m", "keras_compat", "demo"], env=environment)


def compare():
    """Trains on every installed backend and prints the table; returns the exit status."""
    script = os.path.join(_examples_folder(), SCRIPT)
    config.set_random_mode("portable")
    runs = []
    for name in _names():
        print(f"\n=== {SCRIPT} on {name} ===", flush=True)
        runs.append(run_example(script, name, runs[0].initial if runs else None))
    if len(runs) > 1:
        print(f"\n=== {SCRIPT} on {FIRST}, one rounding away ===", flush=True)
        runs.append(run_example(script, FIRST, nudged(runs[0].initial))._replace(name=YARDSTICK))
    print("\n" + table(runs))
    if len(runs) > 1:
        print(_LEGEND)
    _mention_the_rest()
    return 0


def run_example(script, name, initial=None):
    """Runs the script on one backend, from the given initial weights if there are any."""
    with selection.set_backend(name), _watching(initial) as watch:
        found = aliases.run_script(script, [digits.PATH])
        model = found["model"]
        return Run(name, float(found["score"][1]), statistics.median(watch.seconds), watch.initial,
                   watch.early, model.get_weights(), model.predict(found["x_test"]))


def table(runs):
    """The comparison as text: one line a backend, differences from the first one."""
    rows = [_COLUMNS] + [_row(run, runs[0]) for run in runs]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_COLUMNS))]
    lines = ["  ".join(text.ljust(width) if i == 0 else text.rjust(width)
                       for i, (text, width) in enumerate(zip(row, widths))) for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0])] + lines[1:])


def _row(run, first):
    pairs = ((run.early, first.early), (run.final, first.final),
             ([run.predictions], [first.predictions]))
    differences = ["-" if run is first else f"{difference(*pair):.1e}" for pair in pairs]
    return (run.name, f"{run.accuracy:.2%}", f"{run.seconds_per_epoch:.2f}", *differences)


def nudged(weights):
    """The weights, each moved to the next number toward zero; zeros stay zeros.

    A bias that moved off zero would switch on every ReLU over a blank background,
    which no rounding does.
    """
    return [np.nextafter(w, np.zeros_like(w)) for w in weights]


def difference(ours, theirs):
    """The greatest absolute difference between two lists of arrays."""
    return max(float(abs(a - b).max()) for a, b in zip(ours, theirs))


# ---- what the script does not say ----

class _Watch(callbacks.Callback):
    """Gives a model its initial weights (or takes them down) and times its epochs.

    early: the weights after the first epoch.
    """

    def __init__(self, initial):
        super().__init__()
        self.initial = initial
        self.early = None
        self.seconds = []

    def on_train_begin(self, logs=None):
        if self.initial is None:
            self.initial = self.model.get_weights()
        else:
            self.model.set_weights(self.initial)

    def on_epoch_begin(self, epoch, logs=None):
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self._start)
        if self.early is None:
            self.early = self.model.get_weights()


@contextlib.contextmanager
def _watching(initial):
    """Every `fit` in the block has the watch among its callbacks."""
    watch, fit = _Watch(initial), models.Model.fit

    def watched(model, *args, **kwargs):
        kwargs["callbacks"] = [watch, *(kwargs.get("callbacks") or ())]
        return fit(model, *args, **kwargs)

    models.Model.fit = watched
    try:
        yield watch
    finally:
        models.Model.fit = fit


def _names():
    installed = [name for name, state in selection.available().items() if state.installed]
    return [FIRST] + [name for name in installed if name != FIRST]


def _mention_the_rest():
    for name, state in selection.available().items():
        if not state.installed:
            print(f"{name} is not installed: {state.hint}", file=sys.stderr)


def _examples_folder():
    selection.reach_source_tree()
    from . import examples

    return os.path.dirname(os.path.abspath(examples.__file__))
