"""Optimizer steps that write into the variables' storage.

Large parameters are worked on in blocks of rows, so that all passes over a block
after the first one find it in cache.
"""
import numpy as np

# Elements per block: a parameter, its state, its gradient and a temporary fit in cache.
_BLOCK = 1 << 14


def _blocks(*groups):
    """Tuples of arrays, one from each list, large ones cut into blocks of rows."""
    for arrays in zip(*groups):
        size = arrays[0].size
        if size <= _BLOCK:
            yield arrays
            continue
        count = len(arrays[0])
        step = max(1, _BLOCK * count // size)
        for first in range(0, count, step):
            yield [a[first:first + step] for a in arrays]


def sgd_update(params, velocities, grads, lr, momentum, nesterov):
    """p - lr g, or v = momentum v - lr g and p + v (nesterov: p + momentum v - lr g)."""
    if velocities is None:
        for p, g in _blocks(params, grads):
            p -= g * lr
    elif momentum == 0:
        rate = -lr
        for p, v, g in _blocks(params, velocities, grads):
            np.add(p, np.multiply(g, rate, v), p)
    else:
        for p, v, g in _blocks(params, velocities, grads):
            step = g * lr
            v *= momentum
            v -= step
            if nesterov:
                p -= step
                p += v * momentum
            else:
                p += v


def rmsprop_update(params, accumulators, grads, lr, rho, epsilon):
    """a = rho a + (1 - rho) g²; p - lr g / (sqrt(a) + epsilon)."""
    rest = 1 - rho
    for p, a, g in _blocks(params, accumulators, grads):
        work = np.asarray(g * g)
        work *= rest
        a *= rho
        a += work
        np.sqrt(a, work)
        work += epsilon
        np.divide(g, work, work)
        work *= lr
        p -= work


def adam_update(params, ms, vs, grads, lr_t, beta_1, beta_2, epsilon):
    """m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g²; p - lr_t m / (sqrt(v) + epsilon)."""
    rest_1, rest_2 = 1 - beta_1, 1 - beta_2
    for p, m, v, g in _blocks(params, ms, vs, grads):
        work = np.asarray(g * rest_1)
        m *= beta_1
        m += work
        np.multiply(g, g, work)
        work *= rest_2
        v *= beta_2
        v += work
        np.sqrt(v, work)
        work += epsilon
        np.divide(m, work, work)
        work *= lr_t
        p -= work


UPDATES = {
    "sgd_update": sgd_update, "rmsprop_update": rmsprop_update, "adam_update": adam_update,
}
