"""One-hot labels and normalized rows."""
import numpy as np
import pytest

from keras_compat.utils.np_utils import normalize, to_categorical


@pytest.mark.parametrize("labels, classes, shape", [
    ([0, 2, 1], None, (3, 3)), ([0, 1], 5, (2, 5)), ([[0], [1]], None, (2, 2)),
    ([[0, 1], [1, 2]], None, (2, 2, 3)), (1, None, (2,)), ([[[1]]], 3, (1, 1, 3)),
])
def test_to_categorical(labels, classes, shape):
    rows = to_categorical(labels, classes)
    assert rows.shape == shape and rows.dtype == "float32"
    np.testing.assert_array_equal(rows.argmax(-1).ravel(), np.ravel(labels))
    np.testing.assert_array_equal(rows.sum(-1), np.ones(shape[:-1]))


def test_dtype_and_labels_out_of_range():
    assert to_categorical([0, 1], dtype="int8").dtype == "int8"
    with pytest.raises(IndexError):
        to_categorical([0, 3], 3)


def test_normalize():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(normalize(x), [[0.6, 0.8], [0, 0]])
    np.testing.assert_allclose(normalize(x, axis=0), [[1, 1], [0, 0]])
    np.testing.assert_allclose(normalize(x, order=1)[0], [3 / 7, 4 / 7])
