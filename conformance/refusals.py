"""What ops refuse: an exception of a class, raised while the graph is built, that says what was
expected and what was received, in the same words on every backend.

Each line: label, a call that breaks exactly that rule, the class, and patterns for the two parts.
"""
import re

from keras_compat import backend as K
from keras_compat.backend import selection

from . import outcome
from .tolerance import Verdict

_GRAMMAR = re.compile(r"^(?P<who>[^:]+): (?P<rule>.+?)\. Expected (?P<expected>.+?); "
                      r"received (?P<received>.+?)\.( .*)?$", re.DOTALL)


def x(*shape, dtype="float32"):
    """A placeholder."""
    return K.placeholder(shape, dtype=dtype)


def _pair_of_shapes(op):
    return [("C1 shapes broadcast", lambda: getattr(K, op)(x(2, 3), x(4, 3)), ValueError,
             "equal or 1", r"x \(2, 3\), y \(4, 3\)"),
            ("C2 one dtype", lambda: getattr(K, op)(x(2), x(2, dtype="float64")), TypeError,
             "float32", "float64")]


def _floats(op):
    return [("C1 floats", lambda: getattr(K, op)(x(2, dtype="int32")), TypeError, "a float dtype",
             "int32")]


def _axis(op, **more):
    return [("C1 axis in range", lambda: getattr(K, op)(x(2, 3), axis=2, **more), ValueError,
             "-2 <= axis < 2", "axis 2")]


def _windows(op, kernel):
    data = (2, *(5,) * (len(kernel) - 2), 3)
    return [("C1 rank", lambda: getattr(K, op)(x(2, 3), x(*kernel)), ValueError,
             f"{len(data)} axes", r"\(2, 3\)"),
            ("C2 channels", lambda: getattr(K, op)(x(*data[:-1], 4), x(*kernel)), ValueError,
             r"x.shape\[\d\] == 3", "4"),
            ("C3 known padding", lambda: getattr(K, op)(x(*data), x(*kernel), padding="full"),
             ValueError, "'valid' or 'same'", "'full'"),
            ("C4 known data_format",
             lambda: getattr(K, op)(x(*data), x(*kernel), data_format="NHWC"), ValueError,
             "'channels_last' or 'channels_first'", "'NHWC'"),
            ("C5 the window fits", lambda: getattr(K, op)(x(1, *(1,) * (len(kernel) - 2), 3),
                                                          x(*kernel)), ValueError,
             "at least", r"\(1, 1"),
            ("C6 strides or dilation", lambda: getattr(K, op)(
                x(*data), x(*kernel), strides=2, dilation_rate=2), ValueError, "of 1", "strides")]


_BINARY = ("add", "subtract", "multiply", "divide", "maximum", "minimum", "floor_divide", "mod",
           "equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "pow")
_FLOATING = ("exp", "expm1", "log", "log1p", "tanh", "sigmoid", "softplus", "erf", "sin", "cos",
             "tan", "asin", "acos", "atan", "sinh", "cosh", "elu", "hard_sigmoid", "softsign",
             "softmax", "log_softmax", "l2_normalize", "isnan", "isfinite", "dropout")
_REDUCTIONS = ("sum", "prod", "max", "min", "mean", "var", "std", "any", "all", "logsumexp",
               "argmax", "argmin", "cumsum", "cumprod", "softmax")

TABLE = {op: _pair_of_shapes(op) for op in _BINARY}
for _op in _FLOATING:
    _call = [("C1 floats", lambda: K.dropout(x(2, dtype="int32"), 0.5), TypeError,
              "a float dtype", "int32")] if _op == "dropout" else _floats(_op)
    TABLE.setdefault(_op, []).extend(_call)
for _op in _REDUCTIONS:
    TABLE.setdefault(_op, []).extend(
        (f"C2 {words[3:]}", *rest) for words, *rest in _axis(_op))
for _op, _kernel in (("conv1d", (2, 3, 4)), ("conv2d", (2, 2, 3, 4)), ("conv3d", (2, 2, 2, 3, 4))):
    TABLE[_op] = _windows(_op, _kernel)

_MORE = {
    "logical_and": [("C1 bools", lambda: K.logical_and(x(2), x(2)), TypeError, "bool", "float32")],
    "logical_not": [("C1 bools", lambda: K.logical_not(x(2)), TypeError, "bool", "float32")],
    "where": [("C1 a bool condition", lambda: K.where(x(2), x(2), x(2)), TypeError, "dtype bool",
               "float32")],
    "negative": [("C1 numbers", lambda: K.negative(x(2, dtype="bool")), TypeError, "numbers",
                  "bool")],
    "cast": [("C1 a known dtype", lambda: K.cast(x(2), "complex64"), TypeError, "float32",
              "complex64")],
    "reverse": [("C1 distinct axes", lambda: K.reverse(x(2, 3), [0, 0]), ValueError,
                 "distinct axes", r"axis \[0, 0\]")],
    "sum": [("C4 numbers", lambda: K.sum(x(2, dtype="bool")), TypeError, "numbers", "bool")],
    "argmax": [("C3 something to choose from", lambda: K.argmax(x(0, 2), axis=0), ValueError,
                "at least 1", r"\(0, 2\)")],
    "boolean_mask": [("C1 first sizes", lambda: K.boolean_mask(x(2, 3), x(3, dtype="bool")),
                      ValueError, r"begin \(2, 3\)", r"mask \(3,\)"),
                     ("C2 bools", lambda: K.boolean_mask(x(2), x(2)), TypeError, "bool",
                      "float32")],
    "matmul": [("C1 matrices", lambda: K.as_tensor(x(3)) @ x(3, 2), ValueError,
                "at least 2 axes", r"x \(3,\)"),
               ("C2 inner sizes", lambda: x(2, 3) @ x(4, 5), ValueError, r"y.shape\[0\] == 3",
                r"y \(4, 5\)")],
    "dot": [("C1 an inner axis", lambda: K.dot(x(), x(2, 2)), ValueError, "at least 1 axis",
             r"x \(\)"),
            ("C2 inner sizes", lambda: K.dot(x(2, 3), x(4, 5)), ValueError, r"y.shape\[0\] == 3",
             r"y \(4, 5\)")],
    "batch_dot": [("C1 a batch axis", lambda: K.batch_dot(x(3), x(3, 2)), ValueError,
                   "at least 2 axes", r"x \(3,\)"),
                  ("C2 not the batch", lambda: K.batch_dot(x(2, 3), x(2, 3), axes=0), ValueError,
                   "other than 0", "0"),
                  ("C3 batch sizes", lambda: K.batch_dot(x(2, 3), x(4, 3)), ValueError,
                   r"y.shape\[0\] == 2", r"y \(4, 3\)"),
                  ("C4 inner sizes", lambda: K.batch_dot(x(2, 3), x(2, 4)), ValueError, "== 3",
                   r"y \(2, 4\)")],
    "reshape": [("C1 as many elements", lambda: K.reshape(x(2, 3), (4, 2)), ValueError,
                 "6 elements", r"\(4, 2\)"),
                ("C2 one unknown size", lambda: K.reshape(x(2, 3), (-1, -1)), ValueError, "one -1",
                 r"\(-1, -1\)")],
    "squeeze": [("C1 size 1", lambda: K.squeeze(x(2, 3), 1), ValueError, "size 1", r"\(2, 3\)")],
    "expand_dims": [("C1 axis in range", lambda: K.expand_dims(x(2), 3), ValueError,
                     "-2 <= axis < 2", "axis 3")],
    "permute_dimensions": [("C1 each axis once", lambda: K.permute_dimensions(x(2, 3), (0, 0)),
                            ValueError, "an order", r"\(0, 0\)")],
    "concatenate": [("C1 sizes agree", lambda: K.concatenate([x(2, 3), x(3, 4)], 1), ValueError,
                     r"\(2, 3\)", r"\(3, 4\)"),
                    ("C2 one dtype", lambda: K.concatenate([x(2), x(2, dtype="int32")]), TypeError,
                     "float32", "int32"),
                    ("C3 a list", lambda: K.concatenate([]), ValueError, "at least one", r"\[\]")],
    "stack": [("C1 one shape", lambda: K.stack([x(2), x(3)]), ValueError, r"\(2,\)", r"\(3,\)")],
    "tile": [("C1 a count an axis", lambda: K.tile(x(2, 3), (2, 1, 1)), ValueError, "2 counts",
              r"\(2, 1, 1\)")],
    "repeat": [("C1 a matrix", lambda: K.repeat(x(2, 3, 4), 2), ValueError, "samples, features",
                r"\(2, 3, 4\)")],
    "repeat_elements": [("C1 not negative", lambda: K.repeat_elements(x(2), -1, 0), ValueError,
                         "rep >= 0", "-1")],
    "gather": [("C1 integers", lambda: K.gather(x(3, 2), x(2)), TypeError, "integer", "float32")],
    "one_hot": [("C1 integers", lambda: K.one_hot(x(3), 2), TypeError, "integer", "float32")],
    "slice": [("C1 inside", lambda: K.slice(x(3), [2], [2]), ValueError, "<= 3", "start 2")],
    "subscript": [("C1 in range", lambda: x(3)[3], IndexError, "index < 3", "index 3"),
                  ("C2 few enough", lambda: x(3)[0, 0], IndexError, "at most 1", "2 entries")],
    "arange": [("C1 a step", lambda: K.arange(0, 3, 0), ValueError, "scalar", "step 0")],
    "switch": [("C1 few axes", lambda: K.switch(x(2, 3, dtype="bool"), x(2), x(2)), ValueError,
                "at most 1", r"\(2, 3\)"),
               ("C2 one structure", lambda: K.switch(x(dtype="bool"), [x(2)] * 2, [x(2)] * 3),
                ValueError, r"\[\*, \*\]", r"\[\*, \*, \*\]")],
    "relu": [("C1 numbers", lambda: K.relu("a"), TypeError, "a number or an array", "str")],
    "bias_add": [("C1 rank", lambda: K.bias_add(x(2, 3, 4), x(1, 3, 4)), ValueError, "1 axis or 2",
                  r"bias \(1, 3, 4\)"),
                 ("C2 channels", lambda: K.bias_add(x(2, 3), x(4)), ValueError, "== 3",
                  r"bias \(4,\)")],
    "in_top_k": [("C1 ranks", lambda: K.in_top_k(x(2, 3, 4), x(2, dtype="int32"), 1), ValueError,
                  "batch, classes", r"\(2, 3, 4\)")],
    "pool2d": [("C1 rank", lambda: K.pool2d(x(2, 3), (2, 2)), ValueError, "4 axes", r"\(2, 3\)"),
               ("C2 known mode", lambda: K.pool2d(x(1, 4, 4, 1), (2, 2), pool_mode="sum"),
                ValueError, "'max' or 'avg'", "'sum'"),
               ("C3 positive sizes", lambda: K.pool2d(x(1, 4, 4, 1), (0, 2)), ValueError,
                "at least 1", r"\(0, 2\)")],
    "conv2d_transpose": [("C1 a shape that fits", lambda: K.conv2d_transpose(
        x(1, 3, 3, 2), x(2, 2, 4, 2), (1, 9, 4, 4)), ValueError, "spatial sizes",
                          r"\(1, 3, 3, 2\)")],
    "resize_images": [("C1 rank", lambda: K.resize_images(x(2, 3), 2, 2, "channels_last"),
                       ValueError, "4 axes", r"\(2, 3\)"),
                      ("C2 known words", lambda: K.resize_images(
                          x(1, 2, 2, 1), 2, 2, "channels_last", "cubic"), ValueError, "'nearest'",
                       "'cubic'")],
    "spatial_2d_padding": [("C1 not negative", lambda: K.spatial_2d_padding(
        x(1, 2, 2, 1), ((-1, 0), (0, 0))), ValueError, "at least 0", "-1")],
    "local_conv1d": [("C1 kernel and places", lambda: K.local_conv1d(
        x(1, 5, 2), x(3, 5, 1), (3,), (1,)), ValueError, r"\(3, 6\)", r"\(3, 5, 1\)")],
    "categorical_crossentropy": [("C1 one shape", lambda: K.categorical_crossentropy(
        x(2, 3), x(2, 4)), ValueError, r"\(2, 4\)", r"target \(2, 3\)")],
    "sparse_categorical_crossentropy": [("C1 a number each", lambda: (
        K.sparse_categorical_crossentropy(x(3), x(2, 4))), ValueError, r"\(2,\)",
                                         r"target \(3,\)")],
    "dropout": [("C2 a share", lambda: K.dropout(x(2), 1.5), ValueError, "below 1", "1.5")],
    "lstm": [("C1 kernel", lambda: K.lstm(x(1, 2, 3), x(1, 2), x(1, 2), x(3, 7), x(2, 8)),
              ValueError, r"\(3, 8\)", r"kernel \(3, 7\)"),
             ("C2 known activation", lambda: K.lstm(
                 x(1, 2, 3), x(1, 2), x(1, 2), x(3, 8), x(2, 8), activation="swish"), ValueError,
              "'tanh'", "'swish'")],
    "ctc_batch_cost": [("C1 rank", lambda: K.ctc_batch_cost(
        x(2, 3), x(2, 3), x(2, 1), x(2, 1)), ValueError, "samples, time, classes", r"\(2, 3\)")],
    "ctc_decode": [("C1 few enough paths", lambda: K.ctc_decode(
        x(2, 3, 4), x(2), greedy=False, beam_width=2, top_paths=3), ValueError, "<= 2", "3")],
    "sgd_update": [("C1 lists of one length", lambda: K.sgd_update([x(2)], None, [], 0.1),
                    ValueError, "one length", "1, 0")],
    "gradients": [("C1 a float loss", lambda: K.gradients(x(2, dtype="int32"), x(2)), TypeError,
                   "float", "int32"),
                  ("C2 tensors", lambda: K.gradients(1.0, x(2)), TypeError, "tensors", "1.0")],
    "function": [("C1 known keywords", lambda: K.function([x(2)], [x(2)], feed=1), ValueError,
                  "known|givens", "feed")],
    "rnn": [("C1 three axes", lambda: K.rnn(lambda a, s: (a, s), x(2, 3), []), ValueError,
             "at least 3 axes", r"\(2, 3\)")],
}
for _op, _lines in _MORE.items():
    TABLE.setdefault(_op, []).extend(_lines)


def ids():
    """op -> the ids of its refusals."""
    return {op: tuple(f"{op}: refuses {line[0]}" for line in lines)
            for op, lines in TABLE.items()}


def run(backend, op, chosen):
    """An `Outcome` per id; the message of one that passes is the text of the exception."""
    lines = dict(zip(ids()[op], TABLE[op]))
    with selection.set_backend(backend):
        return [_outcome(one, op, *lines[one][1:]) for one in chosen]


def _outcome(case_id, op, call, error, expected, received):
    try:
        call()
    except Exception as found:
        wrong = _wrong(found, error, expected, received)
        one = outcome.judged(case_id, op, "refusal", [Verdict(not wrong, 0.0, wrong)])
        return one._replace(message=wrong or str(found))
    return outcome.judged(case_id, op, "refusal", [Verdict(
        False, 0.0, f"Expected {error.__name__}; received no exception")])


def _wrong(found, error, expected, received):
    """What is wrong with an exception, or ''."""
    parts = _GRAMMAR.match(str(found))
    if type(found) is not error:
        return f"Expected {error.__name__}; received {type(found).__name__}: {found}"
    if not parts:
        return f"Expected '<who>: <rule>. Expected ..; received ..'; received {found}"
    for name, pattern in (("expected", expected), ("received", received)):
        if not re.search(pattern, parts[name]):
            return f"Expected {pattern!r} in the {name} part; received {parts[name]!r}: {found}"
    return ""
