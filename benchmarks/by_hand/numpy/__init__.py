"""The workloads in NumPy: im2col, BLAS and in-place updates."""
import numpy as np

from . import gru, images, lstm, plain, text

PROGRAMS = {**plain.PROGRAMS, **images.PROGRAMS, "lstm": lstm.LSTM, **gru.PROGRAMS,
            **text.PROGRAMS}


def limit_threads(threads):
    """The BLAS library has read its number of threads from the environment."""


def as_input(array):
    """A batch as these programs take it."""
    return array


def finish(result):
    """Waits for a result."""
    return np.asarray(result)
