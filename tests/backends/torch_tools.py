"""What the tests of one backend's own kernels share."""
import numpy as np
import pytest

torch = pytest.importorskip("torch")
backend = pytest.importorskip("keras_compat.backends.torch").backend

TOLERANCE = {np.float16: 4e-3, np.float32: 2e-6, np.float64: 1e-13}
FLOATS = (np.float16, np.float32, np.float64)


def draw(*shape, dtype=np.float32, seed=0, low=-2.0, high=2.0):
    return np.random.RandomState(seed).uniform(low, high, shape).astype(dtype)


def native(x):
    if isinstance(x, (list, tuple)):
        return [native(item) for item in x]
    return x if x is None else backend.from_numpy(np.asarray(x))


def run(name, *inputs, **attrs):
    result = backend.ops[name](*native(inputs), **attrs)
    if isinstance(result, tuple):
        return tuple(backend.to_numpy(r) for r in result)
    return backend.to_numpy(result)


def close(found, expected, scale=1.0):
    expected = np.asarray(expected)
    assert found.shape == expected.shape
    bound = TOLERANCE.get(found.dtype.type, 0) * scale
    np.testing.assert_allclose(found.astype(np.float64), expected.astype(np.float64),
                               rtol=bound, atol=bound)
