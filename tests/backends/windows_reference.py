"""Convolution and pooling by their definition, in float64 NumPy: one loop over the output."""
import itertools

import numpy as np


def _pads(sizes, window, strides, dilation, padding):
    """(cells before, cells after, number of outputs) per axis."""
    found = []
    for n, k, s, d in zip(sizes, window, strides, dilation):
        reach = (k - 1) * d + 1
        if padding == "valid":
            found.append((0, 0, (n - reach) // s + 1))
        else:
            outputs = -(-n // s)
            total = max((outputs - 1) * s + reach - n, 0)
            found.append((total // 2, total - total // 2, outputs))
    return found


def windows(x, window, strides, padding, dilation=None, fill=0.0):
    """x (batch, spatial..., channels) -> (places of the outputs, window at a place)."""
    dilation = dilation or (1,) * len(window)
    pads = _pads(x.shape[1:-1], window, strides, dilation, padding)
    padded = np.pad(np.asarray(x, float), [(0, 0), *[p[:2] for p in pads], (0, 0)],
                    constant_values=fill)

    def at(place):
        cut = tuple(slice(i * s, i * s + (k - 1) * d + 1, d)
                    for i, s, k, d in zip(place, strides, window, dilation))
        return padded[(slice(None), *cut)]
    places = list(itertools.product(*[range(p[2]) for p in pads]))
    return [p[2] for p in pads], places, at


def conv(x, kernel, strides, padding, dilation, groups):
    """channels_last cross-correlation."""
    window = kernel.shape[:-2]
    sizes, places, at = windows(x, window, strides, padding, dilation)
    result = np.zeros((x.shape[0], *sizes, kernel.shape[-1]))
    axes = list(range(1, len(window) + 2))
    ins, outs = kernel.shape[-2], kernel.shape[-1] // groups
    for place, g in itertools.product(places, range(groups)):
        part = at(place)[..., g * ins:(g + 1) * ins]
        weights = kernel[..., g * outs:(g + 1) * outs].astype(float)
        result[(slice(None), *place, slice(g * outs, (g + 1) * outs))] = np.tensordot(
            part, weights, (axes, list(range(len(window) + 1))))
    return result


def pool(x, window, strides, padding, average):
    """channels_last pooling; cells of padding neither win nor count."""
    sizes, places, at = windows(x, window, strides, padding, fill=np.nan)
    reduce = np.nanmean if average else np.nanmax
    result = np.zeros((x.shape[0], *sizes, x.shape[-1]))
    for place in places:
        result[(slice(None), *place)] = reduce(at(place), axis=tuple(range(1, len(window) + 1)))
    return result
