"""Locally connected layers: convolutions with a kernel of its own at each place."""
import numpy as np

from .. import graph, registry
from ..registry import composite, sugar
from . import indexing, linalg, shaping
from .convert import agree, pair, product
from .static import constant_vector
from .window import (channel_axis, checked_data_format, need_rank, output_size, per_axis,
                     spatial_axes, spatial_sizes)


@composite(tolerance="sum")
def local_conv(x, kernel, kernel_size, strides, output_shape, data_format):
    """A convolution with another kernel at each place, over 1 or 2 spatial axes.

    x (batch, spatial.., channels); kernel (places, window * channels, filters) with
    the places in row-major order; for channels_first the kernel's middle axis is
    (channels, window..). kernel_size, strides, output_shape: tuples of ints.
    ValueError unless the kernel fits the places and the windows fit x.
    """
    x, kernel = pair(x, kernel)
    _check(x, kernel, kernel_size, strides, output_shape, data_format)
    return local_conv.bind(x, kernel, kernel_size=kernel_size, strides=strides,
                           output_shape=output_shape, data_format=data_format)


def _check(x, kernel, kernel_size, strides, output_shape, data_format):
    need_rank(x, len(kernel_size) + 2)
    need_rank(kernel, 3, "kernel")
    _need_known(kernel, kernel.shape[1:])
    channels = x.shape[channel_axis(data_format, x.ndim)]
    patch = None if channels is None else product(kernel_size) * channels
    if not agree(kernel.shape[0], product(output_shape)) or not agree(kernel.shape[1], patch):
        registry.fail("the kernel has a row per place and a column per number of a window",
                      f"kernel.shape[:2] == ({product(output_shape)}, {patch})",
                      f"kernel {tuple(kernel.shape)}, x {tuple(x.shape)}")
    for n, k, s, out in zip(spatial_sizes(x, data_format), kernel_size, strides, output_shape):
        if n is not None and (out - 1) * s + k > n:
            registry.fail("the windows must fit into the input",
                          f"output sizes up to {output_size(n, k, s, 'valid')}",
                          f"{out}, x {tuple(x.shape)}")


def _need_known(kernel, sizes):
    if None in sizes:
        registry.fail("the kernel has a known shape", "ints", f"kernel {tuple(kernel.shape)}")


@local_conv.body
def _local_conv_body(x, kernel, *, kernel_size, strides, output_shape, data_format):
    rank = len(kernel_size)
    patches = _patches(x, kernel_size, strides, output_shape, data_format)
    rows = shaping.reshape(patches, (product(output_shape), -1, kernel.shape[1]))
    y = shaping.reshape(linalg.matmul(rows, kernel), (*output_shape, -1, kernel.shape[2]))
    places = tuple(range(rank))
    order = (rank, rank + 1, *places) if data_format == "channels_first" else (
        rank, *places, rank + 1)
    return shaping.permute_dimensions(y, order)


def _patches(x, kernel_size, strides, output_shape, data_format):
    """The windows of x, (places.., batch, a window in the order of the data format)."""
    rank = len(kernel_size)
    first = spatial_axes(data_format, x.ndim)[0]
    for i, (k, s, n) in enumerate(zip(kernel_size, strides, output_shape)):
        index = np.arange(n)[:, None] * s + np.arange(k)
        x = indexing.gather.bind(x, graph.Constant(index.astype("int32")), axis=first + 2 * i)
    places = tuple(first + 2 * i for i in range(rank))
    window = tuple(i for i in range(1, x.ndim) if i not in places)
    return shaping.permute_dimensions(x, (*places, 0, *window))


def local_matrix(x, kernel, kernel_size, strides, output_shape, data_format):
    """The matrix of `local_conv`: flat samples of x times it are flat samples of the result.

    x with known sizes but for the batch. A sparse tensor (sizes of x, sizes of the
    result) whose values are the kernel's numbers.
    """
    _check(x, kernel, kernel_size, strides, output_shape, data_format)
    inputs = int(np.prod(x.shape[1:]))
    numbers = graph.Constant(np.arange(inputs).reshape(1, *x.shape[1:]))
    windows = _patches(numbers, kernel_size, strides, output_shape, data_format)
    # (places, window) of input numbers, and (places, filters) of output numbers
    sources = shaping.reshape(windows, (product(output_shape), kernel.shape[1], 1))
    places, filters = product(output_shape), kernel.shape[2]
    targets = np.arange(places * filters)
    targets = (targets.reshape(filters, places).T if data_format == "channels_first"
               else targets.reshape(places, filters))
    shape = (places, kernel.shape[1], filters)
    rows = shaping.broadcast_to(sources, shape)
    cols = graph.Constant(np.broadcast_to(targets[:, None], shape).reshape(-1))
    return graph.SparseTensor((inputs, places * filters), shaping.flatten(rows), cols,
                              shaping.flatten(kernel),
                              constant_vector((inputs, places * filters)))


@sugar
def local_conv1d(inputs, kernel, kernel_size, strides, data_format=None):
    """1D locally connected: inputs (batch, steps, channels), kernel (output steps,
    size * channels, filters). As `local_conv`; Keras 2.3.1 K.local_conv1d.
    """
    inputs, kernel = pair(inputs, kernel)
    need_rank(kernel, 3, "kernel")
    _need_known(kernel, kernel.shape)
    return local_conv(inputs, kernel, per_axis(kernel_size, 1, "kernel_size"),
                      per_axis(strides, 1, "strides"), (kernel.shape[0],),
                      checked_data_format(data_format))


@sugar
def local_conv2d(inputs, kernel, kernel_size, strides, output_shape, data_format=None):
    """2D locally connected: inputs (batch, rows, cols, channels), kernel (output rows *
    output cols, rows * cols * channels of a window, filters), output_shape (rows,
    cols). As `local_conv`; Keras 2.3.1 K.local_conv2d.
    """
    return local_conv(inputs, kernel, per_axis(kernel_size, 2, "kernel_size"),
                      per_axis(strides, 2, "strides"),
                      per_axis(output_shape, 2, "output_shape"),
                      checked_data_format(data_format))
