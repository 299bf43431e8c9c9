"""Input that is seldom and legal: sizes, dtypes, containers, names, depth, threads, copies."""
import copy
import pickle
import threading
import warnings

import h5py
import numpy as np
import pytest

from keras_compat import backend as K
from keras_compat.layers import (
    GRU, LSTM, Activation, AveragePooling2D, BatchNormalization, Conv1D, Conv2D, Conv2DTranspose,
    Dense, Dropout, Embedding, Flatten, GlobalAveragePooling2D, Input, MaxPooling2D,
    SeparableConv2D, SimpleRNN, SpatialDropout2D, UpSampling2D, ZeroPadding2D)
from keras_compat.models import Model, Sequential, model_from_json
from keras_compat.optimizers import SGD

_RANDOM = np.random.RandomState(0)
X = _RANDOM.rand(10, 5).astype("float32")
Y = _RANDOM.rand(10, 3).astype("float32")


def mlp():
    """A small model that is the same every time."""
    model = Sequential([Dense(4, input_shape=(5,), activation="tanh"), Dense(3)])
    start = np.random.RandomState(1)
    model.set_weights([start.randn(*w.shape) for w in model.get_weights()])
    model.compile("sgd", "mse")
    return model


def test_one_sample_and_rests_of_batches(backend):
    model = mlp()
    model.fit(X[:1], Y[:1], verbose=0)
    model.fit(X, Y, batch_size=1, verbose=0)
    model.fit(X, Y, batch_size=9, verbose=0)
    np.testing.assert_allclose(model.predict(X, batch_size=3), model.predict(X), rtol=1e-5)


def test_predicting_nothing_gives_nothing(backend):
    assert mlp().predict(X[:0]).shape == (0, 3)


@pytest.mark.parametrize("given", [
    np.asfortranarray(X), X.astype("float64"), np.repeat(X, 2, axis=0)[::2],
    np.flip(np.flip(X, 1).copy(), 1), X.tolist(), X.astype(object), X.astype(">f4"),
    np.broadcast_to(X[:1], X.shape),
], ids=["Fortran order", "float64", "every second row", "reversed", "lists",
        "objects", "big endian", "broadcast"])
def test_arrays_of_every_make(backend, given):
    expected = mlp().predict(np.ascontiguousarray(given, "float32"))
    np.testing.assert_allclose(mlp().predict(given), expected, rtol=1e-5)
    np.testing.assert_allclose(mlp().predict(given, batch_size=4), expected, rtol=1e-5)
    plain, other = mlp(), mlp()
    plain.fit(np.ascontiguousarray(given, "float32"), Y, batch_size=4, shuffle=False, verbose=0)
    other.fit(given, Y, batch_size=4, shuffle=False, verbose=0)
    np.testing.assert_allclose(other.train_on_batch(given, Y), plain.train_on_batch(
        np.ascontiguousarray(given, "float32"), Y), rtol=1e-5)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int64", "uint16", "uint32", "uint64",
                                   "float16"])
def test_numbers_of_every_dtype(backend, dtype):
    given = (X * 3).astype(dtype)
    np.testing.assert_allclose(mlp().predict(given), mlp().predict(given.astype("float32")),
                               rtol=1e-5)
    mlp().fit(given, (Y * 2).astype(dtype), verbose=0)


def test_files(backend, tmp_path):
    expected = mlp().predict(X)
    with h5py.File(tmp_path / "data.h5", "w") as file:
        x, y = (file.create_dataset(name, data=data) for name, data in (("x", X), ("y", Y)))
        for size in (3, 32):
            np.testing.assert_allclose(mlp().predict(x, batch_size=size), expected, rtol=1e-5)
        model = mlp()
        model.fit(x, y, batch_size=3, verbose=0)
        model.fit(x, y, batch_size=3, verbose=0, shuffle="batch")
        assert model.train_on_batch(x, y) >= 0 and model.test_on_batch(x, y) >= 0
        model.predict_on_batch(x)


def test_memory_maps_and_arrays_that_cannot_be_written(backend, tmp_path):
    expected = mlp().predict(X)
    X.tofile(tmp_path / "x")
    mapped = np.memmap(tmp_path / "x", dtype="float32", mode="r", shape=X.shape)
    frozen = X.copy()
    frozen.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for given in (mapped, frozen):
            np.testing.assert_allclose(mlp().predict(given), expected, rtol=1e-5)
            np.testing.assert_allclose(mlp().predict(given, batch_size=4), expected, rtol=1e-5)
            mlp().fit(given, Y, verbose=0)
            mlp().train_on_batch(given, Y)


def test_class_numbers_in_a_file_are_checked(tmp_path):
    model = Sequential([Dense(3, input_shape=(5,), activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        labels = file.create_dataset("y", data=np.full((10, 1), 3))
        with pytest.raises(ValueError, match="from 0 to 2"):
            model.fit(X, labels, verbose=0)


def test_results_are_the_users_own(backend):
    model = Sequential([Activation("linear", input_shape=(5,))])
    x = X.copy()
    y = model.predict(x)
    x[:] = 0
    np.testing.assert_array_equal(y, X)
    model = mlp()
    first = model.predict(X)
    kept = first.copy()
    model.fit(X, Y, verbose=0)
    model.predict(X * 2)
    np.testing.assert_array_equal(first, kept)


def test_names_in_any_script(backend):
    x = Input((5,), name="入力")
    model = Model(x, Dense(3, name="выход é")(x), name="модель")
    model.compile("sgd", "mse", metrics=["mae"])
    model.fit({"入力": X}, {"выход é": Y}, verbose=0)
    lines = []
    model.summary(print_fn=lines.append)
    assert any("выход é" in line for line in lines)
    assert model_from_json(model.to_json()).get_layer("выход é").units == 3


def test_a_model_of_500_layers(backend):
    x = y = Input((4,))
    for _ in range(500):
        y = Dense(4, activation="tanh")(y)
    model = Model(x, y)
    model.compile("sgd", "mse")
    model.fit(X[:, :4], X[:, :4], verbose=0)
    model.summary(print_fn=lambda line: None)
    slope, = K.function([x], K.gradients(K.sum(y), [x]))([X[:, :4]])
    assert slope.shape == (10, 4)
    assert len(Model.from_config(model.get_config()).layers) == 501


@pytest.mark.parametrize("layer", [SimpleRNN, GRU, LSTM])
def test_200_steps_unrolled(backend, layer):
    model = Sequential([layer(2, unroll=True, input_shape=(200, 1))])
    model.compile("sgd", "mse")
    assert np.isfinite(model.train_on_batch(np.ones((2, 200, 1)), np.ones((2, 2))))


@pytest.fixture
def channels_first():
    K.set_image_data_format("channels_first")
    yield
    K.set_image_data_format("channels_last")


def test_channels_first_everywhere(backend, channels_first):
    model = Sequential([
        Conv2D(3, 3, input_shape=(2, 12, 12), padding="same"), BatchNormalization(axis=1),
        MaxPooling2D(), SeparableConv2D(4, 3), AveragePooling2D(), UpSampling2D(2),
        ZeroPadding2D(1), Conv2DTranspose(3, 2, strides=2), SpatialDropout2D(.3),
        GlobalAveragePooling2D()])
    model.compile("adam", "mse")
    history = model.fit(_RANDOM.rand(4, 2, 12, 12), np.ones((4, 3)), verbose=0).history
    assert np.isfinite(history["loss"][0])


@pytest.fixture(params=["float16", "float64"])
def floatx(request):
    K.set_floatx(request.param)
    yield request.param
    K.set_floatx("float32")


def test_other_float_types(backend, floatx):
    images = Sequential([
        Conv2D(4, 3, input_shape=(8, 8, 1), activation="relu"), BatchNormalization(),
        MaxPooling2D(), Conv2DTranspose(1, 2), SeparableConv2D(2, 2), Dropout(.2), Flatten(),
        Dense(3, activation="softmax")])
    words = Sequential([Embedding(9, 4, mask_zero=True), LSTM(5), Dense(3, activation="softmax")])
    steps = Sequential([Conv1D(3, 2, input_shape=(6, 2)), GRU(4, dropout=.2, return_sequences=True),
                        SimpleRNN(3, activation="softmax")])
    labels = np.array([0, 1, 2, 1])
    for model, x in ((images, _RANDOM.rand(4, 8, 8, 1)), (words, _RANDOM.randint(0, 9, (4, 6))),
                     (steps, _RANDOM.rand(4, 6, 2))):
        for optimizer in ("sgd", "rmsprop", "adam"):
            model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
            loss = model.fit(x, labels, verbose=0, sample_weight=np.ones(4)).history["loss"][0]
            assert np.isfinite(loss)
        assert model.predict(x).dtype == model.get_weights()[0].dtype == floatx


def test_threads_that_predict_with_one_model(backend):
    model = Sequential([Conv2D(4, 3, input_shape=(8, 8, 1), activation="relu"), Flatten(),
                        Dense(3)])
    batches = [_RANDOM.rand(5, 8, 8, 1).astype("float32") for _ in range(4)]
    expected = [model.predict(batch) for batch in batches]
    wrong = []

    def run(number):
        for i in range(20):
            which = (i + number) % 4
            if not np.allclose(model.predict(batches[which], batch_size=(32, 3)[number % 2]),
                               expected[which], atol=1e-5):
                wrong.append((number, i))
    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("way", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))],
                         ids=["deepcopy", "pickle"])
def test_copies_of_models(backend, way):
    """As in Keras 2.3.1: config, weights, and what compile was given with the optimizer's state."""
    model = mlp()
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, verbose=0)
    twin = way(model)
    np.testing.assert_allclose(twin.predict(X), model.predict(X), rtol=1e-6)
    assert twin.metrics_names == model.metrics_names
    for _ in range(2):
        np.testing.assert_allclose(twin.train_on_batch(X, Y), model.train_on_batch(X, Y),
                                   rtol=1e-5)
    model.set_weights([0 * w for w in model.get_weights()])
    assert np.abs(twin.predict(X)).max() > 0


@pytest.mark.parametrize("spread", [lambda x: K.mean(x, axis=-1), lambda x: x],
                         ids=["a loss per sample", "a loss per element"])
def test_added_losses_with_axes_are_averaged(backend, spread):
    """As Keras 2.3.1 does: the total loss is one number, the mean over all its elements."""
    inputs = Input((5,))
    model = Model(inputs, Dense(3)(inputs))
    start = np.random.RandomState(1)
    kernel, bias = start.randn(5, 3), start.randn(3)
    model.set_weights([kernel, bias])
    model.add_loss(spread(K.square(model.outputs[0])))
    model.compile(SGD(lr=0.1), "mse")
    out = X @ kernel + bias
    expected = np.mean((out - Y) ** 2) + np.mean(out ** 2)
    assert np.shape(model.train_on_batch(X, Y)) == ()
    slope = 2 * ((out - Y) + out) / out.size
    found = model.get_weights()
    np.testing.assert_allclose(found[0], kernel - 0.1 * X.T @ slope, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found[1], bias - 0.1 * slope.sum(0), rtol=1e-4, atol=1e-5)
    model.set_weights([kernel, bias])
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected, rel=1e-5)


def test_what_old_code_asks_a_model():
    """Keras 2.3.1 gives ['loss'] before compile; GAN code asks what compile collected."""
    assert Sequential([Dense(3, input_shape=(5,))]).metrics_names == ["loss"]
    model = mlp()
    model.trainable = False
    assert len(model._collected_trainable_weights) == 4 and not model.trainable_weights
    bare = Sequential([Dense(3, input_shape=(5,))])
    assert not hasattr(bare, "_collected_trainable_weights")
    bare.summary(print_fn=lambda line: None)


class Doubling(Dense):
    """A user's own layer."""

    def call(self, inputs):
        """Twice what a Dense layer gives."""
        return 2 * super().call(inputs)


def test_a_copy_of_a_model_with_a_users_layer():
    model = Sequential([Doubling(3, input_shape=(5,))])
    twin = pickle.loads(pickle.dumps(model))
    np.testing.assert_allclose(twin.predict(X), model.predict(X))
    assert type(twin.layers[0]) is Doubling


def test_models_made_and_left_take_no_memory(backend):
    import gc
    import weakref

    left = []
    for _ in range(3):
        K.clear_session()
        model = mlp()
        model.fit(X, Y, verbose=0)
        model.predict(X)
        left.append(weakref.ref(model))
    del model
    gc.collect()
    assert [ref() for ref in left] == [None] * 3
