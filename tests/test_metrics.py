"""Metrics: functions, means, counts and curves against NumPy; state, weights and configs."""
import numpy as np
import pytest

from keras_compat import backend as K
from keras_compat import metrics

RNG = np.random.RandomState(1)
SCORES = RNG.rand(3, 8, 4)
LABELS = RNG.randint(0, 4, (3, 8))
BITS = (RNG.rand(3, 8, 4) > 0.4).astype(float)
WEIGHTS = RNG.rand(3, 8)


def collected(metric, truth, scores, weights=None):
    """The result after each batch of updates that are run one by one."""
    leaves = [K.placeholder(a[0].shape) for a in (truth, scores)]
    weight = None if weights is None else K.placeholder(weights[0].shape)
    updates = metric.update_state(*leaves, sample_weight=weight)
    fed = leaves + ([] if weight is None else [weight])
    step = K.function(fed, [], updates)
    results = []
    for batch in zip(truth, scores, *([] if weights is None else [weights])):
        step(list(batch))
        results.append(K.eval(metric.result()))
    return results


def so_far(values, weights=None):
    """Weighted means of everything up to each batch."""
    spread = np.ones_like(values) if weights is None else \
        np.broadcast_to(weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim)),
                        values.shape)
    return [np.average(values[:n], weights=spread[:n]) for n in range(1, len(values) + 1)]


HITS = SCORES.argmax(-1) == LABELS
RANKS = (SCORES > np.take_along_axis(SCORES, LABELS[..., None], -1)).sum(-1)


@pytest.mark.parametrize("metric, truth, values", [
    (lambda: metrics.SparseCategoricalAccuracy(), LABELS[..., None], HITS),
    (lambda: metrics.CategoricalAccuracy(), np.eye(4)[LABELS], HITS),
    (lambda: metrics.BinaryAccuracy(), BITS, ((SCORES > 0.5) == BITS).mean(-1)),
    (lambda: metrics.BinaryAccuracy(threshold=0.3), BITS, ((SCORES > 0.3) == BITS).mean(-1)),
    (lambda: metrics.TopKCategoricalAccuracy(k=2), np.eye(4)[LABELS], RANKS < 2),
    (lambda: metrics.SparseTopKCategoricalAccuracy(k=3), LABELS[..., None], RANKS < 3),
    (lambda: metrics.MeanSquaredError(), BITS, ((SCORES - BITS) ** 2).mean(-1)),
    (lambda: metrics.MeanMetricWrapper(lambda y, p: K.max(p, axis=-1), "top"), BITS,
     SCORES.max(-1)),
], ids=lambda x: None)
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_means(backend, metric, truth, values, weights):
    found = collected(metric(), truth, SCORES, weights)
    np.testing.assert_allclose(found, so_far(values.astype(float), weights), rtol=1e-5)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_root_mean_squared_error_spreads_weights(backend, weights):
    found = collected(metrics.RootMeanSquaredError(), BITS, SCORES, weights)
    np.testing.assert_allclose(found, np.sqrt(so_far((SCORES - BITS) ** 2, weights)), rtol=1e-5)


def counted(threshold, weights=None):
    spread = np.ones_like(BITS) if weights is None else weights[..., None] * np.ones_like(BITS)
    chosen, positive = SCORES > threshold, BITS > 0
    return [(spread * (chosen == a) * (positive == b)).sum()
            for a, b in ((True, True), (True, False), (False, True), (False, False))]


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_counts(backend, weights):
    tp, fp, fn, tn = counted(0.5, weights)
    for metric, expected in [(metrics.TruePositives, tp), (metrics.FalsePositives, fp),
                             (metrics.FalseNegatives, fn), (metrics.TrueNegatives, tn),
                             (metrics.Precision, tp / (tp + fp)),
                             (metrics.Recall, tp / (tp + fn))]:
        found = collected(metric(), BITS, SCORES, weights)[-1]
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_several_thresholds_give_several_values():
    found = collected(metrics.Precision(thresholds=[0.2, 0.7]), BITS, SCORES)[-1]
    expected = [tp / (tp + fp) for tp, fp, _, _ in (counted(0.2), counted(0.7))]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_class_id_and_top_k(backend):
    tp = (BITS[..., 1] * (SCORES[..., 1] > 0.5)).sum()
    found = collected(metrics.Recall(class_id=1), BITS, SCORES)[-1]
    np.testing.assert_allclose(found, tp / BITS[..., 1].sum(), rtol=1e-5)
    first = np.eye(4)[SCORES.argmax(-1)]
    found = collected(metrics.Precision(top_k=1), BITS, SCORES)[-1]
    np.testing.assert_allclose(found, (first * BITS).sum() / first.sum(), rtol=1e-5)


def test_nothing_positive_gives_zero():
    assert collected(metrics.Precision(), BITS, 0 * SCORES)[-1] == 0
    assert collected(metrics.Recall(), 0 * BITS, SCORES)[-1] == 0


def exact_auc(truth, scores):
    above = scores[truth > 0][:, None] - scores[truth == 0][None]
    return ((above > 0) + 0.5 * (above == 0)).mean()


def test_auc_approaches_the_share_of_ordered_pairs(backend):
    scores = np.clip(0.5 * BITS + 0.6 * SCORES, 0, 1)
    found = collected(metrics.AUC(num_thresholds=2000), BITS, scores)[-1]
    assert found == pytest.approx(exact_auc(BITS, scores), abs=2e-3)


def test_auc_bounds_enclose_the_interpolation():
    values = [collected(metrics.AUC(num_thresholds=10, summation_method=m), BITS, SCORES)[-1]
              for m in ("minoring", "interpolation", "majoring")]
    assert values == sorted(values) and values[0] < values[2]


def test_perfect_scores_fill_the_precision_recall_curve():
    assert collected(metrics.AUC(curve="PR"), BITS, BITS * 0.8 + 0.1)[-1] == pytest.approx(1)


def test_sensitivity_and_specificity():
    table = np.array([counted(t) for t in [0.] + [i / 9 for i in range(1, 9)] + [1.]])
    sensitivity = table[:, 0] / (table[:, 0] + table[:, 2])
    specificity = table[:, 3] / (table[:, 3] + table[:, 1])
    found = collected(metrics.SensitivityAtSpecificity(0.6, num_thresholds=10), BITS, SCORES)[-1]
    assert found == pytest.approx(sensitivity[np.abs(specificity - 0.6).argmin()])
    found = collected(metrics.SpecificityAtSensitivity(0.6, num_thresholds=10), BITS, SCORES)[-1]
    assert found == pytest.approx(specificity[np.abs(sensitivity - 0.6).argmin()])


def test_mean_iou(backend):
    guesses = SCORES.argmax(-1)
    found = collected(metrics.MeanIoU(num_classes=5), LABELS, guesses)[-1]
    shares = [((guesses == c) & (LABELS == c)).sum() / ((guesses == c) | (LABELS == c)).sum()
              for c in range(4)]
    np.testing.assert_allclose(found, np.mean(shares), rtol=1e-5)


def test_sum_and_mean_of_values(backend):
    for metric, expected in [(metrics.Sum(), (SCORES[0] * WEIGHTS[0][:, None]).sum()),
                             (metrics.Mean(), np.average(SCORES[0], weights=np.repeat(
                                 WEIGHTS[0][:, None], 4, axis=1)))]:
        updates = metric.update_state(K.constant(SCORES[0]), K.constant(WEIGHTS[0]))
        K.function([], [], updates)([])
        assert K.eval(metric.result()) == pytest.approx(expected, rel=1e-5)


def test_calling_a_metric_updates_and_returns_the_new_result(backend):
    metric = metrics.Mean()
    result = metric(K.constant([1., 2., 6.]))
    assert K.eval(result) == 3
    assert K.get_value(metric.total) == 9 and K.get_value(metric.count) == 3
    assert K.eval(result) == 3 and K.get_value(metric.total) == 18
    assert K.is_variable(metric.total)


def test_reset_states():
    metric = metrics.MeanSquaredError()
    collected(metric, BITS, SCORES)
    metric.reset_states()
    assert [K.get_value(w) for w in metric.weights] == [0, 0]


def test_custom_metric_in_the_originals_way():
    class Largest(metrics.Metric):
        """The greatest prediction so far."""

        def __init__(self, name="largest", **kwargs):
            super().__init__(name=name, **kwargs)
            self.top = self.add_weight(name="top", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            return K.update(self.top, K.maximum(self.top, K.max(y_pred)))

        def result(self):
            return self.top

    metric = Largest()
    leaf = K.placeholder((None, 4))
    result = metric(leaf, leaf)
    step = K.function([leaf], [result])
    assert [step([b])[0] for b in SCORES] == pytest.approx(
        [SCORES[:n].max() for n in (1, 2, 3)])


CLASSES = [name for name, cls in vars(metrics).items()
           if isinstance(cls, type) and issubclass(cls, metrics.Metric)
           and name not in ("Metric", "Reduce", "MeanMetricWrapper", "SensitivitySpecificityBase")]
REQUIRED = {"SensitivityAtSpecificity": {"specificity": 0.5}, "MeanIoU": {"num_classes": 3},
            "SpecificityAtSensitivity": {"sensitivity": 0.5}}


@pytest.mark.parametrize("name", CLASSES)
def test_config_round_trip(name):
    metric = getattr(metrics, name)(**REQUIRED.get(name, {}))
    made = metrics.deserialize(metrics.serialize(metric))
    assert type(made) is type(metric) and made.get_config() == metric.get_config()
    cloned = metrics.clone_metric(metric)
    assert cloned is not metric and cloned.name == metric.name


def test_clones_keep_functions_and_forget_state():
    metric = metrics.MeanMetricWrapper(metrics.binary_accuracy, name="mine", threshold=0.2)
    collected(metric, BITS, SCORES)
    cloned, function = metrics.clone_metrics([metric, metrics.mse])
    assert cloned._fn is metric._fn and cloned._fn_kwargs == {"threshold": 0.2}
    assert K.get_value(cloned.count) == 0 and function is metrics.mse


def test_cosine_is_positive_where_directions_agree():
    x = K.constant([[1., 2.]])
    assert K.eval(metrics.cosine_proximity(x, 3. * x))[0] == pytest.approx(1)


@pytest.mark.parametrize("call, error, text", [
    (lambda: metrics.get("acuracy"), ValueError, "unknown metric function.*'acuracy'"),
    (lambda: metrics.get(3), ValueError, "metrics.get: .*received 3"),
    (lambda: metrics.get("Layer"), ValueError, "unknown metric function"),
    (lambda: metrics.Precision(thresholds=[0.5, 2]), ValueError, r"Expected numbers in \[0, 1\]"),
    (lambda: metrics.AUC(curve="roc"), ValueError, "curve must be known.*'roc'"),
    (lambda: metrics.AUC(num_thresholds=1), ValueError, "Expected num_thresholds >= 2"),
    (lambda: metrics.SensitivityAtSpecificity(2), ValueError, "received 2"),
    (lambda: metrics.Reduce("max", "x"), ValueError, "reduction must be known"),
    (lambda: metrics.Metric().result(), NotImplementedError, "a method result"),
    (lambda: metrics.Metric().update_state(), NotImplementedError, "a method update_state"),
])
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()
