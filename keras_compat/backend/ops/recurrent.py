"""Whole recurrent layers as one op: what a backend's fused kernels can stand in for.

The bodies are the definitions, as loops over `scan`. Masks, constants and dropout
between steps are not for these; layers then go through K.rnn.
"""
from .. import registry
from ..control_flow import scan
from ..registry import composite
from . import activations, elementwise, indexing, joining, linalg, shaping
from .convert import agree, as_tensor
from .families import need_one_dtype
from .window import need_rank

ACTIVATIONS = {
    "linear": lambda x: x, "tanh": elementwise.tanh, "sigmoid": elementwise.sigmoid,
    "hard_sigmoid": activations.hard_sigmoid, "relu": activations.relu, "elu": activations.elu,
    "softplus": elementwise.softplus, "softsign": activations.softsign,
    "exponential": elementwise.exp, "softmax": activations.softmax,
}


# ---- arguments ----

def _tensors(x, states, kernel, recurrent_kernel, bias, gates):
    """All inputs as tensors of x's dtype whose shapes belong together."""
    x = activations.floats(x)
    need_rank(x, 3)
    kernel, recurrent_kernel, *states = (
        as_tensor(t, x.dtype) for t in (kernel, recurrent_kernel, *states))
    bias = None if bias is None else as_tensor(bias, x.dtype)
    need_one_dtype((x, kernel, recurrent_kernel, *states))
    units = recurrent_kernel.shape[0]
    _check_shape("kernel", kernel, (x.shape[2], units * gates))
    _check_shape("recurrent_kernel", recurrent_kernel, (units, units * gates))
    for state in states:
        _check_shape("initial state", state, (x.shape[0], units))
    return x, states, kernel, recurrent_kernel, bias


def _check_shape(name, tensor, shape):
    if len(tensor.shape) != len(shape) or not all(map(agree, tensor.shape, shape)):
        registry.fail(f"the {name} must fit the input and the units", tuple(shape),
                      f"{name} {tuple(tensor.shape)}")


def _check_activations(*names):
    for name in names:
        if name not in ACTIVATIONS:
            registry.fail("unknown activation", " or ".join(map(repr, ACTIVATIONS)), repr(name))


# ---- parts of the bodies ----

def _inputs(x, kernel, bias):
    """What the input gives to each step, time first."""
    z = linalg.dot(x, kernel)
    z = z if bias is None else z + bias
    return shaping.permute_dimensions(z, (1, 0, 2))


def _gates(z, count):
    """The columns of the gates."""
    units = z.shape[-1] // count
    return [indexing.part(z, z.ndim - 1, i * units, (i + 1) * units) for i in range(count)]


def _loop(step, sequence, states, reverse, return_sequences):
    """(output, final states): the first state of each step, or of the last one only."""
    def one(z, *carried):
        new = step(z, *carried)
        return ([new[0]] if return_sequences else []), new
    outputs, final = scan(one, [sequence], states, reverse=reverse)
    if not return_sequences:
        return (final[0], *final)
    output = joining.reverse(outputs[0], 0) if reverse else outputs[0]
    return (shaping.permute_dimensions(output, (1, 0, 2)), *final)


# ---- simple ----

@composite(tolerance="recurrent")
def simple_rnn(x, h0, kernel, recurrent_kernel, bias=None, activation="tanh", reverse=False,
               return_sequences=False):
    """h = activation(x_t kernel + bias + h recurrent_kernel) over the steps: (output, h).

    x (batch, time, features), h0 (batch, units), kernel (features, units),
    recurrent_kernel (units, units), bias (units,) or None, floats of one dtype.
    reverse: from the last step to the first. output: the last h, or with
    return_sequences all, (batch, time, units), in the order they were computed.
    Keras 2.3.1 SimpleRNNCell.
    """
    _check_activations(activation)
    x, (h0,), kernel, recurrent_kernel, bias = _tensors(x, [h0], kernel, recurrent_kernel, bias, 1)
    return simple_rnn.bind(x, h0, kernel, recurrent_kernel, bias, activation=activation,
                           reverse=bool(reverse), return_sequences=bool(return_sequences))


@simple_rnn.body
def _simple_rnn_body(x, h0, kernel, recurrent_kernel, bias, *, activation, reverse,
                     return_sequences):
    def step(z, h):
        return [ACTIVATIONS[activation](z + linalg.dot(h, recurrent_kernel))]
    return _loop(step, _inputs(x, kernel, bias), [h0], reverse, return_sequences)


# ---- LSTM ----

@composite(tolerance="recurrent")
def lstm(x, h0, c0, kernel, recurrent_kernel, bias=None, activation="tanh",
         recurrent_activation="sigmoid", reverse=False, return_sequences=False):
    """A long short-term memory over the steps: (output, h, c).

    With z = x_t kernel + bias + h recurrent_kernel in four parts i, f, g, o:
    c = r(f) c + r(i) a(g), h = r(o) a(c). kernel (features, 4 units),
    recurrent_kernel (units, 4 units), bias (4 units,) or None; h0, c0 (batch,
    units). The rest as `simple_rnn`. Keras 2.3.1 LSTMCell.
    """
    _check_activations(activation, recurrent_activation)
    x, (h0, c0), kernel, recurrent_kernel, bias = _tensors(
        x, [h0, c0], kernel, recurrent_kernel, bias, 4)
    return lstm.bind(x, h0, c0, kernel, recurrent_kernel, bias, activation=activation,
                     recurrent_activation=recurrent_activation, reverse=bool(reverse),
                     return_sequences=bool(return_sequences))


@lstm.body
def _lstm_body(x, h0, c0, kernel, recurrent_kernel, bias, *, activation, recurrent_activation,
               reverse, return_sequences):
    act, gate = ACTIVATIONS[activation], ACTIVATIONS[recurrent_activation]

    def step(z, h, c):
        i, f, g, o = _gates(z + linalg.dot(h, recurrent_kernel), 4)
        c = gate(f) * c + gate(i) * act(g)
        return [gate(o) * act(c), c]
    return _loop(step, _inputs(x, kernel, bias), [h0, c0], reverse, return_sequences)


# ---- GRU ----

@composite(tolerance="recurrent")
def gru(x, h0, kernel, recurrent_kernel, bias=None, activation="tanh",
        recurrent_activation="sigmoid", reset_after=False, reverse=False, return_sequences=False):
    """A gated recurrent unit over the steps: (output, h).

    With u = x_t kernel + bias in three parts z, r, h, and likewise the columns of
    recurrent_kernel: z = r(u_z + h R_z), r = r(u_r + h R_r), the candidate
    a(u_h + (r h) R_h), h = z h + (1 - z) candidate. reset_after: the candidate is
    a(u_h + r (h R_h + b_h)) and bias is (2, 3 units), the second row being added to
    h R. kernel (features, 3 units), recurrent_kernel (units, 3 units), bias (3
    units,) or None. The rest as `simple_rnn`. Keras 2.3.1 GRUCell.
    """
    _check_activations(activation, recurrent_activation)
    x, (h0,), kernel, recurrent_kernel, bias = _tensors(x, [h0], kernel, recurrent_kernel, bias, 3)
    return gru.bind(x, h0, kernel, recurrent_kernel, bias, activation=activation,
                    recurrent_activation=recurrent_activation, reset_after=bool(reset_after),
                    reverse=bool(reverse), return_sequences=bool(return_sequences))


@gru.body
def _gru_body(x, h0, kernel, recurrent_kernel, bias, *, activation, recurrent_activation,
              reset_after, reverse, return_sequences):
    act, gate = ACTIVATIONS[activation], ACTIVATIONS[recurrent_activation]
    units = recurrent_kernel.shape[0]
    inner = bias[1] if reset_after and bias is not None else None
    outer = bias[0] if reset_after and bias is not None else bias
    early, late = (indexing.part(recurrent_kernel, 1, 0, 2 * units),
                   indexing.part(recurrent_kernel, 1, 2 * units, None))

    def before(u, h):
        uz, ur, uh = _gates(u, 3)
        hz, hr = _gates(linalg.dot(h, early), 2)
        return gate(uz + hz), uh + linalg.dot(gate(ur + hr) * h, late)

    def after(u, h):
        uz, ur, uh = _gates(u, 3)
        hidden = linalg.dot(h, recurrent_kernel)
        hz, hr, hh = _gates(hidden if inner is None else hidden + inner, 3)
        return gate(uz + hz), uh + gate(ur + hr) * hh

    def step(u, h):
        z, candidate = after(u, h) if reset_after else before(u, h)
        return [z * h + (1 - z) * act(candidate)]
    return _loop(step, _inputs(x, kernel, outer), [h0], reverse, return_sequences)
