"""The activation functions with weights that only Keras 1 had."""
from .. import backend as K
from .. import initializers
from ..layers._elementwise import ElementwiseWithWeights
from ..layers._options import extend


class _OfKeras1(ElementwiseWithWeights):
    """What the two have in common: `weights`, and initializers under Keras 1's names."""

    def __init__(self, weights=None, shared_axes=None, **kwargs):
        if weights is not None:
            kwargs["weights"] = weights
        super().__init__(shared_axes=shared_axes, **kwargs)

    def _weight(self, input_shape, name, initializer):
        return self.add_weight(shape=self._weights_shape(input_shape), name=name,
                               initializer=initializer)


class ParametricSoftplus(_OfKeras1):
    """alpha * log(1 + exp(beta * x)), alpha and beta learned for each element.

    alpha_init, beta_init: the numbers that they start from. shared_axes: axes (from 1)
    along which one of each is shared. Weights: alphas, betas, of a sample's shape with 1
    on the shared axes.
    """

    def __init__(self, alpha_init=0.2, beta_init=5.0, weights=None, shared_axes=None, **kwargs):
        super().__init__(weights, shared_axes, **kwargs)
        self.alpha_init = K.cast_to_floatx(alpha_init)
        self.beta_init = K.cast_to_floatx(beta_init)

    def build(self, input_shape):
        """Makes the weights."""
        self.alphas, self.betas = [
            self._weight(input_shape, name, initializers.Constant(float(start)))
            for name, start in (("alphas", self.alpha_init), ("betas", self.beta_init))]
        self.built = True

    def call(self, inputs, mask=None):
        """The function of the input."""
        return self.alphas * K.softplus(self.betas * inputs)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), {
            "alpha_init": float(self.alpha_init), "beta_init": float(self.beta_init),
            "shared_axes": self.shared_axes})


class SReLU(_OfKeras1):
    """x between two thresholds, and a line with a learned slope on either side.

    t_left + a_left * (x - t_left) below t_left, and the same on the right of
    t_left + |t_right| (Jin et al., Deep Learning with S-shaped Rectified Linear Activation
    Units, 2015). The arguments `.._init` are initializers; shared_axes: axes (from 1) along
    which weights are shared. Weights: t_left, a_left, t_right, a_right, of a sample's shape
    with 1 on the shared axes.
    """

    _NAMES = ("t_left", "a_left", "t_right", "a_right")

    def __init__(self, t_left_init="zero", a_left_init="glorot_uniform",
                 t_right_init="glorot_uniform", a_right_init="one", shared_axes=None,
                 weights=None, **kwargs):
        super().__init__(weights, shared_axes, **kwargs)
        given = t_left_init, a_left_init, t_right_init, a_right_init
        self._initializers = dict(zip(self._NAMES, map(initializers.get, given)))

    def build(self, input_shape):
        """Makes the weights."""
        for name, initializer in self._initializers.items():
            setattr(self, name, self._weight(input_shape, name, initializer))
        self.built = True

    def call(self, inputs, mask=None):
        """The function of the input."""
        right = self.t_left + K.abs(self.t_right)
        inside = K.minimum(K.maximum(inputs, self.t_left), right)
        below = K.minimum(inputs - self.t_left, 0.0)
        above = K.maximum(inputs - right, 0.0)
        return inside + self.a_left * below + self.a_right * above

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), {
            **{f"{name}_init": initializers.serialize(initializer)
               for name, initializer in self._initializers.items()},
            "shared_axes": self.shared_axes})
