"""Recurrent cells over a whole sequence, with their backward passes written out.

What does not depend on the step before is one call for all steps: the input's
projection, the derivatives of the activations, the gradients of the weights. A
step back is then a matrix product and a few sums. Time comes first in here:
(steps, batch, units). Inputs are x, kernel, recurrent kernel, states, and the
bias last where there is one. TensorFlow's own gradient of BlockLSTMV2 is not used:
it is slower, and wrong (it takes the gates in another order than the kernel).
"""
import tensorflow as tf

from keras_compat.backends.tensorflow.control import loop


class Activation:
    """An activation and its derivative as a function of its value."""

    def __init__(self, function, slope):
        self.function = function
        self.slope = slope


ACTIVATIONS = {
    "tanh": Activation(tf.tanh, lambda y: 1 - y * y),
    "sigmoid": Activation(tf.sigmoid, lambda y: y * (1 - y)),
    "hard_sigmoid": Activation(lambda x: tf.clip_by_value(x * 0.2 + 0.5, 0, 1),
                               lambda y: tf.cast((y > 0) & (y < 1), y.dtype) * 0.2),
    "relu": Activation(tf.nn.relu, lambda y: tf.cast(y > 0, y.dtype)),
    "linear": Activation(tf.identity, tf.ones_like),
}


class Cell:
    """What the cells share. gates: parts of the kernel; states: how many are carried.

    every: whether the outputs of all steps are wanted, before the last states.
    """

    gates = states = 1

    def __init__(self, every, activation, recurrent_activation="linear"):
        self.every = every
        self.act = ACTIVATIONS[activation]
        self.gate = ACTIVATIONS[recurrent_activation]

    def parts(self, inputs):
        """(x, kernel, recurrent kernel, states, bias or None)."""
        states = inputs[3:3 + self.states]
        return (*inputs[:3], states, inputs[-1] if len(inputs) > 3 + self.states else None)

    def biases(self, bias):
        """(bias of the input's projection or None, of the state's or None)."""
        return bias, None

    def plain(self, *inputs):
        """The outputs alone, in ops that TensorFlow differentiates any number of times."""
        x, kernel, recurrent, states, bias = self.parts(inputs)
        outer, inner = self.biases(bias)

        def step(u, *carried):
            new, _ = self.step(u, recurrent, inner, *carried)
            return ([new[0]] if self.every else []), new
        widths = [recurrent.shape[0]] * self.every
        outputs, last = loop(step, [project(x, kernel, outer)], states, widths)
        return (*outputs, *last)

    def forward(self, *inputs):
        """The outputs, and what `backward` wants: each step's (h, more...)."""
        x, kernel, recurrent, states, bias = self.parts(inputs)
        outer, inner = self.biases(bias)
        projected = project(x, kernel, outer)

        def step(u, *carried):
            new, more = self.step(u, recurrent, inner, *carried)
            return [*new, *more], new
        units = recurrent.shape[0]
        kept, last = loop(step, [projected], states, [units * n for n in self.kept])
        return ((kept[0], *last) if self.every else tuple(last)), (projected, *kept)

    def given(self, gradients):
        """(gradients of all outputs or None, of the last states)."""
        return (gradients[0], gradients[1:]) if self.every else (None, gradients)

    def unroll(self, step, sequences, given, width):
        """Runs back through the steps: (what each of them gave, gradients of the first states).

        step(*slices, *state gradients) -> (a tensor with that many columns, new gradients).
        """
        each, last = self.given(given)

        def back(*items):
            if each is not None:
                count = len(items) - self.states
                items = (*items[1:count], items[count] + items[0], *items[count + 1:])
            result, states = step(*items)
            return [result], states
        sequences = sequences if each is None else [each, *sequences]
        (found,), states = loop(back, sequences, last, [width], reverse=True)
        return found, states


# ---- parts that cells share ----

def project(x, kernel, bias):
    """x times the kernel for all steps at once."""
    flat = tf.matmul(_rows(x), kernel)
    flat = flat if bias is None else tf.nn.bias_add(flat, bias)
    steps, batch = tf.unstack(tf.shape(x)[:2])
    y = tf.reshape(flat, [steps, batch, kernel.shape[-1]])
    y.set_shape([x.shape[0], x.shape[1], None])
    return y


def _rows(x):
    return tf.reshape(x, [-1, x.shape[-1]])


def _before(first, states):
    """The state before each step, from the first and those after."""
    return tf.concat([first[tf.newaxis], states[:-1]], 0)


def _product(states, gradients):
    """states^T . gradients, summed over steps and batch."""
    return tf.matmul(_rows(states), _rows(gradients), transpose_a=True)


def _weights(x, kernel, gradients):
    """Gradients of x and of the kernel from that of the projection."""
    by_x = tf.reshape(tf.matmul(_rows(gradients), kernel, transpose_b=True), tf.shape(x))
    return by_x, _product(x, gradients)


def _total(gradients):
    return tf.reduce_sum(_rows(gradients), 0)


# ---- the cells ----

class Simple(Cell):
    """h = act(x.W + b + h.U)"""

    kept = (1,)

    def step(self, u, recurrent, bias, h):
        h = self.act.function(u + tf.matmul(h, recurrent))
        return [h], []

    def backward(self, kept, inputs, given):
        """A gradient per input."""
        x, kernel, recurrent, (first,), bias = self.parts(inputs)
        _, h = kept
        back = tf.transpose(recurrent)

        def step(slope, by_h):
            by_u = by_h * slope
            return by_u, [tf.matmul(by_u, back)]
        by_u, states = self.unroll(step, [self.act.slope(h)], given, kernel.shape[-1])
        found = *_weights(x, kernel, by_u), _product(_before(first, h), by_u), *states
        return found if bias is None else (*found, _total(by_u))


class Lstm(Cell):
    """c = f c + i g, h = o act(c); parts i, f, g, o of x.W + b + h.U"""

    gates, states, kept = 4, 2, (1, 1, 4)

    def step(self, u, recurrent, bias, h, c):
        before = u + tf.matmul(h, recurrent)
        i, f, g, o = tf.split(before, 4, -1)
        gate, act = self.gate.function, self.act.function
        c = gate(f) * c + gate(i) * act(g)
        return [gate(o) * act(c), c], [before]

    def values(self, kept):
        """i, f, g, o, c, act(c), h of all steps."""
        _, h, c, before = kept
        i, f, g, o = tf.split(before, 4, -1)
        gate, act = self.gate.function, self.act.function
        return gate(i), gate(f), act(g), gate(o), c, act(c), h

    def backward(self, kept, inputs, given):
        """A gradient per input."""
        x, kernel, recurrent, (first_h, first_c), bias = self.parts(inputs)
        i, f, g, o, c, squashed, h = self.values(kept)
        slope = self.gate.slope
        by_c_of = [slope(i) * g, slope(f) * _before(first_c, c), self.act.slope(g) * i]
        slopes = [*by_c_of, slope(o) * squashed, o * self.act.slope(squashed), f]
        back = tf.transpose(recurrent)

        def step(of_i, of_f, of_g, of_o, through, f, by_h, by_c):
            by_c = by_c + by_h * through
            by_u = tf.concat([by_c * of_i, by_c * of_f, by_c * of_g, by_h * of_o], -1)
            return by_u, [tf.matmul(by_u, back), by_c * f]
        by_u, states = self.unroll(step, slopes, given, kernel.shape[-1])
        found = *_weights(x, kernel, by_u), _product(_before(first_h, h), by_u), *states
        return found if bias is None else (*found, _total(by_u))


class BlockLstm(Lstm):
    """The LSTM with tanh and sigmoid by one kernel, which has the gates in Keras' order."""

    def forward(self, *inputs):
        """The outputs, and the values of all steps."""
        x, kernel, recurrent, (h, c), bias = self.parts(inputs)
        none = tf.zeros(recurrent.shape[0], x.dtype)
        y = tf.raw_ops.BlockLSTMV2(
            seq_len_max=tf.shape(x, tf.int64)[0], x=x, cs_prev=c, h_prev=h,
            w=tf.concat([kernel, recurrent], 0), wci=none, wcf=none, wco=none,
            b=tf.tile(none, [4]) if bias is None else bias, cell_clip=0.0, use_peephole=False)
        last = _last(h, y.h), _last(c, y.cs)
        return ((y.h, *last) if self.every else last), (y.i, y.f, y.ci, y.o, y.cs, y.co, y.h)

    def values(self, kept):
        """i, f, g, o, c, act(c), h of all steps."""
        return kept


def _last(first, states):
    """The last state, which is the first where there are no steps."""
    return tf.concat([first[tf.newaxis], states[-1:]], 0)[-1]


class Gru(Cell):
    """h = z h + (1 - z) act(u_h + (r h) U_h); parts z, r, h"""

    gates, kept = 3, (1, 2, 1)

    def step(self, u, recurrent, bias, h):
        early, late = _columns(recurrent)
        before = u[:, :early.shape[-1]] + tf.matmul(h, early)
        z, r = tf.split(self.gate.function(before), 2, -1)
        inside = u[:, early.shape[-1]:] + tf.matmul(r * h, late)
        return [z * h + (1 - z) * self.act.function(inside)], [before, inside]

    def backward(self, kept, inputs, given):
        """A gradient per input."""
        x, kernel, recurrent, (first,), bias = self.parts(inputs)
        _, h, before, inside = kept
        z, r = tf.split(self.gate.function(before), 2, -1)
        candidate, h = self.act.function(inside), _before(first, h)
        slopes = [(h - candidate) * self.gate.slope(z), h * self.gate.slope(r),
                  (1 - z) * self.act.slope(candidate), z, r]
        early, late = map(tf.transpose, _columns(recurrent))

        def step(of_z, of_r, of_inside, z, r, by_h):
            by_inside = by_h * of_inside
            by_rh = tf.matmul(by_inside, late)
            by_zr = tf.concat([by_h * of_z, by_rh * of_r], -1)
            by_h = by_h * z + by_rh * r + tf.matmul(by_zr, early)
            return tf.concat([by_zr, by_inside], -1), [by_h]
        by_u, states = self.unroll(step, slopes, given, kernel.shape[-1])
        by_zr, by_inside = _columns(by_u)
        by_recurrent = tf.concat([_product(h, by_zr), _product(r * h, by_inside)], -1)
        found = *_weights(x, kernel, by_u), by_recurrent, *states
        return found if bias is None else (*found, _total(by_u))


def _columns(x):
    """The columns of z and r, and those of the candidate."""
    units = x.shape[-1] // 3
    return x[..., :2 * units], x[..., 2 * units:]


class GruResetAfter(Gru):
    """h = z h + (1 - z) act(u_h + r (h U_h + b_h)); parts z, r, h; bias (2, 3 units)"""

    kept = (1, 3)

    def biases(self, bias):
        return (None, None) if bias is None else (bias[0], bias[1])

    def step(self, u, recurrent, bias, h):
        hidden = tf.matmul(h, recurrent)
        hidden = hidden if bias is None else tf.nn.bias_add(hidden, bias)
        z, r, candidate = self.parts_of(u, hidden)
        return [z * h + (1 - z) * candidate], [hidden]

    def parts_of(self, u, hidden):
        """z, r and the candidate."""
        early, late = _columns(u)
        hidden_early, hidden_late = _columns(hidden)
        z, r = tf.split(self.gate.function(early + hidden_early), 2, -1)
        return z, r, self.act.function(late + r * hidden_late)

    def backward(self, kept, inputs, given):
        """A gradient per input."""
        x, kernel, recurrent, (first,), bias = self.parts(inputs)
        u, h, hidden = kept
        z, r, candidate = self.parts_of(u, hidden)
        h = _before(first, h)
        of_inside = (1 - z) * self.act.slope(candidate)
        of_z = (h - candidate) * self.gate.slope(z)
        of_r = of_inside * _columns(hidden)[1] * self.gate.slope(r)
        slopes = [tf.concat([of_z, of_r, of_inside * r], -1), z]
        back = tf.transpose(recurrent)

        def step(of_hidden, z, by_h):
            by_hidden = tf.tile(by_h, [1, 3]) * of_hidden
            return tf.concat([by_hidden, by_h], -1), [by_h * z + tf.matmul(by_hidden, back)]
        units = kernel.shape[-1] // 3
        found, states = self.unroll(step, slopes, given, 4 * units)
        by_hidden, by_h = found[..., :3 * units], found[..., 3 * units:]
        by_u = tf.concat([by_hidden[..., :2 * units], by_h * of_inside], -1)
        result = *_weights(x, kernel, by_u), _product(h, by_hidden), *states
        return result if bias is None else (*result, tf.stack([_total(by_u), _total(by_hidden)]))
