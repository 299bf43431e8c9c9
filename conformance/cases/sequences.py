"""Connectionist temporal classification: the loss, by summing over all alignments, and decoding."""
import itertools

import numpy as np

from ..arrays import Given, draw
from ..table import Options, Table

TABLE = Table("sequences")
EPSILON = 1e-7
NARROW = ("float32", "float64")


def _collapsed(path, blank):
    """A path without repetitions, then without blanks."""
    return tuple(k for k, _ in itertools.groupby(path) if k != blank)


def _probability(steps, labels):
    """The sum over all paths that collapse to the labels."""
    blank = steps.shape[1] - 1
    return sum(np.prod([steps[t, k] for t, k in enumerate(path)])
               for path in itertools.product(range(steps.shape[1]), repeat=len(steps))
               if _collapsed(path, blank) == labels)


@TABLE.reference("ctc_batch_cost", scale=lambda **a: 10 + np.abs(np.nan_to_num(
    ctc_batch_cost(**a), posinf=0)), terms=lambda y_pred, **a: y_pred.shape[1])
def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """-log of the probability of the labels, blank last, after renormalising p + epsilon."""
    costs = []
    for labels, steps, time, count in zip(y_true, y_pred, input_length.ravel(),
                                          label_length.ravel()):
        shares = (steps + EPSILON) / (steps + EPSILON).sum(axis=1, keepdims=True)
        costs.append(-np.log(_probability(shares[:int(time)],
                                          tuple(int(k) for k in labels[:int(count)]))))
    return np.array(costs)[:, None]


LABELS = Given([[0, 1], [1, 1], [0, 0]], "labels with a repetition", "int32")
PREDICTIONS = draw(3, 4, 3, low=0.1, high=1.0)
TABLE.cases("ctc_batch_cost", dtypes=NARROW, y_true=LABELS, y_pred=PREDICTIONS,
            input_length=[Given([[4], [4], [3]], "some shorter", "int32")],
            label_length=[Given([[2], [2], [1]], "some shorter", "int32"),
                          Given([[2], [0], [1]], "one empty", "int32")],
            options=Options(unknown="batch"))
TABLE.cases("ctc_batch_cost", dtypes=NARROW, y_true=Given([[1, 1]], "too long", "int32"),
            y_pred=draw(1, 2, 3, low=0.1, high=1.0), input_length=Given([[2]], "2", "int32"),
            label_length=Given([[2]], "2", "int32"), options=Options(smooth=False, unknown="batch"))


@TABLE.reference("ctc_label_dense_to_sparse")
def ctc_label_dense_to_sparse(labels, label_lengths):
    """The labels, with zeros beyond each sample's length."""
    return np.where(np.arange(labels.shape[1]) < label_lengths[:, None], labels, 0)


TABLE.cases("ctc_label_dense_to_sparse", dtypes=("int32", "int64"), labels=draw(3, 4, high=9),
            label_lengths=Given([4, 0, 2], "three", "int32"))


@TABLE.reference("ctc_decode", terms=lambda **a: a["y_pred"].shape[1], scale=lambda **a: [
    np.zeros(()), 10 + np.abs(ctc_decode(**a)[1])])
def ctc_decode(y_pred, input_length, greedy=True, beam_width=100, top_paths=1,
               merge_repeated=False):
    """(labels padded with -1, score): the best path, or all labellings by brute force."""
    found, scores = [], []
    for steps, time in zip(y_pred, input_length):
        labels, score = (_best_path if greedy else _best_labelling)(steps[:int(time)])
        found.append(labels)
        scores.append([score])
    longest = max(map(len, found))
    padded = [list(labels) + [-1] * (longest - len(labels)) for labels in found]
    return np.array(padded, dtype="int64").reshape(len(found), longest), np.array(scores)


def _best_path(steps):
    path = steps.argmax(axis=1)
    return _collapsed(path, steps.shape[1] - 1), -np.log(steps.max(axis=1) + EPSILON).sum()


def _best_labelling(steps):
    shares = (steps + EPSILON) / (steps + EPSILON).sum(axis=1, keepdims=True)
    blank = steps.shape[1] - 1
    every = {_collapsed(p, blank) for p in itertools.product(range(blank + 1), repeat=len(steps))}
    chances = {labels: _probability(shares, labels) for labels in every}
    best = max(chances, key=chances.get)
    return best, np.log(chances[best])


TABLE.cases("ctc_decode", dtypes=NARROW, y_pred=PREDICTIONS, greedy=[True, False],
            input_length=Given([4, 2, 3], "some shorter", "int32"),
            options=Options(unknown="none", tolerance="recurrent", smooth=False))
