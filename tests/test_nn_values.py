"""Values of the neural-network ops against plain definitions in float64."""
import itertools

import numpy as np
import pytest

import keras_compat.backend as K

EPSILON = 1e-7
RNG = np.random.default_rng(7)


def draw(*shape):
    return RNG.uniform(-1, 1, size=shape)


def run(function, *values, unknown=False):
    """The function's value; `unknown`: with no size known while the graph is built."""
    inputs = [K.placeholder((None,) * v.ndim if unknown else v.shape, dtype=v.dtype.name)
              for v in values]
    output = function(*inputs)
    result = K.function(inputs, [output])(list(values))[0]
    assert len(output.shape) == result.ndim
    assert all(s in (None, n) for s, n in zip(output.shape, result.shape))
    assert result.dtype.name == output.dtype
    return result


@pytest.fixture(autouse=True)
def float64(settings):
    settings.set_floatx("float64")


def same(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


# ---- windows ----

def windows(x, size, strides, padding, dilation=None, fill=0.):
    """(places, slices) over x (batch, spatial.., channels), with TensorFlow's padding."""
    rank = len(size)
    dilation = dilation or (1,) * rank
    reach = [(k - 1) * d + 1 for k, d in zip(size, dilation)]
    spatial = x.shape[1:-1]
    if padding == "same":
        out = [-(-n // s) for n, s in zip(spatial, strides)]
        total = [max((o - 1) * s + r - n, 0) for o, s, r, n in zip(out, strides, reach, spatial)]
        pads = [(t // 2, t - t // 2) for t in total]
    else:
        out = [(n - r) // s + 1 for n, r, s in zip(spatial, reach, strides)]
        pads = [(0, 0)] * rank
    x = np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=fill)
    for place in itertools.product(*map(range, out)):
        part = tuple(slice(p * s, p * s + r, d)
                     for p, s, r, d in zip(place, strides, reach, dilation))
        yield (slice(None), *place), x[(slice(None), *part)], out


def convolved(x, kernel, strides, padding="valid", dilation=None):
    rank = x.ndim - 2
    result = None
    for place, part, out in windows(x, kernel.shape[:rank], strides, padding, dilation):
        result = np.zeros((len(x), *out, kernel.shape[-1])) if result is None else result
        result[place] = np.tensordot(part, kernel, (range(1, rank + 2), range(rank + 1)))
    return result


def pooled(x, size, strides, padding, reduce):
    result = None
    for place, part, out in windows(x, size, strides, padding, fill=np.nan):
        result = np.zeros((len(x), *out, x.shape[-1])) if result is None else result
        result[place] = reduce(part, axis=tuple(range(1, x.ndim - 1)))
    return result


def first(x):
    return np.moveaxis(x, -1, 1)


CONVOLUTIONS = {
    "1d": ((2, 9, 3), (4, 3, 5), (1,), (1,)),
    "1d strided": ((2, 9, 3), (2, 3, 5), (3,), (1,)),
    "1d dilated": ((2, 9, 3), (3, 3, 5), (1,), (3,)),
    "2d": ((2, 7, 6, 3), (3, 2, 3, 4), (1, 1), (1, 1)),
    "2d strided": ((2, 7, 6, 3), (4, 3, 3, 4), (3, 2), (1, 1)),
    "2d dilated": ((2, 7, 6, 3), (3, 2, 3, 4), (1, 1), (2, 3)),
    "2d wide": ((1, 5, 5, 3), (1, 1, 3, 4), (2, 2), (1, 1)),
    "3d": ((1, 4, 5, 3, 2), (2, 3, 2, 2, 3), (1, 2, 1), (1, 1, 1)),
}


@pytest.mark.parametrize("unknown", (False, True), ids=("static", "unknown sizes"))
@pytest.mark.parametrize("data_format", ("channels_last", "channels_first"))
@pytest.mark.parametrize("padding", ("valid", "same"))
@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_convolution(backend, case, padding, data_format, unknown):
    shape, window, strides, dilation = CONVOLUTIONS[case]
    x, kernel = draw(*shape), draw(*window)
    convolve = {3: K.conv1d, 4: K.conv2d, 5: K.conv3d}[x.ndim]
    expected = convolved(x, kernel, strides, padding, dilation)
    swap = data_format == "channels_first"
    k = K.constant(kernel)
    got = run(lambda t: convolve(t, k, strides, padding, data_format, dilation),
              first(x) if swap else x, unknown=unknown)
    same(got, first(expected) if swap else expected)


def test_causal_convolution_sees_no_later_step(backend):
    x, kernel = draw(2, 8, 3), draw(3, 3, 4)
    padded = np.pad(x, ((0, 0), (4, 0), (0, 0)))
    expected = convolved(padded, kernel, (1,), "valid", (2,))
    same(run(lambda t: K.conv1d(t, kernel, padding="causal", dilation_rate=2), x), expected)
    same(run(lambda t: K.conv1d(t, kernel, padding="causal", dilation_rate=2,
                                data_format="channels_first"), first(x)), first(expected))


@pytest.mark.parametrize("padding", ("valid", "same"))
def test_transposed_convolution_is_the_adjoint(backend, padding):
    x, kernel, strides = draw(2, 8, 7, 4), draw(3, 2, 4, 3), (3, 2)
    y = convolved(x, kernel, strides, padding)
    g = draw(*y.shape)
    back = run(lambda t: K.conv2d_transpose(t, kernel, x.shape, strides, padding), g)
    same(np.sum(back * x), np.sum(y * g))


def test_transposed_convolution_with_sizes_known_later(backend):
    x, kernel = draw(2, 4, 3, 3), draw(2, 2, 5, 3)

    def double(t):
        return K.conv2d_transpose(
            t, K.constant(kernel), (K.shape(t)[0], K.shape(t)[1] * 2, K.shape(t)[2] * 2, 5),
            (2, 2))
    same(run(double, x, unknown=True),
         run(lambda t: K.conv2d_transpose(t, kernel, (2, 8, 6, 5), (2, 2)), x))


def test_depthwise_channels_are_in_channel_major_order(backend):
    x, kernel = draw(2, 5, 4, 3), draw(2, 3, 3, 2)
    expected = np.concatenate([
        convolved(x[..., c:c + 1], kernel[:, :, c:c + 1], (1, 1)) for c in range(3)], axis=-1)
    same(run(lambda t: K.depthwise_conv2d(t, kernel), x), expected)


def test_separable_is_depthwise_then_pointwise(backend):
    x, depthwise, pointwise = draw(2, 9, 3), draw(3, 3, 2), draw(1, 6, 4)
    middle = np.concatenate([
        convolved(x[..., c:c + 1], depthwise[:, c:c + 1], (2,), "same") for c in range(3)], -1)
    same(run(lambda t: K.separable_conv1d(t, depthwise, pointwise, 2, "same"), x),
         convolved(middle, pointwise, (1,)))


def test_local_convolution_has_a_kernel_per_place(backend):
    x, kernel = draw(2, 7, 6, 3), draw(6, 18, 4)
    expected = np.zeros((2, 3, 2, 4))
    for i, (place, part, _) in enumerate(windows(x, (3, 2), (2, 4), "valid")):
        expected[place] = part.reshape(2, -1) @ kernel[i]
    same(run(lambda t: K.local_conv2d(t, kernel, (3, 2), (2, 4), (3, 2)), x), expected)


@pytest.mark.parametrize("data_format", ("channels_last", "channels_first"))
@pytest.mark.parametrize("padding", ("valid", "same"))
@pytest.mark.parametrize("mode", ("max", "avg"))
@pytest.mark.parametrize("shape, size, strides", [
    ((2, 9, 3), (3,), (2,)), ((2, 7, 6, 3), (2, 3), (2, 1)), ((1, 5, 4, 3, 2), (2, 2, 3), (1, 2, 2)),
], ids=("1d", "2d", "3d"))
def test_pooling(backend, shape, size, strides, mode, padding, data_format):
    x = draw(*shape) - 2  # all negative: zeros that padding adds must not win
    pool = {3: K.pool1d, 4: K.pool2d, 5: K.pool3d}[x.ndim]
    expected = pooled(x, size, strides, padding, np.nanmax if mode == "max" else np.nanmean)
    swap = data_format == "channels_first"
    got = run(lambda t: pool(t, size, strides, padding, data_format, mode),
              first(x) if swap else x, unknown=True)
    same(got, first(expected) if swap else expected)


def test_the_gradient_of_a_tie_goes_to_the_first(backend):
    x = K.placeholder((1, 4, 4, 1))
    gradient = K.gradients(K.pool2d(x, (2, 2), (2, 2)), [x])[0]
    expected = np.zeros((1, 4, 4, 1))
    expected[0, ::2, ::2] = 1
    same(K.function([x], [gradient])([np.ones((1, 4, 4, 1))])[0], expected)


# ---- padding, images, bias ----

def test_zeros_around_volumes(backend):
    x = draw(1, 2, 3, 2, 2)
    got = run(lambda t: K.spatial_3d_padding(t, ((1, 0), (0, 2), (1, 1)), "channels_first"), x)
    same(got, np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 2), (1, 1))))


def test_keras_1_paddings_are_those_of_keras_2(backend):
    x = draw(2, 3, 4, 2)
    same(run(lambda t: K.asymmetric_spatial_2d_padding(t, 1, 0, 2, 3, "tf"), x),
         run(lambda t: K.spatial_2d_padding(t, ((1, 0), (2, 3))), x))
    same(run(lambda t: K.asymmetric_temporal_padding(t, 2, 0), x[0]),
         run(lambda t: K.temporal_padding(t, (2, 0)), x[0]))


def bilinear(x, factor, axis):
    """TensorFlow 1: no half-pixel centres, the last element repeated."""
    n = x.shape[axis]
    place = np.arange(n * factor) / factor
    low = place.astype(int)
    weight = (place - low).reshape([-1 if i == axis else 1 for i in range(x.ndim)])
    below, above = x.take(low, axis), x.take(np.minimum(low + 1, n - 1), axis)
    return below * (1 - weight) + above * weight


@pytest.mark.parametrize("unknown", (False, True), ids=("static", "unknown sizes"))
def test_bilinear_images(backend, unknown):
    x = draw(2, 3, 4, 2)
    same(run(lambda t: K.resize_images(t, 3, 2, "channels_last", "bilinear"), x, unknown=unknown),
         bilinear(bilinear(x, 3, 1), 2, 2))


def test_nearest_images_repeat_pixels(backend):
    x = draw(2, 2, 3, 4)
    same(run(lambda t: K.resize_images(t, 3, 2, "channels_first"), x),
         x.repeat(3, axis=2).repeat(2, axis=3))


@pytest.mark.parametrize("rank", (2, 3, 4, 5))
def test_a_bias_of_places_is_reshaped_for_channels_first(backend, rank):
    shape = (2, 3, 4, 2, 5)[:rank]
    x = draw(*shape)
    wide = draw(*shape[2:], shape[1])
    same(run(lambda t: K.bias_add(t, wide, "channels_first"), x),
         x + wide.reshape(1, *shape[1:]))


# ---- activations ----

def relu(x, alpha=0., max_value=None, threshold=0.):
    """Keras 2.3.1's steps: cut, then subtract what lies below."""
    below = np.maximum(threshold - x, 0)
    y = x * (x > threshold) if threshold else np.maximum(x, 0)
    y = y if max_value is None else np.clip(y, 0, max_value)
    return y - alpha * below


@pytest.mark.parametrize("alpha", (0., 0.3))
@pytest.mark.parametrize("max_value", (None, 0.5, 6))
@pytest.mark.parametrize("threshold", (0., 0.2, -0.4))
def test_relu(backend, alpha, max_value, threshold):
    x = np.linspace(-8, 8, 161) + 0.001
    same(run(lambda t: K.relu(t, alpha, max_value, threshold), x),
         relu(x, alpha, max_value, threshold))


def test_relu_with_a_slope_from_a_tensor(backend):
    x = draw(4, 3)
    same(run(lambda t: K.relu(t, K.constant(0.2)), x), relu(x, 0.2))


@pytest.mark.parametrize("name, at, slope", [
    ("relu", 0., 0.), ("elu", 0., 1.), ("hard_sigmoid", 2.5, 0.2), ("hard_sigmoid", -2.5, 0.2),
    ("softsign", 0., 1.),
])
def test_slopes_at_kinks(backend, name, at, slope):
    x = K.placeholder((1,))
    gradient = K.gradients(getattr(K, name)(x), [x])[0]
    same(K.function([x], [gradient])([np.array([at])])[0], [slope])


def test_softmax_of_great_numbers(backend):
    x = np.array([[1e4, 1e4, 0.], [-1e4, -1e4, -1e4]])
    same(run(K.softmax, x), [[.5, .5, 0.], [1 / 3] * 3])
    same(run(K.log_softmax, x), [[-np.log(2), -np.log(2), -1e4 - np.log(2)], [-np.log(3)] * 3])


def test_l2_normalize_leaves_zeros(backend):
    x = np.array([[3., 4.], [0., 0.]])
    same(run(lambda t: K.l2_normalize(t, -1), x), [[.6, .8], [0., 0.]])


def test_in_top_k_counts_ties_and_refuses_nan(backend):
    x = np.array([[.1, .5, .4], [.3, .3, .4], [np.nan, .5, .2], [.1, .2, .7], [.1, .2, .7]])
    targets = np.array([2, 1, 1, 3, -1], "int64")
    got = run(lambda t: K.in_top_k(t, K.constant(targets, dtype="int64"), 2), x, unknown=True)
    np.testing.assert_array_equal(got, [True, True, False, False, False])


# ---- losses ----

def test_categorical_crossentropy_normalises_then_cuts(backend):
    t, p = np.eye(3), np.array([[2., 1., 1.], [1., 0., 1.], [0., 0., 4.]])
    got = run(lambda x: K.categorical_crossentropy(t, x), p)
    same(got, -np.log([0.5, EPSILON, 1 - EPSILON]))


def test_sparse_crossentropy_cuts_then_normalises(backend):
    p = np.array([[2., .5, .5], [1., 0., .5], [.2, .3, .5]])
    cut = np.clip(p, EPSILON, 1 - EPSILON)
    expected = -np.log(cut[range(3), [0, 1, 2]] / cut.sum(1))
    for target in (np.array([0, 1, 2]), np.array([[0.], [1.], [2.]])):
        same(run(lambda x: K.sparse_categorical_crossentropy(target, x), p, unknown=True), expected)


@pytest.mark.parametrize("from_logits", (False, True))
def test_sparse_crossentropy_of_no_class_is_nan(backend, from_logits):
    p = np.full((3, 4), 0.25)
    got = run(lambda x: K.sparse_categorical_crossentropy(np.array([4, -1, 0]), x, from_logits), p)
    np.testing.assert_array_equal(np.isnan(got), [True, True, False])


@pytest.mark.parametrize("axis", (1, -1))
def test_crossentropies_agree(backend, axis):
    x, labels = draw(2, 3, 3), RNG.integers(0, 3, (2, 3))
    one_hot = np.moveaxis(np.eye(3)[labels], -1, axis)
    for from_logits, values in ((True, x), (False, np.exp(x) / np.exp(x).sum(axis, keepdims=True))):
        same(run(lambda v: K.categorical_crossentropy(one_hot, v, from_logits, axis), values),
             run(lambda v: K.sparse_categorical_crossentropy(labels, v, from_logits, axis), values))


def test_binary_crossentropy(backend):
    t, p = np.array([[0., 1., .5, 0.]]), np.array([[0., 1., .3, .9]])
    cut = np.clip(p, EPSILON, 1 - EPSILON)
    expected = -t * np.log(cut) - (1 - t) * np.log(1 - cut)
    got = run(lambda x: K.binary_crossentropy(t, x), p)
    np.testing.assert_allclose(got, expected, rtol=1e-8)
    logits = np.array([[-40., 40., 1., 800.]])
    np.testing.assert_allclose(
        run(lambda x: K.binary_crossentropy(t, x, True), logits),
        np.maximum(logits, 0) - logits * t + np.log1p(np.exp(-np.abs(logits))), rtol=1e-12)


# ---- normalization ----

@pytest.mark.parametrize("unknown", (False, True), ids=("static", "unknown sizes"))
@pytest.mark.parametrize("axis", (1, 3))
def test_normalize_batch_in_training(backend, axis, unknown):
    x, gamma, beta = draw(3, 4, 5, 2), draw((4, 2)[axis // 3]), draw((4, 2)[axis // 3])
    axes = [i for i in range(4) if i != axis]
    shape = [-1 if i == axis else 1 for i in range(4)]
    expected = ((x - x.mean((*axes,), keepdims=True)) / np.sqrt(x.var((*axes,), keepdims=True) + .01)
                * gamma.reshape(shape) + beta.reshape(shape))
    for i, value in enumerate((expected, x.mean((*axes,)), x.var((*axes,)))):
        same(run(lambda t: K.normalize_batch_in_training(t, gamma, beta, axes, .01)[i], x,
                 unknown=unknown), value)


def test_batch_normalization_takes_vectors_and_what_broadcasts(backend):
    x, mean, var, beta, gamma = draw(3, 4, 2), draw(4), draw(4) + 2, draw(4), draw(4)
    column = [v[:, None] for v in (mean, var, beta, gamma)]
    expected = (x - column[0]) / np.sqrt(column[1] + .001) * column[3] + column[2]
    same(run(lambda t: K.batch_normalization(t, mean, var, beta, gamma, axis=1), x), expected)
    same(run(lambda t: K.batch_normalization(t, *[v[None] for v in column], axis=1), x), expected)
    places = draw(4, 2)
    same(run(lambda t: K.batch_normalization(t, places, places + 2, None, None), x),
         (x - places) / np.sqrt(places + 2.001))


# ---- dropout ----

def test_dropout_drops_its_share_and_scales_the_rest(backend):
    got = run(lambda t: K.dropout(t, 0.25, seed=3), np.ones((200, 50)))
    assert set(np.unique(got)) == {0., 1 / 0.75}
    assert abs((got == 0).mean() - 0.25) < 0.02


def test_dropout_draws_anew_and_a_seed_repeats(backend):
    x = K.placeholder((4, 50))
    values = np.ones((4, 50))
    one, other = (K.function([x], [K.dropout(x, 0.5, seed=3)]) for _ in range(2))
    firsts, seconds = [[f([values])[0] for _ in range(2)] for f in (one, other)]
    same(firsts, seconds)
    assert (firsts[0] != firsts[1]).any()


def test_the_gradient_of_dropout_has_the_same_choices(backend):
    x = K.placeholder((None, 50))
    y = K.dropout(x, 0.5)
    value, gradient = K.function([x], [y, K.gradients(y, [x])[0]])([np.ones((3, 50))])
    same(value, gradient)


@pytest.mark.parametrize("noise", ("tuple", "symbolic", "vector"))
def test_dropout_of_whole_axes(backend, noise):
    def dropped(t):
        shape = {"tuple": (None, 1, 3), "symbolic": (K.shape(t)[0], 1, K.shape(t)[2]),
                 "vector": K.stack([K.shape(t)[0], 1, K.shape(t)[2]])}[noise]
        return K.dropout(t, 0.5, noise_shape=shape, seed=1)
    got = run(dropped, np.ones((20, 4, 3)))
    assert (got == got[:, :1]).all() and 0 < (got == 0).mean() < 1


# ---- recurrent ----

def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(x, h, c, kernel, recurrent, bias):
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        yield h, c


def gru(x, h, kernel, recurrent, bias, reset_after):
    u = h.shape[1]
    outer, inner = (bias[0], bias[1]) if reset_after else (bias, np.zeros(3 * u))
    for t in range(x.shape[1]):
        a, b = x[:, t] @ kernel + outer, h @ recurrent + inner
        z, r = sigmoid(a[:, :u] + b[:, :u]), sigmoid(a[:, u:2 * u] + b[:, u:2 * u])
        late = r * b[:, 2 * u:] if reset_after else (r * h) @ recurrent[:, 2 * u:]
        h = z * h + (1 - z) * np.tanh(a[:, 2 * u:] + late)
        yield h


@pytest.mark.parametrize("reverse", (False, True))
def test_lstm(backend, reverse):
    x, h, c = draw(2, 4, 3), draw(2, 5), draw(2, 5)
    weights = draw(3, 20), draw(5, 20), draw(20)
    steps = list(lstm(x[:, ::-1] if reverse else x, h, c, *weights))
    expected = np.stack([s[0] for s in steps], 1), *steps[-1]
    for i in range(3):
        same(run(lambda t: K.lstm(t, h, c, *weights, reverse=reverse, return_sequences=True)[i],
                 x), expected[i])
    same(run(lambda t: K.lstm(t, h, c, *weights, reverse=reverse)[0], x, unknown=True), steps[-1][0])


@pytest.mark.parametrize("reset_after", (False, True))
def test_gru(backend, reset_after):
    x, h = draw(2, 4, 3), draw(2, 5)
    weights = draw(3, 15), draw(5, 15), draw(2, 15) if reset_after else draw(15)
    expected = np.stack(list(gru(x, h, *weights, reset_after)), 1)
    same(run(lambda t: K.gru(t, h, *weights, reset_after=reset_after, return_sequences=True)[0],
             x), expected)


def test_simple_rnn(backend):
    x, h, kernel, recurrent = draw(2, 4, 3), draw(2, 5), draw(3, 5), draw(5, 5)
    state = h
    for t in reversed(range(4)):
        state = np.maximum(x[:, t] @ kernel + state @ recurrent, 0)
    same(run(lambda v: K.simple_rnn(v, h, kernel, recurrent, activation="relu", reverse=True)[1],
             x), state)


# ---- dtypes ----

@pytest.mark.parametrize("dtype", ("float16", "float32"))
def test_nothing_becomes_wider(backend, dtype):
    x = draw(2, 6, 6, 2).astype(dtype)
    kernel, vector = draw(3, 3, 2, 2).astype(dtype), draw(2).astype(dtype)
    outputs = [
        lambda t: K.conv2d(t, kernel), lambda t: K.depthwise_conv2d(t, kernel),
        lambda t: K.pool2d(t, (2, 2)), lambda t: K.pool2d(t, (2, 2), pool_mode="avg"),
        K.softmax, K.elu, K.hard_sigmoid, K.l2_normalize, lambda t: K.bias_add(t, vector),
        lambda t: K.dropout(t, 0.5), lambda t: K.resize_images(t, 2, 2, None, "bilinear"),
        lambda t: K.normalize_batch_in_training(t, vector, None, [0, 1, 2])[0],
        lambda t: K.binary_crossentropy(K.softmax(t), K.softmax(t)),
    ]
    for output in outputs:
        assert run(output, x).dtype == dtype
