"""Matrix products."""
import torch


def dot(x, y):
    """Contracts the last axis of `x` with the second-to-last of `y` (its only one if 1-D)."""
    if y.ndim <= 2:
        return torch.matmul(x, y)
    return torch.tensordot(x, y, dims=([-1], [-2]))


def _dot_kernel(specs, attrs):
    """The plain matrix product where both ranks are 2."""
    return torch.mm if len(specs[0][0]) == len(specs[1][0]) == 2 else None


def dot_bias(x, kernel, bias):
    """x . kernel + bias, in one call where `x` is a matrix."""
    if x.ndim == 2:
        return torch.addmm(bias, x, kernel)
    return torch.nn.functional.linear(x, kernel.t(), bias)


def _dot_bias_kernel(specs, attrs):
    """One call for a matrix, a kernel and a vector."""
    return _addmm if len(specs[0][0]) == 2 else None


def _addmm(x, kernel, bias):
    return torch.addmm(bias, x, kernel)


OPS = {"dot": dot, "matmul": torch.matmul, "dot_bias": dot_bias}
SPECIALIZERS = {"dot": _dot_kernel, "dot_bias": _dot_bias_kernel}
