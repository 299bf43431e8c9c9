"""From docstrings and signatures to MyST Markdown."""
import inspect
import re

_ARGUMENT = re.compile(r"(\*{0,2}[a-z]\w*(?:, \*{0,2}\w+)*)(\([^)]*\))?: ", re.IGNORECASE)
_OPENERS = (r"Returns |Raises |Errors?: |Source: |Keras 2\.3\.1 `?K\."
            r"|(?:Value|Type|Index|Import|Config)Error ")
_HEADINGS = ("Input", "Output", "Weights", "States")


class Names:
    """The documented names, to turn `K.rnn` in a docstring into a link."""

    def __init__(self, entries):
        self._targets = {}
        for entry in entries:
            module = entry.name.rpartition(".")[0]
            for name in (entry.short, *entry.aliases):
                self._targets[f"{module}.{name}"] = entry.name

    def link(self, text, module=""):
        """A role for the code span `text`, or the span itself where nothing has that name."""
        target = self._targets.get(text) or self._targets.get(f"{module}.{text}")
        return f"{{py:obj}}`{text} <{target}>`" if target else f"`{text}`"


# ---- docstrings ----

def markdown(docstring, parameters, names, module=""):
    """A docstring as Markdown: paragraphs, arguments as a list, code, links to other entries."""
    chunks = re.split(r"\n\s*\n", inspect.cleandoc(docstring or ""))
    blocks = [block for i, chunk in enumerate(chunks)
              for block in _blocks(chunk.split("\n"), parameters, is_summary=i == 0)]
    parts, previous = [], None
    for kind, text in blocks:
        body = text if kind == "code" else _inline(text, parameters, names, module)
        parts.append("\n" if kind == previous == "argument" else "\n\n")
        parts.append(_DRAWN[kind](body))
        previous = kind
    return "".join(parts).strip()


def _argument(text):
    name, _, rest = text.partition(": ")
    return f"- **{name}**: {rest.rstrip(';')}"


_DRAWN = {"text": str, "argument": _argument, "code": lambda text: f"```python\n{text}\n```"}


def _blocks(lines, parameters, is_summary):
    """(kind, text) for the paragraphs, arguments and examples in a chunk without blank lines."""
    if lines[0].startswith((">>>", "    ")):
        return [("code", inspect.cleandoc("\n".join(lines)))]
    text = lines[0]
    for before, line in zip(lines, lines[1:]):
        ends = before.rstrip('" ').endswith((".", ":"))
        text += ("\n" if ends and _ARGUMENT.match(line) else " ") + line.strip()
    pieces = [piece for part in text.split("\n") for piece in _sentences(part, parameters)]
    return [(_kind(piece, is_summary and i == 0, parameters), piece)
            for i, piece in enumerate(pieces)]


def _sentences(text, parameters):
    """The text cut before the sentences that describe an argument, a result or a source."""
    names = "|".join(map(re.escape, (*parameters, *_HEADINGS)))
    return re.split(rf"(?<=[.;)]) (?=(?:{names})(?:, \w+)*: |{_OPENERS})", text)


def _kind(text, is_title, parameters):
    match = _ARGUMENT.match(text)
    if match is None or re.match(_OPENERS, text):
        return "text"
    named = {name.strip("* ") for name in match[1].split(",")}
    return "argument" if not is_title or named <= {*parameters, *_HEADINGS} else "text"


def _inline(text, parameters, names, module):
    def drawn(part):
        if not re.fullmatch(r"`[^`]+`", part):
            return escape(part)
        return part if part[1:-1] in parameters else names.link(part[1:-1], module)
    return "".join(map(drawn, re.split(r"(`[^`]+`)", text)))


def escape(text):
    """Text in which nothing is markup."""
    return re.sub(r"([\\*_\[\]<>#|$~`{}])", r"\\\1", text)


# ---- signatures ----

def parameters(thing):
    """Names of the parameters of a function or a class's constructor."""
    return tuple(_signature(thing).parameters)


def signature(thing, skip_first=False):
    """`(x, axis=-1)`, with defaults that have no literal form written by name."""
    found = _signature(thing)
    kept = list(found.parameters.values())[skip_first:]
    return str(found.replace(parameters=[_plain(p) for p in kept],
                             return_annotation=inspect.Signature.empty))


def _signature(thing):
    try:
        return inspect.signature(thing)
    except (TypeError, ValueError):
        return inspect.Signature()


def _plain(parameter):
    default = parameter.default
    if default is not inspect.Parameter.empty and repr(default).startswith("<"):
        default = _Named(getattr(default, "__name__", "..."))
    return parameter.replace(default=default, annotation=inspect.Parameter.empty)


class _Named:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text
