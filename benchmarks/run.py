"""Times `fit` and `predict` against the same programs written by hand, interleaved in one run.

    python benchmarks/run.py                      # every installed backend, every workload
    python benchmarks/run.py --backend numpy --workload tiny cnn --rounds 15

Machines are noisy, so a round times both programs back to back and the report
gives the median of the rounds' ratios, with the quartiles. Each backend runs in
a process of its own, on one thread unless --threads says otherwise.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

BACKENDS = ("numpy", "torch", "tensorflow")


def main():
    """Parses the arguments and runs one process a backend."""
    options = _options()
    if options.child:
        return _measure(options)
    rows = []
    for backend in options.backend:
        command = [sys.executable, os.path.abspath(__file__), "--child", "--backend", backend,
                   "--workload", *options.workload, "--rounds", str(options.rounds),
                   "--threads", str(options.threads)]
        environment = dict(os.environ, KERAS_BACKEND=backend, TF_CPP_MIN_LOG_LEVEL="3",
                           OMP_NUM_THREADS=str(options.threads),
                           OPENBLAS_NUM_THREADS=str(options.threads))
        output = subprocess.run(command, env=environment, check=True, text=True,
                                stdout=subprocess.PIPE).stdout
        rows += [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    _report(rows)
    return 0


def _options():
    from workloads import WORKLOADS

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backend", nargs="+", default=list(BACKENDS), choices=BACKENDS)
    parser.add_argument("--workload", nargs="+", default=list(WORKLOADS), choices=list(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=9, help="rounds a pair (default 9)")
    parser.add_argument("--threads", type=int, default=1, help="threads a process (default 1)")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(options):
    import importlib

    import keras_compat as keras
    from workloads import WORKLOADS

    (backend,) = options.backend
    by_hand = importlib.import_module(f"by_hand_{backend}")
    _limit_threads(backend, options.threads)
    for name in options.workload:
        workload = WORKLOADS[name]
        for what, row in _compare(keras, by_hand, workload, options.rounds):
            print(json.dumps(dict(row, backend=backend, workload=name, what=what)), flush=True)


def _limit_threads(backend, threads):
    if backend == "torch":
        import torch
        torch.set_num_threads(threads)
    if backend == "tensorflow":
        import tensorflow as tf
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


def _compare(keras, by_hand, workload, rounds):
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
    yield "fit step", _interleaved(fit, loop, rounds, workload.steps)
    sample = x[:1]
    repeat = 200 if workload.name == "tiny" else 20

    def predict():
        for _ in range(repeat):
            model.predict(sample)

    def call():
        for _ in range(repeat):
            by_hand.finish(program.predict(by_hand.as_input(sample)))
    yield "predict one", _interleaved(predict, call, rounds, repeat)


def _permutation(n):
    import numpy as np

    order = np.arange(n)
    np.random.shuffle(order)
    return order


def _interleaved(ours, theirs, rounds, calls):
    for _ in range(2):
        ours()
        theirs()
    pairs = []
    for i in range(rounds):
        first, second = (ours, theirs) if i % 2 else (theirs, ours)
        times = {first: _timed(first), second: _timed(second)}
        pairs.append((times[ours] / calls, times[theirs] / calls))
    ratios = sorted(a / b for a, b in pairs)
    low, middle, high = statistics.quantiles(ratios, n=4)
    return {"ours_ms": 1e3 * statistics.median(a for a, _ in pairs),
            "by_hand_ms": 1e3 * statistics.median(b for _, b in pairs),
            "ratio": middle, "low": low, "high": high}


def _timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _report(rows):
    print(f"{'backend':<11} {'workload':<9} {'what':<12} {'ours ms':>9} {'by hand':>9} "
          f"{'ratio':>6}  quartiles")
    for r in rows:
        print(f"{r['backend']:<11} {r['workload']:<9} {r['what']:<12} {r['ours_ms']:>9.3f} "
              f"{r['by_hand_ms']:>9.3f} {r['ratio']:>6.2f}  {r['low']:.2f}-{r['high']:.2f}")


if __name__ == "__main__":
    sys.exit(main())
