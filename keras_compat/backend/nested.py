"""Lists, tuples and dicts of values: taken apart into leaves, and put together again."""

_LEAF = "*"


def is_nested(value):
    """Whether `value` is a list, a tuple or a dict (and not a leaf)."""
    return isinstance(value, (list, tuple, dict))


def flatten(value):
    """(the leaves in order, the layout that `pack` needs); equal layouts are equal structures.

    Dicts are read in the order of their sorted keys, so that two with the same keys
    have one layout.
    """
    if not is_nested(value):
        return [value], _LEAF
    keys = tuple(sorted(value)) if isinstance(value, dict) else None
    parts = [flatten(value[k]) for k in keys] if keys is not None else [flatten(v) for v in value]
    leaves = [leaf for found, _ in parts for leaf in found]
    return leaves, (type(value), keys, tuple(layout for _, layout in parts))


def pack(layout, leaves):
    """The structure of a layout over these leaves, an iterable."""
    return _packed(layout, iter(leaves))


def _packed(layout, leaves):
    if layout == _LEAF:
        return next(leaves)
    kind, keys, parts = layout
    values = [_packed(part, leaves) for part in parts]
    if keys is not None:
        return dict(zip(keys, values))
    return kind(*values) if hasattr(kind, "_fields") else kind(values)


def described(layout):
    """A layout in an error, with `*` for each leaf: `[*, (*, *)]`."""
    if layout == _LEAF:
        return _LEAF
    kind, keys, parts = layout
    inner = [described(part) for part in parts]
    if keys is not None:
        return "{" + ", ".join(f"{key!r}: {part}" for key, part in zip(keys, inner)) + "}"
    return ("({})" if issubclass(kind, tuple) else "[{}]").format(", ".join(inner))
