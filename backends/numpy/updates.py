"""Optimizer steps that write into the variables' storage.

Large parameters are worked on in blocks of rows, so that all passes over a block
after the first one find it in cache; temporaries are kept from step to step.
"""
import threading

import numpy as np

# Elements per block: a parameter, its state, its gradient and the scratch fit in cache.
_BLOCK = 1 << 14

_local = threading.local()


def _scratch(like):
    """An array like this one, the same one at every call in this thread."""
    key = like.shape, like.dtype
    try:
        return _local.arrays[key]
    except AttributeError:
        _local.arrays = {}
    except KeyError:
        pass
    made = _local.arrays[key] = np.empty(*key)
    return made


def _blocks(*groups):
    """Tuples of arrays, one from each list, large ones cut into blocks of rows."""
    for arrays in zip(*groups):
        size = arrays[0].size
        if size <= _BLOCK or not arrays[0].ndim:
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
            p -= np.multiply(g, lr, _scratch(p))
        return
    for p, v, g in _blocks(params, velocities, grads):
        step = np.multiply(g, lr, _scratch(p))
        v *= momentum
        v -= step
        if nesterov:
            p -= step
            p += np.multiply(v, momentum, step)
        else:
            p += v


def rmsprop_update(params, accumulators, grads, lr, rho, epsilon):
    """a = rho a + (1 - rho) g²; p - lr g / (sqrt(a) + epsilon)."""
    rest = 1 - rho
    for p, a, g in _blocks(params, accumulators, grads):
        work = np.multiply(g, g, _scratch(p))
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
        work = np.multiply(g, rest_1, _scratch(p))
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
