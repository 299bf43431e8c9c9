"""Integers of 8 and 16 bits, for which TensorFlow lacks some CPU kernels."""
import functools

import tensorflow as tf

NARROW = (tf.uint8, tf.int8, tf.int16)


def widened(function):
    """Computes in int32 and casts back, which wraps round as the narrow dtype would."""
    @functools.wraps(function)
    def compute(*inputs):
        dtype = inputs[0].dtype
        if dtype not in NARROW:
            return function(*inputs)
        return tf.cast(function(*(tf.cast(x, tf.int32) for x in inputs)), dtype)
    return compute
