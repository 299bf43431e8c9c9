"""Mistakes with K: values, functions, and sizes that only the arrays show. One row a mistake."""
import numpy as np
import pytest

from bad_input import check, table
from keras_compat import backend as K
from keras_compat.backend import selection


def ones(*shape):
    return np.ones(shape, "float32")


def feed(build, *arrays, dtypes=None):
    """What a graph over placeholders, of which only the ranks are known, gives for arrays."""
    leaves = [K.placeholder(ndim=np.ndim(a), dtype="float32", name=f"p{i}")
              for i, a in enumerate(arrays)]
    outputs = build(*leaves)
    return K.function(leaves, outputs if isinstance(outputs, list) else [outputs])(list(arrays))


def kernel():
    return K.variable(ones(3, 3, 1, 2))


@table(
    ("zeros of a negative size", lambda: K.zeros((-1,)), ValueError, "zeros", "0 or more",
     r"\(-1,\)"),
    ("eye of a negative size", lambda: K.eye(-1), ValueError, "eye", "0 or more", "-1"),
    ("draws of a negative size", lambda: K.random_uniform((2, -3)), ValueError, "random_uniform",
     "0 or more", r"\(2, -3\)"),
    ("no classes", lambda: K.one_hot(K.constant([1], "int32"), -1), ValueError, "one_hot",
     "0 or more", "-1"),
    ("text to evaluate", lambda: K.eval("a"), ValueError, "eval", "numbers", "'a'"),
    ("a loop over a number", lambda: K.map_fn(K.square, K.constant(1.)), ValueError, "map_fn",
     "at least 1 axis", r"shape \(\)"),
)
def test_arguments_of_k(row):
    check(row)


@table(
    ("broadcasting", lambda: feed(lambda a, b: a + b, ones(3), ones(4)), ValueError, "add",
     "equal or 1", r"x \(3,\), y \(4,\)"),
    ("a product", lambda: feed(K.dot, ones(2, 3), ones(4, 5)), ValueError, "dot",
     r"y.shape\[0\] == 3", r"\(4, 5\)"),
    ("products of a batch", lambda: feed(K.batch_dot, ones(2, 3, 4), ones(2, 5, 6)), ValueError,
     "matmul|batch_dot", "4", r"\(2, 5, 6\)"),
    ("a gradient", lambda: feed(lambda a, b: K.gradients(K.sum(K.dot(a, b)), [a]), ones(2, 3),
                                ones(4, 5)), ValueError, "dot", "3", r"\(4, 5\)"),
    ("joining", lambda: feed(lambda a, b: K.concatenate([a, b]), ones(2, 3), ones(4, 5)),
     ValueError, "concatenate", r"\(2, 3\)", r"\(4, 5\)"),
    ("stacking", lambda: feed(lambda a, b: K.stack([a, b]), ones(2, 3), ones(2, 4)), ValueError,
     "stack", r"\(2, 3\)", r"\(2, 4\)"),
    ("an image below the kernel", lambda: feed(lambda x: K.conv2d(x, kernel()), ones(2, 2, 2, 1)),
     ValueError, "conv", r"\(3, 3\)", r"\(2, 2, 2, 1\)"),
    ("an image of other channels", lambda: feed(lambda x: K.conv2d(x, kernel()),
                                                ones(2, 5, 5, 2)), ValueError, "conv", "== 1",
     r"\(2, 5, 5, 2\)"),
    ("an image below the pool", lambda: feed(lambda x: K.pool2d(x, (3, 3)), ones(2, 2, 2, 1)),
     ValueError, "max_pool", r"\(3, 3\)", r"\(2, 2, 2, 1\)"),
    ("another number of elements", lambda: feed(lambda x: K.reshape(x, (-1, 4)), ones(2, 3)),
     ValueError, "reshape", "6 elements", r"\(2, 3\)"),
    ("an index", lambda: feed(lambda x: x[5], ones(2, 3)), ValueError, "getitem", "index < 2",
     "5"),
    ("a mask", lambda: feed(lambda x, y: x[y > 0], ones(4, 2), ones(3, 2)), ValueError,
     "boolean_mask", r"begin \(4, 2\)", r"mask \(3, 2\)"),
    ("squeezing", lambda: feed(lambda x: K.squeeze(x, 1), ones(2, 3)), ValueError, "squeeze",
     "size 1", r"\(2, 3\)"),
    ("branches", lambda: feed(lambda a, b: K.switch(a > 0, a, b), ones(2, 3), ones(2, 4)),
     ValueError, "where", "equal or 1", r"y \(2, 4\)"),
    ("lengths of sequences", lambda: feed(
        lambda a, b: K.map_fn(lambda t: t[0] + t[1], (a, b), dtype="float32"), ones(2, 3),
        ones(4, 3)), ValueError, "scan", "one length", r"\(4, 3\)"),
    ("a step of a loop", lambda: feed(
        lambda x, h: K.rnn(lambda x, s: (x + s[0], [x + s[0]]), x, [h])[0], ones(2, 3, 4),
        ones(2, 5)), ValueError, "scan|rnn|add", "equal or 1", r"y \(2, 5\)"),
    ("an update", lambda: _updated(K.variable(ones(3)), ones(5)), ValueError, ".", r"\(3,\)",
     r"\(5,\)"),
    ("rows of a table", lambda: K.eval(K.gather(K.variable(ones(3, 2)),
                                                K.variable([5], dtype="int32"))), IndexError,
     "gather", "index < 3", "5"),
)
def test_sizes_that_the_arrays_show(backend, row):
    """The same words on every backend, and none from inside a framework."""
    check(row)


def test_a_step_of_0_that_is_fed(backend):
    """At the first call, and at the second, when a backend may have compiled something."""
    x, step = K.placeholder((5,)), K.placeholder((), dtype="int32")
    for build in (lambda: x[::step], lambda: K.arange(0, 5, step)):
        run = K.function([x, step], [build()])
        for _ in range(2):
            with pytest.raises(Exception, match="the step of a range is not 0"):
                run([ones(5), 0])
        assert run([ones(5), 2])[0].shape == (3,)


def _updated(variable, value):
    x = K.placeholder(ndim=1)
    return K.function([x], [], [(variable, x)])([value])


def test_what_fits_still_runs_after_what_did_not(backend):
    x, y = K.placeholder(ndim=1), K.placeholder(ndim=1)
    add = K.function([x, y], [x + y])
    for _ in range(2):
        with pytest.raises(ValueError, match="shapes must broadcast"):
            add([ones(3), ones(4)])
        assert add([ones(3), ones(3)])[0].tolist() == [2, 2, 2]
        assert add([ones(3), ones(1)])[0].tolist() == [2, 2, 2]


def test_checking_shapes_draws_no_random_numbers(backend):
    x = K.placeholder(ndim=2)
    noisy = K.function([x], [x + K.random_uniform(K.shape(x), seed=3)])
    np.random.seed(5)
    noisy([ones(2, 3)])
    drawn = np.random.rand()
    np.random.seed(5)
    assert drawn == np.random.rand()


def placeholder(*shape, **options):
    return K.placeholder(shape=shape, name="p", **options)


def call(values, *shape, **options):
    x = placeholder(*shape, **options)
    return K.function([x], [x], name="f")(values)


@table(
    ("a placeholder left out", lambda: K.function([], [placeholder(2) + 1])([]), ValueError,
     "function", "'p:0'", "no value"),
    ("number of arrays", lambda: call([ones(2), ones(2)], None), ValueError, "f", "1 arrays",
     "2"),
    ("an array for two inputs", lambda: K.function([placeholder(2), placeholder(2)], [])(ones(2)),
     ValueError, "function", "2 arrays", "1"),
    ("shape", lambda: call([ones(2, 3)], None, 4), ValueError, "f", r"\(None, 4\)", r"\(2, 3\)"),
    ("axes", lambda: call([ones(2)], None, 4), ValueError, "f", r"\(None, 4\)", r"\(2,\)"),
    ("text", lambda: call([np.array(["a"])], None), ValueError, "f, input 'p:0'", "numbers",
     "'a'"),
    ("rows of different lengths", lambda: call([[[1, 2], [3]]], None, None), ValueError, "p:0",
     "numbers", "list"),
    ("None", lambda: call([None]), ValueError, "p:0", "numbers", "None"),
    ("None in a list", lambda: call([[None, 1.]], None), ValueError, "p:0", "numbers", "None"),
    ("complex numbers", lambda: call([np.ones(2, complex)], None), ValueError, "p:0", "float32",
     "ndarray"),
    ("a tensor without a value", lambda: call([placeholder(2)], None), ValueError, "function",
     "'p:0' among", "no value"),
    ("an output that is no tensor", lambda: K.function([], [3]), TypeError, "function",
     "tensors", "3"),
    ("an input that is no tensor", lambda: K.function([3], []), TypeError, "function", "tensors",
     "3"),
    ("text for inputs", lambda: K.function("x", []), TypeError, "function", "tensors", "'x'"),
    ("an update that is none", lambda: K.function([], [], [3]), TypeError, "function", "pair",
     "3"),
    ("an update's shape", lambda: K.function([], [], [(K.variable(ones(3)), ones(2))])([]),
     ValueError, ".", r"\(3,\)", r"\(2,\)"),
    ("keyword", lambda: K.function([], [], nme="f"), ValueError, "function", "name", "nme"),
    ("evaluating a placeholder", lambda: K.eval(placeholder(3) + 1), ValueError, "function",
     "'p:0'", "no value"),
)
def test_functions(row):
    check(row)


@table(
    ("None", lambda: K.variable(None), ValueError, "variable", "numbers", "None"),
    ("text", lambda: K.variable("abc"), ValueError, "variable", "numbers", "'abc'"),
    ("rows of different lengths", lambda: K.variable([[1, 2], [3]]), ValueError, "variable",
     "numbers", "list"),
    ("complex", lambda: K.variable(1j), ValueError, "variable", "numbers", "1j"),
    ("dtype", lambda: K.variable(1., dtype="flot"), TypeError, "variable", "float32", "'flot'"),
    ("a value that is fed", lambda: K.variable(placeholder(3)), ValueError, ".", "'p:0'",
     "no value"),
    ("None for a constant", lambda: K.constant(None), ValueError, "constant", "numbers", "None"),
    ("shape of a constant", lambda: K.constant([1., 2.], shape=(3,)), ValueError, "constant",
     "2 elements", r"\(3,\)"),
    ("no shape", lambda: K.placeholder(), ValueError, ".", "shape", "neither"),
    ("negative size", lambda: K.placeholder(shape=(-2,)), ValueError, "placeholder", "sizes",
     "-2"),
    ("size with a fraction", lambda: K.placeholder(shape=(2.5,)), ValueError, "placeholder",
     "sizes", r"2\.5"),
    ("negative rank", lambda: K.placeholder(ndim=-1), ValueError, "placeholder", "not negative",
     "-1"),
    ("new value's shape", lambda: K.set_value(K.variable([1., 2.]), [1.]), ValueError,
     "variable", r"\(2,\)", r"\(1,\)"),
    ("new value None", lambda: K.set_value(K.variable(1.), None), ValueError, "variable",
     "numbers", "None"),
    ("new value of a constant", lambda: K.set_value(K.constant([1.]), [2.]), TypeError,
     "set_value", "variable", "Constant"),
    ("value of a placeholder", lambda: K.get_value(placeholder(3)), ValueError, "function",
     "'p:0' among", "no value"),
    ("value of a number", lambda: K.get_value(3), TypeError, "get_value", "variable", "3"),
    ("truth", lambda: bool(K.variable(1.)), TypeError, "Variable", "K.switch", "bool"),
    ("number", lambda: float(K.variable(1.)), TypeError, "Variable", "K.eval", "float"),
    ("length", lambda: len(placeholder(None, 2)), TypeError, "p:0", "K.shape",
     r"\(None, 2\)"),
    ("values", lambda: np.asarray(K.variable(1.)), TypeError, "Variable", "K.eval",
     "np.asarray"),
    ("text in a sum", lambda: K.variable(1.) + "a", TypeError, "add", "number", "'a'"),
    ("two dtypes", lambda: K.variable(1.) + K.variable(1, dtype="int32"), TypeError, "add",
     "float32", "int32"),
    ("index", lambda: K.variable([1.])[4], (IndexError, ValueError), ".", "index < 1", "4"),
    ("learning phase", lambda: K.set_learning_phase(3), ValueError, "set_learning_phase",
     "0 or 1", "3"),
    ("floatx", lambda: K.set_floatx("float8"), ValueError, "set_floatx", "'float16'",
     "'float8'"),
    ("epsilon", lambda: K.set_epsilon(-1), ValueError, "set_epsilon", "not negative", "-1"),
    ("data format", lambda: K.set_image_data_format("last"), ValueError, "image_data_format",
     "'channels_last'", "'last'"),
    ("backend", lambda: K.set_backend("no such"), ValueError, "set_backend", "module path",
     "'no such'"),
    ("no backend", lambda: K.set_backend(None), ValueError, "set_backend", "display_name",
     "None"),
)
def test_values_and_settings(row):
    check(row)


def _mixed():
    names = [name for name, state in selection.available().items() if state.installed]
    if len(names) < 2:
        pytest.skip("one backend is installed")
    leaves = []
    for name in names[:2]:
        with K.set_backend(name):
            leaves.append(K.variable(2., name=f"on_{name}"))
    return names, leaves


def test_leaves_of_two_backends_do_not_mix():
    names, (one, two) = _mixed()
    check(("", lambda: K.eval(one * two), ValueError, "eval", "one backend",
           f"on_{names[0]}:0' on {names[0]}.*on_{names[1]}:0' on {names[1]}.*move"))


def test_moved_leaves_mix():
    names, (one, two) = _mixed()
    product = K.function([], [one * two])
    one.move(selection.get(names[1]))
    assert product([]) == [4.]
    assert one.get() == 2.


def test_a_failure_inside_with_gives_the_backend_back():
    before = K.backend()
    name = next((n for n, state in selection.available().items()
                 if state.installed and n != before), before)
    with pytest.raises(ZeroDivisionError), K.set_backend(name):
        1 / 0
    assert K.backend() == before
