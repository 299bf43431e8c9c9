"""Random numbers: the portable streams drawn on the host, or TensorFlow's own generator."""
import weakref

import numpy as np
import tensorflow as tf

_generators = weakref.WeakKeyDictionary()


def _generator(stream):
    """TensorFlow's generator of a stream, made outside of the function that is traced."""
    if stream not in _generators:
        with tf.init_scope():
            _generators[stream] = tf.random.Generator.from_seed(stream.seed)
    return _generators[stream]


def _drawn(draw, shape_tensor, dtype):
    """The next block of a portable stream: a call back to the host at each execution."""
    def block(shape):
        return draw(tuple(int(n) for n in shape))
    shape_tensor = tf.convert_to_tensor(shape_tensor)
    if tf.executing_eagerly():
        return tf.constant(block(shape_tensor.numpy()))
    result = tf.numpy_function(block, [shape_tensor], dtype, stateful=True)
    static = tf.get_static_value(shape_tensor, partial=True)
    rank = shape_tensor.shape[0]
    result.set_shape([None] * rank if static is None else
                     [None if n is None else int(n) for n in np.ravel(static)])
    return result


def random_uniform(shape_tensor, *, low, high, dtype, stream):
    """Uniform in [low, high)."""
    if stream.portable:
        return _drawn(lambda s: stream.uniform(s, dtype, low, high), shape_tensor, dtype)
    return _generator(stream).uniform(shape_tensor, low, high, dtype)


def random_normal(shape_tensor, *, mean, stddev, dtype, stream):
    """Normal with this mean and standard deviation."""
    if stream.portable:
        return _drawn(lambda s: stream.normal(s, dtype, mean, stddev), shape_tensor, dtype)
    return _generator(stream).normal(shape_tensor, mean, stddev, dtype)


def truncated_normal(shape_tensor, *, mean, stddev, dtype, stream):
    """Normal, nothing beyond two standard deviations."""
    if stream.portable:
        return _drawn(lambda s: stream.truncated_normal(s, dtype, mean, stddev),
                      shape_tensor, dtype)
    return _generator(stream).truncated_normal(shape_tensor, mean, stddev, dtype)


OPS = {"random_uniform": random_uniform, "random_normal": random_normal,
       "truncated_normal": truncated_normal}
