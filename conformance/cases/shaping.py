"""Shapes: asking for them and changing them without changing the elements."""
import numpy as np

from ..arrays import Given, draw
from ..table import NUMBERS, Options, Table

TABLE = Table("shaping")
ALL = NUMBERS + ("bool",)
BATCH = Options(unknown="batch")
KNOWN = Options(unknown="none")


# ---- sizes ----

TABLE.reference("shape")(lambda x: np.array(x.shape, "int32").reshape(-1))
TABLE.reference("size")(lambda x: np.array(x.size, "int32"))
TABLE.cases("shape", "size", dtypes=("float32", "bool", "int32"),
            x=[draw(2, 3), draw(), draw(0), draw(2, 1, 2, 1, 2)])
TABLE.reference("zeros_like")(lambda x, dtype=None: np.zeros(x.shape, dtype or "float32"))
TABLE.reference("ones_like")(lambda x, dtype=None: np.ones(x.shape, dtype or "float32"))
TABLE.cases("zeros_like", "ones_like", dtypes=("float32", "int32", "bool"),
            x=[draw(2, 3), draw(), draw(0, 2)])
TABLE.cases("zeros_like", "ones_like", dtypes=("float32",), x=draw(2, 3), dtype=["int32", "bool"])


# ---- reshape ----

@TABLE.reference("reshape")
def reshape(x, shape):
    """The elements in their order in another shape."""
    return x.reshape(shape)


TABLE.cases("reshape", dtypes=ALL, x=draw(2, 6), shape=[(3, 4), (-1,), (2, -1, 2), (12, 1),
                                                      (1, 2, 3, 2, 1)])
TABLE.cases("reshape", x=draw(), shape=[(), (1,), (1, 1)])
TABLE.cases("reshape", x=[draw(0, 3)], shape=[(0,), (3, 0), (0, 5)], options=BATCH)
TABLE.cases("reshape", x=[draw(2, 6)], shape=[(3, 4)], layouts=("plain",),
            options=Options(call=lambda K, x, shape: K.reshape(x, [K.shape(x)[0] + 1, 4])))

TABLE.reference("flatten")(lambda x: x.reshape(-1))
TABLE.reference("batch_flatten")(lambda x: x.reshape(x.shape[0], int(np.prod(x.shape[1:]))))
TABLE.cases("flatten", x=[draw(2, 3), draw(), draw(0, 2), draw(2, 1, 2, 1, 2)])
TABLE.cases("batch_flatten", x=[draw(2, 3, 4), draw(2, 3), draw(3), draw(2, 1, 2, 1, 2),
                                draw(0, 2, 2)])


# ---- axes of size 1 ----

TABLE.reference("expand_dims")(lambda x, axis=-1: np.expand_dims(x, axis))
TABLE.cases("expand_dims", dtypes=ALL, x=[draw(2, 3)], axis=[-1, 0, 1, 2, -3])
TABLE.cases("expand_dims", x=[draw(), draw(0), draw(2, 1, 2, 1)])


@TABLE.reference("squeeze")
def squeeze(x, axis):
    """x without axes of size 1."""
    return np.squeeze(x, axis)


TABLE.cases("squeeze", dtypes=ALL, x=[draw(2, 1, 3)], axis=[1, -2])
TABLE.cases("squeeze", x=[draw(1, 2, 1)], axis=[0, -1, (0, 2)])
TABLE.cases("squeeze", x=[draw(1), draw(1, 0)], axis=0)


# ---- order of axes ----

TABLE.reference("transpose")(lambda x, pattern=None: np.transpose(x, pattern))
TABLE.cases("transpose", dtypes=ALL, x=[draw(2, 3), draw(), draw(4), draw(2, 1, 3),
                                        draw(1, 2, 2, 3), draw(2, 1, 2, 1, 2), draw(0, 3)])
TABLE.cases("transpose", x=draw(2, 3, 4), pattern=[(1, 2, 0), (2, 0, 1)], layouts=("plain",),
            options=Options(call=lambda K, x, pattern: K.permute_dimensions(x, pattern)))
TABLE.reference("permute_dimensions")(lambda x, pattern: np.transpose(x, pattern))
TABLE.cases("permute_dimensions", dtypes=ALL, x=draw(2, 3, 4), pattern=[
    (0, 2, 1), (2, 0, 1), (0, 1, 2), (1, 2, 0)])
TABLE.cases("permute_dimensions", x=draw(2, 0, 3), pattern=(1, 2, 0))
TABLE.cases("permute_dimensions", x=draw(2, 1, 2, 3, 2), pattern=(4, 2, 0, 1, 3))


# ---- broadcasting and its inverse ----

@TABLE.reference("broadcast_to")
def broadcast_to(x, shape):
    """x repeated to have the shape."""
    return np.broadcast_to(x, shape)


@TABLE.reference("sum_to", terms=lambda x, shape: x.size // max(int(np.prod(shape)), 1),
                 scale=lambda x, shape: sum_to(np.abs(x), shape))
def sum_to(x, shape):
    """The sums over what broadcasting had added."""
    x = x.sum(axis=tuple(range(x.ndim - len(shape))))
    ones = tuple(i for i, n in enumerate(shape) if n == 1)
    return x.sum(axis=ones, keepdims=True)


for _small, _large in (((3,), (2, 3)), ((), (2, 3)), ((2, 1), (2, 3)), ((1, 3), (4, 2, 3)),
                       ((2, 3), (2, 3)), ((1,), (0,)), ((2, 1, 1), (1, 2, 2, 1, 3))):
    TABLE.cases("broadcast_to", dtypes=ALL if _small == (3,) else ("float32",), x=draw(*_small),
                shape=_large)
    TABLE.cases("sum_to", x=draw(*_large), shape=_small)


def _dynamic(op):
    """The op with a shape that only the run will tell."""
    return Options(call=lambda K, x, shape: getattr(K, op)(
        x, [K.shape(x)[0] * 0 + size for size in shape]))


TABLE.cases("broadcast_to", x=draw(3), shape=(2, 3), dtypes=("float32",), layouts=("plain",),
            options=_dynamic("broadcast_to"))
TABLE.cases("sum_to", x=draw(2, 3), shape=(1, 3), dtypes=("float32",), layouts=("plain",),
            options=_dynamic("sum_to"))


# ---- filled and counted ----

@TABLE.reference("full")
def full(shape, value, dtype=None):
    """An array filled with a number."""
    return np.full(shape, value, dtype or "float64")


TABLE.cases("full", dtypes=("float32",), shape=[(2, 3), (), (0, 2)], value=[1.5, -2.0],
            options=KNOWN, layouts=("plain",))
TABLE.cases("full", dtypes=("float32",), shape=(2,), value=1, dtype=["int32", "int64", "bool"],
            options=KNOWN, layouts=("plain",))
for _dtype in ("float16", "float32", "float64"):
    TABLE.cases("full", dtypes=(_dtype,), shape=(2,), value=0.5, dtype=_dtype, options=KNOWN,
                layouts=("plain",))


@TABLE.reference("arange")
def arange(start, stop=None, step=1, dtype="int32"):
    """start, start + step, .. without stop."""
    stop, start = (start, 0) if stop is None else (stop, start)
    numbers = np.arange(start, stop, step)
    counted = numbers.dtype.kind == "f"
    return numbers if counted and dtype == "int32" else numbers.astype(dtype)


TABLE.cases("arange", dtypes=("float32",), start=[0, 2], stop=[5, 1], step=[1, 2], options=KNOWN,
            layouts=("plain",))
TABLE.cases("arange", dtypes=("float32",), start=[5, 0], options=KNOWN, layouts=("plain",))
TABLE.cases("arange", dtypes=("float32",), start=5, stop=0, step=-2, options=KNOWN,
            layouts=("plain",))
TABLE.cases("arange", dtypes=("float32",), start=0.5, stop=3.0, step=0.5, options=KNOWN,
            layouts=("plain",))
TABLE.cases("arange", dtypes=("float32",), start=0, stop=4, dtype=["int64", "float32"],
            options=KNOWN, layouts=("plain",))
TABLE.cases("arange", dtypes=("int32",), start=Given(1, "1"), stop=Given(7, "7"),
            step=Given(2, "2"), layouts=("plain",))
