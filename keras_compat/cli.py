"""The command `keras-compat`."""
import argparse
import importlib
import os
import sys

from .backend import config_file, errors, selection

_DESCRIPTION = "Keras 1 and Keras 2 code, unchanged, on NumPy, PyTorch or TensorFlow."
_EPILOG = """\
examples:
  keras-compat demo                      train the digits example on every installed backend
  keras-compat run mnist_cnn.py          run an old script; its `import keras` is keras_compat
  keras-compat backends                  what is installed, and how to install the rest
  keras-compat conformance --backend torch

The backend is chosen in %(settings)s
or by the environment variable KERAS_BACKEND.
"""


def main(arguments=None):
    """Runs the command; returns its exit status (2 for a setting that cannot be used)."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    options, rest = _split(arguments)
    parsed = _parser().parse_args(options)
    try:
        return parsed.run(parsed, rest) or 0
    except errors.ConfigError as error:
        print(f"keras-compat: {error}", file=sys.stderr)
        return 2


def _split(arguments):
    """Our own options, and those that `conformance` or a script understands itself."""
    for position, word in enumerate(arguments):
        if word == "conformance":
            return arguments[:position + 1], arguments[position + 1:]
        if word == "run":
            return arguments[:position + 2], arguments[position + 2:]
    return arguments, []


def _parser():
    parser = argparse.ArgumentParser(
        prog="keras-compat", description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_EPILOG % {"settings": config_file.path()})
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add(commands, "demo", _demo,
         "train a small convolutional network on real handwritten digits, with NumPy and then "
         "with every other installed backend from the same weights and batches, and compare")
    run = _add(commands, "run", _run, "run an old script, unchanged, with `import keras` meaning keras_compat")
    run.add_argument("script", help="a Python file; all that follows goes to it as its arguments")
    _add(commands, "backends", _backends, "list the backends: installed, or how to install them")
    _add(commands, "conformance", _conformance,
         "run the suite that every backend must pass (`keras-compat conformance --help` says more)",
         add_help=False)
    return parser


def _add(commands, name, run, text, **options):
    command = commands.add_parser(name, help=text, description=text, **options)
    command.set_defaults(run=run)
    return command


# ---- the commands ----

def _demo(parsed, rest):
    return importlib.import_module("keras_compat.demo").main()


def _run(parsed, rest):
    from .legacy import aliases

    if not os.path.exists(parsed.script):
        print(errors.message("keras-compat run", "the script is a file that exists",
                             "the path of a Python file", repr(parsed.script)), file=sys.stderr)
        return 2
    aliases.run_script(parsed.script, rest)


def _backends(parsed, rest):
    chosen, where = selection.config.backend_choice()
    rows = [(name, "installed" if state.installed else f"not installed: {state.hint}")
            for name, state in selection.available().items()]
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        print(f"{name:<{width}}  {text}")
    print(f"\nchosen: {chosen} ({where})")


def _conformance(parsed, rest):
    selection.reach_source_tree()
    return importlib.import_module("keras_compat.conformance.cli").run(rest)
