"""What convolution and pooling references share: every window, by its definition.

Not a table. All is done in channels_last; `last` and `first` turn arrays round.
"""
import itertools

import numpy as np


def last(x, data_format):
    """A batch with its channels at the end."""
    return np.moveaxis(x, 1, -1) if data_format == "channels_first" else x


def back(x, data_format):
    """The reverse of `last`."""
    return np.moveaxis(x, -1, 1) if data_format == "channels_first" else x


def plan(sizes, window, strides, padding, dilation):
    """(cells before, cells after, outputs) per axis; 'same' puts the odd cell at the end."""
    found = []
    for n, k, s, d in zip(sizes, window, strides, dilation):
        reach = (k - 1) * d + 1
        if padding == "valid":
            found.append((0, 0, (n - reach) // s + 1))
        else:
            outputs = -(-n // s)
            total = max((outputs - 1) * s + reach - n, 0)
            found.append((total // 2, total - total // 2, outputs))
    return found


def ones(rank):
    """A stride or dilation of 1."""
    return (1,) * rank


def tuple_of(value, rank):
    """One number per axis."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank


class Windows:
    """The windows of one axis after the other over an input of these sizes."""

    def __init__(self, sizes, window, strides, padding, dilation=None):
        dilation = dilation or ones(len(window))
        pads = plan(sizes, window, strides, padding, dilation)
        self.before_after = [pair[:2] for pair in pads]
        self.outputs = tuple(pair[2] for pair in pads)
        self.padded = tuple(n + a + b for n, (a, b, _) in zip(sizes, pads))
        self.cuts = [tuple(slice(i * s, i * s + (k - 1) * d + 1, d)
                           for i, s, k, d in zip(place, strides, window, dilation))
                     for place in itertools.product(*map(range, self.outputs))]
        self.places = list(itertools.product(*map(range, self.outputs)))

    def pad(self, x, fill=0.0):
        """x (batch, spatial.., channels) with the padding's cells."""
        return np.pad(x, [(0, 0), *self.before_after, (0, 0)], constant_values=fill)

    def unpad(self, x):
        """x without the padding's cells."""
        cut = tuple(slice(a, n - b) for n, (a, b) in zip(self.padded, self.before_after))
        return x[(slice(None), *cut)]


def convolved(x, kernel, strides, padding, dilation, groups, data_format):
    """Cross-correlation: the kernel is not flipped."""
    x = last(x, data_format)
    over = Windows(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    padded = over.pad(x)
    y = np.zeros((x.shape[0], *over.outputs, kernel.shape[-1]))
    inner, outer = kernel.shape[-2], kernel.shape[-1] // groups
    axes = list(range(1, kernel.ndim))
    for group in range(groups):
        ins, outs = slice(group * inner, (group + 1) * inner), slice(group * outer,
                                                                     (group + 1) * outer)
        for place, cut in zip(over.places, over.cuts):
            window = padded[(slice(None), *cut, ins)]
            y[(slice(None), *place, outs)] = np.tensordot(
                window, kernel[..., outs], (axes, list(range(kernel.ndim - 1))))
    return back(y, data_format)


def input_slope(g, kernel, shape, strides, padding, dilation, groups, data_format):
    """What each input cell gets back: the kernel's numbers times g, added up."""
    g = last(g, data_format)
    sizes = shape[2:] if data_format == "channels_first" else shape[1:-1]
    over = Windows(sizes, kernel.shape[:-2], strides, padding, dilation)
    x = np.zeros((g.shape[0], *over.padded, kernel.shape[-2] * groups))
    inner, outer = kernel.shape[-2], kernel.shape[-1] // groups
    for group in range(groups):
        ins, outs = slice(group * inner, (group + 1) * inner), slice(group * outer,
                                                                     (group + 1) * outer)
        for place, cut in zip(over.places, over.cuts):
            x[(slice(None), *cut, ins)] += np.tensordot(
                g[(slice(None), *place, outs)], kernel[..., outs], (1, kernel.ndim - 1))
    return back(over.unpad(x), data_format)


def kernel_slope(x, g, kernel_shape, strides, padding, dilation, groups, data_format):
    """What each number of the kernel gets back: its cells of the input times g, added up."""
    x, g = last(x, data_format), last(g, data_format)
    over = Windows(x.shape[1:-1], kernel_shape[:-2], strides, padding, dilation)
    padded = over.pad(x)
    result = np.zeros(kernel_shape)
    inner, outer = kernel_shape[-2], kernel_shape[-1] // groups
    for group in range(groups):
        ins, outs = slice(group * inner, (group + 1) * inner), slice(group * outer,
                                                                     (group + 1) * outer)
        for place, cut in zip(over.places, over.cuts):
            result[..., outs] += np.tensordot(
                padded[(slice(None), *cut, ins)], g[(slice(None), *place, outs)], (0, 0))
    return result
