"""Losses against their formulas in float64; weights, reductions, names and configs."""
import math

import numpy as np
import pytest

from keras_compat import backend as K
from keras_compat import activations, losses, objectives
from keras_compat.utils import losses_utils

EPSILON = 1e-7
RNG = np.random.RandomState(0)
REAL = RNG.randn(5, 4), RNG.randn(5, 4)
PROBABLE = [x / x.sum(-1, keepdims=True) for x in RNG.rand(2, 5, 4) + 0.05]
BITS = (RNG.rand(5, 4) > 0.5).astype(float), RNG.rand(5, 4) * 0.9 + 0.05
SIGNS = 2 * BITS[0] - 1, RNG.randn(5, 4)
ONE_HOT = np.eye(4)[[0, 3, 1, 1, 2]], PROBABLE[1]


def value(function, y_true, y_pred, **arguments):
    """A loss computed in float32 on fed arrays."""
    a, b = K.placeholder(y_true.shape), K.placeholder(y_pred.shape)
    return K.function([a, b], [function(a, b, **arguments)])([y_true, y_pred])[0]


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def unit(x, axis=-1):
    return x / np.sqrt((x * x).sum(axis, keepdims=True))


def bce(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def huber(y, p, delta=1.):
    e = np.abs(p - y)
    return np.where(e <= delta, e * e / 2, delta * (e - delta / 2))


CASES = [
    ("mean_squared_error", REAL, {}, lambda y, p: ((p - y) ** 2).mean(-1)),
    ("mean_absolute_error", REAL, {}, lambda y, p: np.abs(p - y).mean(-1)),
    ("mean_absolute_percentage_error", REAL, {},
     lambda y, p: 100 * np.abs((y - p) / np.maximum(np.abs(y), EPSILON)).mean(-1)),
    ("mean_squared_logarithmic_error", REAL, {},
     lambda y, p: ((np.log1p(np.maximum(p, EPSILON)) - np.log1p(np.maximum(y, EPSILON)))
                   ** 2).mean(-1)),
    ("hinge", SIGNS, {}, lambda y, p: np.maximum(1 - y * p, 0).mean(-1)),
    ("hinge", (BITS[0], SIGNS[1]), {}, lambda y, p: np.maximum(1 - (2 * y - 1) * p, 0).mean(-1)),
    ("squared_hinge", SIGNS, {}, lambda y, p: (np.maximum(1 - y * p, 0) ** 2).mean(-1)),
    ("categorical_hinge", ONE_HOT, {},
     lambda y, p: np.maximum(0, ((1 - y) * p).max(-1) - (y * p).sum(-1) + 1)),
    ("logcosh", REAL, {}, lambda y, p: np.log(np.cosh(p - y)).mean(-1)),
    ("huber_loss", REAL, {}, huber),
    ("huber_loss", REAL, {"delta": 0.3}, lambda y, p: huber(y, p, 0.3)),
    ("categorical_crossentropy", ONE_HOT, {}, lambda y, p: -(y * np.log(p)).sum(-1)),
    ("categorical_crossentropy", (ONE_HOT[0], REAL[1]), {"from_logits": True},
     lambda y, p: -(y * np.log(softmax(p))).sum(-1)),
    ("categorical_crossentropy", ONE_HOT, {"label_smoothing": 0.2},
     lambda y, p: -((y * 0.8 + 0.05) * np.log(p)).sum(-1)),
    ("binary_crossentropy", BITS, {}, lambda y, p: bce(y, p).mean(-1)),
    ("binary_crossentropy", (BITS[0], REAL[1]), {"from_logits": True},
     lambda y, p: bce(y, 1 / (1 + np.exp(-p))).mean(-1)),
    ("binary_crossentropy", BITS, {"label_smoothing": 0.2},
     lambda y, p: bce(y * 0.8 + 0.1, p).mean(-1)),
    ("kullback_leibler_divergence", PROBABLE, {}, lambda y, p: (y * np.log(y / p)).sum(-1)),
    ("poisson", BITS, {}, lambda y, p: (p - y * np.log(p)).mean(-1)),
    ("cosine_proximity", REAL, {}, lambda y, p: -(unit(y) * unit(p)).sum(-1)),
    ("cosine_proximity", REAL, {"axis": 0}, lambda y, p: -(unit(y, 0) * unit(p, 0)).sum(0)),
]


@pytest.mark.parametrize("name, data, arguments, reference", CASES)
def test_values(backend, name, data, arguments, reference):
    found = value(getattr(losses, name), *data, **arguments)
    np.testing.assert_allclose(found, reference(*data), rtol=2e-4, atol=1e-5)


@pytest.mark.parametrize("labels", [[[0.], [3.], [1.], [1.], [2.]], [0., 3., 1., 1., 2.]],
                         ids=["column", "flat"])
def test_sparse_crossentropy_is_the_one_of_one_hot_rows(backend, labels):
    found = value(losses.sparse_categorical_crossentropy, np.array(labels), ONE_HOT[1])
    np.testing.assert_allclose(found.reshape(-1), -(ONE_HOT[0] * np.log(ONE_HOT[1])).sum(-1),
                               rtol=1e-5)


def test_numbers_may_stand_for_tensors():
    found = K.eval(losses.mse(np.array([[1, 2]]), K.constant([[2., 4.]])))
    np.testing.assert_allclose(found, [2.5])


@pytest.mark.parametrize("reduction, expected", [
    ("sum", lambda v: v.sum()), ("sum_over_batch_size", lambda v: v.mean()), ("none", lambda v: v),
])
@pytest.mark.parametrize("weights", [None, np.array([1., 2., 0., 0.5, 3.])],
                         ids=["plain", "weighted"])
def test_reductions_divide_by_the_number_of_samples(reduction, expected, weights):
    y_true, y_pred = (K.constant(x) for x in REAL)
    loss = losses.MeanSquaredError(reduction=reduction)
    each = ((REAL[0] - REAL[1]) ** 2).mean(-1) * (1 if weights is None else weights)
    given = None if weights is None else K.constant(weights)
    np.testing.assert_allclose(K.eval(loss(y_true, y_pred, given)), expected(each), rtol=1e-5)


def test_weights_of_a_column_and_of_more_axes_spread():
    values = RNG.rand(3, 4, 2)
    for shape in [(3,), (3, 1), (3, 4)]:
        weights = RNG.rand(*shape)
        spread = weights.reshape(shape + (1,) * (3 - len(shape)))
        found = losses_utils.compute_weighted_loss(K.constant(values), K.constant(weights), "none")
        np.testing.assert_allclose(K.eval(found), values * spread, rtol=1e-5)


@pytest.mark.parametrize("shape", [(4,), (3, 2), (3, 4, 2, 2)])
def test_weights_that_do_not_spread_raise(shape):
    with pytest.raises(ValueError, match="sample_weight: .*Expected.*received"):
        losses_utils.compute_weighted_loss(K.constant(np.ones((3, 4, 2))),
                                           K.constant(np.ones(shape)))


NAMES = ["MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
         "MeanSquaredLogarithmicError", "BinaryCrossentropy", "CategoricalCrossentropy",
         "SparseCategoricalCrossentropy", "Hinge", "SquaredHinge", "CategoricalHinge", "Poisson",
         "LogCosh", "KLDivergence", "Huber"]


@pytest.mark.parametrize("name", NAMES)
def test_classes_have_a_name_a_config_and_a_function(name):
    loss = getattr(losses, name)(reduction="sum")
    assert getattr(losses, loss.name) is loss.fn
    made = losses.deserialize(losses.serialize(loss))
    assert type(made) is type(loss) and made.get_config() == loss.get_config()
    assert made.reduction == "sum"


@pytest.mark.parametrize("name, function", [
    ("mse", losses.mean_squared_error), ("MAE", losses.mean_absolute_error),
    ("mape", losses.mean_absolute_percentage_error), ("msle", losses.mean_squared_logarithmic_error),
    ("kld", losses.kullback_leibler_divergence), ("cosine", losses.cosine_proximity),
    ("cosine_similarity", losses.cosine_proximity),
])
def test_short_names(name, function):
    assert losses.get(name) is getattr(losses, name) is getattr(objectives, name) is function


def test_get_passes_what_is_a_loss_already():
    assert losses.get(None) is None and losses.get(len) is len
    assert losses.serialize(losses.mse) == "mean_squared_error"


@pytest.mark.parametrize("call, text", [
    (lambda: losses.get("mes"), "unknown loss function.*'mes'"),
    (lambda: losses.get(3), "losses.get: .*received 3"),
    (lambda: losses.get("K"), "unknown loss function"),
    (lambda: losses.MeanSquaredError(reduction="mean"), "reduction must be known.*'mean'"),
])
def test_errors(call, text):
    with pytest.raises(ValueError, match=text):
        call()


def test_subclass_defines_call():
    class Cubic(losses.Loss):
        """Mean cubed error."""

        def call(self, y_true, y_pred):
            return K.mean(K.pow(K.abs(y_true - y_pred), 3), axis=-1)

    found = K.eval(Cubic()(K.constant(REAL[0]), K.constant(REAL[1])))
    np.testing.assert_allclose(found, (np.abs(REAL[0] - REAL[1]) ** 3).mean(), rtol=1e-5)
    with pytest.raises(NotImplementedError, match="Loss: .*Expected a method call"):
        losses.Loss()(K.constant(REAL[0]), K.constant(REAL[1]))


# ---- logits behind a prediction: what Keras 2.3.1 gave on TensorFlow 1.15 ----

FAR = np.array([[0., 100., -100.], [50., 0., -30.]])
CLASSES = np.array([[1., 0., 0.], [0., 1., 0.]])
BEHIND = {
    "softmax": (lambda x: K.categorical_crossentropy(CLASSES, K.softmax(x)),
                [100, 50], [[-1, 1, 0], [1, -1, 0]]),
    "softmax, class numbers": (
        lambda x: K.sparse_categorical_crossentropy(np.array([2, 1]), K.softmax(x)),
        [200, 50], [[0, 1, -1], [1, -1, 0]]),
    "sigmoid": (lambda x: K.binary_crossentropy(CLASSES, K.sigmoid(x)),
                [[math.log(2), 100, 0], [50, math.log(2), 0]], [[-.5, 1, 0], [1, -.5, 0]]),
    "something between": (
        lambda x: K.categorical_crossentropy(CLASSES, K.identity(K.softmax(x))),
        [16.1180955, 16.1180955], np.zeros((2, 3))),
    "softmax over rows": (
        lambda x: K.categorical_crossentropy(K.transpose(K.constant(CLASSES)),
                                             K.softmax(K.transpose(x), axis=0), axis=0),
        [16.1180955, 16.1180955], np.zeros((2, 3))),
    "softmax with three axes": (
        lambda x: K.categorical_crossentropy(CLASSES[None], activations.softmax(x[None])),
        [[16.1180955, 16.1180955]], np.zeros((2, 3))),
}


@pytest.mark.parametrize("name", BEHIND)
def test_crossentropies_take_logits_from_behind(backend, name):
    function, value, slope = BEHIND[name]
    x = K.variable(FAR)
    y = function(x)
    got, by_x = K.function([], [y, *K.gradients(K.sum(y), [x])])([])
    np.testing.assert_allclose(got, value, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(by_x, slope, atol=1e-5)


def test_crossentropies_cut_predictions_before_2_3():
    with K.set_compat_version("2.2.4"):
        y = K.categorical_crossentropy(CLASSES, K.softmax(K.constant(FAR)))
    np.testing.assert_allclose(K.eval(y), [16.1180955, 16.1180955], rtol=1e-5)
