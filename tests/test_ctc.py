"""CTC against a sum over all alignments."""
import itertools

import numpy as np
import pytest

import keras_compat.backend as K

EPSILON = 1e-7


def probabilities(samples, time, classes, seed=0):
    scores = np.exp(2 * np.random.default_rng(seed).normal(size=(samples, time, classes)))
    return scores / scores.sum(-1, keepdims=True)


def collapsed(alignment, blank):
    merged = [c for i, c in enumerate(alignment) if i == 0 or c != alignment[i - 1]]
    return tuple(c for c in merged if c != blank)


def by_labels(rows):
    """The probability of each sequence of labels: all alignments of one sample."""
    rows = rows + EPSILON
    rows = rows / rows.sum(-1, keepdims=True)
    found = {}
    for alignment in itertools.product(range(rows.shape[1]), repeat=len(rows)):
        labels = collapsed(alignment, rows.shape[1] - 1)
        weight = np.prod(rows[np.arange(len(rows)), list(alignment)])
        found[labels] = found.get(labels, 0.) + weight
    return found


LABELS = np.array([[0, 1, 1], [2, -1, -1], [1, 1, 7], [0, 0, 0]])
LABEL_LENGTH = np.array([[3], [1], [2], [0]])
INPUT_LENGTH = np.array([[5], [2], [4], [3]])


@pytest.fixture
def float64(settings):
    settings.set_floatx("float64")


def cost(y_pred, labels=LABELS, input_length=INPUT_LENGTH, label_length=LABEL_LENGTH):
    x = K.placeholder((None, None, y_pred.shape[2]))
    value = K.ctc_batch_cost(labels, x, input_length, label_length)
    assert tuple(value.shape)[1] == 1
    return x, value


def test_cost_is_the_sum_over_all_alignments(backend, float64):
    y_pred = probabilities(4, 5, 4)
    x, value = cost(y_pred)
    got = K.function([x], [value])([y_pred])[0]
    for i in range(4):
        labels = tuple(LABELS[i, :LABEL_LENGTH[i, 0]])
        expected = -np.log(by_labels(y_pred[i, :INPUT_LENGTH[i, 0]])[labels])
        np.testing.assert_allclose(got[i, 0], expected, rtol=1e-9)


def test_gradient_of_the_cost(backend, float64):
    y_pred = probabilities(4, 5, 4)
    x, value = cost(y_pred)
    function = K.function([x], [K.sum(value), K.gradients(value, [x])[0]])
    direction = np.random.default_rng(1).normal(size=y_pred.shape)
    ahead = function([y_pred + 1e-6 * direction])[0]
    behind = function([y_pred - 1e-6 * direction])[0]
    np.testing.assert_allclose(np.sum(function([y_pred])[1] * direction),
                               (ahead - behind) / 2e-6, rtol=1e-6)


def test_too_few_steps_cost_infinity(backend, float64):
    y_pred = probabilities(1, 2, 3)
    x, value = cost(y_pred, np.array([[0, 0]]), np.array([[2]]), np.array([[2]]))
    function = K.function([x], [value, K.gradients(value, [x])[0]])
    result, gradient = function([y_pred])
    assert result[0, 0] == np.inf and np.isfinite(gradient).all()


def test_dense_labels_become_sparse(backend):
    labels = K.ctc_label_dense_to_sparse(np.array([[1, 2, 3], [4, 5, 6]]), np.array([2, 0]))
    assert K.is_sparse(labels)
    np.testing.assert_array_equal(K.eval(K.to_dense(labels)), [[1, 2, 0], [0, 0, 0]])


def decode(y_pred, lengths, **how):
    x = K.placeholder((None, None, y_pred.shape[2]))
    labels, scores = K.ctc_decode(x, lengths, **how)
    results = K.function([x], [*labels, scores])([y_pred])
    return results[:-1], results[-1]


def test_greedy_takes_the_best_class_of_each_step(backend, float64):
    best = np.array([[0, 0, 2, 0, 1], [2, 2, 1, 1, 0]])
    y_pred = np.full((2, 5, 3), 0.1)
    y_pred[np.arange(2)[:, None], np.arange(5), best] = 0.8
    (labels,), score = decode(y_pred, np.array([5, 4]))
    np.testing.assert_array_equal(labels, [[0, 0, 1], [1, -1, -1]])
    assert labels.dtype == np.int64
    np.testing.assert_allclose(score, -np.log(0.8 + EPSILON) * np.array([[5], [4]]))


def test_a_wide_search_is_exact(backend, float64):
    y_pred = probabilities(3, 5, 3, seed=4)
    lengths = np.array([5, 4, 5])
    found, scores = decode(y_pred, lengths, greedy=False, beam_width=70, top_paths=4)
    for i in range(3):
        expected = sorted(by_labels(y_pred[i, :lengths[i]]).items(), key=lambda kv: -kv[1])
        for place, (labels, probability) in enumerate(expected[:4]):
            row = found[place][i]
            assert tuple(row[row >= 0]) == labels
            np.testing.assert_allclose(scores[i, place], np.log(probability), rtol=1e-9)


def test_a_narrow_search_keeps_its_width(backend, float64):
    y_pred = probabilities(2, 8, 5, seed=5)
    found, scores = decode(y_pred, np.array([8, 8]), greedy=False, beam_width=3, top_paths=3)
    assert len(found) == 3 and scores.shape == (2, 3)
    assert (np.diff(scores, axis=1) <= 0).all()


def test_a_search_can_merge_what_repeats(backend, float64):
    y_pred = np.full((1, 3, 2), 0.01)
    y_pred[0, [0, 1, 2], [0, 1, 0]] = 0.99
    plain, _ = decode(y_pred, np.array([3]), greedy=False, beam_width=5)
    merged, _ = decode(y_pred, np.array([3]), greedy=False, beam_width=5, merge_repeated=True)
    np.testing.assert_array_equal(plain[0], [[0, 0]])
    np.testing.assert_array_equal(merged[0], [[0]])


def test_more_paths_than_prefixes_are_refused():
    with pytest.raises(ValueError, match="Expected 1 <= top_paths <= 2; received top_paths 3"):
        K.ctc_decode(K.placeholder((1, 4, 3)), np.array([4]), False, 2, 3)


def test_predictions_of_another_rank_are_refused():
    with pytest.raises(ValueError, match="ctc_batch_cost: predictions are a row of classes"):
        K.ctc_batch_cost(LABELS, K.placeholder((4, 5)), INPUT_LENGTH, LABEL_LENGTH)
