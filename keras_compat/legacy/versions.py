"""What each version of Keras had as a default: one table, and whose defaults hold.

A script gets the defaults of `K.compat_version()`, and what is built from a file
those of the version that wrote the file (`written_by`). Only what a caller leaves
out is filled in: an argument that is given, by position or by name, always holds.
"""
import contextlib
import inspect
import re
from contextvars import ContextVar
from types import MappingProxyType
from typing import NamedTuple

from ..backend import config, errors

ERAS = ("1.2.2", "2.0.8", "2.2.4", "2.3.1")
NEWEST = ERAS[-1]

_PACKAGE = __name__.partition(".")[0]
_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})\.\d{1,3}(?:[-.+]?[a-z][\w.+-]{0,30})?",
                      re.ASCII | re.IGNORECASE)
_writer = ContextVar("writer", default=None)


class _Absent:
    """In a version's place: what the row is about was not there, or is not known."""

    def __repr__(self):
        return "–"


ABSENT = _Absent()
GIVEN = "as given"
FUNCTION = "the function's name"


class Fact(NamedTuple):
    """A default. of: the classes that have it, or ('metrics',) for names in the history."""

    name: str
    of: tuple
    values: tuple
    source: str

    def at(self, era):
        """The value in an era; where none is known, the first that is."""
        return next(v for v in self.values[ERAS.index(era):] if v is not ABSENT)

    @property
    def changed(self):
        """Whether the versions differ."""
        return len({self.at(era) for era in ERAS}) > 1


# ---- the table ----

_TAGS = "the releases' tags"
_NOTES = "release notes of Keras 2.3.0"
_ADAPTIVE = ("RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam")

TABLE = (
    Fact("recurrent_activation", ("LSTM", "LSTMCell", "GRU", "GRUCell"),
         ("hard_sigmoid", "hard_sigmoid", "hard_sigmoid", "sigmoid"), _TAGS),
    Fact("recurrent_activation", ("ConvLSTM2D", "ConvLSTM2DCell"), ("hard_sigmoid",) * 4,
         "configs recorded with 2.3.1, which kept it"),
    # Keras 1 called it consume_less, with 'cpu' for 0; 0 is computed as 1.
    Fact("implementation", ("LSTM", "GRU"), (0, 0, 1, 2), _TAGS),
    Fact("implementation", ("LSTMCell", "GRUCell"), (ABSENT, ABSENT, 1, 2), _TAGS),
    Fact("reset_after", ("GRU", "GRUCell"), (ABSENT, ABSENT, False, False), _TAGS),
    Fact("epsilon", _ADAPTIVE, (1e-8, 1e-8, None, None), _TAGS + "; None is K.epsilon()"),
    Fact("epsilon", ("K",), (1e-7,) * 4, _TAGS),
    Fact("momentum", ("BatchNormalization",), (0.99,) * 4, _TAGS + "; configs recorded with 1.2.2"),
    Fact("epsilon", ("BatchNormalization",), (1e-3,) * 4, _TAGS + "; configs recorded with 1.2.2"),
    # K itself asks `config.compat_reaches` for these four.
    Fact("batch_dot contracts an axis", ("K",), (*("of the last two",) * 3, "any but the batch's"),
         "compared with the releases on TensorFlow"),
    Fact("dtype of zeros_like, ones_like", ("K",), ("x's", "x's", "x's", "floatx"),
         "compared with 2.2.4 and 2.3.1 on TensorFlow"),
    Fact("crossentropies take logits from behind softmax, sigmoid", ("K",),
         (ABSENT, False, False, True), "compared with the releases on TensorFlow"),
    Fact("first two arguments of crossentropies", ("K",),
         ("output, target", *("target, output",) * 3), "compared with the releases on TensorFlow"),
    Fact("gain", ("Orthogonal",), (1.1, 1.0, 1.0, 1.0),
         "`scale` of Keras 1's `initializations.orthogonal`"),
    Fact("accuracy", ("metrics",), ("acc", "acc", "acc", "accuracy"), f"{_TAGS}; {_NOTES}"),
    Fact("crossentropy", ("metrics",), (ABSENT, ABSENT, "ce", "crossentropy"),
         f"{_NOTES}; tf.keras 1 kept the older names"),
    Fact("any other text", ("metrics",), (FUNCTION, FUNCTION, FUNCTION, GIVEN), _NOTES),
)

_FULL_NAMES = MappingProxyType({"acc": "accuracy", "ce": "crossentropy"})


def _indexed(table):
    facts = {}
    for fact in table:
        for owner in fact.of:
            if facts.setdefault((owner, fact.name), fact) is not fact:
                raise ValueError(errors.message(
                    "versions", "a default has one row", f"one row for {fact.name} of {owner}",
                    "two"))
    return MappingProxyType(facts)


FACTS = _indexed(TABLE)


# ---- whose defaults hold ----

def era_of(version):
    """The column of the table for a release: the newest that is not above its series.

    An era stands for its whole series, since a third number is no place to change
    defaults: '2.3.0' -> '2.3.1', '2.1.6' -> '2.0.8'; before the first comes the first.
    What later releases and tf.keras write ('2.2.4-tf', '2.13.1') is understood too.
    ValueError for what is no release's number.
    """
    parts = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if parts is None:
        raise ValueError(errors.message(
            "keras_version", "a version is the number of a release",
            "such as '1.2.2', '2.2.4' or '2.2.4-tf'", repr(version)[:60]))
    reached = [era for era in ERAS if _series(_VERSION.fullmatch(era)) <= _series(parts)]
    return reached[-1] if reached else ERAS[0]


def _series(parts):
    return tuple(map(int, parts.groups()))


def in_force():
    """The era whose defaults hold here: that of the file being read, or the settings'."""
    return _writer.get() or era_of(config.compat_version())


@contextlib.contextmanager
def written_by(version):
    """In the `with` block, what is left out has the default of the version that wrote a file.

    version: as in a file's `keras_version`; None changes nothing. ValueError for
    what is no release's number.
    """
    token = _writer.set(_writer.get() if version is None else era_of(version))
    try:
        yield
    finally:
        _writer.reset(token)


def default(owner, name, era=None):
    """The default `name` of a class in an era, by default the one in force. KeyError if unknown."""
    return FACTS[owner, name].at(era or in_force())


# ---- filling in ----

def completion(function):
    """A function (args, kwargs) -> kwargs with the era's defaults for what a caller left out.

    function: a constructor; one of another package, whatever its class is called, and
    any other function, gets nothing filled in.
    """
    facts = _facts_of(function)
    if not facts:
        return lambda args, kwargs: kwargs
    places = list(inspect.signature(function).parameters)

    def complete(args, kwargs):
        era = in_force()
        if era == NEWEST:  # the signature's own defaults
            return kwargs
        given = {*places[:len(args)], *kwargs}
        return {**kwargs, **{f.name: f.at(era) for f in facts if f.name not in given}}
    return complete


def _facts_of(function):
    owner, _, name = getattr(function, "__qualname__", "").rpartition(".")
    package = (getattr(function, "__module__", None) or "").partition(".")[0]
    if name != "__init__" or package != _PACKAGE:
        return []
    return [fact for fact in TABLE if owner in fact.of and fact.changed]


def metric_name(text, function_name):
    """What the history calls a metric that `compile` was given as text."""
    if default("metrics", "any other text") == GIVEN:
        return text
    full = _FULL_NAMES.get(text, text)
    return default("metrics", full) if ("metrics", full) in FACTS else function_name
