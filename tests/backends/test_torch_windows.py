"""Convolution and pooling kernels of one backend, and that they copy no layout."""
import numpy as np
import pytest

import windows_reference as reference

torch = pytest.importorskip("torch")
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402

engine = pytest.importorskip("keras_compat.backends.torch")
backend = engine.backend


def draw(*shape, dtype="float32", seed=0):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype(dtype)


def native(x):
    return x if x is None else backend.from_numpy(x)


def first(x):
    """channels_last to channels_first."""
    return np.ascontiguousarray(np.moveaxis(x, -1, 1))


def close(found, expected, bound=1e-5):
    found = backend.to_numpy(found)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found.astype(float), expected, rtol=bound, atol=bound)


CONVS = [  # x, kernel, strides, padding, dilation, groups
    ((2, 7, 3), (3, 3, 4), (1,), "valid", (1,), 1),
    ((2, 8, 3), (4, 3, 4), (2,), "same", (1,), 1),
    ((2, 9, 3), (2, 3, 4), (1,), "same", (3,), 1),
    ((2, 6, 5, 3), (3, 2, 3, 4), (1, 1), "valid", (1, 1), 1),
    ((2, 6, 5, 3), (3, 3, 3, 4), (1, 1), "same", (1, 1), 1),
    ((2, 6, 5, 4), (2, 3, 2, 6), (2, 1), "same", (1, 1), 2),
    ((2, 7, 6, 1), (3, 2, 1, 2), (1, 1), "same", (2, 1), 1),
    ((1, 6, 7, 2), (2, 2, 2, 3), (3, 4), "valid", (1, 1), 1),
    ((1, 9, 9, 2), (1, 1, 2, 3), (4, 4), "same", (1, 1), 1),
    ((2, 8, 7, 4), (1, 1, 2, 6), (2, 3), "valid", (1, 1), 2),
    ((2, 7, 3), (1, 3, 4), (2,), "valid", (1,), 1),
    ((1, 3, 4, 5, 2), (1, 1, 1, 2, 3), (1, 2, 3), "same", (1, 1, 1), 1),
    ((1, 4, 5, 4, 2), (2, 2, 3, 2, 3), (1, 2, 1), "same", (1, 1, 1), 1),
    ((1, 4, 5, 4, 2), (2, 2, 3, 2, 3), (1, 1, 1), "valid", (1, 1, 1), 1),
]


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("x, kernel, strides, padding, dilation, groups", CONVS,
                         ids=[str(i) for i in range(len(CONVS))])
def test_conv_and_its_gradients(x, kernel, strides, padding, dilation, groups, data_format):
    x, kernel = draw(*x, dtype="float64"), draw(*kernel, dtype="float64", seed=1)
    attrs = {"strides": strides, "padding": padding, "dilation": dilation, "groups": groups}
    expected = reference.conv(x, kernel, **attrs)
    attrs["data_format"] = data_format
    layout = first if data_format == "channels_first" else np.asarray
    ops, given = backend.ops, native(layout(x))
    close(ops["conv"](given, native(kernel), **attrs), layout(expected), 1e-12)
    # the gradients are the maps adjoint to the convolution: <conv(x), g> = <x, conv'(g)>
    g = draw(*expected.shape, dtype="float64", seed=3)
    back = ops["conv_input_gradient"](native(layout(g)), native(kernel), None,
                                      shape=(-1, *layout(x).shape[1:]), **attrs)
    tensor = native(np.array(layout(x).shape, "int32"))
    again = ops["conv_input_gradient"](native(layout(g)), native(kernel), tensor, shape=None,
                                       **attrs)
    weights = ops["conv_kernel_gradient"](given, native(layout(g)), kernel_shape=kernel.shape,
                                          **attrs)
    close(again, backend.to_numpy(back), 0)
    assert back.shape == layout(x).shape and weights.shape == kernel.shape
    other, total = draw(*x.shape, dtype="float64", seed=4), (expected * g).sum()
    moved = (reference.conv(other, kernel, strides, padding, dilation, groups) * g).sum()
    assert np.isclose((backend.to_numpy(back) * layout(other)).sum(), moved)
    assert np.isclose((backend.to_numpy(weights) * kernel).sum(), total)


class Convolutions(TorchDispatchMode):
    """Notes (kernel's window, strides) of each convolution that PyTorch runs inside."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = function.overloadpacket.__name__
        if name == "convolution":
            self.seen.append((tuple(args[1].shape[2:]), tuple(args[3])))
        if name == "convolution_backward":
            self.seen.append((tuple(args[2].shape[2:]), tuple(args[4])))
        return function(*args, **(kwargs or {}))


def test_no_strided_convolution_of_single_cells():
    """oneDNN's kernel gradient for those writes past the end of its buffer (no AVX-512)."""
    attrs = {"strides": (2, 2), "padding": "same", "dilation": (1, 1), "groups": 1,
             "data_format": "channels_last"}
    x, kernel = native(draw(2, 8, 8, 4)), native(draw(1, 1, 4, 5))
    backend.record(True)
    x, kernel = backend.watch(x), backend.watch(kernel)
    with Convolutions() as convolutions:
        y = backend.ops["conv"](x, kernel, **attrs)
        back = backend.ops["conv_input_gradient"](y, kernel, None, shape=tuple(x.shape), **attrs)
        weights = backend.ops["conv_kernel_gradient"](x, y, kernel_shape=kernel.shape, **attrs)
        backend.gradients([back * back, weights * weights], [x, kernel], False, False)
    assert len(convolutions.seen) > 4
    assert set(convolutions.seen) == {((1, 1), (1, 1))}


POOLS = [  # x, window, strides, padding
    ((2, 7, 3), (2,), (2,), "valid"), ((2, 8, 3), (3,), (2,), "same"),
    ((2, 8, 3), (4,), (1,), "same"), ((2, 7, 6, 3), (2, 2), (2, 2), "same"),
    ((2, 7, 6, 3), (3, 2), (1, 1), "same"), ((2, 7, 6, 3), (2, 3), (3, 1), "valid"),
    ((2, 7, 7, 3), (2, 2), (3, 3), "same"), ((1, 5, 4, 6, 2), (2, 3, 2), (2, 1, 2), "same"),
    ((1, 5, 4, 6, 2), (2, 2, 2), (1, 1, 1), "same"), ((1, 5, 4, 6, 2), (2, 2, 2), (2, 2, 2), "valid"),
]


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("x, window, strides, padding", POOLS,
                         ids=[str(i) for i in range(len(POOLS))])
def test_pooling_and_its_gradients(x, window, strides, padding, data_format):
    x = draw(*x, dtype="float64") - 5  # all below zero, so that padding with zeros would win
    layout = first if data_format == "channels_first" else np.asarray
    attrs = {"pool_size": window, "strides": strides, "padding": padding,
             "data_format": data_format}
    greatest = reference.pool(x, window, strides, padding, False)
    average = reference.pool(x, window, strides, padding, True)
    ops, given = backend.ops, native(layout(x))
    close(ops["max_pool"](given, **attrs), layout(greatest), 1e-12)
    close(ops["avg_pool"](given, **attrs), layout(average), 1e-12)
    close(ops["max_pool_select"](given * 2, given, **attrs), layout(greatest) * 2, 1e-12)
    g = layout(draw(*greatest.shape, dtype="float64", seed=1))
    scattered = backend.to_numpy(ops["max_pool_gradient"](native(g), given, **attrs))
    picked = ops["max_pool_select"](native(scattered.copy()), given, **attrs)
    shared = ops["avg_pool_gradient"](native(g), native(np.array(given.shape, "int32")), **attrs)
    assert np.isclose((scattered * layout(x)).sum(), (g * layout(greatest)).sum())
    assert np.isclose((backend.to_numpy(shared) * layout(x)).sum(), (g * layout(average)).sum())
    if strides == window:
        close(picked, g, 1e-12)


def test_max_pool_gradient_goes_to_the_first_of_equals():
    x, g = np.zeros((1, 2, 2, 1), "float32"), np.ones((1, 1, 1, 1), "float32")
    attrs = {"pool_size": (2, 2), "strides": (2, 2), "padding": "valid",
             "data_format": "channels_last"}
    found = backend.ops["max_pool_gradient"](native(g), native(x), **attrs)
    assert backend.to_numpy(found).ravel().tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("channels", [1, 3, 16])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("rank", [1, 2])
def test_channels_last_stays_contiguous(rank, padding, channels):
    attrs = {"strides": (1,) * rank, "padding": padding, "data_format": "channels_last"}
    x = native(draw(4, *(12,) * rank, channels))
    kernel = native(draw(*(3,) * rank, channels, 8))
    backend.record(True)
    x, kernel = backend.watch(x), backend.watch(kernel)
    y = backend.ops["conv"](x, kernel, dilation=(1,) * rank, groups=1, **attrs)
    assert y.is_contiguous()
    pool = dict(attrs, strides=(2,) * rank, pool_size=(2,) * rank)
    assert backend.ops["max_pool"](y, **pool).is_contiguous()
    assert backend.ops["avg_pool"](y, **pool).is_contiguous()
    to_x, _ = backend.gradients([y * y], [x, kernel], False, False)
    assert channels == 1 or to_x.is_contiguous()


def test_layout_views_share_memory():
    from keras_compat.backends.torch import windows

    for shape in ((2, 5, 3), (2, 5, 4, 3), (2, 3, 4, 5, 2)):
        x = native(draw(*shape))
        viewed = windows.native_view(x, "channels_last")
        back = windows.keras_view(viewed, "channels_last", x.ndim)
        assert viewed.data_ptr() == back.data_ptr() == x.data_ptr()
        assert back.shape == x.shape and back.stride() == x.stride()


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_float16(rank):
    x, kernel = draw(2, *(6,) * rank, 4, dtype="float16"), draw(*(3,) * rank, 4, 5, dtype="float16")
    attrs = {"strides": (1,) * rank, "padding": "same", "data_format": "channels_last"}
    conv = dict(attrs, dilation=(1,) * rank, groups=1)
    pool = dict(attrs, pool_size=(2,) * rank)
    y = backend.ops["conv"](native(x), native(kernel), **conv)
    average = backend.ops["avg_pool"](native(x), **pool)
    assert y.dtype == average.dtype == torch.float16
    close(y, reference.conv(x, kernel, (1,) * rank, "same", (1,) * rank, 1), 2e-2)
    close(average, reference.pool(x, (2,) * rank, (1,) * rank, "same", True), 5e-3)
    close(backend.ops["max_pool"](native(x), **pool),
          reference.pool(x, (2,) * rank, (1,) * rank, "same", False), 1e-6)


# ---- kernels kept in the layout that the convolution reads ----

def _sgd(momentum):
    def update(kernel, g):
        velocity = None if momentum is None else [torch.zeros_like(kernel)]
        momentum_ = None if momentum is None else torch.tensor(momentum)
        backend.updates["sgd_update"]([kernel], velocity, [g], torch.tensor(0.1), momentum_,
                                      nesterov=False)
    return update


def _rmsprop(kernel, g):
    backend.updates["rmsprop_update"]([kernel], [torch.zeros_like(kernel)], [g],
                                      torch.tensor(0.1), torch.tensor(0.9), epsilon=1e-7)


def _adam(kernel, g):
    backend.updates["adam_update"](
        [kernel], [torch.zeros_like(kernel)], [torch.zeros_like(kernel)], [g],
        torch.tensor(0.1), torch.tensor(0.9), torch.tensor(0.99), epsilon=1e-7)


CHANGES = {
    "sgd_update": _sgd(None), "sgd_update with momentum": _sgd(0.9),
    "sgd_update with momentum 0": _sgd(0.0), "rmsprop_update": _rmsprop, "adam_update": _adam,
    "write": lambda kernel, g: backend.write(kernel, g.numpy()),
    "assign": lambda kernel, g: backend.assign(kernel, g),
}


def test_every_update_op_is_among_the_changes():
    assert set(backend.updates) <= {name.split()[0] for name in CHANGES}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("shape", [(3, 2, 3, 4), (3, 3, 4)], ids=["plane", "line"])
def test_a_kernel_met_again_is_used_with_its_newest_values(change, shape):
    rank = len(shape) - 2
    x, kernel = draw(2, *(6, 5)[:rank], 3), backend.variable(draw(*shape, seed=1), "kernel")
    attrs = {"strides": (1,) * rank, "padding": "same", "dilation": (1,) * rank, "groups": 1,
             "data_format": "channels_last"}
    with torch.no_grad():
        for _ in range(3):
            before = backend.ops["conv"](native(x), kernel, **attrs)
        CHANGES[change](kernel, native(draw(*shape, seed=2)))
        after = backend.ops["conv"](native(x), kernel, **attrs)
        again = backend.ops["conv"](native(x), kernel, **attrs)
    attrs.pop("data_format")
    expected = reference.conv(x, kernel.numpy(), **attrs)
    assert np.abs(before.numpy() - expected).max() > 1e-3
    close(after, expected)
    close(again, expected)
