"""Composites with a native form: activations, losses, dropout, enlarging images.

Gradients at corners are those that the ops' definitions state.
"""
import math

import torch

from keras_compat.backends.torch import windows
from keras_compat.backends.torch.arrays import DTYPES, from_numpy
from keras_compat.backends.torch.random_ops import generator

_NAMES = {dtype: name for name, dtype in DTYPES.items()}


# ---- activations ----

def relu(x, *, alpha, max_value, threshold):
    """The general form; gradient 0 at the threshold, 1 at max_value."""
    y = torch.where(x > threshold, x, 0) if threshold else torch.relu(x)
    if max_value is not None:
        y = torch.clamp_max(torch.relu(y) if threshold < 0 else y, max_value)
    return y - torch.relu(threshold - x) * alpha if alpha else y


def _relu_kernel(specs, attrs):
    """One call for the plain rectifier and the leaky one."""
    if attrs["threshold"] or attrs["max_value"] is not None:
        return None
    slope = attrs["alpha"]
    return (lambda x: torch.nn.functional.leaky_relu(x, slope)) if slope else torch.relu


def elu(x, *, alpha):
    """x where positive, else alpha * (exp(x) - 1)."""
    return torch.nn.functional.elu(x, alpha)


def hard_sigmoid(x):
    """0.2 x + 0.5, cut to [0, 1]."""
    return torch.clamp(x * 0.2 + 0.5, 0, 1)


def softmax(x, *, axis):
    """exp(x) over its sum along an axis."""
    return torch.softmax(x, axis)


def log_softmax(x, *, axis):
    """The logarithm of softmax."""
    return torch.log_softmax(x, axis)


# ---- losses ----

def sparse_categorical_crossentropy(target, output, *, from_logits, epsilon):
    """-log(p of the target's class), NaN for a number that is no class; picks, compares nothing."""
    known = (target >= 0) & (target < output.shape[-1])
    chosen = torch.where(known, target, 0).unsqueeze(-1)
    if from_logits:
        loss = torch.logsumexp(output, -1) - output.gather(-1, chosen).squeeze(-1)
    else:
        p = torch.clamp(output, epsilon, 1 - epsilon)
        loss = torch.log(p.sum(-1) / p.gather(-1, chosen).squeeze(-1))
    return torch.where(known, loss, math.nan)


# ---- dropout ----

def dropout(x, *, rate, noise_shape, stream):
    """x times 0 or 1 / (1 - rate); an element stays where its draw is at least `rate`."""
    sizes = [n or size for n, size in zip(noise_shape, x.shape)]
    if stream.portable:
        draw = from_numpy(stream.uniform(tuple(sizes), _NAMES[x.dtype]))
        mask = (draw >= rate).to(x.dtype)
    else:
        mask = x.new_empty(sizes).bernoulli_(1 - rate, generator=generator(stream))
    return x * mask.div_(1 - rate)


# ---- images ----

def _resize_kernel(specs, attrs):
    """Nearest neighbours of floats by the kernel; the rest is left to the definition.

    'nearest-exact' asks at the middle of a pixel, which no rounding takes to another.
    """
    (_, dtype), = specs
    if attrs["interpolation"] != "nearest" or not dtype.startswith("float"):
        return None
    factors, data_format = [float(f) for f in attrs["factors"]], attrs["data_format"]

    def enlarge(x):
        y = torch.nn.functional.interpolate(windows.native_view(x, data_format),
                                            scale_factor=factors, mode="nearest-exact")
        return windows.keras_view(y, data_format, 4)
    return enlarge


OPS = {
    "relu": relu, "elu": elu, "hard_sigmoid": hard_sigmoid, "softmax": softmax,
    "log_softmax": log_softmax, "dropout": dropout,
    "sparse_categorical_crossentropy": sparse_categorical_crossentropy,
}
SPECIALIZERS = {"relu": _relu_kernel, "resize_images": _resize_kernel}
