"""From CTC predictions to labels: the best path, and a search over prefixes."""
import numpy as np

from .. import registry
from ..control_flow import scan
from ..registry import sugar
from . import creation, indexing, joining, linalg, reductions, shaping
from .activations import log_softmax
from .comparison import equal, greater_equal, less, logical_and, not_equal, where
from .convert import as_int
from .ctc import IMPOSSIBLE, lengths, log_steps, within
from .elementwise import cast, negative

# Prefixes are told apart by a hash modulo 2^64 (Knuth's multiplier for such).
MULTIPLIER = 6364136223846793005
EMPTY, UNUSED, NO_PARENT = 1, -1, -2


@sugar
def ctc_decode(y_pred, input_length, greedy=True, beam_width=100, top_paths=1,
               merge_repeated=False):
    """([labels (samples, longest) int64, padded with -1, ..], log probabilities).

    y_pred (samples, time, classes) probabilities with the blank last, of which the
    first input_length (samples,) steps count. greedy: the best class of each step,
    repetitions merged and blanks removed; the second result (samples, 1) is minus
    the sum of their log probabilities. Otherwise a search that keeps beam_width
    prefixes: the top_paths best ones and their log probabilities (samples,
    top_paths); merge_repeated also merges equal neighbours in the results. Keras
    2.3.1 K.ctc_decode.
    """
    logs = log_steps(y_pred)
    running = within(shaping.size_of(logs, 0), lengths(input_length, "input_length"))
    if greedy:
        labels, score = _best_path(logs, running)
        return [labels], score
    width, paths = as_int(beam_width, "beam_width"), as_int(top_paths, "top_paths")
    if not 1 <= paths <= width:
        registry.fail("top_paths is at most the number of prefixes kept",
                      f"1 <= top_paths <= {width}", f"top_paths {paths}")
    prefixes, scores = _searched(log_softmax(logs, -1), running, width)
    found = [indexing.at(prefixes, 1, i) for i in range(paths)]
    kept = [_labels(p, p, merge_repeated) for p in found]
    return kept, indexing.part(scores, 1, 0, paths)


# ---- the best path ----

def _best_path(logs, running):
    blank = logs.shape[2] - 1
    classes = reductions.argmax(logs, axis=2)
    labels = where(logical_and(running, not_equal(classes, blank)), classes, -1)
    score = reductions.sum(where(running, reductions.max(logs, axis=2), 0), axis=0)
    by_sample = (shaping.permute_dimensions(x, (1, 0)) for x in (labels, classes))
    return _labels(*by_sample, True), shaping.expand_dims(negative(score), 1)


def _labels(labels, classes, merge_repeated):
    """(samples, longest): the labels that are not -1, moved to the front of their rows.

    merge_repeated: without those whose class is the one before.
    """
    keep = greater_equal(labels, 0)
    if merge_repeated:
        first = creation.full([shaping.size_of(classes, 0), 1], -1, classes.dtype)
        before = joining.concatenate([first, indexing.part(classes, 1, 0, -1)], 1)
        keep = logical_and(keep, not_equal(classes, before))
    place = reductions.cumsum(cast(keep, "int32"), axis=1) - 1
    columns = creation.arange(shaping.size_of(labels, 1))
    hits = logical_and(shaping.expand_dims(keep, 2), equal(shaping.expand_dims(place, 2), columns))
    moved = reductions.sum(where(hits, shaping.expand_dims(labels + 1, 2), 0), axis=1) - 1
    longest = reductions.max(reductions.sum(cast(keep, "int32"), axis=1))
    return indexing.part(moved, 1, 0, longest)


# ---- the search over prefixes ----
#
# A prefix's probability is kept in two parts: of the alignments that end on a
# blank, and of those that end on its last label (Hannun et al., 2014).

def _searched(logs, running, width):
    """(prefixes (samples, width, time) padded with -1, log probabilities), best first."""
    samples, steps = shaping.size_of(logs, 1), shaping.size_of(logs, 0)

    def rows(first, others, dtype):
        head = creation.full([samples, 1], first, dtype)
        tail = creation.full([samples, width - 1], others, dtype)
        return joining.concatenate([head, tail], 1) if width > 1 else head

    def step(now, going, *states):
        new = _extended(now, width, *states)
        return [], [where(_beside(going, old), n, old) for n, old in zip(new, states)]

    states = [creation.full([samples, width, steps], -1, "int64"), rows(0, 0, "int32"),
              rows(EMPTY, UNUSED, "int64"), rows(NO_PARENT, NO_PARENT, "int64"),
              rows(-1, -1, "int64"), rows(0., IMPOSSIBLE, logs.dtype),
              rows(IMPOSSIBLE, IMPOSSIBLE, logs.dtype)]
    _, final = scan(step, [logs, running], states)
    return final[0], _either(final[5], final[6])


def _beside(flags, x):
    return shaping.reshape(flags, (-1,) + (1,) * (x.ndim - 1))


def _either(a, b):
    """log(exp(a) + exp(b))."""
    return reductions.logsumexp(joining.stack([a, b], 0), axis=0)


def _extended(now, width, prefixes, length, code, parent, last, blank, label):
    """The best prefixes one step later; now: (samples, classes) log probabilities."""
    labels = now.shape[1] - 1
    total = _either(blank, label)
    is_last = indexing.one_hot.bind(last, depth=labels, dtype=now.dtype)
    child = equal(shaping.expand_dims(parent, 2), shaping.expand_dims(code, 1))
    stay_blank, stay_label = _stayed(now, is_last, child, last, blank, label, total)
    grown = _grown(now, is_last, child, blank, total)
    candidates = joining.concatenate(
        [_either(stay_blank, stay_label), shaping.reshape(grown, (-1, width * labels))], 1)
    scores, chosen = indexing.top_k(candidates, width)
    stays = less(chosen, width)
    source = where(stays, chosen, (chosen - width) // labels)
    added = cast((chosen - width) % labels, "int64")

    def of(x):
        return _picked(x, source, width)

    at_end = equal(shaping.expand_dims(of(length), 2),
                   creation.arange(shaping.size_of(prefixes, 2)))
    write = logical_and(shaping.expand_dims(equal(cast(stays, "int32"), 0), 2), at_end)
    return [where(write, shaping.expand_dims(added, 2), of(prefixes)),
            where(stays, of(length), of(length) + 1),
            where(stays, of(code), of(code) * np.int64(MULTIPLIER) + added + 2),
            where(stays, of(parent), of(code)), where(stays, of(last), added),
            where(stays, of(stay_blank), IMPOSSIBLE), where(stays, of(stay_label), scores)]


def _stayed(now, is_last, child, last, blank, label, total):
    """The two parts of each prefix that stays as it is, in which its parent may grow into it."""
    of_last = reductions.sum(is_last * _labels_of(now), axis=2)
    repeats = equal(shaping.expand_dims(last, 2), shaping.expand_dims(last, 1))
    from_each = where(repeats, shaping.expand_dims(blank, 1), shaping.expand_dims(total, 1))
    from_parent = reductions.max(where(child, from_each, IMPOSSIBLE), axis=2)
    stay_label = where(less(last, 0), IMPOSSIBLE, of_last + _either(label, from_parent))
    return total + indexing.part(now, 1, -1, None), stay_label


def _grown(now, is_last, child, blank, total):
    """Each prefix with each label added, but for those that are among the prefixes already."""
    before = where(greater_equal(is_last, 0.5), shaping.expand_dims(blank, 2),
                   shaping.expand_dims(total, 2))
    present = linalg.matmul(cast(shaping.permute_dimensions(child, (0, 2, 1)), now.dtype), is_last)
    return where(greater_equal(present, 0.5), 2 * IMPOSSIBLE, before + _labels_of(now))


def _labels_of(now):
    """(samples, 1, labels): the log probabilities without the blank's."""
    return shaping.expand_dims(indexing.part(now, 1, 0, -1), 1)


def _picked(x, source, width):
    """Of each sample's rows of x those that `source` (samples, width) names."""
    samples = shaping.size_of(x, 0)
    rest = [shaping.size_of(x, i) for i in range(2, x.ndim)]
    first = shaping.expand_dims(creation.arange(samples) * width, 1)
    flat = shaping.reshape(x, [samples * width, *rest])
    return indexing.take(flat, source + first, 0)
