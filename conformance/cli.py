"""The command `keras-compat conformance`: each backend in a process of its own.

A process that dies takes one unit of the suite with it: that unit is an error, and
a new process goes on with the next one.
"""
import argparse
import difflib
import json
import os
import subprocess
import sys
import tempfile

import keras_compat
from keras_compat.backend import errors, selection

from . import gaps, golden_cases, report, scoreboard, suite
from .outcome import Outcome

_NAME = "keras-compat conformance"
_DESCRIPTION = """\
Runs the suite that every backend must pass: each op against a float64 reference, its
gradient three ways, its errors, and what Keras 2.3.1 computed. The exit status is 0
if all cases passed or are declared gaps, 2 if an argument is wrong or a backend does
not load, else 1. The number beside passed/all is the
greatest error over its bound: above 1 the case fails."""


def run(arguments=None):
    """Runs the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    if options.worker:
        return _work(options)
    chosen = _units(options)
    complaint = _complaint(options, chosen)
    if complaint:
        print(complaint, file=sys.stderr)
        return 2
    results, unloaded = {}, []
    for name in _backends(options):
        try:
            results[name] = _supervised(name, options, chosen)
        except _NotLoaded as error:
            unloaded.append(str(error))
    ids = [one for unit in chosen for one in unit.ids]
    status = _reported(options, ids, results) if results else 2
    for line in unloaded:
        print(line, file=sys.stderr)
    return 2 if unloaded else status


def _parser():
    parser = argparse.ArgumentParser(prog=_NAME, description=_DESCRIPTION,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", action="append", metavar="NAME",
                        help="a backend's name or module path; may be repeated (default: all "
                             "that are installed)")
    parser.add_argument("--golden", metavar="DIR", help="recorded numbers to compare with, in "
                                                        "place of those that came along")
    parser.add_argument("--json", metavar="FILE", help="write the full report there")
    parser.add_argument("--html", metavar="FILE", help="write the report there as one page")
    parser.add_argument("--ops", nargs="+", metavar="OP", help="only these ops or golden groups")
    parser.add_argument("--level", choices=suite.LEVELS, default="full",
                        help="core: primitives; training: with gradients, optimizers and models; "
                             "full: everything (default)")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--start", type=int, default=0, help=argparse.SUPPRESS)
    return parser


def _complaint(options, chosen):
    """What is wrong with the arguments, known before the suite has run for minutes; or None."""
    unknown = sorted(set(options.ops or ()) - {unit.op for unit in chosen})
    if unknown:
        known = {unit.op for unit in suite.units(options.level, golden=options.golden)}
        near = [one for name in unknown for one in difflib.get_close_matches(name, known, 2)]
        return errors.message(_NAME, f"an op has cases at level {options.level}",
                              errors.one_of(near) if near else "ops of the suite",
                              errors.one_of(unknown), "docs/ops.md lists the ops")
    if options.golden and not any(golden_cases.ids(group, options.golden)
                                  for group in golden_cases.GROUPS):
        return errors.message(_NAME, "--golden is a folder of recorded numbers",
                              f"files such as {next(iter(golden_cases.GROUPS))}.json in it",
                              repr(options.golden))
    for path in filter(None, (options.json, options.html)):
        folder = os.path.dirname(os.path.abspath(path))
        if not os.path.isdir(folder) or os.path.isdir(path):
            return errors.message(_NAME, "a report is a file in a folder that exists",
                                  f"the folder {folder!r}, and a file's name", repr(path))
    return None


def _units(options):
    return suite.units(options.level, options.ops and set(options.ops), options.golden)


def _backends(options):
    return options.backend or [name for name, state in selection.available().items()
                               if state.installed]


# ---- the process of one backend ----

class _NotLoaded(Exception):
    """A backend's process ended before it could say what the backend is."""


def _work(options):
    """Runs the units from `start` on and writes a line of JSON for each."""
    backend = selection.get(options.backend[0])
    declared = gaps.of(backend)
    with open(options.worker, "a", encoding="utf-8") as file:
        _line(file, {**report.backend_facts(backend), "gaps": declared})
        for unit in _units(options)[options.start:]:
            _line(file, suite.run(unit, backend, declared))
    return 0


def _line(file, content):
    file.write(json.dumps(content) + "\n")
    file.flush()


def _supervised(name, options, chosen):
    """(facts, outcomes) of a backend, its process started again after each unit that kills it."""
    facts, outcomes, start = {}, [], 0
    while start < len(chosen):
        found, failure = _process(name, options, start)
        if not found and not facts:
            raise _NotLoaded(errors.message(_NAME, "what is named can be used",
                                            f"backend {name!r} to load", failure))
        if found:
            facts = found[0]
        done = found[1:]
        outcomes += [Outcome(*record) for unit in done for record in unit]
        start += len(done)
        if start < len(chosen):
            unit = chosen[start]
            outcomes += [Outcome(one, unit.op, unit.check, "error", float("inf"), failure)
                         for one in unit.ids]
            start += 1
            if not found:  # the backend cannot even be loaded any more
                return facts, outcomes
    ids = [one for unit in chosen for one in unit.ids]
    if options.ops is None and options.level == "full":
        outcomes += gaps.unused([gaps.Gap(*gap) for gap in facts.get("gaps", ())], ids)
    return facts, outcomes


def _process(name, options, start):
    """(what the process wrote, why it ended early)."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "outcomes")
        command = [sys.executable, "-m", "keras_compat", "conformance", "--backend", name,
                   "--worker", path, "--start", str(start), "--level", options.level]
        command += ["--golden", options.golden] if options.golden else []
        command += ["--ops", *options.ops] if options.ops else []
        ended = subprocess.run(command, capture_output=True, text=True, env=_environment())
        lines = []
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                lines = [json.loads(line) for line in file]
    last = ended.stderr.strip().splitlines()[-1:] or ["no message"]
    return lines, f"the process ended with status {ended.returncode}: {last[0][:300]}"


def _environment():
    """This process's, with the package where it was found; frameworks log no more than warnings."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(keras_compat.__file__)))
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return {"TF_CPP_MIN_LOG_LEVEL": "2", **os.environ, "PYTHONPATH": path}


# ---- the end ----

def _reported(options, ids, results):
    for line in report.table(results):
        print(line)
    print("\nslowest:")
    for line in report.slowest(results):
        print(line)
    print()
    for line in report.failures(results):
        print(line)
    content = report.document(options.level, ids, results)
    for name, one in content["backends"].items():
        print(f"{name}: {one['passed']} of {len(ids)} cases passed, "
              f"{sum(o['status'] == 'gap' for o in one['outcomes'])} declared gaps, "
              f"{len(one['missing'])} missing")
    if options.json:
        report.write(options.json, content)
    if options.html:
        scoreboard.write(options.html, [("now", content)])
    bad = any(one["missing"] or any(o["status"] not in report.GOOD for o in one["outcomes"])
              for one in content["backends"].values())
    return 1 if bad else 0
