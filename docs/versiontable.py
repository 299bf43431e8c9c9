"""The page on defaults by version, from the table in `keras_compat/legacy/versions.py`."""
from keras_compat.legacy import versions

from .optable import drawn

_HEAD = """\
# Defaults by version

<!-- Written by `python -m docs.generate --table`; a test compares it with the code. -->

Keras changed some of its defaults, and so the numbers of scripts that leave them out. A script gets
those of 2.3.1, unless `"compat_version"` in keras.json, the environment variable
`KERAS_COMPAT_VERSION` or a call names an older release:

```python
from keras_compat import backend as K
from keras_compat.layers import LSTM

K.set_compat_version("2.2.4")             # from here on
with K.set_compat_version("2.2.4"):       # or for a block
    assert LSTM(8).recurrent_activation.__name__ == "hard_sigmoid"
```

A model from a file (`model_from_json`, `model_from_config`) gets, for each key that is not in the
file, the default of the version that wrote it: the file's `keras_version`, whatever the script says.
An argument that is given, and a key that is in the file, always holds.

Each column stands for its whole series and those after it up to the next column: 2.1.6 has the
defaults under 2.0.8, 2.3.0 those under 2.3.1. *–*: not there, or not looked up. tf.keras writes
numbers such as 2.2.4-tf; they are read as if there were no *-tf*.
"""

_NAMES = """\
What a metric that `compile` got as text is called in `metrics_names`, in `history` and in the logs
of callbacks, with `val_` and the output's name before it as ever. `acc` is `acc` in all.
"""


def page():
    """The page `versions.md`."""
    facts = [fact for fact in versions.TABLE if fact.of != ("metrics",)]
    changed = _rows([fact for fact in facts if fact.changed])
    same = _rows([fact for fact in facts if not fact.changed])
    names = _rows([fact for fact in versions.TABLE if fact not in facts])
    return "\n".join([
        _HEAD, "## What changed", "", _drawn("default", "of", changed),
        "## Names in the history", "",
        _NAMES, _drawn("text", "of", names),
        "## What did not change, though it is often asked", "", _drawn("default", "of", same)])


def _drawn(name, of, rows):
    return drawn([name, of, *versions.ERAS, "source"], rows)


def _rows(facts):
    return [[_name(fact), ", ".join(f"`{owner}`" for owner in fact.of),
             *(_value(value) for value in fact.values), fact.source] for fact in facts]


def _name(fact):
    return fact.name if " " in fact.name else f"`{fact.name}`"


def _value(value):
    words = value is versions.ABSENT or value in (versions.GIVEN, versions.FUNCTION)
    return str(value) if words else f"`{value}`"
