"""What the NumPy programs share."""
import numpy as np

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


def dense(rng, n, m):
    """Glorot uniform weights and zeros."""
    limit = np.sqrt(6 / (n + m))
    return rng.uniform(-limit, limit, (n, m)).astype("float32"), np.zeros(m, "float32")


def softmax(z):
    """Along the second axis."""
    z = np.exp(z - z.max(1, keepdims=True))
    z /= z.sum(1, keepdims=True)
    return z


def sigmoid(x):
    """1 / (1 + exp(-x))."""
    return np.float32(1) / (np.float32(1) + np.exp(-x))


def binary_loss(p, y):
    """(mean binary cross-entropy, gradient with respect to the logits)."""
    q = np.clip(p, EPSILON, 1 - EPSILON)
    return -(y * np.log(q) + (1 - y) * np.log(1 - q)).mean(), (p - y) / np.float32(len(y))


def class_loss(p, y):
    """(mean cross-entropy, gradient with respect to the logits), p's memory reused."""
    loss = -np.log(np.maximum((p * y).sum(1), EPSILON)).mean()
    p -= y
    p /= np.float32(len(y))
    return loss, p
