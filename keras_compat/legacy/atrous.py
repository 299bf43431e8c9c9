"""The convolutions whose dilation Keras 1 called a rate."""
import warnings

from ..layers.conv import Conv1D, Conv2D


def AtrousConvolution1D(*args, **kwargs):
    """`Conv1D`, with Keras 1's `atrous_rate` as `dilation_rate`."""
    return Conv1D(*args, **_dilated("AtrousConvolution1D", kwargs))


def AtrousConvolution2D(*args, **kwargs):
    """`Conv2D`, with Keras 1's `atrous_rate` as `dilation_rate`."""
    return Conv2D(*args, **_dilated("AtrousConvolution2D", kwargs))


def _dilated(name, kwargs):
    if "atrous_rate" in kwargs:
        kwargs["dilation_rate"] = kwargs.pop("atrous_rate")
        warnings.warn(f"{name}: `atrous_rate` is called `dilation_rate` since Keras 2.",
                      stacklevel=3)
    return kwargs
