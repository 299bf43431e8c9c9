"""LSTM, GRU and SimpleRNN over whole sequences: the fused kernels, or loops by hand.

`torch.lstm` and `torch.gru` reach oneDNN and cuDNN. Where they do not fit, or
are slower, the loops of `cells.py` run. Both give first derivatives; a second
derivative goes through the cell's plain loop.
"""
import functools

import torch

from keras_compat.backends.torch import cells, second_order
from keras_compat.backends.torch.arrays import ON_CPU


class _Sequence(torch.autograd.Function):
    """A cell over a sequence, with its own backward.

    Inputs: the cell, x (steps, batch, features), kernel, recurrent kernel, bias
    or None, states. Outputs: all outputs (steps, batch, units) and last states.
    """

    @staticmethod
    def forward(ctx, cell, *inputs):
        ctx.cell = cell
        ctx.set_materialize_grads(False)
        outputs, ctx.kept = cell.forward(*inputs)
        ctx.save_for_backward(*inputs)
        return outputs

    @staticmethod
    def backward(ctx, *given):
        inputs, needs = ctx.saved_tensors, ctx.needs_input_grad[1:]
        if torch.is_grad_enabled():
            return (None, *second_order.again(ctx.cell.plain, inputs, given, needs))
        return (None, *ctx.cell.backward(ctx.kept, inputs, given, needs))


def _over_sequence(cell, x, reverse, return_sequences, *rest):
    """Runs a cell on x (batch, steps, features): (output, last states...)."""
    if not x.shape[1]:
        return _no_steps(x, return_sequences, *rest)
    cell, x = cell.fitting(rest[-1]), x.transpose(0, 1)
    if reverse:
        x = x.flip(0)
    if torch.is_grad_enabled():
        outputs, *states = _Sequence.apply(cell, x, *rest)
    else:
        outputs, *states = cell.infer(x, *rest)
    return (outputs.transpose(0, 1) if return_sequences else states[0], *states)


def _no_steps(x, return_sequences, kernel, recurrent, bias, *states):
    """The states that were given; as an output too where that is the last one."""
    return (states[0][:, None][:, :0] if return_sequences else states[0], *states)


# ---- PyTorch's own kernels, in the protocol of a cell ----

class _Native:
    """Forward and backward by a fused kernel, the plain loop by the cell it equals."""

    def infer(self, *inputs):
        return self.call(*inputs)

    def forward(self, *inputs):
        """(outputs, what is kept): the kernel is recorded on a tape of its own."""
        with torch.enable_grad():
            inputs = [None if x is None else x.detach().requires_grad_() for x in inputs]
            outputs = self.call(*inputs)
        return tuple(y.detach() for y in outputs), (outputs, inputs)

    def backward(self, kept, inputs, given, needs):
        return second_order.pulled_back(*kept, given, needs)


class _NativeLstm(_Native, cells.Lstm):
    """torch.lstm: its gate order i, f, g, o is Keras' own; it adds two biases, one is zero."""

    def call(self, x, kernel, recurrent, bias, h, c):
        weights = [kernel.t(), recurrent.t()]
        if bias is not None:
            weights += [bias, torch.zeros_like(bias)]
        train = torch.is_grad_enabled()
        outputs, h, c = torch.lstm(x, (h.unsqueeze(0), c.unsqueeze(0)), weights,
                                   bias is not None, 1, 0.0, train, False, False)
        return outputs, h.squeeze(0), c.squeeze(0)


class _NativeGru(_Native, cells.GruResetAfter):
    """torch.gru: gates r, z, n, where Keras has z, r, h."""

    def call(self, x, kernel, recurrent, bias, h):
        weights = [_swapped(kernel).t(), _swapped(recurrent).t()]
        if bias is not None:
            weights += list(_swapped(bias))
        outputs, h = torch.gru(x, h.unsqueeze(0), weights, bias is not None, 1, 0.0,
                               torch.is_grad_enabled(), False, False)
        return outputs, h.squeeze(0)


class _CpuGru(cells.GruResetAfter):
    """The loop by hand, but torch.gru for a few samples: there its steps cost less."""

    def infer(self, x, *weights_and_state):
        if x.shape[1] < 8:
            return _NativeGru.call(self, x, *weights_and_state)
        return super().infer(x, *weights_and_state)


def _swapped(weight):
    z, r, h = weight.chunk(3, -1)
    return torch.cat([r, z, h], -1)


# ---- what the planner asks for ----

def _usable(specs, attrs):
    """Whether names and dtype fit (float16 on the CPU goes the long way, step by step)."""
    names = {attrs["activation"], attrs.get("recurrent_activation", "linear")}
    return (names <= set(cells.ACTIVATIONS) and specs[0][0][1] != 0
            and specs[0][1] in ("float32", "float64"))


def _standard(attrs):
    return attrs["activation"] == "tanh" and attrs["recurrent_activation"] == "sigmoid"


def _lstm(specs, attrs):
    """The fused kernel for tanh and sigmoid, else the loop; float64 has no kernel on the CPU."""
    if not _usable(specs, attrs):
        return None
    fused = _standard(attrs) and (not ON_CPU or specs[0][1] == "float32")
    cell = (_NativeLstm if fused else cells.Lstm)(attrs["activation"],
                                                  attrs["recurrent_activation"])

    def run(x, h, c, kernel, recurrent, bias):
        return _over_sequence(cell, x, attrs["reverse"], attrs["return_sequences"],
                              kernel, recurrent, bias, h, c)
    return run


def _gru(specs, attrs):
    """The loop; torch.gru on other devices, and where it is faster, if it fits."""
    if not _usable(specs, attrs):
        return None
    kind = cells.GruResetAfter if attrs["reset_after"] else cells.Gru
    if attrs["reset_after"] and _standard(attrs):
        kind = _CpuGru if ON_CPU else _NativeGru
    return _one_state(kind(attrs["activation"], attrs["recurrent_activation"]), attrs)


def _simple_rnn(specs, attrs):
    """The loop by hand."""
    return _one_state(cells.Simple(attrs["activation"]), attrs) if _usable(specs, attrs) else None


def _one_state(cell, attrs):
    return functools.partial(_run_one_state, cell, attrs["reverse"], attrs["return_sequences"])


def _run_one_state(cell, reverse, return_sequences, x, h, kernel, recurrent, bias):
    return _over_sequence(cell, x, reverse, return_sequences, kernel, recurrent, bias, h)


OPS = {}
SPECIALIZERS = {"lstm": _lstm, "gru": _gru, "simple_rnn": _simple_rnn}
