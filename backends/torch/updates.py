"""Optimizer steps over all parameters at once, written into the variables' storage.

Hyper-parameters are scalar tensors, read as numbers: next to nothing on the CPU, a
wait for the device elsewhere.
"""
import functools

import torch
from torch.autograd.graph import increment_version

# Keras folds Adam's bias corrections into the rate that it passes; after this many
# steps PyTorch's own are exactly 1.
_MANY_STEPS = 1e9


def _dense(tensors):
    """The fused kernels run over memory in order and do not look at strides."""
    return [t if t.is_contiguous() else t.contiguous() for t in tensors]


def sgd_update(params, velocities, grads, lr, momentum, *, nesterov):
    """v = momentum*v - lr*g; p += v, or p += momentum*v - lr*g with Nesterov's momentum.

    PyTorch has v = momentum*v + g and p -= lr*v: the same with -lr*g for g and -1 for lr.
    """
    if momentum is None:
        torch._foreach_add_(params, grads, alpha=-lr.item())
        return
    steps, momentum = torch._foreach_mul(_dense(grads), -lr.item()), momentum.item()
    if not momentum or params[0].dtype == torch.float16:
        _plain_sgd(params, velocities, steps, momentum, nesterov)
        return
    torch._fused_sgd_(params, steps, velocities, weight_decay=0.0, momentum=momentum, lr=-1.0,
                      dampening=0.0, nesterov=nesterov, maximize=False, is_first_step=False)
    increment_version(params)


def _plain_sgd(params, velocities, steps, momentum, nesterov):
    """The same step where torch._fused_sgd_ (2.13, CPU) does not do it.

    It refuses velocities with momentum 0 and gets momentum wrong in float16.
    """
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, steps)
    if nesterov:
        torch._foreach_add_(params, steps)
    torch._foreach_add_(params, velocities, alpha=momentum if nesterov else 1.0)


def rmsprop_update(params, accumulators, grads, lr, rho, *, epsilon):
    """a = rho*a + (1-rho)*g^2; p -= lr*g / (sqrt(a) + epsilon)."""
    rho = rho.item()
    torch._foreach_mul_(accumulators, rho)
    torch._foreach_addcmul_(accumulators, grads, grads, 1 - rho)
    scales = torch._foreach_sqrt(accumulators)
    torch._foreach_add_(scales, epsilon)
    torch._foreach_addcdiv_(params, grads, scales, -lr.item())


@functools.lru_cache(maxsize=256)
def _steps(count, device):
    return [torch.tensor(_MANY_STEPS, device=device)] * count


def adam_update(params, first, second, grads, lr_t, beta_1, beta_2, *, epsilon):
    """m = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2; p -= lr_t*m / (sqrt(v) + epsilon)."""
    torch._fused_adam_(params, _dense(grads), first, second, [],
                       _steps(len(params), params[0].device), lr=lr_t.item(),
                       beta1=beta_1.item(), beta2=beta_2.item(), weight_decay=0.0,
                       eps=epsilon, amsgrad=False, maximize=False)
    increment_version(params)


UPDATES = {"sgd_update": sgd_update, "rmsprop_update": rmsprop_update,
           "adam_update": adam_update}
