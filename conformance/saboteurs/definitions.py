"""Faults in the definitions of composites, which every backend without a kernel runs."""
import math

from keras_compat import backend as K

from .planting import DEFINITION, STATIC, Saboteur


def _shifted(right, x, *, axis):
    powers = K.exp(x)
    return powers / K.sum(powers, axis=axis, keepdims=True)


def _with(**others):
    """The right definition with other attributes."""
    return lambda right, *inputs, **attrs: right(*inputs, **{**attrs, **others})


def _known_count(x, axis):
    sizes = [x.shape[i] for i in axis]
    return None if None in sizes else math.prod(sizes)


def _sample(right, x, *, axis, keepdims):
    """Divided by n - 1."""
    n = _known_count(x, axis)
    y = right(x, axis=axis, keepdims=keepdims)
    return y * (n / (n - 1)) if n and n > 1 else y


def _swapped_last(kernel):
    order = (*range(kernel.ndim - 2), kernel.ndim - 1, kernel.ndim - 2)
    return K.reshape(K.permute_dimensions(kernel, order), kernel.shape)


# ---- normalization ----

def _epsilon_outside(right, x, mean, var, beta, gamma, *, axis, epsilon):
    if axis != x.ndim - 1:
        return right(x, mean, var, beta, gamma, axis=axis, epsilon=epsilon)
    y = (x - mean) / (K.sqrt(var) + epsilon)
    y = y if gamma is None else y * gamma
    return y if beta is None else y + beta


def _sample_variance(right, x, gamma, beta, *, axes, epsilon):
    y, mean, var = right(x, gamma, beta, axes=axes, epsilon=epsilon)
    n = _known_count(x, axes)
    return y, mean, var * (n / (n - 1)) if n and n > 1 else var


# ---- losses ----

def _not_renormalised(right, target, output, *, from_logits, axis, epsilon):
    if from_logits:
        return right(target, output, from_logits=from_logits, axis=axis, epsilon=epsilon)
    return -K.sum(target * K.log(K.clip(output, epsilon, 1 - epsilon)), axis=axis)


def _not_cut(right, target, output, *, from_logits, epsilon):
    p = K.sigmoid(output) if from_logits else output
    return -(target * K.log(p) + (1 - target) * K.log(1 - p))


# ---- recurrence ----

def _blocks(tensor, order):
    """The columns of the gates in another order."""
    width = tensor.shape[-1] // len(order)
    return K.concatenate([tensor[..., i * width:(i + 1) * width] for i in order], -1)


def _gate_order(right, x, h0, c0, kernel, recurrent_kernel, bias, **attrs):
    kernel, recurrent_kernel, bias = (t if t is None else _blocks(t, (0, 2, 1, 3))
                                      for t in (kernel, recurrent_kernel, bias))
    return right(x, h0, c0, kernel, recurrent_kernel, bias, **attrs)


def _update_turned(right, x, h0, kernel, recurrent_kernel, bias, **attrs):
    """1 - z where z belongs."""
    def turned(tensor):
        if tensor is None:
            return None
        width = tensor.shape[-1] // 3
        return K.concatenate([-tensor[..., :width], tensor[..., width:]], -1)
    return right(x, h0, turned(kernel), turned(recurrent_kernel), turned(bias), **attrs)


def _reset_order(right, x, h0, kernel, recurrent_kernel, bias, *, reset_after, **attrs):
    if not reset_after and bias is not None:
        bias = K.stack([bias, K.zeros_like(bias, K.dtype(bias))])
    elif reset_after and bias is not None:
        bias = bias[0] + bias[1]
    return right(x, h0, kernel, recurrent_kernel, bias, reset_after=not reset_after, **attrs)


def _no_state(right, x, h0, *others, **attrs):
    return right(x, K.zeros_like(h0, K.dtype(h0)), *others, **attrs)


# ---- optimizers ----

def _adam_inside(right, params, first, second, gradients, lr_t, beta_1, beta_2, *, epsilon):
    results = right(params, first, second, gradients, lr_t, beta_1, beta_2, epsilon=epsilon)
    n = len(params)
    means, squares = results[n:2 * n], results[2 * n:]
    return [p - lr_t * m / K.sqrt(v + epsilon)
            for p, m, v in zip(params, means, squares)] + list(means) + list(squares)


def _rmsprop_inside(right, params, accumulators, gradients, lr, rho, *, epsilon):
    moved = right(params, accumulators, gradients, lr, rho, epsilon=epsilon)[len(params):]
    return [p - lr * g / K.sqrt(a + epsilon)
            for p, a, g in zip(params, moved, gradients)] + list(moved)


def _momentum_damped(right, params, velocities, gradients, lr, momentum, *, nesterov):
    if momentum is None:
        return right(params, velocities, gradients, lr, momentum, nesterov=nesterov)
    return right(params, velocities, [(1 - momentum) * g for g in gradients], lr, momentum,
                 nesterov=nesterov)


_FAULTS = [
    ("hard_sigmoid", "slope 1/6", lambda right, x: K.clip(x / 6 + 0.5, 0, 1)),
    ("relu", "threshold left out", _with(threshold=0.)),
    ("relu", "maximum left out", _with(max_value=None)),
    ("relu", "slope below left out", _with(alpha=0.)),
    ("elu", "alpha left out", _with(alpha=1.)),
    ("softsign", "x / (1 + x)", lambda right, x: x / (1 + x)),
    ("softmax", "along the last axis whatever is asked", lambda right, x, *, axis: right(
        x, axis=x.ndim - 1)),
    ("softmax", "overflows", _shifted),
    ("log_softmax", "the logarithm of softmax", lambda right, x, *, axis: K.log(
        K.softmax(x, axis))),
    ("l2_normalize", "epsilon outside of the root", lambda right, x, *, axis: x / (K.sqrt(
        K.sum(K.square(x), axis=axis, keepdims=True)) + 1e-6)),
    ("l2_normalize", "no epsilon", lambda right, x, *, axis: x / K.sqrt(
        K.sum(K.square(x), axis=axis, keepdims=True))),
    ("clip", "the lower bound left out", lambda right, x, low, high: right(x, None, high)
        if high is not None else right(x, low, high)),
    ("mean", "divided by n - 1", _sample),
    ("var", "divided by n - 1", _sample),
    ("std", "no root", lambda right, x, **attrs: K.square(right(x, **attrs))),
    ("logsumexp", "overflows", lambda right, x, *, axis, keepdims: K.log(K.sum(
        K.exp(x), axis=axis, keepdims=keepdims))),
    ("logsumexp", "a size of 1 stays", _with(keepdims=True)),
    ("bias_add", "channels_first left out", _with(data_format="channels_last")),
    ("batch_dot", "the result transposed", lambda right, x, y, **attrs: (
        K.permute_dimensions(right(x, y, **attrs), (0, 2, 1)) if x.ndim == y.ndim == 3
        else right(x, y, **attrs))),
    ("in_top_k", "one more", lambda right, predictions, targets, k, **attrs: right(
        predictions, targets, k if k is None else k + 1,
        **{name: n and n + 1 for name, n in attrs.items()})),
    ("batch_normalization", "epsilon outside of the root", _epsilon_outside),
    ("batch_normalization", "gamma left out", lambda right, x, mean, var, beta, gamma, **attrs:
        right(x, mean, var, beta, None, **attrs)),
    ("normalize_batch_in_training", "the sample's variance", _sample_variance),
    ("normalize_batch_in_training", "another epsilon", _with(epsilon=1e-2)),
    ("categorical_crossentropy", "not renormalised", _not_renormalised),
    ("categorical_crossentropy", "logits taken for probabilities", _with(from_logits=False)),
    ("sparse_categorical_crossentropy", "the class before", lambda right, target, *others, **attrs:
        right(target - 1, *others, **attrs)),
    ("binary_crossentropy", "not cut", _not_cut),
    ("simple_rnn", "initial state left out", _no_state),
    ("simple_rnn", "forwards whatever is asked", _with(reverse=False)),
    ("lstm", "gates in the order i, c, f, o", _gate_order),
    ("lstm", "hard_sigmoid gates whatever is asked", _with(recurrent_activation="hard_sigmoid")),
    ("lstm", "the output for the cell's state", lambda right, *inputs, **attrs: (
        lambda y, h, c: (y, h, h))(*right(*inputs, **attrs))),
    ("gru", "the reset on the other side of the product", _reset_order),
    ("gru", "update gate turned round", _update_turned),
    ("dropout", "not scaled", lambda right, x, *, rate, **attrs: right(
        x, rate=rate, **attrs) * (1 - rate)),
    ("dropout", "keeps what it should drop", lambda right, x, *, rate, **attrs: right(
        x, rate=1 - rate, **attrs)),
    ("ctc_batch_cost", "the first class is the blank", lambda right, labels, y_pred, *lengths:
        right(labels, K.concatenate([y_pred[..., 1:], y_pred[..., :1]], -1), *lengths)),
    ("resize_images", "nearest whatever is asked", _with(interpolation="nearest")),
    ("resize_images", "the whole repeated", lambda right, x, *, factors, **attrs: right(
        x, factors=factors[::-1], **attrs)),
    ("local_conv", "windows turned round", lambda right, x, kernel, **attrs: right(
        x, K.reverse(kernel, 1), **attrs)),
    ("depthwise_conv", "channels and multiplier exchanged", lambda right, x, kernel, **attrs:
        right(x, _swapped_last(kernel), **attrs)),
    ("separable_conv", "channels and multiplier exchanged",
        lambda right, x, depthwise, pointwise, **attrs: right(
            x, _swapped_last(depthwise), pointwise, **attrs)),
    ("sgd_update", "nesterov left out", _with(nesterov=False)),
    ("sgd_update", "momentum damps the gradient", _momentum_damped),
    ("rmsprop_update", "epsilon inside of the root", _rmsprop_inside),
    ("adam_update", "epsilon inside of the root", _adam_inside),
]

_RULES = [
    ("concatenate", "the sizes not added", lambda right, tensors, *, axis: (
        tensors[0].shape, tensors[0].dtype)),
    ("expand_dims", "the axis at the end", lambda right, x, *, axis: (
        tuple(x.shape) + (1,), x.dtype)),
    ("argmin", "the dtype of x", lambda right, x, *, axis: (right(x, axis=axis)[0], x.dtype)),
    ("sum", "keepdims left out", lambda right, x, *, axis, keepdims: right(
        x, axis=axis, keepdims=False)),
    ("conv", "'valid' sizes for 'same'", lambda right, x, kernel, **attrs: right(
        x, kernel, **{**attrs, "padding": "valid"})),
    ("pad", "one side counted", lambda right, x, *, paddings, value: right(
        x, paddings=[(a, 0) for a, b in paddings], value=value)),
]

SABOTEURS = ([Saboteur(name, op, DEFINITION, fault, ("definition", "portable draws"))
              for op, name, fault in _FAULTS]
             + [Saboteur("static rule: " + name, op, STATIC, fault) for op, name, fault in _RULES])
