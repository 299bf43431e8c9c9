"""Products of matrices."""
import numpy as np

from ..arrays import Given, draw
from ..table import FLOATS, Options, Table
from .elementwise import INF, NAN

TABLE = Table("linalg")
WITH_INTEGERS = FLOATS + ("int32", "int64")


def _inner(x, y, **attrs):
    return x.shape[-1]


TABLE.reference("matmul", terms=_inner, scale=lambda x, y: np.matmul(np.abs(x), np.abs(y)))(
    lambda x, y: np.matmul(x, y))
TABLE.reference("dot", terms=_inner, scale=lambda x, y: np.dot(np.abs(x), np.abs(y)))(
    lambda x, y: np.dot(x, y))

for _position, (_x, _y) in enumerate((
        ((2, 3), (3, 4)), ((1, 1), (1, 1)), ((2, 2, 3), (2, 3, 2)), ((2, 2, 3), (3, 4)),
        ((2, 3), (2, 3, 4)), ((2, 1, 2, 3), (4, 3, 1)), ((2, 1, 1, 2, 3), (2, 1, 3, 2)),
        ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((2, 3), (3, 0)), ((0, 2, 3), (1, 3, 2)))):
    TABLE.cases("matmul", dtypes=WITH_INTEGERS if _position == 0 else FLOATS[:1], x=draw(*_x),
                y=draw(*_y))
for _position, (_x, _y) in enumerate((
        ((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((2, 2, 3), (3, 4)),
        ((2, 3), (2, 3, 4)), ((2, 3), (3, 3, 4)), ((2, 2, 3), (2, 3, 2)),
        ((2, 1, 2, 3), (3, 2)), ((0, 3), (3, 2)),
        ((2, 0), (0, 3)), ((1, 2, 1, 2, 3), (3, 1)), ((1, 1), (1, 1)), ((2, 3), (3, 0)))):
    TABLE.cases("dot", dtypes=WITH_INTEGERS if _position == 0 else FLOATS[:1], x=draw(*_x),
                y=draw(*_y))
TABLE.cases("matmul", "dot", x=Given([[1.0, INF], [NAN, 1.0]], "not finite"),
            y=Given([[1.0, 0.5], [1.0, 2.0]], "plain"), dtypes=("float32",))
TABLE.cases("matmul", "dot", x=draw(20, 60), y=draw(60, 10), dtypes=("float32", "float64"))


def _batch_axes(x, y, axes):
    if axes is None:
        axes = (x.ndim - 1, y.ndim - 1 if y.ndim == 2 else y.ndim - 2)
    a, b = axes if isinstance(axes, tuple) else (axes, axes)
    return a % x.ndim, b % y.ndim


def _batch_dot(x, y, axes=None):
    a, b = _batch_axes(x, y, axes)
    rows = [np.tensordot(p, q, (a - 1, b - 1)) for p, q in zip(x, y)]
    left = np.delete(x.shape[1:], a - 1), np.delete(y.shape[1:], b - 1)
    return np.reshape(rows, (len(x), *(np.concatenate(left) if x.ndim + y.ndim > 4 else [1])))


@TABLE.reference("batch_dot", terms=lambda x, y, axes=None: x.shape[_batch_axes(x, y, axes)[0]],
                 scale=lambda x, y, axes=None: _batch_dot(np.abs(x), np.abs(y), axes))
def batch_dot(x, y, axes=None):
    """For each sample the sum over one axis of x and one of y."""
    return _batch_dot(x, y, axes)


for _x, _y, _axes in (
        ((2, 3, 4), (2, 4, 5), [None, (2, 1), (-1, -2)]), ((2, 3), (2, 3), [None, 1, (1, 1)]),
        ((2, 3, 4), (2, 3), [1, (1, 1)]), ((2, 3), (2, 3, 4), [None, 1]),
        ((2, 4, 3), (2, 4, 5), [1, (1, 1)]), ((2, 3, 4), (2, 5, 4), [2, -1]),
        ((2, 3, 4, 2), (2, 5, 2), [(3, 2), (-1, 2)]), ((2, 2, 3), (2, 2, 3, 2), [(2, 2)]),
        ((1, 3, 4), (1, 4, 1), [None]), ((0, 3, 4), (0, 4, 5), [None, (2, 1)]),
        ((0, 3), (0, 3), [1]), ((2, 0, 4), (2, 4, 5), [None]), ((2, 3, 0), (2, 0, 5), [None])):
    TABLE.cases("batch_dot", x=draw(*_x), y=draw(*_y), axes=_axes,
                options=Options(unknown="batch"))
