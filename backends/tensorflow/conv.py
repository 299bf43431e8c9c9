"""Convolutions and their gradients."""
import tensorflow as tf

from keras_compat.backends.tensorflow import windows
from keras_compat.backends.tensorflow.derivatives import vjp
from keras_compat.backends.tensorflow.windows import from_last, to_last, two_axes

_BACKPROP = {4: (tf.raw_ops.Conv2DBackpropInput, "input_sizes"),
             5: (tf.raw_ops.Conv3DBackpropInputV2, "input_sizes")}


def conv(x, kernel, *, strides, padding, dilation, groups, data_format):
    """Cross-correlation of `x` with a kernel (spatial..., in / groups, out)."""
    y = _conv(to_last(x, data_format), _wide(kernel), two_axes(strides), padding,
              two_axes(dilation), groups)
    return from_last(y, data_format, len(x.shape))


def _without_images(x, kernel, strides, padding, dilation):
    """What an empty batch gives; oneDNN's kernel would return the input's shape."""
    sizes = (-(-n // s) if padding == "same" else (n - (k - 1) * d - 1) // s + 1 for n, k, s, d
             in zip(x.shape[1:-1], kernel.shape[:-2], strides, dilation))
    return tf.zeros((0, *sizes, kernel.shape[-1]), x.dtype)


def _wide(kernel):
    return tf.expand_dims(kernel, 0) if len(kernel.shape) == 3 else kernel


def _conv(x, kernel, strides, padding, dilation, groups):
    if x.shape[0] == 0 and None not in x.shape:
        return _without_images(x, kernel, strides, padding, dilation)
    if groups == 1:
        return _whole(x, kernel, strides, padding, dilation)
    if groups == x.shape[-1] and len(x.shape) == 4 and strides[0] == strides[1]:
        return _depthwise(x, kernel, strides, padding, dilation)
    parts = zip(tf.split(x, groups, -1), tf.split(kernel, groups, -1))
    return tf.concat([_whole(a, b, strides, padding, dilation) for a, b in parts], -1)


def _whole(x, kernel, strides, padding, dilation):
    if max(strides) > 1 and max(dilation) > 1:
        return _strided_dilated(x, kernel, strides, padding, dilation)
    return _convolution(x, kernel, strides, padding, dilation)


def _convolution(x, kernel, strides, padding, dilation):
    if _misread(x, kernel, strides, padding):
        # not by tf.pad, which graphs merge into the convolution as padding in space
        x = tf.concat([x, tf.zeros_like(x)], -1)
        kernel = tf.concat([kernel, tf.zeros_like(kernel)], -2)
    # without data_format the gradient in three dimensions fails outside of a graph
    return tf.nn.convolution(x, kernel, strides, padding.upper(), dilations=dilation,
                             data_format=windows.LAYOUTS[len(x.shape)])


def _misread(x, kernel, strides, padding):
    """Where Conv3D gives numbers from beyond its input (TensorFlow 2.21, on the CPU).

    It does so for one channel, if the last axis has a stride above 1 and a single
    output; a second channel of zeros avoids it.
    """
    if len(x.shape) != 5 or x.shape[-1] != 1 or strides is None or strides[-1] == 1:
        return False
    width, reach = x.shape[-2], kernel.shape[-3] if padding == "valid" else 1
    return width is None or width - reach < strides[-1]


def _strided_dilated(x, kernel, strides, padding, dilation):
    """Both at once, which TensorFlow refuses: every stride-th of the dense result."""
    if padding == "same":
        x = windows.pad_same(x, kernel.shape[:-2], strides, dilation)
    dense = _convolution(x, kernel, None, "valid", dilation)
    return dense[(slice(None), *(slice(None, None, s) for s in strides))]


def _depthwise(x, kernel, strides, padding, dilation):
    """One group a channel: the filters of a channel stand side by side in the kernel."""
    if max(strides) > 1 and max(dilation) > 1:
        parts = zip(tf.split(x, x.shape[-1], -1), tf.split(kernel, x.shape[-1], -1))
        return tf.concat([_strided_dilated(a, b, strides, padding, dilation)
                          for a, b in parts], -1)
    filters = tf.reshape(kernel, (*kernel.shape[:2], x.shape[-1], -1))
    return tf.nn.depthwise_conv2d(x, filters, (1, *strides, 1), padding.upper(),
                                  dilations=dilation)


def conv_input_gradient(g, kernel, shape_tensor, *, shape, strides, padding, dilation, groups,
                        data_format):
    """The transposed convolution: gradient of `conv` with respect to its input."""
    rank = len(g.shape)
    if shape_tensor is None:
        batch = tf.shape(g)[0] if shape[0] in (-1, None) else shape[0]
        shape_tensor = tf.stack([batch, *shape[1:]])
    target = windows.shape_to_last(tf.cast(shape_tensor, tf.int32), data_format)
    g, kernel = to_last(g, data_format), _wide(kernel)
    strides, dilation = two_axes(strides), two_axes(dilation)
    if groups == 1 and max(dilation) == 1:
        backprop, name = _BACKPROP[len(g.shape)]
        y = backprop(**{name: target}, filter=kernel, out_backprop=g,
                     strides=(1, *strides, 1), padding=padding.upper())
    else:
        def forward(x):
            x = tf.ensure_shape(x, [None] * (len(g.shape) - 1) + [kernel.shape[-2] * groups])
            return _conv(x, kernel, strides, padding, dilation, groups)
        y = vjp(forward, [tf.zeros(target, g.dtype)], g)[0]
    y = from_last(y, data_format, rank)
    if shape is not None:
        y.set_shape([None if n in (-1, None) else n for n in shape])
    return y


def conv_kernel_gradient(x, g, *, kernel_shape, strides, padding, dilation, groups, data_format):
    """Gradient of `conv` with respect to its kernel."""
    def forward(kernel):
        return conv(x, kernel, strides=strides, padding=padding, dilation=dilation,
                    groups=groups, data_format=data_format)
    return vjp(forward, [tf.zeros(kernel_shape, x.dtype)], g)[0]


OPS = {"conv": conv, "conv_input_gradient": conv_input_gradient,
       "conv_kernel_gradient": conv_kernel_gradient}
