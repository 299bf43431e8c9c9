"""Whole recurrent layers: the order of the gates, GRU's two resets, both directions."""
import numpy as np

from ..arrays import draw
from ..table import Options, Table

TABLE = Table("recurrent")
BATCH = Options(unknown="batch")
KNOWN = {"options": Options(unknown="none"), "layouts": ("plain",), "dtypes": ("float32",)}

ACTIVATIONS = {
    "linear": lambda x: x, "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1), "relu": lambda x: np.maximum(x, 0),
}


def _steps(x, reverse):
    """The steps in the order in which they are taken."""
    steps = [x[:, t] for t in range(x.shape[1])]
    return steps[::-1] if reverse else steps


def _result(outputs, states, return_sequences):
    output = np.stack(outputs, axis=1) if return_sequences else outputs[-1]
    return (output, *states)


def _bias(bias):
    return 0.0 if bias is None else bias


def _terms(x, kernel, recurrent_kernel, **attrs):
    return x.shape[1] * int(np.sqrt(kernel.shape[0] + recurrent_kernel.shape[0]) + 1)


def _unit(compute):
    """E: sums of numbers up to about 4 in each step."""
    def scale(**arguments):
        return [4 + np.abs(y) for y in compute(**arguments)]
    return scale


def simple_rnn(x, h0, kernel, recurrent_kernel, bias=None, activation="tanh", reverse=False,
               return_sequences=False):
    """h = a(x W + b + h U)."""
    h, outputs = h0, []
    for step in _steps(x, reverse):
        h = ACTIVATIONS[activation](step @ kernel + _bias(bias) + h @ recurrent_kernel)
        outputs.append(h)
    return _result(outputs, (h,), return_sequences)


def lstm(x, h0, c0, kernel, recurrent_kernel, bias=None, activation="tanh",
         recurrent_activation="sigmoid", reverse=False, return_sequences=False):
    """Gates in the order i, f, c, o."""
    act, gate = ACTIVATIONS[activation], ACTIVATIONS[recurrent_activation]
    h, c, outputs = h0, c0, []
    for step in _steps(x, reverse):
        i, f, g, o = np.split(step @ kernel + _bias(bias) + h @ recurrent_kernel, 4, axis=1)
        c = gate(f) * c + gate(i) * act(g)
        h = gate(o) * act(c)
        outputs.append(h)
    return _result(outputs, (h, c), return_sequences)


def gru(x, h0, kernel, recurrent_kernel, bias=None, activation="tanh",
        recurrent_activation="sigmoid", reset_after=False, reverse=False, return_sequences=False):
    """Gates in the order z, r, h; the reset before the product, or after it."""
    act, gate = ACTIVATIONS[activation], ACTIVATIONS[recurrent_activation]
    outer, inner = (bias[0], bias[1]) if reset_after and bias is not None else (_bias(bias), 0.0)
    early, late = np.split(recurrent_kernel, [2 * len(recurrent_kernel)], axis=1)
    h, outputs = h0, []
    for step in _steps(x, reverse):
        xz, xr, xh = np.split(step @ kernel + outer, 3, axis=1)
        if reset_after:
            hz, hr, hh = np.split(h @ recurrent_kernel + inner, 3, axis=1)
            z, r = gate(xz + hz), gate(xr + hr)
            candidate = act(xh + r * hh)
        else:
            hz, hr = np.split(h @ early, 2, axis=1)
            z, r = gate(xz + hz), gate(xr + hr)
            candidate = act(xh + (r * h) @ late)
        h = z * h + (1 - z) * candidate
        outputs.append(h)
    return _result(outputs, (h,), return_sequences)


for _name, _compute in (("simple_rnn", simple_rnn), ("lstm", lstm), ("gru", gru)):
    TABLE.reference(_name, scale=_unit(_compute), terms=_terms)(_compute)

SMALL = {"low": -0.7, "high": 0.7}
X = draw(2, 4, 3)


def _weights(gates, features=3, units=2, bias=None, without=True):
    given = draw(*(bias or (gates * units,)), **SMALL)
    return {"kernel": draw(features, gates * units, **SMALL),
            "recurrent_kernel": draw(units, gates * units, **SMALL),
            "bias": [given, None] if without else given}


STATE = draw(2, 2, **SMALL)
FLAGS = {"reverse": [False, True], "return_sequences": [False, True]}
GATES = {"recurrent_activation": ["sigmoid", "hard_sigmoid"], "activation": ["tanh", "relu"]}
TABLE.cases("simple_rnn", x=X, h0=STATE, **_weights(1), **FLAGS, options=BATCH)
TABLE.cases("simple_rnn", x=X, h0=STATE, **_weights(1, without=False), **KNOWN,
            activation=["relu", "linear", "sigmoid"])
TABLE.cases("lstm", x=X, h0=STATE, c0=STATE, **_weights(4), **FLAGS, options=BATCH)
TABLE.cases("lstm", x=X, h0=STATE, c0=STATE, **_weights(4, without=False), **KNOWN, **GATES)
TABLE.cases("gru", x=X, h0=STATE, **_weights(3), **FLAGS, options=BATCH)
TABLE.cases("gru", x=X, h0=STATE, **_weights(3, bias=(2, 6)), reset_after=True, options=BATCH)
TABLE.cases("gru", x=X, h0=STATE, **_weights(3, bias=(2, 6), without=False), reset_after=True,
            reverse=True, return_sequences=True, **KNOWN)
TABLE.cases("gru", x=X, h0=STATE, **_weights(3, without=False), **KNOWN, **GATES)
TABLE.cases("gru", x=X, h0=STATE, **_weights(3, bias=(2, 6), without=False), reset_after=True,
            **KNOWN, **GATES)
TABLE.cases("gru", x=draw(2, 3, 2), h0=draw(2, 3, **SMALL), reset_after=True, **KNOWN,
            **_weights(3, 2, 3, bias=(2, 9), without=False), return_sequences=True)
for _op, _states, _gates in (("simple_rnn", ("h0",), 1), ("lstm", ("h0", "c0"), 4),
                             ("gru", ("h0",), 3)):
    TABLE.cases(_op, x=draw(1, 1, 1), **{name: draw(1, 1, **SMALL) for name in _states},
                **_weights(_gates, 1, 1, without=False), options=BATCH, layouts=("plain",))
    # Twice 3 is not 2 + 3: a gate's columns begin where a multiple of the units says.
    TABLE.cases(_op, x=draw(2, 3, 2), **{name: draw(2, 3, **SMALL) for name in _states},
                **_weights(_gates, 2, 3, without=False), return_sequences=True, **KNOWN)
    TABLE.cases(_op, x=draw(0, 4, 3), **{name: draw(0, 2) for name in _states},
                **_weights(_gates), return_sequences=[False, True], options=BATCH,
                layouts=("plain",))
