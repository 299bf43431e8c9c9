"""Small data sets to try models on."""
from . import digits
