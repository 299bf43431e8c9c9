"""What the PyTorch programs share: a training step and a prediction."""
import torch
from torch.nn import functional as F


class Program:
    """A network with a loss on its logits; `build` makes the network."""

    loss = staticmethod(F.cross_entropy)
    activation = staticmethod(lambda z: torch.softmax(z, 1))

    def __init__(self):
        torch.manual_seed(1)
        self.net = self.build()
        self.optimizer = self.make_optimizer(self.net.parameters())

    def make_optimizer(self, parameters):
        """Adam in one fused call."""
        return torch.optim.Adam(parameters, lr=1e-3, eps=1e-7, fused=True)

    def step(self, x, y):
        """One training step; the loss."""
        self.optimizer.zero_grad(set_to_none=True)
        if not self.net.training:
            self.net.train()
        loss = self.loss(self.net(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def predict(self, x):
        """Outputs for a batch."""
        if self.net.training:
            self.net.eval()
        with torch.inference_mode():
            return self.activation(self.net(x))


class Binary(Program):
    """A program with one probability as its output."""

    loss = staticmethod(F.binary_cross_entropy_with_logits)
    activation = staticmethod(torch.sigmoid)
