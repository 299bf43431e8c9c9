"""The report: JSON of a versioned schema, and a table for the terminal."""
import hashlib
import importlib
import json
import math
import os
import platform
import sys

import numpy as np

SCHEMA = 1
GOOD = ("pass", "gap")


def environment():
    """What the numbers depend on beside the backend."""
    return {"python": platform.python_version(), "platform": platform.platform(),
            "machine": platform.machine(), "processors": os.cpu_count(),
            "numpy": np.__version__, "threads": os.environ.get("OMP_NUM_THREADS", "default")}


def backend_facts(backend):
    """Name and version of the framework under a backend, and what it can do."""
    frameworks = importlib.import_module("keras_compat.backends").FRAMEWORKS
    framework = frameworks.get(backend.name, backend.name)
    version = getattr(sys.modules.get(framework), "__version__", "unknown")
    return {"display_name": backend.display_name, "framework": framework, "version": version,
            "autodiff": backend.autodiff, "capabilities": sorted(backend.capabilities)}


def manifest(ids):
    """A hash over all case ids: a report with fewer cases shows."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def document(level, ids, results):
    """The JSON object; results: backend -> (facts, outcomes)."""
    return {"schema": SCHEMA, "level": level, "environment": environment(),
            "manifest": manifest(ids), "cases": len(ids),
            "backends": {name: _backend(facts, outcomes, ids)
                         for name, (facts, outcomes) in results.items()}}


def _backend(facts, outcomes, ids):
    passed = sum(one.status == "pass" for one in outcomes)
    missing = sorted(set(ids) - {one.id for one in outcomes})
    return {**facts, "passed": passed, "score": passed / max(len(ids), 1), "missing": missing,
            "outcomes": [_plain(one) for one in outcomes]}


def _plain(one):
    record = one._asdict()
    if math.isinf(one.headroom) or math.isnan(one.headroom):
        record["headroom"] = None  # JSON has no infinity
    record["seconds"] = round(one.seconds, 6)
    return record


def write(path, content):
    """Writes the JSON document."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.write("\n")


# ---- the terminal ----

def table(results):
    """Lines: an op and a check per row, passed / all and the headroom per backend."""
    names = list(results)
    rows = _rows(results)
    width = max([len(" ".join(row)) for row in rows] + [10])
    yield f"{'op and check':<{width}}" + "".join(f"  {name:>22}" for name in names)
    for row, found in rows.items():
        cells = (_cell(found.get(name, ())) for name in names)
        yield f"{' '.join(row):<{width}}" + "".join(f"  {cell:>22}" for cell in cells)


def _rows(results):
    rows = {}
    for name, (_, outcomes) in results.items():
        for one in outcomes:
            rows.setdefault((one.op, one.check), {}).setdefault(name, []).append(one)
    return rows


def _cell(outcomes):
    if not outcomes:
        return "no data"
    passed = sum(one.status == "pass" for one in outcomes)
    gaps = sum(one.status == "gap" for one in outcomes)
    headroom = max(one.headroom for one in outcomes)
    text = f"{passed}/{len(outcomes)}" + (f" ({gaps} gaps)" if gaps else "")
    return text + (f"  {headroom:6.2f}" if headroom else "      0")


def failures(results, limit=40):
    """Lines about what failed: backend, case, and why."""
    bad = [(name, one) for name, (_, outcomes) in results.items() for one in outcomes
           if one.status not in GOOD]
    for name, one in bad[:limit]:
        yield f"{one.status.upper()} on {name}: {one.id}"
        yield f"    {one.message}"
    if len(bad) > limit:
        yield f"... and {len(bad) - limit} more (all are in the JSON report)"


def slowest(results, count=10):
    """Lines: the checks that took longest."""
    total = {}
    for name, (_, outcomes) in results.items():
        for one in outcomes:
            key = f"{one.op} {one.check} on {name}"
            total[key] = total.get(key, 0.0) + one.seconds
    for key in sorted(total, key=total.get, reverse=True)[:count]:
        yield f"{total[key]:8.2f} s  {key}"
