"""Checking that a mistake gives one error in the grammar of `backend/errors.py`.

A row of a table is (id in words, call, class, who, expected, received): the last three
are patterns to be found in those parts of the message.
"""
import re

import pytest

_GRAMMAR = re.compile(r"(?P<who>.+?): (?P<rule>.+?)\. Expected (?P<expected>.+); "
                      r"received (?P<received>.+)", re.DOTALL)


def table(*rows):
    """Parametrizes a test by rows; the test hands each to `check`."""
    ids = [row[0] for row in rows]
    assert len(set(ids)) == len(ids), "two rows with one id"
    return pytest.mark.parametrize("row", rows, ids=ids)


def check(row):
    """Runs the call; one error of the class, with no other behind it, says what the row says."""
    _, call, error, who, expected, received = row
    with pytest.raises(error) as caught:
        call()
    raised = caught.value
    assert raised.__cause__ is None
    assert raised.__context__ is None or raised.__suppress_context__
    parts = _GRAMMAR.fullmatch(str(raised))
    assert parts, f"not in the grammar: {raised}"
    for part, pattern in (("who", who), ("expected", expected), ("received", received)):
        assert re.search(pattern, parts[part]), f"{part}: {parts[part]!r} has no {pattern!r}"
