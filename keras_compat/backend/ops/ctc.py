"""Connectionist temporal classification: the loss over all alignments (Graves et al., 2006).

The blank is the last class. Probabilities are taken as logarithms of y + epsilon()
and normalised again, as Keras 2.3.1 on TensorFlow did.
"""
import numpy as np

from .. import config, graph, registry
from ..control_flow import scan
from ..registry import composite, sugar
from . import creation, indexing, joining, linalg, reductions, shaping
from .activations import floats, log_softmax
from .comparison import equal, less, logical_and, not_equal, where
from .convert import as_tensor
from .elementwise import cast, log

# The logarithm of an impossible path: finite, so that gradients stay numbers.
IMPOSSIBLE = -1e30


# ---- arguments ----

def log_steps(y_pred):
    """(time, samples, classes) logarithms of probabilities (samples, time, classes).

    float16 becomes float32, since sums of many logarithms do not fit it.
    """
    y_pred = floats(y_pred)
    if y_pred.ndim != 3 or y_pred.shape[2] is None:
        registry.fail("predictions are a row of classes per step",
                      "(samples, time, classes) with a known number of classes",
                      f"y_pred {tuple(y_pred.shape)}")
    wide = cast(y_pred, "float32") if y_pred.dtype == "float16" else y_pred
    return log(shaping.permute_dimensions(wide, (1, 0, 2)) + config.epsilon())


def lengths(values, name):
    """Lengths (samples,) as int32 from (samples,) or (samples, 1)."""
    values = cast(as_tensor(values), "int32")
    if values.ndim == 2:
        values = shaping.squeeze(values, 1)
    if values.ndim != 1:
        registry.fail(f"{name} has one number per sample", "(samples, 1)",
                      f"{name} {tuple(values.shape)}")
    return values


def within(count, limits):
    """Bools (count, samples): whether a step comes before each sample's limit."""
    return less(shaping.expand_dims(creation.arange(count), 1), shaping.expand_dims(limits, 0))


@sugar
def ctc_label_dense_to_sparse(labels, label_lengths):
    """The labels (samples, longest) as a sparse tensor: zeros beyond each sample's length.

    label_lengths: (samples,) integers. `to_dense` gives what TensorFlow's sparse tensor
    would; the zeros beyond the lengths are stored here, since the number of elements
    does not depend on the data then. Keras 2.3.1 K.ctc_label_dense_to_sparse.
    """
    labels = as_tensor(labels)
    valid = within(shaping.size_of(labels, 1), lengths(label_lengths, "label_lengths"))
    kept = where(shaping.permute_dimensions(valid, (1, 0)), labels, 0)
    samples, longest = shaping.size_of(labels, 0), shaping.size_of(labels, 1)
    nowhere = creation.full([samples, longest], 0, "int32")
    rows = nowhere + shaping.expand_dims(creation.arange(samples), 1)
    cols = nowhere + creation.arange(longest)
    return graph.SparseTensor(
        labels.shape, *(shaping.flatten(cast(places, "int64")) for places in (rows, cols)),
        shaping.flatten(kept), shaping.shape_of(labels))


# ---- the loss ----

@composite(tolerance="recurrent")
def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """-log of the probability of the labels under the predictions: (samples, 1).

    y_true (samples, longest) class numbers of any dtype, of which the first
    label_length count; y_pred (samples, time, classes) probabilities (softmax), of
    which the first input_length steps count; both lengths (samples, 1). Infinite
    where the steps are too few for the labels. Keras 2.3.1 K.ctc_batch_cost.
    """
    y_true = cast(as_tensor(y_true), "int32")
    if y_true.ndim != 2:
        registry.fail("labels are a row per sample", "(samples, longest)",
                      f"y_true {tuple(y_true.shape)}")
    return ctc_batch_cost.bind(y_true, floats(y_pred), lengths(input_length, "input_length"),
                               lengths(label_length, "label_length"))


@ctc_batch_cost.body
def _ctc_body(labels, y_pred, input_length, label_length):
    logs = log_softmax(log_steps(y_pred), -1)
    path = _with_blanks(labels, logs.shape[2] - 1)
    emitted = _emitted(logs, path)
    running = within(shaping.size_of(logs, 0), input_length)
    final = _forward(emitted, running, _may_skip(path))
    cost = -_log_sum([_at(final, 2 * label_length), _last_label(final, label_length)])
    cost = where(less(cost, -IMPOSSIBLE / 2), cost, np.inf)
    return shaping.expand_dims(cast(cost, y_pred.dtype), 1)


def _with_blanks(labels, blank):
    """(samples, 2 longest + 1): a blank before, between and after the labels."""
    blanks = shaping.expand_dims(creation.full(shaping.shape_of(labels), blank, "int32"), 2)
    pairs = joining.concatenate([blanks, shaping.expand_dims(labels, 2)], 2)
    longest = shaping.size_of(labels, 1)
    path = shaping.reshape(pairs, [shaping.size_of(labels, 0), longest * 2])
    return joining.concatenate([path, creation.full([shaping.size_of(labels, 0), 1], blank,
                                                    "int32")], 1)


def _emitted(logs, path):
    """(time, samples, places): the log probability of each place of the path at each step."""
    chosen = indexing.one_hot.bind(path, depth=logs.shape[2], dtype=logs.dtype)
    by_sample = linalg.matmul(shaping.permute_dimensions(logs, (1, 0, 2)),
                              shaping.permute_dimensions(chosen, (0, 2, 1)))
    return shaping.permute_dimensions(by_sample, (1, 0, 2))


def _may_skip(path):
    """Whether a place may follow the one two before it: a label unlike the one before."""
    unlike = not_equal(indexing.part(path, 1, 2, None), indexing.part(path, 1, 0, -2))
    odd = equal(creation.arange(shaping.size_of(path, 1)) % 2, 1)
    start = creation.full([shaping.size_of(path, 0), 2], 0, "int32")
    unlike = joining.concatenate([start, cast(unlike, "int32")], 1)
    return logical_and(equal(unlike, 1), odd)


def _forward(emitted, running, skip):
    """Log probabilities of having arrived at each place of the path after the last step."""
    places = creation.arange(shaping.size_of(emitted, 2))
    start = cast(where(equal(places, 0), 0., IMPOSSIBLE), emitted.dtype)
    start = start + creation.zeros_like(emitted[0], emitted.dtype)

    def step(here, going, before):
        one, two = _moved(before, 1), _moved(before, 2)
        new = here + _log_sum([before, one, where(skip, two, IMPOSSIBLE)])
        return [], [where(shaping.expand_dims(going, 1), new, before)]
    _, (final,) = scan(step, [emitted, running], [start])
    return final


def _moved(x, count):
    """x (samples, places) with all values `count` places further on."""
    head = creation.full([shaping.size_of(x, 0), count], IMPOSSIBLE, x.dtype)
    return joining.concatenate([head, indexing.part(x, 1, 0, -count)], 1)


def _log_sum(parts):
    return reductions.logsumexp(joining.stack(parts, 0), axis=0)


def _at(x, index):
    """The element of each row at that row's index."""
    places = creation.arange(shaping.size_of(x, 1))
    return reductions.sum(where(equal(places, shaping.expand_dims(index, 1)), x, 0), axis=1)


def _last_label(final, label_length):
    """The log probability of ending on the last label; impossible where there is none."""
    return where(less(0, label_length), _at(final, 2 * label_length - 1), IMPOSSIBLE)
