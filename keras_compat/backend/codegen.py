"""From native steps to one straight-line Python function.

Dead steps are dropped, buffers are released as soon as nothing needs them (or
handed to an elementwise step that can write its result into them), what needs
recording for native differentiation is grouped, and updates come last so that
everything is computed from the old values.
"""
import heapq

from . import errors
from .core_ops import GRADIENTS
from .graph import SubGraph, flatten
from .joint_steps import joined


class Plan:
    """A compiled graph: `function(*inputs)`, its `source`, and the specs of its inputs.

    has_gradients: it differentiates natively. stateful: it writes variables or
    draws random numbers. outputs: specs of what the function returns.
    """

    def __init__(self, function, source, inputs, outputs, has_gradients, stateful):
        self.function = function
        self.source = source
        self.inputs = inputs
        self.outputs = outputs
        self.has_gradients = has_gradients
        self.stateful = stateful


def make_plan(lowering, outputs, updates=(), borrow=False):
    """The Plan that returns the values `outputs` and then does `updates`.

    updates: pairs (Variable, Value). borrow: results may share memory with inputs
    and variables (for the bodies of loops).
    """
    fused, assigns = _fuse_updates(lowering, outputs, updates)
    roots = list(outputs) + [v for _, v in assigns]
    for step, _ in fused:
        roots.extend(step.values())
    steps = _live_steps(lowering.steps, roots, {id(s) for s, _ in fused})
    steps = joined(steps, lowering.backend)
    steps = _grouped_by_tape(steps, lowering.backend)
    writer = _Writer(lowering, steps, outputs, fused, assigns, borrow)
    function, source = writer.write()
    stateful = bool(updates) or any(not s.op.pure for s in steps)
    return Plan(function, source, [v.spec for v in lowering.inputs],
                [v.spec for v in outputs], any(s.op is GRADIENTS for s in steps), stateful)


# ---- which steps ----

def _fuse_updates(lowering, outputs, updates):
    """Splits updates into (step, native in-place function) pairs and plain assignments."""
    natives = lowering.backend.updates
    assigned = {id(value): variable for variable, value in updates}
    used = {id(v) for step in lowering.steps for v in step.values()} | {id(v) for v in outputs}
    fused, taken = [], set()
    for step in lowering.steps:
        native = natives.get(step.op.name)
        if native is None:
            continue
        targets = step.values()[:len(step.outputs)]
        if all(assigned.get(id(out)) is target.payload and target.kind == "variable"
               and id(out) not in used for out, target in zip(step.outputs, targets)):
            fused.append((step, native))
            taken.update(id(out) for out in step.outputs)
    return fused, [(var, value) for var, value in updates if id(value) not in taken]


def _live_steps(steps, roots, excluded):
    wanted = {id(v) for v in roots}
    live = []
    for step in reversed(steps):
        if id(step) in excluded:
            continue
        if any(id(v) in wanted for v in step.outputs):
            if "keep" in step.attrs:
                kept = step.attrs["n_outputs"]
                step.attrs["keep"] = tuple(id(v) in wanted for v in step.outputs[:kept])
            live.append(step)
            wanted.update(id(v) for v in step.values())
    return live[::-1]


def _grouped_by_tape(steps, backend):
    """Marks what native differentiation must record and puts the rest before it."""
    gradient_steps = [s for s in steps if s.op is GRADIENTS]
    if not gradient_steps:
        return steps
    producer = {id(v): s for s in steps for v in s.outputs}
    for gradient in gradient_steps:
        losses, wrt = gradient.inputs
        dependent = {id(v) for v in wrt}
        for step in steps:
            if any(id(v) in dependent for v in step.values()):
                dependent.update(id(v) for v in step.outputs)
        stack, seen = list(losses), set()
        while stack:
            value = stack.pop()
            step = producer.get(id(value))
            if step is None or id(value) in seen or id(value) not in dependent:
                continue
            seen.add(id(value))
            step.taped = True
            stack.extend(step.values())
    return _schedule(steps)


def _schedule(steps):
    """A stable topological order with few switches between taped and untaped runs."""
    place = {id(v): i for i, s in enumerate(steps) for v in s.outputs}
    waiting = [len({place[id(v)] for v in s.values() if id(v) in place}) for s in steps]
    users = [[] for _ in steps]
    for i, step in enumerate(steps):
        for j in {place[id(v)] for v in step.values() if id(v) in place}:
            users[j].append(i)
    ready = {False: [], True: []}
    for i, count in enumerate(waiting):
        if not count:
            heapq.heappush(ready[steps[i].taped], i)
    order, mode = [], False
    while ready[False] or ready[True]:
        if not ready[mode]:
            mode = not mode
        i = heapq.heappop(ready[mode])
        order.append(steps[i])
        for j in users[i]:
            waiting[j] -= 1
            if not waiting[j]:
                heapq.heappush(ready[steps[j].taped], j)
    return order


# ---- writing it down ----

class _Writer:
    def __init__(self, lowering, steps, outputs, fused, assigns, borrow):
        self.lowering = lowering
        self.backend = lowering.backend
        self.steps = steps
        self.outputs = outputs
        self.fused = fused
        self.assigns = assigns
        self.borrow = borrow
        self.lines = []
        self.names = {}       # closure name -> object
        self.known = {}       # id of an object -> closure name
        self.count = 0
        self.reads_copy = type(self.backend).read is not _base_read()

    def bound(self, prefix, thing):
        """A closure name for an object."""
        key = (prefix, id(thing))
        if key not in self.known:
            name = f"{prefix}{len(self.known)}"
            self.known[key] = name
            self.names[name] = thing
        return self.known[key]

    def write(self):
        """(function, source)."""
        for i, value in enumerate(self.lowering.inputs):
            value.name = f"p{i}"
        self._find_last_uses()
        self._watched_leaves()
        recording = False
        for position, step in enumerate(self.steps):
            if step.taped != recording:
                recording = step.taped
                self._record(recording)
            self._step(position, step)
        if recording:
            self._record(False)
        returned = self._finish()
        return self._compiled(returned)

    def _record(self, on):
        """Recording on, or as it was before: what runs this plan in a loop may record."""
        record = self.bound("record", self.backend.record)
        self.lines.append(f"before = {record}(True)" if on else f"{record}(before)")

    def _find_last_uses(self):
        """Where each value is used last: by name, and by anything that may share its memory."""
        end = len(self.steps)
        self.watched = {id(v) for s in self.steps if s.op is GRADIENTS for v in s.inputs[1]}
        self.producers = {id(v): s for s in self.steps for v in s.outputs}
        at_end = [*self.outputs, *(v for _, v in self.assigns),
                  *(v for s, _ in self.fused for v in s.values())]
        self.last_use = {id(v): end for v in at_end}
        for i, step in reversed(list(enumerate(self.steps))):
            for value in step.values():
                self.last_use.setdefault(id(value), i)
        self.memory_use = dict(self.last_use)
        for i, step in reversed(list(enumerate(self.steps))):
            if not step.op.fresh:
                until = max(self.memory_use.get(id(v), i) for v in step.outputs)
                for value in step.values():
                    self.memory_use[id(value)] = max(until, self.memory_use[id(value)])

    def _sharing(self, value):
        """The leaves with which a value may share memory."""
        leaves, stack, seen = [], [value], set()
        while stack:
            value = stack.pop()
            step = self.producers.get(id(value))
            if id(value) in seen or (step is not None and step.op.fresh):
                continue
            seen.add(id(value))
            if step is not None:
                stack.extend(step.values())
            elif not (value.kind == "variable" and self.reads_copy):
                leaves.append(value)
        return leaves

    def _watched_leaves(self):
        for step in self.steps:
            if step.op is not GRADIENTS:
                continue
            for value in step.inputs[1]:
                if value.kind != "step" and id(value) in self.watched:
                    name = self.name(value)
                    watch = self.bound("watch", self.backend.watch)
                    value.name = f"w_{name}"
                    self.lines.append(f"{value.name} = {watch}({name})")
                    self.watched.discard(id(value))

    def name(self, value):
        """The local or closure name of a value; reads a variable on its first use."""
        if value.name is None:
            if value.kind == "variable":
                storage = self.bound("s", value.payload.storage)
                value.name = storage
                if self.reads_copy:
                    value.name = f"v_{storage}"
                    read = self.bound("read", self.backend.read)
                    self.lines.append(f"{value.name} = {read}({storage})")
            elif value.kind == "constant":
                native = self.backend.constant(value.payload)
                value.name = self.bound("c", native)
            else:
                value.name = f"t{self.count}"
                self.count += 1
        return value.name

    def _arguments(self, inputs):
        parts = []
        for item in inputs:
            if isinstance(item, tuple):
                parts.append("[" + ", ".join(self.name(v) for v in item) + "]")
            else:
                parts.append("None" if item is None else self.name(item))
        return parts

    def _step(self, position, step):
        parts = self._arguments(step.inputs)
        if step.op is GRADIENTS:
            function, extra = self.backend.gradients, self._gradient_flags(position, step)
        else:
            function, extra = self._donated(position, step)
        call = f"{self.bound(step.op.name + '_', function)}({', '.join(parts + extra)})"
        names = [self.name(v) for v in step.outputs]
        target = names[0] if not step.op.returns_several else "(" + ", ".join(names) + ",)"
        self.lines.append(f"{target} = {call}")
        self._watch_results(step)
        self._release(position, step)

    def _watch_results(self, step):
        for value in step.outputs:
            if id(value) in self.watched:
                watch = self.bound("watch", self.backend.watch)
                self.lines.append(f"{value.name} = {watch}({value.name})")

    def _gradient_flags(self, position, step):
        later = any(s.op is GRADIENTS for s in self.steps[position + 1:])
        return [f"{step.taped}", f"{later or step.taped}"]

    def _donated(self, position, step):
        """The in-place form and `out=` where an input dies here, else the plain form."""
        attrs = [f"{k}={self._literal(v)}" for k, v in step.attrs.items()]
        inplace = self.backend.inplace.get(step.op.name)
        if inplace is not None and step.function is self.backend.ops.get(step.op.name):
            for value in step.values():
                if self._may_donate(value, position, step.outputs[0]):
                    return inplace, attrs + [f"out={value.name}"]
        return step.function, attrs

    def _may_donate(self, value, position, output):
        producer = self.producers.get(id(value))
        return (producer is not None and producer.op.fresh and value.spec == output.spec
                and self.memory_use[id(value)] == position)

    def _release(self, position, step):
        values = {id(v): v for v in (*step.values(), *step.outputs)}.values()
        dead = [v.name for v in values
                if v.kind == "step" and self.last_use.get(id(v), -1) <= position]
        if dead:
            self.lines.append(f"del {', '.join(dead)}")

    def _literal(self, value):
        if isinstance(value, (int, float, str, bool, type(None), tuple)):
            text = repr(value)
            if "inf" not in text and "nan" not in text and "<" not in text:
                return text
        if isinstance(value, SubGraph):
            value = self._body(value)
        return self.bound("a", value)

    def _body(self, body):
        """The native function of a loop's or a branch's body; `outputs` are its results' specs."""
        inner = self.lowering.inner(body)
        outputs = [inner.lower(t) for t in body.outputs]
        if inner.updates:
            raise ValueError(errors.message(
                "function", "variables are updated outside of loops and branches",
                "K.update on a result of the loop", "an update inside its body"))
        plan = make_plan(inner, outputs, borrow=True)
        plan.function.outputs = plan.outputs
        return plan.function

    # ---- outputs and updates ----

    def _finish(self):
        """Copies what shares memory with storage, does the updates, names the results."""
        updated = {id(var) for var, _ in self.assigns}
        for step, _ in self.fused:
            updated.update(id(v.payload) for v in step.values()[:len(step.outputs)])
        returned = [self._own_memory(v) for v in self.outputs]
        assigned = [(var, self._safe(v, var, updated)) for var, v in self.assigns]
        calls = [self._fused_call(step, native, updated) for step, native in self.fused]
        self.lines.extend(calls)
        assign = self.bound("assign", self.backend.assign)
        for variable, name in assigned:
            self.lines.append(f"{assign}({self.bound('s', variable.storage)}, {name})")
        return returned

    def _own_memory(self, value):
        shared = not self.borrow and self._sharing(value)
        return self._copied(value) if shared else self.name(value)

    def _copied(self, value):
        copy = self.bound("copy", self.backend.copy)
        name = f"t{self.count}"
        self.count += 1
        self.lines.append(f"{name} = {copy}({self.name(value)})")
        return name

    def _safe(self, value, variable, updated):
        """The value's name, or a copy's where an update to come would change it."""
        shared = {id(v.payload) for v in self._sharing(value) if v.kind == "variable"}
        if value.kind == "variable" and value.payload is variable:
            return self.name(value)
        return self._copied(value) if shared & updated else self.name(value)

    def _fused_call(self, step, native, updated):
        """The in-place call: the first inputs are storages, the rest native values."""
        left = len(step.outputs)
        parts = []
        for item in step.inputs:
            group = item if isinstance(item, tuple) else (item,)
            names = []
            for value in group:
                if value is None:
                    names.append("None")
                elif left > 0:
                    names.append(self.bound("s", value.payload.storage))
                    left -= 1
                else:
                    names.append(self._safe(value, None, updated))
            parts.append("[" + ", ".join(names) + "]" if isinstance(item, tuple) else names[0])
        attrs = [f"{k}={self._literal(v)}" for k, v in step.attrs.items()]
        return f"{self.bound(step.op.name + '_', native)}({', '.join(parts + attrs)})"

    def _compiled(self, returned):
        arguments = ", ".join(f"p{i}" for i in range(len(self.lowering.inputs)))
        tail = ", ".join(returned)
        lines = [*self.lines, f"return ({tail}{',' if returned else ''})"]
        text = "\n".join("        " + line for line in lines)
        source = (f"def make({', '.join(self.names)}):\n"
                  f"    def plan({arguments}):\n{text}\n    return plan\n")
        space = {}
        exec(compile(source, "<keras_compat plan>", "exec"), space)
        return space["make"](*self.names.values()), source


def _base_read():
    from .interface import Backend
    return Backend.read
