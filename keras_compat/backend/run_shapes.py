"""The static rules once more, for the shapes that are fed: errors in sizes that were not known.

A graph with unknown sizes is checked as far as they allow when it is built. What is
left shows when arrays come. Frameworks then differ: an error of their own, an empty or
a cut result, memory that was never written. So a function first infers its shapes
from those of the arrays, and an op that does not fit says so as it would have when
the graph was built.
"""
import contextlib

import numpy as np

from . import graph, registry
from .core_ops import ASSIGN, GRADIENTS
from .graph import Tensor
from .lowering import Lowering


def are_loose(tensors):
    """Whether sizes beyond the number of samples are unknown in these inputs."""
    return any(None in tensor.shape[1:] for tensor in tensors)


def check(function, shapes, training):
    """Raises the static error that inputs of these shapes give, if there is one."""
    fed = {id(t): Tensor(shape, t.dtype) for t, shape in zip(function._fed, shapes)}
    lowering = Lowering(function.backend, training, function._fed, function.givens)
    inferred = _Inferred(lowering, fed)
    for tensor in function.outputs:
        inferred.of(tensor)
    for update in function.updates:
        inferred.update(*(update if not isinstance(update, Tensor) else (update,)))


def cause(function, arrays, training):
    """The error behind a failure inside a backend, if it is one of shapes or indices, or None."""
    try:
        check(function, [np.shape(x) for x in arrays], training)
        _check_all_indices(function, arrays)
    except (IndexError, TypeError, ValueError) as error:
        return error
    return None


def _check_all_indices(function, arrays):
    for node in graph.ancestors(function.outputs + _update_values(function)):
        for gather in _gathers(node):
            _check_indices(function, gather, arrays)


def _update_values(function):
    return [u if isinstance(u, Tensor) else u[1] for u in function.updates
            if isinstance(u, Tensor) or isinstance(u[1], Tensor)]


# ---- shapes ----

class _Inferred:
    """Tensors of the graph with the shapes that follow from the fed ones."""

    def __init__(self, lowering, known):
        self.lowering = lowering
        self.known = known
        self._alive = []

    def of(self, tensor):
        """The tensor with its new shape; what lies under it is inferred first."""
        stack = [tensor]
        while stack:
            top = stack[-1]
            waiting = [] if id(top) in self.known else self._waiting(top)
            if waiting:
                stack.extend(waiting)
            else:
                stack.pop()
        return self.known[id(tensor)]

    def update(self, target, value=None):
        """Checks an update: the result of `K.update`, or a variable and its new value."""
        if value is None:
            self.of(target)
        elif isinstance(value, Tensor):
            _need_shape(target, self.of(value))

    def _waiting(self, tensor):
        """What must be inferred before the tensor; nothing once it has been inferred itself."""
        below = self._below(tensor)
        if below is not None:
            if id(below) not in self.known:
                return [below]
            self._note(tensor, self.known[id(below)])
            return []
        node = tensor.node
        if node is None:
            self._note(tensor, tensor)
            return []
        waiting = [t for t in node.tensors() if id(t) not in self.known]
        if not waiting:
            self._apply(node)
        return waiting

    def _below(self, tensor):
        """What a tensor stands for: a decided branch, or the composite's own definition."""
        node = tensor.node
        if node is not None and node.op in (ASSIGN, GRADIENTS):
            return None
        below = self.lowering._look_through(tensor)
        if below is None and node is not None and node.op.kind == "composite":
            below = node.expansion[tensor.index]
        return below

    def _note(self, tensor, inferred):
        self.known[id(tensor)] = inferred
        self._alive.append(tensor)

    def _apply(self, node):
        inputs = tuple(tuple(self.known[id(t)] for t in item) if isinstance(item, tuple)
                       else None if item is None else self.known[id(item)]
                       for item in node.inputs)
        with registry.calling(node.op.name), _layer(node.layer):
            if node.op is ASSIGN:
                _need_shape(node.inputs[0], inputs[1])
            if node.op.name == "scan":
                self._loop(node, inputs)
            specs = node.op.rule(*inputs, **node.attrs)
        specs = specs if isinstance(specs, list) else [specs]
        for output, (shape, dtype) in zip(node.outputs, specs):
            self._note(output, Tensor(shape, dtype, node, output.index))

    def _loop(self, node, inputs):
        """Infers a loop's body from the shapes of a step."""
        sequences, states, _ = inputs
        lengths = {t.shape[0] for t in sequences} - {None}
        if len(lengths) > 1:
            registry.fail("all sequences of a loop have the same number of steps", "one length",
                          ", ".join(str(tuple(t.shape)) for t in sequences))
        body = node.attrs["body"]
        steps = [t.shape[1:] for t in sequences] + [t.shape for t in states]
        known = {id(p): Tensor(shape, p.dtype) for p, shape in zip(body.placeholders, steps)}
        inner = _Inferred(self.lowering, {**self.known, **known})
        for tensor in body.outputs:
            inner.of(tensor)


def _need_shape(variable, value):
    if len(value.shape) != len(variable.shape) or any(
            a is not None and a != b for a, b in zip(value.shape, variable.shape)):
        registry.fail("a new value has the variable's shape", tuple(variable.shape),
                      tuple(value.shape), f"variable '{variable.name}'")


def _layer(name):
    return graph.layer_scope(name) if name else contextlib.nullcontext()


# ---- indices ----

def _gathers(node):
    """The gather nodes in a node: itself, or those of a composite's definition."""
    if node.op.name == "gather":
        return [node]
    if node.expansion is None:
        return []
    return [n for n in graph.ancestors(node.expansion, stop=node.tensors())
            if n.op.name == "gather"]


def _check_indices(function, node, arrays):
    x, indices = node.inputs
    size = x.shape[node.attrs["axis"]]
    found = type(function)(function._fed, [indices], training=function.training)
    try:
        found, = found(arrays)
    except Exception:  # what the indices depend on fails, too: not this error
        return
    if size is not None and np.size(found) and not 0 <= np.min(found) <= np.max(found) < size:
        with registry.calling("gather"), _layer(node.layer):
            registry.fail("an index lies within the axis", f"0 <= index < {size}",
                          f"{np.min(found)} to {np.max(found)}", error=IndexError)
