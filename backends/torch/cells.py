"""Recurrent cells over a whole sequence: forward and backward written out by hand.

What does not depend on the previous step is computed for all steps in one
matrix product; derivatives of the activations are one call for all steps too,
so that a step back is a handful of calls into buffers made once. Time comes
first in here: (steps, batch, units).
"""
import functools

import torch


class Activation:
    """scale, scaled_: f(x) is scaled_(scale * x), in place; slope: f' from f's value.

    plain: f in ops that can be differentiated. The scale goes into the weights
    once, so that a step needs one call: PyTorch's hardsigmoid is x / 6 + 0.5, and
    2 sigmoid(2x) - 1 is several times faster than torch.tanh on some processors
    (its absolute error, which counts in a state, is as small).
    """

    def __init__(self, scale, scaled_, slope, plain):
        self.scale = scale
        self.scaled_ = scaled_
        self.slope = slope
        self.plain = plain


ACTIVATIONS = {
    "tanh": Activation(2.0, lambda x: x.sigmoid_().mul_(2).sub_(1),
                       lambda y: torch.addcmul(y.new_ones(()), y, y, value=-1), torch.tanh),
    "sigmoid": Activation(1.0, torch.sigmoid_, lambda y: torch.addcmul(y, y, y, value=-1),
                          torch.sigmoid),
    "hard_sigmoid": Activation(1.2, lambda x: torch.nn.functional.hardsigmoid(x, inplace=True),
                               lambda y: ((y > 0) & (y < 1)).to(y.dtype).mul_(0.2),
                               lambda x: torch.clamp(x * 0.2 + 0.5, 0, 1)),
    "relu": Activation(1.0, torch.relu_, lambda y: (y > 0).to(y.dtype), torch.relu),
    "linear": Activation(1.0, lambda x: x, torch.ones_like, lambda x: x),
}
# Up to so many elements of a state a call costs more than its arithmetic: one is better than three.
_SMALL = 1024
_SMALL_ACTIVATIONS = {**ACTIVATIONS, "tanh": Activation(
    1.0, torch.tanh_, ACTIVATIONS["tanh"].slope, torch.tanh)}


class Cell:
    """What the cells share: activations, the input's projection, the weights' gradients."""

    columns = ("act",)  # what is applied to each part of the projection

    def __init__(self, activation, recurrent_activation="linear", table=ACTIVATIONS):
        self.names = activation, recurrent_activation
        act, gate = (table[name] for name in self.names)
        self.act_, self.act_slope, self.act = act.scaled_, act.slope, act.plain
        self.gate_, self.gate_slope, self.gate = gate.scaled_, gate.slope, gate.plain
        self.scales = {"act": act.scale, "gate": gate.scale}

    @functools.cached_property
    def _for_small(self):
        return type(self)(*self.names, _SMALL_ACTIVATIONS)

    def fitting(self, state):
        """The cell for states of this size."""
        return self._for_small if state.numel() <= _SMALL else self

    def biases(self, bias):
        """(bias of the input's projection or None, of the state's or None)."""
        return bias, None

    def project(self, x, kernel, bias):
        """x (steps, batch, features) times the kernel, for all steps at once."""
        flat = x.reshape(-1, x.shape[-1])
        flat = torch.mm(flat, kernel) if bias is None else torch.addmm(bias, flat, kernel)
        return flat.view(*x.shape[:2], kernel.shape[1])

    def plain(self, x, kernel, recurrent, bias, *states):
        """(all outputs, last states) in ops that can be differentiated any number of times."""
        projected = self.project(x, kernel, self.biases(bias)[0])
        outputs = []
        for a in projected.unbind(0):
            states = self.step(a, recurrent, self.biases(bias)[1], *states)
            outputs.append(states[0])
        return (torch.stack(outputs), *states)

    def forward(self, x, kernel, recurrent, bias, *states):
        """(all outputs, last states), and what `backward` wants."""
        outer, inner = self.biases(bias)
        projected = self.project(x, kernel, outer)
        scales = [self.scales[name] for name in self.columns]
        if any(scale != 1 for scale in scales):
            units = projected.shape[-1] // len(scales)
            scale = recurrent.new_tensor(scales).repeat_interleave(units)
            projected.mul_(scale)
            recurrent, inner = recurrent * scale, None if inner is None else inner * scale
        return self.run(projected, recurrent, inner, *states)

    def infer(self, *inputs):
        """(all outputs, last states) where nothing will be differentiated."""
        return self.forward(*inputs)[0]

    def weight_gradients(self, x, kernel, bias, d_input, needs):
        """Gradients of x, the kernel and the bias from that of the projection."""
        flat = d_input.view(-1, d_input.shape[-1])
        d_x = torch.mm(flat, kernel.t()).view(x.shape) if needs[0] else None
        d_kernel = torch.mm(x.reshape(-1, x.shape[-1]).t(), flat) if needs[1] else None
        d_bias = flat.sum(0) if bias is not None and needs[3] else None
        return d_x, d_kernel, d_bias


def history(first, count):
    """A buffer for a state before and after each step, with the first filled in."""
    states = first.new_empty((count + 1, *first.shape))
    states[0] = first
    return states


def steps(x, *widths):
    """For each part of the last axis its views step by step."""
    return [part.unbind(0) for part in x.split(widths, -1)]


def start(gradient, like):
    """A buffer with a state's incoming gradient."""
    return torch.zeros_like(like) if gradient is None else gradient.clone()


def product(states, gradients):
    """states^T . gradients, summed over steps and batch."""
    return torch.mm(states.reshape(-1, states.shape[-1]).t(),
                    gradients.reshape(-1, gradients.shape[-1]))


class Simple(Cell):
    """h = act(x.W + b + h.U)"""

    def step(self, a, recurrent, bias, h):
        return (self.act(torch.addmm(a, h, recurrent)),)

    def run(self, projected, recurrent, bias, h):
        hs = history(h, len(projected))
        for a, before, after in zip(projected, hs, hs[1:]):
            torch.addmm(a, before, recurrent, out=after)
            self.act_(after)
        return (hs[1:], hs[-1]), (hs,)

    def backward(self, saved, inputs, given, needs):
        x, kernel, recurrent, bias, h0 = inputs
        hs, = saved
        d_all, d_h = given
        d_h, back = start(d_h, h0), recurrent.t()
        da = self.act_slope(hs[1:])
        for t in reversed(range(len(da))):
            if d_all is not None:
                d_h += d_all[t]
            torch.mm(da[t].mul_(d_h), back, out=d_h)
        d_x, d_kernel, d_bias = self.weight_gradients(x, kernel, bias, da, needs)
        return d_x, d_kernel, product(hs[:-1], da), d_bias, d_h


class Lstm(Cell):
    """i, f, o = gate(x.W + b + h.U), g = act(...); c = f*c + i*g; h = o*act(c)"""

    columns = ("gate", "gate", "act", "gate")

    def step(self, a, recurrent, bias, h, c):
        i, f, g, o = torch.addmm(a, h, recurrent).chunk(4, 1)
        c = self.gate(f) * c + self.gate(i) * self.act(g)
        return self.gate(o) * self.act(c), c

    def run(self, projected, recurrent, bias, h, c):
        units, count = h.shape[1], len(projected)
        hs, cs = history(h, count), history(c, count)
        activated = torch.empty_like(hs[1:])
        pairs, g, o = steps(projected, 2 * units, units, units)
        i, f = steps(projected[..., :2 * units], units, units)
        c_all, h_all, scale = cs.unbind(0), hs.unbind(0), self.scales["act"]
        for t, a in enumerate(projected):
            a.addmm_(h_all[t], recurrent)
            self.gate_(pairs[t])
            self.act_(g[t])
            self.gate_(o[t])
            torch.mul(f[t], c_all[t], out=c_all[t + 1]).addcmul_(i[t], g[t])
            new = torch.mul(c_all[t + 1], scale, out=activated[t])
            torch.mul(self.act_(new), o[t], out=h_all[t + 1])
        return (hs[1:], hs[-1], cs[-1]), (hs, cs, projected, activated)

    def backward(self, saved, inputs, given, needs):
        x, kernel, recurrent, bias, h0, c0 = inputs
        hs, cs, gates, activated = saved
        d_all, d_h, d_c = given
        d_h, d_c, back = start(d_h, h0), start(d_c, c0), recurrent.t()
        da, into_c = self._slopes(gates, cs, activated)
        forget = steps(gates, *[h0.shape[1]] * 4)[1]
        split = da.unflatten(-1, (4, -1))
        by_c, by_h = split[:, :, :3].unbind(0), split[:, :, 3].unbind(0)
        into_c, all_gates, d_c_gates = into_c.unbind(0), da.unbind(0), d_c.unsqueeze(1)
        for t in reversed(range(len(da))):
            if d_all is not None:
                d_h += d_all[t]
            d_c.addcmul_(d_h, into_c[t])
            by_c[t].mul_(d_c_gates)
            by_h[t].mul_(d_h)
            d_c *= forget[t]
            torch.mm(all_gates[t], back, out=d_h)
        d_x, d_kernel, d_bias = self.weight_gradients(x, kernel, bias, da, needs)
        return d_x, d_kernel, product(hs[:-1], da), d_bias, d_h, d_c

    def _slopes(self, gates, cs, activated):
        """d(c or h)/d(pre-activation) of the four gates, and dh/dc, for all steps."""
        i, f, g, o = gates.chunk(4, -1)
        slopes = torch.cat([self.gate_slope(i).mul_(g), self.gate_slope(f).mul_(cs[:-1]),
                            self.act_slope(g).mul_(i), self.gate_slope(o).mul_(activated)], -1)
        return slopes, self.act_slope(activated).mul_(o)


class Gru(Cell):
    """z, r = gate(x.W + b + h.U); n = act(x.W + b + (r*h).U); h = z*h + (1-z)*n"""

    columns = ("gate", "gate", "act")

    def step(self, a, recurrent, bias, h):
        cut = 2 * h.shape[1]
        z, r = self.gate(torch.addmm(a[:, :cut], h, recurrent[:, :cut])).chunk(2, 1)
        n = self.act(torch.addmm(a[:, cut:], r * h, recurrent[:, cut:]))
        return (n + z * (h - n),)

    def run(self, projected, recurrent, bias, h):
        units = h.shape[1]
        hs = history(h, len(projected))
        reset = torch.empty_like(hs[1:])
        gates, news = steps(projected, 2 * units, units)
        z, r, _ = steps(projected, units, units, units)
        for_gates, for_new = (w.contiguous() for w in recurrent.split((2 * units, units), 1))
        states = hs.unbind(0)
        for gate, new, zt, rt, kept, before, after in zip(
                gates, news, z, r, reset.unbind(0), states, states[1:]):
            self.gate_(gate.addmm_(before, for_gates))
            torch.mul(rt, before, out=kept)
            self.act_(new.addmm_(kept, for_new))
            torch.lerp(new, before, zt, out=after)
        return (hs[1:], hs[-1]), (hs, reset, projected)

    def backward(self, saved, inputs, given, needs):
        x, kernel, recurrent, bias, h0 = inputs
        hs, reset, gates = saved
        d_all, d_h = given
        units = h0.shape[1]
        d_h, d_reset = start(d_h, h0), torch.empty_like(h0)
        parts = gates.chunk(3, -1)
        da = gru_slopes(self, *parts, hs[:-1], hs[:-1])
        d_gates, d_news = da.split((2 * units, units), -1)
        z, r, _ = steps(gates, units, units, units)
        d_z, d_r, d_n = steps(da, units, units, units)
        both = d_gates.unbind(0)
        back_gates, back_new = recurrent[:, :2 * units].t(), recurrent[:, 2 * units:].t()
        for t in reversed(range(len(da))):
            if d_all is not None:
                d_h += d_all[t]
            d_z[t].mul_(d_h)
            torch.mm(d_n[t].mul_(d_h), back_new, out=d_reset)
            d_r[t].mul_(d_reset)
            d_h.mul_(z[t]).addcmul_(d_reset, r[t]).addmm_(both[t], back_gates)
        d_x, d_kernel, d_bias = self.weight_gradients(x, kernel, bias, da, needs)
        d_recurrent = torch.cat([product(hs[:-1], d_gates), product(reset, d_news)], 1)
        return d_x, d_kernel, d_recurrent, d_bias, d_h


class GruResetAfter(Cell):
    """As `Gru` with n = act(x.W + b + r * (h.U + b')); the bias has two rows."""

    columns = ("gate", "gate", "act")

    def biases(self, bias):
        return (None, None) if bias is None else (bias[0], bias[1])

    def step(self, a, recurrent, bias, h):
        cut = 2 * h.shape[1]
        s = torch.mm(h, recurrent) if bias is None else torch.addmm(bias, h, recurrent)
        z, r = self.gate(a[:, :cut] + s[:, :cut]).chunk(2, 1)
        n = self.act(a[:, cut:] + r * s[:, cut:])
        return (n + z * (h - n),)

    def run(self, projected, recurrent, bias, h):
        units = h.shape[1]
        hs = history(h, len(projected))
        states = projected.new_empty(projected.shape)
        gates, news = steps(projected, 2 * units, units)
        z, r, _ = steps(projected, units, units, units)
        s_gates, s_news = steps(states, 2 * units, units)
        h_all, s_all = hs.unbind(0), states.unbind(0)
        bias = states.new_zeros(()) if bias is None else bias
        for t, before in enumerate(h_all[:-1]):
            torch.addmm(bias, before, recurrent, out=s_all[t])
            self.gate_(gates[t].add_(s_gates[t]))
            self.act_(news[t].addcmul_(r[t], s_news[t]))
            torch.lerp(news[t], before, z[t], out=h_all[t + 1])
        return (hs[1:], hs[-1]), (hs, states[..., 2 * units:], projected)

    def backward(self, saved, inputs, given, needs):
        x, kernel, recurrent, bias, h0 = inputs
        hs, states, gates = saved
        d_all, d_h = given
        d_h, back = start(d_h, h0), recurrent.t()
        units = h0.shape[1]
        da = gru_slopes(self, *gates.chunk(3, -1), hs[:-1], states / self.scales["act"])
        ds = torch.empty_like(da)
        z, r, _ = steps(gates, units, units, units)
        d_z, d_r, d_n = steps(da, units, units, units)
        d_gates, (s_gates, s_n), s_all = steps(da, 2 * units, units)[0], steps(
            ds, 2 * units, units), ds.unbind(0)
        for t in reversed(range(len(da))):
            if d_all is not None:
                d_h += d_all[t]
            d_z[t].mul_(d_h)
            d_r[t].mul_(d_n[t].mul_(d_h))
            torch.mul(d_n[t], r[t], out=s_n[t])
            s_gates[t].copy_(d_gates[t])
            d_h.mul_(z[t]).addmm_(s_all[t], back)
        d_x, d_kernel, d_bias = self.weight_gradients(x, kernel, bias, da, needs)
        if d_bias is not None:
            d_bias = torch.stack([d_bias, ds.flatten(0, 1).sum(0)])
        return d_x, d_kernel, product(hs[:-1], ds), d_bias, d_h


def gru_slopes(cell, z, r, n, before, reset):
    """d/d(pre-activation) for all steps: of h by z and n, of what r multiplies by r."""
    by_z = cell.gate_slope(z).mul_(before - n)
    by_n = cell.act_slope(n).mul_(1 - z)
    return torch.cat([by_z, cell.gate_slope(r).mul_(reset), by_n], -1)
