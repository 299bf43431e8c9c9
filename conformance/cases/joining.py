"""Putting tensors together, repeating them, turning them round, and padding."""
import numpy as np

from ..arrays import draw
from ..table import NUMBERS, Options, Table

TABLE = Table("joining")
ALL = NUMBERS + ("bool",)


# ---- several tensors ----

@TABLE.reference("concatenate")
def concatenate(tensors, axis=-1):
    """One after the other."""
    return np.concatenate(tensors, axis)


@TABLE.reference("stack")
def stack(x, axis=0):
    """Side by side along a new axis."""
    return np.stack(x, axis)


TABLE.cases("concatenate", dtypes=ALL, tensors=[[draw(2, 3), draw(2, 1)]], axis=[-1, 1])
TABLE.cases("concatenate", tensors=[[draw(2, 3), draw(1, 3), draw(0, 3)]], axis=[0, -2])
TABLE.cases("concatenate", tensors=[[draw(4)], [draw(2), draw(0)], [draw(2, 1, 2, 1, 2)] * 2])
TABLE.cases("stack", dtypes=ALL, x=[[draw(2, 3), draw(2, 3)]], axis=[0, 1, 2, -1, -3])
TABLE.cases("stack", x=[[draw(), draw(), draw()], [draw(0)], [draw(2, 1, 2, 1)] * 2])


# ---- repetition ----

@TABLE.reference("tile")
def tile(x, n):
    """x repeated as a whole."""
    return np.tile(x, n)


TABLE.cases("tile", dtypes=ALL, x=draw(2, 3), n=[(2, 1), (1, 3), (2, 2), 2, (0, 1), (1, 1)])
TABLE.cases("tile", x=draw(2, 3, 2), n=[3, (2,), (2, 3)])
TABLE.cases("tile", x=[draw(3), draw(1), draw(0)], n=[(2,), 1])
TABLE.cases("tile", x=draw(2, 1, 2, 1, 2), n=(1, 2, 1, 3, 1))
TABLE.cases("tile", x=draw(2, 3), n=(2, 1), layouts=("plain",), dtypes=("float32",),
            options=Options(call=lambda K, x, n: K.tile(x, [K.shape(x)[0] * 0 + 2, 1])))
TABLE.cases("tile", x=draw(2, 3, 4), n=(2, 3, 4), layouts=("plain",), dtypes=("float32",),
            options=Options(call=lambda K, x, n: K.tile(x, K.identity(K.shape(x)))))

TABLE.reference("repeat_elements")(lambda x, rep, axis: np.repeat(x, rep, axis))
TABLE.cases("repeat_elements", dtypes=ALL, x=draw(2, 3), rep=[1, 2, 3, 0], axis=[0, 1, -1])
TABLE.cases("repeat_elements", x=[draw(4), draw(0), draw(2, 1, 2, 1, 2)], rep=2, axis=0)
TABLE.reference("repeat")(lambda x, n: np.tile(x[:, None], (1, n, 1)))
TABLE.cases("repeat", x=[draw(2, 3), draw(1, 3), draw(0, 3)], n=[1, 3],
            options=Options(unknown="batch"))


# ---- order and borders ----

TABLE.reference("reverse")(lambda x, axes: np.flip(x, axes))
TABLE.cases("reverse", dtypes=ALL, x=draw(2, 3, 4), axes=[0, 1, -1, (0, 2), (0, 1, 2)])
TABLE.cases("reverse", x=[draw(4), draw(1), draw(0, 2), draw(2, 1, 2, 1, 2)], axes=0)


@TABLE.reference("pad")
def pad(x, paddings, value=0):
    """Cells holding `value` before and after."""
    return np.pad(x, paddings, constant_values=value)


TABLE.cases("pad", dtypes=NUMBERS, x=draw(2, 3), paddings=[((1, 2), (0, 1)), ((0, 0), (0, 0)),
                                                          ((0, 1), (2, 0))], value=[0, 1])
TABLE.cases("pad", x=draw(4), paddings=((1, 0),), value=[-1.5])
TABLE.cases("pad", x=draw(0, 2), paddings=((1, 1), (0, 0)))
TABLE.cases("pad", x=draw(2, 1, 2, 1, 2), paddings=((0, 1), (1, 0), (0, 0), (2, 2), (1, 1)))
TABLE.cases("pad", dtypes=("bool",), x=draw(2, 2), paddings=((1, 0), (0, 1)), value=False)


def _spatial(x, amounts, data_format):
    first = 2 if data_format == "channels_first" else 1
    widths = [(0, 0)] * x.ndim
    for i, amount in enumerate(amounts):
        widths[first + i] = amount
    return np.pad(x, widths)


TABLE.reference("temporal_padding")(
    lambda x, padding=(1, 1): _spatial(x, (padding,), "channels_last"))
TABLE.reference("spatial_2d_padding")(
    lambda x, padding=((1, 1), (1, 1)), data_format=None: _spatial(x, padding, data_format))
TABLE.reference("spatial_3d_padding")(
    lambda x, padding=((1, 1),) * 3, data_format=None: _spatial(x, padding, data_format))
TABLE.reference("asymmetric_temporal_padding")(
    lambda x, left_pad=1, right_pad=1: _spatial(x, ((left_pad, right_pad),), None))
TABLE.reference("asymmetric_spatial_2d_padding")(
    lambda x, top_pad=1, bottom_pad=1, left_pad=1, right_pad=1, dim_ordering="default": _spatial(
        x, ((top_pad, bottom_pad), (left_pad, right_pad)),
        "channels_first" if dim_ordering == "th" else None))

FORMATS = ["channels_last", "channels_first", None]
TABLE.cases("temporal_padding", x=[draw(2, 3, 4), draw(0, 3, 4)], padding=[(1, 1), (0, 2)])
TABLE.cases("asymmetric_temporal_padding", x=draw(2, 3, 4), left_pad=2, right_pad=0)
TABLE.cases("spatial_2d_padding", x=draw(2, 3, 2, 2), padding=[((1, 1), (1, 1)), ((0, 2), (1, 0))],
            data_format=FORMATS)
TABLE.cases("asymmetric_spatial_2d_padding", x=draw(2, 3, 2, 2), top_pad=2, left_pad=0,
            dim_ordering=["th", "tf", "default"])
TABLE.cases("spatial_2d_padding", x=draw(0, 3, 2, 2), padding=((0, 2), (1, 0)))
TABLE.cases("spatial_3d_padding", x=[draw(1, 2, 3, 2, 2), draw(0, 2, 3, 2, 2)], data_format=FORMATS,
            padding=((1, 1), (0, 2), (1, 0)))
