"""Keras 1's spellings of arguments, taken by the functions that kept their names."""
import functools
import inspect

from . import shaping
from .convert import as_tensor
from .window import data_format_of

# What Theano could be told of static shapes; shapes are known here.
_HINTS = ("image_shape", "filter_shape", "volume_shape")

_ORDERINGS = {"tf", "th", "default"}

# The places of a kernel's axes in the layout of dim_ordering 'th', by its number of axes.
_FROM_TH = {4: (2, 3, 1, 0), 5: (2, 3, 4, 1, 0)}


def keras1_kernel(kernel, data_format):
    """(sizes.., channels, filters) from a Keras 1 kernel for that data format."""
    kernel = as_tensor(kernel)
    if data_format == "channels_last":
        return kernel
    return shaping.permute_dimensions(kernel, _FROM_TH[kernel.ndim])


def keras1_window(*kernels, **names):
    """Accepts the arguments of Keras 1 in a function over images.

    names: old and new names of arguments, besides border_mode and dim_ordering.
    kernels: arguments that dim_ordering 'th' has in Theano's layout, (filters,
    channels, sizes..). A dim_ordering may also be given by its place, `data_format`'s.
    """
    names = {"border_mode": "padding", **names}

    def decorate(function):
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args, **kwargs):
            kwargs = {names.get(k, k): v for k, v in kwargs.items() if k not in _HINTS}
            words = {v for v in args if isinstance(v, str)}
            if "dim_ordering" not in kwargs and not _ORDERINGS & words:
                return function(*args, **kwargs)
            ordering = kwargs.pop("dim_ordering", None)
            given = signature.bind_partial(*args, **kwargs).arguments
            data_format = data_format_of(ordering or given["data_format"])
            given.update((name, keras1_kernel(given[name], data_format)) for name in kernels)
            return function(**{**given, "data_format": data_format})
        call.keras1_names = {**names, "dim_ordering": "data_format"}
        return call
    return decorate
