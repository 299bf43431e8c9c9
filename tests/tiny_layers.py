"""Small layers for tests of the engine, written as users of Keras 2 write theirs."""
from keras_compat import backend as K
from keras_compat.engine.base_layer import InputSpec, Layer


class Affine(Layer):
    """x . kernel + bias, with both positional orders of add_weight."""

    def __init__(self, units, activity_regularizer=None, **kwargs):
        self.units = units
        super().__init__(**kwargs)
        self.input_spec = InputSpec(min_ndim=2)
        self.activity_regularizer = activity_regularizer

    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", (input_shape[-1], self.units), initializer="ones")
        self.bias = self.add_weight((self.units,), "zero", name="bias")
        super().build(input_shape)

    def call(self, inputs):
        return K.bias_add(K.dot(inputs, self.kernel), self.bias)

    def compute_output_shape(self, input_shape):
        return input_shape[:-1] + (self.units,)

    def get_config(self):
        return {"units": self.units, **super().get_config()}


class Plus(Layer):
    """The sum of its inputs; hands masks on. Says nothing about its output's shape."""

    supports_masking = True

    def call(self, inputs):
        return inputs[0] + inputs[1]

    def compute_mask(self, inputs, mask=None):
        return None if mask is None else mask[0]


class Mask(Layer):
    """Makes a mask of the steps that are not all zero."""

    def call(self, inputs):
        return inputs

    def compute_mask(self, inputs, mask=None):
        return K.any(K.not_equal(inputs, 0.0), axis=-1)


class Counter(Layer):
    """Counts its calls in training in a weight that is not trained."""

    def build(self, input_shape):
        self.count = self.add_weight(name="count", shape=(), initializer="zeros", trainable=False)

    def call(self, inputs):
        self.add_update(K.update_add(self.count, 1.0), inputs)
        return inputs
