"""What the TensorFlow programs share: a step and a prediction, each one concrete function."""
import tensorflow as tf


def spec(*shape, dtype=tf.float32):
    """The signature of one argument."""
    return tf.TensorSpec(shape, dtype)


def _weights(shapes):
    tf.random.set_seed(1)
    return [tf.Variable(tf.random.normal(s, stddev=0.05) if len(s) > 1 else tf.zeros(s))
            for s in shapes]


class Program:
    """A network with a loss on its logits, trained with Adam.

    shapes: of the parameters. specs: signatures of x and y. logits(x, training): the network.
    """

    shapes = ()
    activation = staticmethod(tf.nn.softmax)

    def __init__(self):
        self.params = _weights(self.shapes)
        self.m = [tf.Variable(tf.zeros_like(p)) for p in self.params]
        self.v = [tf.Variable(tf.zeros_like(p)) for p in self.params]
        self.t = tf.Variable(0.0)
        x, y = self.specs
        self.step = tf.function(self._step, input_signature=[x, y]).get_concrete_function()
        self.predict = tf.function(lambda x: self.activation(self.logits(x, False)),
                                   input_signature=[x]).get_concrete_function()

    def loss(self, z, y):
        """Mean loss of a batch."""
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, z))

    def _step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss(self.logits(x, True), y)
        self.update(tape.gradient(loss, self.params))
        return loss

    def update(self, grads):
        """Adam by ResourceApplyAdam."""
        t = self.t.assign_add(1.0)
        for p, m, v, g in zip(self.params, self.m, self.v, grads):
            tf.raw_ops.ResourceApplyAdam(
                var=p.handle, m=m.handle, v=v.handle, beta1_power=0.9 ** t,
                beta2_power=0.999 ** t, lr=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-7,
                grad=tf.convert_to_tensor(g))


class Binary(Program):
    """A program with probabilities as its output."""

    activation = staticmethod(tf.sigmoid)

    def loss(self, z, y):
        """Binary cross-entropy."""
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, z))
