"""Products of matrices."""
import tensorflow as tf

from keras_compat.backends.tensorflow.narrow import widened


def matmul(x, y):
    """Matrix product over the last two axes; the others broadcast."""
    return tf.linalg.matmul(x, y)


def dot(x, y):
    """Contracts the last axis of x with the second-to-last of y (its only one if 1-D)."""
    if len(x.shape) == len(y.shape) == 2:
        return tf.linalg.matmul(x, y)
    return tf.tensordot(x, y, [[len(x.shape) - 1], [max(len(y.shape) - 2, 0)]])


OPS = {"matmul": widened(matmul), "dot": widened(dot)}
