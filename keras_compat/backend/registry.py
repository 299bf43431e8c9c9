"""Ops: what an op is, how it is declared, and the table of all of them.

An op is declared in one block: the public function (its docstring is the
contract, its code checks and normalises the arguments, then binds), the static
rule, the gradient, the tolerance class of its rounding error. Three kinds:

- `@primitive`: every backend implements it.
- `@composite`: defined by other ops (`@name.body`); a backend may override it.
- `@sugar`: part of K's interface that makes no node of its own.
"""
import contextlib
import functools
import inspect
from types import MappingProxyType

from . import errors, graph

_ops = {}
_sugar = {}
OPS = MappingProxyType(_ops)
SUGAR = MappingProxyType(_sugar)

_calls = []

TOLERANCES = ("exact", "arithmetic", "transcendental", "sum", "normalization", "recurrent")


class Op:
    """An op's record: `name`, `kind`, `tolerance`, rules, and what the planner must know.

    pure: the same inputs give the same outputs and nothing else happens.
    elementwise: the output's elements depend on the inputs' at the same place,
        so that a dead input's buffer can hold the result.
    contextual: its gradient rule is rule(lowering, node, cotangents, inputs), for ops
        with bodies, whose gradient depends on the backend and the learning phase.
    fresh: the result never shares memory with an input (elementwise ops always).
    """

    def __init__(self, name, kind, tolerance, rule=None, pure=True, elementwise=False,
                 fresh=False, contextual=False, file=None):
        if tolerance not in TOLERANCES:
            raise ValueError(errors.message(name, "an op has a tolerance class",
                                            TOLERANCES, tolerance))
        self.name = name
        self.kind = kind
        self.tolerance = tolerance
        self.rule = rule
        self.pure = pure
        self.elementwise = elementwise
        self.contextual = contextual
        self.fresh = fresh or elementwise
        self.file = file
        self.body = None
        self.gradient = None
        self.function = None
        self.returns_several = False

    def __repr__(self):
        return f"<{self.kind} op '{self.name}'>"

    def bind(self, *inputs, **attrs):
        """Makes a node; returns its output, or a tuple where the op has several."""
        inputs = tuple(tuple(i) if isinstance(i, list) else i for i in inputs)
        _need_dense(inputs)
        node = graph.Node(self, inputs, attrs)
        if self.kind == "composite":
            node.expansion = self._expand(inputs, attrs)
            specs = [(t.shape, t.dtype) for t in node.expansion]
            several = self.returns_several
        else:
            specs = self.rule(*inputs, **attrs)
            several = self.returns_several = isinstance(specs, list)
            specs = specs if several else [specs]
        node.outputs = tuple(graph.Tensor(shape, dtype, node, i)
                             for i, (shape, dtype) in enumerate(specs))
        if any(t._uses_learning_phase for t in (*node.tensors(), *_in_bodies(attrs))):
            for tensor in node.outputs:
                tensor._uses_learning_phase = True
        return node.outputs if several else node.outputs[0]

    def _expand(self, inputs, attrs):
        result = self.body(*inputs, **attrs)
        self.returns_several = isinstance(result, (list, tuple))
        return tuple(result) if self.returns_several else (result,)


def _need_dense(inputs):
    for tensor in graph.flatten(inputs):
        if isinstance(tensor, graph.SparseTensor):
            fail("a sparse tensor is taken by K.dot, K.concatenate and K.to_dense alone",
                 "a dense tensor", f"'{tensor.name}' {tuple(tensor.shape)}",
                 "K.to_dense makes one of it", TypeError)


def _in_bodies(attrs):
    for value in attrs.values():
        if isinstance(value, graph.SubGraph):
            yield from value.outputs


def register(op):
    """Adds an op declared without the decorators (the planner's own) to the table."""
    _ops[op.name] = op
    return op


def _register(table, name, entry, function):
    file = inspect.getfile(inspect.unwrap(function))
    if name in _ops or name in _sugar:
        first = (_ops.get(name) or _sugar.get(name))
        raise ValueError(errors.message(
            name, "an op is registered once", "a new name",
            f"a second definition in {file}, first in {first.file}"))
    entry.file = file
    entry.function = function
    table[name] = entry


def _public(function, name):
    """Wraps a public function so that errors inside name the outermost op called."""
    @functools.wraps(function)
    def call(*args, **kwargs):
        _calls.append(name)
        try:
            return function(*args, **kwargs)
        finally:
            _calls.pop()
    return call


def _declare(function, table, op):
    call = _public(function, op.name)
    _register(table, op.name, op, function)
    call.op = op
    call.bind = op.bind

    def body(definition):
        op.body = definition
        return definition

    def gradient(rule):
        op.gradient = rule
        return rule

    call.body = body
    call.gradient = gradient
    return call


def primitive(rule, tolerance, **facts):
    """Declares an op that every backend implements; `rule` gives shape and dtype."""
    def declare(function):
        name = facts.pop("name", function.__name__)
        return _declare(function, _ops, Op(name, "primitive", tolerance, rule, **facts))
    return declare


def composite(tolerance, **facts):
    """Declares an op defined by other ops; its static rule follows from its body."""
    def declare(function):
        name = facts.pop("name", function.__name__)
        return _declare(function, _ops, Op(name, "composite", tolerance, **facts))
    return declare


def sugar(function):
    """Declares a K function that only arranges other ops."""
    name = function.__name__
    _register(_sugar, name, Op(name, "sugar", "exact"), function)
    return _public(function, name)


@contextlib.contextmanager
def calling(name):
    """Errors inside name this op, unless another is being called already."""
    _calls.append(name)
    try:
        yield
    finally:
        _calls.pop()


def named(function):
    """Declares a function of K that is no op: errors inside it carry its name."""
    return _public(function, function.__name__)


def who():
    """Name for an error: the outermost op being called and the layer, if any."""
    name = _calls[0] if _calls else "keras_compat"
    layer = graph.current_layer()
    return f"{name} (layer '{layer}')" if layer else name


def fail(rule, expected, received, hint=None, error=ValueError):
    """Raises an error of the project's grammar that names the op and the layer."""
    raise error(errors.message(who(), rule, expected, received, hint))
