"""Optimizer steps: one op over all parameters, so that a backend can update in place.

Every op takes lists (parameters, then the optimizer's state) and returns the new
values of these lists, one after the other. Hyper-parameters are scalar tensors of
the parameters' dtype, so that changing one needs no compiling.
"""
from ..registry import composite, fail
from .convert import as_tensor
from .elementwise import sqrt, square


@composite(tolerance="arithmetic")
def sgd_update(params, velocities, gradients, lr, momentum=None, nesterov=False):
    """Gradient descent: p - lr g, or with a velocity v' = momentum v - lr g:

    p + v', or with `nesterov` p + momentum v' - lr g.
    params, velocities, gradients: lists of tensors of equal shapes; velocities None
    without momentum. Returns the new params, then the new velocities. ValueError for
    lists of different lengths. Source: Keras 2.3.1 SGD.
    """
    _check_lists(params, velocities, gradients)
    velocities = None if velocities is None else list(velocities)
    momentum = None if velocities is None else as_tensor(momentum)
    return sgd_update.bind(list(params), velocities, list(gradients), as_tensor(lr), momentum,
                           nesterov=bool(nesterov))


@sgd_update.body
def _sgd_body(params, velocities, gradients, lr, momentum, *, nesterov):
    if velocities is None:
        return [p - lr * g for p, g in zip(params, gradients)]
    steps = [lr * g for g in gradients]
    moved = [momentum * v - s for v, s in zip(velocities, steps)]
    ahead = [momentum * v - s for v, s in zip(moved, steps)] if nesterov else moved
    return [p + v for p, v in zip(params, ahead)] + moved


@composite(tolerance="arithmetic")
def rmsprop_update(params, accumulators, gradients, lr, rho, epsilon):
    """RMSprop: a' = rho a + (1 - rho) g^2, p - lr g / (sqrt(a') + epsilon).

    params, accumulators, gradients: lists of tensors of equal shapes; epsilon a
    number. Returns the new params, then the new accumulators. ValueError for lists
    of different lengths. Source: Keras 2.3.1 RMSprop.
    """
    _check_lists(params, accumulators, gradients)
    return rmsprop_update.bind(list(params), list(accumulators), list(gradients),
                               as_tensor(lr), as_tensor(rho), epsilon=float(epsilon))


@rmsprop_update.body
def _rmsprop_body(params, accumulators, gradients, lr, rho, *, epsilon):
    moved = [rho * a + (1. - rho) * square(g) for a, g in zip(accumulators, gradients)]
    return [p - lr * g / (sqrt(a) + epsilon)
            for p, a, g in zip(params, moved, gradients)] + moved


@composite(tolerance="arithmetic")
def adam_update(params, first, second, gradients, lr_t, beta_1, beta_2, epsilon):
    """Adam: m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g^2, p - lr_t m' / (sqrt(v') + epsilon).

    params, first (m), second (v), gradients: lists of tensors of equal shapes; lr_t
    the rate with the bias correction in it; epsilon a number. Returns the new params,
    m, then v. ValueError for lists of different lengths. Source: Keras 2.3.1 Adam.
    """
    _check_lists(params, first, second, gradients)
    return adam_update.bind(list(params), list(first), list(second), list(gradients),
                            as_tensor(lr_t), as_tensor(beta_1), as_tensor(beta_2),
                            epsilon=float(epsilon))


@adam_update.body
def _adam_body(params, first, second, gradients, lr_t, beta_1, beta_2, *, epsilon):
    means = [beta_1 * m + (1. - beta_1) * g for m, g in zip(first, gradients)]
    squares = [beta_2 * v + (1. - beta_2) * square(g) for v, g in zip(second, gradients)]
    return [p - lr_t * m / (sqrt(v) + epsilon)
            for p, m, v in zip(params, means, squares)] + means + squares


def _check_lists(*lists):
    lengths = [len(items) for items in lists if items is not None]
    if len(set(lengths)) != 1:
        fail("the lists of an update belong together", "lists of one length",
             f"lengths {', '.join(map(str, lengths))}")
