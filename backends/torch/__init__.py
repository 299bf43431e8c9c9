"""The PyTorch backend: ops are plain functions on `torch.Tensor`s, run eagerly.

One file a family of ops, each with a table `OPS`; `arrays.py` holds what they
share (dtypes, the device, NumPy in and out), `engine.py` the backend itself.
"""
from keras_compat.backends.torch.engine import TorchBackend

backend = TorchBackend()
