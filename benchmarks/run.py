"""Times `fit` and `predict` against the same programs written by hand, interleaved in one run.

    python -m benchmarks                      # every installed backend, every workload
    python -m benchmarks --backend numpy --workload tiny cnn --rounds 15

Machines are noisy, so a round times both programs back to back and the report
gives the median of the rounds' ratios, with the quartiles. Each backend runs in
a process of its own, on one thread unless --threads says otherwise; on one, times
are processor time, which other work on the machine hardly changes. What nobody
would write by hand in NumPy is compared with the PyTorch program.
"""
import argparse
import importlib
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from .imports import report_imports
from .workloads import WORKLOADS

BACKENDS = ("numpy", "torch", "tensorflow")
ROOT = Path(__file__).resolve().parent.parent


def main():
    """Parses the arguments, runs one process a backend and prints the table."""
    options = _options()
    if options.child:
        return _measure(options)
    rows = []
    with tempfile.TemporaryDirectory() as home:  # the user's settings stay out of it
        os.environ["KERAS_HOME"] = home
        for backend in options.backend:
            rows += _rows(backend, options)
        _report(rows)
        report_imports(ROOT, options.rounds)
    return 0


def _rows(backend, options):
    """What the process for one backend measured."""
    threads = str(options.threads)
    command = [sys.executable, "-m", "benchmarks", "--child", "--backend", backend,
               "--workload", *options.workload, "--rounds", str(options.rounds),
               "--threads", threads]
    environment = dict(os.environ, KERAS_BACKEND=backend, TF_CPP_MIN_LOG_LEVEL="3",
                       OMP_NUM_THREADS=threads, OPENBLAS_NUM_THREADS=threads)
    output = subprocess.run(command, env=environment, check=True, text=True, cwd=ROOT,
                            stdout=subprocess.PIPE).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def _options():
    installed = [b for b in BACKENDS if importlib.util.find_spec(b)]
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], prog="benchmarks")
    parser.add_argument("--backend", nargs="+", default=installed, choices=BACKENDS)
    parser.add_argument("--workload", nargs="+", default=list(WORKLOADS), choices=list(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=9, help="rounds a pair (default 9)")
    parser.add_argument("--threads", type=int, default=1, help="threads a process (default 1)")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(options):
    import keras_compat as keras

    (backend,) = options.backend
    clock = time.process_time if options.threads == 1 else time.perf_counter
    _by_hand(backend).limit_threads(options.threads)
    for name in options.workload:
        workload = WORKLOADS[name]
        against = _against(backend, name)
        if against is None:
            continue
        _by_hand(against).limit_threads(options.threads)
        for what, row in _compare(keras, _by_hand(against), workload, options.rounds, clock):
            row.update(backend=backend, workload=name, what=what, against=against)
            print(json.dumps(row), flush=True)


def _by_hand(library):
    return importlib.import_module(f"benchmarks.by_hand.{library}")


def _against(backend, name):
    """The library of the program to compare with, None if it is not installed."""
    if name in _by_hand(backend).PROGRAMS:
        return backend
    return "torch" if importlib.util.find_spec("torch") else None


def _compare(keras, by_hand, workload, rounds, clock):
    """(what, times and ratio) for the training step, and for predicting one sample."""
    x, y = workload.data(workload.batch * workload.steps)
    model, program = workload.model(keras), by_hand.PROGRAMS[workload.name]()

    def fit():
        model.fit(x, y, batch_size=workload.batch, epochs=1, verbose=0)

    def loop():
        # Shuffled, as `fit` does by default; the losses are summed as a history needs them.
        order = _permutation(len(x))
        total = 0.0
        for i in range(0, len(x), workload.batch):
            rows = order[i:i + workload.batch]
            loss = program.step(by_hand.as_input(x[rows]), by_hand.as_input(y[rows]))
            total = total + loss
        return float(by_hand.finish(total))
    yield "fit step", _interleaved(fit, loop, rounds, workload.steps, clock)
    sample = x[:1]
    repeat = _repeats(lambda: model.predict(sample), clock)

    def predict():
        for _ in range(repeat):
            model.predict(sample)

    def call():
        for _ in range(repeat):
            by_hand.finish(program.predict(by_hand.as_input(sample)))
    yield "predict one", _interleaved(predict, call, rounds, repeat, clock)


def _repeats(function, clock, seconds=0.02):
    """How many calls take about so long."""
    function()
    return max(3, int(seconds / min(_timed(function, clock) for _ in range(5))))


def _permutation(n):
    order = np.arange(n)
    np.random.shuffle(order)
    return order


def _interleaved(ours, theirs, rounds, calls, clock):
    for _ in range(2):
        ours()
        theirs()
    pairs = []
    for i in range(rounds):
        first, second = (ours, theirs) if i % 2 else (theirs, ours)
        times = {first: _timed(first, clock), second: _timed(second, clock)}
        pairs.append((times[ours] / calls, times[theirs] / calls))
    ratios = sorted(a / b for a, b in pairs)
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return {"ours_ms": 1e3 * statistics.median(a for a, _ in pairs),
            "by_hand_ms": 1e3 * statistics.median(b for _, b in pairs),
            "ratio": middle, "low": low, "high": high}


def _timed(function, clock):
    start = clock()
    function()
    return clock() - start


def _report(rows):
    print(f"{'backend':<11} {'workload':<10} {'what':<12} {'ours ms':>9} {'by hand':>9} "
          f"{'ratio':>6}  quartiles   against")
    for r in rows:
        print(f"{r['backend']:<11} {r['workload']:<10} {r['what']:<12} {r['ours_ms']:>9.3f} "
              f"{r['by_hand_ms']:>9.3f} {r['ratio']:>6.2f}  {r['low']:.2f}-{r['high']:.2f}   "
              f"{r['against']}")
