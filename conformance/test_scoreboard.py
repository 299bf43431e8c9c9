"""The scoreboard: a page complete in itself, in which reports are data and never markup."""
import json
import re

import pytest

from keras_compat.backend import selection

selection.reach_source_tree()

from keras_compat.conformance import report, scoreboard  # noqa: E402
from keras_compat.conformance.outcome import Outcome  # noqa: E402

FACTS = {"display_name": "One", "framework": "one", "version": "1.0", "autodiff": False,
         "capabilities": []}
IDS = ["exp: x 2x3, float32", "exp: x 4, float32", "log: x 2x3, float32"]
OUTCOMES = [Outcome(IDS[0], "exp", "forward", "pass", 0.5),
            Outcome(IDS[1], "exp", "forward", "fail", float("inf"), "</script><b>wrong</b>")]


def _document(ids=IDS, outcomes=OUTCOMES):
    document = report.document("core", ids, {"one": (FACTS, outcomes)})
    return json.loads(json.dumps(document))


def _data(page):
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    return json.loads(found[1])


def test_holds_every_op_with_its_counts():
    data = _data(scoreboard.page([("now", _document())]))
    rows = {row["op"]: row for row in data["rows"]}
    assert rows["exp"]["cells"][0]["forward"][:5] == [1, 2, 0, 1, 0.5]
    assert rows["log"]["cells"][0]["forward"][:4] == [0, 1, 0, 1]  # missing counts as wrong
    assert data["columns"][0]["counts"] == {"pass": 1, "gap": 0, "bad": 1, "missing": 1}
    assert data["columns"][0]["valid"]


def test_messages_are_no_markup_and_nothing_is_fetched():
    page = scoreboard.page([("now", _document())])
    assert "<b>wrong" not in page
    assert not re.search(r"""(?:src|href)\s*=|@import|url\(|fetch\(|https?://(?!www\.w3\.org)""",
                         page)


def test_two_reports_of_a_backend_are_told_apart():
    data = _data(scoreboard.page([("old", _document()), ("new", _document())]))
    assert [column["title"] for column in data["columns"]] == ["One (old)", "One (new)"]


@pytest.mark.parametrize("document, words", [
    (_document(ids=[], outcomes=[]), "without a case"),
    ({**_document(), "manifest": "0"}, "manifest"),
], ids=["no case", "other cases"])
def test_a_report_that_proves_nothing_is_marked(document, words):
    column = _data(scoreboard.page([("now", document)]))["columns"][0]
    assert not column["valid"] and words in column["invalid"]


def test_another_schema_is_refused():
    with pytest.raises(ValueError, match="Expected 1; received 99"):
        scoreboard.page([("now", {**_document(), "schema": 99})])


def test_command_writes_a_page(tmp_path):
    source, target = tmp_path / "a.json", tmp_path / "b.html"
    source.write_text(json.dumps(_document()))
    assert scoreboard.run([str(source), "-o", str(target)]) == 0
    assert target.read_text().startswith("<!DOCTYPE html>")
