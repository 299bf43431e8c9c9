"""The base of the optimizers: gradients, clipping, hyper-parameters, the parts of a step."""
import numpy as np

from .. import backend as K
from ..backend import errors
from ..legacy import interfaces


def clip_norm(g, c, n):
    """`g` scaled by c / n where the norm `n` is at least `c`; c <= 0 leaves it alone."""
    if c <= 0:
        return g
    return g * K.switch(n >= c, c / K.maximum(n, K.epsilon()), K.ones_like(n, K.dtype(n)))


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

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        """The updates (as from `K.update`) of one step that lessens `loss`."""
        raise NotImplementedError(errors.message(
            type(self).__name__, "an optimizer must define its step",
            "a method get_updates(loss, params)", "none"))

    def get_config(self):
        """The clipping limits, where they were given, then the constructor's arguments."""
        limits = [name for name in ("clipnorm", "clipvalue") if hasattr(self, name)]
        config = {name: getattr(self, name) for name in limits}
        return {**config, **{name: _plain(getattr(self, name)) for name in self._arguments}}

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


def zeros_like(params, prefix):
    """A variable of zeros for each parameter."""
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
