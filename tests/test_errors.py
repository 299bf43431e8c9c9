"""The grammar of messages (`backend/errors.py`)."""
import pytest

from keras_compat.backend import errors


def test_grammar():
    assert errors.message("dot (layer 'dense_3')", "inner dimensions must agree",
                          "y.shape[0] == 64", "x (None, 64), y (32, 10)") == (
        "dot (layer 'dense_3'): inner dimensions must agree. "
        "Expected y.shape[0] == 64; received x (None, 64), y (32, 10).")


def test_hint_follows_as_a_sentence():
    text = errors.message("fit", "call compile first", "a compiled model", "none", "Call compile.")
    assert text == "fit: call compile first. Expected a compiled model; received none. Call compile."


@pytest.mark.parametrize("value, text", [
    ((None, 64), "(None, 64)"), ((3,), "(3,)"), ((), "()"), ([1, 2], "[1, 2]"),
    (None, "None"), ("plain", "plain"), (2.5, "2.5"), (("a", "b"), "('a', 'b')"),
])
def test_values_in_messages(value, text):
    assert errors.show(value) == text


def test_shapes_of_any_kind_are_tuples():
    import numpy as np
    assert errors.shape([None, np.int64(3)]) == "(None, 3)"
    assert errors.shape(None) == "unknown shape"


@pytest.mark.parametrize("names, text", [
    ([], ""), (["a"], "'a'"), (["a", "b"], "'a' or 'b'"), ("abc", "'a', 'b' or 'c'"),
])
def test_one_of(names, text):
    assert errors.one_of(names) == text


def test_what_legacy_code_catches():
    assert issubclass(errors.ConfigError, ValueError)
    assert issubclass(errors.BackendNotFound, errors.ConfigError)
    assert issubclass(errors.BackendNotInstalled, ImportError)
    assert issubclass(errors.BackendNotInstalled, errors.BackendLoadError)
