"""The suite's own tests: comparing, tolerances, gaps and reports."""
import copy

import numpy as np
import pytest

from keras_compat.backend import selection

selection.reach_source_tree()

from keras_compat.conformance import cli as conformance_cli  # noqa: E402
from keras_compat.conformance import (  # noqa: E402
    cases, forward, gaps, gradients, outcome, report, tolerance)


def caught(outcomes):
    return [one for one in outcomes if one.status in ("fail", "error")]


# ---- loops and branches (all other faults: test_saboteurs.py) ----

def _first_state(scan):
    return lambda sequences, states, captured, **attrs: (
        *scan(sequences, states, captured, **attrs)[:-1], states[-1])


def _turned_round(scan):
    return lambda *inputs, reverse, **attrs: scan(*inputs, reverse=not reverse, **attrs)


def _other_branch(cond):
    return lambda condition, *rest, **attrs: cond(not condition, *rest, **attrs)


@pytest.mark.parametrize("op, fault", [("scan", _first_state), ("scan", _turned_round),
                                       ("cond", _other_branch)])
def test_a_fault_in_a_loop_or_branch_is_caught(op, fault):
    broken = copy.copy(selection.host())
    broken.ops = {**broken.ops, op: fault(broken.ops[op])}
    broken.specializers = broken.vjps = {}
    assert caught(forward.run(broken, cases.by_op()[op]))


# ---- every case compares ----

def test_gradient_cases_compare_with_slopes(monkeypatch):
    monkeypatch.setattr(gradients._Slopes, "slope", lambda self, direction: 1e9)
    table = gradients.chosen(cases.by_op()["exp"])
    assert len(caught(gradients.run(selection.host(), table))) == len(table)


@pytest.mark.parametrize("name", [
    name for name, state in selection.available().items()
    if state.installed and selection.get(name).autodiff])
def test_a_fault_in_gradients_that_nobody_differentiates_again_is_caught(name):
    """A backend may have a faster way to them, the one that training takes."""
    broken = copy.copy(selection.get(name))
    right = broken.gradients

    def gradients_of(losses, wrt, create_graph, retain_graph):
        found = right(losses, wrt, create_graph, retain_graph)
        return found if create_graph else tuple(0.5 * g for g in found)
    broken.gradients = gradients_of
    table = gradients.chosen(cases.by_op()["tanh"])[:3]
    assert len(caught(gradients.run(broken, table))) == len(table)


# ---- the tolerance ----

@pytest.mark.parametrize("kind", list(tolerance._CLASSES)[1:])
def test_bounds_grow_with_the_terms_and_the_values(kind):
    def bound(value, terms):
        return tolerance.bound(np.array(value), np.array(value), terms, kind, "float32")
    assert 0 < bound(1.0, 1) <= bound(1.0, 100) < bound(2.0, 100) < 1e-3
    assert tolerance.bound(np.array(1.0), np.array(1.0), 1, kind, "float64") < bound(1.0, 1)


def test_the_exact_class_allows_nothing():
    one = np.array([1.0], "float32")
    assert not tolerance.bound(one, one, 9, "exact", "float32").any()
    next_one = np.nextafter(one, np.float32(2))
    assert not tolerance.compare(next_one, one.astype(float), one, 1, "exact", "float32").same


@pytest.mark.parametrize("got, wanted, same", [
    (0.0, -0.0, False), (np.nan, np.nan, True), (np.nan, 0.0, False), (np.inf, -np.inf, False),
])
def test_corners_are_compared_exactly(got, wanted, same):
    verdict = tolerance.compare(np.array(got, "float32"), np.array(wanted), np.array(0.0), 1,
                                "exact", "float32")
    assert verdict.same is same


@pytest.mark.parametrize("got", [np.nan, np.inf])
def test_what_is_not_finite_is_never_near(got):
    verdict = tolerance.compare(np.array(got, "float32"), np.array(1.0), np.array(1.0), 1, "sum",
                                "float32")
    assert not verdict.same and verdict.headroom == np.inf


def test_shapes_and_dtypes_are_part_of_a_result():
    one = np.ones((2,), "float32")
    assert not tolerance.compare(one[:1], np.ones(2), np.ones(2), 1, "sum", "float32").same
    assert not tolerance.compare(one.astype("float64"), np.ones(2), np.ones(2), 1, "sum",
                                 "float32").same


# ---- gaps ----

GAP = '# why\n[[gap]]\ncase = "add: *"\nreason = "it adds \'wrong\'"\ncrashes = false\n'


def test_a_gap_excuses_a_failure_and_nothing_else():
    [gap] = gaps.parse(GAP)
    bad = outcome.Outcome("add: x", "add", "forward", "fail")
    good = bad._replace(status="pass")
    other = bad._replace(id="exp: x")
    found = gaps.applied([gap], [bad, good, other])
    assert [one.status for one in found] == ["gap", "fail", "fail"]
    assert "take it out" in found[1].message


def test_a_gap_that_fits_no_case_fails():
    [gap] = gaps.parse(GAP)
    assert gaps.unused([gap], ["exp: x"]) and not gaps.unused([gap], ["add: x"])


@pytest.mark.parametrize("text", ["case = 1", "[[gap]]\ncase = 'x'", '[[gap]]\ncase = "x"',
                                  '[[gap]]\nwhat = "x"'])
def test_a_gap_needs_a_case_and_a_reason(text):
    with pytest.raises(ValueError, match="Expected .*; received"):
        gaps.parse(text)


# ---- the command's arguments ----

@pytest.mark.parametrize("arguments, words", [
    (["--ops", "softplus", "sofmax"], ("'softmax'", "'sofmax'", "docs/ops.md")),
    (["--ops", "softmax", "--level", "core"], ("level core", "'softmax'")),
    (["--golden", "nowhere"], ("recorded numbers", "'nowhere'")),
    (["--json", "nowhere/report.json"], ("nowhere", "report.json")),
    (["--html", "."], ("a file's name", "'.'"))])
def test_wrong_arguments_are_refused_before_anything_runs(arguments, words, capsys, monkeypatch):
    monkeypatch.setattr(conformance_cli, "_supervised", None)
    assert conformance_cli.run([*arguments, "--backend", selection.host().name]) == 2
    said = capsys.readouterr().err
    assert "Expected" in said and all(word in said for word in words), said


def test_a_backend_that_does_not_load_is_said_once(capsys):
    host = selection.host().name
    assert conformance_cli.run(["--backend", "nosuch", "--backend", host, "--ops", "floor"]) == 2
    told = capsys.readouterr()
    assert f"{host}: " in told.out and "nosuch" not in told.out
    assert told.err.count("backend 'nosuch' to load") == 1 and "unknown backend" in told.err


# ---- the report ----

def test_no_data_is_not_a_pass():
    results = {"one": ({}, [outcome.Outcome("a", "add", "forward", "pass")]), "two": ({}, [])}
    content = report.document("full", ["a"], results)
    assert content["schema"] == report.SCHEMA
    assert content["backends"]["two"]["missing"] == ["a"]
    assert content["backends"]["two"]["score"] == 0 < content["backends"]["one"]["score"]
    assert "no data" in "\n".join(report.table(results))


def test_a_manifest_tells_lists_of_cases_apart():
    assert report.manifest(["a", "b"]) == report.manifest(["b", "a"]) != report.manifest(["a"])
