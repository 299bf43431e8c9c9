"""The workloads as concrete functions with the fused optimizer kernels."""
import tensorflow as tf

from . import images, plain, sequences

PROGRAMS = {**plain.PROGRAMS, **images.PROGRAMS, **sequences.PROGRAMS}


def limit_threads(threads):
    """Lets TensorFlow use so many threads; to be called before anything runs."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def as_input(array):
    """A batch as these programs take it."""
    return tf.constant(array)


def finish(result):
    """Waits for a result."""
    return result.numpy()
