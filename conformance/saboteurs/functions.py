"""Faults in functions of K that arrange other ops."""
import numpy as np

from keras_compat import backend as K

from .planting import FUNCTION, Saboteur


def _last_unmasked(right, *arguments, mask=None, **keywords):
    """The mask is not looked at in the last step."""
    if mask is not None:
        last = K.ones_like(mask[:, -1:], K.dtype(mask))
        mask = K.concatenate([mask[:, :-1], last], axis=1)
    return right(*arguments, mask=mask, **keywords)


def _outputs_unmasked(right, *arguments, mask=None, **keywords):
    """Masked steps keep the state, but their outputs come through as zeros."""
    last, outputs, states = right(*arguments, mask=mask, **keywords)
    if mask is not None:
        outputs = outputs * K.expand_dims(K.cast(mask, outputs.dtype), -1)
    return last, outputs, states


def _states_forgotten(right, step, inputs, states, *arguments, **keywords):
    zeros = [K.zeros_like(s, K.dtype(s)) for s in states]
    return right(step, inputs, zeros, *arguments, **keywords)


def _turned_back(right, *arguments, go_backwards=False, **keywords):
    """The outputs of a loop that goes backwards in the order of the input."""
    last, outputs, states = right(*arguments, go_backwards=go_backwards, **keywords)
    return last, K.reverse(outputs, 1) if go_backwards else outputs, states


def _without(name, value):
    """One argument given another value."""
    def fault(right, *arguments, **keywords):
        return right(*arguments, **{**keywords, name: value} if name in keywords else keywords)
    return fault


def _same_for_causal(right, *arguments, **keywords):
    if keywords.get("padding") == "causal":
        keywords["padding"] = "same"
    return right(*arguments, **keywords)


_FAULTS = [
    ("rnn", "mask left out at the last step", _last_unmasked),
    ("rnn", "masked outputs are zeros", _outputs_unmasked),
    ("rnn", "initial states left out", _states_forgotten),
    ("rnn", "backwards outputs turned round", _turned_back),
    ("rnn", "mask left out", _without("mask", None)),
    ("foldl", "from the end", lambda right, fn, elems, *a, **k: right(
        fn, K.reverse(elems, 0), *a, **k)),
    ("foldr", "from the front", lambda right, fn, elems, *a, **k: right(
        fn, K.reverse(elems, 0), *a, **k)),
    ("map_fn", "the first for all", lambda right, fn, elems, **k: right(
        lambda x: fn(elems[0]), elems, **k)),
    ("switch", "branches exchanged", lambda right, condition, then_expression, else_expression:
        right(condition, else_expression, then_expression)),
    ("conv1d", "'same' for 'causal'", _same_for_causal),
    ("conv2d", "kernel turned round", lambda right, x, kernel, **k: right(
        x, K.reverse(kernel, (0, 1)), **k)),
    ("conv3d", "strides left out", _without("strides", (1, 1, 1))),
    ("conv2d_transpose", "kernel turned round", lambda right, x, kernel, *a, **k: right(
        x, K.reverse(kernel, (0, 1)), *a, **k)),
    ("separable_conv2d", "'valid' for 'same'", _without("padding", "valid")),
    ("depthwise_conv2d", "dilation left out", _without("dilation_rate", (1, 1))),
    ("pool2d", "the greatest for the mean", _without("pool_mode", "max")),
    ("pool3d", "'valid' for 'same'", _without("padding", "valid")),
    ("permute_dimensions", "the inverse order", lambda right, x, pattern: right(
        x, tuple(int(i) for i in np.argsort(pattern)))),
    ("flatten", "turned round", lambda right, x: K.reverse(right(x), 0)),
    ("batch_flatten", "features turned round", lambda right, x: K.reverse(right(x), 1)),
    ("repeat", "samples repeated", lambda right, x, n: K.permute_dimensions(
        right(x, n), (0, 1, 2)) * 2),
    ("temporal_padding", "sides exchanged", lambda right, x, padding=(1, 1): right(
        x, padding=tuple(padding)[::-1])),
    ("spatial_2d_padding", "rows and columns exchanged", lambda right, x, padding=((1, 1), (1, 1)),
        **k: right(x, padding=tuple(padding)[::-1], **k)),
    ("zeros_like", "floatx whatever is asked", lambda right, x, **k: right(x, dtype="float32")),
    ("ones_like", "zeros", lambda right, x, **k: K.zeros_like(x, **k)),
    ("resize_volumes", "depth and height exchanged", lambda right, x, **k: right(x, **{
        **k, "depth_factor": k["height_factor"], "height_factor": k["depth_factor"]})),
    ("random_binomial", "the other probability", lambda right, shape, p=0.0, **k: right(
        shape, p=1 - p, **k)),
    ("truncated_normal", "not cut", lambda right, *a, **k: K.random_normal(*a, **k)),
    ("random_uniform", "twice the range", lambda right, *a, **k: 2 * right(*a, **k)),
    ("random_normal", "a mean of 0.1", lambda right, *a, **k: right(*a, **k) + 0.1),
]

SABOTEURS = [Saboteur(name, op, FUNCTION, fault) for op, name, fault in _FAULTS]
