"""Weights as older releases and Theano stored them, turned into those that a layer has now.

The facts: Keras 1 kept a kernel in the order of its `dim_ordering`, that of a transposed
convolution as (.., in, out), the gates of LSTM, GRU and ConvLSTM2D apart (fused with
`consume_less='gpu'`), and gave one-axis kernels an axis of size 1. Theano's convolution flips
its kernel, so that one trained there has to be flipped once here.
"""
import itertools

import numpy as np

from ..backend import errors

# The place of each fused gate among those that Keras 1 kept apart.
_GATES = {"LSTM": (0, 2, 1, 3), "ConvLSTM2D": (0, 2, 1, 3), "GRU": (0, 1, 2)}
# Axes of a channels_first kernel of Keras 1, (out, in, spatial...), as (spatial..., in, out).
_TO_LAST = {4: (2, 3, 1, 0), 5: (2, 3, 4, 1, 0)}
# class -> how many of its weights, the first ones, are kernels that Theano flips
_FLIPPED = {"Conv1D": 1, "Conv2D": 1, "Conv3D": 1, "Conv2DTranspose": 1, "ConvLSTM2D": 2}


def updated(layer, values, keras_version="2.3.1", backend=None):
    """An array for each of `layer.weights`, from those that an older file holds for the layer.

    layer: built; wrappers and models inside models too. values: in the file's order, which
    is that of `layer.weights`. keras_version: the release that wrote them. backend: where
    they were trained, 'theano' or any other; None where the file does not say.
    ValueError for too few or too many arrays.
    """
    keras_1 = str(keras_version).startswith("1.")
    shares = _shared_out(layer, [np.asarray(value) for value in values], keras_1)
    found = {}
    for leaf, share in shares.items():
        found.update(zip(map(id, leaf.weights), _of_leaf(leaf, share, keras_1, backend)))
    return [found[id(weight)] for weight in layer.weights]


def _of_leaf(layer, values, keras_1, backend):
    kind = type(layer).__name__
    if keras_1:
        values = _of_keras_1(layer, kind, values)
    if backend == "theano":
        count = _FLIPPED.get(kind, 0)
        values = [_flipped(value) for value in values[:count]] + values[count:]
    return values


def _flipped(kernel):
    """A kernel (spatial..., in, out) turned round along its spatial axes."""
    return np.flip(kernel, tuple(range(kernel.ndim - 2)))


# ---- layers of layers ----

def _leaves(layer):
    """The layers inside that hold no others."""
    if hasattr(layer, "forward_layer"):
        inner = [layer.forward_layer, layer.backward_layer]
    elif hasattr(layer, "layers"):
        inner = layer.layers
    else:
        inner = [layer.layer] if hasattr(layer, "layer") else []
    if not inner:
        yield layer
    for one in inner:
        yield from _leaves(one)


def _shared_out(layer, values, keras_1):
    """Each leaf -> its arrays."""
    leaves, rest = list(_leaves(layer)), list(values)
    owners = {id(w): leaf for leaf in leaves for w in leaf.weights}
    shares = {leaf: [] for leaf in leaves}
    missing = False
    for leaf, weights in itertools.groupby(layer.weights, key=lambda w: owners[id(w)]):
        count = len(list(weights))
        if keras_1 and rest:
            count *= _arrays_each(leaf, rest[0])
        missing = missing or len(rest) < count
        shares[leaf] += rest[:count]
        del rest[:count]
    if rest or missing:
        raise ValueError(errors.message(
            f"layer '{layer.name}'", "a file holds one array for each weight",
            f"arrays for {[w.name for w in layer.weights]}", f"{[v.shape for v in values]}"))
    return shares


def _arrays_each(layer, kernel):
    """Into how many arrays Keras 1 took each weight apart: one, or one for each gate."""
    kind = type(layer).__name__
    fused = kind != "ConvLSTM2D" and getattr(layer, "units", None) != kernel.shape[-1]
    return 1 if fused or kind not in _GATES else len(_GATES[kind])


# ---- Keras 1 ----

def _of_keras_1(layer, kind, values):
    if getattr(layer, "data_format", None) == "channels_first":
        values = [v.transpose(_TO_LAST[v.ndim]) if v.ndim in _TO_LAST else v for v in values]
    if kind == "Conv2DTranspose":
        values = [values[0].swapaxes(-1, -2)] + values[1:]
    if kind == "Conv1D":
        values = [_one_axis(layer, values[0])] + values[1:]
    if kind in _GATES and len(values) > len(layer.weights):
        values = _fused(values, _GATES[kind])
    return values


def _one_axis(layer, kernel):
    """(steps, 1, in, out), or (out, in, steps, 1) as the first releases had it."""
    if kernel.shape[:2] != (layer.kernel_size[0], 1) or kernel.shape[-1] != layer.filters:
        kernel = kernel.transpose(2, 3, 1, 0)
    return kernel[:, 0]


def _fused(values, order):
    """Kernel, recurrent kernel and bias of all gates, from three arrays a gate."""
    return [np.concatenate([values[3 * gate + i] for gate in order], -1) for i in range(3)]
