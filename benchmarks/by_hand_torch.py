"""The workloads as eager PyTorch loops: torch.nn modules, channels_last, fused optimizers."""
import torch
from torch import nn
from torch.nn import functional as F


class _Program:
    loss = staticmethod(lambda p, y: F.cross_entropy(p, y))

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
        loss = self.loss(self.net(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def predict(self, x):
        """Outputs for a batch."""
        with torch.inference_mode():
            return self.activation(self.net(x))

    activation = staticmethod(lambda z: torch.softmax(z, 1))


class Tiny(_Program):
    """16-32-1 with SGD."""

    loss = staticmethod(F.mse_loss)
    activation = staticmethod(lambda z: z)

    def build(self):
        """The network."""
        return nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 1))

    def make_optimizer(self, parameters):
        """Plain SGD."""
        return torch.optim.SGD(parameters, lr=0.01)


class MLP(_Program):
    """784-512-512-10."""

    def build(self):
        """The network."""
        return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(),
                             nn.Linear(512, 10))


class CNN(_Program):
    """Two convolutions, in channels_last memory."""

    def build(self):
        """The network."""
        return nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10),
        ).to(memory_format=torch.channels_last)


class _LSTMNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20000, 128)
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.head = nn.Linear(128, 1)

    def forward(self, ids):
        _, (h, _) = self.lstm(self.embedding(ids))
        return self.head(h[0])


class LSTM(_Program):
    """Embedding and the native LSTM."""

    loss = staticmethod(F.binary_cross_entropy_with_logits)
    activation = staticmethod(torch.sigmoid)

    def build(self):
        """The network."""
        return _LSTMNet()


PROGRAMS = {"tiny": Tiny, "mlp": MLP, "cnn": CNN, "lstm": LSTM}


def as_input(array):
    """A batch as this program takes it: no copy; images as channels_last NCHW."""
    tensor = torch.from_numpy(array)
    return tensor.permute(0, 3, 1, 2) if tensor.ndim == 4 else tensor


def finish(result):
    """Waits for a result."""
    return result.numpy()
