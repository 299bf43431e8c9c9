"""Native forms of composites of one backend against definitions in float64 NumPy."""
import numpy as np
import pytest

torch = pytest.importorskip("torch")
engine = pytest.importorskip("keras_compat.backends.torch")
backend = engine.backend


def draw(*shape, dtype="float32", seed=0):
    return np.random.RandomState(seed).uniform(-2, 2, shape).astype(dtype)


def kernel(name, specs, **attrs):
    """The function that the planner would call."""
    specialize = backend.specializers.get(name)
    special = specialize(specs, attrs) if specialize else None
    return special or (lambda *inputs: backend.ops[name](*inputs, **attrs))


def run(name, *inputs, **attrs):
    specs = [None if x is None else (x.shape, x.dtype.name) for x in inputs]
    natives = [None if x is None else backend.from_numpy(x) for x in inputs]
    result = kernel(name, specs, **attrs)(*natives)
    if isinstance(result, tuple):
        return tuple(backend.to_numpy(r) for r in result)
    return backend.to_numpy(result)


def close(found, expected, bound=1e-5):
    np.testing.assert_allclose(found, expected, rtol=bound, atol=bound)
    assert found.shape == expected.shape


@pytest.fixture
def recording():
    before = torch.is_grad_enabled()
    backend.record(True)
    yield
    backend.record(before)


# ---- rectifiers: value and slope at and around their corners ----

def relu_reference(x, alpha, max_value, threshold):
    """(values, slopes): alpha at the threshold, 1 at max_value.

    With a max_value or a threshold, TensorFlow 1.15 adds up two parts, both flat at the threshold.
    """
    top = np.inf if max_value is None else max_value
    below, above = x <= threshold, x >= top
    value = np.where(below, alpha * (x - threshold), np.minimum(x, top))
    slope = np.where(below, alpha, np.where(x > top, 0.0, 1.0))
    if max_value is not None or threshold:
        slope = np.where(x == threshold, 0.0, slope)
    return np.where(above & ~below, top, value), slope


@pytest.mark.parametrize("alpha", [0.0, 0.25])
@pytest.mark.parametrize("max_value", [None, 2.0, 6.0])
@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_relu(alpha, max_value, threshold, recording):
    x = np.array([-3, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 6, 7], "float32")
    attrs = {"alpha": alpha, "max_value": max_value, "threshold": threshold}
    watched = backend.watch(backend.from_numpy(x))
    y = kernel("relu", [(x.shape, "float32")], **attrs)(watched)
    slope, = backend.gradients([y], [watched], False, False)
    value, expected = relu_reference(x, **attrs)
    close(backend.to_numpy(y), value)
    close(backend.to_numpy(slope), expected)


def test_plain_relu_keeps_integers():
    found = run("relu", np.array([-2, 3], "int32"), alpha=0.0, max_value=None, threshold=0.0)
    assert found.dtype == np.int32 and found.tolist() == [0, 3]


def test_hard_sigmoid_edges_are_inclusive(recording):
    x = backend.watch(backend.from_numpy(np.array([-3, -2.5, 0, 2.5, 3])))
    y = backend.ops["hard_sigmoid"](x)
    slope, = backend.gradients([y], [x], False, False)
    close(backend.to_numpy(y), np.array([0, 0, 0.5, 1, 1]))
    close(backend.to_numpy(slope), np.array([0, 0.2, 0.2, 0.2, 0]))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_softmax(axis):
    x = draw(3, 4, 5) * 30
    powers = np.exp(x.astype(float) - x.max(axis, keepdims=True))
    close(run("softmax", x, axis=axis), powers / powers.sum(axis, keepdims=True))
    close(run("log_softmax", x, axis=axis), np.log(powers / powers.sum(axis, keepdims=True)), 1e-4)


# ---- losses ----

@pytest.mark.parametrize("from_logits", [True, False])
def test_sparse_categorical_crossentropy(from_logits):
    x, target = draw(2, 3, 4), np.array([[0, 3, 1], [2, 7, -1]])
    p = np.exp(x.astype(float))
    if not from_logits:
        x = (p / p.sum(-1, keepdims=True)).astype("float32")
        p = np.clip(x.astype(float), 1e-7, 1 - 1e-7)
    p /= p.sum(-1, keepdims=True)
    expected = np.full((2, 3), np.nan)
    for place, label in np.ndenumerate(target):
        if 0 <= label < 4:
            expected[place] = -np.log(p[place][label])
    close(run("sparse_categorical_crossentropy", target, x, from_logits=from_logits,
              epsilon=1e-7), expected)


# ---- dropout ----

@pytest.mark.parametrize("noise", [(None, None), (None, 1)])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_portable_dropout_follows_the_stream(dtype, noise):
    from keras_compat.backend.random import RandomStream

    x, stream = draw(6, 5, dtype=dtype), RandomStream(4)
    found = run("dropout", x, rate=0.25, noise_shape=noise, stream=stream)
    stream.reset()
    stays = stream.uniform((6, 1 if noise[1] else 5), dtype) >= 0.25
    assert found.dtype == dtype
    close(found, np.where(stays, x / 0.75, 0), 2e-3)


def test_native_dropout_keeps_the_mean():
    from keras_compat.backend.random import RandomStream

    stream = RandomStream(4)
    stream.portable = False
    found = run("dropout", np.ones((400, 50), "float32"), rate=0.2, noise_shape=(None, None),
                stream=stream)
    assert abs(found.mean() - 1) < 0.02 and set(np.unique(found)) == {0.0, np.float32(1.25)}


# ---- batch normalization ----

def normalized(x, axes, gamma, beta, epsilon):
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    shape = mean.shape
    y = (x - mean) / np.sqrt(var + epsilon)
    y = y if gamma is None else y * gamma.reshape(shape)
    y = y if beta is None else y + beta.reshape(shape)
    return y, mean.ravel(), var.ravel()


CASES = [((6, 3), (0,)), ((4, 5, 3), (0, 1)), ((4, 3, 5, 6), (0, 1, 2)), ((4, 3, 5, 6), (0, 2, 3)),
         ((4, 3, 5, 6), (0, 1, 3)), ((2, 3, 4, 5, 6), (0, 1, 2, 3)), ((1, 3), (0,))]


@pytest.mark.parametrize("shape, axes", CASES)
@pytest.mark.parametrize("scaled", [True, False])
def test_training_statistics(shape, axes, scaled):
    x = draw(*shape) * 0.01 + 3  # a variance below epsilon must come out right too
    left, = set(range(len(shape))) - set(axes)
    gamma, beta = (draw(shape[left], seed=s) if scaled else None for s in (1, 2))
    expected = normalized(x.astype(float), axes, gamma, beta, 1e-3)
    found = run("normalize_batch_in_training", x, gamma, beta, axes=axes, epsilon=1e-3)
    for a, b in zip(found, expected, strict=True):
        close(a, b, 1e-4)
    np.testing.assert_allclose(found[2], expected[2], rtol=1e-3)


@pytest.mark.parametrize("shape, axes", CASES[:5])
def test_training_gradients(shape, axes, recording):
    """Through all three outputs, first and second order, against the plain formula."""
    left, = set(range(len(shape))) - set(axes)
    arrays = [draw(*shape, dtype="float64"), draw(shape[left], seed=1, dtype="float64"),
              draw(shape[left], seed=2, dtype="float64")]
    fused = kernel("normalize_batch_in_training", [(a.shape, "float64") for a in arrays],
                   axes=axes, epsilon=1e-3)

    def plain(x, gamma, beta):
        sizes = [n if i == left else 1 for i, n in enumerate(shape)]
        mean = x.mean(axes, keepdim=True)
        var = ((x - mean) ** 2).mean(axes, keepdim=True)
        y = (x - mean) / torch.sqrt(var + 1e-3) * gamma.view(sizes) + beta.view(sizes)
        return y, mean.flatten(), var.flatten()

    found = []
    for function in (fused, plain):
        inputs = [backend.watch(backend.from_numpy(a)) for a in arrays]
        y, mean, var = function(*inputs)
        loss = (y * y * y).sum() + (mean * mean).sum() + (var * var).sum()
        first = backend.gradients([loss], inputs, True, True)
        second = backend.gradients([(g * g).sum() for g in first], inputs, False, True)
        plainly = backend.gradients([loss], inputs, False, False)
        found.append([backend.to_numpy(g) for g in (*first, *second, *plainly)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("axis", [1, 3])
def test_given_statistics(axis):
    x = draw(2, 3, 4, 5)
    mean, var, beta, gamma = (draw(x.shape[axis], seed=s) for s in range(4))
    sizes = [n if i == axis else 1 for i, n in enumerate(x.shape)]
    m, v, b, g = (a.astype(float).reshape(sizes) for a in (mean, var ** 2, beta, gamma))
    expected = (x - m) / np.sqrt(v + 1e-3) * g + b
    close(run("batch_normalization", x, mean, var ** 2, beta, gamma, axis=axis, epsilon=1e-3),
          expected, 1e-4)


# ---- images ----

@pytest.mark.parametrize("data_format, axes", [("channels_last", (1, 2)), ("channels_first", (2, 3))])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("factors", [(2, 3), (1, 41)])
def test_nearest_neighbours(factors, dtype, data_format, axes):
    x = draw(2, 3, 4, 5, dtype=dtype)
    found = run("resize_images", x, factors=factors, data_format=data_format,
                interpolation="nearest")
    assert found.dtype == dtype
    np.testing.assert_array_equal(
        found, x.repeat(factors[0], axes[0]).repeat(factors[1], axes[1]))
