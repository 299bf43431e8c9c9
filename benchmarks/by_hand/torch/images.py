"""Convolutional networks, in channels_last memory."""
import torch
from torch import nn
from torch.nn import functional as F

from .program import Binary, Program


def _channels_last(net):
    return net.to(memory_format=torch.channels_last)


class CNN(Program):
    """Two convolutions, two dense layers."""

    def build(self):
        """The network."""
        return _channels_last(nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(inplace=True), nn.Conv2d(32, 64, 3),
            nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(9216, 128),
            nn.ReLU(inplace=True), nn.Linear(128, 10)))


class _Block(nn.Module):
    """Two convolutions with batch normalization, and a way past them."""

    def __init__(self, channels, units, stride):
        super().__init__()
        self.first = nn.Conv2d(channels, units, 3, stride, 1)
        self.first_norm = nn.BatchNorm2d(units, eps=1e-3, momentum=0.01)
        self.second = nn.Conv2d(units, units, 3, 1, 1)
        self.second_norm = nn.BatchNorm2d(units, eps=1e-3, momentum=0.01)
        self.past = nn.Conv2d(channels, units, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        y = F.relu(self.first_norm(self.first(x)), inplace=True)
        y = self.second_norm(self.second(y))
        y += self.past(x)
        return F.relu(y, inplace=True)


class ResNet(Program):
    """ResNet-20 for 32 x 32 images."""

    def build(self):
        """The network."""
        blocks, channels = [], 16
        for units in (16, 32, 64):
            for i in range(3):
                blocks.append(_Block(channels, units, 2 if units > 16 and i == 0 else 1))
                channels = units
        return _channels_last(nn.Sequential(
            nn.Conv2d(3, 16, 3, 1, 1), nn.BatchNorm2d(16, eps=1e-3, momentum=0.01),
            nn.ReLU(inplace=True), *blocks, nn.AvgPool2d(8), nn.Flatten(), nn.Linear(64, 10)))


def _twice(channels, units):
    return nn.Sequential(nn.Conv2d(channels, units, 3, 1, 1), nn.ReLU(inplace=True),
                         nn.Conv2d(units, units, 3, 1, 1), nn.ReLU(inplace=True))


class _UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([_twice(3, 32), _twice(32, 64)])
        self.middle = _twice(64, 128)
        self.raise_ = nn.ModuleList([nn.ConvTranspose2d(128, 64, 2, 2),
                                     nn.ConvTranspose2d(64, 32, 2, 2)])
        self.up = nn.ModuleList([_twice(128, 64), _twice(64, 32)])
        self.last = nn.Conv2d(32, 1, 1)

    def forward(self, x):
        kept = []
        for down in self.down:
            kept.append(down(x))
            x = F.max_pool2d(kept[-1], 2)
        x = self.middle(x)
        for raise_, up in zip(self.raise_, self.up):
            x = up(torch.cat([raise_(x), kept.pop()], 1))
        return self.last(x)


class UNet(Binary):
    """Two levels of 32 and 64 channels round one of 128."""

    def build(self):
        """The network."""
        return _channels_last(_UNet())


PROGRAMS = {"cnn": CNN, "resnet": ResNet, "unet": UNet}
