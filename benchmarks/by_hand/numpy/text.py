"""Convolutions over time: window rows for short kernels, shifted products for long ones."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .parts import Adam, binary_loss, dense, sigmoid


class _Conv:
    """A rectified convolution over time with a short kernel, by im2col."""

    def __init__(self, rng, width, channels, units):
        self.width = width
        self.k, self.b = dense(rng, width * channels, units)

    def forward(self, x):
        """(batch, time - width + 1, units)."""
        n, steps, channels = x.shape
        view = sliding_window_view(x, self.width, axis=1).swapaxes(2, 3)
        self.rows = np.ascontiguousarray(view).reshape(-1, self.width * channels)
        y = self.rows @ self.k
        y += self.b
        np.maximum(y, 0, out=y)
        self.y, self.shape = y, x.shape
        return y.reshape(n, steps - self.width + 1, -1)

    def backward(self, g):
        """(gradient of x, [gradients of the kernel and the bias])."""
        g = g.reshape(self.y.shape)
        g *= self.y > 0
        n, steps, channels = self.shape
        out = steps - self.width + 1
        rows = (g @ self.k.T).reshape(n, out, self.width, channels)
        gx = np.zeros(self.shape, "float32")
        for i in range(self.width):
            gx[:, i:i + out] += rows[:, :, i]
        return gx, [self.rows.T @ g, g.sum(0)]


class Text:
    """Embedding, two convolutions, the greatest over time, a sigmoid, Adam."""

    def __init__(self):
        rng = np.random.default_rng(1)
        self.e = rng.uniform(-0.05, 0.05, (20000, 128)).astype("float32")
        self.one, self.two = _Conv(rng, 5, 128, 128), _Conv(rng, 3, 128, 128)
        self.v, self.c = dense(rng, 128, 1)
        self.adam = Adam([self.e, self.one.k, self.one.b, self.two.k, self.two.b, self.v, self.c])

    def _forward(self, ids):
        y = self.two.forward(self.one.forward(self.e[ids]))
        pooled = y.max(1)
        return y, pooled, sigmoid(pooled @ self.v + self.c)

    def predict(self, ids):
        """Probabilities."""
        return self._forward(ids)[-1]

    def step(self, ids, y):
        """One training step; the loss."""
        cells, pooled, p = self._forward(ids)
        loss, gp = binary_loss(p, y)
        g = np.zeros_like(cells)
        np.put_along_axis(g, cells.argmax(1)[:, None], (gp @ self.v.T)[:, None], 1)
        between, two = self.two.backward(g)
        gx, one = self.one.backward(between)
        ge = np.zeros_like(self.e)
        np.add.at(ge, ids.reshape(-1), gx.reshape(-1, 128))
        self.adam.step([ge, *one, *two, pooled.T @ gp, gp.sum(0)])
        return loss


class Long:
    """One convolution of 41 cells, 25 apart: a product for each cell, summed."""

    width, apart = 41, 25

    def __init__(self):
        rng = np.random.default_rng(1)
        k, self.b = dense(rng, self.width * 32, 32)
        self.k = k.reshape(self.width, 32, 32)
        self.v, self.c = dense(rng, 32, 1)
        self.adam = Adam([self.k, self.b, self.v, self.c])

    def _forward(self, x):
        out = x.shape[1] - (self.width - 1) * self.apart
        y = np.empty((len(x), out, 32), "float32")
        y[...] = self.b
        for i, k in enumerate(self.k):
            y += x[:, i * self.apart:i * self.apart + out] @ k
        np.maximum(y, 0, out=y)
        pooled = y.mean(1)
        return y, pooled, sigmoid(pooled @ self.v + self.c)

    def predict(self, x):
        """Probabilities."""
        return self._forward(x)[-1]

    def step(self, x, y):
        """One training step; the loss."""
        cells, pooled, p = self._forward(x)
        loss, gp = binary_loss(p, y)
        g = (cells > 0) * ((gp @ self.v.T) / np.float32(cells.shape[1]))[:, None]
        flat = g.reshape(-1, 32)
        gk = np.empty_like(self.k)
        for i in range(self.width):
            start = i * self.apart
            rows = np.ascontiguousarray(x[:, start:start + cells.shape[1]]).reshape(-1, 32)
            np.dot(rows.T, flat, out=gk[i])
        self.adam.step([gk, flat.sum(0), pooled.T @ gp, gp.sum(0)])
        return loss


PROGRAMS = {"text": Text, "long": Long}
