"""What convolution and pooling share: one layout, padding arithmetic.

TensorFlow's CPU kernels know channels_last only, so channels_first data is
transposed on the way in and out. One spatial axis gets a second one of size 1.
"""
import tensorflow as tf

LAYOUTS = {4: "NHWC", 5: "NDHWC"}


def to_last(x, data_format):
    """`x` as (batch, spatial..., channels) with at least two spatial axes."""
    if data_format == "channels_first":
        rank = len(x.shape)
        x = tf.transpose(x, [0, *range(2, rank), 1])
    return tf.expand_dims(x, 1) if len(x.shape) == 3 else x


def from_last(y, data_format, rank):
    """The way back from `to_last`, to `rank` axes."""
    if rank == 3:
        y = tf.squeeze(y, 1)
    if data_format == "channels_first":
        y = tf.transpose(y, [0, rank - 1, *range(1, rank - 1)])
    return y


def shape_to_last(shape, data_format):
    """What `to_last` makes of a shape vector."""
    if data_format == "channels_first":
        shape = tf.concat([shape[:1], shape[2:], shape[1:2]], 0)
    if shape.shape[0] == 3:
        shape = tf.concat([shape[:1], [1], shape[1:]], 0)
    return shape


def two_axes(per_axis):
    """Strides, dilations or window sizes for the axes of `to_last`."""
    return (1, *per_axis) if len(per_axis) == 1 else tuple(per_axis)


def pad_same(x, window, strides, dilation, value=0):
    """`x` with TensorFlow's padding 'same' written out: the odd cell at the end."""
    pads = [[0, 0]]
    for axis, (width, stride, spread) in enumerate(zip(window, strides, dilation), 1):
        size = x.shape[axis] if x.shape[axis] is not None else tf.shape(x)[axis]
        reach = (-(-size // stride) - 1) * stride + (width - 1) * spread + 1
        total = tf.maximum(reach - size, 0)
        pads.append([total // 2, total - total // 2])
    return tf.pad(x, tf.convert_to_tensor([*pads, [0, 0]]),
                  constant_values=tf.constant(value, x.dtype))
