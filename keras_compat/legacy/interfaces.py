"""Keras 1's arguments, as Keras 2.3.1 took them: one table, and a decorator made from each row.

A row says which arguments of a constructor or a method may be given by position,
which had other names or values, and which function of `legacy.preprocessors` sees
the call first. A call in Keras 1's spelling is changed into the one of Keras 2 and
warned about, with the call as it is written now. What a call leaves out then has the
default of the version in force (`legacy.versions`).
"""
import functools
import warnings
from types import MappingProxyType

from ..backend import errors
from . import versions
from .preprocessors import (  # noqa: F401 (old code imports them from here)
    add_weight_args_preprocessing, batchnorm_args_preprocessor, conv1d_args_preprocessor,
    conv2d_args_preprocessor, conv3d_args_preprocessor, convlstm2d_args_preprocessor,
    deconv2d_args_preprocessor, embedding_kwargs_preprocessor,
    generator_methods_args_preprocessor, get_updates_arg_preprocessing,
    recurrent_args_preprocessor, separable_conv2d_args_preprocessor,
    zeropadding2d_args_preprocessor)


def generate_legacy_interface(allowed_positional_args=None, conversions=None, preprocessor=None,
                              value_conversions=None, object_type="class"):
    """A decorator that lets a function be called as in Keras 1.

    allowed_positional_args: names of what may be given by position, None for
    everything. conversions: pairs (old name, new name). value_conversions: by old
    name a dict from old to new values. preprocessor: a function of `args` and
    `kwargs` that gives both, changed, and a list of pairs of what it converted.
    object_type: 'class' for a constructor, 'method' otherwise; for messages.
    TypeError for more positional arguments and for an argument in both spellings.
    """
    def legacy_support(func):
        complete = versions.completion(func)

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            name = type(args[0]).__name__ if object_type == "class" else func.__name__
            converted = []
            if preprocessor:
                args, kwargs, converted = preprocessor(args, kwargs)
            _check_positional(name, args, allowed_positional_args)
            _convert_values(kwargs, value_conversions or {})
            converted = converted + _renamed(kwargs, conversions or ())
            if converted:
                warnings.warn(f"Update your `{name}` call to the Keras 2 API: "
                              f"`{_written(name, args, kwargs)}`", stacklevel=2)
            return func(*args, **complete(args, kwargs))
        wrapper._original_function = func
        return wrapper
    return legacy_support


# For constructors that have no spelling of Keras 1, but defaults that changed since.
era_defaults = generate_legacy_interface()


def _check_positional(name, args, allowed):
    given = args[1:]
    if allowed is not None and len(given) > len(allowed):
        raise TypeError(errors.message(
            name, "other arguments are given by name",
            f"at most {len(allowed)} by position ({', '.join(allowed) or 'none'})",
            ", ".join(map(_shown, given)),
            "Keras 1 and 2 order the arguments differently"))


def _convert_values(kwargs, tables):
    for name, table in tables.items():
        if name in kwargs and kwargs[name] in table:
            kwargs[name] = table[kwargs[name]]


def _renamed(kwargs, conversions):
    """The pairs that applied; `kwargs` has the new names afterwards."""
    applied = [(old, new) for old, new in conversions if old in kwargs]
    for old, new in applied:
        if new in kwargs:
            raise_duplicate_arg_error(old, new)
        kwargs[new] = kwargs.pop(old)
    return applied


def raise_duplicate_arg_error(old_arg, new_arg):
    """TypeError for an argument that was given in both spellings."""
    raise TypeError(errors.message(
        old_arg, f"in Keras 2 this argument is called `{new_arg}`", "one of the two names",
        f"both `{old_arg}` and `{new_arg}`"))


def _written(name, args, kwargs):
    """The call as source."""
    parts = [_shown(value) for value in args[1:]]
    parts += [f"{key}={_shown(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(parts)})"


def _shown(value):
    if isinstance(value, str):
        return f'"{value}"'
    return "array" if hasattr(value, "shape") and hasattr(value, "dtype") else str(value)


# ---- the table ----

_ORDERING = {"dim_ordering": {"tf": "channels_last", "th": "channels_first", "default": None}}
_FORMAT = (("dim_ordering", "data_format"),)
_BORDER = (("border_mode", "padding"),)
_BIAS = (("bias", "use_bias"),)
_B = (("b_regularizer", "bias_regularizer"),)
_KERNEL = (("init", "kernel_initializer"), ("W_regularizer", "kernel_regularizer"), *_B,
           ("W_constraint", "kernel_constraint"), ("b_constraint", "bias_constraint"))
_IMAGE = (("nb_filter", "filters"), ("subsample", "strides"), *_BORDER, *_FORMAT)
_RECURRENT = (("init", "kernel_initializer"), ("inner_init", "recurrent_initializer"),
              ("inner_activation", "recurrent_activation"),
              ("W_regularizer", "kernel_regularizer"), *_B,
              ("U_regularizer", "recurrent_regularizer"), ("dropout_W", "dropout"),
              ("dropout_U", "recurrent_dropout"))
_GENERATOR = (("samples_per_epoch", "steps_per_epoch"), ("val_samples", "steps"),
              ("nb_epoch", "epochs"), ("nb_val_samples", "validation_steps"),
              ("nb_worker", "workers"), ("pickle_safe", "use_multiprocessing"),
              ("max_q_size", "max_queue_size"))
_POOLING = ("pool_size", "strides", "padding")
_CONV = ("filters", "kernel_size")


def _row(positional=(), names=(), values=None, first=None, kind="class"):
    return MappingProxyType({
        "allowed_positional_args": positional if positional is None else list(positional),
        "conversions": [tuple(pair) for pair in names], "value_conversions": values or {},
        "preprocessor": first, "object_type": kind})


def _formatted(*positional, names=(), first=None):
    """A row of a layer with a `data_format`."""
    return _row(positional, (*names, *_FORMAT), _ORDERING, first)


TABLE = MappingProxyType({
    "dense": _row(("units",), (("output_dim", "units"), *_KERNEL, *_BIAS)),
    "dropout": _row(("rate", "noise_shape", "seed"), (("p", "rate"),)),
    "embedding": _row(("input_dim", "output_dim"), (
        ("init", "embeddings_initializer"), ("W_regularizer", "embeddings_regularizer"),
        ("W_constraint", "embeddings_constraint")), first=embedding_kwargs_preprocessor),
    "pooling1d": _row(_POOLING, (("pool_length", "pool_size"), ("stride", "strides"), *_BORDER)),
    "prelu": _row(("alpha_initializer",), (("init", "alpha_initializer"),)),
    "gaussiannoise": _row(("stddev",), (("sigma", "stddev"),)),
    "recurrent": _row(
        ("units",), (("output_dim", "units"), *_RECURRENT, ("consume_less", "implementation")),
        {"consume_less": {"cpu": 0, "mem": 1, "gpu": 2}}, recurrent_args_preprocessor),
    "gaussiandropout": _row(("rate",), (("p", "rate"),)),
    "pooling2d": _formatted(*_POOLING, names=_BORDER),
    "pooling3d": _formatted(*_POOLING, names=_BORDER),
    "global_pooling": _row(None, _FORMAT, _ORDERING),
    "upsampling1d": _row(("size",), (("length", "size"),)),
    "upsampling2d": _formatted("size"),
    "upsampling3d": _formatted("size"),
    "conv1d": _row(_CONV, (
        ("nb_filter", "filters"), ("filter_length", "kernel_size"),
        ("subsample_length", "strides"), *_BORDER, *_KERNEL, *_BIAS),
        first=conv1d_args_preprocessor),
    "conv2d": _row(_CONV, (*_IMAGE, *_KERNEL, *_BIAS), _ORDERING, conv2d_args_preprocessor),
    "separable_conv2d": _row(_CONV, (*_IMAGE, *_B, ("b_constraint", "bias_constraint"), *_BIAS),
                             _ORDERING, separable_conv2d_args_preprocessor),
    "deconv2d": _row(_CONV, (*_IMAGE, *_KERNEL, *_BIAS), _ORDERING, deconv2d_args_preprocessor),
    "conv3d": _row(_CONV, (*_IMAGE, *_KERNEL, *_BIAS), _ORDERING, conv3d_args_preprocessor),
    "convlstm2d": _row(_CONV, (*_IMAGE, *_RECURRENT, *_BIAS), _ORDERING,
                       convlstm2d_args_preprocessor),
    "batchnorm": _row((), (("beta_init", "beta_initializer"), ("gamma_init", "gamma_initializer")),
                      first=batchnorm_args_preprocessor),
    "zeropadding2d": _formatted("padding", first=zeropadding2d_args_preprocessor),
    "zeropadding3d": _formatted("padding"),
    "cropping2d": _formatted("cropping"),
    "cropping3d": _formatted("cropping"),
    "spatialdropout1d": _row(("rate",), (("p", "rate"),)),
    "spatialdropoutNd": _formatted("rate", names=(("p", "rate"),)),
    "lambda": _row(("function", "output_shape")),
    "maxnorm": _row(None, (("m", "max_value"),)),
    "model_constructor": _row(None, (("input", "inputs"), ("output", "outputs"))),
    "input": _row(None, (("input_dtype", "dtype"),)),
    "add_weight": _row(("name", "shape"), first=add_weight_args_preprocessing),
    "get_updates": _row(None, first=get_updates_arg_preprocessing, kind="method"),
    "generator_methods": _row(("generator", "steps_per_epoch", "epochs"), _GENERATOR,
                              first=generator_methods_args_preprocessor, kind="method"),
})

globals().update({f"legacy_{name}_support": generate_legacy_interface(**row)
                  for name, row in TABLE.items()})
