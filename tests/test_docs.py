"""docs/ and the pages at the root: they build, they are complete, and their code runs."""
import inspect
import os
import re
import subprocess
import sys

import pytest
from conftest import INSTALLED, ROOT

from keras_compat.backend import registry, selection

sys.path.insert(0, ROOT)
from docs import catalogue, generate, markup  # noqa: E402

DOCS = os.path.join(ROOT, "docs")
AT_ROOT = ("README.md", "CONTRIBUTING.md")
DECISIONS = sorted(os.listdir(os.path.join(DOCS, "decisions")))
BY_HAND = [*AT_ROOT, *(f"docs/{name}" for name in sorted(os.listdir(DOCS)) if name.endswith(".md")),
           *(f"docs/decisions/{name}" for name in DECISIONS)]
ENTRIES = {e.name: e for page in catalogue.pages() for e in page.entries}


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as stream:
        return stream.read()


@pytest.fixture(scope="module")
def pages():
    return generate.page_texts()


# ---- the site ----

@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path):
    """Dead internal links and unresolved names are warnings, and warnings are errors."""
    result = subprocess.run([sys.executable, "-m", "docs.generate", "--out", str(tmp_path)],
                            cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    for place in ("index", "architecture", "ops", "reference/k/linalg", "reference/layers/core"):
        assert (tmp_path / f"{place}.html").is_file()


@pytest.mark.skipif(len(INSTALLED) < len(selection.available()),
                    reason="the table has a column for each backend of the package")
def test_the_table_of_ops_is_up_to_date():
    assert text_of("docs/ops.md") == generate.table(), \
        "run `python -m docs.generate --table` and look at what changed"


def test_the_table_has_every_op():
    rows = re.findall(r"^\| `(\w+)` \|", generate.table(), re.MULTILINE)
    assert sorted(rows) == sorted(registry.OPS)


# ---- every name ----

def test_every_op_and_function_of_k_is_on_a_page(pages):
    text = "\n".join(text for place, text in pages.items() if place.startswith("k/"))
    offered = {name: getattr(sys.modules["keras_compat.backend"], name)
               for name in (*registry.OPS, *registry.SUGAR)}
    missing = [name for name in offered if f"}} K.{name}(" not in text]
    assert missing == []


@pytest.mark.parametrize("module", ["layers", "losses", "metrics", "optimizers", "callbacks",
                                    "models", "activations", "initializers", "regularizers",
                                    "constraints", "utils"])
def test_every_public_name_is_on_a_page(module, pages):
    offered = catalogue.public(__import__(f"keras_compat.{module}", fromlist=["*"]))
    text = "\n".join(pages.values())
    missing = [name for name, thing in offered.items()
               if f".{thing.__name__}(" not in text and f".{name}(" not in text]
    aliases = re.findall(r"`(\w+)`", "\n".join(re.findall("Also named (.*)", text)))
    assert missing == []
    assert [n for n, thing in offered.items()
            if n != thing.__name__ and n not in aliases and f".{n}(" not in text] == []


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_every_public_name_has_a_docstring_of_its_own(name):
    thing = ENTRIES[name].thing
    assert (thing.__doc__ or "").strip()
    own = [n for n, member in vars(thing).items() if inspect.isfunction(member)
           and not n.startswith("_") and not inspect.getdoc(member)] \
        if isinstance(thing, type) else []
    assert own == []


def test_docstrings_become_lists_links_and_plain_text():
    names = markup.Names([catalogue.Entry("K.rnn", None, ("loop",))])
    found = markup.markdown("""Sums *x*, see `K.rnn` and `loop`.

    x: a `tensor`; two
        lines. axis: an int. Returns one
    number.
    """, ("x", "axis"), names, "K")
    assert found == ("Sums \\*x\\*, see {py:obj}`K.rnn <K.rnn>` and {py:obj}`loop <K.rnn>`.\n\n"
                     "- **x**: a `tensor`; two lines.\n- **axis**: an int.\n\nReturns one number.")


# ---- pages written by hand ----

@pytest.mark.parametrize("path", BY_HAND)
def test_the_links_of_a_page_lead_somewhere(path):
    """Links between files, as they are followed in the repository."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(path))
    here = os.path.dirname(os.path.join(ROOT, path))
    dead = [t for t in targets if "://" not in t and not t.startswith("reference/")
            and not os.path.exists(os.path.join(here, t))]
    assert dead == []


@pytest.mark.parametrize("path", [p for p in BY_HAND if "```python\n" in text_of(p)])
def test_the_code_of_a_page_runs(path, python):
    """All blocks of a page marked `python`, one after the other; `py` marks what only shows."""
    blocks = re.findall(r"^( *)```python\n(.*?)^ *```", text_of(path), re.MULTILINE | re.DOTALL)
    code = "\n".join(inspect.cleandoc("\n" + block) for _, block in blocks)
    result = python(code, KERAS_BACKEND=None)
    if "BackendNotInstalled" in result.stderr:
        pytest.skip("a block uses a backend that is not installed here")
    assert result.returncode == 0, f"{code}\n{result.stderr}"


def test_the_core_rebuilt_in_one_file_trains(python):
    result = python(text_of("docs/autodidax.py"))
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("def plan(p0, p1):") and "loss" in result.stdout


@pytest.mark.parametrize("path", BY_HAND)
def test_the_commands_of_a_page_exist(path):
    text = text_of(path)
    targets = set(re.findall(r"^(\w+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make (\w+)", text, re.MULTILINE)) <= targets
    commands = set(re.findall(r'_add\(commands, "(\w+)"', text_of("keras_compat/cli.py")))
    assert set(re.findall(r"(?:^|`)keras-compat (\w+)", text, re.MULTILINE)) <= commands


@pytest.mark.parametrize("name", [n for n in DECISIONS if n[0] == "0"])
def test_a_decision_has_a_date_and_what_lost(name):
    text = text_of(f"docs/decisions/{name}")
    assert text.startswith(f"# {int(name[:4])}. ")
    assert re.search(r"^\d{4}-\d\d-\d\d · ", text, re.MULTILINE) and "**What lost.**" in text
