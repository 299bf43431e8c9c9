"""Keras 1's name for `losses`."""
from .losses import *  # noqa: F401,F403
