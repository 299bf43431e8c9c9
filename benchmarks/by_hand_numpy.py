"""The workloads written by hand in NumPy: im2col, BLAS and in-place updates, as a careful author would."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

EPSILON = np.float32(1e-7)


class Adam:
    """Adam in place over a list of arrays."""

    def __init__(self, params, lr=1e-3):
        self.params, self.lr, self.t = params, lr, 0
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]

    def step(self, grads):
        """One update."""
        self.t += 1
        rate = np.float32(self.lr * np.sqrt(1 - 0.999 ** self.t) / (1 - 0.9 ** self.t))
        for p, m, v, g in zip(self.params, self.m, self.v, grads):
            m *= np.float32(0.9)
            m += np.float32(0.1) * g
            v *= np.float32(0.999)
            g *= g
            g *= np.float32(0.001)
            v += g
            np.sqrt(v, out=g)
            g += EPSILON
            np.divide(m, g, out=g)
            g *= rate
            p -= g


def _dense(rng, n, m):
    limit = np.sqrt(6 / (n + m))
    return rng.uniform(-limit, limit, (n, m)).astype("float32"), np.zeros(m, "float32")


def _softmax(z):
    z = np.exp(z - z.max(1, keepdims=True))
    z /= z.sum(1, keepdims=True)
    return z


class Tiny:
    """16-32-1 with SGD."""

    def __init__(self):
        rng = np.random.default_rng(1)
        self.w1, self.b1 = _dense(rng, 16, 32)
        self.w2, self.b2 = _dense(rng, 32, 1)

    def predict(self, x):
        """Outputs for a batch."""
        return np.maximum(x @ self.w1 + self.b1, 0) @ self.w2 + self.b2

    def step(self, x, y):
        """One training step; the loss."""
        h = x @ self.w1 + self.b1
        np.maximum(h, 0, out=h)
        e = h @ self.w2 + self.b2 - y
        loss = np.square(e).mean()
        e *= np.float32(2 / e.size)
        gh = e @ self.w2.T
        gh *= h > 0
        rate = np.float32(0.01)
        self.w2 -= rate * (h.T @ e)
        self.b2 -= rate * e.sum(0)
        self.w1 -= rate * (x.T @ gh)
        self.b1 -= rate * gh.sum(0)
        return loss


class MLP:
    """784-512-512-10 with Adam."""

    def __init__(self):
        rng = np.random.default_rng(1)
        self.w1, self.b1 = _dense(rng, 784, 512)
        self.w2, self.b2 = _dense(rng, 512, 512)
        self.w3, self.b3 = _dense(rng, 512, 10)
        self.adam = Adam([self.w1, self.b1, self.w2, self.b2, self.w3, self.b3])

    def _forward(self, x):
        h1 = x @ self.w1
        h1 += self.b1
        np.maximum(h1, 0, out=h1)
        h2 = h1 @ self.w2
        h2 += self.b2
        np.maximum(h2, 0, out=h2)
        z = h2 @ self.w3
        z += self.b3
        return h1, h2, _softmax(z)

    def predict(self, x):
        """Class probabilities."""
        return self._forward(x)[2]

    def step(self, x, y):
        """One training step; the loss."""
        h1, h2, p = self._forward(x)
        loss = -np.log(np.maximum((p * y).sum(1), EPSILON)).mean()
        p -= y
        p /= len(x)
        g2 = p @ self.w3.T
        g2 *= h2 > 0
        g1 = g2 @ self.w2.T
        g1 *= h1 > 0
        self.adam.step([x.T @ g1, g1.sum(0), h1.T @ g2, g2.sum(0), h2.T @ p, p.sum(0)])
        return loss


def _columns(x, k):
    """(n, h, w, c) -> (n * oh * ow, k * k * c)."""
    n, h, w, c = x.shape
    view = sliding_window_view(x, (k, k), axis=(1, 2))
    return np.ascontiguousarray(view.transpose(0, 1, 2, 4, 5, 3)).reshape(-1, k * k * c)


def _spread(columns, shape, k):
    """The transpose of `_columns`."""
    n, h, w, c = shape
    oh, ow = h - k + 1, w - k + 1
    columns = columns.reshape(n, oh, ow, k, k, c)
    x = np.zeros(shape, columns.dtype)
    for i in range(k):
        for j in range(k):
            x[:, i:i + oh, j:j + ow] += columns[:, :, :, i, j]
    return x


class CNN:
    """Two 3x3 convolutions, max pooling, two dense layers, Adam."""

    def __init__(self):
        rng = np.random.default_rng(1)
        self.k1, self.c1 = _dense(rng, 9, 32)
        self.k2, self.c2 = _dense(rng, 288, 64)
        self.w1, self.b1 = _dense(rng, 9216, 128)
        self.w2, self.b2 = _dense(rng, 128, 10)
        self.adam = Adam([self.k1, self.c1, self.k2, self.c2, self.w1, self.b1, self.w2, self.b2])

    def _forward(self, x):
        n = len(x)
        col1 = _columns(x, 3)
        a1 = col1 @ self.k1
        a1 += self.c1
        np.maximum(a1, 0, out=a1)
        col2 = _columns(a1.reshape(n, 26, 26, 32), 3)
        a2 = col2 @ self.k2
        a2 += self.c2
        np.maximum(a2, 0, out=a2)
        windows = a2.reshape(n, 12, 2, 12, 2, 64)
        pooled = windows.max((2, 4))
        flat = pooled.reshape(n, -1)
        h = flat @ self.w1
        h += self.b1
        np.maximum(h, 0, out=h)
        z = h @ self.w2
        z += self.b2
        return col1, a1, col2, a2, windows, pooled, flat, h, _softmax(z)

    def predict(self, x):
        """Class probabilities."""
        return self._forward(x)[-1]

    def step(self, x, y):
        """One training step; the loss."""
        n = len(x)
        col1, a1, col2, a2, windows, pooled, flat, h, p = self._forward(x)
        loss = -np.log(np.maximum((p * y).sum(1), EPSILON)).mean()
        p -= y
        p /= n
        gh = p @ self.w2.T
        gh *= h > 0
        gp = (gh @ self.w1.T).reshape(n, 12, 1, 12, 1, 64)
        g2 = ((windows == pooled[:, :, None, :, None]) * gp).reshape(-1, 64)
        g2 *= a2 > 0
        g1 = _spread(g2 @ self.k2.T, (n, 26, 26, 32), 3).reshape(-1, 32)
        g1 *= a1 > 0
        self.adam.step([col1.T @ g1, g1.sum(0), col2.T @ g2, g2.sum(0),
                        flat.T @ gh, gh.sum(0), h.T @ p, p.sum(0)])
        return loss


def _sigmoid(x):
    return np.float32(1) / (np.float32(1) + np.exp(-x))


class LSTM:
    """Embedding, LSTM 128 over 80 steps, sigmoid, Adam; input products and weight gradients batched."""

    def __init__(self):
        rng = np.random.default_rng(1)
        self.e = rng.uniform(-0.05, 0.05, (20000, 128)).astype("float32")
        self.w, self.b = _dense(rng, 128, 512)
        self.u, _ = _dense(rng, 128, 512)
        self.v, self.c = _dense(rng, 128, 1)
        self.adam = Adam([self.e, self.w, self.u, self.b, self.v, self.c])

    def _forward(self, ids):
        n, steps = ids.shape
        x = self.e[ids.T]
        z = x.reshape(-1, 128) @ self.w
        z += self.b
        z = z.reshape(steps, n, 512)
        hs = np.zeros((steps + 1, n, 128), "float32")
        cs = np.zeros((steps + 1, n, 128), "float32")
        for t in range(steps):
            zt = z[t]
            zt += hs[t] @ self.u
            g = np.tanh(zt[:, 256:384])
            zt[:] = _sigmoid(zt)
            zt[:, 256:384] = g
            np.multiply(zt[:, 128:256], cs[t], out=cs[t + 1])
            cs[t + 1] += zt[:, :128] * g
            np.multiply(zt[:, 384:], np.tanh(cs[t + 1]), out=hs[t + 1])
        p = _sigmoid(hs[-1] @ self.v + self.c)
        return x, z, hs, cs, p

    def predict(self, ids):
        """Probabilities."""
        return self._forward(ids)[-1]

    def step(self, ids, y):
        """One training step; the loss."""
        n, steps = ids.shape
        x, z, hs, cs, p = self._forward(ids)
        q = np.clip(p, EPSILON, 1 - EPSILON)
        loss = -(y * np.log(q) + (1 - y) * np.log(1 - q)).mean()
        gp = (p - y) / n
        gh = gp @ self.v.T
        gv, gb = hs[-1].T @ gp, gp.sum(0)
        gc = np.zeros((n, 128), "float32")
        gz = np.empty_like(z)
        for t in range(steps - 1, -1, -1):
            i, f, g, o = (z[t, :, 128 * j:128 * (j + 1)] for j in range(4))
            tc = np.tanh(cs[t + 1])
            gc += gh * o * (1 - tc * tc)
            gz[t, :, :128] = gc * g * i * (1 - i)
            gz[t, :, 128:256] = gc * cs[t] * f * (1 - f)
            gz[t, :, 256:384] = gc * i * (1 - g * g)
            gz[t, :, 384:] = gh * tc * o * (1 - o)
            gc *= f
            gh = gz[t] @ self.u.T
        flat = gz.reshape(-1, 512)
        ge = np.zeros_like(self.e)
        np.add.at(ge, ids.T.reshape(-1), flat @ self.w.T)
        self.adam.step([ge, x.reshape(-1, 128).T @ flat, hs[:-1].reshape(-1, 128).T @ flat,
                        flat.sum(0), gv, gb])
        return loss


PROGRAMS = {"tiny": Tiny, "mlp": MLP, "cnn": CNN, "lstm": LSTM}


def as_input(array):
    """A batch as this program takes it."""
    return array


def finish(result):
    """Waits for a result."""
    return np.asarray(result)
