"""Recurrent networks, and convolutions over time."""
import torch
from torch import nn
from torch.nn import functional as F

from .program import Binary, Program


class _LSTMNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20000, 128)
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.head = nn.Linear(128, 1)

    def forward(self, ids):
        _, (h, _) = self.lstm(self.embedding(ids))
        return self.head(h[0])


class LSTM(Binary):
    """Embedding and the native LSTM."""

    def build(self):
        """The network."""
        return _LSTMNet()


class _GRULayer(nn.Module):
    """A GRU whose reset gate acts on the state, as a loop; the input's products at once."""

    def __init__(self, features, units):
        super().__init__()
        self.units = units
        self.w = nn.Linear(features, 3 * units)
        self.gates = nn.Parameter(torch.randn(units, 2 * units) / units ** 0.5)
        self.candidate = nn.Parameter(torch.randn(units, units) / units ** 0.5)

    def forward(self, x):
        wx = self.w(x.transpose(0, 1))
        of_gates, of_candidate = wx.split([2 * self.units, self.units], -1)
        h = x.new_zeros(x.shape[0], self.units)
        outputs = []
        for gates, candidate in zip(of_gates.unbind(0), of_candidate.unbind(0)):
            z, r = torch.sigmoid(torch.addmm(gates, h, self.gates)).chunk(2, -1)
            new = torch.tanh(torch.addmm(candidate, r * h, self.candidate))
            h = torch.lerp(new, h, z)
            outputs.append(h)
        return outputs


class _GRUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = _GRULayer(32, 64), _GRULayer(64, 64)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        between = torch.stack(self.first(x), 1)
        return self.head(self.second(between)[-1])


class GRU(Program):
    """Two GRUs of 64 units, Keras's default kind."""

    def build(self):
        """The network."""
        return _GRUNet()


class _NativeGRUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(32, 64, 2, batch_first=True)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.gru(x)[0][:, -1])


class NativeGRU(Program):
    """Two GRUs of 64 units whose reset gate acts on the product: PyTorch's own."""

    def build(self):
        """The network."""
        return _NativeGRUNet()


class _TextNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20000, 128)
        self.first = nn.Conv2d(128, 128, (1, 5))
        self.second = nn.Conv2d(128, 128, (1, 3))
        self.head = nn.Linear(128, 1)
        self.to(memory_format=torch.channels_last)

    def forward(self, ids):
        x = self.embedding(ids).transpose(1, 2).unsqueeze(2)
        x = F.relu(self.second(F.relu(self.first(x), inplace=True)), inplace=True)
        return self.head(x.amax((2, 3)))


class Text(Binary):
    """Embedding and two convolutions over time, as channels_last conv2d of one row."""

    def build(self):
        """The network."""
        return _TextNet()


class _LongNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(32, 32, (1, 41), dilation=(1, 25))
        self.head = nn.Linear(32, 1)
        self.to(memory_format=torch.channels_last)

    def forward(self, x):
        x = x.transpose(1, 2).unsqueeze(2)
        return self.head(F.relu(self.conv(x), inplace=True).mean((2, 3)))


class Long(Binary):
    """One convolution of 41 cells, 25 apart."""

    def build(self):
        """The network."""
        return _LongNet()


PROGRAMS = {"lstm": LSTM, "gru": GRU, "gru_after": NativeGRU, "text": Text, "long": Long}
