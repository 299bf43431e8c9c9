"""Dense networks."""
import torch
from torch import nn
from torch.nn import functional as F

from .program import Program


class Tiny(Program):
    """16-32-1 with SGD."""

    loss = staticmethod(F.mse_loss)
    activation = staticmethod(lambda z: z)

    def build(self):
        """The network."""
        return nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 1))

    def make_optimizer(self, parameters):
        """Plain SGD."""
        return torch.optim.SGD(parameters, lr=0.01)


class MLP(Program):
    """784-512-512-10."""

    def build(self):
        """The network."""
        return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(),
                             nn.Linear(512, 10))


PROGRAMS = {"tiny": Tiny, "mlp": MLP}
