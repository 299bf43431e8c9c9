"""Faults in native convolutions and pooling."""
import numpy as np

from ..cases import windows
from .planting import NATIVE, Saboteur


def _spatial(x, data_format):
    first = 2 if data_format == "channels_first" else 1
    return tuple(range(first, first + x.ndim - 2))


def _kernel_axes(kernel):
    return tuple(range(kernel.ndim - 2))


# ---- convolutions ----

def _flipped(right, x, kernel, **attrs):
    return right(x, np.flip(kernel, _kernel_axes(kernel)), **attrs)


def _padded_before(right, x, kernel, **attrs):
    """Everything turned round puts the odd cell of 'same' at the front."""
    axes = _spatial(x, attrs["data_format"])
    y = right(np.flip(x, axes), np.flip(kernel, _kernel_axes(kernel)), **attrs)
    return np.flip(y, axes) if attrs["padding"] == "same" else right(x, kernel, **attrs)


def _other(name, value):
    """Another value of an attribute, where that gives the same shape; else zeros."""
    def fault(right, *arguments, **attrs):
        y = right(*arguments, **attrs)
        fixed = value(attrs[name]) if callable(value) else value
        try:
            found = right(*arguments, **{**attrs, name: fixed})
        except Exception:
            return y
        return found if found.shape == y.shape else np.resize(found, y.shape)
    return fault


def _groups_mixed(right, x, kernel, groups, **attrs):
    """The filters of the groups dealt out in turn."""
    if groups == 1:
        return right(x, kernel, groups=groups, **attrs)
    width = kernel.shape[-1] // groups
    order = np.arange(kernel.shape[-1]).reshape(groups, width).T.ravel()
    return right(x, kernel[..., order], groups=groups, **attrs)


def _kernel_transposed(right, g, kernel, vector, **attrs):
    return right(g, np.flip(kernel, _kernel_axes(kernel)), vector, **attrs)


def _mean_over_batch(right, x, g, **attrs):
    return right(x, g, **attrs) / max(len(x), 1)


# ---- pooling ----

def _with_zeros(right, x, padding, **attrs):
    """'same' by padding with zeros that take part."""
    if padding == "valid":
        return right(x, padding=padding, **attrs)
    axes = _spatial(x, attrs["data_format"])
    sizes = [x.shape[axis] for axis in axes]
    pads = windows.plan(sizes, attrs["pool_size"], attrs["strides"], padding,
                        windows.ones(len(axes)))
    widths = [(0, 0)] * x.ndim
    for axis, (before, after, _) in zip(axes, pads):
        widths[axis] = (before, after)
    return right(np.pad(x, widths), padding="valid", **attrs)


def _last_greatest(right, one, x, **attrs):
    """The last of equal cells, where windows fit without a rest."""
    axes = _spatial(x, attrs["data_format"])
    fits = all((x.shape[a] - k) % s == 0 and x.shape[a] >= k
               for a, k, s in zip(axes, attrs["pool_size"], attrs["strides"]))
    if attrs["padding"] != "valid" or not fits:
        return right(one, x, **attrs)
    return np.flip(right(np.flip(one, axes), np.flip(x, axes), **attrs), axes)


def _undivided(right, g, vector, **attrs):
    return right(g, vector, **attrs) * np.prod(attrs["pool_size"])


def _ones(value):
    return tuple(1 for _ in value)


_FAULTS = [
    ("conv", "kernel turned round", _flipped),
    ("conv", "'same' pads before", _padded_before),
    ("conv", "dilation left out", _other("dilation", _ones)),
    ("conv", "'same' for 'valid'", _other("padding", "same")),
    ("conv", "filters of the groups mixed", _groups_mixed),
    ("conv_input_gradient", "kernel turned round", _kernel_transposed),
    ("conv_input_gradient", "'valid' for 'same'", _other("padding", "valid")),
    ("conv_kernel_gradient", "the mean over the batch", _mean_over_batch),
    ("conv_kernel_gradient", "turned round", lambda right, x, g, **attrs: np.flip(
        right(x, g, **attrs), 0)),
    ("max_pool", "padding takes part", _with_zeros),
    ("max_pool", "strides left out", _other("strides", _ones)),
    ("max_pool", "the smallest", lambda right, x, **attrs: -right(-x.astype("float64"), **attrs)),
    ("max_pool_gradient", "to the last of equals", _last_greatest),
    ("max_pool_select", "at the last of equals", _last_greatest),
    ("avg_pool", "padding is counted", _with_zeros),
    ("avg_pool", "strides left out", _other("strides", _ones)),
    ("avg_pool_gradient", "not divided", _undivided),
]

SABOTEURS = [Saboteur(name, op, NATIVE, fault) for op, name, fault in _FAULTS]
