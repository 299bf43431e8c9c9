"""Keras 1's spellings of arguments, taken by the functions that kept their names."""
import functools
import inspect

from .. import config
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


def _has_hints(args, words):
    """Whether values stand in the places of Keras 1's hints: None, or a static shape."""
    if len(args) > 5 and _ORDERINGS & words:
        return True
    return len(args) > 5 and args[5] is None or len(args) > 4 and isinstance(args[4], (list, tuple))


def keras1_window(*kernels, places="", **names):
    """Accepts the arguments of Keras 1 in a function over images.

    names: old and new names of arguments, besides border_mode and dim_ordering.
    kernels: arguments that dim_ordering 'th' has in Theano's layout, (filters,
    channels, sizes..). A dim_ordering may also be given by its place, `data_format`'s.
    places: what Keras 1 had in the places of the arguments, where that differs: names,
    with a dot for a hint.
    """
    names = {"border_mode": "padding", **names}
    places = places.split()

    def decorate(function):
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args, **kwargs):
            kwargs = {names.get(k, k): v for k, v in kwargs.items() if k not in _HINTS}
            words = {v for v in args if isinstance(v, str)}
            if places and _has_hints(args, words):
                kwargs.update((k, v) for k, v in zip(places, args) if k != ".")
                args = args[len(places):]  # too many, if there are any
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


def output_first_in_keras1(function):
    """Takes (output, target, ...) by position where K.compat_version() had this order."""
    target, output, *more = inspect.signature(function).parameters
    places = (output, target, *more)

    @functools.wraps(function)
    def call(*args, **kwargs):
        if args and not config.compat_reaches("2.0.8"):
            return function(*args[len(places):], **dict(zip(places, args)), **kwargs)
        return function(*args, **kwargs)
    return call
