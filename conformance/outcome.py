"""What came of one check, and how a check that raises becomes one."""
import traceback
from typing import NamedTuple


class Outcome(NamedTuple):
    """One checked case. status: 'pass', 'fail' (wrong), 'error' (raised), 'gap' (declared)."""

    id: str
    op: str
    check: str
    status: str
    headroom: float = 0.0
    message: str = ""
    seconds: float = 0.0


def judged(case_id, op, check, verdicts):
    """Passes if every verdict does; the headroom is the greatest."""
    wrong = [v for v in verdicts if not v.same]
    headroom = max((v.headroom for v in verdicts), default=0.0)
    return Outcome(case_id, op, check, "fail" if wrong else "pass", headroom,
                   "; ".join(v.message for v in wrong))


def raised(case_id, op, check, error):
    """The outcome of a case that raised, with the place in the message."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{last.filename.rsplit('/', 1)[-1]}:{last.lineno}"
    return Outcome(case_id, op, check, "error", float("inf"),
                   f"{type(error).__name__} at {where}: {error}".replace("\n", " ")[:500])
