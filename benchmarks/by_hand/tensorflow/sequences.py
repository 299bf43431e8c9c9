"""Recurrent networks, and convolutions over time."""
import tensorflow as tf

from .program import Binary, Program, spec


class LSTM(Binary):
    """Embedding and the fused BlockLSTMV2 (gates i, c, f, o)."""

    shapes = (20000, 128), (256, 512), (512,), (128, 1), (1,)
    specs = spec(None, 80, dtype=tf.int32), spec(None, 1)

    def logits(self, ids, training):
        """The network's output."""
        e, w, b, v, c = self.params
        x = tf.gather(e, tf.transpose(ids))
        zeros = tf.zeros((tf.shape(ids)[0], 128))
        none = tf.zeros(128)
        h = tf.raw_ops.BlockLSTMV2(
            seq_len_max=tf.constant(80, tf.int64), x=x, cs_prev=zeros, h_prev=zeros, w=w,
            wci=none, wcf=none, wco=none, b=b, cell_clip=0.0, use_peephole=False).h
        return h[-1] @ v + c


def _gru(x, w, b, u, v):
    """All states of a GRU whose reset gate acts on the state; x is (time, batch, features)."""
    wx = tf.reshape(tf.nn.bias_add(tf.reshape(x, (-1, w.shape[0])) @ w, b), (50, -1, 192))
    h = tf.zeros((tf.shape(x)[1], 64))
    states = []
    for gates in tf.unstack(wx):
        z, r = tf.split(tf.sigmoid(gates[:, :128] + h @ u), 2, -1)
        new = tf.tanh(gates[:, 128:] + (r * h) @ v)
        h = new + z * (h - new)
        states.append(h)
    return tf.stack(states)


def _gru_after(x, w, b, u, c):
    """The same with the reset gate on the product of the state."""
    wx = tf.reshape(tf.nn.bias_add(tf.reshape(x, (-1, w.shape[0])) @ w, b), (50, -1, 192))
    h = tf.zeros((tf.shape(x)[1], 64))
    states = []
    for gates in tf.unstack(wx):
        product = tf.nn.bias_add(h @ u, c)
        z, r = tf.split(tf.sigmoid(gates[:, :128] + product[:, :128]), 2, -1)
        new = tf.tanh(gates[:, 128:] + r * product[:, 128:])
        h = new + z * (h - new)
        states.append(h)
    return tf.stack(states)


class GRU(Program):
    """Two GRUs of 64 units, unrolled; the input's products at once."""

    shapes = ((32, 192), (192,), (64, 128), (64, 64),
              (64, 192), (192,), (64, 128), (64, 64), (64, 10), (10,))
    specs = spec(None, 50, 32), spec(None, 10)
    layer = staticmethod(_gru)

    def logits(self, x, training):
        """The network's output."""
        x = tf.transpose(x, (1, 0, 2))
        x = self.layer(self.layer(x, *self.params[:4]), *self.params[4:8])
        return x[-1] @ self.params[8] + self.params[9]


class GRUAfter(GRU):
    """The other kind of GRU."""

    shapes = ((32, 192), (192,), (64, 192), (192,),
              (64, 192), (192,), (64, 192), (192,), (64, 10), (10,))
    layer = staticmethod(_gru_after)


class Text(Binary):
    """Embedding and two convolutions over time."""

    shapes = (20000, 128), (1, 5, 128, 128), (128,), (1, 3, 128, 128), (128,), (128, 1), (1,)
    specs = spec(None, 200, dtype=tf.int32), spec(None, 1)

    def logits(self, ids, training):
        """The network's output."""
        e, k1, b1, k2, b2, v, c = self.params
        x = tf.expand_dims(tf.gather(e, ids), 1)
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, k1, 1, "VALID"), b1))
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, k2, 1, "VALID"), b2))
        return tf.reduce_max(x, (1, 2)) @ v + c


class Long(Binary):
    """One convolution of 41 cells, 25 apart."""

    shapes = (41, 32, 32), (32,), (32, 1), (1,)
    specs = spec(None, 2000, 32), spec(None, 1)

    def logits(self, x, training):
        """The network's output."""
        k, b, v, c = self.params
        y = tf.nn.conv2d(tf.expand_dims(x, 1), tf.expand_dims(k, 0), 1, "VALID",
                         dilations=(1, 25))
        return tf.reduce_mean(tf.nn.relu(tf.nn.bias_add(y, b)), (1, 2)) @ v + c


PROGRAMS = {"lstm": LSTM, "gru": GRU, "gru_after": GRUAfter, "text": Text, "long": Long}
