"""Batch normalization with the batch's statistics, by PyTorch's kernel."""
import torch

from keras_compat.backends.torch import second_order


def _spread(value, ndim, axis):
    return value.view((-1,) + (1,) * (ndim - 1 - axis))


class _Normalize(torch.autograd.Function):
    """(normalized, mean, biased variance) of x, whose channels are on `axis`."""

    @staticmethod
    def forward(ctx, axis, epsilon, x, gamma, beta):
        ctx.axis, ctx.epsilon = axis, epsilon
        ctx.set_materialize_grads(False)
        view = _channels_first(x, axis)
        n = x.numel() // x.shape[axis]
        # The kernel's own statistics are the mean and 1 / sqrt(variance + epsilon), from which
        # a small variance cannot be had again; as "running" ones with momentum 1 they are exact.
        mean, variance = x.new_zeros(x.shape[axis]), x.new_zeros(x.shape[axis])
        y, saved_mean, inverse = torch.native_batch_norm(
            view, gamma, beta, mean, variance, True, 1.0, epsilon)
        variance.mul_((n - 1) / n) if n > 1 else variance.zero_()
        ctx.save_for_backward(x, gamma, beta, saved_mean, inverse)
        return _from_channels_first(y, x, axis), mean, variance

    @staticmethod
    def backward(ctx, by_y, by_mean, by_variance):
        x, gamma, beta, mean, inverse = ctx.saved_tensors
        given = (by_y, by_mean, by_variance)
        if torch.is_grad_enabled():
            return (None, None, *second_order.again(
                lambda *inputs: _plain(ctx.axis, ctx.epsilon, *inputs), (x, gamma, beta), given,
                ctx.needs_input_grad[2:]))
        by_x = by_gamma = by_beta = None
        if by_y is not None:
            by_x, by_gamma, by_beta = torch.ops.aten.native_batch_norm_backward(
                _channels_first(by_y, ctx.axis), _channels_first(x, ctx.axis), gamma, None, None,
                mean, inverse, True, ctx.epsilon,
                [ctx.needs_input_grad[2], gamma is not None, beta is not None])
            by_x = None if by_x is None else _from_channels_first(by_x, x, ctx.axis)
        by_x = _through_statistics(ctx.axis, x, mean, by_x, by_mean, by_variance)
        return None, None, by_x, by_gamma, by_beta


def _through_statistics(axis, x, mean, by_x, by_mean, by_variance):
    """Adds what reaches x through the mean and the variance themselves."""
    n = x.numel() // x.shape[axis]
    by_x = torch.zeros_like(x) if by_x is None else by_x
    if by_mean is not None:
        by_x = by_x + _spread(by_mean / n, x.ndim, axis)
    if by_variance is not None:
        centered = x - _spread(mean, x.ndim, axis)
        by_x = by_x + centered * _spread(by_variance * (2 / n), x.ndim, axis)
    return by_x


def _channels_first(x, axis):
    """x as (batch, channels, rows, columns) for the kernel, without a copy.

    Channels on the last axis: one row of all places with channels_last strides, for
    which the kernel is vectorised whatever the rank.
    """
    if axis == x.ndim - 1:
        return x.reshape(1, -1, 1, x.shape[-1]).permute(0, 3, 1, 2)
    return x.reshape(-1, x.shape[axis], 1, x[0, 0].numel()) if axis == 1 else x.movedim(axis, 1)


def _from_channels_first(y, x, axis):
    if axis == x.ndim - 1:
        return y.permute(0, 2, 3, 1).reshape(x.shape)
    return y.reshape(x.shape) if axis == 1 else y.movedim(1, axis)


def _plain(axis, epsilon, x, gamma, beta):
    """The definition, to be differentiated any number of times."""
    variance, mean = torch.var_mean(x, [i for i in range(x.ndim) if i != axis], correction=0)
    scale = torch.rsqrt(variance + epsilon)
    scale = scale if gamma is None else scale * gamma
    y = (x - _spread(mean, x.ndim, axis)) * _spread(scale, x.ndim, axis)
    return (y if beta is None else y + _spread(beta, x.ndim, axis)), mean, variance


def _training_kernel(specs, attrs):
    """The kernel where all axes but one are reduced; float16 goes by the definition."""
    shape, dtype = specs[0]
    left = [i for i in range(len(shape)) if i not in attrs["axes"]]
    if len(left) != 1 or len(shape) < 2 or dtype == "float16" or 0 in shape:
        return None
    axis, epsilon = left[0], attrs["epsilon"]

    def run(x, gamma, beta):
        form = _Normalize.apply if x.numel() else _plain  # the kernel refuses no samples
        return form(axis, epsilon, x, gamma, beta)
    return run


def batch_normalization(x, mean, var, beta, gamma, *, axis, epsilon):
    """(x - mean) / sqrt(var + epsilon) * gamma + beta in two passes over x."""
    scale = torch.rsqrt(var + epsilon)
    scale = _spread(scale if gamma is None else scale * gamma, x.ndim, axis)
    centered = x - _spread(mean, x.ndim, axis)
    if beta is None:
        return centered * scale
    return torch.addcmul(_spread(beta, x.ndim, axis), centered, scale)


OPS = {"batch_normalization": batch_normalization}
SPECIALIZERS = {"normalize_batch_in_training": _training_kernel}
