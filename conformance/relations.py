"""Relations that hold whatever the right numbers are: no reference is needed for them.

Each yields pairs (words, one side, the other side), both computed by the backend under
test in float32; they must agree to a few roundings of the greatest number in them.
Programs over layers are in `layer_relations`.
"""
import numpy as np

from keras_compat import backend as K
from keras_compat.backend import selection

from . import arrays, layer_relations, outcome
from .tolerance import UNIT, Verdict

_ROUNDINGS = 64


def ids():
    """op or layer -> the ids of its relations."""
    return {op: tuple(f"{op}: relation, {words}" for words in lines)
            for op, lines in _all().items()}


def run(backend, op, chosen):
    """An `Outcome` per id."""
    functions = dict(zip(ids()[op], _all()[op].values()))
    with selection.set_backend(backend):
        return [_outcome(one, op, functions[one]) for one in chosen]


def _all():
    return {**RELATIONS, **layer_relations.RELATIONS}


def _outcome(case_id, op, function):
    try:
        verdicts = [_agree(*pair) for pair in function()]
        verdicts = verdicts or [Verdict(False, 0.0, "Expected two sides; received nothing")]
        return outcome.judged(case_id, op, "relation", verdicts)
    except Exception as error:
        return outcome.raised(case_id, op, "relation", error)


def _agree(words, one, other):
    one, other = np.asarray(one, "float64"), np.asarray(other, "float64")
    if one.shape != other.shape:
        return Verdict(False, 0.0, f"{words}: Expected shape {other.shape}; received {one.shape}")
    bound = _ROUNDINGS * UNIT["float32"] * (1 + np.abs(other).max(initial=0))
    worst = float((np.abs(one - other) / bound).max(initial=0))
    worst = float("inf") if np.isnan(worst) else worst
    return Verdict(worst <= 1, worst, f"{words}: Expected two sides that differ by at most "
                                      f"{bound:.3g}; received {worst * bound:.3g}")


def drawn(*shape, name="x"):
    """Numbers of a shape, the same at all times."""
    return arrays.draw(*shape).array("float32", arrays.seed_of("relations", name, str(shape)))


def computed(function, *values):
    """function of placeholders for the values, evaluated."""
    placeholders = [K.placeholder(v.shape, dtype=v.dtype.name) for v in values]
    return K.function(placeholders, [function(*placeholders)])(list(values))[0]


# ---- families of relations ----

def _linear(op, *shapes):
    """op is linear in each operand."""
    def relation():
        operands = [drawn(*shape, name=str(i)) for i, shape in enumerate(shapes)]
        for i, shape in enumerate(shapes):
            more = drawn(*shape, name="more")
            mixed, second = list(operands), list(operands)
            mixed[i], second[i] = 2 * operands[i] - 3 * more, more
            yield (f"operand {i}", computed(op, *mixed),
                   2 * computed(op, *operands) - 3 * computed(op, *second))
    return relation


def _batchwise(op, *shape):
    """Samples do not see each other."""
    def relation():
        x, order = drawn(5, *shape), [3, 0, 4, 2, 1]
        y = computed(op, x)
        yield "permuted", computed(op, x[order]), y[order]
        yield "one at a time", np.concatenate([computed(op, x[i:i + 1]) for i in range(5)]), y
    return relation


def _channels_last_as_first(op, rank, *others):
    """op(x, .., data_format) of moved channels is the moved result."""
    def relation():
        x = drawn(2, *(6, 5, 4)[:rank], 4)
        values = [drawn(*shape, name="w") for shape in others]
        last = computed(lambda a, *w: op(a, *w, data_format="channels_last"), x, *values)
        first = computed(lambda a, *w: op(a, *w, data_format="channels_first"),
                         np.moveaxis(x, -1, 1), *values)
        yield "moved", np.moveaxis(first, 1, -1), last
    return relation


def _shifted_by(op, change, effect, *shape):
    """op(change(x)) is effect(op(x))."""
    def relation():
        x = drawn(*shape)
        yield "changed", computed(op, change(x)), effect(computed(op, x))
    return relation


def _undone(op, inverse, *shape):
    """inverse(op(x)) is x."""
    def relation():
        x = drawn(*shape)
        yield "done and undone", computed(lambda t: inverse(op(t)), x), x
    return relation


def _equal(op, other, *shapes):
    """Two ways to the same."""
    def relation():
        values = [drawn(*shape, name=str(i)) for i, shape in enumerate(shapes)]
        yield "both ways", computed(op, *values), computed(other, *values)
    return relation


# ---- one by one ----

def _shift_equivariant():
    """A picture moved inside of a border of zeros gives the result moved."""
    x, kernel = np.zeros((1, 9, 9, 2), "float32"), drawn(3, 2, 2, 3)
    x[:, 2:6, 3:6] = drawn(1, 4, 3, 2)
    y = computed(K.conv2d, x, kernel)
    moved = computed(K.conv2d, np.roll(x, (1, 2), (1, 2)), kernel)
    yield "moved by (1, 2)", moved, np.roll(y, (1, 2), (1, 2))


def _statistics_removed():
    x = drawn(6, 3)

    def normalized(t):
        return K.normalize_batch_in_training(t, None, None, [0], epsilon=0.0)[0]
    yield "scaled and moved", computed(normalized, 3 * x + 1), computed(normalized, x)


def _conv2d(**options):
    return lambda x, kernel, **more: K.conv2d(x, kernel, **options, **more)


def _pool(mode, **options):
    return lambda x, **more: K.pool2d(x, (2, 3), pool_mode=mode, **options, **more)


RELATIONS = {
    "conv2d": {"shift-equivariant": _shift_equivariant,
               "linear in image and kernel": _linear(K.conv2d, (2, 6, 5, 3), (3, 2, 3, 4)),
               "channels first": _channels_last_as_first(
                   _conv2d(padding="same", strides=(2, 1)), 2, (2, 2, 4, 3)),
               "samples apart": _batchwise(lambda x: K.conv2d(x, np.ones((2, 3, 2, 2), "float32")),
                                           5, 5, 2)},
    "conv1d": {"channels first": _channels_last_as_first(
        lambda x, w, **more: K.conv1d(x, w, padding="same", **more), 1, (2, 4, 3))},
    "conv3d": {"channels first": _channels_last_as_first(
        lambda x, w, **more: K.conv3d(x, w, padding="same", **more), 3, (2, 1, 3, 4, 2))},
    "depthwise_conv2d": {"linear in image and kernel": _linear(
        K.depthwise_conv2d, (2, 5, 5, 3), (2, 3, 3, 2))},
    "pool2d": {"the greatest moves with all": _shifted_by(
        _pool("max", padding="same"), lambda x: x + 3, lambda y: y + 3, 2, 5, 5, 2),
        "the greatest through a rising function": _equal(
            lambda x: K.exp(_pool("max")(x)), lambda x: _pool("max")(K.exp(x)), (2, 5, 6, 2)),
        "the mean moves with all": _shifted_by(
            _pool("avg", padding="same"), lambda x: x + 3, lambda y: y + 3, 2, 5, 5, 2),
        "the mean is linear": _linear(_pool("avg"), (2, 5, 6, 2)),
        "channels first": _channels_last_as_first(_pool("avg", padding="same"), 2)},
    "dot": {"linear in both": _linear(K.dot, (3, 4), (4, 2)), "transposed": _equal(
        lambda x, y: K.transpose(K.dot(x, y)), lambda x, y: K.dot(K.transpose(y), K.transpose(x)),
        (3, 4), (4, 5))},
    "batch_dot": {"a product for each sample": _equal(
        lambda x, y: K.batch_dot(x, y), lambda x, y: K.stack(
            [K.dot(x[i], y[i]) for i in range(3)]), (3, 2, 4), (3, 4, 5))},
    "softmax": {"moved by a constant": _shifted_by(
        K.softmax, lambda x: x + np.float32(5), lambda y: y, 3, 4),
        "sums to 1": _equal(lambda x: K.sum(K.softmax(x), -1),
                            lambda x: K.ones_like(x[:, 0], K.dtype(x[:, 0])), (3, 4)),
        "samples apart": _batchwise(K.softmax, 4)},
    "logsumexp": {"moved by a constant": _shifted_by(
        lambda x: K.logsumexp(x, axis=-1), lambda x: x + 5, lambda y: y + 5, 3, 4)},
    "log_softmax": {"the logarithm of softmax": _equal(
        lambda x: K.exp(K.log_softmax(x)), K.softmax, (3, 4))},
    "reverse": {"twice": _undone(lambda x: K.reverse(x, (0, 2)), lambda x: K.reverse(x, (0, 2)),
                                 2, 3, 4)},
    "permute_dimensions": {"there and back": _undone(
        lambda x: K.permute_dimensions(x, (2, 0, 1)),
        lambda x: K.permute_dimensions(x, (1, 2, 0)), 2, 3, 4)},
    "concatenate": {"parts joined": _undone(lambda x: (x[:, :1], x[:, 1:]),
                                            lambda parts: K.concatenate(list(parts), 1), 2, 3)},
    "cumsum": {"differences": _equal(lambda x: K.cumsum(x, 0)[1:] - K.cumsum(x, 0)[:-1],
                                     lambda x: x[1:], (5, 2))},
    "sum": {"axes in turn": _equal(lambda x: K.sum(x, (0, 2)),
                                   lambda x: K.sum(K.sum(x, 2), 0), (2, 3, 4))},
    "var": {"from the squares": _equal(
        lambda x: K.var(x, 0), lambda x: K.mean(K.square(x), 0) - K.square(K.mean(x, 0)), (6, 2)),
        "moved by a constant": _shifted_by(lambda x: K.var(x, 0), lambda x: x + 2, lambda y: y,
                                           6, 3)},
    "sigmoid": {"of -x": _equal(lambda x: K.sigmoid(-x), lambda x: 1 - K.sigmoid(x), (4, 3))},
    "l2_normalize": {"scaled": _shifted_by(lambda x: K.l2_normalize(x, 1), lambda x: 4 * x,
                                           lambda y: y, 3, 4)},
    "normalize_batch_in_training": {"scaled and moved": _statistics_removed},
}
