"""K's ops. Each is defined once, in the module of its subject, and registered there.

This package exports every registered op and function under its name, as well as
`as_tensor`, with which functions over tensors take numbers and arrays.
"""
import sys

from .. import registry
from . import (  # noqa: F401  (importing a module registers its ops)
    elementwise, comparison, reductions, shaping, joining, indexing, linalg, creation, control,
    trigonometry, random_ops, queries, brackets, operators,
)
from . import (  # noqa: F401
    activations, bias, classes, convolution, ctc, ctc_decoding, dropout, image, local, losses,
    normalization, padding, pooling, recurrent, separable, transposed, updates,
)
from .convert import as_tensor  # noqa: F401


def _exported():
    entries = {**registry.OPS, **registry.SUGAR}
    return {name: getattr(sys.modules[entry.function.__module__], name)
            for name, entry in entries.items()
            if entry.function is not None and entry.function.__module__.startswith(__name__ + ".")}


globals().update(_exported())
__all__ = ["as_tensor", *_exported()]
