"""What is public and on which page it stands: names, their families and their aliases."""
import importlib
import inspect
from typing import NamedTuple

PACKAGE = "keras_compat"

# Modules with things that public modules import for themselves, under names without underscore.
_PLUMBING = ("utils.generic_utils", "utils.bytecode", "backend.errors")

# page: (title, the modules whose names stand there). What no page names goes to `_REST`.
K_FAMILIES = {
    "elementwise": ("Elementwise", ("elementwise", "trigonometry")),
    "comparison": ("Comparisons and logic", ("comparison",)),
    "reductions": ("Reductions", ("reductions",)),
    "shaping": ("Shaping and joining", ("shaping", "joining")),
    "indexing": ("Indexing", ("indexing", "brackets")),
    "creation": ("Making tensors", ("creation", "convert")),
    "linalg": ("Linear algebra", ("linalg",)),
    "convolution": ("Convolution", ("convolution", "transposed", "separable", "local", "bias")),
    "pooling": ("Pooling", ("pooling",)),
    "images": ("Padding and resizing", ("padding", "image")),
    "normalization": ("Normalization", ("normalization",)),
    "activations": ("Activations", ("activations",)),
    "losses": ("Losses and CTC", ("losses", "classes", "ctc", "ctc_decoding")),
    "recurrent": ("Recurrent layers in one call", ("recurrent",)),
    "random": ("Random numbers and dropout", ("random_ops", "dropout")),
    "control": ("Control", ("control",)),
    "loops": ("Loops and branches", ("loops", "control_flow")),
    "variables": ("Variables, functions and gradients",
                  ("state", "function", "gradients", "graph", "queries")),
    "updates": ("Optimizer steps", ("updates",)),
    "config": ("Settings and backends", ("config", "selection", "interface")),
    "session": ("Sessions", ("session",)),
    "keras1": ("Of Keras 1", ("keras1", "legacy")),
}

LAYER_FAMILIES = {
    "base": ("Layer and Input", ("base_layer", "input_layer", "input_spec", "layers")),
    "core": ("Core", ("dense", "lambda_layer", "reshaping", "core")),
    "convolution": ("Convolution", ("conv", "conv_transpose", "conv_separable", "local")),
    "padding": ("Padding, cropping, upsampling", ("padding",)),
    "pooling": ("Pooling", ("pooling",)),
    "recurrent": ("Recurrent", ("rnn", "simple_rnn", "gru", "lstm", "cells", "stacked_cells",
                                "cudnn_recurrent")),
    "conv_recurrent": ("Convolutional recurrent", ("conv_rnn", "conv_lstm")),
    "embeddings": ("Embedding", ("embeddings",)),
    "merge": ("Merging", ("merge",)),
    "normalization": ("Normalization", ("normalization",)),
    "noise": ("Noise and dropout", ("noise", "dropout")),
    "activations": ("Activations", ("advanced_activations",)),
    "wrappers": ("Wrappers", ("wrapper", "time_distributed", "bidirectional")),
    "legacy": ("Of Keras 1", ("legacy",)),
}

# Pages with all of one module: page: (title, module).
MODULES = {
    "models": ("Models", "models"),
    "losses": ("Losses", "losses"),
    "metrics": ("Metrics", "metrics"),
    "optimizers": ("Optimizers", "optimizers"),
    "callbacks": ("Callbacks", "callbacks"),
    "activations": ("Activation functions", "activations"),
    "initializers": ("Initializers", "initializers"),
    "regularizers": ("Regularizers", "regularizers"),
    "constraints": ("Constraints", "constraints"),
    "utils": ("Utilities", "utils"),
}

_REST = ("other", "Other")


class Entry(NamedTuple):
    """A documented thing: its full name (`K.dot`), the thing, and its other names."""

    name: str
    thing: object
    aliases: tuple

    @property
    def short(self):
        """The name without the module."""
        return self.name.rpartition(".")[2]


class Page(NamedTuple):
    """A generated page: its place below `reference/`, its title, and what stands there.

    modules: those whose docstrings introduce it. links: entries of other pages whose
    things this page's module offers too.
    """

    place: str
    title: str
    modules: tuple
    entries: tuple
    links: tuple = ()


def pages():
    """Every generated page with entries, in the order of the tables above."""
    found = [*_by_family("K", "backend", "k", K_FAMILIES),
             *_by_family("layers", "layers", "layers", LAYER_FAMILIES)]
    homes = {id(e.thing): e for page in found for e in page.entries}
    for page, (title, name) in MODULES.items():
        entries = _entries(name, importlib.import_module(f"{PACKAGE}.{name}"))
        own = tuple(e for e in entries if id(e.thing) not in homes)
        links = tuple(homes[id(e.thing)] for e in entries if id(e.thing) in homes)
        homes.update((id(e.thing), e) for e in own)
        found.append(Page(f"api/{page}", title, (name,), own, links))
    return found


def _by_family(prefix, module, folder, families):
    left = list(_entries(prefix, importlib.import_module(f"{PACKAGE}.{module}")))
    for page, (title, names) in {**families, _REST[0]: (_REST[1], None)}.items():
        entries = tuple(e for e in left if names is None or _home(e.thing) in names)
        left = [e for e in left if e not in entries]
        if entries:
            modules = tuple(dict.fromkeys(e.thing.__module__ for e in entries))
            yield Page(f"{folder}/{page}", title, modules, entries)


def _home(thing):
    """The defining module's short name; `legacy` for all that lies there."""
    parts = thing.__module__.split(".")
    return "legacy" if "legacy" in parts else parts[-1]


def public(module):
    """name -> thing for the functions and classes that a module offers."""
    names = getattr(module, "__all__", None) or [n for n in dir(module) if n[0] != "_"]
    return {name: getattr(module, name) for name in names if _is_public(getattr(module, name))}


def _is_public(thing):
    home = getattr(thing, "__module__", None) or ""
    private = any(part.startswith("_") for part in home.split("."))
    return (callable(thing) and home.startswith(PACKAGE + ".") and not private
            and home.removeprefix(PACKAGE + ".") not in _PLUMBING)


def _entries(prefix, module):
    """An entry for each thing of a module, under its own name or else the first one."""
    names = {}
    for name, thing in public(module).items():
        names.setdefault(id(thing), (thing, []))[1].append(name)
    for thing, known in sorted(names.values(), key=lambda item: min(item[1]).lower()):
        own = thing.__name__ if thing.__name__ in known else known[0]
        yield Entry(f"{prefix}.{own}", thing, tuple(sorted(n for n in known if n != own)))


def methods(cls):
    """(name, member) of the documented methods that a class, or a private base, defines itself."""
    found = {}
    for owner in cls.__mro__:
        if owner is cls or owner.__name__.startswith("_"):
            for name, member in vars(owner).items():
                if not name.startswith("_") and inspect.getdoc(member) and _is_method(member):
                    found.setdefault(name, member)
    return found.items()


def _is_method(member):
    return inspect.isroutine(member) or isinstance(member, (property, classmethod, staticmethod))
