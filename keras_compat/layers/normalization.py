"""Batch normalization."""
import math

from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..legacy import interfaces
from ._options import config_of, extend, known_channels, set_options


class BatchNormalization(Layer):
    """Normalizes each feature: with the batch in training, with moving statistics otherwise.

    axis: the features' axis. Weights, as far as `scale` and `center` ask for them:
    gamma, beta, moving_mean, moving_variance, one value for each feature.
    A layer that is not trainable normalizes with the batch in training all the same,
    and its moving statistics stay.
    """

    @interfaces.legacy_batchnorm_support
    def __init__(self, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True,
                 beta_initializer="zeros", gamma_initializer="ones",
                 moving_mean_initializer="zeros", moving_variance_initializer="ones",
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None,
                 gamma_constraint=None, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.axis = axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        set_options(self, beta_initializer=beta_initializer, gamma_initializer=gamma_initializer,
                    moving_mean_initializer=moving_mean_initializer,
                    moving_variance_initializer=moving_variance_initializer,
                    beta_regularizer=beta_regularizer, gamma_regularizer=gamma_regularizer,
                    beta_constraint=beta_constraint, gamma_constraint=gamma_constraint)

    def build(self, input_shape):
        """Makes the weights."""
        size = known_channels(self, input_shape, self.axis)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: size})
        self.gamma = self._weight("gamma", size) if self.scale else None
        self.beta = self._weight("beta", size) if self.center else None
        self.moving_mean = self._statistic("moving_mean", size)
        self.moving_variance = self._statistic("moving_variance", size)
        self.built = True

    def _weight(self, name, size):
        return self.add_weight(shape=(size,), name=name,
                               initializer=getattr(self, f"{name}_initializer"),
                               regularizer=getattr(self, f"{name}_regularizer"),
                               constraint=getattr(self, f"{name}_constraint"))

    def _statistic(self, name, size):
        return self.add_weight(shape=(size,), name=name, trainable=False,
                               initializer=getattr(self, f"{name}_initializer"))

    def call(self, inputs, training=None):
        """The normalized input."""
        if training in (0, False):
            return self._with_moving_statistics(inputs)
        normalized = self._with_batch_statistics(inputs)
        return K.in_train_phase(normalized, lambda: self._with_moving_statistics(inputs),
                                training=training)

    def _with_moving_statistics(self, inputs):
        return K.batch_normalization(inputs, self.moving_mean, self.moving_variance,
                                     self.beta, self.gamma, axis=self.axis, epsilon=self.epsilon)

    def _with_batch_statistics(self, inputs):
        features = self.axis % K.ndim(inputs)
        axes = [axis for axis in range(K.ndim(inputs)) if axis != features]
        normalized, mean, variance = K.normalize_batch_in_training(
            inputs, self.gamma, self.beta, axes, epsilon=self.epsilon)
        count = _count(inputs, axes)
        # The moving variance estimates the population's, from a sample of `count` values.
        variance = variance * (count / (count - (1.0 + self.epsilon)))
        self.add_update([K.moving_average_update(self.moving_mean, mean, self.momentum),
                         K.moving_average_update(self.moving_variance, variance, self.momentum)],
                        inputs)
        return normalized

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(
            self, "axis", "momentum", "epsilon", "center", "scale", "beta_initializer",
            "gamma_initializer", "moving_mean_initializer", "moving_variance_initializer",
            "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint"))


def _count(x, axes):
    """The number of values on these axes, as a scalar of x's dtype."""
    static = K.int_shape(x)
    known = math.prod(static[axis] for axis in axes if static[axis] is not None)
    count = K.constant(known, dtype=K.dtype(x))
    sizes = K.shape(x)
    for axis in axes:
        if static[axis] is None:
            count = count * K.cast(sizes[axis], K.dtype(x))
    return count
