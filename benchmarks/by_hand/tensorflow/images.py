"""Convolutional networks, NHWC."""
import tensorflow as tf

from .program import Binary, Program, spec


def _conv(x, kernel, bias, stride=1, padding="SAME"):
    return tf.nn.bias_add(tf.nn.conv2d(x, kernel, stride, padding), bias)


def _conv_relu(x, kernel, bias, padding="SAME"):
    return tf.nn.relu(_conv(x, kernel, bias, 1, padding))


class CNN(Program):
    """Two convolutions, two dense layers."""

    shapes = (3, 3, 1, 32), (32,), (3, 3, 32, 64), (64,), (9216, 128), (128,), (128, 10), (10,)
    specs = spec(None, 28, 28, 1), spec(None, 10)

    def logits(self, x, training):
        """The network's output."""
        k1, c1, k2, c2, w1, b1, w2, b2 = self.params
        h = _conv_relu(_conv_relu(x, k1, c1, "VALID"), k2, c2, "VALID")
        h = tf.reshape(tf.nn.max_pool2d(h, 2, 2, "VALID"), (-1, 9216))
        h = tf.nn.relu(tf.nn.bias_add(h @ w1, b1))
        return tf.nn.bias_add(h @ w2, b2)


def _resnet_convs():
    """(window, channels, units, stride) of every convolution, in the order of use."""
    yield 3, 3, 16, 1
    channels = 16
    for units in (16, 32, 64):
        for i in range(3):
            stride = 2 if units > 16 and i == 0 else 1
            yield 3, channels, units, stride
            yield 3, units, units, 1
            if stride > 1:
                yield 1, channels, units, stride
            channels = units


class ResNet(Program):
    """ResNet-20 for 32 x 32 images; FusedBatchNorm and moving averages."""

    convs = tuple(_resnet_convs())
    shapes = tuple(shape for k, c, u, _ in convs
                   for shape in ((k, k, c, u), (u,), *([(u,), (u,)] if k > 1 else [])))
    shapes += (64, 10), (10,)
    specs = spec(None, 32, 32, 3), spec(None, 10)

    def __init__(self):
        units = [u for k, _, u, _ in self.convs if k > 1]
        self.means = [tf.Variable(tf.zeros(u)) for u in units]
        self.variances = [tf.Variable(tf.ones(u)) for u in units]
        super().__init__()

    def logits(self, x, training):
        """The network's output."""
        self._rest = iter(self.params)
        self._moving = iter(zip(self.means, self.variances))
        self._training = training
        x = tf.nn.relu(self._normalized(x, 1))
        for units in (16, 32, 64):
            for i in range(3):
                stride = 2 if units > 16 and i == 0 else 1
                y = self._normalized(tf.nn.relu(self._normalized(x, stride)), 1)
                past = x if stride == 1 else _conv(x, next(self._rest), next(self._rest), stride)
                x = tf.nn.relu(y + past)
        x = tf.reshape(tf.nn.avg_pool2d(x, 8, 8, "VALID"), (-1, 64))
        return tf.nn.bias_add(x @ next(self._rest), next(self._rest))

    def _normalized(self, x, stride):
        """A convolution and a batch normalization."""
        kernel, bias, scale, offset = (next(self._rest) for _ in range(4))
        x = _conv(x, kernel, bias, stride)
        mean, variance = next(self._moving)
        if not self._training:
            return tf.compat.v1.nn.fused_batch_norm(
                x, 1 + scale, offset, mean, variance, 1e-3, is_training=False)[0]
        y, by_mean, by_variance = tf.compat.v1.nn.fused_batch_norm(x, 1 + scale, offset,
                                                                   epsilon=1e-3)
        mean.assign_sub(0.01 * (mean - by_mean))
        variance.assign_sub(0.01 * (variance - by_variance))
        return y


def _unet_shapes():
    for channels, units in ((3, 32), (32, 64), (64, 128)):
        yield from ((3, 3, channels, units), (units,), (3, 3, units, units), (units,))
    for units in (64, 32):
        yield from ((2, 2, units, 2 * units), (units,))
        yield from ((3, 3, 2 * units, units), (units,), (3, 3, units, units), (units,))
    yield from ((1, 1, 32, 1), (1,))


class UNet(Binary):
    """Two levels of 32 and 64 channels round one of 128."""

    shapes = tuple(_unet_shapes())
    specs = spec(None, 64, 64, 3), spec(None, 64, 64, 1)

    def logits(self, x, training):
        """The network's output."""
        rest = iter(self.params)

        def twice(x):
            x = _conv_relu(x, next(rest), next(rest))
            return _conv_relu(x, next(rest), next(rest))
        kept = []
        for _ in range(2):
            kept.append(twice(x))
            x = tf.nn.max_pool2d(kept[-1], 2, 2, "VALID")
        x = twice(x)
        for size, units in ((32, 64), (64, 32)):
            shape = (tf.shape(x)[0], size, size, units)
            x = tf.nn.bias_add(tf.nn.conv2d_transpose(x, next(rest), shape, 2), next(rest))
            x = twice(tf.concat([x, kept.pop()], -1))
        return _conv(x, next(rest), next(rest))


PROGRAMS = {"cnn": CNN, "resnet": ResNet, "unet": UNet}
