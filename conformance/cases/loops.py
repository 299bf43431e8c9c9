"""K's loops over steps: masks, constants, backwards, unrolled, and the three folds."""
import functools

import numpy as np

from ..arrays import Given, draw
from ..table import Options, Table

TABLE = Table("loops")
WAYS = {"dtypes": ("float32", "float64"), "layouts": ("plain",)}
RNN = Options(unknown="batch", tolerance="recurrent", call=lambda K, **a: _rnn(K, **a))


def _rnn(K, x, h, w, mask=None, constant=None, go_backwards=False, unroll=False):
    """An output that is no state, a state, and a count of the steps that were taken."""
    def step(now, states):
        new = K.tanh(now + K.dot(states[0], w))
        new = new if constant is None else new * states[-1]
        return 2 * new, [new, states[1] + 1]
    states = [h, K.zeros_like(h, K.dtype(h))]
    last, outputs, states = K.rnn(step, x, states, go_backwards=go_backwards, mask=mask,
                                  constants=None if constant is None else [constant],
                                  unroll=unroll)
    return [last, outputs, *states]


@TABLE.reference("rnn", terms=lambda x, h, w, **attrs: x.shape[1] * w.shape[0],
                 scale=lambda **a: [2 + np.abs(y) for y in rnn(**a)])
def rnn(x, h, w, mask=None, constant=None, go_backwards=False, unroll=False):
    """(last output, outputs, states): where masked the state stays and the output is repeated."""
    count, output = np.zeros_like(h), np.zeros_like(h)
    outputs = []
    for t in range(x.shape[1])[::-1] if go_backwards else range(x.shape[1]):
        here = np.ones(len(x), bool) if mask is None else mask[:, t].reshape(-1)
        here = here.astype(bool)[:, None]
        new = np.tanh(x[:, t] + h @ w) * (1 if constant is None else constant)
        output = np.where(here, 2 * new, output)
        h, count = np.where(here, new, h), np.where(here, count + 1, count)
        outputs.append(output)
    return output, np.stack(outputs, axis=1), h, count


X, STATE, WEIGHTS = draw(3, 4, 2), draw(3, 2), draw(2, 2)
MASKS = [Given([[True, True, True, True], [True, True, False, False], [True, True, True, False]],
               "shorter at the end", "bool", smooth=True),
         Given([[False, True, True, True], [False, False, False, False],
                [True, False, True, False]], "at the start, everywhere, between", "bool",
               smooth=True)]
TABLE.cases("rnn", x=[X, draw(3, 1, 2)], h=STATE, w=WEIGHTS, go_backwards=[False, True],
            unroll=[False, True], options=RNN, **WAYS)
TABLE.cases("rnn", x=X, h=STATE, w=WEIGHTS, mask=MASKS, go_backwards=[False, True],
            unroll=[False, True], options=RNN, **WAYS)
TABLE.cases("rnn", x=X, h=STATE, w=WEIGHTS, constant=STATE, options=RNN, **WAYS)
TABLE.cases("rnn", x=draw(0, 4, 2), h=draw(0, 2), w=WEIGHTS, options=RNN, unroll=[False, True],
            mask=[None, draw(0, 4, dtype="bool")], **WAYS)
TABLE.cases("rnn", x=X, h=STATE, w=WEIGHTS, mask=Given(
    [[[1], [1], [0], [0]], [[1], [0], [1], [1]], [[0], [0], [0], [1]]], "of numbers, 3 axes",
    "uint8", smooth=True), constant=STATE, options=RNN, **WAYS)


# ---- maps and folds ----

TABLE.reference("map_fn")(lambda elems, other=None: elems * elems + 1 if other is None else (
    elems + other, 2 * elems, other))
TABLE.cases("map_fn", elems=[draw(4, 3), draw(4), draw(1, 2, 2), draw(0, 3), draw(2, 0)], **WAYS,
            options=Options(unknown="batch", tolerance="arithmetic",
                            call=lambda K, elems: K.map_fn(lambda row: row * row + 1, elems)))


def _in_structures(K, elems, other):
    """Slices come, and results go, in lists, tuples and dicts."""
    def both(row):
        a, (b,) = row["a"], row["rest"]
        return [a + b, {"twice": (2 * a, b)}]

    total, rest = K.map_fn(both, {"a": elems, "rest": (other,)}, dtype="float32")
    return [total, *rest["twice"]]


TABLE.cases("map_fn", elems=draw(4, 3), other=draw(4, 3), **WAYS,
            options=Options(unknown="batch", tolerance="arithmetic", call=_in_structures))


def _folded(steps, initializer):
    """An order shows: each step halves what came before."""
    steps = list(steps)
    result = steps.pop(0) if initializer is None else initializer
    for step in steps:
        result = 0.5 * result + step
    return result


def _of_abs(fold):
    return lambda elems, initializer=None, **attrs: fold(
        np.abs(elems), None if initializer is None else np.abs(initializer), **attrs)


def _foldl(elems, initializer=None, several=False):
    result = _folded(elems, initializer)
    return (result, 2 * result) if several else result


def _foldr(elems, initializer=None, several=False):
    return _foldl(elems[::-1], initializer, several)


def _accumulated(K, elems, initializer, several, name):
    """Two numbers in a tuple, one the other's double, from slices that are halves."""
    def step(acc, row):
        return 0.5 * acc[0] + row[0] + row[1], 0.5 * acc[1] + 2 * (row[0] + row[1])

    halves = elems * 0.5
    return list(getattr(K, name)(step, [halves, halves], (initializer, 2 * initializer)))


for _name, _fold in (("foldl", _foldl), ("foldr", _foldr)):
    TABLE.reference(_name, scale=_of_abs(_fold), terms=lambda elems, **attrs: len(elems))(_fold)
    _options = Options(unknown="none", tolerance="sum", call=lambda K, elems, initializer=None,
                       name=_name: getattr(K, name)(lambda a, x: 0.5 * a + x, elems, initializer))
    TABLE.cases(_name, elems=[draw(4, 3), draw(1, 2)], options=_options, **WAYS)
    TABLE.cases(_name, elems=draw(4, 3), initializer=draw(3), options=_options, **WAYS)
    TABLE.cases(_name, elems=draw(4, 3), initializer=draw(3), several=True, **WAYS,
                options=_options._replace(call=functools.partial(_accumulated, name=_name)))
