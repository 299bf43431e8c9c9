"""What fit and its kin accept as data, and the errors for what they cannot use."""
import numpy as np
import pytest
from linear_model import BIAS, CLASSES, KERNEL, X, Y, branched, descent, linear

from keras_compat import backend as K
from keras_compat import optimizers
from keras_compat.engine.input_layer import Input
from keras_compat.engine.sequential import Sequential
from keras_compat.engine.training import Model
from keras_compat.engine.training_arrays import Feed
from keras_compat.layers.core import Activation, Dense, Lambda


class Stored:
    """Like an HDF5 data set: slices and rising lists of indices only."""

    def __init__(self, array):
        self.array, self.shape, self.dtype = array, array.shape, array.dtype
        self.most = 0

    def __getitem__(self, rows):
        assert isinstance(rows, slice) or rows == sorted(rows)
        found = self.array[rows]
        self.most = max(self.most, len(found))
        return found


def test_what_can_only_be_sliced_is_read_batch_by_batch():
    feed = Feed([Stored(X), Stored(Y)])
    order = np.array([5, 1, 7])
    for found, expected in zip(feed.take(order), (X[order], Y[order])):
        np.testing.assert_array_equal(found, expected)
    x, y = Stored(X), Stored(Y)
    model, twin = linear(), linear()
    for each in (model, twin):
        each.compile(optimizers.SGD(lr=0.1), "mse", metrics=["mae"])
    for shuffle in (False, True):
        np.random.seed(3)
        one = model.fit(x, y, batch_size=6, verbose=0, validation_split=0.3, shuffle=shuffle)
        np.random.seed(3)
        two = twin.fit(X, Y, batch_size=6, verbose=0, validation_split=0.3, shuffle=shuffle)
        assert one.history == two.history
    np.testing.assert_array_equal(model.predict(x, batch_size=6), twin.predict(X, batch_size=6))
    assert x.most == y.most == 6


def test_hdf5_data_sets_are_trained_on(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"], file["y"] = X, CLASSES
        model = linear("softmax")
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["acc"])
        model.fit(file["x"], file["y"][:], batch_size=6, verbose=0, validation_split=0.3)
        assert model.predict(file["x"], batch_size=6).shape == (20, 2)


def test_tensors_of_the_graph_are_data_for_steps(backend):
    x = Input(tensor=K.variable(X))
    model = Model(x, Dense(2)(x))
    model.compile(optimizers.SGD(lr=0.1), "mse", target_tensors=K.variable(Y))
    model.set_weights([KERNEL, BIAS])
    model.fit(steps_per_epoch=3, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], descent([np.arange(20)] * 3, 0.1)[0],
                               rtol=1e-4, atol=1e-5)
    assert model.predict(None, steps=2).shape == (40, 2)
    assert model.evaluate(steps=1, verbose=0) > 0
    with pytest.raises(ValueError, match="Expected steps_per_epoch"):
        model.fit(verbose=0)


# ---- errors ----

def compiled(loss="mse", activation=None):
    model = linear(activation)
    model.compile("sgd", loss)
    return model


@pytest.mark.parametrize("call, error, text", [
    (lambda: linear().fit(X, Y), RuntimeError, r"fit: .*compiled.*Expected compile"),
    (lambda: linear().evaluate(X, Y), RuntimeError, "evaluate: .*compiled"),
    (lambda: compiled().fit(X[:, :2], Y), ValueError,
     r"fit, input '.*': .*Expected \(None, 3\); received \(20, 2\)"),
    (lambda: linear().predict(X[None]), ValueError, r"predict, input .*received \(1, 20, 3\)"),
    (lambda: compiled().fit(X, Y[:, :1]), ValueError,
     r"fit, target '.*': .*Expected \(None, 2\); received \(20, 1\)"),
    (lambda: compiled().fit([X, X], Y), ValueError, "one array for each.*received 2"),
    (lambda: compiled().fit({"z": X}, Y), ValueError, "every name.*received keys"),
    (lambda: compiled().fit(X), ValueError, "target .*received none"),
    (lambda: compiled().fit(X, Y[:10]), ValueError, "Expected 20 samples; received arrays of"),
    (lambda: compiled().fit(np.array([["a"] * 3] * 20), Y), ValueError, "numeric dtype"),
    (lambda: compiled().fit(X, Y, sample_weight=np.ones((20, 2))), ValueError,
     "sample_weight: .*temporal"),
    (lambda: compiled().fit(X, Y, sample_weight=np.ones(3)), ValueError,
     r"sample_weight: .*Expected \(20,\); received \(3,\)"),
    (lambda: compiled("sparse_categorical_crossentropy", "softmax").fit(X, CLASSES + 1),
     ValueError, "Expected numbers from 0 to 1; received from 1 to 2"),
    (lambda: compiled("sparse_categorical_crossentropy", "softmax").train_on_batch(
        X, np.full(20, np.nan)), ValueError, "class numbers.*received from nan"),
    (lambda: compiled("sparse_categorical_crossentropy", "softmax").fit(
        X, CLASSES, class_weight={0: 1.}), ValueError, r"No weight for \[1\]"),
    (lambda: compiled().fit(X, Y, validation_split=2), ValueError, "validation_split"),
    (lambda: compiled().fit(X, Y, validation_data=(X,)), ValueError, "received 1 items"),
    (lambda: compiled().fit(X, Y, batch_size=4, steps_per_epoch=2), ValueError, "batch_size"),
    (lambda: compiled().fit(X, Y, batch_size=0), ValueError, "Expected a positive integer"),
    (lambda: compiled().fit(X, Y, epoch=3), TypeError, "fit: unknown keyword.*'epoch'"),
    (lambda: linear().compile("sgd"), ValueError, "compile: .*no.*|a loss to optimize"),
    (lambda: linear().compile("sgd", "mse", metrics="acc"), TypeError, "a list or a dict"),
    (lambda: linear().compile("sgd", ["mse", "mse"]), ValueError, "Expected 1 entries"),
    (lambda: linear().compile("sgd", {"no": "mse"}), ValueError, "names of outputs.*'no'"),
    (lambda: branched().compile("sgd", "mse", metrics=[["acc"]]), ValueError, "2 entries"),
    (lambda: branched().compile("sgd", "mse", loss_weights=[1.]), ValueError, "loss_weights"),
])
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_one_column_for_a_categorical_loss_says_what_to_do():
    model = Sequential([Dense(1, input_shape=(3,)), Activation("softmax")])
    model.compile("sgd", "categorical_crossentropy")
    with pytest.raises(ValueError, match="to_categorical"):
        model.fit(X, CLASSES)


def test_stateful_models_take_whole_batches():
    model = Sequential([Lambda(lambda x: x, batch_input_shape=(4, 3))])
    model.layers[0].stateful = True
    with pytest.raises(ValueError, match="divisible by 8; received 20"):
        model.predict(X, batch_size=8)


def test_weights_for_unknown_outputs_are_ignored_with_a_warning():
    """As in Keras 2.3.1, where class_weight={0: ..., 1: ...} weighs no output of several."""
    model = branched()
    model.compile(optimizers.SGD(lr=0.), "mse")
    targets = [Y, CLASSES]
    plain = model.train_on_batch(X, targets)
    for argument in ({"class_weight": {0: 1., 1: 2.}}, {"sample_weight": {"z": np.ones(20)}}):
        with pytest.warns(UserWarning, match="'a' or 'b'"):
            np.testing.assert_allclose(model.train_on_batch(X, targets, **argument), plain)
    with pytest.raises(TypeError, match="list of 2"):
        model.train_on_batch(X, targets, sample_weight=np.ones(20))


def test_outputs_of_one_layer_have_one_name_and_two_losses(backend):
    x, y = Input((3,)), Input((3,))
    dense = Dense(2, name="d")
    model = Model([x, y], [dense(x), dense(y)])
    model.compile("sgd", "mse")
    model.set_weights([KERNEL, BIAS])
    losses = [((a @ KERNEL + BIAS - Y) ** 2).mean() for a in (X, 2 * X)]
    found = model.evaluate([X, 2 * X], [Y, Y], verbose=0, batch_size=20)
    assert model.metrics_names == ["loss", "d_loss", "d_loss"]
    np.testing.assert_allclose(found, [sum(losses), *losses], rtol=1e-5)
