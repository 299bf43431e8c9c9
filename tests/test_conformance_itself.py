"""The suite's own tests: planted faults are found, and no case passes without comparing."""
import numpy as np
import pytest
import saboteurs

from keras_compat.backend import registry, selection

selection.reach_source_tree()

from keras_compat.conformance import (  # noqa: E402
    cases, conventions, forward, gaps, gradients, outcome, report, tolerance)


def caught(outcomes):
    return [one for one in outcomes if one.status in ("fail", "error")]


# ---- saboteurs ----

@pytest.mark.parametrize("fault", saboteurs.FAULTS)
def test_a_case_of_the_op_catches_the_fault(fault):
    op, changes = saboteurs.FAULTS[fault]
    table = cases.by_op()[op]
    assert caught(forward.run(saboteurs.sabotaged(changes), table))


@pytest.mark.parametrize("op", sorted({op for op, _ in saboteurs.FAULTS.values()}))
def test_the_same_cases_pass_without_the_fault(op):
    assert not caught(forward.run(saboteurs.sabotaged({}), cases.by_op()[op]))


@pytest.mark.parametrize("fault", saboteurs.SLOPES)
def test_a_gradient_case_catches_a_wrong_rule(fault, monkeypatch):
    op, rule = saboteurs.SLOPES[fault]
    monkeypatch.setattr(registry.OPS[op], "gradient", rule)
    backend = saboteurs.sabotaged({})
    found = gradients.run(backend, gradients.chosen(cases.by_op()[op]))
    if op in conventions.KINKS:
        found += conventions.run(backend, op, conventions.ids()[op])
    assert caught(found)


# ---- every case compares ----

def test_with_a_comparator_that_says_different_every_case_fails(monkeypatch):
    monkeypatch.setattr(tolerance, "compare",
                        lambda *a: tolerance.Verdict(False, np.inf, "different"))
    for op, table in cases.by_op().items():
        assert len(caught(forward.run(selection.host(), table))) == len(table), op


def test_every_case_compares_each_of_its_outputs(monkeypatch):
    counted = []
    compare = tolerance.compare
    monkeypatch.setattr(tolerance, "compare", lambda *a: counted.append(1) or compare(*a))
    table = cases.by_op()["lstm"]
    forward.run(selection.host(), table)
    assert len(counted) == 2 * 3 * len(table)  # two calls, three outputs


def test_gradient_cases_compare_with_slopes(monkeypatch):
    monkeypatch.setattr(gradients._Slopes, "slope", lambda self, direction: 1e9)
    table = gradients.chosen(cases.by_op()["exp"])
    assert len(caught(gradients.run(selection.host(), table))) == len(table)


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
