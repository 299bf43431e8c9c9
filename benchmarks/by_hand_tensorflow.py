"""The workloads as tf.functions with GradientTape and the fused optimizer kernels."""
import tensorflow as tf


def _weights(*shapes):
    tf.random.set_seed(1)
    return [tf.Variable(tf.random.normal(s, stddev=0.05) if len(s) > 1 else tf.zeros(s))
            for s in shapes]


class _Program:
    shapes = ()
    x_dtype = tf.float32

    def __init__(self):
        self.params = _weights(*self.shapes)
        self.m = [tf.Variable(tf.zeros_like(p)) for p in self.params]
        self.v = [tf.Variable(tf.zeros_like(p)) for p in self.params]
        self.t = tf.Variable(0.0)
        x, y = self.specs()
        self.step = tf.function(self._step, input_signature=[x, y]).get_concrete_function()
        self.predict = tf.function(
            lambda x: self.activation(self.logits(x)), input_signature=[x]).get_concrete_function()

    activation = staticmethod(tf.nn.softmax)

    def loss(self, z, y):
        """Mean loss of a batch."""
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, z))

    def _step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss(self.logits(x), y)
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


def _spec(*shape, dtype=tf.float32):
    return tf.TensorSpec(shape, dtype)


class Tiny(_Program):
    """16-32-1 with SGD."""

    shapes = (16, 32), (32,), (32, 1), (1,)
    activation = staticmethod(tf.identity)

    def specs(self):
        """Signature of x and y."""
        return _spec(None, 16), _spec(None, 1)

    def logits(self, x):
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


class MLP(_Program):
    """784-512-512-10."""

    shapes = (784, 512), (512,), (512, 512), (512,), (512, 10), (10,)

    def specs(self):
        """Signature of x and y."""
        return _spec(None, 784), _spec(None, 10)

    def logits(self, x):
        """The network's output."""
        w1, b1, w2, b2, w3, b3 = self.params
        h = tf.nn.relu(tf.nn.bias_add(x @ w1, b1))
        h = tf.nn.relu(tf.nn.bias_add(h @ w2, b2))
        return tf.nn.bias_add(h @ w3, b3)


class CNN(_Program):
    """Two convolutions, NHWC."""

    shapes = (3, 3, 1, 32), (32,), (3, 3, 32, 64), (64,), (9216, 128), (128,), (128, 10), (10,)

    def specs(self):
        """Signature of x and y."""
        return _spec(None, 28, 28, 1), _spec(None, 10)

    def logits(self, x):
        """The network's output."""
        k1, c1, k2, c2, w1, b1, w2, b2 = self.params
        h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, k1, 1, "VALID"), c1))
        h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(h, k2, 1, "VALID"), c2))
        h = tf.reshape(tf.nn.max_pool2d(h, 2, 2, "VALID"), (-1, 9216))
        h = tf.nn.relu(tf.nn.bias_add(h @ w1, b1))
        return tf.nn.bias_add(h @ w2, b2)


class LSTM(_Program):
    """Embedding and the fused BlockLSTMV2 (gates i, c, f, o)."""

    shapes = (20000, 128), (256, 512), (512,), (128, 1), (1,)
    activation = staticmethod(tf.sigmoid)

    def specs(self):
        """Signature of x and y."""
        return _spec(None, 80, dtype=tf.int32), _spec(None, 1)

    def logits(self, ids):
        """The network's output."""
        e, w, b, v, c = self.params
        x = tf.gather(e, tf.transpose(ids))
        zeros = tf.zeros((tf.shape(ids)[0], 128))
        none = tf.zeros(128)
        h = tf.raw_ops.BlockLSTMV2(
            seq_len_max=tf.constant(80, tf.int64), x=x, cs_prev=zeros, h_prev=zeros, w=w,
            wci=none, wcf=none, wco=none, b=b, cell_clip=0.0, use_peephole=False).h
        return h[-1] @ v + c

    def loss(self, z, y):
        """Binary cross-entropy."""
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, z))


PROGRAMS = {"tiny": Tiny, "mlp": MLP, "cnn": CNN, "lstm": LSTM}


def as_input(array):
    """A batch as this program takes it."""
    return tf.constant(array)


def finish(result):
    """Waits for a result."""
    return result.numpy()
