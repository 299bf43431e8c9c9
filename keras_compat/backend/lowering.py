"""From a symbolic graph to a list of native steps for one backend and learning phase.

On the way the graph is specialised on the learning phase, branches that are
thereby decided are pruned, composites without a native form are replaced by
their definition, constants are folded and equal steps made one.
"""
import numpy as np

from . import errors, native_pairs
from .core_ops import ASSIGN, GRADIENTS
from .dimensions import Dimensions
from .gradients import shared_gradients
from .graph import Constant, LearningPhase, Placeholder, Variable, ancestors, flatten

FOLD_LIMIT = 65536


class Value:
    """A value while the function runs: a leaf, a constant or a step's result."""

    __slots__ = ("shape", "dtype", "kind", "payload", "name")

    def __init__(self, shape, dtype, kind, payload=None):
        self.shape = tuple(shape)
        self.dtype = dtype
        self.kind = kind          # 'input', 'variable', 'constant' or 'step'
        self.payload = payload    # the Variable, the NumPy array, or None
        self.name = None

    @property
    def spec(self):
        """(shape, dtype)."""
        return self.shape, self.dtype


class Step:
    """One native call: `function(*inputs, **attrs)` makes `outputs`."""

    __slots__ = ("op", "function", "inputs", "attrs", "outputs", "taped", "keep")

    def __init__(self, op, function, inputs, attrs, outputs):
        self.op = op
        self.function = function
        self.inputs = inputs
        self.attrs = attrs
        self.outputs = outputs
        self.taped = False
        self.keep = None

    def values(self):
        """Input values, flat."""
        return flatten(self.inputs)


class Lowering:
    """Collects the steps under the outputs that it is asked for.

    cuts: tensors that are fed from outside (inputs of a function or a body).
    givens: pairs (tensor, the tensor that is computed in its place).
    """

    def __init__(self, backend, training, cuts=(), givens=()):
        self.backend = backend
        self.training = bool(training)
        self.steps = []
        self.updates = {}
        self._following = {}
        self.values = {}
        self.inputs = []
        self._alive = []
        self._equal = {}
        self._substitutes = {}
        self._gradients = {}
        self._natives = {}
        self._whole = set()
        self._dimensions = Dimensions()
        self._phase = Constant(np.asarray(self.training))
        self._cuts = {id(t) for t in cuts}
        self._givens = {id(old): new for old, new in givens}
        for tensor in cuts:
            self.inputs.append(self._place(tensor, Value(tensor.shape, tensor.dtype, "input")))

    def inner(self, body):
        """The lowering of a loop's or a branch's body, fed with its placeholders and captures."""
        inner = Lowering(self.backend, self.training, body.placeholders + body.captured)
        for tensor in body.captured:
            known = self.constant_value(tensor)
            if known is not None:
                inner._place(tensor, inner._constant(np.asarray(known)))
        return inner

    # ---- what a tensor stands for ----

    def is_cut(self, tensor):
        """Whether the tensor is fed from outside."""
        return id(tensor) in self._cuts

    def canonical(self, tensor, again):
        """The tensor as the shared gradient rules see it."""
        while True:
            # a gradient met here is being differentiated, whatever happens to the result
            below = self._look_through(tensor, again=True)
            if below is None and tensor.node is not None:
                node = tensor.node
                if (not self.is_cut(tensor) and node.op.kind == "composite"
                        and node.op.gradient is None
                        and (again or native_pairs.find(self.backend, node) is None)):
                    below = node.expansion[tensor.index]
            if below is None:
                return tensor
            tensor = below

    def _look_through(self, tensor, again=False):
        """What a transparent tensor stands for, or None."""
        if isinstance(tensor, LearningPhase):
            return self._phase
        if id(tensor) in self._givens:
            return self._givens[id(tensor)]
        node = tensor.node
        if node is None or self.is_cut(tensor):
            return None
        if node.op is ASSIGN:
            self._update(node)
            return node.inputs[1]
        if node.op is GRADIENTS:
            return None if self.backend.autodiff else self._differentiated(node, again)[tensor.index]
        return self._decided(node, tensor.index)

    def _decided(self, node, index):
        """The branch that a decided condition chooses, the input of an identity, or None."""
        name = node.op.name
        if name == "identity":
            return None if node.outputs[0].is_differentiated else node.inputs[0]
        if name not in ("where", "cond"):
            return None
        condition = self.constant_value(node.inputs[0])
        if condition is None or np.ndim(condition):
            return None
        if name == "cond":
            branch = node.attrs["then_body"] if condition else node.attrs["else_body"]
            return branch.outputs[index]
        chosen = node.inputs[1] if condition else node.inputs[2]
        same = chosen.shape == node.outputs[0].shape
        return chosen if same else None

    def constant_value(self, tensor):
        """The value of a tensor that depends on constants and the phase only, else None."""
        value = self.lower(tensor) if self._could_be_constant(tensor) else None
        return value.payload if value is not None and value.kind == "constant" else None

    def _could_be_constant(self, tensor, limit=20):
        stack, seen = [tensor], 0
        while stack:
            tensor = stack.pop()
            seen += 1
            if isinstance(tensor, (Placeholder, Variable)) or seen > limit:
                return False
            if self.is_cut(tensor):
                value = self.values[id(tensor)]
                if value.kind != "constant":
                    return False
                continue
            if tensor.node is not None:
                stack.extend(tensor.node.tensors())
        return True

    def differentiate(self, tensors):
        """Writes out the gradients under `tensors` by the shared rules, where there is no autodiff.

        To be done before anything is lowered: what the backward pass wants kept, the
        forward steps must know.
        """
        if not self.backend.autodiff:
            for node in ancestors(tensors):
                if node.op is GRADIENTS:
                    self._differentiated(node, again=False)

    def _update(self, node):
        variable, value = node.inputs
        self.updates.setdefault(id(variable), (variable, value))
        if node.attrs["share"] is not None:
            self._following.setdefault(id(variable), {})[node.serial] = node

    def total_updates(self):
        """(variable, new value) of each variable, after all updates that follow one another."""
        return [(variable, self._total(variable, value))
                for variable, value in self.updates.values()]

    def _total(self, variable, value):
        nodes = list(self._following.get(id(variable), {}).values())
        if nodes and nodes[0].inputs[1] is value:
            for node in nodes[1:]:
                value = node.inputs[1] + node.attrs["share"] * (value - variable)
        return value

    def _differentiated(self, node, again):
        key = (node.serial, again)
        if key not in self._gradients:
            self._gradients[key] = shared_gradients(*node.inputs, self, again)
        return self._gradients[key]

    # ---- native forms ----

    def native(self, node):
        """(function, attrs still to be passed) for a node, or None without a native form."""
        if node.serial not in self._natives:
            self._natives[node.serial] = self._find_native(node)
        return self._natives[node.serial]

    def keep_updates(self, outputs, effects):
        """Keeps whole the composites that only give variables new values in place.

        effects: the assignments to come. The planner then calls `backend.updates`.
        """
        made = {t.node.serial: t.node for t in effects if t.node and t.node.op is ASSIGN}
        assigned = {id(node.inputs[1]): node.inputs[0] for node in made.values()}
        used = {id(t) for t in outputs}
        for node in ancestors([*outputs, *effects]):
            if node.serial not in made:
                used.update(id(t) for t in node.tensors())
        used.update(id(t.node.inputs[1]) for t in effects if id(t) in used)
        if len(assigned) < len(made):
            return  # one value for two variables: that one has to be made
        for node in {node.inputs[1].node for node in made.values()} - {None}:
            if node.op.name in self.backend.updates and all(
                    assigned.get(id(new)) is old and id(new) not in used
                    for new, old in zip(node.outputs, node.tensors())):
                self._whole.add(node.serial)

    def _find_native(self, node):
        name = node.op.name
        if node.serial in self._whole:
            return None, node.attrs
        if name == native_pairs.NATIVE:
            return node.attrs["function"], {}
        specialize = self.backend.specializers.get(name)
        if specialize is not None:
            specs = _map(lambda t: (tuple(t.shape), t.dtype), node.inputs)
            function = specialize(specs, node.attrs)
            if function is not None:
                return function, {}
        function = self.backend.ops.get(name)
        return None if function is None else (function, node.attrs)

    def native_vjp(self, node):
        """A function (cotangents, inputs) -> gradients that uses the backend's pair, or None."""
        pair = native_pairs.find(self.backend, node)
        return None if pair is None else native_pairs.rule(self, node, *pair)

    def substitute_for(self, tensor):
        """What is computed in a tensor's place, or None."""
        return self._substitutes.get(id(tensor))

    def substitute(self, old, new):
        """From now on `new` is computed wherever `old` is needed."""
        self._substitutes[id(old)] = new
        self._alive.append(old)

    # ---- steps ----

    def lower(self, tensor):
        """The Value of a tensor; its steps are appended in order."""
        stack = [tensor]
        while stack:
            top = stack[-1]
            if id(top) in self.values:
                stack.pop()
                continue
            below = self._below(top)
            if below is not None:
                if id(below) in self.values:
                    self._place(top, self.values[id(below)])
                else:
                    stack.append(below)
                continue
            if top.node is None or self.is_cut(top):
                self._leaf(top)
                continue
            waiting = [t for t in top.node.tensors() if id(t) not in self.values]
            if waiting:
                stack.extend(reversed(waiting))
            else:
                self._emit(top.node)
        return self.values[id(tensor)]

    def _below(self, tensor):
        if self.is_cut(tensor):
            return None
        substitute = self._substitutes.get(id(tensor))
        if substitute is not None:
            return substitute
        below = self._look_through(tensor)
        if below is not None:
            return below
        node = tensor.node
        if node is not None and node.op.kind == "composite" and self.native(node) is None:
            return node.expansion[tensor.index]
        return None

    def _place(self, tensor, value):
        self.values[id(tensor)] = value
        self._alive.append(tensor)
        return value

    def _leaf(self, tensor):
        if isinstance(tensor, Constant):
            return self._place(tensor, self._constant(tensor.value))
        if isinstance(tensor, Variable):
            return self._place(tensor, Value(tensor.shape, tensor.dtype, "variable", tensor))
        raise ValueError(errors.message(
            "function", "every placeholder that the outputs need is fed",
            f"'{tensor.name}' among the inputs", "no value for it"))

    def _constant(self, array):
        key = (array.dtype.name, array.shape, array.tobytes()) if array.size <= 64 else id(array)
        if key not in self._equal:
            self._equal[key] = Value(array.shape, array.dtype.name, "constant", array)
            self._alive.append(array)
        return self._equal[key]

    def _emit(self, node):
        found = self.native(node)
        if found is None and node.op is not GRADIENTS:
            raise ValueError(errors.message(
                node.op.name, f"backend '{self.backend.name}' must implement this op",
                f"'{node.op.name}' in its ops", f"{len(self.backend.ops)} ops without it",
                f"layer '{node.layer}'" if node.layer else None))
        function, attrs = found or (None, {})
        inputs = _map(lambda t: self.values[id(t)], node.inputs)
        inputs = self._dimensions.unspread(node.op, inputs)
        kept = self._dimensions.useless(node.op, inputs)
        if kept is not None:
            self._place(node.outputs[0], kept)
            return
        key = self._key(node, inputs) if node.op.pure else None
        step = self._equal.get(key) if key is not None else None
        if step is None:
            step = self._new_step(node, function, inputs, attrs)
            if key is not None:
                self._equal[key] = step
        for tensor, value in zip(node.outputs, step):
            self._place(tensor, value)

    def _key(self, node, inputs):
        parts = _map(id, inputs)
        attrs = tuple(f"{k}={_label(v)}" for k, v in sorted(node.attrs.items()))
        return node.op.name, parts, attrs

    def _new_step(self, node, function, inputs, attrs):
        folded = self._folded(node, function, inputs, attrs)
        if folded is not None:
            return folded
        outputs = tuple(Value(t.shape, t.dtype, "step") for t in node.outputs)
        self.steps.append(Step(node.op, function, inputs, dict(attrs), outputs))
        self._dimensions.record(node.op, inputs, node.attrs, outputs)
        for value, tensor in zip(outputs, getattr(node.op, "like", ())):
            self._dimensions.same(value, self.values[id(tensor)])
        self._alive.append(node)
        return outputs

    def _folded(self, node, function, inputs, attrs):
        """Constants in place of a pure step whose inputs are all constants."""
        values = flatten(inputs)
        if (not node.op.pure or not values or function is None
                or node.op.name in ("scan", "cond", native_pairs.NATIVE)
                or any(v.kind != "constant" for v in values)
                or any(None in t.shape or np.prod(t.shape, dtype=int) > FOLD_LIMIT
                       for t in node.outputs)):
            return None
        backend = self.backend
        arguments = [[backend.from_numpy(v.payload) for v in item] if isinstance(item, tuple)
                     else None if item is None else backend.from_numpy(item.payload)
                     for item in inputs]
        results = function(*arguments, **attrs)
        results = results if isinstance(results, (tuple, list)) else (results,)
        return tuple(self._constant(np.array(backend.to_numpy(r))) for r in results)


def _map(function, inputs):
    return tuple(tuple(function(t) for t in item) if isinstance(item, tuple)
                 else None if item is None else function(item) for item in inputs)


def _label(value):
    plain = (int, float, str, bool, type(None))
    if isinstance(value, plain):
        return repr(value)
    if isinstance(value, tuple):
        return "(" + ",".join(_label(v) for v in value) + ")"
    return f"{type(value).__name__}@{id(value)}"
