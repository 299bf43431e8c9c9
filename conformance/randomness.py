"""Random ops: bit-equal draws in the portable mode, the right distribution in the native one.

Portable draws are those of NumPy's PCG64 whatever the backend; a few numbers are written
out here, so that a change of the generator shows. Native draws are judged by moments and
the Kolmogorov-Smirnov distance at p = 1e-6, at a fixed seed.
"""
import contextlib
import math

import numpy as np

from keras_compat import backend as K
from keras_compat.backend import selection

from . import outcome
from .tolerance import Verdict

SEED = 7
SHAPE = (3, 4)
COUNT = 20000
_CHANCE = 1e-6
# Of a normal variable, the deviations beyond which it lies with that chance.
_DEVIATIONS = 4.9

WRITTEN = {"random_uniform": [0.9449049234390259, 0.6250954270362854, 0.6841799020767212],
           "random_normal": [1.5219693183898926, -1.1441057920455933, 1.150161623954773]}

OPS = ("random_uniform", "random_normal", "truncated_normal", "dropout", "random_binomial",
       "random_uniform_variable", "random_normal_variable")


def _generator():
    return np.random.Generator(np.random.PCG64(SEED))


@contextlib.contextmanager
def _mode(name):
    before = K.random_mode()
    K.set_random_mode(name)
    try:
        yield
    finally:
        K.set_random_mode(before)


def _drawn(tensor, calls=2):
    """What a function that computes the tensor gives at each call."""
    function = K.function([], [tensor])
    return [np.asarray(function([])[0]) for _ in range(calls)]


def _same(what, got, wanted):
    equal = got.dtype == wanted.dtype and np.array_equal(got, wanted)
    return Verdict(equal, 0.0, f"{what}: Expected the bits of {wanted.ravel()[:3]}; "
                               f"received {got.ravel()[:3]}")


def _true(what, holds, expected, received):
    return Verdict(bool(holds), 0.0, f"{what}: Expected {expected}; received {received}")


# ---- portable ----

def _portable_uniform():
    for dtype in ("float32", "float64"):
        generator = _generator()
        wanted = [generator.random(SHAPE, dtype=dtype) for _ in range(2)]
        for got, one in zip(_drawn(K.random_uniform(SHAPE, dtype=dtype, seed=SEED)), wanted):
            yield _same(f"uniform {dtype}", got, one)
    written = np.array(WRITTEN["random_uniform"], "float32")
    yield _same("written out", _drawn(K.random_uniform((3,), seed=SEED))[0], written)
    whole = _generator().integers(0, 9, SHAPE, dtype="int32")
    yield _same("int32", _drawn(K.random_uniform(SHAPE, 0, 9, "int32", seed=SEED))[0], whole)


def _portable_normal():
    generator = _generator()
    wanted = [generator.standard_normal(SHAPE, dtype="float32") for _ in range(2)]
    for got, one in zip(_drawn(K.random_normal(SHAPE, seed=SEED)), wanted):
        yield _same("normal", got, one)
    written = np.array(WRITTEN["random_normal"], "float32")
    yield _same("written out", _drawn(K.random_normal((3,), seed=SEED))[0], written)


def _portable_truncated():
    generator = _generator()
    draw = generator.standard_normal((500,), dtype="float32")
    while (np.abs(draw) > 2).any():
        outside = np.abs(draw) > 2
        draw[outside] = generator.standard_normal(int(outside.sum()), dtype="float32")
    yield _same("truncated", _drawn(K.truncated_normal((500,), seed=SEED))[0], draw)


def _portable_binomial():
    wanted = (_generator().random(SHAPE, dtype="float32") <= 0.4).astype("float32")
    yield _same("binomial", _drawn(K.random_binomial(SHAPE, 0.4, seed=SEED))[0], wanted)


def _portable_dropout():
    x = np.arange(1, 13, dtype="float32").reshape(SHAPE)
    keep = _generator().random(SHAPE, dtype="float32") >= 0.25
    placeholder = K.placeholder(SHAPE)
    y = K.dropout(placeholder, 0.25, seed=SEED)
    slope = K.gradients(K.sum(y), placeholder)[0]
    got, by_x = K.function([placeholder], [y, slope])([x])
    yield _same("which are kept", got != 0, keep)
    yield _true("the scale", np.allclose(got, np.where(keep, x / 0.75, 0), rtol=3e-7, atol=0),
                "x / (1 - level) where kept", got.ravel()[:4])
    yield _true("the gradient", np.allclose(by_x, keep / 0.75, rtol=3e-7, atol=0),
                "1 / (1 - level) where kept", by_x.ravel()[:4])
    rows = K.function([placeholder], [K.dropout(placeholder, 0.5, (3, 1), seed=SEED)])([x])[0]
    keep = _generator().random((3, 1), dtype="float32") >= 0.5
    yield _same("noise_shape", rows != 0, np.broadcast_to(keep, SHAPE))


def _portable_variables():
    uniform = K.get_value(K.random_uniform_variable(SHAPE, -1, 1, seed=SEED))
    wanted = _generator().random(SHAPE, dtype="float32") * np.float32(2) - np.float32(1)
    yield _same("uniform variable", uniform, wanted)


def _portable_normal_variables():
    normal = K.get_value(K.random_normal_variable(SHAPE, 0, 1, seed=SEED))
    yield _same("normal variable", normal, _generator().standard_normal(SHAPE, dtype="float32"))


_PORTABLE = dict(zip(OPS, (_portable_uniform, _portable_normal, _portable_truncated,
                           _portable_dropout, _portable_binomial, _portable_variables,
                           _portable_normal_variables)))


# ---- native ----

def _normal_share(x):
    return 0.5 * (1 + np.vectorize(math.erf, otypes=["float64"])(x / math.sqrt(2)))


def _truncated_share(x):
    low, high = _normal_share(np.array([-2.0, 2.0]))
    return (_normal_share(x) - low) / (high - low)


def _judged(what, draw, share, mean, deviation):
    """Mean, deviation and distance of the draws from a distribution."""
    ordered = np.sort(draw.astype("float64").ravel())
    n = len(ordered)
    expected = share(ordered)
    places = np.arange(n + 1) / n
    distance = max(np.abs(places[1:] - expected).max(), np.abs(expected - places[:-1]).max())
    limit = math.sqrt(-math.log(_CHANCE / 2) / (2 * n))
    yield _true(f"{what}, Kolmogorov-Smirnov", distance < limit, f"below {limit:.4f}", distance)
    off = abs(ordered.mean() - mean) / (deviation / math.sqrt(n))
    yield _true(f"{what}, mean", off < _DEVIATIONS, mean, ordered.mean())
    ratio = ordered.std() / deviation
    yield _true(f"{what}, deviation", abs(ratio - 1) < _DEVIATIONS / math.sqrt(n), deviation,
                ordered.std())


def _anew(make):
    """The same seed gives the same numbers, another call other ones."""
    first, second = _drawn(make(SEED))
    again = _drawn(make(SEED), calls=1)[0]
    yield _true("two calls", not np.array_equal(first, second), "other numbers", "the same")
    yield _true("the same seed", np.array_equal(first, again), "the same numbers", "others")


def _native(op):
    shape = (COUNT,)
    make = {"random_uniform": lambda seed: K.random_uniform(shape, 2.0, 5.0, seed=seed),
            "random_normal": lambda seed: K.random_normal(shape, 1.0, 3.0, seed=seed),
            "truncated_normal": lambda seed: K.truncated_normal(shape, 1.0, 3.0, seed=seed)}[op]
    share, mean, deviation = {
        "random_uniform": (lambda x: (x - 2) / 3, 3.5, 3 / math.sqrt(12)),
        "random_normal": (lambda x: _normal_share((x - 1) / 3), 1.0, 3.0),
        # the deviation of a normal variable within 2
        "truncated_normal": (lambda x: _truncated_share((x - 1) / 3), 1.0, 3 * 0.8796256610342398),
    }[op]
    yield from _judged(op, _drawn(make(SEED), calls=1)[0], share, mean, deviation)
    yield from _anew(make)


def _native_dropout():
    x = np.ones((COUNT,), "float32")
    placeholder = K.placeholder(x.shape)
    got = K.function([placeholder], [K.dropout(placeholder, 0.3, seed=SEED)])([x])[0]
    kept = got != 0
    yield _true("the scale", np.allclose(got[kept], 1 / 0.7, rtol=3e-7), 1 / 0.7, got[kept][:3])
    off = abs(kept.mean() - 0.7) / math.sqrt(0.21 / COUNT)
    yield _true("the share kept", off < _DEVIATIONS, 0.7, kept.mean())


def _native_binomial():
    got = _drawn(K.random_binomial((COUNT,), 0.4, seed=SEED), calls=1)[0]
    off = abs(got.mean() - 0.4) / math.sqrt(0.24 / COUNT)
    yield _true("the share", off < _DEVIATIONS and set(np.unique(got)) <= {0, 1}, 0.4, got.mean())


# ---- running ----

def ids(mode):
    """The case ids of a mode, by op."""
    ops = OPS if mode == "portable" else OPS[:5]
    return {op: (f"{op}: {mode} draws",) for op in ops}


def run(backend, op, mode):
    """The one outcome of an op in a mode."""
    [case_id] = ids(mode)[op]
    try:
        with selection.set_backend(backend), _mode(mode):
            return [outcome.judged(case_id, op, mode, list(_verdicts(op, mode)))]
    except Exception as error:
        return [outcome.raised(case_id, op, mode, error)]


def _verdicts(op, mode):
    if mode == "portable":
        return _PORTABLE[op]()
    special = {"dropout": _native_dropout, "random_binomial": _native_binomial}
    return special[op]() if op in special else _native(op)
