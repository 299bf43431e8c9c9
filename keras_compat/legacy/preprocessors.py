"""Calls of Keras 1 whose change into Keras 2's takes more than another name.

Each function takes the positional arguments (the object first) and the keywords,
and returns both with a list of pairs (old argument, new argument) that it changed.
"""
import warnings

from ..backend import errors


def embedding_kwargs_preprocessor(args, kwargs):
    """Drops `dropout` and `input_dtype`, which embeddings had in Keras 1.

    The dtype of a Keras 2 layer is that of its weights, which Keras 1's 'int32' never meant.
    """
    kwargs.pop("input_dtype", None)
    if kwargs.pop("dropout", None):
        warnings.warn("Embedding: the `dropout` of Keras 1 is left out; a SpatialDropout1D layer "
                      "after the Embedding does the same", stacklevel=3)
    return args, kwargs, []


# ---- recurrent layers ----

def recurrent_args_preprocessor(args, kwargs):
    """forget_bias_init, and the input's shape from input_dim and input_length."""
    converted = _forget_bias(kwargs)
    if "input_dim" in kwargs:
        kwargs["input_shape"] = (kwargs.pop("input_length", None), kwargs.pop("input_dim"))
        converted.append(("input_dim", "input_shape"))
    return args, kwargs, converted


def _forget_bias(kwargs):
    """[the pair] if `forget_bias_init` was 'one'; other values had no successor."""
    if "forget_bias_init" not in kwargs:
        return []
    if kwargs.pop("forget_bias_init") == "one":
        kwargs["unit_forget_bias"] = True
        return [("forget_bias_init", "unit_forget_bias")]
    warnings.warn("forget_bias_init: only 'one' has a successor, `unit_forget_bias=True`; "
                  "the value is ignored", stacklevel=4)
    return []


def convlstm2d_args_preprocessor(args, kwargs):
    """forget_bias_init, and the kernel's size from nb_row and nb_col."""
    converted = _forget_bias(kwargs)
    args, kwargs, more = conv2d_args_preprocessor(args, kwargs)
    return args, kwargs, converted + more


# ---- convolutions ----

def conv1d_args_preprocessor(args, kwargs):
    """The input's shape from input_dim and input_length."""
    if "input_dim" not in kwargs:
        return args, kwargs, []
    kwargs["input_shape"] = (kwargs.pop("input_length", None), kwargs.pop("input_dim"))
    return args, kwargs, [("input_shape", "input_dim")]


def conv2d_args_preprocessor(args, kwargs):
    """The kernel's size from nb_row and nb_col, by position or by name."""
    return _joined_sizes(args, kwargs, ("nb_row", "nb_col"))


def conv3d_args_preprocessor(args, kwargs):
    """The kernel's size from kernel_dim1, kernel_dim2 and kernel_dim3."""
    return _joined_sizes(args, kwargs, ("kernel_dim1", "kernel_dim2", "kernel_dim3"))


def _joined_sizes(args, kwargs, names):
    """The sizes that Keras 1 took one by one as `kernel_size`.

    args: the layer, the filters, and any number of the sizes, the rest by name.
    """
    if len(args) > 2 + len(names):
        raise TypeError(errors.message(
            type(args[0]).__name__, "other arguments are given by name",
            f"at most {1 + len(names)} by position", f"{len(args) - 1}"))
    sizes = list(args[2:])
    if not all(isinstance(size, int) for size in sizes):
        return args, kwargs, []
    rest = names[len(sizes):]
    if not all(name in kwargs for name in rest):
        return args, kwargs, []
    if len(sizes) == 2 and not rest:
        _check_unambiguous(args, kwargs)
    sizes += [kwargs.pop(name) for name in rest]
    if len(args) == 1:
        kwargs["kernel_size"] = tuple(sizes)
        return args, kwargs, [("/".join(names), "kernel_size")]
    return (*args[:2], tuple(sizes)), kwargs, [("/".join(names), "kernel_size")]


def _check_unambiguous(args, kwargs):
    """ValueError for two whole numbers by position next to Keras 2's keywords."""
    modern = [name for name in ("padding", "strides", "data_format") if name in kwargs]
    if modern:
        raise ValueError(errors.message(
            type(args[0]).__name__, "whole numbers by position are the kernel's two sizes in "
            "Keras 1, its size and the strides in Keras 2", "`strides` given by name",
            f"{tuple(args[2:])} and {errors.one_of(modern)}"))


def separable_conv2d_args_preprocessor(args, kwargs):
    """`init` for both kernels, and the kernel's size from nb_row and nb_col."""
    converted = []
    if "init" in kwargs:
        kwargs["depthwise_initializer"] = kwargs["pointwise_initializer"] = kwargs.pop("init")
        converted.append(("init", "depthwise_initializer/pointwise_initializer"))
    args, kwargs, more = conv2d_args_preprocessor(args, kwargs)
    return args, kwargs, converted + more


def deconv2d_args_preprocessor(args, kwargs):
    """Drops `output_shape`, which follows from the rest, and joins nb_row and nb_col."""
    converted = []
    if len(args) == 5 and isinstance(args[4], tuple):
        args = args[:-1]
        converted.append(("output_shape", None))
    if "output_shape" in kwargs:
        kwargs.pop("output_shape")
        converted.append(("output_shape", None))
    args, kwargs, more = conv2d_args_preprocessor(args, kwargs)
    return args, kwargs, converted + more


def zeropadding2d_args_preprocessor(args, kwargs):
    """A padding by names of sides becomes ((top, bottom), (left, right))."""
    if isinstance(kwargs.get("padding"), dict):
        kwargs["padding"] = _sides(kwargs["padding"])
        return args, kwargs, [("padding", "padding")]
    if len(args) == 2 and isinstance(args[1], dict):
        return (args[0], _sides(args[1])), kwargs, [("padding", "padding")]
    return args, kwargs, []


def _sides(padding):
    known = ("top_pad", "bottom_pad", "left_pad", "right_pad")
    unknown = [key for key in padding if key not in known]
    if unknown:
        raise ValueError(errors.message("padding", "a side's name is unknown",
                                        errors.one_of(known), errors.one_of(unknown)))
    top, bottom, left, right = (padding.get(name, 0) for name in known)
    return (top, bottom), (left, right)


# ---- other layers, optimizers, models ----

def batchnorm_args_preprocessor(args, kwargs):
    """Drops `mode` 0, the only one that is left."""
    if len(args) > 1:
        raise TypeError(errors.message(
            "BatchNormalization", "the arguments are given by name", "keyword arguments only",
            f"{len(args) - 1} by position"))
    if "mode" not in kwargs:
        return args, kwargs, []
    mode = kwargs.pop("mode")
    if mode != 0:
        raise TypeError(errors.message(
            "BatchNormalization", "the modes of Keras 1 ended with it", "mode=0, or none",
            f"mode={mode}"))
    return args, kwargs, [("mode", None)]


def add_weight_args_preprocessing(args, kwargs):
    """Takes a shape, and then a name, from the first positions."""
    for name, kinds in (("shape", (tuple, list)), ("name", str)):
        if len(args) > 1 and isinstance(args[1], kinds):
            kwargs[name] = args[1]
            args = (args[0],) + tuple(args[2:])
    return args, kwargs, []


def get_updates_arg_preprocessing(args, kwargs):
    """`get_updates(params, constraints, loss)` of Keras 1 as (loss, params).

    Constraints have long been those of the weights themselves.
    """
    kwargs.pop("constraints", None)
    if len(args) > 4:
        raise TypeError(errors.message(
            "get_updates", "too many arguments", "(loss, params), or (params, constraints, loss)",
            f"{len(args) - 1} arguments"))
    if len(args) == 4:
        return (args[0], args[3], args[1]), kwargs, []
    if len(args) == 3 and isinstance(args[1], (list, tuple)) and "loss" in kwargs:
        return (args[0], kwargs.pop("loss"), args[1]), kwargs, []
    return args, kwargs, []


def generator_methods_args_preprocessor(args, kwargs):
    """samples_per_epoch becomes a number of batches where the generator tells their size."""
    if len(args) > 2 or "samples_per_epoch" not in kwargs:
        return args, kwargs, []
    samples = kwargs.pop("samples_per_epoch")
    generator = args[1] if len(args) > 1 else kwargs["generator"]
    size = getattr(generator, "batch_size", None)
    if not size:
        warnings.warn("samples_per_epoch: Keras 2 counts batches, `steps_per_epoch`, and so do "
                      "`validation_steps` and `steps`; the number is taken as it is",
                      stacklevel=3)
    kwargs["steps_per_epoch"] = samples // size if size else samples
    return args, kwargs, [("samples_per_epoch", "steps_per_epoch")]
