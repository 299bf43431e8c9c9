"""The shape of the project: who may import whom, and what an installation holds."""
import ast
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT

from keras_compat import backends
from keras_compat.backend import config, selection

FRAMEWORKS = (set(backends.FRAMEWORKS.values()) - {"numpy"}) | {"jax", "keras", "cupy"}
NAMES = set(backends.FRAMEWORKS) - {config.DEFAULTS["backend"]}

# Parts of keras_compat/ that define computations: NumPy serves them to describe shapes and
# to write down constants, and for nothing else.
SYMBOLIC = ("activations.py", "losses.py", "regularizers.py", "constraints.py", "optimizers",
            "metrics", "layers")
CONSTANTS = {"shape", "ndim", "prod", "dtype", "ndarray", "array", "asarray", "reshape", "zeros",
             "ones", "full", "eye", "arange", "integer", "floating"}


def sources(*folders):
    """(path relative to the root, syntax tree) of every Python file below the folders."""
    for folder in folders:
        top = os.path.join(ROOT, folder)
        names = [top] if top.endswith(".py") else [
            os.path.join(where, name) for where, _, files in os.walk(top) for name in files
            if name.endswith(".py")]
        for name in sorted(names):
            with open(name, encoding="utf-8") as stream:
                yield os.path.relpath(name, ROOT), ast.parse(stream.read())


def package_of(path):
    """The package that a file's relative imports start from."""
    parts = os.path.dirname(path).split(os.sep)
    return parts if parts[0] == "keras_compat" else ["keras_compat"] + parts


def imported(path, tree):
    """Full names of the modules that a file imports anywhere, with their line numbers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package_of(path)[:len(package_of(path)) - node.level + 1] if node.level else []
            module = ".".join(base + ([node.module] if node.module else []))
            yield module, node.lineno
            for alias in node.names:
                yield f"{module}.{alias.name}", node.lineno


def is_below(module, package):
    return module == package or module.startswith(package + ".")


def offences(folders, forbidden):
    return [f"{path}:{line} imports {module}" for path, tree in sources(*folders)
            for module, line in imported(path, tree) if forbidden(path, module)]


# ---- the import graph ----

def test_relative_imports_are_resolved_as_python_does():
    tree = ast.parse("from . import a\nfrom ..backend import b\nimport c.d\nfrom .e.f import g")
    found = {name for name, _ in imported(os.path.join("backends", "x", "y.py"), tree)}
    assert found == {"keras_compat.backends.x", "keras_compat.backends.x.a", "c.d",
                     "keras_compat.backends.backend", "keras_compat.backends.backend.b",
                     "keras_compat.backends.x.e.f", "keras_compat.backends.x.e.f.g"}


@pytest.mark.parametrize("folder", ["keras_compat", "conformance"])
def test_the_api_and_the_suite_import_no_framework(folder):
    """Only the recording scripts do: they are never imported here, the original runs them."""
    recording = os.path.join("conformance", "recording", "")
    assert offences([folder], lambda path, module: module.split(".")[0] in FRAMEWORKS
                    and not path.startswith(recording)) == []


def test_a_backend_imports_its_framework_and_the_interface_only():
    def forbidden(path, module):
        own = path.split(os.sep)[1]
        if module.split(".")[0] == "keras_compat":
            ours = ("keras_compat.backend", f"keras_compat.backends.{own}")
            return module not in ("keras_compat", "keras_compat.backends") and not any(
                is_below(module, package) for package in ours)
        return module.split(".")[0] in FRAMEWORKS - {backends.FRAMEWORKS.get(own)}
    assert offences(["backends"], forbidden) == []


def test_the_api_does_not_import_backends_or_the_suite():
    def forbidden(path, module):
        return any(is_below(module, f"keras_compat.{outer}") for outer in ("backends", "conformance"))
    assert offences(["keras_compat"], forbidden) == []


def test_the_backend_package_stands_on_its_own():
    def forbidden(path, module):
        return module.startswith("keras_compat.") and not is_below(module, "keras_compat.backend")
    assert offences([os.path.join("keras_compat", "backend")], forbidden) == []


@pytest.mark.parametrize("part", SYMBOLIC)
def test_computations_go_through_k(part):
    place = os.path.join("keras_compat", part)
    assert os.path.exists(os.path.join(ROOT, place))
    assert offences([place], lambda path, module: is_below(module, "scipy")
                    or module.startswith("numpy.")) == []
    found = [f"{path}:{node.lineno} np.{node.attr}" for path, tree in sources(place)
             for node in ast.walk(tree) if isinstance(node, ast.Attribute)
             and isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy")
             and node.attr not in CONSTANTS]
    assert found == []


@pytest.mark.parametrize("folder", ["keras_compat", "conformance", "tests"])
def test_no_backend_is_named(folder):
    """Only a backend's own tests and users' programs may know what it is called."""
    own = (os.path.join("tests", "backends"), os.path.join("tests", "programs"))
    found = [f"{path}:{node.lineno} {node.value!r}" for path, tree in sources(folder)
             for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in NAMES
             and not path.startswith(own)]
    assert found == []


# ---- what importing brings along ----

IMPORTED = """
import sys
import keras_compat
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_importing_with_the_base_backend_brings_numpy_alone(python):
    result = python(IMPORTED)
    assert result.returncode == 0, result.stderr
    heavy = FRAMEWORKS | {"h5py", "scipy", "pandas", "matplotlib", "yaml", "sklearn", "PIL"}
    assert "numpy" in result.stdout.split() and not heavy & set(result.stdout.split())


def test_everything_is_importable_with_the_base_install(python):
    """All modules of keras_compat import where no framework is installed."""
    modules = [path[:-3].replace(os.sep, ".") for path, _ in sources("keras_compat")
               if "__" not in os.path.basename(path)]
    code = (f"import sys, importlib\nsys.modules.update(dict.fromkeys({sorted(FRAMEWORKS)!r}))\n"
            f"for name in {modules!r}: importlib.import_module(name)")
    result = python(code)
    assert result.returncode == 0, result.stderr


# ---- what an installation holds ----

def project_files():
    """Files that must be installed, by the names that they have once installed."""
    wanted = set()
    for folder in ("keras_compat", "backends", "conformance", "examples"):
        for where, folders, files in os.walk(os.path.join(ROOT, folder)):
            folders[:] = [name for name in folders if name != "__pycache__"]
            inside = os.path.relpath(where, ROOT).replace(os.sep, "/")
            prefix = "" if folder == "keras_compat" else "keras_compat/"
            wanted.update(f"{prefix}{inside}/{name}" for name in files
                          if not name.startswith(".") and name.rpartition(".")[2] != "pyc")
    return wanted


@pytest.mark.slow
def test_wheel_holds_every_file_and_runs(python, tmp_path):
    pytest.importorskip("setuptools", minversion="77", reason="builds a wheel without network")
    copied = tmp_path / "source"
    for folder in ("keras_compat", "backends", "conformance", "examples"):
        shutil.copytree(os.path.join(ROOT, folder), copied / folder,
                        ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(os.path.join(ROOT, name), copied)
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps",
                    "--no-build-isolation", "--wheel-dir", str(tmp_path), str(copied)], check=True)
    wheel, = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    assert project_files() - names == set()
    page = tmp_path / "scoreboard.html"
    command = ["conformance", "--backend", selection.host().name, "--ops", "softplus",
               "--html", str(page)]
    installed = python(f"import keras_compat.cli as c; print(c.__file__); c.main({command!r})",
                       PYTHONPATH=str(tmp_path / "installed"))
    assert str(tmp_path / "installed") in installed.stdout, installed.stderr
    assert "softplus" in page.read_text(encoding="utf-8")


# ---- the budget of docs/contributing ----

@pytest.mark.parametrize("folder", ["keras_compat", "backends", "conformance", "tests"])
def test_files_and_functions_stay_small(folder):
    found = []
    for path, tree in sources(folder):
        last = max((getattr(node, "end_lineno", 0) or 0 for node in ast.walk(tree)), default=0)
        if last > 600:
            found.append(f"{path}: {last} lines")
        found += [f"{path}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
                  for node in ast.walk(tree)
                  if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                  and node.end_lineno - node.lineno >= 60]
    assert found == []
