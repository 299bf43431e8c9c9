"""Zeros around the steps, rows, columns or planes of a batch."""
from ..registry import fail, sugar
from . import joining
from .convert import as_int, as_tensor
from .keras1 import keras1_window
from .window import checked_data_format, data_format_of, need_rank, spatial_axes


def padded(x, amounts):
    """x with zeros before and after: `amounts` maps an axis to (before, after)."""
    if all(pair == (0, 0) for pair in amounts.values()):
        return x
    paddings = tuple(amounts.get(i, (0, 0)) for i in range(x.ndim))
    return joining.pad.bind(x, paddings=paddings, value=0)


def _amount(pair):
    """(before, after) as ints; one int means both."""
    pair = pair if isinstance(pair, (list, tuple)) else (pair, pair)
    amounts = tuple(as_int(p, "padding") for p in pair)
    if len(amounts) != 2 or min(amounts) < 0:
        fail("padding is an amount before and one after", "two ints of at least 0", repr(pair))
    return amounts


def _spatial(rank, x, padding, data_format):
    x = as_tensor(x)
    need_rank(x, rank + 2)
    if not isinstance(padding, (list, tuple)) or len(padding) != rank:
        fail("padding has one entry per spatial axis", f"{rank} pairs of ints", repr(padding))
    axes = spatial_axes(data_format, x.ndim)
    return padded(x, dict(zip(axes, map(_amount, padding))))


@sugar
def temporal_padding(x, padding=(1, 1)):
    """(batch, steps, channels) with `padding` = (before, after) steps of zeros added.

    Keras 2.3.1 K.temporal_padding; an int means both ends, as in Keras 1.
    """
    return _spatial(1, x, (padding,), "channels_last")


@sugar
@keras1_window()
def spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format=None):
    """A batch of images with ((top, bottom), (left, right)) rows and columns of zeros added.

    Keras 2.3.1 K.spatial_2d_padding; an int in place of a pair means both sides.
    """
    return _spatial(2, x, padding, checked_data_format(data_format))


@sugar
@keras1_window()
def spatial_3d_padding(x, padding=((1, 1), (1, 1), (1, 1)), data_format=None):
    """A batch of volumes with zeros added before and after, on each of three axes.

    Keras 2.3.1 K.spatial_3d_padding; an int in place of a pair means both sides.
    """
    return _spatial(3, x, padding, checked_data_format(data_format))


# ---- Keras 1 ----

@sugar
def asymmetric_temporal_padding(x, left_pad=1, right_pad=1):
    """`temporal_padding` with (left_pad, right_pad): Keras 1.2.2's name."""
    return temporal_padding(x, (left_pad, right_pad))


@sugar
def asymmetric_spatial_2d_padding(x, top_pad=1, bottom_pad=1, left_pad=1, right_pad=1,
                                  dim_ordering="default"):
    """`spatial_2d_padding` with an amount per side: Keras 1.2.2's name."""
    padding = ((top_pad, bottom_pad), (left_pad, right_pad))
    return _spatial(2, x, padding, data_format_of(dim_ordering))
