"""Whole-sequence recurrent kernels against the definition: NumPy's loop in float64."""
import numpy as np
import pytest

from kernel_tools import execute, gradients

from keras_compat.backend import selection

BATCH, STEPS, FEATURES, UNITS = 3, 5, 4, 6
UNKNOWN = (None, None, FEATURES)
KINDS = {  # gates, states, attributes, rows of the bias
    "lstm": (4, 2, {}, ()),
    "gru": (3, 1, {"reset_after": False}, ()),
    "gru with reset_after": (3, 1, {"reset_after": True}, (2,)),
    "simple_rnn": (1, 1, {}, ()),
}
PAIRS = [("tanh", "sigmoid"), ("tanh", "hard_sigmoid"), ("relu", "sigmoid"), ("linear", "tanh")]
BOUND = {"float16": 1e-2, "float32": 3e-5, "float64": 1e-11}


def drawn(kind, dtype="float64", use_bias=True, steps=STEPS):
    gates, states, _, rows = KINDS[kind]
    shapes = [(BATCH, steps, FEATURES), *[(BATCH, UNITS)] * states, (FEATURES, gates * UNITS),
              (UNITS, gates * UNITS), (*rows, gates * UNITS)]
    random = np.random.RandomState(0)
    arrays = [random.uniform(-1, 1, shape).astype(dtype) for shape in shapes]
    return arrays if use_bias else arrays[:-1]


def kernel(backend, kind, arrays, pair=("tanh", "sigmoid"), reverse=False, every=True,
           shape=None):
    """The native function (x, states, weights) -> outputs, or None where it does not fit."""
    gates, states, extra, _ = KINDS[kind]
    name = kind.split()[0]
    attrs = {"activation": pair[0], "reverse": reverse, "return_sequences": every, **extra}
    if name != "simple_rnn":
        attrs["recurrent_activation"] = pair[1]
    specs = [(a.shape, a.dtype.name) for a in arrays]
    if shape is not None:
        specs[0] = shape, arrays[0].dtype.name
    if len(specs) == 3 + states:
        specs.append(None)
    specialize = backend.specializers.get(name)
    function = specialize and specialize(specs, attrs)
    if function is None:
        return None
    return lambda *natives: function(*natives, *[None] * (4 + states - len(natives)))


def reference(kind, arrays, *rest):
    """By the definition, run by the host's backend in float64."""
    from keras_compat.backend import function, placeholder, ops
    pair, reverse, every = rest
    with selection.set_backend("numpy"):
        inputs = [placeholder(a.shape, dtype="float64") for a in arrays]
        names = {"activation": pair[0], "reverse": reverse, "return_sequences": every}
        name = kind.split()[0]
        if name != "simple_rnn":
            names["recurrent_activation"] = pair[1]
        outputs = getattr(ops, name)(*inputs, **names, **KINDS[kind][2])
        return function(inputs, [t.node.expansion[t.index] for t in outputs])(
            [a.astype("float64") for a in arrays])


def agree(found, expected, dtype):
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == dtype and a.shape == b.shape
        np.testing.assert_allclose(a.astype("float64"), b, rtol=BOUND[dtype], atol=BOUND[dtype])


@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("use_bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
@pytest.mark.parametrize("kind", KINDS)
def test_values(backend, kind, pair, use_bias, dtype):
    if dtype == "float16" and pair not in PAIRS[:2]:
        pytest.skip("its rounding errors grow where nothing is bounded")
    arrays = drawn(kind, dtype, use_bias)
    for reverse, every, shape in ((False, True, arrays[0].shape), (True, False, UNKNOWN),
                                  (True, True, arrays[0].shape)):
        native = kernel(backend, kind, arrays, pair, reverse, every, shape)
        if native is None:
            pytest.skip("left to the definition")
        agree(execute(backend, native, *arrays, shapes={0: shape}),
              reference(kind, arrays, pair, reverse, every), dtype)


def squares(backend, native):
    """Squares of all outputs (their sums are differentiated)."""
    multiply = backend.ops["multiply"]
    return lambda *natives: [multiply(y, y) for y in native(*natives)]


def by_definition(kind, arrays, pair, every, order):
    """Gradients of the same, by the shared rules on the host."""
    from keras_compat.backend import function, gradients as symbolic, ops, placeholder
    with selection.set_backend("numpy"):
        inputs = [placeholder(a.shape, dtype="float64") for a in arrays]
        names = {"activation": pair[0], "return_sequences": every}
        name = kind.split()[0]
        if name != "simple_rnn":
            names["recurrent_activation"] = pair[1]
        outputs = getattr(ops, name)(*inputs, **names, **KINDS[kind][2])
        found = [t * t for t in (y.node.expansion[y.index] for y in outputs)]
        for _ in range(order):
            found = symbolic(found, inputs)
        return function(inputs, found)(arrays)


def check_gradients(backend, kind, order, pair, every, use_bias, dtype):
    if not backend.autodiff:
        pytest.skip("differentiates by the shared rules, which are the reference here")
    arrays = drawn(kind, dtype, use_bias)
    native = kernel(backend, kind, arrays, pair, every=every)
    found = gradients(backend, squares(backend, native), *arrays, order=order)
    expected = by_definition(kind, [a.astype("float64") for a in arrays], pair, every, order)
    bound = {"float32": 2e-4, "float64": 1e-10}[dtype]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=bound, atol=bound * max(1, abs(b).max()))


@pytest.mark.parametrize("use_bias, dtype", [(True, "float64"), (False, "float64"),
                                             (True, "float32")])
@pytest.mark.parametrize("every", [True, False], ids=["all steps", "last step"])
@pytest.mark.parametrize("pair", PAIRS[:2], ids=" ".join)
@pytest.mark.parametrize("kind", KINDS)
def test_gradients(backend, kind, pair, every, use_bias, dtype):
    check_gradients(backend, kind, 1, pair, every, use_bias, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", KINDS)
def test_second_order(backend, kind, dtype):
    check_gradients(backend, kind, 2, PAIRS[0], True, True, dtype)


@pytest.mark.parametrize("kind", KINDS)
def test_no_steps(backend, kind):
    """Of a length that only the call tells: the states come back."""
    if not backend.autodiff:
        pytest.skip("the definition's loop")
    arrays = drawn(kind, "float32", steps=0)
    native = kernel(backend, kind, arrays, every=False, shape=UNKNOWN)
    if native is not None:
        output, *states = execute(backend, native, *arrays, shapes={0: UNKNOWN})
        np.testing.assert_array_equal(output, arrays[1])
        for state, first in zip(states, arrays[1:]):
            np.testing.assert_array_equal(state, first)
