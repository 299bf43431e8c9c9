"""The workloads as eager PyTorch loops: torch.nn modules, channels_last, fused optimizers."""
import torch

from . import images, plain, sequences

PROGRAMS = {**plain.PROGRAMS, **images.PROGRAMS, **sequences.PROGRAMS}


def limit_threads(threads):
    """Lets PyTorch use so many threads."""
    torch.set_num_threads(threads)


def as_input(array):
    """A batch as these programs take it: no copy; images as channels_last NCHW."""
    tensor = torch.from_numpy(array)
    return tensor.permute(0, 3, 1, 2) if tensor.ndim == 4 else tensor


def finish(result):
    """Waits for a result."""
    return result.numpy()
