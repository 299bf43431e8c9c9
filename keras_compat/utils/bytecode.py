"""Functions written as bytecode, as Lambda layers keep them in their configs.

Reading such bytes back runs whatever they contain, so that nothing in the
package does it for a file; `func_load` is for callers who trust the bytes.
"""
import codecs
import marshal
import types


class DumpedFunction(tuple):
    """(code, defaults, closure), as written to a config, and the live `function` itself.

    A config that stays in the process keeps the function, and no bytecode needs to be read.
    """

    function = None


def func_dump(func):
    """(code in base64, defaults, values of the closure) of a Python function."""
    code = codecs.encode(marshal.dumps(func.__code__), "base64").decode("ascii")
    closure = tuple(cell.cell_contents for cell in func.__closure__ or ()) or None
    dumped = DumpedFunction((code, func.__defaults__, closure))
    dumped.function = func
    return dumped


def func_load(code, defaults=None, closure=None, globs=None):
    """The function of what `func_dump` gave, with `globs` as its global names.

    Runs bytecode: only for bytes that you trust, written by this version of Python.
    """
    if isinstance(code, (tuple, list)):
        code, defaults, closure = code
    raw = codecs.decode(code.encode("ascii"), "base64")
    cells = None if closure is None else tuple(map(_cell, closure))
    defaults = tuple(defaults) if isinstance(defaults, list) else defaults
    return types.FunctionType(marshal.loads(raw), globals() if globs is None else globs,
                              argdefs=defaults, closure=cells)


def _cell(value):
    return value if isinstance(value, types.CellType) else types.CellType(value)
