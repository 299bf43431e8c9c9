"""Random numbers: the portable streams drawn on the host, or PyTorch's own generator."""
import weakref

import torch

from keras_compat.backends.torch.arrays import DEVICE, DTYPES, from_numpy, sizes

_generators = weakref.WeakKeyDictionary()


def generator(stream):
    """PyTorch's generator of a stream, seeded with the stream's seed at first use."""
    if stream not in _generators:
        _generators[stream] = torch.Generator(DEVICE).manual_seed(stream.seed)
    return _generators[stream]


def _empty(shape_tensor, dtype):
    return torch.empty(sizes(shape_tensor), dtype=DTYPES[dtype], device=DEVICE)


def random_uniform(shape_tensor, *, low, high, dtype, stream):
    """Uniform in [low, high)."""
    if stream.portable:
        return from_numpy(stream.uniform(sizes(shape_tensor), dtype, low, high))
    result = _empty(shape_tensor, dtype)
    if result.is_floating_point():
        return result.uniform_(low, high, generator=generator(stream))
    return result.random_(int(low), int(high), generator=generator(stream))


def random_normal(shape_tensor, *, mean, stddev, dtype, stream):
    """Normal with this mean and standard deviation."""
    if stream.portable:
        return from_numpy(stream.normal(sizes(shape_tensor), dtype, mean, stddev))
    return _empty(shape_tensor, dtype).normal_(mean, stddev, generator=generator(stream))


def truncated_normal(shape_tensor, *, mean, stddev, dtype, stream):
    """Normal, nothing beyond two standard deviations."""
    if stream.portable:
        return from_numpy(stream.truncated_normal(sizes(shape_tensor), dtype, mean, stddev))
    return torch.nn.init.trunc_normal_(
        _empty(shape_tensor, dtype), mean, stddev, mean - 2 * stddev, mean + 2 * stddev,
        generator=generator(stream))


OPS = {"random_uniform": random_uniform, "random_normal": random_normal,
       "truncated_normal": truncated_normal}
