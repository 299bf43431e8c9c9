"""Nothing is left out of the conformance suite, and all of it can be told apart."""
import ast
import glob
import inspect
import os
import re

import pytest
from conftest import INSTALLED, ROOT

from keras_compat import backend as K
from keras_compat.backend import registry, selection

selection.reach_source_tree()

from keras_compat.conformance import cases, gradients, randomness, refusals, suite  # noqa: E402

UNITS = suite.units()
DRAWN = set(randomness.OPS)
OPS = sorted(registry.OPS)
# Sugar that only asks, or makes variables, or counts: K's own tests look at it.
ASKING = {"ndim", "dtype", "int_shape", "count_params", "is_sparse", "to_dense"}
MAKING = {"zeros", "ones", "eye"}


@pytest.mark.parametrize("op", OPS)
def test_an_op_has_a_reference_and_cases_or_draws(op):
    assert op in DRAWN or cases.by_op().get(op)
    assert op in DRAWN or op in cases.references()


@pytest.mark.parametrize("op", OPS)
def test_an_op_has_a_tolerance_class_and_a_contract(op):
    assert registry.OPS[op].tolerance in registry.TOLERANCES
    assert len(inspect.getdoc(getattr(K, op))) >= 8


@pytest.mark.parametrize("op", OPS)
def test_an_op_has_a_gradient_or_a_reason_for_none(op):
    known = registry.OPS[op]
    if op in gradients.NONE:
        assert len(gradients.NONE[op]) > 10
        assert op == "stop_gradient" or known.gradient is None
    else:
        assert known.gradient is not None or known.kind == "composite"


@pytest.mark.parametrize("op", [op for op in OPS if op not in gradients.NONE])
def test_a_differentiable_op_is_differentiated(op):
    assert op in DRAWN or gradients.chosen(cases.by_op()[op])


@pytest.mark.parametrize("op", sorted(registry.SUGAR))
def test_sugar_has_cases(op):
    assert op in cases.by_op() or op in DRAWN | ASKING | MAKING


def test_references_are_of_ops_that_exist():
    assert set(cases.references()) <= set(registry.OPS) | set(registry.SUGAR)


def test_ids_occur_once_and_have_a_unit_that_runs_them():
    ids = [one for unit in UNITS for one in unit.ids]
    assert len(set(ids)) == len(ids) > 9000
    names = [unit.name for unit in UNITS]
    assert len(set(names)) == len(names)


def test_levels_grow():
    sizes = [sum(len(unit.ids) for unit in suite.units(level)) for level in suite.LEVELS]
    assert sizes == sorted(sizes) and sizes[0] > 1000


def test_references_compute_nothing_with_the_project():
    folder = os.path.join(ROOT, "conformance", "cases")
    for path in glob.glob(os.path.join(folder, "*.py")):
        tree = ast.parse(open(path, encoding="utf-8").read())
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        modules += [a.name for node in ast.walk(tree) if isinstance(node, ast.Import)
                    for a in node.names]
        assert not [m for m in modules if "keras_compat" in m], path


def test_the_suite_needs_numpy_alone(python):
    code = ("import sys; from keras_compat.backend import selection; "
            "selection.reach_source_tree(); from keras_compat.conformance import suite, cli; "
            "suite.units(); print([m for m in ('pytest', 'hypothesis', 'scipy', 'h5py') "
            "if m in sys.modules])")
    done = python(code)
    assert done.stdout.strip().endswith("[]"), done.stdout + done.stderr


@pytest.mark.parametrize("name", INSTALLED)
def test_a_backend_has_every_primitive(name):
    table = selection.get(name).ops
    missing = [op for op, known in registry.OPS.items()
               if known.kind == "primitive" and op not in table]
    assert not missing


def test_refusals_say_the_same_on_every_backend():
    said = {name: [re.sub(r"_\d+", "", one.message) for op, ids in refusals.ids().items()
                   for one in refusals.run(selection.get(name), op, ids)] for name in INSTALLED}
    first = said[INSTALLED[0]]
    for name in INSTALLED[1:]:
        assert said[name] == first


def test_every_raise_in_the_ops_says_what_was_expected_and_received():
    """They all go through `registry.fail` or `errors.message`, which have both parts."""
    folder = os.path.join(ROOT, "keras_compat", "backend", "ops")
    for path in glob.glob(os.path.join(folder, "*.py")):
        for node in ast.walk(ast.parse(open(path, encoding="utf-8").read())):
            if isinstance(node, ast.Raise) and node.exc is not None:
                text = ast.unparse(node.exc)
                assert "message(" in text, f"{path}:{node.lineno}: {text}"


def test_refused_is_what_fail_writes():
    with pytest.raises(ValueError, match=r"Expected this; received that\."):
        registry.fail("a rule", "this", "that")
