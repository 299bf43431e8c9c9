"""What a backend is known not to do: `gaps.toml` beside the backend's module.

    [[gap]]
    case = "conv: x 0x5x2*"      # a pattern over case ids
    reason = "the kernel gives the input's shape for an empty batch"
    link = "https://..."
    crashes = true               # optional: such a case is not run

Both ways strict: a case that fails without a gap fails, and so does a gap whose
case passes, or that fits no case.
"""
import fnmatch
import inspect
import os
import re
from typing import NamedTuple

from keras_compat.backend import errors

from .outcome import Outcome

FILE = "gaps.toml"
_LINE = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|(true|false))\s*(?:#.*)?$')


class Gap(NamedTuple):
    """One declared gap."""

    case: str
    reason: str
    link: str = ""
    crashes: bool = False

    def covers(self, case_id):
        """Whether the pattern fits."""
        return fnmatch.fnmatchcase(case_id, self.case)


def of(backend):
    """The gaps that a backend declares."""
    path = os.path.join(os.path.dirname(inspect.getfile(type(backend))), FILE)
    if not os.path.exists(path):
        return ()
    with open(path, encoding="utf-8") as file:
        return parse(file.read(), path)


def parse(text, path=FILE):
    """The gaps in a file; this much of TOML needs no library."""
    tables = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line == "[[gap]]":
            tables.append({})
        elif line and not line.startswith("#"):
            found = _LINE.match(line)
            if not found or not tables or found[1] not in Gap._fields:
                raise ValueError(errors.message(
                    f"{path}:{number}", "a gap is a table [[gap]] of texts",
                    ' or '.join(f'{name} = ".."' for name in Gap._fields), line))
            tables[-1][found[1]] = found[3] == "true" if found[3] else found[2]
    for table in tables:
        if not table.get("case") or not table.get("reason"):
            raise ValueError(errors.message(path, "a gap names its cases and a reason",
                                            "case and reason", repr(table)))
    return tuple(Gap(**table) for table in tables)


def skipped(gaps, case_id):
    """The gap because of which a case is not run, or None."""
    return next((gap for gap in gaps if gap.crashes and gap.covers(case_id)), None)


def applied(gaps, outcomes):
    """The outcomes with expected failures as 'gap', and passes of a gap's case as 'fail'."""
    return [_applied(gaps, one) for one in outcomes]


def _applied(gaps, one):
    gap = next((g for g in gaps if g.covers(one.id) and not g.crashes), None)
    if gap is None:
        return one
    if one.status in ("fail", "error"):
        return one._replace(status="gap", headroom=0.0, message=gap.reason)
    return one._replace(status="fail", message=f"declared as a gap ({gap.reason}), but it passes: "
                                               f"take it out of {FILE}")


def unused(gaps, ids):
    """A failing outcome for each gap that fits none of the ids."""
    return [Outcome(f"gap {gap.case}", "gaps", "gaps", "fail",
                    message=f"Expected a case that fits the gap's pattern {gap.case!r}; "
                            f"received none")
            for gap in gaps if not any(map(gap.covers, ids))]
