"""How a fault gets into a copy of a backend, or for a while into a shared rule."""
import contextlib
import copy
from typing import Callable, NamedTuple

import numpy as np

from keras_compat import backend as K
from keras_compat.backend import registry
from keras_compat.backend.interface import Backend


class Saboteur(NamedTuple):
    """One planted fault.

    fault(right, *arguments, **attrs): what is called in the place of `right`.
    checks: the checks of the suite that look there first.
    """

    name: str
    op: str
    kind: "Kind"
    fault: Callable
    checks: tuple = ("forward",)


class Kind(NamedTuple):
    """A place for faults. plant(saboteur, backend): a context with the broken backend.

    applies(saboteur, backend): whether the backend has that place.
    tried: on which backends that have the place: on 'each' where each has code of its own,
        with one after the other 'in turn', or on the 'first' where all share the code.
    """

    name: str
    plant: Callable
    applies: Callable
    tried: str = "each"


def planted(saboteur, backend):
    """A context in which the fault is in place; its value is the backend to test."""
    return saboteur.kind.plant(saboteur, backend)


def _copy(backend):
    """The backend with tables of its own."""
    broken = copy.copy(backend)
    for table in ("ops", "inplace", "updates", "vjps", "specializers", "joint"):
        setattr(broken, table, dict(getattr(backend, table)))
    return broken


@contextlib.contextmanager
def _replaced(holder, name, value):
    before = getattr(holder, name)
    setattr(holder, name, value)
    try:
        yield
    finally:
        setattr(holder, name, before)


# ---- in native functions, by way of NumPy ----

def _as_numpy(backend, value):
    if isinstance(value, (list, tuple)):
        return [_as_numpy(backend, item) for item in value]
    return None if value is None else np.array(backend.to_numpy(value))


def _as_native(backend, value):
    if isinstance(value, (list, tuple)):
        return [_as_native(backend, item) for item in value]
    return None if value is None else backend.from_numpy(np.array(value))


def _through_numpy(backend, native, fault, leak=False):
    """The native function with the fault, which sees NumPy arrays; dtypes stay unless `leak`."""
    def right(*arguments, **attrs):
        result = _as_numpy(backend, native(*[_as_native(backend, a) for a in arguments], **attrs))
        return tuple(result) if isinstance(result, list) else result

    def broken(*arguments, **attrs):
        values = [_as_numpy(backend, a) for a in arguments]
        with np.errstate(all="ignore"):
            result = fault(right, *values, **attrs)
            genuine = result if leak else right(*values, **attrs)
            return _as_native(backend, _typed(result, genuine))
    return broken


def _typed(result, genuine):
    if isinstance(genuine, tuple):
        return [np.asarray(r).astype(g.dtype) for r, g in zip(result, genuine)]
    return np.asarray(result).astype(genuine.dtype)


def _native(leak=False):
    @contextlib.contextmanager
    def plant(saboteur, backend):
        broken = _copy(backend)
        op = saboteur.op
        broken.ops[op] = _through_numpy(backend, backend.ops[op], saboteur.fault, leak)
        for table in (broken.specializers, broken.inplace, broken.vjps):
            table.pop(op, None)
        broken.joint = {pair: match for pair, match in broken.joint.items() if op not in pair}
        # step by step, so that the fault gets numbers where others would trace
        broken.compile = lambda plan, once=False: Backend.compile(broken, plan, once)
        yield broken
    return plant


def _in_table(table):
    return lambda saboteur, backend: saboteur.op in getattr(backend, table)


def _always(saboteur, backend):
    return True


NATIVE = Kind("native function", _native(), _in_table("ops"), tried="in turn")
LEAKING = Kind("native function with another dtype", _native(leak=True), _in_table("ops"),
               tried="in turn")


# ---- in the other tables: the fault wraps the native function itself ----

def _table(name):
    @contextlib.contextmanager
    def plant(saboteur, backend):
        broken = _copy(backend)
        table = getattr(broken, name)
        table[saboteur.op] = saboteur.fault(table[saboteur.op], broken)
        yield broken
    return plant


INPLACE = Kind("in-place form", _table("inplace"), _in_table("inplace"))
UPDATE = Kind("in-place update", _table("updates"), _in_table("updates"))
PAIR = Kind("forward and backward pair", _table("vjps"), _in_table("vjps"))


@contextlib.contextmanager
def _joint(saboteur, backend):
    broken = _copy(backend)
    broken.joint = {pair: saboteur.fault(match, broken) for pair, match in backend.joint.items()}
    yield broken


JOINT = Kind("two steps as one", _joint, lambda saboteur, backend: bool(backend.joint))
SPECIALIZER = Kind("specializer", _table("specializers"), _in_table("specializers"))
RECORDED = Kind("native function as its framework differentiates it", _table("ops"),
                lambda saboteur, backend: backend.autodiff and saboteur.op in backend.ops
                and saboteur.op not in backend.specializers)


# ---- in what all backends share ----

def _shared(attribute):
    @contextlib.contextmanager
    def plant(saboteur, backend):
        op = registry.OPS[saboteur.op]
        right = getattr(op, attribute)

        def broken(*arguments, **attrs):
            return saboteur.fault(right, *arguments, **attrs)
        with _replaced(op, attribute, broken):
            yield backend
    return plant


SLOPE = Kind("gradient rule", _shared("gradient"), _always, tried="first")
DEFINITION = Kind("definition", _shared("body"), _always, tried="first")
STATIC = Kind("static rule", _shared("rule"), _always, tried="first")


@contextlib.contextmanager
def _function(saboteur, backend):
    right = getattr(K, saboteur.op)

    def broken(*arguments, **keywords):
        return saboteur.fault(right, *arguments, **keywords)
    with _replaced(K, saboteur.op, broken):
        yield backend


FUNCTION = Kind("function of K", _function, _always, tried="first")
