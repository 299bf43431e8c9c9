"""Dense networks."""
import tensorflow as tf

from .program import Program, spec


class Tiny(Program):
    """16-32-1 with SGD."""

    shapes = (16, 32), (32,), (32, 1), (1,)
    specs = spec(None, 16), spec(None, 1)
    activation = staticmethod(tf.identity)

    def logits(self, x, training):
        """The network's output."""
        w1, b1, w2, b2 = self.params
        return tf.nn.relu(x @ w1 + b1) @ w2 + b2

    def loss(self, z, y):
        """Mean squared error."""
        return tf.reduce_mean(tf.math.squared_difference(z, y))

    def update(self, grads):
        """Plain SGD."""
        for p, g in zip(self.params, grads):
            tf.raw_ops.ResourceApplyGradientDescent(var=p.handle, alpha=0.01, delta=g)


class MLP(Program):
    """784-512-512-10."""

    shapes = (784, 512), (512,), (512, 512), (512,), (512, 10), (10,)
    specs = spec(None, 784), spec(None, 10)

    def logits(self, x, training):
        """The network's output."""
        w1, b1, w2, b2, w3, b3 = self.params
        h = tf.nn.relu(tf.nn.bias_add(x @ w1, b1))
        h = tf.nn.relu(tf.nn.bias_add(h @ w2, b2))
        return tf.nn.bias_add(h @ w3, b3)


PROGRAMS = {"tiny": Tiny, "mlp": MLP}
