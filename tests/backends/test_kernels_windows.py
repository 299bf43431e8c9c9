"""Convolution and pooling kernels of every backend against their definition in float64 NumPy."""
import numpy as np
import pytest

import windows_reference as reference
from kernel_tools import close, draw, exact, gradients, run

CONVS = {  # x, kernel, strides, padding, dilation, groups
    "line": ((2, 7, 3), (3, 3, 4), (1,), "valid", (1,), 1),
    "line, strides, odd padding": ((2, 8, 3), (4, 3, 4), (2,), "same", (1,), 1),
    "line, dilated": ((2, 9, 3), (2, 3, 4), (1,), "same", (3,), 1),
    "line, strides and dilation": ((2, 11, 3), (2, 3, 4), (2,), "same", (3,), 1),
    "line, groups": ((2, 7, 4), (3, 2, 6), (1,), "same", (1,), 2),
    "plane": ((2, 6, 5, 3), (3, 2, 3, 4), (1, 1), "valid", (1, 1), 1),
    "plane, same": ((2, 6, 5, 3), (3, 3, 3, 4), (1, 1), "same", (1, 1), 1),
    "plane, groups": ((2, 6, 5, 4), (2, 3, 2, 6), (2, 1), "same", (1, 1), 2),
    "plane, a group a channel": ((2, 6, 5, 3), (2, 3, 1, 6), (2, 2), "same", (1, 1), 3),
    "plane, a group a channel, dilated": ((2, 9, 8, 3), (2, 3, 1, 6), (2, 2), "same", (2, 2), 3),
    "plane, dilated": ((2, 7, 6, 1), (3, 2, 1, 2), (1, 1), "same", (2, 1), 1),
    "plane, strides and dilation": ((2, 9, 8, 2), (3, 2, 2, 2), (2, 3), "same", (2, 2), 1),
    "plane, steps beyond the kernel": ((1, 6, 7, 2), (2, 2, 2, 3), (3, 4), "valid", (1, 1), 1),
    "plane, one cell": ((1, 9, 9, 2), (1, 1, 2, 3), (4, 4), "same", (1, 1), 1),
    "space": ((1, 4, 5, 4, 2), (2, 2, 3, 2, 3), (1, 2, 1), "same", (1, 1, 1), 1),
    "space, dilated": ((1, 5, 5, 4, 2), (2, 2, 2, 2, 3), (1, 1, 1), "valid", (2, 2, 1), 1),
    "nobody": ((0, 6, 5, 3), (3, 2, 3, 4), (1, 1), "valid", (1, 1), 1),
}
LAYOUTS = ["channels_last", "channels_first"]


def arranged(data_format):
    """What makes a channels_last array one of the given layout."""
    if data_format == "channels_last":
        return np.asarray
    return lambda x: np.ascontiguousarray(np.moveaxis(x, -1, 1))


@pytest.mark.parametrize("data_format", LAYOUTS)
@pytest.mark.parametrize("case", CONVS)
def test_conv_and_its_gradients(backend, case, data_format):
    x, kernel, strides, padding, dilation, groups = CONVS[case]
    x, kernel = draw(*x, dtype="float64"), draw(*kernel, dtype="float64", seed=1)
    attrs = {"strides": strides, "padding": padding, "dilation": dilation, "groups": groups}
    expected, layout = reference.conv(x, kernel, **attrs), arranged(data_format)
    attrs["data_format"] = data_format
    given, unknown = layout(x), (None, *layout(x).shape[1:])
    close(run(backend, "conv", given, kernel, shapes={0: unknown}, **attrs), layout(expected), 10)
    # the gradients are the maps adjoint to the convolution: <conv(x), g> = <x, conv'(g)>
    g = draw(*expected.shape, dtype="float64", seed=3)
    back = run(backend, "conv_input_gradient", layout(g), kernel, None, shape=given.shape, **attrs)
    again = run(backend, "conv_input_gradient", layout(g), kernel, np.array(given.shape, "int32"),
                shape=None, **attrs)
    close(again, back, 10)
    weights = run(backend, "conv_kernel_gradient", given, layout(g), kernel_shape=kernel.shape,
                  **attrs)
    assert back.shape == given.shape and weights.shape == kernel.shape
    other = draw(*x.shape, dtype="float64", seed=4)
    moved = (reference.conv(other, kernel, strides, padding, dilation, groups) * g).sum()
    assert np.isclose((back * layout(other)).sum(), moved)
    assert np.isclose((weights * kernel).sum(), (expected * g).sum())


POOLS = {  # x, window, strides, padding
    "line": ((2, 7, 3), (2,), (2,), "valid"),
    "line, overlapping": ((2, 8, 3), (3,), (2,), "same"),
    "line, odd padding": ((2, 8, 3), (4,), (1,), "same"),
    "plane": ((2, 7, 6, 3), (2, 2), (2, 2), "same"),
    "plane, overlapping": ((2, 7, 6, 3), (3, 2), (1, 1), "same"),
    "plane, two strides": ((2, 7, 6, 3), (2, 3), (3, 1), "valid"),
    "plane, steps beyond the window": ((2, 7, 7, 3), (2, 2), (3, 3), "same"),
    "space": ((1, 5, 4, 6, 2), (2, 3, 2), (2, 1, 2), "same"),
    "space, overlapping": ((1, 5, 4, 6, 2), (2, 2, 2), (1, 1, 1), "same"),
    "space, whole windows": ((1, 5, 4, 6, 2), (2, 2, 2), (2, 2, 2), "valid"),
    "nobody": ((0, 6, 5, 3), (2, 2), (2, 2), "valid"),
}


@pytest.mark.parametrize("data_format", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", POOLS)
def test_pooling_and_its_gradients(backend, case, dtype, data_format):
    shape, window, strides, padding = POOLS[case]
    x = draw(*shape, dtype=dtype) - np.asarray(5, dtype)  # padding with zeros would win
    layout = arranged(data_format)
    attrs = {"pool_size": window, "strides": strides, "padding": padding,
             "data_format": data_format}
    greatest = reference.pool(x, window, strides, padding, False)
    average = reference.pool(x, window, strides, padding, True)
    given = layout(x)
    close(run(backend, "max_pool", given, **attrs), layout(greatest), 10)
    close(run(backend, "avg_pool", given, **attrs), layout(average), 10)
    close(run(backend, "max_pool_select", given * 2, given, **attrs), layout(greatest) * 2, 10)
    g = layout(draw(*greatest.shape, dtype=dtype, seed=1))
    scattered = run(backend, "max_pool_gradient", g, given, **attrs)
    shared = run(backend, "avg_pool_gradient", g, np.array(given.shape, "int32"), **attrs)
    assert scattered.dtype == shared.dtype == dtype and shared.shape == given.shape
    bound = {"rtol": 1e-3 if dtype == "float32" else 1e-9, "atol": 1e-3}
    assert np.isclose((scattered * given).sum(), (g * layout(greatest)).sum(), **bound)
    assert np.isclose((shared * given).sum(), (g * layout(average)).sum(), **bound)


SQUARE = {"pool_size": (2, 2), "strides": (2, 2), "padding": "valid",
          "data_format": "channels_last"}


def test_max_pool_takes_the_first_of_equals(backend):
    x, g = np.zeros((1, 2, 2, 1), "float32"), np.ones((1, 1, 1, 1), "float32")
    assert run(backend, "max_pool_gradient", g, x, **SQUARE).ravel().tolist() == [1, 0, 0, 0]
    h = np.arange(4, dtype="float32").reshape(1, 2, 2, 1) + 7
    assert run(backend, "max_pool_select", h, x, **SQUARE).ravel().tolist() == [7]
    if backend.autodiff:
        found, = gradients(backend, lambda x: [backend.ops["max_pool"](x, **SQUARE)], x)
        exact(found.ravel(), [1, 0, 0, 0], np.float32)


@pytest.mark.parametrize("order", [1, 2])
def test_native_derivatives(backend, order):
    """Of squares, whose gradient is 2 conv'(conv(x)): linear in x, so that order 2 is exact."""
    if not backend.autodiff:
        pytest.skip("has no derivatives of its own")
    ops, attrs = backend.ops, {"strides": (2, 1), "padding": "same", "dilation": (1, 1),
                               "groups": 1, "data_format": "channels_last"}
    x, kernel = draw(2, 5, 4, 2, dtype="float64"), draw(3, 2, 2, 3, dtype="float64", seed=1)

    def squares(x, kernel):
        y = ops["conv"](x, kernel, **attrs)
        return [ops["multiply"](y, y)]

    def slopes(x, kernel):
        g = 2 * reference.conv(x, kernel, (2, 1), "same", (1, 1), 1)
        return (run(backend, "conv_input_gradient", g, kernel, None, shape=x.shape, **attrs),
                run(backend, "conv_kernel_gradient", x, g, kernel_shape=kernel.shape, **attrs))

    def total(x, kernel):
        if order == 1:
            return (reference.conv(x, kernel, (2, 1), "same", (1, 1), 1) ** 2).sum()
        return sum(s.sum() for s in slopes(x, kernel))
    found = gradients(backend, squares, x, kernel, order=order)
    for i, step in enumerate((draw(*x.shape, seed=5), draw(*kernel.shape, seed=6))):
        ends = [total(*[a + s * 1e-5 * step if i == j else a for j, a in enumerate((x, kernel))])
                for s in (1, -1)]
        assert np.isclose((found[i] * step).sum(), (ends[0] - ends[1]) / 2e-5, rtol=1e-6)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_float16(backend, rank):
    x, kernel = draw(2, *(6,) * rank, 4, dtype="float16"), draw(*(3,) * rank, 4, 5, dtype="float16")
    attrs = {"strides": (1,) * rank, "padding": "same", "data_format": "channels_last"}
    conv = dict(attrs, dilation=(1,) * rank, groups=1)
    pool = dict(attrs, pool_size=(2,) * rank)
    y = run(backend, "conv", x, kernel, **conv)
    average = run(backend, "avg_pool", x, **pool)
    greatest = run(backend, "max_pool", x, **pool)
    assert y.dtype == average.dtype == greatest.dtype == np.float16
    close(y, reference.conv(x, kernel, (1,) * rank, "same", (1,) * rank, 1), 20)
    close(average, reference.pool(x, (2,) * rank, (1,) * rank, "same", True), 2)
    close(greatest, reference.pool(x, (2,) * rank, (1,) * rank, "same", False))
    for name, g, rest, extra in (
            ("conv_input_gradient", y, (kernel, None), dict(conv, shape=x.shape)),
            ("max_pool_gradient", greatest, (x,), pool),
            ("avg_pool_gradient", average, (np.array(x.shape, "int32"),), pool)):
        found = run(backend, name, g, *rest, **extra)
        assert found.dtype == np.float16 and found.shape == x.shape
    found = run(backend, "conv_kernel_gradient", x, y, kernel_shape=kernel.shape, **conv)
    assert found.dtype == np.float16 and found.shape == kernel.shape
