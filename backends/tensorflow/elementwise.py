"""Elementwise ops. Most are TensorFlow's own functions under the project's names."""
import tensorflow as tf

from keras_compat.backends.tensorflow.narrow import widened


def cast(x, *, dtype):
    """Another dtype: floats are truncated toward zero, bool is `x != 0`."""
    return tf.cast(x, dtype)


def round(x):
    """To the nearest whole number, halves to the even one; no gradient."""
    return tf.round(x)


def erf(x):
    """The error function; TensorFlow's float64 kernel gives NaN at infinity."""
    if x.dtype != tf.float64:
        return tf.math.erf(x)
    return tf.where(tf.math.is_inf(x), tf.sign(x), tf.math.erf(x))


OPS = {
    "negative": widened(tf.negative), "abs": widened(tf.abs), "sign": widened(tf.sign),
    "exp": tf.exp, "expm1": tf.math.expm1,
    "log": tf.math.log, "log1p": tf.math.log1p, "sqrt": tf.sqrt,
    "sin": tf.sin, "cos": tf.cos, "tan": tf.tan, "asin": tf.asin, "acos": tf.acos,
    "atan": tf.atan, "sinh": tf.sinh, "cosh": tf.cosh, "tanh": tf.tanh, "sigmoid": tf.sigmoid,
    "softplus": tf.math.softplus, "floor": tf.floor, "ceil": tf.math.ceil, "round": round,
    "square": tf.square, "erf": erf, "logical_not": tf.logical_not,
    "isnan": tf.math.is_nan, "isfinite": tf.math.is_finite, "cast": cast,
    "add": tf.add, "subtract": tf.subtract, "multiply": tf.multiply, "divide": tf.divide,
    "floor_divide": tf.math.floordiv, "mod": tf.math.floormod, "pow": widened(tf.pow),
    "maximum": tf.maximum, "minimum": tf.minimum, "equal": tf.equal,
    "not_equal": tf.not_equal, "greater": tf.greater, "greater_equal": tf.greater_equal,
    "less": tf.less, "less_equal": tf.less_equal, "logical_and": tf.logical_and,
    "logical_or": tf.logical_or, "where": tf.where, "identity": tf.identity,
    "stop_gradient": tf.stop_gradient,
}
