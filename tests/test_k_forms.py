"""Less usual forms in which K's functions were called: lists where one tensor is meant, and more.

Expected values are written out or computed with NumPy; that these are the forms of
Keras 2.3.1 was seen by running it on TensorFlow 1.15.
"""
import numpy as np
import pytest

import keras_compat.backend as K
from keras_compat import layers
from keras_compat.models import Sequential


def test_in_train_phase_chooses_between_lists(backend):
    x = K.placeholder((3,))
    results = K.in_train_phase(lambda: [x * 2, K.sum(x)], lambda: [x, K.max(x)])
    assert isinstance(results, list) and [K.int_shape(t) for t in results] == [(3,), ()]
    run = K.function([x, K.learning_phase()], results)
    for phase, wanted in ((1, ([2, 4, 10], 8)), (0, ([1, 2, 5], 5))):
        for got, expected in zip(run([np.array([1., 2., 5.]), phase]), wanted, strict=True):
            np.testing.assert_array_equal(got, expected)


def test_a_list_of_one_is_that_one(backend):
    x, training = K.placeholder((3,)), K.placeholder((), dtype="bool")
    for result in (K.switch(training, lambda: [[x * 2]], lambda: (x,)),
                   K.in_train_phase([x * 2], [x], training),
                   K.in_test_phase([x], [x * 2])):
        assert K.is_tensor(result) and K.int_shape(result) == (3,)
    run = K.function([x, training], [K.in_train_phase([x * 2], [x], training)])
    assert [run([np.ones(3), flag])[0].tolist() for flag in (True, False)] == [[2] * 3, [1] * 3]


def test_sizes_that_are_fed(backend):
    size = K.placeholder((), dtype="int32")
    run = K.function([size], [K.eye(size), K.eye((2, size), dtype="int32")])
    for n in (3, 1, 0):
        square, flat = run([n])
        assert square.dtype == "float32" and flat.dtype == "int32"
        np.testing.assert_array_equal(square, np.eye(n))
        np.testing.assert_array_equal(flat, np.eye(2, n))


def test_an_axis_named_twice_is_reduced_once(backend):
    values = np.arange(6.0).reshape(2, 3) - 1
    for reduce, expected in ((K.sum, np.sum), (K.mean, np.mean), (K.max, np.max),
                             (K.std, np.std)):
        np.testing.assert_allclose(K.eval(reduce(K.constant(values), axis=[1, -1])),
                                   expected(values, 1), rtol=1e-6)


def test_whole_floats_of_numpy_beside_integers(backend):
    """TensorFlow 1.15 cut off a fraction; what would lose one is refused."""
    x = K.placeholder((3,), dtype="int32")
    run = K.function([x], [x * np.float32(2), x + np.array([2., 3., 4.]), x / np.float64(2)])
    double, sums, halves = run([np.array([1, 2, 3])])
    assert double.tolist() == [2, 4, 6] and double.dtype == "int32"
    assert sums.tolist() == [3, 5, 7] and sums.dtype == "int32"
    assert halves.tolist() == [0.5, 1, 1.5] and halves.dtype == "float64"
    for value in (np.float32(2.5), np.float64(1e30), np.float64("nan"), 2.0):
        with pytest.raises(TypeError, match="must fit the tensor's dtype"):
            x * value


# ---- K.function ----

ROWS = np.arange(6.0, dtype="float32").reshape(2, 3)


def test_a_function_of_one_input_or_a_structure(backend):
    x, y = K.placeholder((None, 3)), K.placeholder((None, 3))
    for inputs, given in ((x, [ROWS]), (x, ROWS), ([x], ROWS), ((x,), (ROWS,)),
                          ({"x": x}, {"x": ROWS}), ([x], {"any": ROWS})):
        np.testing.assert_array_equal(K.function(inputs, [x * 2])(given)[0], ROWS * 2)
    by_name = K.function({"b": y, "a": x}, [x - y])({"a": ROWS, "b": ROWS * 3})
    np.testing.assert_array_equal(by_name[0], -2 * ROWS)
    assert K.function(None, K.constant(2.0))([]) == 2
    with pytest.raises(ValueError, match="2 arrays; received 1"):
        K.function([x, y], [x + y])(ROWS)


def test_tensors_are_fed_by_their_values(backend):
    x = K.placeholder((None, 3))
    double = K.function([x], [x * 2])
    variable = K.variable(ROWS)
    for given in (K.constant(ROWS), variable, variable * 1):
        np.testing.assert_array_equal(double([given])[0], ROWS * 2)
    K.set_value(variable, ROWS + 1)
    np.testing.assert_array_equal(double([variable])[0], ROWS * 2 + 2)


def test_the_keywords_of_sessions(backend):
    x, y, count = K.placeholder((None, 3)), K.placeholder(()), K.variable(0.0)
    run = K.function([x], [x * y], feed_dict={y: 3.0}, fetches=[K.update_add(count, 1.0)],
                     options=None, run_metadata=None)
    for _ in range(2):
        results = run([ROWS])
        assert len(results) == 1
        np.testing.assert_array_equal(results[0], ROWS * 3)
    assert K.get_value(count) == 2


def test_a_feed_dict_is_read_at_each_call(backend):
    x, y = K.placeholder(()), K.placeholder(())
    fed = {y: 2.0}
    run = K.function([x], [x + y], feed_dict=fed)
    assert run([1.0]) == [3]
    fed[y] = 5.0
    assert run([1.0]) == [6]


def test_models_hand_on_the_keywords_of_sessions(backend):
    scale, count = K.placeholder(()), K.variable(0.0)
    model = Sequential([layers.Lambda(lambda t: t * scale, input_shape=(2,)),
                        layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    x, y = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 0.5]]), np.ones((3, 1))
    model.compile("sgd", "mse", metrics=["mae"], feed_dict={scale: 2.0},
                  fetches=[K.update_add(count, 1.0)])
    expected = 2 * x.sum(1, keepdims=True)
    np.testing.assert_allclose(model.predict(x, batch_size=2), expected)
    loss = np.mean((expected - y) ** 2)
    np.testing.assert_allclose(model.evaluate(x, y, batch_size=1, verbose=0)[0], loss, rtol=1e-5)
    assert K.get_value(count) == 2 + 3
    history = model.fit(x, y, batch_size=3, verbose=0).history
    np.testing.assert_allclose(history["loss"], [loss], rtol=1e-5)
    gradient = np.mean(2 * (expected - y) * 2 * x, 0)
    np.testing.assert_allclose(model.get_weights()[0][:, 0], 1 - 0.01 * gradient, rtol=1e-5)
    model.train_on_batch(x, y)
    assert K.get_value(count) == 5 + 2


def test_get_value_of_any_tensor(backend):
    assert K.get_value(K.constant([1.0, 2.0]) * 2).tolist() == [2, 4]


def test_loops_over_arrays_and_numbers(backend):
    np.testing.assert_array_equal(K.eval(K.map_fn(lambda row: row * 2, ROWS)), ROWS * 2)
    np.testing.assert_array_equal(K.eval(K.map_fn(lambda row: 1.0, ROWS)), [1, 1])
    np.testing.assert_array_equal(K.eval(K.foldl(lambda a, row: a - row, ROWS)), [-3, -3, -3])
    one, = K.map_fn(lambda row: [row * 2], K.constant(ROWS), dtype=["float32"])
    np.testing.assert_array_equal(K.eval(one), ROWS * 2)
    with pytest.raises(ValueError, match=r"Expected \(\*, \*\); received \*"):
        K.foldl(lambda a, row: row, K.constant(ROWS), (K.zeros((3,)), K.zeros((3,))))


# ---- random numbers ----

def test_a_noise_shape_of_the_last_axes(backend):
    x = K.placeholder((2, 6, 5))
    dropped, = K.function([x], [K.dropout(x, 0.5, (6, 1), seed=1)])([np.ones((2, 6, 5))])
    assert set(np.unique(dropped)) == {0, 2}
    np.testing.assert_array_equal(dropped, np.broadcast_to(dropped[:1, :, :1], (2, 6, 5)))


@pytest.mark.parametrize("draw", [K.random_normal, K.truncated_normal])
def test_normal_numbers_are_floats(draw):
    with pytest.raises(TypeError, match="Expected float16 or float32 or float64; received int32"):
        draw((2,), dtype="int32")
