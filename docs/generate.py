"""Writes the generated pages and builds the site: `python -m docs.generate`.

    --table     only rewrite docs/ops.md and docs/versions.md, the tables that are kept in
                the repository
    --pages     only write the generated pages, docs/reference/
    --out DIR   where the site goes (docs/_site by default)

The pages come from docstrings, signatures, the table of ops and the backends'
tables; the build treats every warning (a dead link, an unresolved name) as an error.
"""
import argparse
import importlib
import json
import os
import shutil
import sys

from . import catalogue, markup, optable, versiontable

HERE = os.path.dirname(os.path.abspath(__file__))
REFERENCE = os.path.join(HERE, "reference")
TABLE = os.path.join(HERE, "ops.md")
VERSIONS = os.path.join(HERE, "versions.md")

_METHODS_OF_EVERY_LAYER = ("build", "call", "compute_output_shape", "compute_mask", "get_config",
                           "from_config")


def main(arguments=None):
    """Runs the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--pages", action="store_true")
    parser.add_argument("--out", default=os.path.join(HERE, "_site"))
    options = parser.parse_args(arguments)
    if options.table:
        _write(TABLE, table())
        _write(VERSIONS, versiontable.page())
        return 0
    write_pages()
    return 0 if options.pages else build(options.out)


def build(out):
    """Builds the site from docs/ into `out`; the exit status of the build."""
    from sphinx.cmd.build import build_main

    status = build_main(["-q", "-W", "--keep-going", "-n", "-b", "html",
                         "-d", os.path.join(out, ".cache"), HERE, out])
    if not status:
        print(f"The site is in {out}: open {os.path.join(out, 'index.html')}")
    return status


# ---- pages ----

def table():
    """The text of docs/ops.md."""
    return optable.page([(page.title, [e.short for e in page.entries])
                         for page in catalogue.pages() if page.place.startswith("k/")])


def write_pages():
    """Writes docs/reference/ afresh."""
    shutil.rmtree(REFERENCE, ignore_errors=True)
    for place, text in page_texts().items():
        _write(os.path.join(REFERENCE, f"{place}.md"), text)


def page_texts():
    """place -> text of every generated page."""
    pages = catalogue.pages()
    writer = _Writer(pages)
    texts = {page.place: writer.page(page) for page in pages}
    for folder, title in (("k", "K"), ("layers", "Layers"), ("api", "Models and training")):
        texts[f"{folder}/index"] = writer.index(title, folder, pages)
    texts["autodidax"] = literate(os.path.join(HERE, "autodidax.py"))
    return texts


def _write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


class _Writer:
    def __init__(self, pages):
        self.names = markup.Names([e for page in pages for e in page.entries])
        self.backends, self.missing = optable.backends()

    def index(self, title, folder, pages):
        """The page that lists a folder's pages and the names on each."""
        here = [page for page in pages if page.place.startswith(folder + "/")]
        rows = [f"**[{page.title}]({page.place.split('/')[1]}.md)**: "
                + ", ".join(self.names.link(e.name) if folder == "api" else
                            f"{{py:obj}}`{e.short} <{e.name}>`" for e in page.entries)
                for page in here]
        tree = "\n".join(page.place.split("/")[1] for page in here)
        return (f"# {title}\n\n" + "\n\n".join(rows)
                + f"\n\n```{{toctree}}\n:hidden:\n\n{tree}\n```\n")

    def page(self, page):
        """A page: what its modules say of themselves, then every entry."""
        prefix = page.entries[0].name.rpartition(".")[0]
        intro = [markup.markdown(text, (), self.names, prefix) for text in _introductions(page)]
        settings = [_settings()] if page.place == "k/config" else []
        parts = [f"# {page.title}", *intro, *settings, *(self.entry(e) for e in page.entries)]
        if page.links:
            links = ", ".join(self.names.link(e.name) for e in page.links)
            parts.append(f"## Also here\n\n`{prefix}` offers these too: {links}.")
        return "\n\n".join(parts) + "\n"

    def entry(self, entry):
        """A function or class with its signature, facts and docstring."""
        thing = entry.thing
        kind = "class" if isinstance(thing, type) else "function"
        module = entry.name.rpartition(".")[0]
        body = [self.facts(entry.short) if module == "K" else "", _aliases(entry),
                markup.markdown(thing.__doc__, markup.parameters(thing), self.names, module)]
        if kind == "class":
            body.extend(self.method(name, member, module) for name, member in self.methods(thing))
        return _directive(6, kind, entry.name + markup.signature(thing), body)

    def facts(self, name):
        """Kind, error class, gradient and per-backend status of an op."""
        op = optable.registry.OPS.get(name)
        if op is None:
            return ""
        cells = [op.kind, f"error class *{op.tolerance}*",
                 f"gradient: {optable.GRADIENT[optable.gradient(op)]}"]
        cells += [f"{b.display_name}: {optable.status(op, b)}" for b in self.backends]
        cells += [f"{name}: not installed where this page was built" for name in self.missing]
        return "{.op-facts}\n" + " · ".join(cells)

    def methods(self, cls):
        """Methods worth a block: not those that every layer has, but for the base class itself."""
        layers = _module("engine.base_layer").Layer
        derived = issubclass(cls, layers) and cls is not layers
        return [(name, member) for name, member in catalogue.methods(cls)
                if not (derived and name in _METHODS_OF_EVERY_LAYER)]

    def method(self, name, member, module):
        """A method or property, inside its class."""
        if isinstance(member, property):
            return _directive(5, "property", name,
                              [markup.markdown(member.__doc__, (), self.names, module)])
        bound = isinstance(member, staticmethod)
        function = getattr(member, "__func__", member)
        text = markup.markdown(function.__doc__, markup.parameters(function), self.names, module)
        return _directive(5, "method", name + markup.signature(function, not bound), [text])


def _introductions(page):
    """Docstrings of the page's modules; of several, only those that say more than a title."""
    found = [_module(name).__doc__ for name in page.modules]
    return [text for text in found if len(found) == 1 or "\n" in text.strip()]


def _settings():
    """The keys of keras.json."""
    config = _module("backend.config")
    rows = [[f"`{key}`", f"`{json.dumps(value)}`", f"`{config.ENVIRONMENT[key]}`"
             if key in config.ENVIRONMENT else ""] for key, value in config.DEFAULTS.items()]
    return optable.drawn(["key of keras.json", "default", "environment variable"], rows)


def _module(name):
    full = name if name.startswith(catalogue.PACKAGE) else f"{catalogue.PACKAGE}.{name}"
    return importlib.import_module(full)


def _aliases(entry):
    return "Also named " + ", ".join(f"`{name}`" for name in entry.aliases) + "." \
        if entry.aliases else ""


def _directive(ticks, kind, head, body):
    fence = "`" * ticks
    text = "\n\n".join(part for part in body if part)
    return f"{fence}{{py:{kind}}} {head}\n\n{text}\n{fence}"


# ---- programs as pages ----

def literate(path):
    """A Python file as a page: its docstring and its block comments are the prose."""
    with open(path, encoding="utf-8") as stream:
        lines = stream.read().split("\n")
    parts, block, prose = [], [], True

    def flush():
        text = "\n".join(block).strip("\n")
        if text:
            parts.append(text if prose else f"```python\n{text}\n```")
        block.clear()

    for line in _without_quotes(lines):
        is_prose = line.startswith("# ") or line == "#"
        if (line or not block) and is_prose != prose:
            flush()
            prose = is_prose
        block.append(line[2:] if is_prose else line)
    flush()
    return "\n\n".join(parts) + "\n"


def _without_quotes(lines):
    """The lines with the module's docstring turned into block comments."""
    end = next(i for i, line in enumerate(lines) if i and line.endswith('"""'))
    title, *rest = "\n".join(lines[:end + 1]).strip('"').split("\n")
    prose = [f"# {title.rstrip('.')}", *rest]
    return [f"# {line}" if line else "#" for line in prose] + lines[end + 1:]


if __name__ == "__main__":
    sys.exit(main())
