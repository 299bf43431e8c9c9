"""The grammar of error messages, and the exceptions about settings and backends.

`<who>: <rule>. Expected <...>; received <...>. <where, or what to do>`
"""


def message(who, rule, expected, received, hint=None):
    """The text of an error.

    who: the op, the layer or the setting that complains. rule: what must hold,
    without the full stop. expected, received: text, or a value; shapes are
    written as tuples. hint: where it happened or what to do, in one sentence.
    """
    text = f"{who}: {_bare(rule)}. Expected {_bare(show(expected))}; received {_bare(show(received))}."
    return f"{text} {_bare(hint)}." if hint else text


def show(value):
    """A value as it stands in an error: text as it is, shapes as tuples with None."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return shape(value)
    return repr(value)


def shape(sizes):
    """A shape as a tuple with None where a size is not known: `(None, 64)`."""
    if sizes is None:
        return "unknown shape"
    return str(tuple(_size(size) for size in sizes))


def one_of(names):
    """'numpy', 'torch' or 'x': a list of choices, quoted."""
    quoted = [repr(name) for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return ", ".join(quoted[:-1]) + " or " + quoted[-1]


def _size(size):
    if size is None or isinstance(size, (str, bool)):
        return size
    return int(size) if hasattr(size, "__index__") else size


def _bare(text):
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


class ConfigError(ValueError):
    """A setting (keras.json, an environment variable or a call) cannot be used."""


class BackendNotFound(ConfigError):
    """No backend has the name that was asked for."""


class BackendLoadError(ConfigError, ImportError):
    """A backend was found and chosen, but importing it failed."""


class BackendNotInstalled(BackendLoadError):
    """A backend is known, but the framework that it runs on is not installed."""
