"""Model: compile, fit, evaluate, predict and single steps, against the same in NumPy."""
import warnings

import numpy as np
import pytest
from linear_model import (BIAS, CLASSES, KERNEL, RNG, X, Y, branched, descent, linear, output,
                          rows_of)

from keras_compat import backend as K
from keras_compat import losses, metrics, optimizers
from keras_compat.backend import selection
from keras_compat.engine.input_layer import Input
from keras_compat.engine.sequential import Sequential
from keras_compat.engine.training import Model
from keras_compat.engine.training_arrays import Feed
from keras_compat.layers.core import Activation, Dense, Dropout, Masking
from keras_compat.regularizers import l2

# ---- fit ----

@pytest.mark.parametrize("weights", [None, RNG.rand(20)], ids=["plain", "weighted"])
def test_fit_is_gradient_descent_on_the_batches(backend, weights):
    model = linear()
    model.compile(optimizers.SGD(lr=0.1), "mse")
    history = model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0,
                        sample_weight=weights)
    kernel, bias, seen = descent(rows_of(np.arange(20), 8) * 2, 0.1, weights)
    for found, expected in zip(model.get_weights(), (kernel, bias)):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    sizes = [8, 8, 4]
    means = [np.average(seen[i:i + 3], weights=sizes) for i in (0, 3)]
    np.testing.assert_allclose(history.history["loss"], means, rtol=1e-5)
    assert history.epoch == [0, 1] and history is model.history


def test_shuffling_follows_numpys_generator(backend):
    model = linear()
    model.compile(optimizers.SGD(lr=0.1), "mse")
    np.random.seed(5)
    model.fit(X, Y, batch_size=6, epochs=2, verbose=0)
    np.random.seed(5)
    order, batches = np.arange(20), []
    for _ in range(2):
        np.random.shuffle(order)
        batches += rows_of(order.copy(), 6)
    np.testing.assert_allclose(model.get_weights()[0], descent(batches, 0.1)[0], rtol=1e-4,
                               atol=1e-5)


def test_batches_are_shuffled_whole(monkeypatch):
    seen, take = [], Feed.take
    monkeypatch.setattr(Feed, "take", lambda feed, rows: (seen.append(tuple(rows)),
                                                          take(feed, rows))[1])
    model = linear()
    model.compile("sgd", "mse")
    np.random.seed(0)
    model.fit(X, Y, batch_size=6, shuffle="batch", verbose=0)
    whole = [tuple(range(i, min(i + 6, 20))) for i in range(0, 20, 6)]
    assert sorted(seen) == whole and seen[-1] == whole[-1] and seen != whole


def test_optimizer_state_is_shared_by_weighted_and_plain_steps(backend):
    model = linear()
    model.compile(optimizers.Adam(lr=0.1), "mse")
    twin = linear()
    twin.compile(optimizers.Adam(lr=0.1), "mse")
    for weighted in (False, True, False):
        model.train_on_batch(X, Y, sample_weight=np.ones(20) if weighted else None)
        twin.train_on_batch(X, Y)
    np.testing.assert_allclose(model.get_weights()[0], twin.get_weights()[0], rtol=1e-5)
    assert model.optimizer.get_weights()[0] == 3


def test_class_weights_weigh_samples_by_their_class(backend):
    shares = {0: 0.5, 1: 3.}
    by_class, by_sample = linear("softmax"), linear("softmax")
    for model in (by_class, by_sample):
        model.compile(optimizers.SGD(lr=0.1), "sparse_categorical_crossentropy")
    by_class.fit(X, CLASSES, verbose=0, shuffle=False, class_weight=shares)
    by_sample.fit(X, CLASSES, verbose=0, shuffle=False,
                  sample_weight=np.where(CLASSES, shares[1], shares[0]))
    np.testing.assert_allclose(by_class.get_weights()[0], by_sample.get_weights()[0], rtol=1e-6)


def test_class_weights_that_are_no_dict_are_ignored_with_a_warning():
    plain, auto = linear(), linear()
    for model, weights in ((plain, None), (auto, "auto")):
        model.compile(optimizers.SGD(lr=0.1), "mse")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model.fit(X, Y, verbose=0, shuffle=False, class_weight=weights)
        assert ["class_weight" in str(w.message) for w in caught] == [True] * bool(weights)
    np.testing.assert_array_equal(auto.get_weights()[0], plain.get_weights()[0])


def test_validation_split_holds_back_the_end(backend):
    model = linear()
    model.compile(optimizers.SGD(lr=0.), "mse", metrics=["mae"])
    history = model.fit(X, Y, validation_split=0.25, verbose=0, batch_size=4).history
    error = output() - Y
    np.testing.assert_allclose(history["val_loss"], [(error[15:] ** 2).mean()], rtol=1e-5)
    np.testing.assert_allclose(history["loss"], [(error[:15] ** 2).mean()], rtol=1e-5)
    np.testing.assert_allclose(history["val_mae"], [np.abs(error[15:]).mean()], rtol=1e-5)
    np.testing.assert_allclose(history["mae"], [np.abs(error[:15]).mean()], rtol=1e-5)
    assert list(history) == ["val_loss", "val_mae", "loss", "mae"]


@pytest.mark.parametrize("freq, epochs", [(1, 4), (2, 2), ([1, 4], 2)])
def test_validation_frequency(freq, epochs):
    model = linear()
    model.compile("sgd", "mse")
    history = model.fit(X, Y, epochs=4, verbose=0, validation_data=(X, Y), validation_freq=freq)
    assert len(history.history["val_loss"]) == epochs


def test_validation_weights_are_used():
    model = linear()
    model.compile(optimizers.SGD(lr=0.), "mse")
    weights = RNG.rand(20)
    history = model.fit(X, Y, verbose=0, validation_data=(X, Y, weights)).history
    expected = (weights * ((output() - Y) ** 2).mean(-1)).mean()
    np.testing.assert_allclose(history["val_loss"], [expected], rtol=1e-5)


def test_initial_epoch_and_the_old_name_of_epochs():
    model = linear()
    model.compile("sgd", "mse")
    assert model.fit(X, Y, epochs=5, initial_epoch=3, verbose=0).epoch == [3, 4]
    with pytest.warns(UserWarning, match="epochs"):
        assert model.fit(X, Y, nb_epoch=2, verbose=0).epoch == [0, 1]


def test_steps_take_all_of_the_data():
    model = linear()
    model.compile(optimizers.SGD(lr=0.1), "mse")
    model.fit(X, Y, steps_per_epoch=3, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], descent([np.arange(20)] * 3, 0.1)[0],
                               rtol=1e-4, atol=1e-5)


def test_regularization_is_part_of_the_loss_alone(backend):
    model = linear(kernel_regularizer=l2(0.1))
    model.compile("sgd", "mse", metrics=["mse"])
    loss, mse = model.evaluate(X, Y, verbose=0)
    assert mse == pytest.approx(((output() - Y) ** 2).mean(), rel=1e-5)
    assert loss == pytest.approx(mse + 0.1 * (KERNEL ** 2).sum(), rel=1e-5)


def test_dropout_works_in_training_only(backend):
    model = Sequential([Dropout(0.5, input_shape=(50,))])
    model.compile(optimizers.SGD(lr=0.), "mse")
    x = np.ones((40, 50))
    assert model.evaluate(x, x, verbose=0) == 0
    assert 0.8 < model.train_on_batch(x, x) < 1.2
    np.testing.assert_array_equal(model.predict(x), x)


def test_training_stays_on_the_backend_that_the_model_was_built_on(backend):
    model = linear()
    with K.set_backend(selection.host()):
        model.compile(optimizers.Adam(), "mse", metrics=["mae", metrics.AUC()])
        model.fit(X, Y, verbose=0, validation_split=0.2)
        model.train_on_batch(X, Y)
    leaves = model.optimizer.weights + model.metrics[0].weights + model.targets
    assert {leaf.backend for leaf in leaves} == {backend}


# ---- several outputs ----

def test_several_outputs_report_their_losses(backend):
    model = branched()
    model.compile(optimizers.SGD(lr=0.), {"a": "mse", "b": "binary_crossentropy"},
                  metrics={"b": ["acc"], "a": "mae"}, loss_weights={"a": 2., "b": 0.5})
    assert model.metrics_names == ["loss", "a_loss", "b_loss", "a_mae", "b_acc"]
    targets = {"a": Y, "b": CLASSES}
    history = model.fit({"x": X}, targets, batch_size=8, verbose=0, shuffle=False).history
    a, b = model.predict(X)
    by_sample = ((a - Y) ** 2).mean(-1), -np.log(np.where(CLASSES, b[:, 0], 1 - b[:, 0]))
    batches = rows_of(np.arange(20), 8)
    for name, each in zip(("a_loss", "b_loss"), by_sample):
        plain = np.mean([each[rows].mean() for rows in batches])
        np.testing.assert_allclose(history[name], [plain], rtol=1e-4)
    total = 2 * by_sample[0].mean() + 0.5 * by_sample[1].mean()
    np.testing.assert_allclose(history["loss"], [total], rtol=1e-4)
    np.testing.assert_allclose(history["b_acc"], [((b[:, 0] > 0.5) == CLASSES).mean()], rtol=1e-6)


def test_weights_for_one_of_several_outputs():
    model = branched()
    model.compile("sgd", "mse", weighted_metrics=["mse"])
    weights = RNG.rand(20)
    values = model.evaluate(X, [Y, CLASSES], verbose=0, sample_weight={"a": weights})
    a, b = model.predict(X)
    each_a, each_b = ((a - Y) ** 2).mean(-1), (b[:, 0] - CLASSES) ** 2
    expected = [(weights * each_a).mean(), each_b.mean(),
                np.average(each_a, weights=weights), each_b.mean()]
    np.testing.assert_allclose(values, [expected[0] + expected[1]] + expected, rtol=1e-4)


def test_an_output_without_a_loss_needs_no_target():
    x = Input((3,))
    a = Dense(2, name="a")(x)
    model = Model(x, [a, Activation("tanh", name="b")(a)])
    with pytest.warns(UserWarning, match="'b' is missing"):
        model.compile("sgd", {"a": "mse"})
    model.fit(X, Y, verbose=0)
    assert model.metrics_names == ["loss", "a_loss"]
    model.fit(X, {"a": Y}, verbose=0)


# ---- masks and weights per step ----

def test_masked_loss_divides_by_all_steps_and_metrics_by_the_unmasked(backend):
    x = RNG.randn(4, 5, 3).astype("float32")
    x[1, 2:], x[3, :] = 0, 0
    y = RNG.randn(4, 5, 2)
    model = Sequential([Masking(input_shape=(5, 3)), Dense(2)])
    layer = model.layers[-1]
    layer.supports_masking = True
    model = Sequential([Masking(input_shape=(5, 3)), layer])
    model.set_weights([KERNEL, BIAS])
    model.compile("sgd", "mse", metrics=["mse"])
    mask = (x != 0).any(-1)
    each = ((x @ KERNEL + BIAS - y) ** 2).mean(-1)
    loss, mse = model.evaluate(x, y, verbose=0)
    assert loss == pytest.approx((each * mask).sum() / mask.size, rel=1e-5)
    assert mse == pytest.approx(each[mask].mean(), rel=1e-5)


def test_temporal_weights(backend):
    x, y, weights = RNG.randn(4, 5, 3), RNG.randn(4, 5, 2), RNG.rand(4, 5)
    model = Sequential([Dense(2, input_shape=(5, 3))])
    model.set_weights([KERNEL, BIAS])
    model.compile("sgd", "mse", sample_weight_mode="temporal")
    each = ((x @ KERNEL + BIAS - y) ** 2).mean(-1)
    found = model.evaluate(x, y, verbose=0, sample_weight=weights)
    assert found == pytest.approx((each * weights).mean(), rel=1e-5)


# ---- metrics ----

@pytest.mark.parametrize("units, activation, loss, target, function", [
    (1, "sigmoid", "binary_crossentropy", CLASSES, metrics.binary_accuracy),
    (1, None, "mse", CLASSES, metrics.binary_accuracy),
    (2, "sigmoid", "binary_crossentropy", np.eye(2)[CLASSES], metrics.binary_accuracy),
    (2, "softmax", "sparse_categorical_crossentropy", CLASSES,
     metrics.sparse_categorical_accuracy),
    (2, "softmax", losses.SparseCategoricalCrossentropy(), CLASSES,
     metrics.sparse_categorical_accuracy),
    (2, "softmax", "categorical_crossentropy", np.eye(2)[CLASSES], metrics.categorical_accuracy),
    (2, "softmax", lambda y, p: K.mean(K.square(y - p), -1), np.eye(2)[CLASSES],
     metrics.categorical_accuracy),
])
def test_accuracy_is_chosen_by_loss_and_shape(units, activation, loss, target, function):
    model = Sequential([Dense(units, activation=activation, input_shape=(3,))])
    model.compile("sgd", loss, metrics=["accuracy", function, "ce"])
    _, chosen, named, _ = model.evaluate(X, target, verbose=0)
    assert chosen == named and 0 <= chosen <= 1
    assert model.metrics_names[1:3] == ["accuracy", function.__name__]
    assert model.metrics[0]._fn is function
    assert model.metrics[2]._fn.__name__.endswith("crossentropy")


def test_metric_names_are_unique():
    model = linear()
    model.compile("sgd", "mse", metrics=["mae", "mae", "mse"], weighted_metrics=["mae"])
    assert model.metrics_names == ["loss", "mae", "mae_1", "mse", "mae_2"]


def test_stateful_metrics_collect_over_the_epoch(backend):
    model = linear("sigmoid")
    model.compile(optimizers.SGD(lr=0.), "mse", metrics=[metrics.AUC(num_thresholds=50)])
    bits = np.eye(2)[CLASSES]
    history = model.fit(X, bits, batch_size=7, verbose=0, validation_data=(X, bits)).history
    name = model.metrics_names[1]
    assert history[name] == history["val_" + name] == [model.evaluate(X, bits, verbose=0)[1]]


def test_metrics_added_by_layers_and_models():
    x = Input((3,))
    model = Model(x, Dense(2)(x))
    model.add_metric(K.sum(model.outputs[0]), name="total")
    model.compile("sgd", "mse")
    model.set_weights([KERNEL, BIAS])
    assert model.metrics_names == ["loss", "total"]
    assert model.evaluate(X, Y, verbose=0)[1] == pytest.approx(output().sum(), rel=1e-4)


def test_single_steps_do_not_see_earlier_batches():
    model = linear()
    model.compile(optimizers.SGD(lr=0.), "mse", metrics=["mse"])
    model.evaluate(X, Y, verbose=0)
    for rows in (slice(0, 5), slice(5, 20)):
        loss, mse = model.train_on_batch(X[rows], Y[rows])
        assert loss == pytest.approx(mse, rel=1e-5)
    model.test_on_batch(X[:5], Y[:5], reset_metrics=False)
    both = model.test_on_batch(X[5:], Y[5:], reset_metrics=False)[1]
    assert both == pytest.approx(model.evaluate(X, Y, verbose=0)[0], rel=1e-5)


# ---- predict ----

def test_predict_in_batches_is_the_whole(backend):
    model = linear()
    for size in (32, 20, 7, 1):
        np.testing.assert_allclose(model.predict(X, batch_size=size), output(), rtol=1e-5,
                                   atol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(X[:3]), output()[:3], rtol=1e-5, atol=1e-6)
    assert model.predict(X).dtype == np.float32
    assert [len(y) for y in branched().predict(X, batch_size=8)] == [20, 20]


def test_predict_takes_lists_views_and_integers():
    model = linear()
    np.testing.assert_allclose(model.predict(X.tolist()), output(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.predict([X]), output(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.predict(X[::-2]), output(X[::-2]), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.predict(np.asfortranarray(X), batch_size=6), output(),
                               rtol=1e-5, atol=1e-6)
    whole = np.arange(6).reshape(2, 3)
    np.testing.assert_allclose(model.predict(whole), output(whole), rtol=1e-5)


def test_predict_sees_new_weights():
    model = linear()
    before = model.predict(X)
    model.set_weights([0 * KERNEL, BIAS])
    assert not np.allclose(before, model.predict(X))


# ---- ways to give a loss ----

def test_losses_as_functions_classes_and_scalars():
    expected = ((output() - Y) ** 2).mean()
    for loss in (losses.mse, losses.MeanSquaredError(), losses.MeanSquaredError,
                 lambda y, p: K.mean(K.square(y - p)), ["mse"],
                 losses.MeanSquaredError(reduction="none")):
        model = linear()
        model.compile("sgd", loss)
        assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected, rel=1e-5)


def test_a_scalar_loss_is_weighted_by_the_mean_weight():
    model = linear()
    model.compile("sgd", lambda y, p: K.mean(K.square(y - p)))
    found = model.evaluate(X, Y, sample_weight=np.arange(20), verbose=0, batch_size=20)
    assert found == pytest.approx(9.5 * ((output() - Y) ** 2).mean(), rel=1e-5)


def test_a_model_may_have_its_loss_from_add_loss():
    x = Input((3,))
    model = Model(x, Dense(2)(x))
    model.add_loss(K.mean(K.square(model.outputs[0])))
    model.compile(optimizers.SGD(lr=0.), loss=None)
    model.set_weights([KERNEL, BIAS])
    history = model.fit(X, verbose=0, batch_size=20).history
    assert history["loss"][0] == pytest.approx((output() ** 2).mean(), rel=1e-5)


def test_the_total_loss_is_a_tensor_of_its_leaves():
    model = linear()
    model.compile("sgd", "mse")
    slope = K.gradients(model.total_loss, model.trainable_weights)[0]
    get = K.function(model.inputs + model.targets + model.sample_weights, [slope])
    found, = get([X, Y, np.ones(20)])
    kernel, _, _ = descent([np.arange(20)], 1.)
    np.testing.assert_allclose(found, KERNEL - kernel, rtol=1e-4, atol=1e-5)


def test_models_without_a_known_input_are_built_by_their_data(backend):
    class Plain(Model):
        """A model that defines its own call."""

        def __init__(self):
            super().__init__()
            self.dense = Dense(2)

        def call(self, inputs):
            return self.dense(inputs)

    for model in (Plain(), Sequential([Dense(2)])):
        model.compile(optimizers.SGD(lr=0.1), "mse")
        first = model.fit(X, Y, verbose=0, epochs=20).history["loss"]
        assert first[-1] < first[0] and model.predict(X).shape == (20, 2)


def test_frozen_weights_stay_and_a_late_change_warns():
    model = Sequential([Dense(4, input_shape=(3,)), Dense(2)])
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    after = model.get_weights()
    assert (before[0] == after[0]).all() and (before[2] != after[2]).any()
    model.layers[0].trainable = True
    with pytest.warns(UserWarning, match="compile"):
        model.fit(X, Y, verbose=0)
