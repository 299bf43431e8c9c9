"""Optimizers: the updates that move weights against a gradient.

Formulas, defaults and the order of an optimizer's own weights are those of Keras
2.3.1: `epsilon` is 1e-7 for all, `decay` divides the rate by 1 + decay * iterations,
`clipnorm` clips by the norm of all gradients together. Hyper-parameters that may
change while training are K variables.
"""
from types import MappingProxyType

import numpy as np

from . import backend as K
from .backend import errors
from .utils.generic_utils import deserialize_keras_object, serialize_keras_object


def clip_norm(g, c, n):
    """`g` scaled by c / n where the norm `n` is at least `c`; c <= 0 leaves it alone."""
    if c <= 0:
        return g
    return g * K.switch(n >= c, c / K.maximum(n, K.epsilon()), K.ones_like(n))


class Optimizer:
    """Base of the optimizers.

    clipnorm: the greatest norm of all gradients together. clipvalue: the greatest
    absolute value of a gradient's element. Other keywords raise TypeError.
    """

    _arguments = ()

    def __init__(self, **kwargs):
        for name, value in kwargs.items():
            if name not in ("clipnorm", "clipvalue"):
                raise TypeError(errors.message(
                    type(self).__name__, "unexpected keyword argument",
                    "clipnorm, clipvalue, or one of the optimizer's own", repr(name)))
            setattr(self, name, value)
        self.updates = []
        self.weights = []

    # ---- what a subclass defines ----

    def get_updates(self, loss, params):
        """The updates (as from `K.update`) of one step that lessens `loss`."""
        raise NotImplementedError(errors.message(
            type(self).__name__, "an optimizer must define its step",
            "a method get_updates(loss, params)", "none"))

    def get_config(self):
        """The constructor's arguments; the clipping limits only where they were given."""
        config = {name: _plain(getattr(self, name)) for name in self._arguments}
        limits = [name for name in ("clipnorm", "clipvalue") if hasattr(self, name)]
        return {**config, **{name: getattr(self, name) for name in limits}}

    @classmethod
    def from_config(cls, config):
        """The optimizer whose `get_config` gave `config`."""
        return cls(**config)

    # ---- gradients and weights ----

    def get_gradients(self, loss, params):
        """Clipped gradients of `loss`, one per parameter.

        ValueError where the loss does not depend on a parameter.
        """
        grads = K.gradients(loss, params)
        absent = [p.name for p, g in zip(params, grads) if g is None]
        if absent:
            raise ValueError(errors.message(
                type(self).__name__, "the loss must depend on every trainable weight",
                "a gradient for each", f"none for {', '.join(absent)}",
                "K.argmax, K.round and the like have no gradient"))
        if getattr(self, "clipnorm", None):
            norm = K.sqrt(sum(K.sum(K.square(g)) for g in grads))
            grads = [clip_norm(g, self.clipnorm, norm) for g in grads]
        if getattr(self, "clipvalue", None):
            grads = [K.clip(g, -self.clipvalue, self.clipvalue) for g in grads]
        return grads

    def set_weights(self, weights):
        """Sets the optimizer's own weights, in the order of `weights`.

        ValueError for another number of arrays or other shapes.
        """
        shapes = [tuple(K.int_shape(w)) for w in self.weights]
        given = [np.shape(w) for w in weights]
        if shapes != given:
            raise ValueError(errors.message(
                type(self).__name__, "optimizer weights have the shapes of the optimizer's own",
                f"{len(shapes)} arrays {_listed(shapes)}", f"{len(given)} arrays {_listed(given)}",
                "The weights exist once the training function has been made"))
        K.batch_set_value(list(zip(self.weights, weights)))

    def get_weights(self):
        """The optimizer's own weights as NumPy arrays."""
        return K.batch_get_value(self.weights)

    @property
    def lr(self):
        """The learning rate's variable, under its older name."""
        return self.learning_rate

    @lr.setter
    def lr(self, value):
        self.learning_rate = value

    # ---- parts of a step ----

    def _set_up(self, kwargs, learning_rate, **hyper):
        """Takes the common keywords and makes the variables of a built-in optimizer.

        kwargs: lr, decay and epsilon, as far as the optimizer has them; the rest goes
        to the base class. hyper: values that become variables.
        """
        learning_rate = kwargs.pop("lr", learning_rate)
        self.initial_decay = 0.0
        if "decay" in self._arguments:
            self.initial_decay = hyper["decay"] = kwargs.pop("decay", 0.0)
        if "epsilon" in self._arguments:
            epsilon = kwargs.pop("epsilon", None)
            self.epsilon = K.epsilon() if epsilon is None else epsilon
        Optimizer.__init__(self, **kwargs)
        with K.name_scope(type(self).__name__):
            self.iterations = K.variable(0, dtype="int64", name="iterations")
            for name, value in {"learning_rate": learning_rate, **hyper}.items():
                setattr(self, name, K.variable(value, name=name))

    def _start(self, *groups):
        """Begins a step with the optimizer's weights; the count is updated first."""
        self.weights = [self.iterations] + [w for group in groups for w in group]
        self.updates = [K.update_add(self.iterations, 1)]

    def _rate(self):
        """The learning rate after decay."""
        if self.initial_decay <= 0:
            return self.learning_rate
        return self.learning_rate * (1. / (1. + self.decay * self._steps_before()))

    def _steps_before(self):
        return K.cast(self.iterations, K.dtype(self.learning_rate))

    def _assign(self, params, values):
        """Updates parameters, through their constraints."""
        for param, value in zip(params, values):
            constraint = getattr(param, "constraint", None)
            self.updates.append(K.update(param, constraint(value) if constraint else value))

    def _fused(self, op, params, states, grads, *settings):
        """The step as one op over all parameters; those with constraints have one apart,

        since what still has to be constrained cannot be updated in place.
        """
        for chosen in _by_constraint(params):
            variables = [[group[i] for i in chosen] for group in (params, *states)]
            new = op(*variables, [grads[i] for i in chosen], *settings)
            moved, *kept = _parts(new, len(chosen))
            self._keep(*zip(variables[1:], kept))
            self._assign(variables[0], moved)

    def _keep(self, *groups):
        """Updates the optimizer's state: pairs (variables, values)."""
        for variables, values in groups:
            self.updates.extend(map(K.update, variables, values))


def _plain(value):
    return float(K.get_value(value)) if K.is_variable(value) else value


def _zeros_like(params, prefix):
    return [K.zeros(K.int_shape(p), dtype=K.dtype(p), name=f"{prefix}_{i}")
            for i, p in enumerate(params)]


def _by_constraint(params):
    """Indices of the parameters without a constraint, then of those with one."""
    held = [getattr(p, "constraint", None) is not None for p in params]
    groups = [[i for i, h in enumerate(held) if h is wanted] for wanted in (False, True)]
    return [group for group in groups if group]


def _parts(values, count):
    """A flat sequence as lists of `count`."""
    return [values[i:i + count] for i in range(0, len(values), count)]


def _listed(shapes):
    return ", ".join(map(errors.shape, shapes[:6])) + (", ..." if len(shapes) > 6 else "")


class SGD(Optimizer):
    """Gradient descent with momentum: v = momentum v - lr g, p + v.

    nesterov: p + momentum v - lr g. Also accepts lr, decay, clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "momentum", "decay", "nesterov")

    def __init__(self, learning_rate=0.01, momentum=0., nesterov=False, **kwargs):
        self._set_up(kwargs, learning_rate, momentum=momentum)
        self.nesterov = nesterov

    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        velocities = _zeros_like(params, "moment")
        self._start(velocities)
        self._fused(K.sgd_update, params, [velocities], grads, self._rate(),
                    self.momentum, self.nesterov)
        return self.updates


class RMSprop(Optimizer):
    """a = rho a + (1 - rho) g^2, p - lr g / (sqrt(a) + epsilon).

    Also accepts lr, decay, epsilon, clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "rho", "decay", "epsilon")

    def __init__(self, learning_rate=0.001, rho=0.9, **kwargs):
        self._set_up(kwargs, learning_rate, rho=rho)

    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        accumulators = _zeros_like(params, "accumulator")
        self._start(accumulators)
        self._fused(K.rmsprop_update, params, [accumulators], grads, self._rate(),
                    self.rho, self.epsilon)
        return self.updates


class Adagrad(Optimizer):
    """a = a + g^2, p - lr g / (sqrt(a) + epsilon); a starts at 0.

    Also accepts lr, decay, epsilon, clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "decay", "epsilon")

    def __init__(self, learning_rate=0.01, **kwargs):
        self._set_up(kwargs, learning_rate)

    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        accumulators = _zeros_like(params, "accumulator")
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

    def __init__(self, learning_rate=1.0, rho=0.95, **kwargs):
        self._set_up(kwargs, learning_rate)
        self.rho = rho

    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        accumulators = _zeros_like(params, "accumulator")
        deltas = _zeros_like(params, "delta_accumulator")
        self._start(accumulators, deltas)
        rate, rho, epsilon = self._rate(), self.rho, self.epsilon
        squares = [rho * a + (1. - rho) * K.square(g) for a, g in zip(accumulators, grads)]
        steps = [g * K.sqrt(d + epsilon) / K.sqrt(a + epsilon)
                 for g, d, a in zip(grads, deltas, squares)]
        moved = [rho * d + (1. - rho) * K.square(s) for d, s in zip(deltas, steps)]
        self._keep((accumulators, squares), (deltas, moved))
        self._assign(params, [p - rate * s for p, s in zip(params, steps)])
        return self.updates


class Adam(Optimizer):
    """m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,

    p - lr sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon).
    amsgrad: the greatest v so far in v's place. Also accepts lr, decay, epsilon,
    clipnorm, clipvalue.
    """

    _arguments = ("learning_rate", "beta_1", "beta_2", "decay", "epsilon", "amsgrad")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, amsgrad=False, **kwargs):
        self._set_up(kwargs, learning_rate, beta_1=beta_1, beta_2=beta_2)
        self.amsgrad = amsgrad

    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        ms, vs = _zeros_like(params, "m"), _zeros_like(params, "v")
        greatest = (_zeros_like(params, "vhat") if self.amsgrad
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

    def __init__(self, learning_rate=0.002, beta_1=0.9, beta_2=0.999, **kwargs):
        self._set_up(kwargs, learning_rate, beta_1=beta_1, beta_2=beta_2)

    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        ms, us = _zeros_like(params, "m"), _zeros_like(params, "u")
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

    def __init__(self, learning_rate=0.002, beta_1=0.9, beta_2=0.999, **kwargs):
        self.schedule_decay = kwargs.pop("schedule_decay", 0.004)
        self._set_up(kwargs, learning_rate, beta_1=beta_1, beta_2=beta_2, m_schedule=1.)

    def get_updates(self, loss, params):
        """One step."""
        grads = self.get_gradients(loss, params)
        ms, vs = _zeros_like(params, "m"), _zeros_like(params, "v")
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


# ---- names ----

sgd = SGD
rmsprop = RMSprop
adagrad = Adagrad
adadelta = Adadelta
adam = Adam
adamax = Adamax
nadam = Nadam

_TABLE = MappingProxyType({cls.__name__.lower(): cls for cls in (
    SGD, RMSprop, Adagrad, Adadelta, Adam, Adamax, Nadam)})


def serialize(optimizer):
    """The class and config of an optimizer."""
    return serialize_keras_object(optimizer)


def deserialize(config, custom_objects=None):
    """The optimizer of a `serialize`d form; the names of the built-in ones in any case."""
    if config["class_name"].lower() in _TABLE:
        config = {**config, "class_name": config["class_name"].lower()}
    return deserialize_keras_object(config, module_objects=_TABLE,
                                    custom_objects=custom_objects,
                                    printable_module_name="optimizer")


def get(identifier):
    """An optimizer from a name, a config or an instance. ValueError for anything else."""
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return deserialize({"class_name": identifier, "config": {}})
    if isinstance(identifier, Optimizer):
        return identifier
    raise ValueError(errors.message(
        "optimizers.get", "an optimizer must be given in a form that can be understood",
        "a name, a config or an Optimizer", repr(identifier)))
