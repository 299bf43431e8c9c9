"""Mistakes with data and with what fit, evaluate and predict are told. One row a mistake."""
import numpy as np
import pytest

from bad_input import check, table
from keras_compat import backend as K
from keras_compat.callbacks import EarlyStopping
from keras_compat.layers import LSTM, Dense, Embedding, Input, concatenate
from keras_compat.models import Model, Sequential

X, Y = np.ones((10, 5), "float32"), np.ones((10, 3), "float32")
CLASSES = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
NONE = np.array([[None] * 5] * 10)


def compiled(loss="mse", **options):
    model = Sequential([Dense(4, input_shape=(5,), name="first"), Dense(3, name="last")])
    model.compile("sgd", loss, **options)
    return model


def branched():
    a, b = Input((3,), name="a"), Input((4,), name="b")
    model = Model([a, b], [Dense(2, name="p")(a), Dense(1, name="q")(concatenate([a, b]))])
    model.compile("sgd", "mse")
    return model


def inputs(rows=10, more=10):
    return [np.ones((rows, 3)), np.ones((more, 4))]


def fit(x=X, y=Y, loss="mse", **options):
    return compiled(loss).fit(x, y, verbose=0, **options)


def sparse(labels):
    return fit(y=labels, loss="sparse_categorical_crossentropy")


METHODS = ("fit", "evaluate", "train_on_batch", "test_on_batch")


@pytest.mark.parametrize("method", METHODS)
@table(
    ("not compiled", lambda f: f(Sequential([Dense(3, input_shape=(5,))]), X, Y), RuntimeError,
     "Sequential", "compile", "not compiled"),
    ("features", lambda f: f(compiled(), X[:, :4], Y), ValueError, "input 'first_input'",
     r"\(None, 5\)", r"\(10, 4\)"),
    ("axes", lambda f: f(compiled(), X[..., None], Y), ValueError, "input 'first_input'",
     r"\(None, 5\)", r"\(10, 5, 1\)"),
    ("targets' features", lambda f: f(compiled(), X, Y[:, :2]), ValueError, "target 'last'",
     r"\(None, 3\)", r"\(10, 2\)"),
    ("numbers of samples", lambda f: f(compiled(), X, Y[:7]), ValueError, "target", "10 samples",
     "7"),
    ("no inputs", lambda f: f(compiled(), None, Y), ValueError, "input 'first_input'", "array",
     "none"),
    ("no targets", lambda f: f(compiled(), X, None), ValueError, "target 'last'", "array",
     "none"),
    ("no samples", lambda f: f(compiled(), X[:0], Y[:0]), ValueError, ".", "1 sample",
     "0 samples"),
    ("two inputs", lambda f: f(compiled(), [X, X], Y), ValueError, "input", "1 ", "2: "),
    ("two targets", lambda f: f(compiled(), X, [Y, Y]), ValueError, "target", "1 ", "2: "),
    ("a name that is none", lambda f: f(compiled(), {"no": X}, Y), ValueError, "input",
     "'first_input'", "no"),
    ("text", lambda f: f(compiled(), np.full((10, 5), "a"), Y), ValueError, "first_input",
     "numeric", "<U1"),
    ("objects that are no numbers", lambda f: f(compiled(), NONE, Y), ValueError, "first_input",
     "numeric", "None"),
    ("rows of different lengths", lambda f: f(compiled(), [[1, 2], [3]], Y), ValueError,
     "first_input", "numeric", "list"),
    ("a number", lambda f: f(compiled(), 3, Y), ValueError, "first_input", "1 axis", "single"),
    ("complex numbers", lambda f: f(compiled(), X.astype(complex), Y), ValueError, "first_input",
     "numeric", "complex"),
    ("a tensor of the graph", lambda f: f(compiled(), Input((5,)), Y), ValueError,
     "first_input", "an array", "Placeholder"),
    ("a tensor for a target", lambda f: f(compiled(), X, Input((3,))), ValueError, "last",
     "an array", "Placeholder"),
    ("weights for other samples",
     lambda f: f(compiled(), X, Y, sample_weight=np.ones(9)), ValueError, "sample_weight",
     r"\(10,\)", r"\(9,\)"),
    ("weights that are text",
     lambda f: f(compiled(), X, Y, sample_weight=np.array(["a"] * 10)), ValueError,
     "sample_weight", "numeric", "<U1"),
    ("one array for two inputs",
     lambda f: f(branched(), np.ones((10, 3)), [np.ones((10, 2)), np.ones((10, 1))]), ValueError,
     "input", r"2 \(a, b\)", "1: "),
    ("inputs in the wrong order",
     lambda f: f(branched(), inputs()[::-1], [np.ones((10, 2)), np.ones((10, 1))]), ValueError,
     "input 'a'", r"\(None, 3\)", r"\(10, 4\)"),
    ("inputs of different lengths",
     lambda f: f(branched(), inputs(10, 9), [np.ones((10, 2)), np.ones((10, 1))]), ValueError,
     "input", "samples", r"9, 10"),
    ("a target left out of a dict", lambda f: f(branched(), inputs(), {"p": np.ones((10, 2))}),
     ValueError, "target", "'q'", "p"),
)
def test_data(row, method):
    def run(model, x, y, **options):
        if method in ("fit", "evaluate"):
            options["verbose"] = 0
        return getattr(model, method)(x, y, **options)
    name, call, *expected = row
    check((name, lambda: call(run), *expected))


@table(
    ("NaN", lambda: sparse(np.where(CLASSES == 2, np.nan, CLASSES)), ValueError, "target 'last'",
     "0 to 2", "nan"),
    ("infinite", lambda: sparse(np.where(CLASSES == 2, np.inf, CLASSES)), ValueError,
     "target 'last'", "0 to 2", "inf"),
    ("negative", lambda: sparse(CLASSES - 1), ValueError, "target 'last'", "0 to 2", "-1"),
    ("past the last", lambda: sparse(CLASSES + 1), ValueError, "target 'last'", "0 to 2", "3"),
    ("with a fraction", lambda: sparse(CLASSES * .5), ValueError, "target 'last'", "0 to 2",
     r"0\.5"),
    ("in a list", lambda: sparse([0, 1, 2, 0, 1, 2, 0, 1, 2, 9]), ValueError, "target 'last'",
     "0 to 2", "9"),
    ("as rows", lambda: sparse(np.eye(3)[CLASSES]), ValueError, "target 'last'", r"\(None, 1\)",
     r"\(10, 3\)"),
    ("as numbers for rows", lambda: fit(y=CLASSES, loss="categorical_crossentropy"), ValueError,
     "target 'last'", r"\(None, 3\)", r"\(10, 1\)"),
)
def test_classes(row):
    check(row)


def test_class_numbers_of_any_numeric_dtype_are_taken():
    for dtype in ("float64", "uint8", "int64", object):
        sparse(CLASSES.astype(dtype))


@table(
    ("batches of 0", lambda: fit(batch_size=0), ValueError, "fit", "positive", "^0"),
    ("batches below 0", lambda: fit(batch_size=-1), ValueError, "fit", "positive", "-1"),
    ("batches in letters", lambda: fit(batch_size="a"), ValueError, "fit", "positive", "'a'"),
    ("batches with a fraction", lambda: fit(batch_size=2.5), ValueError, "fit", "integer",
     r"2\.5"),
    ("steps of 0", lambda: fit(steps_per_epoch=0), ValueError, "fit", "positive", "^0"),
    ("steps and batches", lambda: fit(steps_per_epoch=2, batch_size=5), ValueError, "batch_size",
     "None", "5"),
    ("steps of validation alone", lambda: fit(validation_steps=2, validation_data=(X, Y)),
     ValueError, "validation_steps", "steps_per_epoch", "2"),
    ("epochs in letters", lambda: fit(epochs="a"), ValueError, "fit", "not negative", "'a'"),
    ("epochs below 0", lambda: fit(epochs=-1), ValueError, "fit", "not negative", "-1"),
    ("first epoch", lambda: fit(initial_epoch=-3), ValueError, "fit", "not negative", "-3"),
    ("all held back", lambda: fit(validation_split=1.), ValueError, "validation_split",
     "between 0 and 1", "1"),
    ("too much held back", lambda: fit(validation_split=.99), ValueError, "validation_split",
     "leaves some", r"0\.99"),
    ("a part in letters", lambda: fit(validation_split="a"), ValueError, "fit", "number", "'a'"),
    ("validation on nothing", lambda: fit(validation_data=3), ValueError, "validation_data",
     r"\(x, y\)", "3"),
    ("validation without targets", lambda: fit(validation_data=(X,)), ValueError,
     "validation_data", r"\(x, y\)", "1 items"),
    ("validation's shape", lambda: fit(validation_data=(X[:, :2], Y)), ValueError,
     "validation_data, input 'first_input'", r"\(None, 5\)", r"\(10, 2\)"),
    ("epochs to validate in", lambda: fit(validation_data=(X, Y), validation_freq="a"),
     ValueError, "validation_freq", "integer", "'a'"),
    ("order", lambda: fit(shuffle="batches"), ValueError, "shuffle", "'batch'", "'batches'"),
    ("keyword", lambda: fit(epoch=3), TypeError, "fit", "those of fit", "'epoch'"),
    ("a callback without a list", lambda: fit(callbacks=EarlyStopping()), TypeError, "callbacks",
     "list", "EarlyStopping"),
    ("a number for a callback", lambda: fit(callbacks=[3]), TypeError, "callbacks", "History",
     "3"),
    ("a class for a callback", lambda: fit(callbacks=[EarlyStopping]), TypeError, "callbacks",
     "History", "EarlyStopping"),
    ("class without a weight", lambda: compiled("sparse_categorical_crossentropy").fit(
        X, CLASSES, class_weight={0: 1., 1: 2.}), ValueError, "class_weight", r"\[0, 1, 2\]",
     r"\[0, 1\]"),
    ("a class's weight in letters", lambda: compiled("sparse_categorical_crossentropy").fit(
        X, CLASSES, class_weight={0: 1., 1: 2., 2: "a"}), ValueError, "class_weight", "number",
     "'a'"),
    ("steps of evaluation", lambda: compiled().evaluate(X, Y, steps=-1), ValueError, "evaluate",
     "positive", "-1"),
    ("steps of prediction", lambda: compiled().predict(X, steps=2.5), ValueError, "predict",
     "positive", r"2\.5"),
    ("batches of prediction", lambda: compiled().predict(X, batch_size=0), ValueError, "predict",
     "positive", "^0"),
    ("prediction for nothing", lambda: compiled().predict(None), ValueError, "first_input",
     "array", "none"),
    ("prediction for one axis", lambda: compiled().predict(np.ones(5)), ValueError,
     "first_input", r"\(None, 5\)", r"\(5, 1\)"),
    ("prediction by no layers", lambda: Sequential().predict(X), ValueError, "Sequential",
     "one layer", "none"),
)
def test_arguments(row):
    check(row)


def fixed(batch=4):
    model = Sequential([LSTM(3, stateful=True, batch_input_shape=(batch, 2, 2))])
    model.compile("sgd", "mse")
    return model


@table(
    ("too many", lambda: fixed().predict(np.ones((10, 2, 2)), batch_size=5), ValueError,
     "predict", "batches of 4", "10 samples in batches of 5"),
    ("a rest", lambda: fixed().predict(np.ones((10, 2, 2)), batch_size=4), ValueError, "predict",
     "divisible by 4", "10"),
    ("training on a rest", lambda: fixed().fit(np.ones((8, 2, 2)), np.ones((8, 3)), batch_size=8),
     ValueError, "fit", "batches of 4", "8 samples"),
    ("one batch", lambda: fixed().predict_on_batch(np.ones((2, 2, 2))), ValueError, "input",
     r"\(4, 2, 2\)", r"\(2, 2, 2\)"),
    ("a batch to train on", lambda: fixed().train_on_batch(np.ones((2, 2, 2)), np.ones((2, 3))),
     ValueError, "input", r"\(4, 2, 2\)", r"\(2, 2, 2\)"),
)
def test_a_fixed_batch_size_is_held(backend, row):
    """A kernel that trusts the states' size would read and write past their end."""
    check(row)


def embedding():
    model = Sequential([Embedding(5, 3, input_length=2, name="words")])
    model.compile("sgd", "mse")
    return model


@table(
    ("past the last", lambda: embedding().predict(np.array([[1, 7]])), IndexError, "gather.*'words'",
     "index < 5", "1 to 7"),
    ("negative", lambda: embedding().predict(np.array([[1, -1]])), IndexError, "'words'", "0 <= index",
     "-1 to 1"),
    ("NaN", lambda: embedding().predict(np.array([[1, np.nan]])), IndexError, "'words'", "index < 5",
     "to 1"),
    ("in training", lambda: embedding().train_on_batch(np.array([[1, 7]]), np.ones((1, 2, 3))),
     IndexError, "'words'", "index < 5", "1 to 7"),
)
def test_words_that_an_embedding_does_not_have(backend, row):
    check(row)


def test_a_failed_batch_changes_nothing(backend):
    model = embedding()
    before = K.get_value(model.weights[0])
    with pytest.raises(IndexError):
        model.train_on_batch(np.array([[1, 7]]), np.ones((1, 2, 3)))
    np.testing.assert_array_equal(K.get_value(model.weights[0]), before)
    model.train_on_batch(np.array([[1, 4]]), np.ones((1, 2, 3)))
