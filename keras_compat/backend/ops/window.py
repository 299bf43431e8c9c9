"""What convolutions, poolings and paddings share: their arguments, and the sizes that come out."""
from .. import config, registry
from .convert import as_int

DATA_FORMATS = ("channels_last", "channels_first")
PADDINGS = ("valid", "same")

_DIM_ORDERINGS = {"tf": "channels_last", "th": "channels_first"}


# ---- arguments ----

def checked_data_format(data_format):
    """The data format an argument means; None is the default's. ValueError for other names."""
    if data_format is None:
        return config.image_data_format()
    name = data_format.lower() if isinstance(data_format, str) else data_format
    if name not in DATA_FORMATS:
        registry.fail("unknown data_format", " or ".join(map(repr, DATA_FORMATS)),
                      repr(data_format))
    return name


def data_format_of(dim_ordering):
    """The data format of Keras 1's dim_ordering: 'default', 'tf' or 'th'."""
    if dim_ordering == "default":
        return config.image_data_format()
    if dim_ordering not in _DIM_ORDERINGS:
        registry.fail("unknown dim_ordering", "'tf', 'th' or 'default'", repr(dim_ordering))
    return _DIM_ORDERINGS[dim_ordering]


def checked_padding(padding, allowed=PADDINGS):
    """The padding in lower case; ValueError unless it is one of those allowed."""
    name = padding.lower() if isinstance(padding, str) else padding
    if name not in allowed:
        registry.fail("unknown padding", " or ".join(map(repr, allowed)), repr(padding))
    return name


def per_axis(value, rank, what):
    """One positive int per spatial axis from an int or a sequence of `rank` ints."""
    given = tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank
    sizes = tuple(as_int(v, what) for v in given)
    if len(sizes) != rank or any(size < 1 for size in sizes):
        registry.fail(f"{what} must be positive", f"an int or {rank} ints of at least 1",
                      repr(value))
    return sizes


def need_rank(x, rank, name="x"):
    """ValueError unless `x` has that many axes."""
    if x.ndim != rank:
        registry.fail(f"{name} has the wrong number of axes", f"{rank} axes",
                      f"{name} {tuple(x.shape)}")


def need_one_step(strides, dilation):
    """ValueError where both strides and dilation are above 1, as TensorFlow 1 refused it."""
    if max(strides) > 1 and max(dilation) > 1:
        registry.fail("strides and dilation cannot both be used",
                      "strides of 1 or a dilation of 1",
                      f"strides {strides}, dilation {dilation}")


# ---- axes ----

def channel_axis(data_format, rank):
    """The axis of the channels of a batch with `rank` axes."""
    return 1 if data_format == "channels_first" else rank - 1


def spatial_axes(data_format, rank):
    """The axes between batch and channels, in order."""
    first = 2 if data_format == "channels_first" else 1
    return tuple(range(first, first + rank - 2))


def spatial_sizes(x, data_format):
    """The static sizes of the spatial axes."""
    return tuple(x.shape[i] for i in spatial_axes(data_format, x.ndim))


def arranged(batch, sizes, channels, data_format):
    """A shape with the channels where the data format has them."""
    if data_format == "channels_first":
        return (batch, channels, *sizes)
    return (batch, *sizes, channels)


# ---- sizes ----

def output_size(size, window, stride, padding, dilation=1):
    """How many windows fit along an axis; None where a size is not known."""
    if size is None or window is None and padding == "valid":
        return None
    if padding == "same":
        return -(-size // stride)
    return (size - (window - 1) * dilation - 1) // stride + 1


def output_sizes(x, windows, strides, padding, data_format, dilation=None):
    """The spatial sizes after windows moved over `x`; ValueError where one does not fit."""
    dilation = dilation or (1,) * len(windows)
    sizes = spatial_sizes(x, data_format)
    results = tuple(output_size(n, k, s, padding, d)
                    for n, k, s, d in zip(sizes, windows, strides, dilation))
    if any(n is not None and n < 1 for n in results) and padding == "valid":
        registry.fail("the window must fit into the input",
                      f"spatial sizes of at least {_reach(windows, dilation)}",
                      f"x {tuple(x.shape)}", "Use padding='same', or a smaller window")
    return results


def _reach(windows, dilation):
    return tuple(None if k is None else (k - 1) * d + 1 for k, d in zip(windows, dilation))
