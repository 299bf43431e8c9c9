"""Native forward and backward kernels of a composite, in graphs of the shared rules.

`Backend.vjps` pairs a forward function, which also returns residuals, with a
backward one. In a gradient's graph both stand as nodes of a kind of their own.
"""
from .graph import flatten
from .registry import Op

NATIVE = "native_forward"


def find(backend, node):
    """The (forward, backward) pair for a node, or None; it may refuse the configuration."""
    pair = backend.vjps.get(node.op.name)
    accepts = getattr(pair, "accepts", None)
    return None if accepts is not None and not accepts(node) else pair


def rule(lowering, node, forward, backward):
    """The gradient rule of a node with a pair: (cotangents, inputs) -> a gradient per input.

    The forward half takes the place of the node in what is lowered from now on.
    """
    residual = _recorded(lowering, node, forward).outputs[-1]
    return lambda given, inputs: _backward(backward, node, given, residual, inputs)


def _recorded(lowering, node, forward):
    present = lowering.substitute_for(node.outputs[0])
    if present is not None:
        return present.node

    def run(*inputs):
        outputs, residuals = forward(*inputs, **node.attrs)
        return (*_listed(outputs), residuals)
    specs = [(t.shape, t.dtype) for t in node.outputs] + [((), "object")]
    recorded = _native_node(run, node.inputs, specs)
    for old, new in zip(node.outputs, recorded.outputs):
        lowering.substitute(old, new)
    return recorded


def _native_node(function, inputs, specs, like=()):
    """A node that runs a native function of the target backend.

    like: tensors (among the inputs) whose sizes the outputs have.
    """
    op = Op(NATIVE, "core", "exact", rule=lambda *inputs, **attrs: specs, fresh=True)
    op.like = like
    return op.bind(*inputs, function=function)[0].node


def _backward(backward, node, given, residual, inputs):
    """Gradients through the native backward function, structured as `inputs`."""
    count = len(given)

    def run(*arguments):
        cotangents, outputs = arguments[:count], arguments[count:2 * count]
        if count == 1:
            (cotangents,), (outputs,) = cotangents, outputs
        else:
            cotangents = list(cotangents)
        results = backward(cotangents, outputs, *arguments[2 * count:], **node.attrs)
        return _flat_results(inputs, _listed(results))
    wanted = flatten(inputs)
    made = _native_node(run, (*given, *residual.node.outputs[:-1], residual, *inputs),
                        [(t.shape, t.dtype) for t in wanted], wanted)
    results = iter(made.outputs)
    return [tuple(next(results) for _ in item) if isinstance(item, tuple)
            else None if item is None else next(results) for item in inputs]


def _flat_results(inputs, results):
    """A result per input tensor (None where it has no gradient), list inputs opened."""
    flat = []
    for item, result in zip(inputs, results):
        if isinstance(item, tuple):
            flat.extend(result)
        elif item is not None:
            flat.append(result)
    return tuple(flat)


def _listed(results):
    return results if isinstance(results, (tuple, list)) else (results,)
