"""Runs one native function of a backend as a compiled function would: twice, and both agree."""
from types import SimpleNamespace

import numpy as np

FLOATS = ("float16", "float32", "float64")
TOLERANCE = {"float16": 4e-3, "float32": 2e-6, "float64": 1e-13}


def draw(*shape, dtype="float32", seed=0, low=-2.0, high=2.0):
    """Numbers that are the same at each call."""
    return np.random.RandomState(seed).uniform(low, high, shape).astype(dtype)


def execute(backend, function, *arrays, shapes=None):
    """Results of `function(*natives)`, as arrays, if the first call and a later one agree.

    shapes: the static shapes of some arrays, by their places; else those they have.
    """
    arrays = [np.asarray(a) for a in arrays]
    specs = [((shapes or {}).get(i, a.shape), a.dtype.name) for i, a in enumerate(arrays)]
    call = backend.compile(SimpleNamespace(
        function=lambda *natives: tuple(function(*natives)), inputs=specs, outputs=None,
        has_gradients=True, stateful=False, source=""))
    first, later = ([backend.to_numpy(r) for r in call(*map(backend.feed, arrays))]
                    for _ in range(2))
    for a, b in zip(first, later, strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        if a.dtype == bool or a.dtype.kind in "iu":
            np.testing.assert_array_equal(a, b)
        else:
            close(a, b, 50)
    return first


def run(backend, name, *inputs, shapes=None, function=None, **attrs):
    """A native op on arrays; an input may be None or a list, the result is one array or a tuple."""
    function = function or backend.ops[name]
    lengths = [len(i) if isinstance(i, list) else i is not None for i in inputs]
    flat = [a for i in inputs if i is not None for a in (i if isinstance(i, list) else [i])]

    def call(*natives):
        rest = iter(natives)
        arguments = [next(rest) if n is True else None if n is False else
                     [next(rest) for _ in range(n)] for n in lengths]
        result = function(*arguments, **attrs)
        several[:] = [isinstance(result, (tuple, list))]
        return result if several[0] else (result,)
    several = []
    results = execute(backend, call, *flat, shapes=shapes)
    return tuple(results) if several[0] else results[0]


def gradients(backend, function, *arrays, order=1):
    """Gradients of the sum of function's results by each array (of those', for order 2)."""
    def slopes(*natives):
        natives = [backend.watch(n) for n in natives]
        backend.record(True)
        found = function(*natives)
        for left in reversed(range(order)):
            if not left:
                backend.record(False)
            found = backend.gradients(list(found), natives, left > 0, left > 0)
        return found
    return execute(backend, slopes, *arrays)


def close(found, expected, scale=1.0):
    """Equal within the rounding of found's dtype, times a factor."""
    expected = np.asarray(expected)
    assert found.shape == expected.shape
    bound = TOLERANCE.get(found.dtype.name, 0) * scale
    np.testing.assert_allclose(found.astype("float64"), expected.astype("float64"),
                               rtol=bound, atol=bound)


def exact(found, expected, dtype):
    """Equal in every element, and of this dtype."""
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, expected)
