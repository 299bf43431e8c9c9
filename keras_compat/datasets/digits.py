"""Handwritten digits: 1,797 images of 8x8 pixels that come with the package.

Source and licence: `keras_compat/data/DIGITS.txt`.
"""
import os

import numpy as np

PATH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                    "data", "digits.csv.gz")


def load_data(path=PATH):
    """Returns `(x_train, y_train), (x_test, y_test)`, as `keras.datasets.mnist` does.

    Images are uint8 of shape (n, 8, 8) with values from 0 to 16, labels uint8 of
    shape (n,). The split is always the same: of each digit, every fifth image is
    for testing (364 images), so that every digit and every writer is in both
    parts; the other 1,433 are for training, in the order of the source.
    """
    rows = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    images, labels = rows[:, :-1].reshape(-1, 8, 8), rows[:, -1]
    test = _every_fifth_of_each(labels)
    return (images[~test], labels[~test]), (images[test], labels[test])


def _every_fifth_of_each(labels):
    chosen = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        chosen[np.flatnonzero(labels == label)[::5]] = True
    return chosen
