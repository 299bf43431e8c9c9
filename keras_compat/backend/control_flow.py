"""Loops and branches: the ops `scan` and `cond`, whose attributes hold graphs.

A loop's step function is traced once. What does not depend on the step is left
outside; the rest becomes the body, which a backend runs as its own kind of loop.
The gradient of a loop is a loop the other way round over what the forward steps
left behind (Griewank & Walther, Evaluating Derivatives, 2008, ch. 3).
"""
from . import registry
from .gradients import backpropagate
from .graph import Placeholder, SubGraph, next_serial
from .lowering import Lowering
from .registry import Op, register


def _scan_rule(sequences, states, captured, *, body, length, reverse, n_outputs, keep):
    steps = sequences[0].shape[0] if sequences else length
    steps = length if steps is None else steps
    stacked = [((steps, *t.shape), t.dtype) for t in body.outputs[:n_outputs]]
    return stacked + [(p.shape, p.dtype) for p in body.placeholders[len(sequences):]]


def _cond_rule(condition, then_captured, else_captured, *, then_body, else_body):
    return [(_common(a.shape, b.shape), a.dtype)
            for a, b in zip(then_body.outputs, else_body.outputs)]


def _common(first, second):
    return tuple(a if a == b else None for a, b in zip(first, second))


SCAN = register(Op("scan", "primitive", "recurrent", rule=_scan_rule, contextual=True))
COND = register(Op("cond", "primitive", "exact", rule=_cond_rule, contextual=True))


# ---- loops ----

def scan(step, sequences, states, length=None, reverse=False):
    """Runs `step` over the first axis of `sequences`.

    step(*slices, *states) returns (outputs, new states), two lists of tensors.
    sequences: tensors (steps, ...). states: initial values; new states have their
    dtypes and, but for sizes that are not known, their shapes.
    length: number of steps where there are no sequences. reverse: from the last
    step to the first; outputs keep the sequences' order.
    Returns (stacked outputs (steps, ...), final states), two tuples.
    """
    for tensor in sequences:
        if not tensor.shape:
            registry.fail("a loop runs over the first axis of a tensor", "at least 1 axis",
                          f"shape () ('{tensor.name}')")
    body, count = _traced_loop(step, sequences, states)
    if not sequences and length is None:
        registry.fail("a loop without sequences needs a number of steps", "length", "None")
    results = SCAN.bind(tuple(sequences), tuple(states), body.captured, body=body,
                        length=length, reverse=bool(reverse), n_outputs=count,
                        keep=(True,) * count)
    return results[:count], results[count:]


def _traced_loop(step, sequences, states):
    shapes = [tuple(t.shape) for t in states]
    for _ in range(3):
        slices = [_argument(t.shape[1:], t) for t in sequences]
        carried = [_argument(shape, t) for shape, t in zip(shapes, states)]
        start = next_serial()
        outputs, new_states = step(*slices, *carried)
        made = [(start, next_serial())]
        _check_states(carried, new_states)
        found = [_common(p.shape, t.shape) for p, t in zip(carried, new_states)]
        if found == shapes:
            break
        shapes = found
    return SubGraph(slices + carried, [*outputs, *new_states], made), len(outputs)


def _argument(shape, like):
    return Placeholder(shape, like.dtype, f"step of {like.name}")


def _check_states(carried, new_states):
    if len(carried) != len(new_states):
        registry.fail("a step returns one new state per state", f"{len(carried)} states",
                      f"{len(new_states)}")
    for old, new in zip(carried, new_states):
        if old.dtype != new.dtype or len(old.shape) != len(new.shape):
            registry.fail("a state keeps its dtype and rank from step to step",
                          f"{old.dtype} {tuple(old.shape)}", f"{new.dtype} {tuple(new.shape)}")


def _scan_gradient(lowering, node, cotangents, inputs):
    """The loop that carries cotangents back through the steps of a scan."""
    return _LoopGradient(lowering, node, cotangents, inputs).build()


SCAN.gradient = _scan_gradient


class _LoopGradient:
    def __init__(self, lowering, node, cotangents, inputs):
        self.lowering = lowering
        self.node = node
        self.cotangents = cotangents
        self.sequences, self.states, self.captured = inputs
        self.body = node.attrs["body"]
        self.count = node.attrs["n_outputs"]

    def build(self):
        self._differentiate_body()
        self._keep_residuals()
        return self._backward_loop()

    def _differentiate_body(self):
        """The step's cotangents, as a graph over the step's own tensors."""
        from . import ops

        outputs = self.body.outputs
        given = self.cotangents
        self.output_places = [i for i in range(self.count) if given[i] is not None]
        self.state_places = [i for i in range(self.count, len(outputs)) if _is_float(outputs[i])]
        self.output_marks = [_argument(outputs[i].shape, outputs[i]) for i in self.output_places]
        self.state_marks = [_argument(outputs[i].shape, outputs[i]) for i in self.state_places]
        places = self.output_places + self.state_places
        wrt = [t for t in (*self.body.placeholders, *self.body.captured) if _is_float(t)]
        start = next_serial()
        context = self.lowering.inner(self.body)
        found = backpropagate([outputs[i] for i in places], self.output_marks + self.state_marks,
                              wrt, context, again=True)
        self.found = {id(t): ops.zeros_like(t, t.dtype) if g is None else g
                      for t, g in zip(wrt, found)}
        self.arrived = {id(t) for t, g in zip(wrt, found) if g is not None}
        self.made = [(start, next_serial())]

    def _keep_residuals(self):
        """Forward values that the backward step needs become outputs of the forward loop."""
        start = self.made[0][0]
        marks = {id(t) for t in (*self.output_marks, *self.state_marks)}
        inside = self.body.inside(list(self.found.values()))
        residuals, seen, stack = {}, set(), list(self.found.values())
        while stack:
            tensor = stack.pop()
            if id(tensor) in seen or id(tensor) in marks:
                continue
            seen.add(id(tensor))
            forward = tensor.node is None or tensor.node.serial < start
            if forward and id(tensor) in inside:
                residuals[id(tensor)] = tensor
            elif not forward:
                stack.extend(tensor.node.tensors())
        slices = self.body.placeholders[:len(self.sequences)]
        self.used_slices = [i for i, p in enumerate(slices) if residuals.pop(id(p), None) is not None]
        self.residuals = list(residuals.values())
        if self.sequences and not (self.used_slices or self.residuals or self.output_places):
            self.used_slices = [0]    # it tells the backward loop the number of steps
        self.stacked = self._forward_loop() if self.residuals else []

    def _forward_loop(self):
        """Replaces the forward loop by one that also returns the residuals, stacked."""
        outputs = self.body.outputs
        body = SubGraph(self.body.placeholders,
                        [*outputs[:self.count], *self.residuals, *outputs[self.count:]],
                        self.body.made)
        count = self.count + len(self.residuals)
        attrs = dict(self.node.attrs, body=body, n_outputs=count, keep=(True,) * count)
        results = SCAN.bind(self.sequences, self.states, body.captured, **attrs)
        plain = results[:self.count] + results[count:]
        for old, new in zip(self.node.outputs, plain):
            self.lowering.substitute(old, new)
        return list(results[self.count:count])

    def _backward_loop(self):
        from . import ops

        slices = self.body.placeholders[:len(self.sequences)]
        states = self.body.placeholders[len(self.sequences):]
        float_slices = [p for p in slices if id(p) in self.arrived]
        float_states = [states[i - self.count] for i in self.state_places]
        summed = [t for t in self.body.captured if id(t) in self.arrived]
        sums = [_argument(t.shape, t) for t in summed]
        sequences = [self.cotangents[i] for i in self.output_places]
        sequences += [self.sequences[i] for i in self.used_slices] + self.stacked
        start = next_serial()
        outputs = [self.found[id(p)] for p in float_slices]
        outputs += [self.found[id(p)] for p in float_states]
        outputs += [total + self.found[id(t)] for total, t in zip(sums, summed)]
        body = SubGraph(
            [*self.output_marks, *(slices[i] for i in self.used_slices), *self.residuals,
             *self.state_marks, *sums], outputs, [*self.made, (start, next_serial())])
        initial = [self._final_cotangent(i) for i in self.state_places]
        initial += [ops.zeros_like(t, t.dtype) for t in summed]
        results = SCAN.bind(
            tuple(sequences), tuple(initial), body.captured, body=body,
            length=self.node.attrs["length"], reverse=not self.node.attrs["reverse"],
            n_outputs=len(float_slices), keep=(True,) * len(float_slices))
        made = dict(zip(map(id, [*float_slices, *float_states, *summed]), results))
        return (tuple(made.get(id(p)) for p in slices), tuple(made.get(id(p)) for p in states),
                tuple(made.get(id(t)) for t in self.body.captured))

    def _final_cotangent(self, place):
        from . import ops

        given = self.cotangents[place]
        output = self.node.outputs[place]
        return ops.zeros_like(output, output.dtype) if given is None else given


def _is_float(tensor):
    return tensor.dtype.startswith("float")


# ---- branches ----

def cond(condition, then_function, else_function):
    """The results of one of two functions, chosen when the graph runs; the other costs nothing.

    condition: a bool scalar tensor. The functions take nothing and return lists of
    tensors of the same dtypes and ranks. Returns a tuple.
    """
    then_body, else_body = _traced_branch(then_function), _traced_branch(else_function)
    for a, b in zip(then_body.outputs, else_body.outputs):
        if a.dtype != b.dtype or len(a.shape) != len(b.shape):
            registry.fail("both branches have the same dtype and rank",
                          f"{a.dtype} {tuple(a.shape)}", f"{b.dtype} {tuple(b.shape)}")
    return COND.bind(condition, then_body.captured, else_body.captured,
                     then_body=then_body, else_body=else_body)


def _traced_branch(function):
    start = next_serial()
    outputs = function()
    return SubGraph((), outputs, [(start, next_serial())], lazy=True)


def _cond_gradient(lowering, node, cotangents, inputs):
    condition, then_inputs, _ = inputs
    bodies = node.attrs["then_body"], node.attrs["else_body"]
    arguments = bodies[0].placeholders  # both branches have the same
    marks = [_argument(t.shape, t) for t, g in zip(node.outputs, cotangents) if g is not None]
    places = [i for i, g in enumerate(cotangents) if g is not None]
    wrt = list({id(t): t for body in bodies for t in _branch_inputs(body) if _is_float(t)}.values())
    branches = [_branch_gradient(lowering, body, places, marks, wrt) for body in bodies]
    operands = then_inputs[:len(arguments)] + tuple(cotangents[i] for i in places)
    results = COND.bind(condition, operands + branches[0].captured,
                        operands + branches[1].captured,
                        then_body=branches[0], else_body=branches[1])
    made = dict(zip(map(id, wrt), results))
    return (None, *_shared_out(bodies, made))


def _branch_inputs(body):
    """What a branch takes: its arguments (a gradient's branch has some), and what it captures."""
    return *body.placeholders, *body.captured


def _shared_out(bodies, made):
    """Each input's cotangent once, though both branches may have it."""
    return tuple(tuple(made.pop(id(t), None) for t in _branch_inputs(body)) for body in bodies)


def _branch_gradient(lowering, body, places, marks, wrt):
    from . import ops

    start = next_serial()
    context = Lowering(lowering.backend, lowering.training, _branch_inputs(body))
    found = backpropagate([body.outputs[i] for i in places], marks, wrt, context, again=True)
    outputs = [ops.zeros_like(t, t.dtype) if g is None else g for t, g in zip(wrt, found)]
    return SubGraph([*body.placeholders, *marks], outputs,
                    [*body.made, (start, next_serial())], lazy=True)


COND.gradient = _cond_gradient
