"""Optimizers that follow the gradient, scaled by its past: SGD, RMSprop, Adagrad, Adadelta."""
from .. import backend as K
from ..legacy import interfaces
from .base import Optimizer, zeros_like


class SGD(Optimizer):
    """Gradient descent with momentum: v = momentum v - lr g, p + v.

    nesterov: p + momentum v - lr g. Also accepts lr, decay, clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "momentum", "decay", "nesterov")

    def __init__(self, learning_rate=0.01, momentum=0., nesterov=False, **kwargs):
        self._set_up(kwargs, learning_rate, momentum=momentum)
        self.nesterov = nesterov

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        velocities = zeros_like(params, "moment")
        self._start(velocities)
        self._fused(K.sgd_update, params, [velocities], grads, self._rate(),
                    self.momentum, self.nesterov)
        return self.updates


class RMSprop(Optimizer):
    """a = rho a + (1 - rho) g^2, p - lr g / (sqrt(a) + epsilon).

    Also accepts lr, decay, epsilon, clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "rho", "decay", "epsilon")

    @interfaces.era_defaults
    def __init__(self, learning_rate=0.001, rho=0.9, **kwargs):
        self._set_up(kwargs, learning_rate, rho=rho)

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        accumulators = zeros_like(params, "accumulator")
        self._start(accumulators)
        self._fused(K.rmsprop_update, params, [accumulators], grads, self._rate(),
                    self.rho, self.epsilon)
        return self.updates


class Adagrad(Optimizer):
    """a = a + g^2, p - lr g / (sqrt(a) + epsilon); a starts at 0.

    Also accepts lr, decay, epsilon, clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "decay", "epsilon")

    @interfaces.era_defaults
    def __init__(self, learning_rate=0.01, **kwargs):
        self._set_up(kwargs, learning_rate)

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        accumulators = zeros_like(params, "accumulator")
        self._start(accumulators)
        rate = self._rate()
        sums = [a + K.square(g) for a, g in zip(accumulators, grads)]
        self._keep((accumulators, sums))
        self._assign(params, [p - rate * g / (K.sqrt(a) + self.epsilon)
                              for p, g, a in zip(params, grads, sums)])
        return self.updates


class Adadelta(Optimizer):
    """a = rho a + (1 - rho) g^2, u = g sqrt(d + epsilon) / sqrt(a + epsilon),

    p - lr u, d = rho d + (1 - rho) u^2. Also accepts lr, decay, epsilon, clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "rho", "decay", "epsilon")

    @interfaces.era_defaults
    def __init__(self, learning_rate=1.0, rho=0.95, **kwargs):
        self._set_up(kwargs, learning_rate)
        self.rho = rho

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        accumulators = zeros_like(params, "accumulator")
        deltas = zeros_like(params, "delta_accumulator")
        self._start(accumulators, deltas)
        rate, rho, epsilon = self._rate(), self.rho, self.epsilon
        squares = [rho * a + (1. - rho) * K.square(g) for a, g in zip(accumulators, grads)]
        steps = [g * K.sqrt(d + epsilon) / K.sqrt(a + epsilon)
                 for g, d, a in zip(grads, deltas, squares)]
        moved = [rho * d + (1. - rho) * K.square(s) for d, s in zip(deltas, steps)]
        self._keep((accumulators, squares), (deltas, moved))
        self._assign(params, [p - rate * s for p, s in zip(params, steps)])
        return self.updates
