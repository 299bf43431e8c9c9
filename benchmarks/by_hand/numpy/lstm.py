"""The LSTM."""
import numpy as np

from .parts import Adam, binary_loss, dense, sigmoid


class LSTM:
    """Embedding, LSTM 128 over 80 steps, sigmoid, Adam; input products and weight gradients batched."""

    def __init__(self):
        rng = np.random.default_rng(1)
        self.e = rng.uniform(-0.05, 0.05, (20000, 128)).astype("float32")
        self.w, self.b = dense(rng, 128, 512)
        self.u, _ = dense(rng, 128, 512)
        self.v, self.c = dense(rng, 128, 1)
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
            zt[:] = sigmoid(zt)
            zt[:, 256:384] = g
            np.multiply(zt[:, 128:256], cs[t], out=cs[t + 1])
            cs[t + 1] += zt[:, :128] * g
            np.multiply(zt[:, 384:], np.tanh(cs[t + 1]), out=hs[t + 1])
        p = sigmoid(hs[-1] @ self.v + self.c)
        return x, z, hs, cs, p

    def predict(self, ids):
        """Probabilities."""
        return self._forward(ids)[-1]

    def step(self, ids, y):
        """One training step; the loss."""
        n, steps = ids.shape
        x, z, hs, cs, p = self._forward(ids)
        loss, gp = binary_loss(p, y)
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
