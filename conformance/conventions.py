"""Where mathematics leaves a choice, what Keras 2.3.1 on TensorFlow chose: gradients at kinks.

Each line: K's expression of x, x, and the gradient of its sum.
"""
import math

import numpy as np

from keras_compat import backend as K
from keras_compat.backend import selection

from . import outcome
from .tolerance import Verdict

X = (-2.0, 0.0, 1.0, 2.0)

# op -> [(words, function, x, gradient)]
KINKS = {
    "relu": [("at 0", lambda x: K.relu(x), X, (0, 0, 1, 1)),
             ("at 0 with a slope", lambda x: K.relu(x, alpha=0.5), X, (0.5, 0.5, 1, 1)),
             ("beyond a maximum", lambda x: K.relu(x, max_value=1.5), X, (0, 0, 1, 0)),
             ("at 0 with a slope and a maximum",
              lambda x: K.relu(x, alpha=0.5, max_value=1.5), X, (0.5, 0, 1, 0)),
             ("at a threshold with a slope",
              lambda x: K.relu(x, alpha=0.5, threshold=1.0), X, (0.5, 0.5, 0, 1))],
    "abs": [("at 0", lambda x: K.abs(x), X, (-1, 0, 1, 1))],
    "sign": [("everywhere", lambda x: K.sign(x), X, (0, 0, 0, 0))],
    "elu": [("at 0", lambda x: K.elu(x), (0.0, 1.0), (1, 1))],
    "maximum": [("a tie goes to the first", lambda x: K.maximum(x, 1.0), X, (0, 0, 1, 1)),
                ("to the second nothing",
                 lambda x: K.maximum(K.ones_like(x, K.dtype(x)), x), X, (0, 0, 0, 1))],
    "minimum": [("a tie goes to the first", lambda x: K.minimum(x, 1.0), X, (1, 1, 1, 0))],
    "max": [("ties share", lambda x: K.max(x), (1.0, 3.0, 3.0), (0, 0.5, 0.5))],
    "min": [("ties share", lambda x: K.min(x), (1.0, 1.0, 3.0), (0.5, 0.5, 0))],
    "clip": [("the bounds pass", lambda x: K.clip(x, 0.0, 1.0), X, (0, 1, 1, 0))],
    "hard_sigmoid": [("beyond the ends", lambda x: K.hard_sigmoid(x), (-3.0, 0.0, 3.0),
                      (0, 0.2, 0))],
    "where": [("nothing comes from what was not chosen",
               lambda x: K.where(K.greater(x, 1.0), x * x, x), (0.0, 2.0), (1, 4))],
    "sqrt": [("at 0", lambda x: K.sqrt(x), (0.0, 4.0), (math.inf, 0.25))],
    "prod": [("one zero", lambda x: K.prod(x), (0.0, 2.0, 3.0), (6, 0, 0)),
             ("two zeros", lambda x: K.prod(x), (0.0, 0.0, 3.0), (0, 0, 0))],
    "l2_normalize": [("zeros", lambda x: K.l2_normalize(x), (0.0, 0.0), (1e6, 1e6))],
    "pow": [("a square at 0", lambda x: K.pow(x, 2.0), X, (-4, 0, 2, 4))],
    "stop_gradient": [("one factor", lambda x: x * K.stop_gradient(x), X, X)],
    "multiply": [("the same input twice", lambda x: x * x, X, (-4, 0, 2, 4))],
    "add": [("a broadcast input", lambda x: x[:1] + x, X, (5, 1, 1, 1))],
    "gather": [("the same row twice", lambda x: K.gather(x, K.constant([1, 1, 0], dtype="int32")),
                (1.0, 2.0), (1, 2))],
    "max_pool": [("a tie goes to the first cell", lambda x: K.pool2d(
        K.reshape(x, (1, 1, 3, 1)), (1, 3)), (2.0, 2.0, 1.0), (1, 0, 0))],
    "softmax": [("equal numbers", lambda x: K.softmax(x, 0) * K.constant([1.0, 0.0]), (3.0, 3.0),
                 (0.25, -0.25))],
    "logsumexp": [("equal numbers", lambda x: K.logsumexp(x), (1.0, 1.0), (0.5, 0.5))],
    "round": [("there is none", lambda x: K.round(x), X, None)],
    "floor": [("there is none", lambda x: K.floor(x), X, None)],
    "argmax": [("there is none", lambda x: K.cast(K.argmax(x), "float32"), X, None)],
}


def ids():
    """op -> the ids of its conventions."""
    return {op: tuple(f"{op}: gradient, {line[0]}" for line in lines)
            for op, lines in KINKS.items()}


def run(backend, op, chosen):
    """An `Outcome` per id."""
    lines = dict(zip(ids()[op], KINKS[op]))
    with selection.set_backend(backend):
        return [_outcome(one, op, *lines[one][1:]) for one in chosen]


def _outcome(case_id, op, function, x, wanted):
    try:
        placeholder = K.placeholder((len(x),))
        [slope] = K.gradients(K.sum(function(placeholder)), placeholder)
        if slope is None or wanted is None:
            return outcome.judged(case_id, op, "convention", [Verdict(
                slope is wanted, 0.0, f"Expected the gradient {wanted}; received {slope}")])
        got = K.function([placeholder], [slope])([np.array(x, "float32")])[0]
        same = np.allclose(got, np.array(wanted, "float32"), rtol=1e-5, atol=1e-6)
        return outcome.judged(case_id, op, "convention", [Verdict(
            same, 0.0, f"Expected the gradient {wanted}; received {got}")])
    except Exception as error:
        return outcome.raised(case_id, op, "convention", error)
