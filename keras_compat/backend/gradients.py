"""K.gradients, and the shared reverse-mode differentiation for backends without their own.

`gradients` only records a node. A backend with autodiff evaluates it natively;
for the others `shared_gradients` writes the backward pass as K ops, from the
rule that stands beside each op, so that it can be differentiated again.
"""
from . import registry
from .core_ops import ASSIGN, GRADIENTS
from .graph import Tensor


@registry.named
def gradients(loss, variables):
    """Gradients of the sum of `loss` with respect to each tensor of `variables`.

    loss: a float tensor of any shape, or a list of such.
    variables: a variable or any other tensor of the graph, or a list of them.
    Returns a list with a tensor of each variable's shape and dtype, or None where
    `loss` does not depend on it in a differentiable way (as TensorFlow 1 did).
    """
    losses = _listed(loss)
    wrt = _listed(variables)
    for tensor in losses + wrt:
        if not isinstance(tensor, Tensor):
            registry.fail("gradients are of tensors with respect to tensors",
                          "symbolic tensors", repr(tensor), error=TypeError)
    for tensor in losses:
        if not tensor.dtype.startswith("float"):
            registry.fail("only a floating-point loss has gradients", "a float dtype",
                          f"{tensor.dtype} ('{tensor.name}')", error=TypeError)
    reached = _connected(losses, wrt)
    chosen = tuple(t for t in wrt if id(t) in reached)
    for tensor in chosen:
        tensor.is_differentiated = True
    results = iter(GRADIENTS.bind(tuple(losses), chosen)) if chosen else iter(())
    return [next(results) if id(t) in reached else None for t in wrt]


def _listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _through(tensor):
    """The tensor under composites that have no gradient rule of their own."""
    while tensor.node is not None:
        op = tensor.node.op
        if op is ASSIGN:
            tensor = tensor.node.inputs[1]
        elif op.kind == "composite" and op.gradient is None:
            tensor = tensor.node.expansion[tensor.index]
        else:
            break
    return tensor


def _sources(node):
    """Inputs through which a derivative passes."""
    if node.op is GRADIENTS or node.op.gradient is not None:
        return [t for t in node.tensors() if t.dtype.startswith("float")]
    return []


def _connected(losses, wrt):
    """Ids of the tensors of `wrt` from which a differentiable path leads to a loss."""
    wanted = {}
    for tensor in wrt:
        wanted.setdefault(id(_through(tensor)), []).append(id(tensor))
        wanted.setdefault(id(tensor), []).append(id(tensor))
    found, seen = set(), set()
    stack = list(losses)
    while stack:
        tensor = stack.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        found.update(wanted.get(id(tensor), ()))
        below = _through(tensor)
        if below is not tensor:
            stack.append(below)
        elif tensor.node is not None:
            stack.extend(_sources(tensor.node))
    return found


# ---- shared rules ----

def shared_gradients(losses, wrt, context, again=False):
    """Tensors with the gradients of `losses` with respect to `wrt`, written in K ops.

    context: the lowering, which knows the learning phase and the backend:
        `canonical(tensor, again)` looks through what needs no rule of its own.
    again: the result will be differentiated once more, so no native backward
        kernels (which have no gradient themselves) may be used.
    """
    from . import ops

    losses = [context.canonical(t, again) for t in losses]
    seeds = [ops.ones_like(t, t.dtype) for t in losses]
    found = backpropagate(losses, seeds, wrt, context, again)
    return [ops.zeros_like(t, t.dtype) if g is None else g for t, g in zip(wrt, found)]


def backpropagate(outputs, cotangents, wrt, context, again):
    """Cotangents of `wrt` from those of `outputs`; None where nothing arrives."""
    tape = _Tape(context, again)
    targets = [context.canonical(t, again) for t in wrt]
    seeds = [context.canonical(t, again) for t in outputs]
    order = tape.order(seeds)
    needed = tape.dependent(order, targets)
    found = {}
    for seed, cotangent in zip(seeds, cotangents):
        _accumulate(found, seed, cotangent, needed)
    for node in reversed(order):
        tape.backward(node, found, needed)
    return [found.get(id(t)) for t in targets]


def _accumulate(cotangents, tensor, gradient, needed):
    if gradient is None or id(tensor) not in needed:
        return
    present = cotangents.get(id(tensor))
    cotangents[id(tensor)] = gradient if present is None else present + gradient


class _Tape:
    """The canonical graph under some losses, walked forwards and backwards."""

    def __init__(self, context, again):
        self.context = context
        self.again = again
        self.inputs = {}

    def _inputs(self, node):
        """The node's inputs in canonical form, structure kept."""
        known = self.inputs.get(node.serial)
        if known is None:
            look = self.context.canonical
            known = tuple(
                tuple(look(t, self.again) for t in item) if isinstance(item, tuple)
                else None if item is None else look(item, self.again)
                for item in node.inputs)
            self.inputs[node.serial] = known
        return known

    def order(self, tensors):
        """Nodes under `tensors`, inputs first."""
        order, seen = [], set()
        stack = [(t, False) for t in tensors]
        while stack:
            tensor, done = stack.pop()
            node = tensor.node
            if node is None or self.context.is_cut(tensor):
                continue
            if done:
                order.append(node)
            elif node.serial not in seen:
                seen.add(node.serial)
                stack.append((tensor, True))
                stack.extend((t, False) for t in _flat(self._inputs(node)))
        return order

    def dependent(self, order, targets):
        """Ids of the tensors through which a derivative with respect to `targets` passes."""
        needed = {id(t) for t in targets}
        for node in order:
            # a composite that canonical() left whole has a native backward
            passes = node.op.gradient is not None or node.op.kind == "composite"
            if passes and any(id(t) in needed for t in _flat(self._inputs(node))):
                needed.update(id(t) for t in node.outputs if t.dtype.startswith("float"))
        return needed

    def backward(self, node, cotangents, needed):
        """Passes the cotangents of a node's outputs on to its inputs."""
        given = [cotangents.get(id(t)) for t in node.outputs]
        inputs = self._inputs(node)
        if all(g is None for g in given) or not any(id(t) in needed for t in _flat(inputs)):
            return
        results = self._rule(node, given, inputs, needed)
        for item, gradient in zip(inputs, results):
            if isinstance(item, tuple):
                for tensor, g in zip(item, gradient if gradient is not None else ()):
                    _accumulate(cotangents, tensor, g, needed)
            elif item is not None:
                _accumulate(cotangents, item, gradient, needed)

    def _rule(self, node, given, inputs, needed):
        native = None if self.again else self.context.native_vjp(node)
        if native is not None:
            return native(given, inputs)
        op = node.op
        several = op.returns_several
        g, y = (tuple(given), node.outputs) if several else (given[0], node.outputs[0])
        if op.contextual:
            return op.gradient(self.context, node, g, inputs)
        results = op.gradient(g, y, *inputs, **node.attrs)
        return results if isinstance(results, (tuple, list)) else (results,)


def _flat(inputs):
    for item in inputs:
        if isinstance(item, tuple):
            yield from item
        elif item is not None:
            yield item
