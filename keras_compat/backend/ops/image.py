"""Images and volumes enlarged by whole factors."""
import numpy as np

from .. import registry
from ..registry import composite, sugar
from . import creation, indexing, joining, shaping
from .activations import floats
from .convert import as_int, as_tensor
from .elementwise import cast
from .keras1 import keras1_window
from .window import checked_data_format, need_rank, per_axis, spatial_axes

INTERPOLATIONS = ("nearest", "bilinear")


@composite(tolerance="sum")
@keras1_window(X="x")
def resize_images(x, height_factor, width_factor, data_format, interpolation="nearest"):
    """A batch of images with rows and columns times whole factors (ints, or floats like 2.0).

    interpolation 'nearest' (each pixel repeated; any numbers) or 'bilinear'
    (floats): output place i is input place i / factor, weighted between its
    neighbours, the last one repeated beyond the edge. That is TensorFlow 1's
    resize with align_corners False and no half-pixel centres. ValueError for a
    rank other than 4 or another word. Keras 2.3.1 K.resize_images.
    """
    x = as_tensor(x)
    need_rank(x, 4)
    if interpolation not in INTERPOLATIONS:
        registry.fail("unknown interpolation", " or ".join(map(repr, INTERPOLATIONS)),
                      repr(interpolation))
    x = floats(x) if interpolation == "bilinear" else x
    factors = (*per_axis(_whole(height_factor), 1, "height_factor"),
               *per_axis(_whole(width_factor), 1, "width_factor"))
    return resize_images.bind(x, factors=factors, interpolation=interpolation,
                              data_format=checked_data_format(data_format))


def _whole(factor):
    """A factor that came out of a division as a float, as the int that it is."""
    whole = isinstance(factor, (float, np.floating)) and float(factor).is_integer()
    return int(factor) if whole else factor


@resize_images.body
def _resize_body(x, *, factors, data_format, interpolation):
    enlarge = joining.repeat_elements if interpolation == "nearest" else _blended
    for axis, factor in zip(spatial_axes(data_format, x.ndim), factors):
        x = enlarge(x, factor, axis) if factor > 1 else x
    return x


def _blended(x, factor, axis):
    """Each element, and on the way to the next one `factor` - 1 weighted means."""
    after = joining.concatenate([indexing.part(x, axis, 1, None),
                                 indexing.part(x, axis, -1, None)], axis)
    step = joining.repeat_elements(after - x, factor, axis)
    return joining.repeat_elements(x, factor, axis) + step * _weights(x, factor, axis)


def _weights(x, factor, axis):
    """0, 1 / factor, .., (factor - 1) / factor again and again, along the axis."""
    places = creation.arange(shaping.size_of(x, axis) * factor) % factor
    weights = cast(places, x.dtype) / factor
    return shaping.reshape(weights, (-1,) + (1,) * (x.ndim - 1 - axis))


@sugar
@keras1_window(X="x")
def resize_volumes(x, depth_factor, height_factor, width_factor, data_format):
    """A batch of volumes with each cell repeated whole numbers of times along three axes.

    ValueError for a rank other than 5. Keras 2.3.1 K.resize_volumes.
    """
    x = as_tensor(x)
    need_rank(x, 5)
    factors = (depth_factor, height_factor, width_factor)
    for axis, factor in zip(spatial_axes(checked_data_format(data_format), 5), factors):
        x = joining.repeat_elements(x, as_int(factor, "a factor"), axis)
    return x
