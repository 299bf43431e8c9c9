"""All tables, one module for each family of ops."""
import functools
import importlib
import pkgutil


@functools.lru_cache(maxsize=None)
def tables():
    """The `TABLE` of every module here, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(module.TABLE for module in modules if hasattr(module, "TABLE"))


@functools.lru_cache(maxsize=None)
def by_op():
    """name of an op -> its cases, in the order of the tables."""
    found = {}
    for table in tables():
        for case in table.expanded():
            found.setdefault(case.op, []).append(case)
    return {op: tuple(cases) for op, cases in found.items()}


def references():
    """name of an op -> its `Reference`."""
    return {name: reference for table in tables() for name, reference in table.references.items()}
