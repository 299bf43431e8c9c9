"""One backend's convolutions and pooling against loops in float64.

The gradients of convolutions, which are linear, are checked as adjoints.
"""
import itertools

import numpy as np
import pytest

from keras_compat.backends.numpy import conv as conv_module
from keras_compat.backends.numpy import pooling
from keras_compat.backends.numpy import windows as windows_module
from keras_compat.backends.numpy.conv import conv, conv_input_gradient, conv_kernel_gradient

CLOSE = {"float16": 2e-2, "float32": 2e-5, "float64": 1e-12}


def draw(*shape, dtype="float64", seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def close(actual, expected, dtype="float64", scale=1.0):
    assert actual.shape == expected.shape
    assert actual.dtype == np.dtype(dtype)
    np.testing.assert_allclose(actual.astype("float64"), expected, rtol=CLOSE[dtype],
                               atol=CLOSE[dtype] * scale)


# ---- definitions, one output cell at a time ----

def window_axis(n, k, s, d, padding):
    """(number of windows, position of the first one)."""
    reach = (k - 1) * d + 1
    if padding == "valid":
        return max(0, (n - reach) // s + 1), 0
    out = -(-n // s)
    return out, -(max((out - 1) * s + reach - n, 0) // 2)


def windows(sizes, kernel, strides, padding, dilation):
    """(output place, [(window cell, input place)]) with the cells inside the input only."""
    axes = [window_axis(*a, padding) for a in zip(sizes, kernel, strides, dilation)]
    for place in itertools.product(*[range(count) for count, _ in axes]):
        cells = []
        for cell in np.ndindex(*kernel):
            at = tuple(first + p * s + c * d for (_, first), p, s, c, d in
                       zip(axes, place, strides, cell, dilation))
            if all(0 <= a < n for a, n in zip(at, sizes)):
                cells.append((cell, at))
        yield place, cells


def defined_conv(x, kernel, strides, padding, dilation, groups):
    """channels_last correlation, cell by cell."""
    sizes, window = x.shape[1:-1], kernel.shape[:-2]
    out = [window_axis(*a, padding)[0] for a in zip(sizes, window, strides, dilation)]
    inner, units = kernel.shape[-2], kernel.shape[-1] // groups
    result = np.zeros((x.shape[0], *out, kernel.shape[-1]))
    for place, cells in windows(sizes, window, strides, padding, dilation):
        for cell, at in cells:
            for i in range(groups):
                result[(slice(None), *place, slice(i * units, (i + 1) * units))] += (
                    x[(slice(None), *at, slice(i * inner, (i + 1) * inner))]
                    @ kernel[cell][:, i * units:(i + 1) * units])
    return result


def first(x, data_format):
    return np.moveaxis(x, -1, 1) if data_format == "channels_first" else x


CONVS = {
    "1d valid": ((9,), (3,), 2, 3, (1,), "valid", (1,), 1),
    "1d long dilated": ((40,), (7,), 3, 2, (1,), "valid", (4,), 1),
    "1d same stride": ((10,), (4,), 2, 3, (3,), "same", (1,), 1),
    "1d depthwise": ((9,), (3,), 4, 4, (1,), "same", (2,), 4),
    "2d valid": ((6, 7), (3, 2), 3, 4, (1, 1), "valid", (1, 1), 1),
    "2d same": ((5, 6), (3, 3), 2, 3, (1, 1), "same", (1, 1), 1),
    "2d even window": ((5, 6), (4, 2), 2, 3, (1, 1), "same", (1, 1), 1),
    "2d stride 2": ((7, 8), (3, 3), 2, 3, (2, 2), "same", (1, 1), 1),
    "2d stride 2 valid": ((8, 9), (3, 3), 2, 3, (2, 2), "valid", (1, 1), 1),
    "2d uneven strides": ((7, 8), (3, 2), 2, 3, (2, 3), "valid", (1, 1), 1),
    "2d stride beyond window": ((8, 8), (2, 1), 2, 3, (3, 2), "valid", (1, 1), 1),
    "1d side by side": ((8,), (2,), 2, 3, (2,), "valid", (1,), 1),
    "2d side by side": ((6, 8), (3, 2), 2, 3, (3, 2), "same", (1, 1), 1),
    "3d side by side": ((4, 2, 6), (2, 1, 3), 6, 5, (2, 1, 3), "valid", (1, 1, 1), 1),
    "2d pointwise": ((4, 5), (1, 1), 3, 4, (1, 1), "valid", (1, 1), 1),
    "2d pointwise stride": ((5, 5), (1, 1), 3, 4, (2, 2), "same", (1, 1), 1),
    "2d dilated": ((8, 9), (3, 3), 2, 3, (1, 1), "same", (2, 3), 1),
    "2d dilated stride": ((9, 9), (3, 3), 2, 3, (2, 2), "same", (2, 2), 1),
    "2d groups": ((6, 6), (3, 3), 4, 6, (1, 1), "same", (1, 1), 2),
    "2d groups stride": ((6, 6), (3, 3), 4, 6, (2, 2), "same", (1, 1), 2),
    "2d depthwise": ((6, 6), (3, 3), 4, 4, (1, 1), "same", (1, 1), 4),
    "2d depthwise multiplier": ((7, 6), (3, 3), 3, 6, (2, 2), "valid", (1, 1), 3),
    "2d many channels": ((5, 5), (3, 3), 20, 18, (1, 1), "same", (1, 1), 1),
    "2d whole window": ((5, 5), (5, 5), 2, 3, (1, 1), "valid", (1, 1), 1),
    "2d few windows": ((7, 7), (5, 5), 2, 3, (1, 1), "valid", (1, 1), 1),
    "2d window too large": ((2, 5), (3, 3), 2, 3, (1, 1), "valid", (1, 1), 1),
    "2d empty axis": ((0, 4), (3, 3), 2, 3, (1, 1), "same", (1, 1), 1),
    "3d": ((4, 5, 4), (2, 3, 2), 2, 3, (1, 1, 1), "same", (1, 1, 1), 1),
    "3d stride": ((5, 5, 4), (3, 2, 2), 2, 3, (2, 1, 2), "valid", (1, 1, 1), 1),
}


@pytest.fixture(params=["one chunk", "chunks of rows"])
def chunk(request, monkeypatch):
    if request.param == "chunks of rows":
        original = windows_module.chunks
        monkeypatch.setattr(windows_module, "chunks", lambda *a: original(*a[:3], 100))


@pytest.fixture(params=["few channels", "many channels"])
def channels_count(request, monkeypatch):
    """The small cases below, also on the way that only many channels take."""
    if request.param == "many channels":
        monkeypatch.setattr(conv_module, "FEW_CHANNELS", 0)


@pytest.mark.parametrize("name", CONVS)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_conv_and_gradients(name, data_format, chunk, channels_count):
    sizes, window, channels, units, strides, padding, dilation, groups = CONVS[name]
    x = draw(3, *sizes, channels)
    kernel = draw(*window, channels // groups, units)
    expected = defined_conv(x, kernel, strides, padding, dilation, groups)
    g = draw(*expected.shape, seed=1)
    attrs = dict(strides=strides, padding=padding, dilation=dilation, groups=groups,
                 data_format=data_format)
    given, given_g = first(x, data_format), first(g, data_format)
    close(conv(given, kernel, **attrs), first(expected, data_format))
    dx = conv_input_gradient(given_g, kernel, None, (-1, *given.shape[1:]), **attrs)
    dk = conv_kernel_gradient(given, given_g, kernel.shape, **attrs)
    # Both are linear: <g, conv(u, k)> = <dx(k), u> and = <dk(x), w> for any u and w.
    u, w = draw(*x.shape, seed=2), draw(*kernel.shape, seed=3)
    one = (g * defined_conv(u, kernel, strides, padding, dilation, groups)).sum()
    two = (g * defined_conv(x, w, strides, padding, dilation, groups)).sum()
    assert dx.shape == given.shape and dk.shape == kernel.shape
    np.testing.assert_allclose((dx * first(u, data_format)).sum(), one, atol=1e-9)
    np.testing.assert_allclose((dk * w).sum(), two, atol=1e-9)


@pytest.mark.parametrize("dtype", CLOSE)
def test_conv_keeps_the_dtype(dtype):
    x, kernel = draw(2, 6, 6, 3, dtype=dtype), draw(3, 3, 3, 4, dtype=dtype)
    attrs = dict(strides=(1, 1), padding="same", dilation=(1, 1), groups=1,
                 data_format="channels_last")
    expected = defined_conv(x.astype("float64"), kernel.astype("float64"), (1, 1), "same", (1, 1), 1)
    y = conv(x, kernel, **attrs)
    close(y, expected, dtype, scale=10)
    assert conv_input_gradient(y, kernel, None, x.shape, **attrs).dtype == dtype
    assert conv_kernel_gradient(x, y, kernel.shape, **attrs).dtype == dtype


def test_conv_of_read_only_and_strided_inputs():
    x, kernel = draw(4, 12, 6, 6)[::2, ::2, :, ::2], draw(3, 3, 4, 3).swapaxes(-1, -2)
    x.flags.writeable = False
    attrs = dict(strides=(1, 1), padding="valid", dilation=(1, 1), groups=1,
                 data_format="channels_last")
    close(conv(x, kernel, **attrs), defined_conv(x, kernel, (1, 1), "valid", (1, 1), 1))


def test_conv_input_gradient_takes_a_shape_tensor():
    attrs = dict(strides=(2,), padding="valid", dilation=(1,), groups=1,
                 data_format="channels_last")
    g, kernel = draw(2, 3, 4), draw(3, 5, 4)
    for size in (7, 8):
        a = conv_input_gradient(g, kernel, np.array([2, size, 5]), None, **attrs)
        b = conv_input_gradient(g, kernel, None, (-1, size, 5), **attrs)
        np.testing.assert_array_equal(a, b)
        assert a.shape == (2, size, 5)


def test_every_strategy_for_the_input_gradient_is_taken():
    taken = set()
    for sizes, window, _, _, strides, padding, dilation, _ in CONVS.values():
        geo = conv_module.geometry(sizes, window, strides, padding, dilation)
        taken.add(bool(conv_module._correlates_back(geo)) if 0 not in sizes else None)
    assert {True, False} <= taken


# ---- pooling ----

POOLS = {
    "2x2": ((6, 8), (2, 2), (2, 2), "valid"),
    "2x2 odd": ((5, 7), (2, 2), (2, 2), "valid"),
    "2x2 same": ((5, 7), (2, 2), (2, 2), "same"),
    "3x3 overlap": ((7, 8), (3, 3), (2, 2), "valid"),
    "3x3 overlap same": ((7, 8), (3, 3), (2, 2), "same"),
    "stride beyond window": ((8, 9), (2, 2), (3, 3), "valid"),
    "window larger than input": ((2, 3), (5, 4), (1, 1), "same"),
    "one cell": ((3, 3), (1, 1), (1, 1), "valid"),
    "1d": ((9,), (3,), (3,), "same"),
    "3d": ((4, 5, 6), (2, 2, 3), (2, 2, 2), "same"),
}


def pooled(x, window, strides, padding):
    """(place, input cells that are there) of every window of a channels_last x."""
    return windows(x.shape[1:-1], window, strides, padding, (1,) * len(window))


def at(place):
    return (slice(None), *place)


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("ties", [False, True])
def test_max_pool(name, data_format, ties):
    sizes, window, strides, padding = POOLS[name]
    x = draw(2, *sizes, 3)
    x = np.round(x) if ties else x
    h = draw(*x.shape, seed=1)
    attrs = dict(pool_size=window, strides=strides, padding=padding, data_format=data_format)
    given = first(x, data_format)
    y = pooling.max_pool(given, **attrs)
    g = draw(*np.moveaxis(y, 1, -1).shape if data_format == "channels_first" else y.shape, seed=2)
    expected, chosen = np.zeros(g.shape), np.zeros(g.shape)
    dx = np.zeros(x.shape)
    for place, cells in pooled(x, window, strides, padding):
        values = np.stack([x[at(c)] for _, c in cells])
        winner = values.argmax(0)
        expected[at(place)] = values.max(0)
        for n, c in np.ndindex(winner.shape):
            cell = (n, *cells[winner[n, c]][1], c)
            dx[cell] += g[(n, *place, c)]
            chosen[(n, *place, c)] = h[cell]
    close(y, first(expected, data_format))
    close(pooling.max_pool_gradient(first(g, data_format), given, **attrs), first(dx, data_format))
    close(pooling.max_pool_select(first(h, data_format), given, **attrs),
          first(chosen, data_format))


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_avg_pool(name, data_format):
    sizes, window, strides, padding = POOLS[name]
    x = draw(2, *sizes, 3)
    attrs = dict(pool_size=window, strides=strides, padding=padding, data_format=data_format)
    y = pooling.avg_pool(first(x, data_format), **attrs)
    g = draw(*np.moveaxis(y, 1, -1).shape if data_format == "channels_first" else y.shape, seed=2)
    expected, dx = np.zeros(g.shape), np.zeros(x.shape)
    for place, cells in pooled(x, window, strides, padding):
        expected[at(place)] = np.mean([x[at(c)] for _, c in cells], 0)
        for _, c in cells:
            dx[at(c)] += g[at(place)] / len(cells)
    close(y, first(expected, data_format))
    shape = np.array(first(x, data_format).shape, "int32")
    close(pooling.avg_pool_gradient(first(g, data_format), shape, **attrs),
          first(dx, data_format))


@pytest.mark.parametrize("dtype", ["float16", "float32", "int32"])
def test_pools_keep_the_dtype(dtype):
    x = (draw(2, 5, 6, 3) * 9).astype(dtype)
    attrs = dict(pool_size=(2, 2), strides=(2, 2), padding="same", data_format="channels_last")
    y = pooling.max_pool(x, **attrs)
    assert y.dtype == dtype and y.max() == x.max()
    assert pooling.max_pool_gradient(y, x, **attrs).dtype == dtype
    if dtype != "int32":
        assert pooling.avg_pool(x, **attrs).dtype == dtype
        assert pooling.avg_pool_gradient(y, np.array(x.shape), **attrs).dtype == dtype
