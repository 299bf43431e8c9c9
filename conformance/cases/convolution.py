"""Convolutions: strides, both paddings with even kernels, dilation, groups, both formats."""
import numpy as np

from ..arrays import Given, draw
from ..table import FLOATS, Options, Table
from .windows import Windows, back, convolved, input_slope, kernel_slope, last, ones, tuple_of

TABLE = Table("convolution")
BATCH = Options(unknown="batch")
PLAIN = ("plain",)


def _window_size(kernel):
    return int(np.prod(kernel.shape[:-1]))


def _absolute(compute):
    """E: the same sums over absolute values."""
    def scale(**arguments):
        return compute(**{name: np.abs(value) if isinstance(value, np.ndarray) else value
                          for name, value in arguments.items()})
    return scale


# ---- the three primitives ----

TABLE.reference("conv", scale=_absolute(convolved),
                terms=lambda x, kernel, **attrs: _window_size(kernel))(convolved)
TABLE.reference("conv_input_gradient", scale=_absolute(input_slope),
                terms=lambda g, kernel, **attrs: _window_size(kernel))(input_slope)
TABLE.reference("conv_kernel_gradient", scale=_absolute(kernel_slope),
                terms=lambda x, g, **attrs: int(g.size))(kernel_slope)


def _primitives(x, kernel, first=False, **attrs):
    """A line for the convolution and one for each of its gradients."""
    facts = {"strides": ones(len(x) - 2), "padding": "valid", "dilation": ones(len(x) - 2),
             "groups": 1, "data_format": "channels_last", **attrs}
    y = convolved(np.zeros(x), np.zeros(kernel), **facts).shape
    lines = {"conv": {"x": draw(*x), "kernel": draw(*kernel)},
             "conv_input_gradient": {"g": draw(*y), "kernel": draw(*kernel), "shape": x},
             "conv_kernel_gradient": {"x": draw(*x), "g": draw(*y), "kernel_shape": kernel}}
    for op, values in lines.items():
        TABLE.cases(op, dtypes=FLOATS if first else FLOATS[:1], options=BATCH,
                    **({} if first else {"layouts": PLAIN}), **values, **facts)


_primitives((2, 5, 6, 3), (3, 2, 3, 4), first=True)
for _padding in ("valid", "same"):
    for _kernel in (1, 2, 3, 4):
        _primitives((2, 7, 2), (_kernel, 2, 3), padding=_padding, strides=(2,))
        _primitives((2, 6, 6), (_kernel, 6, 3), padding=_padding)
    _primitives((1, 6, 5, 2), (2, 3, 2, 3), padding=_padding, strides=(2, 3))
    _primitives((1, 6, 6, 2), (2, 3, 2, 3), padding=_padding, dilation=(2, 1))
    _primitives((2, 7, 1), (2, 1, 2), padding=_padding, dilation=(3,))
    _primitives((2, 3, 5, 4), (2, 2, 3, 2), padding=_padding, data_format="channels_first")
    _primitives((1, 4, 3, 4, 2), (2, 2, 3, 2, 2), padding=_padding)
    _primitives((1, 2, 4, 3, 4), (2, 1, 2, 2, 3), padding=_padding, data_format="channels_first",
                strides=(2, 1, 1))
    _primitives((1, 5, 5, 4), (3, 2, 2, 6), padding=_padding, groups=2)
    _primitives((1, 8, 7, 6), (3, 2, 6, 3), padding=_padding)
    _primitives((1, 4, 5, 5), (3, 2, 1, 8), padding=_padding, groups=4,
                data_format="channels_first")
_primitives((2, 1, 2, 3, 1), (1, 1, 2, 1, 1), strides=(1, 1, 2))
_primitives((1, 1, 1, 1, 1), (1, 1, 1, 1, 1), strides=(1, 1, 2))
_primitives((0, 5, 2), (2, 2, 3))
_primitives((1, 1, 1), (1, 1, 1))
_primitives((2, 3, 3, 1), (3, 3, 1, 1), padding="same", strides=(3, 3))


# ---- K's functions ----

def _conv(rank):
    def compute(x, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
        dilation = tuple_of(dilation_rate, rank)
        if padding == "causal":
            padding = "valid"
            before = [(0, 0)] * x.ndim
            before[2 if data_format == "channels_first" else 1] = (
                dilation[0] * (kernel.shape[0] - 1), 0)
            x = np.pad(x, before)
        return convolved(x, kernel, tuple_of(strides, rank), padding, dilation, 1, data_format)
    return compute


for _rank in (1, 2, 3):
    TABLE.reference(f"conv{_rank}d", scale=_absolute(_conv(_rank)),
                    terms=lambda x, kernel, **attrs: _window_size(kernel))(_conv(_rank))
    _x, _kernel = draw(2, *(5, 4, 6)[:_rank], 2), draw(*(2, 3, 2)[:_rank], 2, 3)
    TABLE.cases(f"conv{_rank}d", x=_x, kernel=_kernel, padding=["valid", "same"], strides=[1, 2],
                options=Options(unknown="batch", tolerance="sum"))
    TABLE.cases(f"conv{_rank}d", x=_x, kernel=_kernel, dilation_rate=2, padding="same",
                options=Options(unknown="batch", tolerance="sum"), layouts=PLAIN)
    TABLE.cases(f"conv{_rank}d", x=draw(0, *(5, 4, 6)[:_rank], 2), kernel=_kernel, strides=[1, 2],
                padding=["valid", "same"], layouts=PLAIN, dtypes=FLOATS[:1],
                options=Options(unknown="batch", tolerance="sum"))
SUM = Options(unknown="batch", tolerance="sum")
TABLE.cases("conv1d", x=draw(2, 5, 2), kernel=draw(3, 2, 3), padding="causal",
            dilation_rate=[1, 2], options=SUM)
TABLE.cases("conv1d", x=draw(2, 2, 5), kernel=draw(3, 2, 3), padding="causal",
            data_format="channels_first", options=SUM)
# A kernel that is not symmetric: a flipped one would give 1 2 3 the other way round.
TABLE.cases("conv1d", x=Given([[[0.0], [0.0], [1.0], [0.0], [0.0]]], "one", smooth=True),
            kernel=Given([[[1.0]], [[2.0]], [[3.0]]], "not flipped", smooth=True), options=SUM)


def _transposed(rank):
    def compute(x, kernel, output_shape, strides=1, padding="valid", data_format=None,
                dilation_rate=1):
        return input_slope(x, kernel, output_shape, tuple_of(strides, rank), padding,
                           tuple_of(dilation_rate, rank), 1, data_format)
    return compute


for _rank in (2, 3):
    TABLE.reference(f"conv{_rank}d_transpose", scale=_absolute(_transposed(_rank)),
                    terms=lambda x, kernel, **attrs: _window_size(kernel))(_transposed(_rank))
TABLE.cases("conv2d_transpose", x=draw(2, 3, 4, 3), kernel=draw(3, 2, 2, 3), strides=(2, 1),
            output_shape=(2, 7, 5, 2), options=SUM)
TABLE.cases("conv2d_transpose", x=draw(2, 3, 3, 3), kernel=draw(2, 2, 2, 3), strides=(2, 2),
            output_shape=[(2, 6, 6, 2), (2, 5, 6, 2)], padding="same", options=SUM)
TABLE.cases("conv2d_transpose", x=draw(2, 3, 3, 3), kernel=draw(2, 2, 2, 3),
            output_shape=(2, 2, 4, 4), data_format="channels_first", options=SUM)
TABLE.cases("conv2d_transpose", x=draw(2, 3, 3, 3), kernel=draw(2, 2, 2, 3), dilation_rate=(2, 2),
            output_shape=(2, 5, 5, 2), options=SUM)
TABLE.cases("conv2d_transpose", x=draw(0, 3, 4, 3), kernel=draw(3, 2, 2, 3), strides=(2, 1),
            output_shape=(0, 7, 5, 2), options=SUM, layouts=PLAIN)
TABLE.cases("conv3d_transpose", x=draw(0, 2, 3, 2, 2), kernel=draw(2, 2, 2, 3, 2),
            output_shape=(0, 3, 4, 3, 3), options=SUM, layouts=PLAIN)
TABLE.cases("conv3d_transpose", x=draw(1, 2, 3, 2, 2), kernel=draw(2, 2, 2, 3, 2),
            output_shape=(1, 4, 6, 4, 3), strides=(2, 2, 2), padding=["same", "valid"],
            options=SUM)


# ---- channel by channel ----

def _grouped(kernel):
    return kernel.reshape(kernel.shape[:-2] + (1, -1))


def _depthwise(x, kernel, strides, padding, dilation, data_format):
    return convolved(x, _grouped(kernel), strides, padding, dilation, kernel.shape[-2],
                     data_format)


def _separable(x, depthwise, pointwise, strides, padding, dilation, data_format):
    middle = _depthwise(x, depthwise, strides, padding, dilation, data_format)
    once = ones(x.ndim - 2)
    return convolved(middle, pointwise, once, "valid", once, 1, data_format)


TABLE.reference("depthwise_conv", scale=_absolute(_depthwise),
                terms=lambda x, kernel, **attrs: _window_size(kernel))(_depthwise)
TABLE.reference("separable_conv", scale=_absolute(_separable),
                terms=lambda x, depthwise, **attrs: _window_size(depthwise))(_separable)
TABLE.cases("depthwise_conv", x=draw(2, 5, 4, 3), kernel=draw(2, 3, 3, 2), strides=[(1, 1),
                                                                                    (2, 2)],
            padding=["valid", "same"], dilation=(1, 1), data_format="channels_last", options=BATCH)
TABLE.cases("depthwise_conv", x=draw(2, 3, 5, 6), kernel=draw(2, 3, 3, 2), strides=(1, 1),
            padding=["valid", "same"], dilation=[(1, 1), (2, 1)], data_format="channels_first",
            options=BATCH, layouts=PLAIN)
TABLE.cases("depthwise_conv", x=draw(2, 6, 3), kernel=draw(3, 3, 1), strides=(2,), padding="same",
            dilation=(1,), data_format="channels_last", options=BATCH, layouts=PLAIN)
TABLE.cases("depthwise_conv", x=draw(0, 5, 4, 3), kernel=draw(2, 3, 3, 2), strides=[(1, 1),
                                                                                    (2, 2)],
            padding=["valid", "same"], dilation=(1, 1), data_format="channels_last",
            options=BATCH, layouts=PLAIN)
TABLE.cases("separable_conv", x=draw(0, 5, 4, 3), depthwise=draw(2, 3, 3, 2),
            pointwise=draw(1, 1, 6, 4), strides=(1, 1), padding=["valid", "same"],
            dilation=(1, 1), data_format="channels_last", options=BATCH, layouts=PLAIN)
TABLE.cases("separable_conv", x=draw(2, 5, 4, 3), depthwise=draw(2, 3, 3, 2),
            pointwise=draw(1, 1, 6, 4), strides=[(1, 1), (2, 2)], padding=["valid", "same"],
            dilation=(1, 1), data_format="channels_last", options=BATCH)


def _k_separable(rank):
    def compute(x, depthwise_kernel, pointwise_kernel, strides=1, padding="valid",
                data_format=None, dilation_rate=1):
        return _separable(x, depthwise_kernel, pointwise_kernel, tuple_of(strides, rank), padding,
                          tuple_of(dilation_rate, rank), data_format)
    return compute


def _k_depthwise(x, depthwise_kernel, strides=1, padding="valid", data_format=None,
                 dilation_rate=1):
    return _depthwise(x, depthwise_kernel, tuple_of(strides, 2), padding,
                      tuple_of(dilation_rate, 2), data_format)


for _name, _compute in (("separable_conv1d", _k_separable(1)),
                        ("separable_conv2d", _k_separable(2)), ("depthwise_conv2d", _k_depthwise)):
    TABLE.reference(_name, scale=_absolute(_compute),
                    terms=lambda x, depthwise_kernel, **attrs: _window_size(depthwise_kernel))(
        _compute)
TABLE.cases("separable_conv1d", x=draw(2, 6, 2), depthwise_kernel=draw(3, 2, 2),
            pointwise_kernel=draw(1, 4, 3), strides=[1, 2], padding=["same", "valid"], options=SUM)
TABLE.cases("separable_conv1d", x=draw(0, 6, 2), depthwise_kernel=draw(3, 2, 2),
            pointwise_kernel=draw(1, 4, 3), padding=["same", "valid"], options=SUM, layouts=PLAIN)
TABLE.cases("separable_conv2d", x=draw(2, 2, 5, 5), depthwise_kernel=draw(2, 2, 2, 2),
            pointwise_kernel=draw(1, 1, 4, 3), data_format="channels_first", dilation_rate=[1, 2],
            padding=["valid", "same"], options=SUM)
TABLE.cases("depthwise_conv2d", x=draw(2, 5, 5, 2), depthwise_kernel=draw(2, 3, 2, 2),
            dilation_rate=[(2, 1)], padding=["same", "valid"], options=SUM, layouts=PLAIN)
TABLE.cases("depthwise_conv2d", x=draw(2, 5, 5, 2), depthwise_kernel=draw(2, 3, 2, 2),
            strides=[1, (2, 2)], padding=["same", "valid"], options=SUM)


# ---- Keras 1 ----

def _keras1(kernel, dim_ordering):
    return kernel.transpose(2, 3, 1, 0) if dim_ordering == "th" else kernel


def _atrous(x, kernel, rate=1, border_mode="valid", dim_ordering="default"):
    return convolved(x, _keras1(kernel, dim_ordering), (1, 1), border_mode, (rate, rate), 1,
                     "channels_first" if dim_ordering == "th" else None)


def _deconv(x, kernel, output_shape, strides=(1, 1), border_mode="valid", dim_ordering="default"):
    kernel = _keras1(kernel, dim_ordering).transpose(0, 1, 3, 2)
    return input_slope(x, kernel, output_shape, strides, border_mode, (1, 1), 1,
                       "channels_first" if dim_ordering == "th" else None)


TABLE.reference("atrous_conv2d", scale=_absolute(_atrous), terms=lambda x, kernel, **attrs: 12)(
    _atrous)
TABLE.reference("deconv2d", scale=_absolute(_deconv), terms=lambda x, kernel, **attrs: 12)(_deconv)
TABLE.cases("atrous_conv2d", x=draw(1, 6, 6, 2), kernel=draw(2, 2, 2, 3), rate=[1, 2],
            border_mode=["valid", "same"], options=SUM)
TABLE.cases("atrous_conv2d", x=draw(1, 2, 6, 6), kernel=draw(3, 2, 2, 2), rate=2,
            dim_ordering="th", options=SUM)
TABLE.cases("deconv2d", x=draw(1, 3, 3, 2), kernel=draw(2, 2, 2, 3), output_shape=(1, 4, 4, 3),
            options=SUM)
TABLE.cases("deconv2d", x=draw(1, 2, 3, 3), kernel=draw(3, 2, 2, 2), output_shape=(1, 3, 6, 6),
            strides=(2, 2), dim_ordering="th", border_mode="same", options=SUM)


# ---- a kernel at each place ----

def _local(x, kernel, kernel_size, strides, output_shape, data_format):
    moved = last(x, data_format)
    over = Windows(moved.shape[1:-1], kernel_size, strides, "valid")
    y = np.zeros((x.shape[0], *output_shape, kernel.shape[2]))
    cuts = dict(zip(over.places, over.cuts))
    for row, place in enumerate(np.ndindex(*output_shape)):
        window = moved[(slice(None), *cuts[place])]
        if data_format == "channels_first":
            window = np.moveaxis(window, -1, 1)
        y[(slice(None), *place)] = window.reshape(x.shape[0], kernel.shape[1]) @ kernel[row]
    return back(y, data_format)


TABLE.reference("local_conv", scale=_absolute(_local),
                terms=lambda x, kernel, **attrs: kernel.shape[1])(_local)
TABLE.cases("local_conv", x=draw(2, 4, 5, 2), kernel=draw(6, 8, 3), kernel_size=(2, 2),
            strides=(1, 2), output_shape=(3, 2), data_format="channels_last", options=BATCH)
TABLE.cases("local_conv", x=draw(2, 2, 4, 5), kernel=draw(6, 8, 3), kernel_size=(2, 2),
            strides=(1, 2), output_shape=(3, 2), data_format="channels_first", options=BATCH)
TABLE.cases("local_conv", x=draw(2, 7, 2), kernel=draw(3, 6, 3), kernel_size=(3,), strides=(2,),
            output_shape=(3,), data_format="channels_last", options=BATCH)


TABLE.cases("local_conv", x=draw(0, 4, 5, 2), kernel=draw(6, 8, 3), kernel_size=(2, 2),
            strides=(1, 2), output_shape=(3, 2), data_format=["channels_last"], options=BATCH,
            layouts=PLAIN)
TABLE.cases("local_conv", x=draw(0, 2, 4, 5), kernel=draw(6, 8, 3), kernel_size=(2, 2),
            strides=(1, 2), output_shape=(3, 2), data_format="channels_first", options=BATCH,
            layouts=PLAIN)


def _local1(inputs, kernel, kernel_size, strides, data_format=None):
    return _local(inputs, kernel, kernel_size, strides, (kernel.shape[0],), data_format)


def _local2(inputs, kernel, kernel_size, strides, output_shape, data_format=None):
    return _local(inputs, kernel, kernel_size, strides, output_shape, data_format)


for _name, _compute in (("local_conv1d", _local1), ("local_conv2d", _local2)):
    TABLE.reference(_name, scale=_absolute(_compute),
                    terms=lambda inputs, kernel, **attrs: kernel.shape[1])(_compute)
TABLE.cases("local_conv1d", inputs=draw(2, 5, 2), kernel=draw(3, 6, 3), kernel_size=(3,),
            strides=(1,), options=SUM)
TABLE.cases("local_conv2d", inputs=draw(2, 3, 3, 1), kernel=draw(4, 4, 2), kernel_size=(2, 2),
            strides=(1, 1), output_shape=(2, 2), options=SUM)
