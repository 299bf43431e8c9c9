"""The recorded numbers of Keras 2.3.1 as cases: one per record of each group."""
import numpy as np

from keras_compat.backend import selection

from . import (golden_backend, golden_files, golden_functions, golden_models, golden_runner,
               outcome)
from .tolerance import Verdict

# group -> (what runs a record, relative and absolute tolerance): the original computed in
# float32, so that ten steps of training agree to about four digits.
GROUPS = {
    "backend": (golden_backend.run_backend_case, 1e-4),
    "functions": (golden_functions.run_function_case, 1e-4),
    "layers": (golden_runner.run_layer_case, 1e-4),
    "optimizers": (golden_models.run_optimizer_case, 2e-4),
    "models": (golden_models.run_model_case, 1e-3),
    "keras1": (golden_files.run_keras1_case, 1e-4),
}

# After training, weights that rounding noise moves: compared to the learning rate times the steps.
_LOOSE = 5e-2


def ids(group, folder=None):
    """The case ids of a group."""
    records, _ = golden_runner.load_group(group, folder)
    return tuple(f"golden {group}: {record['case']}" for record in records)


def run(backend, group, chosen, folder=None):
    """An `Outcome` per id."""
    records, arrays = golden_runner.load_group(group, folder)
    by_id = {f"golden {group}: {record['case']}": record for record in records}
    with selection.set_backend(backend):
        return [_outcome(one, by_id[one], arrays, group) for one in chosen]


def _outcome(case_id, record, arrays, group):
    run_case, bound = GROUPS[group]
    try:
        pairs = run_case(record, golden_runner.arrays_of(record, arrays))
        return outcome.judged(case_id, f"golden_{group}", "golden", _verdicts(pairs, record, bound))
    except Exception as error:
        return outcome.raised(case_id, f"golden_{group}", "golden", error)


def _verdicts(pairs, record, bound):
    loose = record.get("loose_weights") or ()
    trained = {f"weight{i}" for i in loose} | ({"predict0", "evaluate"} if loose else set())
    verdicts = [_verdict(pair, _LOOSE if pair.role in trained else bound) for pair in pairs]
    if not verdicts:
        verdicts.append(Verdict(False, 0.0, "Expected something to compare; received nothing"))
    return verdicts


def _verdict(pair, bound):
    if not isinstance(pair.expected, np.ndarray):
        same = _same(pair.got, pair.expected)
        return Verdict(same, 0.0, f"{pair.role}: Expected {pair.expected!r}; "
                                  f"received {pair.got!r}"[:400])
    if pair.got is None:
        return Verdict(False, 0.0, f"{pair.role}: Expected an array; received None")
    got, wanted = np.asarray(pair.got, "float64"), np.asarray(pair.expected, "float64")
    if got.shape != wanted.shape:
        return Verdict(False, np.inf, f"{pair.role}: Expected shape {wanted.shape}; "
                                      f"received {got.shape}")
    return _near(pair.role, got, wanted, bound)


def _near(role, got, wanted, bound):
    with np.errstate(all="ignore"):
        ratio = np.abs(got - wanted) / (bound * (1 + np.abs(wanted)))
    equal = (got == wanted) | (np.isnan(got) & np.isnan(wanted))
    ratio = np.where(equal, 0.0, np.where(np.isnan(ratio), np.inf, ratio))
    worst = float(ratio.max(initial=0.0))
    return Verdict(worst <= 1.0, worst, f"{role}: Expected an error within {bound} of what Keras "
                                        f"2.3.1 computed; received {worst * bound:.3g}")


def _same(got, wanted):
    """Configs agree with floats to float32; extra entries of ours are looked for elsewhere."""
    if isinstance(wanted, dict):
        return isinstance(got, dict) and set(got) == set(wanted) and all(
            _same(got[k], v) for k, v in wanted.items())
    if isinstance(wanted, list):
        return isinstance(got, (list, tuple)) and len(got) == len(wanted) and all(
            map(_same, got, wanted))
    if isinstance(wanted, float):
        return bool(np.isclose(float(got), wanted, rtol=1e-6))
    return got == wanted or str(got) == str(wanted)
