"""The digits that come with the package (`datasets/digits.py`)."""
import numpy as np

from keras_compat.datasets import digits


def test_shapes_and_types():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert x_train.shape == (1433, 8, 8) and x_test.shape == (364, 8, 8)
    assert y_train.shape == (1433,) and y_test.shape == (364,)
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}


def test_values_are_the_source_s():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert max(x_train.max(), x_test.max()) == 16
    assert (np.bincount(y_train) + np.bincount(y_test)).tolist() == [
        178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert x_test[0].tolist()[0] == [0, 0, 5, 13, 9, 1, 0, 0] and y_test[0] == 0


def test_split_is_even_and_always_the_same():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    share = np.bincount(y_test) / (np.bincount(y_train) + np.bincount(y_test))
    assert abs(share - 0.2).max() < 0.005
    again = digits.load_data()
    assert (again[0][0] == x_train).all() and (again[1][1] == y_test).all()


def test_no_test_image_is_for_training():
    (x_train, _), (x_test, _) = digits.load_data()
    train = {image.tobytes() for image in x_train}
    assert not any(image.tobytes() in train for image in x_test)
