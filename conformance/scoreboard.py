"""The scoreboard: one HTML page, complete in itself, from one or more JSON reports.

    keras-compat conformance --html scoreboard.html
    python -m keras_compat.conformance.scoreboard report.json other.json -o scoreboard.html

It answers which op, on which backend, how far from the bound. The page's parts lie
in `page/`; what is reported goes in as JSON and is never read as markup.
"""
import argparse
import json
import os
import sys

from keras_compat.backend import errors

from . import report, suite

_PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page")
_NEAREST = 3   # cases named per op and backend that come nearest to the bound
_BINS = 10


def page(documents):
    """The HTML text.

    documents: pairs (label, JSON object of a report); the label tells a backend of one
    report from the same one of another.
    """
    columns = [column for label, document in documents for column in _columns(label, document)]
    names = [column.facts["display_name"] for column in columns]
    for column in columns:
        column.title = (f"{column.facts['display_name']} ({column.label})"
                        if names.count(column.facts["display_name"]) > 1
                        else column.facts["display_name"])
    return _filled(_content(columns))


def write(path, documents):
    """Writes the page."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(page(documents))


def _filled(content):
    text = json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")
    parts = {"STYLE": _part("style.css"), "SCRIPT": _part("script.js"), "DATA": text}
    found = _part("page.html")
    for mark, part in parts.items():
        before, _, after = found.partition(f"/*{mark}*/")
        found = before + part + after
    return found


def _part(name):
    with open(os.path.join(_PAGE, name), encoding="utf-8") as file:
        return file.read()


# ---- what is shown ----

class _Column:
    """A backend of one report."""

    def __init__(self, label, name, document):
        self.label = label
        self.title = name
        self.facts = {"display_name": name, "framework": name, "version": "unknown",
                      "autodiff": False, "capabilities": [], **document["backends"][name]}
        self.document = document
        self.outcomes = self.facts["outcomes"]
        self.missing = self.facts["missing"]

    def summary(self):
        """What the card says."""
        counts = {"pass": 0, "gap": 0, "bad": 0, "missing": len(self.missing)}
        for one in self.outcomes:
            counts[_kind(one["status"])] += 1
        invalid = self._invalid()
        return {"title": self.title, "framework": self.facts["framework"],
                "version": self.facts["version"], "autodiff": self.facts["autodiff"],
                "score": self.facts["score"], "cases": self.document["cases"], "counts": counts,
                "levels": self._levels(), "histogram": self._histogram(),
                "valid": not invalid, "invalid": invalid}

    def _invalid(self):
        """Why the report is not to be trusted, or ''."""
        ids = {one["id"] for one in self.outcomes if one["check"] != "gaps"} | set(self.missing)
        if not self.document["cases"]:
            return "a report without a case"
        if report.manifest(ids) != self.document["manifest"]:
            return "its cases are not those of its manifest"
        return ""

    def _levels(self):
        """(level, passed, all) for each level that the report holds."""
        passed = {one["id"] for one in self.outcomes if one["status"] == "pass"}
        ids = {one["id"] for one in self.outcomes} | set(self.missing)
        found = []
        for level in suite.LEVELS[:suite.LEVELS.index(self.document["level"]) + 1]:
            own = ids if level == self.document["level"] else ids & _ids(level)
            found.append((level, len(passed & own), len(own)))
        return [one for one in found if one[2]]

    def _histogram(self):
        """How many cases have their error in each tenth of the bound, 0 left out."""
        bins = [0] * _BINS
        for one in self.outcomes:
            if one["status"] == "pass" and one["headroom"]:
                bins[min(int(one["headroom"] * _BINS), _BINS - 1)] += 1
        return bins


def _ids(level):
    return {one for unit in suite.units(level) for one in unit.ids}


def _columns(label, document):
    if document.get("schema") != report.SCHEMA:
        raise ValueError(errors.message("scoreboard", "a report has this suite's schema",
                                        report.SCHEMA, document.get("schema")))
    return [_Column(label, name, document) for name in document["backends"]]


def _kind(status):
    return {"pass": "pass", "gap": "gap"}.get(status, "bad")


def _content(columns):
    rows = {}
    for position, column in enumerate(columns):
        for one in column.outcomes + [_missing(name) for name in column.missing]:
            row = rows.setdefault(one["op"], {"op": one["op"], "notes": [],
                                              "cells": [{} for _ in columns]})
            _count(row["cells"][position], one)
            row["notes"].append({**one, "column": position})
    for row in rows.values():
        row["notes"] = list(_notes(row["notes"]))
    checks = dict.fromkeys(check for row in rows.values() for cell in row["cells"]
                           for check in cell)
    return {"lead": _lead(columns, rows), "columns": [column.summary() for column in columns],
            "rows": list(rows.values()), "checks": list(checks), "facts": _facts(columns)}


def _lead(columns, rows):
    cases = max((column.document["cases"] for column in columns), default=0)
    return (f"{len(rows)} ops and groups of recorded numbers, {cases:,} cases for each backend. "
            f"Every result is compared with a float64 reference; a number says how far the worst "
            f"case comes towards the error that the arithmetic allows: 1 is the bound.")


def _missing(case_id):
    """A case of which the report says nothing."""
    check = case_id.rpartition("[")[2].rstrip("]") if case_id.endswith("]") else "forward"
    op = case_id.partition(":")[0].replace("golden ", "golden_")
    return {"id": case_id, "op": op, "check": "golden" if op.startswith("golden_") else check,
            "status": "missing", "headroom": None, "message": "no outcome", "seconds": 0.0}


def _count(cell, one):
    """Adds a case to [passed, all, gaps, failed or missing, headroom, seconds]."""
    sums = cell.setdefault(one["check"], [0, 0, 0, 0, 0.0, 0.0])
    kind = _kind(one["status"])
    sums[0] += kind == "pass"
    sums[1] += 1
    sums[2] += kind == "gap"
    sums[3] += kind == "bad"
    sums[4] = max(sums[4], one["headroom"] or 0.0)
    sums[5] += one["seconds"]


def _notes(cases):
    """All that failed or is a gap, and the passing cases nearest to the bound."""
    for one in cases:
        if _kind(one["status"]) != "pass":
            yield _note(one, _kind(one["status"]), one["message"])
    passing = sorted((one for one in cases if one["status"] == "pass" and one["headroom"]),
                     key=lambda one: -one["headroom"])
    for position in sorted({one["column"] for one in passing}):
        nearest = [one for one in passing if one["column"] == position][:_NEAREST]
        yield from (_note(one, "near", "") for one in nearest)


def _note(one, kind, message):
    return {"column": one["column"], "kind": kind, "id": one["id"], "status": one["status"],
            "headroom": one["headroom"], "message": message}


def _facts(columns):
    """Rows of the table of environments: (name, a text per column)."""
    names = dict.fromkeys(name for column in columns for name in column.document["environment"])
    rows = [("backend", [f"{c.facts['framework']} {c.facts['version']}" for c in columns]),
            ("capabilities", [", ".join(c.facts["capabilities"]) or "–" for c in columns]),
            ("level", [c.document["level"] for c in columns]),
            ("manifest", [c.document["manifest"][:12] for c in columns])]
    return rows + [(name, [str(c.document["environment"].get(name, "–")) for c in columns])
                   for name in names]


# ---- the command ----

def run(arguments=None):
    """Writes a scoreboard from JSON files; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m keras_compat.conformance.scoreboard",
                                     description="One HTML page from JSON reports.")
    parser.add_argument("reports", nargs="+", metavar="JSON", help="reports of the suite")
    parser.add_argument("-o", "--output", default="scoreboard.html", metavar="FILE")
    options = parser.parse_args(arguments)
    write(options.output, [_read(path) for path in options.reports])
    return 0


def _read(path):
    with open(path, encoding="utf-8") as file:
        return os.path.splitext(os.path.basename(path))[0], json.load(file)


if __name__ == "__main__":
    sys.exit(run())
