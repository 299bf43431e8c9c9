"""bias_add: a bias for each channel, or for each place and channel."""
from .. import registry
from ..registry import composite
from . import shaping
from .convert import agree, pair
from .unbroadcast import unbroadcast
from .window import channel_axis, checked_data_format


@composite(tolerance="arithmetic")
def bias_add(x, bias, data_format=None):
    """x + bias, for every rank of x and both data formats.

    bias (channels,), or of x's rank less one in the order of channels_last:
    (spatial.., channels). For a channels_first x the latter is *reshaped*, not
    transposed, to (channels, spatial..), as the original did. Sizes of 1 are broadcast.
    With 1 or 2, or more than 5, axes the channels are the last axis. ValueError for
    other ranks of the bias. Keras 2.3.1 K.bias_add.
    """
    x, bias = pair(x, bias)
    data_format = checked_data_format(data_format)
    if bias.ndim not in (1, x.ndim - 1):
        registry.fail("the bias has the wrong number of axes", f"1 axis or {x.ndim - 1}",
                      f"x {tuple(x.shape)}, bias {tuple(bias.shape)}")
    axis = _channels(x, data_format)
    if bias.shape[-1] != 1 and not agree(bias.shape[-1], x.shape[axis]):
        registry.fail("the bias must match the channels",
                      f"bias.shape[-1] == {x.shape[axis]} or 1",
                      f"x {tuple(x.shape)}, bias {tuple(bias.shape)}",
                      f"data_format is '{data_format}'")
    return bias_add.bind(x, bias, data_format=data_format)


def _channels(x, data_format):
    return channel_axis(data_format, x.ndim) if 3 <= x.ndim <= 5 else x.ndim - 1


def _beside(x, bias, axis):
    """The bias as it broadcasts with x, whose channels are on `axis`."""
    if axis == x.ndim - 1:
        return bias
    if bias.ndim == 1:
        return shaping.reshape(bias, (-1,) + (1,) * (x.ndim - 1 - axis))
    sizes = [shaping.size_of(bias, i) for i in range(bias.ndim)]
    return shaping.reshape(bias, [sizes[-1], *sizes[:-1]])


@bias_add.body
def _bias_add_body(x, bias, *, data_format):
    return x + _beside(x, bias, _channels(x, data_format))


@bias_add.gradient
def _bias_add_gradient(g, y, x, bias, *, data_format):
    beside = _beside(x, bias, _channels(x, data_format))
    by_bias = shaping.reshape_like(unbroadcast(g, beside, x.shape), bias)
    return unbroadcast(g, x, beside.shape), by_bias
