"""What gradient rules need where inputs were broadcast: give each its own shape back."""
from . import reductions, shaping


def unbroadcast(g, x, *others):
    """The gradient of `x` from `g`, which has the shape x was broadcast to.

    others: shapes of the other operands. Axes that x lacks or has with size 1 are
    summed away. Where the static shapes leave it open whether an axis was
    broadcast, the shape that x has when the graph runs decides (`sum_to`).
    """
    lead = g.ndim - x.ndim
    if any(_open(x, i, others) for i in range(x.ndim)):
        return shaping.sum_to(g, shaping.shape_of(x))
    if lead:
        g = reductions.sum(g, axis=tuple(range(lead)))
    ones = tuple(i for i in range(x.ndim) if x.shape[i] == 1 and g.shape[i] != 1)
    return reductions.sum(g, axis=ones, keepdims=True) if ones else g


def _open(x, axis, others):
    """Whether x may have been broadcast along the axis and may not."""
    if x.shape[axis] is not None:
        return False
    from_end = axis - x.ndim
    return any(-from_end <= len(s) and s[from_end] != 1 for s in others)
