"""The dense layers that only Keras 1 had names for."""
from .. import activations, constraints, initializers, regularizers
from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..layers._options import (config_of, extend, input_dim_to_shape, known_channels,
                               steps_and_features)
from ..layers.dense import Dense


class _DenseOfKeras1(Layer):
    """What the two dense layers share: the arguments, under Keras 1's names."""

    def _set(self, init, W_regularizer, b_regularizer, activity_regularizer, W_constraint,
             b_constraint, bias, input_dim):
        self.init = initializers.get(init)
        self.W_regularizer = regularizers.get(W_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.W_constraint = constraints.get(W_constraint)
        self.b_constraint = constraints.get(b_constraint)
        self.bias = bias
        self.input_dim = input_dim
        self.input_spec = InputSpec(ndim=2)

    def _kernel(self, name, shape):
        return self.add_weight(shape=shape, name=name, initializer=self.init,
                               regularizer=self.W_regularizer, constraint=self.W_constraint)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), {
            "init": initializers.serialize(self.init),
            "W_regularizer": regularizers.serialize(self.W_regularizer),
            "b_regularizer": regularizers.serialize(self.b_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "W_constraint": constraints.serialize(self.W_constraint),
            "b_constraint": constraints.serialize(self.b_constraint),
            "bias": self.bias, "input_dim": self.input_dim})


class Highway(_DenseOfKeras1):
    """A gate t between a dense layer of its input's size and the input: t * dense + (1 - t) * x.

    Weights: W, W_carry (inputs, inputs), b, b_carry (inputs,).
    """

    def __init__(self, init="glorot_uniform", activation=None, weights=None, W_regularizer=None,
                 b_regularizer=None, activity_regularizer=None, W_constraint=None,
                 b_constraint=None, bias=True, input_dim=None, **kwargs):
        super().__init__(**_keywords(kwargs, weights, input_dim))
        self._set(init, W_regularizer, b_regularizer, activity_regularizer, W_constraint,
                  b_constraint, bias, input_dim)
        self.activation = activations.get(activation)

    def build(self, input_shape):
        """Makes the weights."""
        size = known_channels(self, input_shape, 1)
        self.input_spec = InputSpec(ndim=2, axes={1: size})
        self.W = self._kernel("W", (size, size))
        self.W_carry = self._kernel("W_carry", (size, size))
        if self.bias:
            self.b = self.add_weight(shape=(size,), name="b", initializer="zero",
                                     regularizer=self.b_regularizer, constraint=self.b_constraint)
            self.b_carry = self.add_weight(shape=(size,), name="b_carry", initializer="one")
        self.built = True

    def call(self, x):
        """The mixture of the dense layer and the input."""
        carry, dense = K.dot(x, self.W_carry), K.dot(x, self.W)
        if self.bias:
            carry, dense = carry + self.b_carry, dense + self.b
        gate = activations.sigmoid(carry)
        return self.activation(dense) * gate + (1 - gate) * x

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "activation"))


class MaxoutDense(_DenseOfKeras1):
    """The greatest of `nb_feature` dense layers, element by element.

    Weights: W (features, inputs, outputs), b (features, outputs).
    """

    def __init__(self, output_dim, nb_feature=4, init="glorot_uniform", weights=None,
                 W_regularizer=None, b_regularizer=None, activity_regularizer=None,
                 W_constraint=None, b_constraint=None, bias=True, input_dim=None, **kwargs):
        super().__init__(**_keywords(kwargs, weights, input_dim))
        self._set(init, W_regularizer, b_regularizer, activity_regularizer, W_constraint,
                  b_constraint, bias, input_dim)
        self.output_dim = output_dim
        self.nb_feature = nb_feature

    def build(self, input_shape):
        """Makes the weights."""
        size = known_channels(self, input_shape, 1)
        self.input_spec = InputSpec(ndim=2, axes={1: size})
        self.W = self._kernel("W", (self.nb_feature, size, self.output_dim))
        if self.bias:
            self.b = self.add_weight(shape=(self.nb_feature, self.output_dim), name="b",
                                     initializer="zero", regularizer=self.b_regularizer,
                                     constraint=self.b_constraint)
        self.built = True

    def compute_output_shape(self, input_shape):
        """(samples, outputs)."""
        return (input_shape[0], self.output_dim)

    def call(self, x):
        """The greatest output."""
        output = K.dot(x, self.W)
        return K.max(output + self.b if self.bias else output, axis=1)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "output_dim", "nb_feature"))


def _keywords(kwargs, weights, input_dim):
    if weights is not None:
        kwargs["weights"] = weights
    if input_dim:
        kwargs["input_dim"] = input_dim
    return input_dim_to_shape(kwargs)


class TimeDistributedDense(Dense):
    """`Dense` over sequences (samples, steps, features): Keras 1's name and arguments for it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **steps_and_features(kwargs))
