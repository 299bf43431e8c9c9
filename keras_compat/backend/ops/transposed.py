"""Transposed convolutions, and the convolutions that only Keras 1 had."""
from .. import registry
from ..registry import sugar
from . import shaping
from .convolution import conv_input_gradient, convolution, operands, window_attrs
from .keras1 import keras1_kernel
from .static import dims
from .window import data_format_of


def _transposed(rank, x, kernel, output_shape, *window):
    x, kernel = operands(x, kernel, rank)
    vector, template = dims(_with_batch(x, output_shape))
    if len(template) != rank + 2:
        registry.fail("output_shape names every axis", f"{rank + 2} sizes, the batch's first",
                      tuple(template))
    static = None not in template[1:]
    shape = (-1 if template[0] is None else template[0], *template[1:])
    return conv_input_gradient(x, kernel, shape if static else vector, groups=1,
                               **window_attrs(rank, *window))


def _with_batch(x, output_shape):
    """The output shape with x's own batch size in place of a None."""
    if isinstance(output_shape, (list, tuple)) and output_shape and output_shape[0] is None:
        return (shaping.size_of(x, 0), *output_shape[1:])
    return output_shape


@sugar
def conv2d_transpose(x, kernel, output_shape, strides=(1, 1), padding="valid", data_format=None,
                     dilation_rate=(1, 1)):
    """2D transposed convolution: what the gradient of `conv2d` does to its input's shape.

    x (batch, rows, cols, channels), kernel (rows, cols, filters, channels).
    output_shape: the result's whole shape in x's data format, as ints, integer
    tensors or a vector tensor. ValueError unless `conv2d` takes output_shape to
    x's shape. Keras 2.3.1 K.conv2d_transpose; the dilation may differ by axis.
    """
    return _transposed(2, x, kernel, output_shape, strides, padding, data_format, dilation_rate)


@sugar
def conv3d_transpose(x, kernel, output_shape, strides=(1, 1, 1), padding="valid",
                     data_format=None):
    """3D transposed convolution, kernel (k1, k2, k3, filters, channels), as `conv2d_transpose`.

    Keras 2.3.1 K.conv3d_transpose.
    """
    return _transposed(3, x, kernel, output_shape, strides, padding, data_format, 1)


# ---- Keras 1 ----

@sugar
def deconv2d(x, kernel, output_shape, strides=(1, 1), border_mode="valid",
             dim_ordering="default", image_shape=None, filter_shape=None):
    """2D transposed convolution: Keras 1.2.2 K.deconv2d.

    kernel: (rows, cols, channels of x, filters) for dim_ordering 'tf', (filters,
    channels of x, rows, cols) for 'th'. The static shapes that Theano could be told
    are not needed.
    """
    data_format = data_format_of(dim_ordering)
    kernel = shaping.permute_dimensions(keras1_kernel(kernel, data_format), (0, 1, 3, 2))
    return _transposed(2, x, kernel, output_shape, strides, border_mode, data_format, 1)


@sugar
def atrous_conv2d(x, kernel, rate=1, border_mode="valid", dim_ordering="default",
                  image_shape=None, filter_shape=None):
    """2D convolution with a dilated kernel: Keras 1.2.2 K.atrous_conv2d.

    rate: the dilation, one int for both axes. dim_ordering 'tf', 'th' (where the
    kernel is (filters, channels, rows, cols)) or 'default'. The static shapes that
    Theano could be told are not needed.
    """
    data_format = data_format_of(dim_ordering)
    kernel = keras1_kernel(kernel, data_format)
    return convolution(2, x, kernel, 1, border_mode, data_format, rate)
