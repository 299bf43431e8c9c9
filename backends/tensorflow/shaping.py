"""Ops that arrange elements: shapes, axes, joining, repeating, padding, filling."""
import tensorflow as tf

from keras_compat.backend import errors


def target(shape_tensor, shape):
    """The shape that an op was given: an int vector or a static tuple."""
    return shape if shape_tensor is None else shape_tensor


def shape(x):
    """The sizes as an int32 vector."""
    return tf.shape(x)


def reshape(x, shape_tensor, *, shape):
    """The same elements in another shape."""
    return _refined(tf.reshape(x, target(shape_tensor, shape)), shape)


def _refined(x, shape):
    """Tells TensorFlow the sizes that a dynamic shape hid."""
    if shape is not None:
        x.set_shape([None if n is None or n < 0 else n for n in shape])
    return x


def broadcast_to(x, shape_tensor, *, shape):
    """Repeated along new axes and axes of size 1."""
    return _refined(tf.broadcast_to(x, target(shape_tensor, shape)), shape)


def sum_to(x, shape_tensor, *, shape):
    """The inverse of broadcasting: sums over the axes that were repeated."""
    wanted = tf.convert_to_tensor(target(shape_tensor, shape), tf.int32)
    _, axes = tf.raw_ops.BroadcastGradientArgs(s0=tf.shape(x), s1=wanted)
    return _refined(tf.reshape(tf.reduce_sum(x, axes), wanted), shape)


def full(shape_tensor, *, value, dtype):
    """A tensor filled with a number."""
    return tf.fill(shape_tensor, tf.cast(value, dtype))


def arange(start, stop, step, *, dtype):
    """Evenly spaced numbers from `start` up to, not including, `stop`."""
    tf.debugging.assert_none_equal(step, tf.zeros_like(step), message=errors.message(
        "arange", "the step of a range is not 0", "a step other than 0", "0"))
    start, stop, step = (tf.cast(v, tf.float64) for v in (start, stop, step))
    count = tf.maximum(tf.cast(tf.math.ceil((stop - start) / step), tf.int64), 0)
    return tf.cast(start + step * tf.cast(tf.range(count), tf.float64), dtype)


def transpose(x, *, perm):
    """The axes in another order."""
    return tf.transpose(x, perm)


def expand_dims(x, *, axis):
    """An axis of size 1 at `axis`."""
    return tf.expand_dims(x, axis)


def squeeze(x, *, axis):
    """Without the named axes of size 1."""
    return tf.squeeze(x, axis)


def concatenate(xs, *, axis):
    """Tensors joined along an axis."""
    return tf.concat(xs, axis)


def stack(xs, *, axis):
    """Tensors of one shape joined along a new axis."""
    return tf.stack(xs, axis)


def tile(x, *, reps):
    """The whole repeated `reps[i]` times along axis i."""
    return tf.tile(x, reps)


def repeat_elements(x, *, rep, axis):
    """Each element repeated along an axis."""
    return tf.repeat(x, rep, axis)


def reverse(x, *, axis):
    """The order turned round along the named axes."""
    return tf.reverse(x, list(axis))


def pad(x, *, paddings, value):
    """Cells of `value` before and after, per axis."""
    return tf.pad(x, paddings, constant_values=tf.cast(value, x.dtype))


OPS = {
    "shape": shape, "reshape": reshape, "broadcast_to": broadcast_to, "sum_to": sum_to,
    "full": full, "arange": arange, "transpose": transpose, "expand_dims": expand_dims,
    "squeeze": squeeze, "concatenate": concatenate, "stack": stack, "tile": tile,
    "repeat_elements": repeat_elements, "reverse": reverse, "pad": pad,
}
