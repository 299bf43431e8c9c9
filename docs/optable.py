"""The table of ops: kind, error class, gradient, and how each backend runs them."""
import json
import os

import keras_compat.backend as K
from keras_compat.backend import registry, selection

NAMES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                     "tests", "data", "backend-and-legacy.json")

GRADIENT = {"rule": "rule", "definition": "definition", None: "–"}

_HEAD = """\
# Ops and backends

<!-- Written by `python -m docs.generate --table`; a test compares it with the code. -->

K has {total} ops: {primitives} primitives, which every backend implements, and {composites}
composites, which are defined by other ops and which a backend may override. The functions of K
that are not here arrange these.

- **error class**: how the rounding error of the op is bounded by the conformance suite.
- **gradient**: *rule* (written beside the op), *definition* (a composite is differentiated through
  the ops that define it, as far as they have gradients), or none (–).
- **a backend's column**: *native* (a primitive), *override* (a native form in place of the
  definition), *override, some* (for configurations that a kernel fits; else the definition),
  *composed* (the definition runs), *in place* (an optimizer's step on the variables' memory, where
  its results are only assigned); *+ backward*: a native backward half goes with it.
"""


def backends():
    """The installed backends of this package, as objects, and the names of the others."""
    known = selection.available()
    return ([selection.get(name) for name, state in known.items() if state.installed],
            [name for name, state in known.items() if not state.installed])


def gradient(op):
    """'rule', 'definition' or None: how an op is differentiated."""
    if op.gradient is not None:
        return "rule"
    return "definition" if op.kind == "composite" else None


def status(op, backend):
    """How a backend runs an op, in the words of the table's legend."""
    if op.name in backend.ops:
        found = "native" if op.kind == "primitive" else "override"
    elif op.name in backend.specializers:
        found = "override, some"
    elif op.name in backend.updates:
        found = "in place"
    else:
        found = "missing" if op.kind == "primitive" else "composed"
    return f"{found} + backward" if op.name in backend.vjps else found


def page(families):
    """The page `ops.md`; families: pairs (title, names of functions)."""
    installed, _ = backends()
    kinds = [op.kind for op in registry.OPS.values()]
    parts = [_HEAD.format(total=len(kinds), primitives=kinds.count("primitive"),
                          composites=kinds.count("composite")), _counts(installed), _names()]
    left = dict(registry.OPS)
    for title, names in families:
        parts.append(_section(title, [left.pop(n) for n in sorted(names) if n in left], installed))
    parts.append(_section("The planner's own", [left[n] for n in sorted(left)], installed))
    return "\n".join(part for part in parts if part)


def _counts(installed):
    rows = []
    for backend in installed:
        found = [status(op, backend).split(" +")[0] for op in registry.OPS.values()]
        rows.append([backend.display_name] + [str(found.count(word)) for word in _WORDS])
    return drawn(["backend", *_WORDS], rows)


def _names():
    """How many of the functions of each Keras release's backend API K has."""
    with open(NAMES, encoding="utf-8") as stream:
        lists = json.load(stream)
    rows = []
    for title, names in lists.items():
        if title.startswith("backend functions"):
            found = sum(hasattr(K, name) for name in names)
            rows.append([title.rpartition(" ")[2], f"{found}/{len(names)}",
                         f"{100 * found / len(names):.2f} %"])
    return drawn(["backend API of Keras", "names that K has", ""], rows)


_WORDS = ("native", "override", "override, some", "in place", "composed", "missing")


def _section(title, ops, installed):
    rows = [[f"`{op.name}`", op.kind, op.tolerance, GRADIENT[gradient(op)],
             *(status(op, backend) for backend in installed)] for op in ops]
    head = ["op", "kind", "error class", "gradient", *(b.display_name for b in installed)]
    return f"## {title}\n\n{drawn(head, rows)}" if rows else ""


def drawn(head, rows):
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"
