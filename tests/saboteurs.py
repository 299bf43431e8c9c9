"""NumPy backends with one planted fault each, of the kinds that real frameworks had.

Each line: what is wrong, the op whose cases must notice, and native functions that take the
place of the backend's: op -> make(the original function).
"""
import copy

import numpy as np

from keras_compat import backend as K
from keras_compat.backend import selection

selection.reach_source_tree()

from keras_compat.conformance.cases import windows  # noqa: E402


def sabotaged(changes):
    """The NumPy backend with some native functions replaced, and none of its shortcuts."""
    backend = copy.copy(selection.host())
    backend.ops = dict(backend.ops)
    backend.specializers, backend.vjps, backend.inplace = {}, {}, {}
    for op, make in changes.items():
        backend.ops[op] = make(backend.ops.get(op))
    return backend


def after(change):
    """The original result, changed."""
    def make(original):
        return lambda *inputs, **attrs: change(original(*inputs, **attrs))
    return make


def before(change):
    """The original on other attributes."""
    def make(original):
        return lambda *inputs, **attrs: original(*inputs, **change(attrs))
    return make


def instead(function):
    """Another function."""
    def make(original):
        return function
    return make


def _flipped(original):
    def conv(x, kernel, **attrs):
        axes = tuple(range(kernel.ndim - 2))
        return original(x, np.flip(kernel, axes), **attrs)
    return conv


def _padding_first(original):
    """'same' with the odd cell at the start."""
    def conv(x, kernel, **attrs):
        axes = tuple(range(1, x.ndim - 1)) if attrs["data_format"] == "channels_last" else (
            tuple(range(2, x.ndim)))
        y = original(np.flip(x, axes), np.flip(kernel, tuple(range(kernel.ndim - 2))), **attrs)
        return np.flip(y, axes)
    return conv


def _counting_padding(original):
    """The sum of a window over its size, cells of padding included."""
    def avg_pool(x, *, data_format, **attrs):
        y = windows.last(original(x, data_format=data_format, **attrs), data_format).copy()
        sizes = windows.last(x, data_format).shape[1:-1]
        over = windows.Windows(sizes, *attrs.values())
        inside = over.pad(np.ones((1, *sizes, 1)))
        for place, cut in zip(over.places, over.cuts):
            cells = inside[(slice(None), *cut)]
            y[(slice(None), *place)] *= x.dtype.type(cells.mean())
        return windows.back(y, data_format)
    return avg_pool


def _last_tie(function):
    def make(original):
        return lambda x, *, axis: np.asarray(
            x.shape[axis] - 1 - function(np.flip(x, axis), axis=axis), "int64")
    return make


def _wide(original):
    """Computes, and leaks, float64."""
    return lambda *inputs, **attrs: np.asarray(original(*inputs, **attrs), "float64")


def _no_keepdims(original):
    return lambda x, *, axis, keepdims: original(x, axis=axis, keepdims=False)


def _without_nan(original):
    return lambda x, *, axis, keepdims: original(np.nan_to_num(x) if x.dtype.kind == "f" else x,
                                                 axis=axis, keepdims=keepdims)


def _first_only(original):
    """A step less of a loop."""
    def scan(sequences, states, captured, **attrs):
        results = original(sequences, states, captured, **attrs)
        return (*results[:-1], states[-1])
    return scan


def _epsilon_outside(x, mean, var, beta, gamma, *, axis, epsilon):
    shape = [-1 if i == axis else 1 for i in range(x.ndim)]
    y = (x - mean.reshape(shape)) / (np.sqrt(var) + epsilon).reshape(shape).astype(x.dtype)
    y = y if gamma is None else y * gamma.reshape(shape)
    return y if beta is None else y + beta.reshape(shape)


def _constant(original):
    return lambda *inputs, **attrs: np.ones_like(original(*inputs, **attrs))


def _swapped_bounds(x, low, high):
    y = x if low is None else np.maximum(x, low)
    return y if high is None else np.minimum(y, high)


def _one_ulp(original):
    """Rounded up by several units in the last place, always the same way."""
    def function(*inputs, **attrs):
        y = original(*inputs, **attrs)
        return y * (1 + 16 * np.finfo(y.dtype).eps).astype(y.dtype)
    return function


FAULTS = {
    "hard_sigmoid has slope 1/6": ("hard_sigmoid", {"hard_sigmoid": instead(
        lambda x: np.clip(x / 6 + x.dtype.type(0.5), 0, 1).astype(x.dtype))}),
    "the kernel is flipped": ("conv", {"conv": _flipped}),
    "'same' puts the odd cell first": ("conv", {"conv": _padding_first}),
    "average pooling counts padding": ("avg_pool", {"avg_pool": _counting_padding}),
    "max pooling takes the mean": ("max_pool", {"max_pool": after(
        lambda y: y * y.dtype.type(0.5))}),
    "keepdims is ignored": ("sum", {"sum": _no_keepdims}),
    "float64 leaks": ("exp", {"exp": _wide}),
    "float64 leaks from sums": ("mean", {"sum": _wide}),
    "argmax takes the last tie": ("argmax", {"argmax": _last_tie(np.argmax)}),
    "argmin takes the last tie": ("argmin", {"argmin": _last_tie(np.argmin)}),
    "argmax gives int32": ("argmax", {"argmax": after(lambda y: np.asarray(y, "int32"))}),
    "NaN is dropped in max": ("max", {"max": _without_nan}),
    "exp is biased": ("exp", {"exp": _one_ulp}),
    "tanh is biased": ("tanh", {"tanh": _one_ulp}),
    "constants come back": ("softmax", {"softmax": _constant}),
    "softmax takes the last axis": ("softmax", {"softmax": before(
        lambda attrs: {**attrs, "axis": -1})}),
    "round takes halves up": ("round", {"round": instead(
        lambda x: np.floor(x + x.dtype.type(0.5)))}),
    "floor truncates": ("floor", {"floor": instead(np.trunc)}),
    "ceil truncates": ("ceil", {"ceil": instead(np.trunc)}),
    "mod has the dividend's sign": ("mod", {"mod": instead(np.fmod)}),
    "floor_divide truncates": ("floor_divide", {"floor_divide": instead(
        lambda x, y: np.trunc(x / y).astype(x.dtype))}),
    "sign of 0 is 1": ("sign", {"sign": instead(lambda x: np.where(x < 0, -1, 1).astype(x.dtype))}),
    "minus zero is lost": ("negative", {"negative": instead(
        lambda x: np.subtract(0, x, dtype=x.dtype))}),
    "maximum drops NaN": ("maximum", {"maximum": instead(np.fmax)}),
    "minimum drops NaN": ("minimum", {"minimum": instead(np.fmin)}),
    "NaN equals NaN": ("equal", {"equal": instead(
        lambda x, y: (x == y) | ((x != x) & (y != y)))}),
    "greater is greater_equal": ("greater", {"greater": instead(np.greater_equal)}),
    "less_equal is less": ("less_equal", {"less_equal": instead(np.less)}),
    "a cast rounds": ("cast", {"cast": instead(
        lambda x, *, dtype: np.rint(x).astype(dtype) if x.dtype.kind == "f" else x.astype(dtype))}),
    "epsilon stands outside the root": ("batch_normalization", {
        "batch_normalization": instead(_epsilon_outside)}),
    "the wrong bound wins": ("clip", {"clip": instead(_swapped_bounds)}),
    "matmul ignores the batch": ("matmul", {"matmul": instead(
        lambda x, y: np.matmul(x, y[:1] if y.ndim == 3 else y))}),
    "dot contracts the first axis of y": ("dot", {"dot": instead(
        lambda x, y: np.tensordot(x, y, (-1, 0)) if x.shape[-1] == y.shape[0] else np.dot(x, y))}),
    "top_k takes the last tie": ("top_k", {"top_k": instead(lambda x, *, k: (
        np.sort(x, -1)[..., ::-1][..., :k],
        np.argsort(x, -1, kind="stable")[..., ::-1][..., :k].astype("int32")))}),
    "one_hot wraps round": ("one_hot", {"one_hot": instead(lambda indices, *, depth, dtype: np.eye(
        depth, dtype=dtype)[indices.astype(int) % depth])}),
    "gather's gradient keeps the last": ("gather_gradient", {"gather_gradient": instead(
        lambda g, indices, shape, *, axis: _assigned(g, indices, shape, axis))}),
    "cumsum leaves itself out": ("cumsum", {"cumsum": lambda original: (
        lambda x, *, axis: (original(x, axis=axis) - x).astype(x.dtype))}),
    "cumprod sums": ("cumprod", {"cumprod": instead(lambda x, *, axis: np.cumsum(
        x, axis=axis, dtype=x.dtype))}),
    "reverse does nothing": ("reverse", {"reverse": instead(lambda x, *, axis: x)}),
    "pad ignores its value": ("pad", {"pad": before(lambda attrs: {**attrs, "value": 0})}),
    "tile repeats elements": ("tile", {"tile": instead(lambda x, *, reps: _repeated(x, reps))}),
    "repeat_elements tiles": ("repeat_elements", {"repeat_elements": instead(
        lambda x, *, rep, axis: np.concatenate([x] * rep, axis) if rep else x.take([], axis))}),
    "stack takes the first axis": ("stack", {"stack": instead(
        lambda tensors, *, axis: np.stack(tensors, 0))}),
    "expand_dims goes last": ("expand_dims", {"expand_dims": instead(
        lambda x, *, axis: np.expand_dims(x, -1))}),
    "the last state is the first": ("scan", {"scan": _first_only}),
    "a loop runs backwards": ("scan", {"scan": before(
        lambda attrs: {**attrs, "reverse": not attrs["reverse"]})}),
    "the other branch runs": ("cond", {"cond": lambda original: (
        lambda condition, *rest, **attrs: original(not condition, *rest, **attrs))}),
    "log1p loses small numbers": ("log1p", {"log1p": instead(
        lambda x: np.log(x.dtype.type(1) + x))}),
    "expm1 loses small numbers": ("expm1", {"expm1": instead(
        lambda x: np.exp(x) - x.dtype.type(1))}),
    "softplus overflows": ("softplus", {"softplus": instead(
        lambda x: np.log(x.dtype.type(1) + np.exp(x)))}),
    "transpose does nothing to cubes": ("permute_dimensions", {"transpose": instead(
        lambda x, *, perm: x if x.ndim == 3 else x.transpose(perm))}),
    "any is all": ("any", {"any": instead(lambda x, *, axis, keepdims: np.all(
        x, axis=axis, keepdims=keepdims))}),
    "isfinite passes infinity": ("isfinite", {"isfinite": instead(lambda x: ~np.isnan(x))}),
    "where takes the other": ("where", {"where": instead(
        lambda condition, x, y: np.where(condition, y, x))}),
    "shape is int64": ("shape", {"shape": after(lambda y: np.asarray(y, "int64"))}),
    "dilation is ignored": ("conv", {"conv": before(
        lambda attrs: {**attrs, "dilation": (1,) * len(attrs["dilation"])})}),
    "prod sums": ("prod", {"prod": instead(lambda x, *, axis, keepdims: np.asarray(
        np.sum(x, axis=axis, keepdims=keepdims), x.dtype))}),
}


def _assigned(g, indices, shape, axis):
    result = np.zeros(tuple(int(n) for n in shape), g.dtype)
    np.moveaxis(result, axis, 0)[indices] = np.moveaxis(
        g, tuple(range(axis, axis + indices.ndim)), tuple(range(indices.ndim)))
    return result


def _repeated(x, reps):
    for axis, count in enumerate(reps):
        x = np.repeat(x, count, axis)
    return x


# Wrong gradients: op -> an attribute of its record that is replaced.
SLOPES = {
    "relu'(0) is 1": ("relu", lambda g, y, x, **attrs: _where(x, g)),
    "abs has no sign": ("abs", lambda g, y, x: g),
    "tanh forgets its square": ("tanh", lambda g, y, x: g),
    "a broadcast input is not summed": ("add", lambda g, y, a, b: (g, g)),
    "sigmoid without its factor": ("sigmoid", lambda g, y, x: g * y),
    "subtract without the minus": ("subtract", lambda g, y, a, b: (g, g)),
}


def _where(x, g):
    return K.where(K.greater_equal(x, 0.0), g, K.zeros_like(g))
