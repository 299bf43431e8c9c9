"""Picking elements: basic indexing, slices, gather, one-hot, and their gradients."""
import tensorflow as tf

_NATIVE = {"int": lambda i: i, "slice": lambda *parts: slice(*parts), "new": lambda: tf.newaxis}


def _native(index):
    return tuple(_NATIVE[kind](*parts) for kind, *parts in index)


def getitem(x, *, index):
    """Static basic indexing."""
    return tf.convert_to_tensor(x)[_native(index)]


def getitem_gradient(g, shape_tensor, *, index):
    """Zeros of the given shape with `g` where `getitem` would read.

    The positions are found by indexing the numbers of all cells in the same way.
    """
    count = tf.reduce_prod(shape_tensor)
    cells = tf.reshape(tf.range(count), shape_tensor)[_native(index)]
    flat = tf.scatter_nd(tf.reshape(cells, (-1, 1)), tf.reshape(g, (-1,)), count[tf.newaxis])
    return tf.reshape(flat, shape_tensor)


def slice_(x, begin, size):
    """A window from `begin`; a size of -1 reaches to the end."""
    return tf.slice(x, begin, size)


def slice_gradient(g, begin, shape_tensor):
    """Zeros of the given shape with `g` from `begin` on."""
    return tf.pad(g, tf.stack([begin, shape_tensor - begin - tf.shape(g)], axis=1))


def gather(x, indices, *, axis):
    """Slices of `x` along `axis`; an error on the CPU for one out of range."""
    return tf.gather(x, _integers(indices), axis=axis)


def _integers(indices):
    return indices if indices.dtype in (tf.int32, tf.int64) else tf.cast(indices, tf.int32)


def gather_gradient(g, indices, shape_tensor, *, axis):
    """Zeros of the given shape with each slice of `g` added at its index."""
    rank = len(g.shape) - len(indices.shape) + 1
    indices = _integers(indices)
    moved = [*range(axis, axis + len(indices.shape)), *range(axis),
             *range(axis + len(indices.shape), len(g.shape))]
    rest = tf.concat([shape_tensor[:axis], shape_tensor[axis + 1:]], 0)
    rows = tf.reshape(tf.transpose(g, moved), tf.concat([[tf.size(indices)], rest], 0))
    summed = tf.math.unsorted_segment_sum(rows, tf.reshape(indices, (-1,)), shape_tensor[axis])
    return tf.transpose(summed, [*range(1, axis + 1), 0, *range(axis + 1, rank)])


def boolean_mask(x, mask):
    """The parts of `x` where the mask over its first axes is True."""
    return tf.boolean_mask(x, mask)


def one_hot(indices, *, depth, dtype):
    """1 at each index along a new last axis; an index out of range gives zeros."""
    return tf.one_hot(_integers(indices), depth, dtype=dtype)


OPS = {
    "getitem": getitem, "getitem_gradient": getitem_gradient, "slice": slice_,
    "slice_gradient": slice_gradient, "gather": gather, "gather_gradient": gather_gradient,
    "boolean_mask": boolean_mask, "one_hot": one_hot,
}
