"""Dense networks."""
import numpy as np

from .parts import Adam, class_loss, dense, softmax


class Tiny:
    """16-32-1 with SGD."""

    def __init__(self):
        rng = np.random.default_rng(1)
        self.w1, self.b1 = dense(rng, 16, 32)
        self.w2, self.b2 = dense(rng, 32, 1)

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
        self.w1, self.b1 = dense(rng, 784, 512)
        self.w2, self.b2 = dense(rng, 512, 512)
        self.w3, self.b3 = dense(rng, 512, 10)
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
        return h1, h2, softmax(z)

    def predict(self, x):
        """Class probabilities."""
        return self._forward(x)[2]

    def step(self, x, y):
        """One training step; the loss."""
        h1, h2, p = self._forward(x)
        loss, p = class_loss(p, y)
        g2 = p @ self.w3.T
        g2 *= h2 > 0
        g1 = g2 @ self.w2.T
        g1 *= h1 > 0
        self.adam.step([x.T @ g1, g1.sum(0), h1.T @ g2, g2.sum(0), h2.T @ p, p.sum(0)])
        return loss


PROGRAMS = {"tiny": Tiny, "mlp": MLP}
