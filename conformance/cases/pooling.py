"""Pooling: padding is not counted, ties go to the first cell."""
import numpy as np

from ..arrays import Given, draw
from ..table import FLOATS, Options, Table
from .windows import Windows, back, last, tuple_of

TABLE = Table("pooling")
BATCH = Options(unknown="batch")


def _windows(x, pool_size, strides, padding):
    return Windows(x.shape[1:-1], pool_size, strides, padding)


def _reduced(x, reduce, pool_size, strides, padding, data_format):
    x = last(x, data_format)
    over = _windows(x, pool_size, strides, padding)
    wide = over.pad(x.astype("float64"), np.nan)
    y = np.zeros((x.shape[0], *over.outputs, x.shape[-1]))
    for place, cut in zip(over.places, over.cuts):
        y[(slice(None), *place)] = reduce(wide[(slice(None), *cut)],
                                          axis=tuple(range(1, x.ndim - 1)))
    return back(y, data_format).astype(x.dtype)


def max_pool(x, pool_size, strides, padding, data_format):
    """The greatest of each window; cells of padding never win."""
    return _reduced(x, np.nanmax, pool_size, strides, padding, data_format)


def avg_pool(x, pool_size, strides, padding, data_format):
    """The mean of each window; cells of padding are not counted."""
    return _reduced(x, np.nanmean, pool_size, strides, padding, data_format)


def _winners(x, over):
    """(place, index of the first greatest cell) for each window of one sample and channel."""
    padded = np.pad(x, over.before_after, constant_values=-np.inf)
    numbers = np.arange(padded.size).reshape(padded.shape)
    for place, cut in zip(over.places, over.cuts):
        first = np.argmax(padded[cut].reshape(-1))
        yield place, np.unravel_index(numbers[cut].reshape(-1)[first], padded.shape)


def max_pool_gradient(g, x, pool_size, strides, padding, data_format):
    """g added at the first greatest cell of each window."""
    x, g = last(x, data_format), last(g, data_format)
    over = _windows(x, pool_size, strides, padding)
    result = np.zeros((x.shape[0], *over.padded, x.shape[-1]))
    for b, c in np.ndindex(x.shape[0], x.shape[-1]):
        for place, winner in _winners(x[b, ..., c], over):
            result[(b, *winner, c)] += g[(b, *place, c)]
    return back(over.unpad(result), data_format)


def max_pool_select(h, x, pool_size, strides, padding, data_format):
    """h at the first greatest cell of each window of x."""
    x, h = last(x, data_format), last(h, data_format)
    over = _windows(x, pool_size, strides, padding)
    padded = over.pad(h)
    y = np.zeros((x.shape[0], *over.outputs, x.shape[-1]))
    for b, c in np.ndindex(x.shape[0], x.shape[-1]):
        for place, winner in _winners(x[b, ..., c], over):
            y[(b, *place, c)] = padded[(b, *winner, c)]
    return back(y, data_format)


def avg_pool_gradient(g, shape, pool_size, strides, padding, data_format):
    """g shared evenly among the cells of each window that are not padding."""
    g = last(g, data_format)
    sizes = shape[2:] if data_format == "channels_first" else shape[1:-1]
    over = Windows(sizes, pool_size, strides, padding)
    inside = over.pad(np.ones((1, *sizes, 1)))
    result = np.zeros((g.shape[0], *over.padded, g.shape[-1]))
    for place, cut in zip(over.places, over.cuts):
        cells = inside[(slice(None), *cut)]
        one = g[(slice(None), *place)].reshape(g.shape[0], *(1,) * len(sizes), g.shape[-1])
        result[(slice(None), *cut)] += cells * one / cells.sum()
    return back(over.unpad(result), data_format)


def _size(pool_size, **attrs):
    return int(np.prod(pool_size))


def _of_abs(compute, name):
    def scale(**arguments):
        return compute(**{**arguments, name: np.abs(arguments[name])})
    return scale


def _avg_terms(x, pool_size, **attrs):
    return _size(pool_size)


TABLE.reference("max_pool")(max_pool)
TABLE.reference("max_pool_select")(max_pool_select)
TABLE.reference("avg_pool", scale=_of_abs(avg_pool, "x"), terms=_avg_terms)(avg_pool)
TABLE.reference("max_pool_gradient", scale=_of_abs(max_pool_gradient, "g"),
                terms=lambda g, x, pool_size, **attrs: _size(pool_size))(max_pool_gradient)
TABLE.reference("avg_pool_gradient", scale=_of_abs(avg_pool_gradient, "g"),
                terms=lambda g, shape, pool_size, **attrs: _size(pool_size))(avg_pool_gradient)


def _primitives(shape, pool_size, strides, padding, data_format="channels_last", first=False):
    facts = {"pool_size": pool_size, "strides": strides, "padding": padding,
             "data_format": data_format}
    y = max_pool(np.zeros(shape), **facts).shape
    x = draw(*shape, distinct=True)
    lines = {"max_pool": {"x": x}, "avg_pool": {"x": x},
             "max_pool_gradient": {"g": draw(*y), "x": x}, "max_pool_select": {"h": draw(*shape),
                                                                               "x": x},
             "avg_pool_gradient": {"g": draw(*y), "shape": shape}}
    for op, values in lines.items():
        TABLE.cases(op, dtypes=FLOATS if first else FLOATS[:1], options=BATCH,
                    **({} if first else {"layouts": ("plain",)}), **values, **facts)


_primitives((2, 5, 6, 2), (2, 3), (1, 2), "valid", first=True)
for _padding in ("valid", "same"):
    for _size_ in (1, 2, 3):
        _primitives((2, 6, 2), (_size_,), (2,), _padding)
        _primitives((1, 7, 1), (_size_,), (1,), _padding)
        _primitives((1, 5, 4, 2), (_size_, 2), (2, 2), _padding)
    _primitives((2, 2, 5, 4), (2, 2), (2, 1), _padding, "channels_first")
    _primitives((1, 4, 3, 4, 2), (2, 2, 3), (2, 1, 1), _padding)
    _primitives((1, 2, 4, 3, 4), (2, 3, 2), (1, 2, 2), _padding, "channels_first")
_primitives((1, 1, 1), (1,), (1,), "valid")
_primitives((1, 1, 1, 1, 1), (2, 1, 1), (2, 1, 1), "same")
_primitives((1, 1, 1, 1, 1), (1, 1, 3), (1, 1, 1), "same")
_primitives((0, 4, 2), (2,), (2,), "valid")

_ATTRS = {"pool_size": (2,), "strides": (1,), "padding": "same", "data_format": "channels_last"}
_TIES = Given([[[1.0], [3.0], [3.0], [3.0], [-1.0]]], "ties")
TABLE.cases("max_pool", "avg_pool", x=_TIES, **_ATTRS)
TABLE.cases("max_pool_gradient", g=draw(1, 5, 1), x=_TIES, **_ATTRS)
TABLE.cases("max_pool_select", h=draw(1, 5, 1), x=_TIES, **_ATTRS)
_EVEN = {**_ATTRS, "strides": (2,), "padding": "valid"}
_PAIRS = Given([[[2.0], [2.0], [-1.0], [-1.0], [0.0], [3.0]]], "ties in the windows")
TABLE.cases("max_pool_gradient", g=draw(1, 3, 1), x=_PAIRS, **_EVEN)
TABLE.cases("max_pool_select", h=draw(1, 6, 1), x=_PAIRS, **_EVEN)
# All cells are below 0, so that a 0 of the padding would win.
TABLE.cases("max_pool", x=draw(1, 5, 1, low=-3.0, high=-1.0, distinct=True), **{
    **_ATTRS, "pool_size": (3,)})


# ---- K's functions ----

def _pool(rank):
    def compute(x, pool_size, strides=1, padding="valid", data_format=None, pool_mode="max"):
        function = max_pool if pool_mode == "max" else avg_pool
        return function(x, tuple_of(pool_size, rank), tuple_of(strides, rank), padding, data_format)
    return compute


for _rank in (1, 2, 3):
    TABLE.reference(f"pool{_rank}d", terms=_avg_terms, scale=_of_abs(_pool(_rank), "x"))(
        _pool(_rank))
    TABLE.cases(f"pool{_rank}d", x=draw(2, *(4, 5, 3)[:_rank], 2, distinct=True), pool_size=[
        (2, 3, 2)[:_rank]], strides=[1, 2], padding=["valid", "same"], pool_mode=["max", "avg"],
        options=Options(unknown="batch", tolerance="sum"))
    TABLE.cases(f"pool{_rank}d", x=draw(2, 2, *(4, 5, 3)[:_rank], distinct=True), pool_size=[
        (2, 3, 2)[:_rank]], pool_mode=["max", "avg"], data_format="channels_first",
        options=Options(unknown="batch", tolerance="sum"))
    TABLE.cases(f"pool{_rank}d", x=draw(0, *(4, 5, 3)[:_rank], 2), pool_size=[
        (2, 3, 2)[:_rank]], padding=["valid", "same"], pool_mode=["max", "avg"],
        options=Options(unknown="batch", tolerance="sum"), layouts=("plain",))


# ---- enlarging ----

def _blend(x, factor, axis):
    """Linear interpolation at place i / factor, the last cell repeated beyond the edge."""
    places = np.arange(x.shape[axis] * factor) / factor
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, x.shape[axis] - 1)
    weight = (places - low).reshape((-1,) + (1,) * (x.ndim - 1 - axis))
    return np.take(x, low, axis) * (1 - weight) + np.take(x, high, axis) * weight


@TABLE.reference("resize_images", terms=lambda x, *args, **attrs: 4,
                 scale=lambda x, height_factor, width_factor, data_format, interpolation="nearest":
                 np.abs(x).max(initial=0) * np.ones_like(resize_images(
                     x, height_factor, width_factor, data_format)))
def resize_images(x, height_factor, width_factor, data_format, interpolation="nearest"):
    """Each pixel repeated, or blended with its neighbours."""
    first = 2 if data_format == "channels_first" else 1
    enlarge = np.repeat if interpolation == "nearest" else _blend
    return enlarge(enlarge(x, height_factor, first), width_factor, first + 1)


TABLE.cases("resize_images", x=draw(2, 3, 2, 2), height_factor=[1, 2, 3], width_factor=[1, 2],
            data_format=["channels_last", "channels_first"], interpolation=["nearest", "bilinear"],
            options=BATCH)
TABLE.cases("resize_images", x=draw(0, 3, 2, 2), height_factor=2, width_factor=2,
            data_format=["channels_last", "channels_first"], interpolation=["nearest", "bilinear"],
            options=BATCH, layouts=("plain",))
TABLE.cases("resize_images", x=draw(1, 1, 4, 1), height_factor=2, width_factor=2,
            data_format="channels_last", interpolation="bilinear", options=BATCH)


@TABLE.reference("resize_volumes")
def resize_volumes(x, depth_factor, height_factor, width_factor, data_format):
    """Each cell repeated along three axes."""
    first = 2 if data_format == "channels_first" else 1
    for i, factor in enumerate((depth_factor, height_factor, width_factor)):
        x = np.repeat(x, factor, first + i)
    return x


TABLE.cases("resize_volumes", x=draw(1, 2, 3, 2, 2), depth_factor=2, height_factor=[1, 3],
            width_factor=2, data_format=["channels_last", "channels_first"], options=BATCH)
