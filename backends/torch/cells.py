"""Recurrent cells over a whole sequence: forward and backward written out by hand.

What does not depend on the previous step is computed for all steps in one
matrix product; derivatives of the activations are one call for all steps too,
so that a step back is a handful of calls into buffers made once. Time comes
first in here: (steps, batch, units).
"""
import torch

# name: (in place, its derivative from its value, differentiable)
ACTIVATIONS = {
    "tanh": (torch.tanh_, lambda y: torch.addcmul(y.new_ones(()), y, y, value=-1), torch.tanh),
    "sigmoid": (torch.sigmoid_, lambda y: torch.addcmul(y, y, y, value=-1), torch.sigmoid),
    "hard_sigmoid": (lambda x: x.mul_(0.2).add_(0.5).clamp_(0, 1),
                     lambda y: ((y > 0) & (y < 1)).to(y.dtype).mul_(0.2),
                     lambda x: torch.clamp(x * 0.2 + 0.5, 0, 1)),
    "relu": (torch.relu_, lambda y: (y > 0).to(y.dtype), torch.relu),
    "linear": (lambda x: x, torch.ones_like, lambda x: x),
}


class Cell:
    """What the cells share: activations, the input's projection, the weights' gradients."""

    gates = 1

    def __init__(self, activation, recurrent_activation="linear"):
        self.act_, self.act_slope, self.act = ACTIVATIONS[activation]
        self.gate_, self.gate_slope, self.gate = ACTIVATIONS[recurrent_activation]

    def biases(self, bias):
        """(bias of the input's projection or None, of the state's or None)."""
        return bias, None

    def project(self, x, kernel, bias):
        """x (steps, batch, features) times the kernel, for all steps at once."""
        flat = x.reshape(-1, x.shape[-1])
        flat = torch.mm(flat, kernel) if bias is None else torch.addmm(bias, flat, kernel)
        return flat.view(*x.shape[:2], -1)

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
        biases = self.biases(bias)
        projected = self.project(x, kernel, biases[0])
        return self.run(projected, recurrent, biases[1], *states)

    def weight_gradients(self, x, kernel, bias, d_input, needs):
        """Gradients of x, the kernel and the bias from that of the projection."""
        flat = d_input.view(-1, d_input.shape[-1])
        d_x = torch.mm(flat, kernel.t()).view(x.shape) if needs[0] else None
        d_kernel = torch.mm(x.reshape(-1, x.shape[-1]).t(), flat) if needs[1] else None
        d_bias = flat.sum(0) if bias is not None and needs[3] else None
        return d_x, d_kernel, d_bias


def history(first, steps):
    """A buffer for a state before and after each step, with the first filled in."""
    states = first.new_empty((steps + 1, *first.shape))
    states[0] = first
    return states


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

    def step(self, a, recurrent, bias, h, c):
        i, f, g, o = torch.addmm(a, h, recurrent).chunk(4, 1)
        c = self.gate(f) * c + self.gate(i) * self.act(g)
        return self.gate(o) * self.act(c), c

    def run(self, projected, recurrent, bias, h, c):
        units, steps = h.shape[1], len(projected)
        hs, cs = history(h, steps), history(c, steps)
        activated = torch.empty_like(hs[1:])
        for t, a in enumerate(projected):
            a.addmm_(hs[t], recurrent)
            i, f, g, o = a.split(units, 1)
            self.gate_(a[:, :2 * units])
            self.act_(g)
            self.gate_(o)
            torch.mul(f, cs[t], out=cs[t + 1]).addcmul_(i, g)
            activated[t] = cs[t + 1]
            torch.mul(self.act_(activated[t]), o, out=hs[t + 1])
        return (hs[1:], hs[-1], cs[-1]), (hs, cs, projected, activated)

    def backward(self, saved, inputs, given, needs):
        x, kernel, recurrent, bias, h0, c0 = inputs
        hs, cs, gates, activated = saved
        d_all, d_h, d_c = given
        d_h, d_c, back = start(d_h, h0), start(d_c, c0), recurrent.t()
        da, into_c = self._slopes(gates, cs, activated)
        forget = gates.unflatten(-1, (4, -1))[:, :, 1]
        split = da.unflatten(-1, (4, -1))
        for t in reversed(range(len(da))):
            if d_all is not None:
                d_h += d_all[t]
            d_c.addcmul_(d_h, into_c[t])
            split[t, :, :3].mul_(d_c.unsqueeze(1))
            split[t, :, 3].mul_(d_h)
            d_c *= forget[t]
            torch.mm(da[t], back, out=d_h)
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

    def step(self, a, recurrent, bias, h):
        cut = 2 * h.shape[1]
        z, r = self.gate(torch.addmm(a[:, :cut], h, recurrent[:, :cut])).chunk(2, 1)
        n = self.act(torch.addmm(a[:, cut:], r * h, recurrent[:, cut:]))
        return (n + z * (h - n),)

    def run(self, projected, recurrent, bias, h):
        units = h.shape[1]
        hs = history(h, len(projected))
        reset = torch.empty_like(hs[1:])
        gates, news = projected.split((2 * units, units), -1)
        for_gates, for_new = recurrent.split((2 * units, units), 1)
        for before, after, a, n, r in zip(hs, hs[1:], gates, news, reset):
            self.gate_(a.addmm_(before, for_gates))
            z, r_gate = a.split(units, 1)
            torch.mul(r_gate, before, out=r)
            self.act_(n.addmm_(r, for_new))
            torch.lerp(n, before, z, out=after)
        return (hs[1:], hs[-1]), (hs, reset, projected)

    def backward(self, saved, inputs, given, needs):
        x, kernel, recurrent, bias, h0 = inputs
        hs, reset, gates = saved
        d_all, d_h = given
        units = h0.shape[1]
        d_h, d_reset = start(d_h, h0), torch.empty_like(h0)
        z, r, n = gates.chunk(3, -1)
        da = gru_slopes(self, z, r, n, hs[:-1], hs[:-1])
        d_z, d_r, d_n = da.chunk(3, -1)
        d_gates = da[..., :2 * units]
        back_gates, back_new = recurrent[:, :2 * units].t(), recurrent[:, 2 * units:].t()
        for t in reversed(range(len(da))):
            if d_all is not None:
                d_h += d_all[t]
            d_z[t].mul_(d_h)
            torch.mm(d_n[t].mul_(d_h), back_new, out=d_reset)
            d_r[t].mul_(d_reset)
            d_h.mul_(z[t]).addcmul_(d_reset, r[t]).addmm_(d_gates[t], back_gates)
        d_x, d_kernel, d_bias = self.weight_gradients(x, kernel, bias, da, needs)
        d_recurrent = torch.cat([product(hs[:-1], d_gates), product(reset, d_n)], 1)
        return d_x, d_kernel, d_recurrent, d_bias, d_h


class GruResetAfter(Cell):
    """As `Gru` with n = act(x.W + b + r * (h.U + b')); the bias has two rows."""

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
        gates, news = projected.split((2 * units, units), -1)
        bias = states.new_zeros(()) if bias is None else bias
        for before, after, a, n, s in zip(hs, hs[1:], gates, news, states):
            torch.addmm(bias, before, recurrent, out=s)
            self.gate_(a.add_(s[:, :2 * units]))
            z, r = a.split(units, 1)
            self.act_(n.addcmul_(r, s[:, 2 * units:]))
            torch.lerp(n, before, z, out=after)
        return (hs[1:], hs[-1]), (hs, states[..., 2 * units:], projected)

    def backward(self, saved, inputs, given, needs):
        x, kernel, recurrent, bias, h0 = inputs
        hs, states, gates = saved
        d_all, d_h = given
        d_h, back = start(d_h, h0), recurrent.t()
        z, r, n = gates.chunk(3, -1)
        da = gru_slopes(self, z, r, n, hs[:-1], states)
        d_z, d_r, d_n = da.chunk(3, -1)
        ds = torch.empty_like(da)
        s_n = ds.chunk(3, -1)[2]
        cut = 2 * h0.shape[1]
        for t in reversed(range(len(da))):
            if d_all is not None:
                d_h += d_all[t]
            d_z[t].mul_(d_h)
            d_r[t].mul_(d_n[t].mul_(d_h))
            torch.mul(d_n[t], r[t], out=s_n[t])
            ds[t, :, :cut] = da[t, :, :cut]
            d_h.mul_(z[t]).addmm_(ds[t], back)
        d_x, d_kernel, d_bias = self.weight_gradients(x, kernel, bias, da, needs)
        if d_bias is not None:
            d_bias = torch.stack([d_bias, ds.flatten(0, 1).sum(0)])
        return d_x, d_kernel, product(hs[:-1], ds), d_bias, d_h


def gru_slopes(cell, z, r, n, before, reset):
    """d/d(pre-activation) for all steps: of h by z and n, of what r multiplies by r."""
    by_z = cell.gate_slope(z).mul_(before - n)
    by_n = cell.act_slope(n).mul_(1 - z)
    return torch.cat([by_z, cell.gate_slope(r).mul_(reset), by_n], -1)
