"""Sizes of windows: kernel sizes and strides from arguments, lengths before and after."""
from ..backend import (  # noqa: F401 (where normalize_data_format was until Keras 2.2)
    arguments, errors, normalize_data_format)

_CONV_PADDINGS = ("valid", "same", "full", "causal")
_WINDOW_PADDINGS = ("valid", "same", "full")


def normalize_tuple(value, n, name, least=1):
    """A tuple of `n` integers from an integer, or from a sequence of `n` of them.

    name: the argument, for errors (ValueError). least: the least size that it can have.
    """
    try:
        sizes = arguments.shape("", name, value)
    except ValueError:
        sizes = (None,)
    if len(sizes) == 1 and not hasattr(value, "__len__"):
        sizes *= n
    if len(sizes) != n or any(size is None or size < least for size in sizes):
        raise ValueError(errors.message(
            f"argument `{name}`", "one size for each spatial axis",
            f"{arguments.integers(least)}, or a sequence of {n} integers", repr(value)))
    return sizes


def normalize_padding(value):
    """'valid', 'same' or 'causal' in lower case; ValueError for anything else."""
    padding = value.lower() if isinstance(value, str) else value
    return _checked_padding(padding, ("valid", "same", "causal"))


def conv_output_length(input_length, filter_size, padding, stride, dilation=1):
    """Length of what a convolution or pooling gives; None where the input's is not known."""
    if input_length is None:
        return None
    _checked_padding(padding, _CONV_PADDINGS)
    window = _dilated(filter_size, dilation)
    length = {"same": input_length, "causal": input_length,
              "valid": input_length - window + 1,
              "full": input_length + window - 1}[padding]
    return (length + stride - 1) // stride


def conv_input_length(output_length, filter_size, padding, stride):
    """Length of the input that gives an output of this length; None for None."""
    if output_length is None:
        return None
    return (output_length - 1) * stride - 2 * _margin(filter_size, padding) + filter_size


def deconv_length(dim_size, stride_size, kernel_size, padding, output_padding, dilation=1):
    """Length of what a transposed convolution gives; None where the input's is not known.

    output_padding: cells added at the end, or None for the length that a
    convolution with these settings would have started from.
    """
    if dim_size is None:
        return None
    window = _dilated(kernel_size, dilation)
    if output_padding is not None:
        margin = _margin(window, padding)
        return (dim_size - 1) * stride_size + window - 2 * margin + output_padding
    _checked_padding(padding, _WINDOW_PADDINGS)
    return dim_size * stride_size + {
        "same": 0,
        "valid": max(window - stride_size, 0),
        "full": 2 - stride_size - window,
    }[padding]


def convert_kernel(kernel):
    """A convolution kernel (spatial.., in, out) with its spatial axes reversed.

    Turns kernels that were trained with true convolution (Theano) into
    cross-correlation's and back. ValueError unless the kernel has 3 to 5 axes.
    """
    if not 3 <= kernel.ndim <= 5:
        raise ValueError(errors.message(
            "convert_kernel", "a kernel has one to three spatial axes, inputs and outputs",
            "3 to 5 axes", tuple(kernel.shape)))
    reverse = (slice(None, None, -1),) * (kernel.ndim - 2)
    return kernel[reverse].copy()


def _dilated(size, dilation):
    return size + (size - 1) * (dilation - 1)


def _margin(window, padding):
    _checked_padding(padding, _WINDOW_PADDINGS)
    return {"same": window // 2, "valid": 0, "full": window - 1}[padding]


def _checked_padding(padding, allowed):
    if padding not in allowed:
        raise ValueError(errors.message(
            "argument `padding`", "unknown kind of padding", errors.one_of(allowed), repr(padding)))
    return padding
