"""A small backend over the Python array API standard: what a new backend has to write, and no more.

    KERAS_BACKEND=keras_compat.examples.array_api_backend python script.py

`ARRAY_API_NAMESPACE` names the library (default `array_api_compat.numpy`; any module
that follows the standard will do, `array_api_strict` for instance). There is no
automatic differentiation here: gradients come from the shared rules.
docs/backends.md walks through it.
"""
from .engine import ArrayApiBackend

backend = ArrayApiBackend()
