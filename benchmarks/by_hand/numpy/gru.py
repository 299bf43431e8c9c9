"""Two stacked GRUs; input products and weight gradients over all steps at once."""
import numpy as np

from .parts import Adam, class_loss, dense, sigmoid, softmax

UNITS = 64


class _Layer:
    """A GRU over (time, batch, features) whose reset gate acts on the state, or after."""

    def __init__(self, rng, features, after):
        self.after = after
        self.w, self.b = dense(rng, features, 3 * UNITS)
        self.u, self.c = dense(rng, UNITS, 3 * UNITS)
        self.params = [self.w, self.b, self.u] + ([self.c] if after else [])

    def forward(self, x):
        """All states after the first, (time, batch, units)."""
        steps, n, features = x.shape
        z = x.reshape(-1, features) @ self.w
        z += self.b
        z = z.reshape(steps, n, 3 * UNITS)
        hs = np.zeros((steps + 1, n, UNITS), "float32")
        kept = np.empty((steps, n, UNITS), "float32")
        for t in range(steps):
            self._gates(z[t], hs[t], kept[t])
            new = z[t, :, 2 * UNITS:]
            np.subtract(hs[t], new, out=hs[t + 1])
            hs[t + 1] *= z[t, :, :UNITS]
            hs[t + 1] += new
        self.kept = x, z, hs, kept
        return hs[1:]

    def _gates(self, z, h, kept):
        gates, new = z[:, :2 * UNITS], z[:, 2 * UNITS:]
        if self.after:
            product = h @ self.u
            product += self.c
            gates += product[:, :2 * UNITS]
            gates[...] = sigmoid(gates)
            kept[...] = product[:, 2 * UNITS:]
            new += gates[:, UNITS:] * kept
        else:
            gates += h @ self.u[:, :2 * UNITS]
            gates[...] = sigmoid(gates)
            np.multiply(gates[:, UNITS:], h, out=kept)
            new += kept @ self.u[:, 2 * UNITS:]
        np.tanh(new, out=new)

    def backward(self, each, last):
        """(gradient of x, gradients of the parameters) from those of all states, or the last."""
        x, z, hs, kept = self.kept
        gz = np.empty_like(z)
        gp = np.empty_like(z) if self.after else gz
        gh = np.zeros_like(hs[0]) if last is None else last
        for t in range(len(x) - 1, -1, -1):
            if each is not None:
                gh = gh + each[t]
            gh = self._step_back(z[t], hs[t], kept[t], gh, gz[t], gp[t])
        return self._gradients(x, hs[:-1].reshape(-1, UNITS), kept, gz, gp)

    def _step_back(self, z, h, kept, gh, gz, gp):
        update, reset, new = (z[:, i * UNITS:(i + 1) * UNITS] for i in range(3))
        by_new = gh * (1 - update)
        by_new *= 1 - new * new
        gz[:, 2 * UNITS:] = by_new
        np.multiply(gh, (h - new) * update * (1 - update), out=gz[:, :UNITS])
        if self.after:
            np.multiply(by_new, kept * reset * (1 - reset), out=gz[:, UNITS:2 * UNITS])
            gp[:, :2 * UNITS] = gz[:, :2 * UNITS]
            np.multiply(by_new, reset, out=gp[:, 2 * UNITS:])
            return gp @ self.u.T + gh * update
        by_kept = by_new @ self.u[:, 2 * UNITS:].T
        np.multiply(by_kept, h * reset * (1 - reset), out=gz[:, UNITS:2 * UNITS])
        before = gz[:, :2 * UNITS] @ self.u[:, :2 * UNITS].T
        before += by_kept * reset
        before += gh * update
        return before

    def _gradients(self, x, previous, kept, gz, gp):
        flat, flat_p = gz.reshape(-1, 3 * UNITS), gp.reshape(-1, 3 * UNITS)
        gx = (flat @ self.w.T).reshape(x.shape)
        gw, gb = x.reshape(-1, x.shape[-1]).T @ flat, flat.sum(0)
        if self.after:
            return gx, [gw, gb, previous.T @ flat_p, flat_p.sum(0)]
        gu = np.concatenate([previous.T @ flat[:, :2 * UNITS],
                             kept.reshape(-1, UNITS).T @ flat[:, 2 * UNITS:]], 1)
        return gx, [gw, gb, gu]


class GRU:
    """Two GRUs of 64 units, ten classes, Adam."""

    after = False

    def __init__(self):
        rng = np.random.default_rng(1)
        self.first, self.second = _Layer(rng, 32, self.after), _Layer(rng, UNITS, self.after)
        self.v, self.c = dense(rng, UNITS, 10)
        self.adam = Adam([*self.first.params, *self.second.params, self.v, self.c])

    def _forward(self, x):
        h = self.second.forward(self.first.forward(np.ascontiguousarray(x.swapaxes(0, 1))))[-1]
        return h, softmax(h @ self.v + self.c)

    def predict(self, x):
        """Class probabilities."""
        return self._forward(x)[1]

    def step(self, x, y):
        """One training step; the loss."""
        h, p = self._forward(x)
        loss, gp = class_loss(p, y)
        between, second = self.second.backward(None, gp @ self.v.T)
        first = self.first.backward(between, None)[1]
        self.adam.step([*first, *second, h.T @ gp, gp.sum(0)])
        return loss


class GRUAfter(GRU):
    """The same with the reset gate on the product of the state."""

    after = True


PROGRAMS = {"gru": GRU, "gru_after": GRUAfter}
