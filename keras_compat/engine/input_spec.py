"""What a layer accepts: rank, dtype and sizes of each input, and the check of them."""
from .. import backend as K
from ..backend import errors
from ..utils.generic_utils import to_list


class InputSpec:
    """What one input of a layer must be; None stands for anything.

    dtype: name of the dtype. shape: sizes with None. ndim, max_ndim, min_ndim:
    number of axes. axes: dict from axis to the size it must have.
    """

    def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None):
        self.dtype = dtype
        self.shape = shape
        self.ndim = len(shape) if shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = axes or {}

    def __repr__(self):
        facts = {name: value for name, value in vars(self).items() if value}
        return "InputSpec(" + ", ".join(f"{name}={value}" for name, value in facts.items()) + ")"


def check(who, specs, inputs):
    """ValueError unless `inputs` (tensors) are what `specs` (one, a list, or None) ask for."""
    inputs = to_list(inputs, allow_tuple=True)
    for tensor in inputs:
        if not K.is_tensor(tensor):
            raise ValueError(errors.message(
                who, "a layer is called on symbolic tensors",
                "a tensor, or a list of tensors", f"{type(tensor).__name__} {_short(tensor)}",
                "K.constant or K.variable makes a tensor of an array"))
    if not specs:
        return
    specs = to_list(specs, allow_tuple=True)
    if len(specs) != len(inputs):
        raise ValueError(errors.message(
            who, "wrong number of inputs", f"{len(specs)} tensor(s)",
            f"{len(inputs)}: {[K.int_shape(tensor) for tensor in inputs]}"))
    for index, (spec, tensor) in enumerate(zip(specs, inputs)):
        if spec is not None:
            _check_one(f"{who}: input {index}", spec, tensor)


def _check_one(who, spec, tensor):
    shape = K.int_shape(tensor)
    received = f"shape {errors.shape(shape)}"
    if spec.ndim is not None and len(shape) != spec.ndim:
        _fail(who, "wrong number of axes", f"ndim={spec.ndim}", f"ndim={len(shape)}, {received}")
    if spec.max_ndim is not None and len(shape) > spec.max_ndim:
        _fail(who, "too many axes", f"max_ndim={spec.max_ndim}", f"ndim={len(shape)}, {received}")
    if spec.min_ndim is not None and len(shape) < spec.min_ndim:
        _fail(who, "too few axes", f"min_ndim={spec.min_ndim}", f"ndim={len(shape)}, {received}")
    if spec.dtype is not None and K.dtype(tensor) != spec.dtype:
        _fail(who, "wrong dtype", f"dtype={spec.dtype}", f"dtype={K.dtype(tensor)}")
    for axis, size in spec.axes.items():
        if size is not None and shape[int(axis)] not in (size, None):
            _fail(who, "wrong size", f"axis {axis} of size {size}", received)
    if spec.shape is not None and not _fits(shape, spec.shape):
        _fail(who, "wrong shape", f"shape {errors.shape(spec.shape)}", received)


def _fits(shape, wanted):
    return all(size is None or want is None or size == want for size, want in zip(shape, wanted))


def _fail(who, rule, expected, received):
    raise ValueError(errors.message(who, rule, expected, received))


def _short(value):
    text = repr(value)
    return text if len(text) <= 80 else text[:80] + "..."
