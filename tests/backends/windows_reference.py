"""Convolution and pooling by the conformance suite's definitions, of channels_last arrays in float64."""
import numpy as np

from keras_compat.backend import selection

selection.reach_source_tree()

from keras_compat.conformance.cases import pooling, windows  # noqa: E402


def conv(x, kernel, strides, padding, dilation, groups):
    """Cross-correlation."""
    return windows.convolved(np.asarray(x, float), np.asarray(kernel, float), strides, padding,
                             dilation, groups, "channels_last")


def pool(x, window, strides, padding, average):
    """Pooling; cells of padding neither win nor count."""
    reduced = pooling.avg_pool if average else pooling.max_pool
    return reduced(np.asarray(x, float), window, strides, padding, "channels_last")
