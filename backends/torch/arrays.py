"""Dtypes, the device, and the way between NumPy arrays and tensors."""
import os

import numpy as np
import torch

DTYPES = {name: getattr(torch, name) for name in (
    "float16", "float32", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "bool")}


def _chosen_device():
    name = os.environ.get("KERAS_COMPAT_DEVICE")
    if name is None:
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


DEVICE = _chosen_device()
ON_CPU = DEVICE.type == "cpu"

# cuDNN rounds float32 inputs of convolutions and recurrent layers to TF32 unless
# told otherwise; the numbers are to be the same on every device.
torch.backends.cudnn.allow_tf32 = False


class _Writable:
    """Shows a read-only array's memory as writable, which torch asks for."""

    def __init__(self, array):
        self.array = array
        self.__array_interface__ = {**array.__array_interface__,
                                    "data": (array.ctypes.data, False)}


def from_numpy(array):
    """A tensor on the device with an array's values; on the CPU it shares the memory.

    No op writes into its inputs, so a read-only array may be shared too.
    """
    array = np.asarray(array)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if any(step < 0 for step in array.strides):
        array = array.copy()  # np.ascontiguousarray keeps a negative step of a single element
    if not array.flags.writeable:
        # torch warns of a read-only array, which it could only be told by a copy
        array = np.asarray(_Writable(array)) if array.size else array.copy()
    tensor = torch.from_numpy(array)
    return tensor if ON_CPU else tensor.to(DEVICE)


def to_numpy(tensor):
    """A NumPy array with a tensor's values; on the CPU it shares the memory."""
    if tensor.requires_grad:
        tensor = tensor.detach()
    # force: the zeros of a derivative that vanishes have no memory until they are asked for
    return tensor.numpy(force=True)


def sizes(shape_tensor):
    """The numbers of an int vector, for a shape."""
    return tuple(shape_tensor.tolist())
