"""Checks of what fit, evaluate and predict are told besides the data; all before the first batch."""
import warnings

from .. import backend as K
from ..backend import arguments, errors
from ..callbacks import CallbackList

# Keywords of TensorFlow's session, which Keras 2.3.1 handed on from `compile`.
_SESSION = ("feed_dict", "fetches", "options", "run_metadata")


def _fail(who, rule, expected, received, hint=None, error=ValueError):
    raise error(errors.message(who, rule, expected, received, hint))


# ---- numbers ----

def batch_size(who, value, steps, steps_name):
    """The number of samples in a batch, 32 by default; ValueError with `steps`."""
    if value is None:
        return 32
    if steps is not None:
        _fail(f"{who}, batch_size", f"with {steps_name} there are no batches", "batch_size=None",
              repr(value))
    return arguments.integer(who, "batch_size", value)


def steps(who, name, value):
    """A number of steps, or None."""
    return None if value is None else arguments.integer(who, name, value)


def epochs(kwargs, last, first):
    """(last, first) epoch; `nb_epoch`, Keras 1's name, may stand in `kwargs`."""
    if "nb_epoch" in kwargs:
        warnings.warn("fit: `nb_epoch` is now called `epochs`", stacklevel=3)
        last = kwargs.pop("nb_epoch")
    if kwargs:
        _fail("fit", "unknown keyword arguments", "those of fit", errors.one_of(sorted(kwargs)),
              error=TypeError)
    return (arguments.integer("fit", "epochs", last, least=0),
            arguments.integer("fit", "initial_epoch", first, least=0))


def split(who, size, part):
    """How many of `size` samples are left to train on when this part is held back."""
    arguments.number(who, "validation_split", part)
    if not 0 < part < 1:
        _fail(f"{who}, validation_split", "a part of the data is held back",
              "a number between 0 and 1", repr(part))
    left = int(size * (1. - part))
    if left in (0, size):
        _fail(f"{who}, validation_split", "both parts of the data have samples",
              f"a part of {size} samples that leaves some", f"{part}, that is {size - left}")
    return left


# ---- what is not a number ----

def shuffle(value):
    """True, False or 'batch'; any other text is a ValueError."""
    if isinstance(value, str) and value != "batch":
        _fail("fit, shuffle", "unknown way to shuffle", "True, False or 'batch'", repr(value))
    return value


def callbacks(who, given):
    """The callbacks as they are; TypeError for what is no list of them."""
    if given is None or isinstance(given, CallbackList):
        return given
    if not isinstance(given, (list, tuple)):
        _fail(f"{who}, callbacks", "callbacks are given as a list", "a list of callbacks",
              repr(given), error=TypeError)
    for callback in given:
        if isinstance(callback, type) or not hasattr(callback, "set_model"):
            _fail(f"{who}, callbacks", "callbacks are instances of Callback",
                  "an object such as History()", repr(callback), error=TypeError)
    return given


def validation(who, given, steps, train_steps):
    """ValueError unless `given` is (x, y) or (x, y, sample_weight), and the steps go together."""
    if steps is not None and train_steps is None:
        _fail(f"{who}, validation_steps", "steps of validation go with steps of training",
              "steps_per_epoch, too", f"validation_steps={steps} alone")
    if given is not None and not (isinstance(given, (list, tuple)) and len(given) in (2, 3)):
        received = f"{len(given)} items" if isinstance(given, (list, tuple)) else repr(given)
        _fail(f"{who}, validation_data", "validation takes inputs and targets",
              "(x, y) or (x, y, sample_weight)", received)


def loss_weights(given):
    """The weights as they are; ValueError for what is neither a number nor a tensor."""
    for weight in given:
        if not K.is_tensor(weight):
            arguments.number("compile", "loss_weights", weight)
    return given


def sample_weight_modes(given):
    """The modes as they are; ValueError for an unknown one."""
    for mode in given:
        if mode not in (None, "temporal"):
            _fail("compile, sample_weight_mode", "the mode must be known", "None or 'temporal'",
                  repr(mode))
    return given


def target_tensors(given):
    """The tensors as they are; ValueError for anything else."""
    for target in given:
        if target is not None and not K.is_tensor(target):
            _fail("compile, target_tensors", "targets are symbolic tensors", "tensors",
                  repr(target), "K.variable makes a tensor of an array")
    return given


def compile_keywords(kwargs):
    """The keywords as they are; ValueError for those that `compile` has never handed on."""
    unknown = sorted(set(kwargs) - set(_SESSION))
    if unknown:
        _fail("compile", "unknown keyword arguments",
              "those of compile, or " + errors.one_of(_SESSION), errors.one_of(unknown))
    return kwargs


# ---- samples ----

def some_samples(who, size):
    """ValueError where there is nothing to train or evaluate on."""
    if size == 0:
        _fail(who, "there must be data", "at least 1 sample", "0 samples")


def fixed_batches(who, shapes, size, batch, steps=None):
    """ValueError where batches of `size` samples differ from an input's fixed batch size."""
    for shape in shapes:
        fixed = shape[0] if shape else None
        if fixed is None or size is None:
            continue
        single = steps is not None or size <= batch
        if size != fixed if single else (batch != fixed or size % fixed):
            received = f"{size} samples" if single else f"{size} samples in batches of {batch}"
            _fail(who, "the batch size of the inputs is fixed", f"batches of {fixed} samples",
                  received, "batch_shape or batch_input_shape fixed it")
