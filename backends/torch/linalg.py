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


OPS = {"dot": dot, "matmul": torch.matmul}
SPECIALIZERS = {"dot": _dot_kernel}
