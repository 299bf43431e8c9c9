"""Optimizers that average the gradient as well: Adam, Adamax, Nadam."""
from .. import backend as K
from ..legacy import interfaces
from .base import Optimizer, zeros_like


class Adam(Optimizer):
    """m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,

    p - lr sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon).
    amsgrad: the greatest v so far in v's place. Also accepts lr, decay, epsilon,
    clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "beta_1", "beta_2", "decay", "epsilon", "amsgrad")

    @interfaces.era_defaults
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, amsgrad=False, **kwargs):
        self._set_up(kwargs, learning_rate, beta_1=beta_1, beta_2=beta_2)
        self.amsgrad = amsgrad

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        ms, vs = zeros_like(params, "m"), zeros_like(params, "v")
        greatest = (zeros_like(params, "vhat") if self.amsgrad
                    else [K.zeros(1, name=f"vhat_{i}") for i in range(len(params))])
        self._start(ms, vs, greatest)
        t = self._steps_before() + 1.
        rate = self._rate() * (K.sqrt(1. - K.pow(self.beta_2, t)) / (1. - K.pow(self.beta_1, t)))
        if self.amsgrad:
            self._amsgrad_step(params, grads, ms, vs, greatest, rate)
        else:
            self._fused(K.adam_update, params, [ms, vs], grads, rate,
                        self.beta_1, self.beta_2, self.epsilon)
        return self.updates

    def _amsgrad_step(self, params, grads, ms, vs, greatest, rate):
        means = [self.beta_1 * m + (1. - self.beta_1) * g for m, g in zip(ms, grads)]
        squares = [self.beta_2 * v + (1. - self.beta_2) * K.square(g) for v, g in zip(vs, grads)]
        highest = [K.maximum(h, v) for h, v in zip(greatest, squares)]
        self._keep((ms, means), (vs, squares), (greatest, highest))
        self._assign(params, [p - rate * m / (K.sqrt(h) + self.epsilon)
                              for p, m, h in zip(params, means, highest)])


class Adamax(Optimizer):
    """m = b1 m + (1 - b1) g, u = max(b2 u, |g|), p - lr / (1 - b1^t) m / (u + epsilon).

    Also accepts lr, decay, epsilon, clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "beta_1", "beta_2", "decay", "epsilon")

    @interfaces.era_defaults
    def __init__(self, learning_rate=0.002, beta_1=0.9, beta_2=0.999, **kwargs):
        self._set_up(kwargs, learning_rate, beta_1=beta_1, beta_2=beta_2)

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        ms, us = zeros_like(params, "m"), zeros_like(params, "u")
        self._start(ms, us)
        rate = self._rate() / (1. - K.pow(self.beta_1, self._steps_before() + 1.))
        means = [self.beta_1 * m + (1. - self.beta_1) * g for m, g in zip(ms, grads)]
        norms = [K.maximum(self.beta_2 * u, K.abs(g)) for u, g in zip(us, grads)]
        self._keep((ms, means), (us, norms))
        self._assign(params, [p - rate * m / (u + self.epsilon)
                              for p, m, u in zip(params, means, norms)])
        return self.updates


class Nadam(Optimizer):
    """Adam with Nesterov momentum and a warming momentum schedule (Dozat, 2015).

    schedule_decay: 0.004, with which mu_t = b1 (1 - 0.96^(t schedule_decay) / 2).
    Also accepts lr, epsilon, clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "beta_1", "beta_2", "epsilon", "schedule_decay")

    @interfaces.era_defaults
    def __init__(self, learning_rate=0.002, beta_1=0.9, beta_2=0.999, **kwargs):
        self.schedule_decay = kwargs.pop("schedule_decay", 0.004)
        self._set_up(kwargs, learning_rate, beta_1=beta_1, beta_2=beta_2, m_schedule=1.)

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        ms, vs = zeros_like(params, "m"), zeros_like(params, "v")
        self._start([self.m_schedule], ms, vs)
        t = self._steps_before() + 1.
        mu, mu_next = self._momentum(t), self._momentum(t + 1.)
        schedule = self.m_schedule * mu
        means = [self.beta_1 * m + (1. - self.beta_1) * g for m, g in zip(ms, grads)]
        squares = [self.beta_2 * v + (1. - self.beta_2) * K.square(g) for v, g in zip(vs, grads)]
        self._keep(([self.m_schedule], [schedule]), (ms, means), (vs, squares))
        of_grad = (1. - mu) / (1. - schedule)
        of_mean = mu_next / (1. - schedule * mu_next)
        correction = 1. - K.pow(self.beta_2, t)
        self._assign(params, [
            p - self.learning_rate * (of_grad * g + of_mean * m)
            / (K.sqrt(v / correction) + self.epsilon)
            for p, g, m, v in zip(params, grads, means, squares)])
        return self.updates

    def _momentum(self, t):
        return self.beta_1 * (1. - 0.5 * K.pow(K.constant(0.96, dtype=K.dtype(t)),
                                               t * self.schedule_decay))
