"""The convolutional network: im2col and matrix products."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .parts import Adam, class_loss, dense, softmax


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
        self.k1, self.c1 = dense(rng, 9, 32)
        self.k2, self.c2 = dense(rng, 288, 64)
        self.w1, self.b1 = dense(rng, 9216, 128)
        self.w2, self.b2 = dense(rng, 128, 10)
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
        return col1, a1, col2, a2, windows, pooled, flat, h, softmax(z)

    def predict(self, x):
        """Class probabilities."""
        return self._forward(x)[-1]

    def step(self, x, y):
        """One training step; the loss."""
        n = len(x)
        col1, a1, col2, a2, windows, pooled, flat, h, p = self._forward(x)
        loss, p = class_loss(p, y)
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


PROGRAMS = {"cnn": CNN}
