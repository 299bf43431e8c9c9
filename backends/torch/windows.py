"""What convolution and pooling share: layouts as strides, and padding arithmetic.

PyTorch's kernels want (batch, channels, spatial...). Data that is channels_last
in memory is only *viewed* so: its strides are then exactly PyTorch's
channels_last memory format, and what the kernels return, viewed back, is
contiguous again; nothing is copied in either direction. One spatial axis gets a
second one of size 1 before it, since channels_last kernels exist for two and
three axes only and are faster than the one-axis ones.
"""
import functools

import torch

TO_FIRST = {4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}
TO_LAST = {4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}
KERNEL_VIEW = {4: (3, 2, 0, 1), 5: (4, 3, 0, 1, 2)}
KERNEL_BACK = {4: (2, 3, 1, 0), 5: (2, 3, 4, 1, 0)}


def native_view(x, data_format):
    """`x` as (batch, channels, spatial...) with at least two spatial axes."""
    last = data_format == "channels_last"
    if x.ndim == 3:
        x = x.unsqueeze(1 if last else 2)
    return x.permute(TO_FIRST[x.ndim]) if last else x


def keras_view(y, data_format, ndim):
    """The way back from `native_view`, to `ndim` axes."""
    last = data_format == "channels_last"
    if last:
        y = y.permute(TO_LAST[y.ndim])
    return y.squeeze(1 if last else 2) if ndim == 3 else y


def native_shape(shape, data_format):
    """The shape that `native_view` gives to a tensor of this shape."""
    if data_format == "channels_last":
        shape = (shape[0], shape[-1]) + tuple(shape[1:-1])
    return tuple(shape[:2]) + ((1,) + tuple(shape[2:]) if len(shape) == 3 else tuple(shape[2:]))


def kernel_view(kernel):
    """A kernel (spatial..., in, out) as (out, in, spatial...)."""
    if kernel.ndim == 3:
        kernel = kernel.unsqueeze(0)
    return kernel.permute(KERNEL_VIEW[kernel.ndim])


def kernel_for_use(kernel):
    """`kernel_view` for a forward pass; without recording, in the layout that oneDNN reads.

    The view of a Keras kernel has strides that it first copies, which costs one sample
    up to half of its time. A kernel met again unchanged is therefore kept in channels_last;
    the copy hangs on the tensor, with the version of the values that it was made from.
    """
    if torch.is_grad_enabled() or kernel.ndim == 5:
        return kernel_view(kernel)
    version, ready = getattr(kernel, "in_channels_last", (None, None))
    if version != kernel._version:
        kernel.in_channels_last = (kernel._version, None)
        return kernel_view(kernel)
    if ready is None:
        ready = kernel_view(kernel).contiguous(memory_format=torch.channels_last)
        kernel.in_channels_last = (version, ready)
    return ready


def kernel_back(kernel, ndim):
    """The way back from `kernel_view`, to `ndim` axes."""
    kernel = kernel.permute(KERNEL_BACK[kernel.ndim])
    return kernel.squeeze(0) if ndim == 3 else kernel


def two_axes(per_axis):
    """Strides or dilations for the axes of `native_view`."""
    return (1,) + per_axis if len(per_axis) == 1 else per_axis


@functools.lru_cache(maxsize=4096)
def same_padding(sizes, window, strides, dilation):
    """TensorFlow's 'same': (before, after) per axis, the odd cell at the end."""
    pads = []
    for size, width, stride, spread in zip(sizes, window, strides, dilation):
        reach = (-(-size // stride) - 1) * stride + (width - 1) * spread + 1
        total = max(reach - size, 0)
        pads.append((total // 2, total - total // 2))
    return tuple(pads)


def symmetric(pads):
    """Whether each axis is padded by the same number on both sides."""
    return all(before == after for before, after in pads)


def padded(x, pads, value=0.0):
    """`x` (native view) with its spatial axes padded; the memory format is kept."""
    flat = [n for before_after in reversed(pads) for n in before_after]
    return torch.nn.functional.pad(x, flat, value=value)


def vjp(function, x, g):
    """Gradient of `function` at `x` for the cotangent `g`, differentiable in `g`."""
    again = torch.is_grad_enabled()
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        return torch.autograd.grad(function(x), x, g, create_graph=again)[0]
