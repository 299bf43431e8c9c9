"""Keras 2.3.1's API on today's NumPy, PyTorch or TensorFlow."""
__version__ = "0.1.0"

from . import backend
