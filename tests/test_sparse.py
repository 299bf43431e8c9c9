"""Sparse tensors of K and models that take sparse matrices."""
import tracemalloc

import numpy as np
import pytest

import keras_compat.backend as K
from keras_compat import layers
from keras_compat.backend.sparse_array import SparseArray
from keras_compat.models import Model, Sequential
from sparse_tools import Coo, Csr, Dok, sparse


def drawn(*shape):
    return np.random.RandomState(sum(shape)).uniform(-1, 1, shape).astype("float32")


# ---- matrices on the host ----

@pytest.mark.parametrize("rows", [slice(2, 5), slice(0, 0), slice(None), slice(1, 8, 3),
                                  [4, 0, 4], np.array([], int), slice(6, 99)], ids=str)
def test_rows_of_a_matrix(rows):
    matrix = sparse(9, 4)
    part = SparseArray.of(matrix)[rows]
    np.testing.assert_array_equal(part.toarray(), matrix.toarray()[rows])
    assert part.shape == matrix.toarray()[rows].shape


def test_dense_matrix_as_a_sparse_one():
    dense = np.array([[0, 2.], [3, 0]])
    matrix = SparseArray.of(dense)
    assert len(matrix.values) == 2
    np.testing.assert_array_equal(matrix.toarray(), dense)


# ---- tensors ----

def test_questions_about_a_sparse_tensor(backend):
    made = {"placeholder": K.placeholder((None, 4), sparse=True, name="s"),
            "variable": K.variable(sparse(3, 4), name="a"), "input": layers.Input((4,), sparse=True)}
    for x in made.values():
        assert K.is_sparse(x) and K.is_tensor(x) and not K.is_variable(x)
        assert K.int_shape(x)[1] == 4 and K.ndim(x) == 2 and K.dtype(x) == "float32"
        assert not K.is_sparse(K.to_dense(x))
    assert K.is_placeholder(made["placeholder"]) and not K.is_placeholder(made["variable"])
    assert made["placeholder"].name == "s:0"
    assert not K.is_sparse(K.placeholder((2, 3)))


@pytest.mark.parametrize("matrix", [
    sparse(5, 3), Csr(sparse(5, 3)), sparse(5, 3, part=0), sparse(0, 3),
    Coo([1, 1, 0], [2, 2, 0], np.array([1., 2., 5.]), (5, 3))],
    ids=["coo", "csr", "nothing stored", "no rows", "an element twice"])
def test_to_dense(matrix, backend):
    x = K.placeholder((None, 3), sparse=True)
    dense, shape = K.function([x], [K.to_dense(x), K.shape(x)])([matrix])
    np.testing.assert_allclose(dense, matrix.toarray())
    assert dense.dtype == "float32" and tuple(shape) == matrix.shape
    if matrix.shape[0]:
        np.testing.assert_allclose(K.eval(K.variable(matrix)), matrix.toarray())


def test_dot_with_a_dense_matrix(backend):
    matrix, y, z = sparse(6, 5), drawn(5, 4), drawn(3, 6)
    x = K.placeholder((None, None), sparse=True)
    right, left = K.dot(x, K.constant(y)), K.dot(K.constant(z), x)
    assert K.int_shape(right) == (None, 4) and K.int_shape(left) == (3, None)
    got = K.function([x], [right, left])([Csr(matrix)])
    np.testing.assert_allclose(got[0], matrix.toarray() @ y, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(got[1], z @ matrix.toarray(), rtol=1e-5, atol=1e-6)


def test_gradients_of_a_product(backend):
    matrix, weights = sparse(6, 5), drawn(6, 4)
    a, y = K.variable(matrix), K.variable(drawn(5, 4))
    loss = K.sum(K.dot(a, y) * weights)
    of_y, of_values = K.function([], K.gradients(loss, [y, a.values]))([])
    np.testing.assert_allclose(of_y, matrix.toarray().T @ weights, rtol=1e-5, atol=1e-6)
    stored = SparseArray.of(matrix)
    wanted = (weights @ K.get_value(y).T)[stored.rows, stored.cols]
    np.testing.assert_allclose(of_values, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_concatenation_stays_sparse(axis, backend):
    first = sparse(4, 4, seed=1)
    second = sparse(4, 4, seed=2)
    x = K.placeholder((None, None), sparse=True)
    joined = K.concatenate([x, K.variable(second), x], axis=axis)
    assert K.is_sparse(joined)
    got, = K.function([x], [K.to_dense(joined)])([first])
    dense = [m.toarray() for m in (first, second, first)]
    np.testing.assert_allclose(got, np.concatenate(dense, axis))


def test_concatenation_with_a_dense_tensor_is_dense():
    matrix, y = sparse(4, 3), drawn(4, 2)
    joined = K.concatenate([K.variable(matrix), K.constant(y)], axis=1)
    assert not K.is_sparse(joined)
    np.testing.assert_allclose(K.eval(joined), np.concatenate([matrix.toarray(), y], 1))


def test_labels_as_a_sparse_tensor(backend):
    labels, lengths = K.constant([[3, 1, 2], [4, 5, 6]], dtype="int32"), K.constant([2, 3], "int32")
    x = K.ctc_label_dense_to_sparse(labels, lengths)
    assert K.is_sparse(x)
    np.testing.assert_array_equal(K.eval(x), [[3, 1, 0], [4, 5, 6]])


def test_large_product_is_never_dense(backend):
    """A dense matrix of this shape would take 40 GB."""
    size = 100_000
    places = np.arange(size)
    matrix = Coo(places, places[::-1], np.full(size, 2., "float32"), (size, size))
    x, y = K.placeholder((None, size), sparse=True), drawn(size, 3)
    run = K.function([x], [K.dot(x, K.variable(y))])
    tracemalloc.start()
    got, = run([matrix])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_allclose(got, 2 * y[::-1], rtol=1e-6)
    assert peak < 100e6


@pytest.mark.parametrize("make, error, message", [
    (lambda x: K.sum(x), TypeError, "sum: a sparse tensor is taken by K.dot"),
    (lambda x: x * 2, TypeError, "K.to_dense makes one of it"),
    (lambda x: K.dot(x, x), TypeError, "one of the two matrices must be dense"),
    (lambda x: K.dot(x, K.ones((5, 2))), ValueError, r"Expected y \(4, any\)"),
    (lambda x: K.concatenate([x, K.placeholder((2, 5), sparse=True)], 0), ValueError,
     "equal sizes on axis 1"),
    (lambda x: K.placeholder((2, 3, 4), sparse=True), ValueError, "a shape of 2 axes"),
    (lambda x: K.function([x], [K.to_dense(x)])([sparse(3, 5)]), ValueError,
     r"Expected \(None, 4\); received \(3, 5\)"),
    (lambda x: K.function([x], [K.to_dense(x)])([np.ones((2, 2, 2))]), ValueError,
     "fed with a matrix"),
], ids=["sum", "operator", "two sparse", "sizes", "concatenate", "axes", "fed shape", "fed axes"])
def test_refused(make, error, message):
    with pytest.raises(error, match=message):
        make(K.placeholder((None, 4), sparse=True))


# ---- models ----


@pytest.mark.parametrize("wrap", [lambda m: m, Csr, Dok, lambda m: m.toarray()],
                         ids=["coo", "csr", "dok", "dense"])
def test_training_on_sparse_data_is_training_on_dense_data(wrap, backend):
    matrix, y = sparse(20, 6), drawn(20, 2)
    histories, predictions = [], []
    for is_sparse in (True, False):
        x = layers.Input((6,), sparse=is_sparse)
        output = layers.Dense(2, kernel_initializer="ones")(x)
        model = Model(x, output)
        model.compile("adam", "mse")
        np.random.seed(3)
        data = wrap(matrix) if is_sparse else matrix.toarray()
        history = model.fit(data, y, batch_size=8, epochs=3, verbose=0, validation_split=.2)
        histories.append([*history.history["loss"], *history.history["val_loss"],
                          model.train_on_batch(data, y), model.evaluate(data, y, verbose=0)])
        predictions.append([model.predict(data, batch_size=7), model.predict_on_batch(data)])
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-5)
    for one, other in zip(*predictions):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("wrap", [lambda m: m, Csr], ids=["coo", "csr"])
def test_sparse_data_for_a_dense_input(wrap, backend):
    model = Sequential([layers.Dense(2, input_dim=6)])
    model.compile("sgd", "mse")
    matrix = sparse(10, 6)
    np.testing.assert_allclose(model.predict(wrap(matrix)), model.predict(matrix.toarray()),
                               rtol=1e-5)
    model.fit(wrap(matrix), drawn(10, 2), epochs=1, batch_size=4, verbose=0)


class GraphConvolution(layers.Layer):
    """A layer of a graph network: activation(A X W) with a sparse adjacency matrix A."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = layers.Activation(activation or "linear")

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[0][1], self.units), name="kernel",
                                      initializer="glorot_uniform")
        super().build(input_shape)

    def call(self, inputs):
        features, adjacency = inputs
        return self.activation(K.dot(adjacency, K.dot(features, self.kernel)))

    def compute_output_shape(self, input_shape):
        return input_shape[0][0], self.units


def test_graph_network_trains(backend):
    """Two communities, a few labels: all nodes are told apart in the end."""
    size = 12
    block = np.kron(np.eye(2), np.ones((6, 6))) / 6
    row, col = np.nonzero(block)
    adjacency = Coo(row, col, block[row, col].astype("float32"), (size, size))
    features = sparse(size, 5, part=.6, seed=4)
    targets = np.repeat(np.eye(2), 6, axis=0)
    known = np.zeros(size)
    known[[0, 7]] = 1
    x, a = layers.Input((5,), sparse=True), layers.Input((None,), sparse=True)
    hidden = GraphConvolution(8, "tanh")([x, a])
    model = Model([x, a], GraphConvolution(2, "softmax")([layers.Dropout(.1)(hidden), a]))
    model.compile("adam", "categorical_crossentropy", weighted_metrics=["acc"])
    K.set_value(model.optimizer.lr, .05)
    for _ in range(60):
        model.fit([features, adjacency], targets, sample_weight=known, batch_size=size,
                  epochs=1, shuffle=False, verbose=0)
    predicted = model.predict([features, adjacency], batch_size=size)
    assert (predicted.argmax(1) == targets.argmax(1)).all()


def test_adjacency_as_a_variable_and_clones(backend):
    adjacency = sparse(4, 4, part=.5)
    a = K.variable(adjacency)
    x = layers.Input(batch_shape=(4, 3))
    model = Model(x, layers.Lambda(lambda h: K.dot(a, h))(x))
    data = drawn(4, 3)
    np.testing.assert_allclose(model.predict(data), adjacency.toarray() @ data, rtol=1e-5,
                               atol=1e-6)


def test_sparse_input_in_configs():
    x = layers.Input((4,), sparse=True)
    model = Model(x, layers.Dense(2)(x))
    again = Model.from_config(model.get_config())

    assert K.is_sparse(again.inputs[0])
