"""The core, rebuilt in one file.

This file is a program: `python docs/autodidax.py` trains a network and checks
itself. It rebuilds, with nothing but NumPy, what `keras_compat/backend/` does: a
symbolic graph, ops declared in one place, gradients that are graphs again, and
functions compiled to straight-line Python. What the real thing adds is named
where it would stand.
"""
import itertools

import numpy as np

# ## Tensors and nodes
#
# User code never sees numbers while it builds a model. It handles tensors: a shape
# (with None where a size is not known) and the node that makes the value. A leaf has
# no node: it is fed (a placeholder), stored (a variable), or fixed (a constant).
# The real ones are in `graph.py`, and also have dtypes.


class Tensor:
    def __init__(self, shape, node=None, value=None):
        self.shape, self.node, self.value = tuple(shape), node, value

    def __add__(self, other):
        return add(self, other)

    def __sub__(self, other):
        return add(self, multiply(other, constant(-1.0)))

    def __mul__(self, other):
        return multiply(self, other)


class Node:
    serial = itertools.count()

    def __init__(self, op, inputs, attrs):
        self.op, self.inputs, self.attrs = op, inputs, attrs
        self.serial = next(Node.serial)
        self.expansion = op.body(*inputs, **attrs) if op.body else None


def placeholder(*shape):
    return Tensor(shape)


def constant(value):
    return Tensor(np.shape(value), value=np.asarray(value, "float32"))


class Variable(Tensor):
    def __init__(self, value):
        super().__init__(np.shape(value), value=np.array(value, "float32"))


# ## Ops
#
# An op is a record: a name, a rule for the static shape, and a rule for the gradient.
# A *primitive* has native code in every backend. A *composite* has a body that defines
# it by other ops; its node keeps that expansion, and whether the node or the expansion
# runs is decided later, for each backend. A gradient rule takes the cotangent g of the
# result y and builds the inputs' cotangents, out of ops: so gradients have gradients.
# The real registry (`registry.py`) also holds tolerance classes, and every public
# function checks its arguments and has its contract in its docstring.

OPS = {}


class Op:
    def __init__(self, name, shape=None, gradient=None, body=None):
        self.name, self.shape, self.gradient, self.body = name, shape, gradient, body
        OPS[name] = self

    def __call__(self, *inputs, **attrs):
        node = Node(self, inputs, attrs)
        shape = node.expansion.shape if self.body else self.shape(*inputs, **attrs)
        node.output = Tensor(shape, node)
        return node.output


def broadcast(x, y):
    longest = max(len(x.shape), len(y.shape))
    sizes = [(1,) * (longest - len(t.shape)) + t.shape for t in (x, y)]
    return tuple(b if a == 1 else a for a, b in zip(*sizes))


# The transpose of broadcasting is a sum, so the gradient of `add` needs `sum_to`, which
# sums over the axes along which an input was repeated. With an unknown batch size that
# is known only when the graph runs: `sum_to` gets the input itself, for its shape.

add = Op("add", broadcast, lambda g, y, a, b: (sum_to(g, a), sum_to(g, b)))
multiply = Op("multiply", broadcast,
              lambda g, y, a, b: (sum_to(g * b, a), sum_to(g * a, b)))
sum_to = Op("sum_to", lambda x, like: like.shape,
            lambda g, y, x, like: (multiply(g, ones_like(x)), None))
ones_like = Op("ones_like", lambda x: x.shape, lambda g, y, x: (None,))
dot = Op("dot", lambda x, w: x.shape[:-1] + w.shape[-1:],
         lambda g, y, x, w: (dot(g, transpose(w)), dot(transpose(x), g)))
transpose = Op("transpose", lambda x: x.shape[::-1], lambda g, y, x: (transpose(g),))
tanh = Op("tanh", lambda x: x.shape, lambda g, y, x: (g * (constant(1.0) - y * y),))
mean = Op("mean", lambda x: (),
          lambda g, y, x: (multiply(g * reciprocal_size(x), ones_like(x)),))
reciprocal_size = Op("reciprocal_size", lambda x: (), lambda g, y, x: (None,))

# A composite: no shape rule and no gradient, since both follow from the body.



def mean_of_squares(y, p):
    error = y - p
    return mean(error * error)


squared_error = Op("squared_error", body=mean_of_squares)

# ## Gradients
#
# Reverse mode: the nodes under the loss in order, then backwards, each passing the
# cotangent of its result on to its inputs. Nothing is computed; the outcome is a graph.
# A composite is looked through to its expansion. (`gradients.py`; there a backend with
# its own autodiff evaluates the gradient node natively instead.)


def through(tensor):
    while tensor.node and tensor.node.expansion:
        tensor = tensor.node.expansion
    return tensor


def ordered(tensor, found=None):
    found = {} if found is None else found
    node = through(tensor).node
    if node and node.serial not in found:
        for x in node.inputs:
            ordered(x, found)
        found[node.serial] = node
    return list(found.values())


def gradients(loss, wrt):
    cotangents = {through(loss): ones_like(loss)}
    for node in reversed(ordered(loss)):
        g = cotangents.get(node.output)
        if g is None:
            continue
        for x, gx in zip(node.inputs, node.op.gradient(g, node.output, *node.inputs)):
            x = through(x)
            if gx is not None:
                cotangents[x] = cotangents[x] + gx if x in cotangents else gx
    return [cotangents.get(through(x)) for x in wrt]


# ## A backend
#
# A table of plain functions on native arrays: nothing of graphs is in sight. It must
# have every primitive; here it overrides the composite too, with fewer passes.


def native_sum_to(x, like):
    x = x.sum(tuple(range(x.ndim - like.ndim)))
    axes = tuple(i for i, n in enumerate(like.shape) if n == 1)
    return x.sum(axes, keepdims=True) if axes else x


BACKEND = {
    "add": np.add, "multiply": np.multiply, "dot": np.dot, "transpose": np.transpose,
    "tanh": np.tanh, "mean": np.mean, "ones_like": np.ones_like, "sum_to": native_sum_to,
    "reciprocal_size": lambda x: np.float32(1.0 / x.size),
    "squared_error": lambda y, p: np.square(y - p).mean(),
}

# ## Functions
#
# `function` lowers the graph to steps and writes them down as one Python function.
# Only what the outputs need is there (pruning), equal steps are made one, a composite
# is taken whole if the backend has it and else by its expansion. Updates come last, so
# that all new values are computed from the old ones. The real `lowering.py` also
# specialises on the learning phase and folds constants, and `codegen.py` drops each
# buffer as soon as nothing needs it and writes into dead ones.


def function(inputs, outputs, updates=(), backend=BACKEND):
    names, bound, lines, equal = {}, {}, [], {}
    for i, tensor in enumerate(inputs):
        names[tensor] = f"p{i}"

    def lower(tensor):
        if tensor not in names:
            names[tensor] = step(tensor) if tensor.node else leaf(tensor)
        return names[tensor]

    def leaf(tensor):
        if tensor.value is None:
            raise ValueError(f"every placeholder is fed; this one is not: {tensor.shape}")
        name = f"s{len(bound)}"
        bound[name] = tensor.value
        return name

    def step(tensor):
        node = tensor.node
        if node.op.name not in backend:
            return lower(node.expansion)
        bound[node.op.name] = backend[node.op.name]
        call = f"{node.op.name}({', '.join(map(lower, node.inputs))})"
        if call not in equal:
            equal[call] = f"t{len(equal)}"
            lines.append(f"{equal[call]} = {call}")
        return equal[call]

    results = [lower(t) for t in outputs]
    new = [(lower(variable), lower(value)) for variable, value in updates]
    lines += [f"{storage}[...] = {value}" for storage, value in new]
    body = "\n".join(f"    {line}" for line in [*lines, f"return [{', '.join(results)}]"])
    source = f"def plan({', '.join(names[t] for t in inputs)}):\n{body}\n"
    exec(source, bound)
    bound["plan"].source = source
    return bound["plan"]


# ## Training
#
# A model is a few tensors; a training step is a function whose updates move the
# variables against the gradients. In `keras_compat` the optimizer's step is one op over
# all parameters, for which backends have kernels that work in place.


def train(steps=1500, rate=0.1):
    rng = np.random.default_rng(0)
    x, y = placeholder(None, 2), placeholder(None, 1)
    w1, b1 = Variable(rng.normal(size=(2, 8))), Variable(np.zeros(8))
    w2, b2 = Variable(rng.normal(size=(8, 1))), Variable(np.zeros(1))
    p = dot(tanh(dot(x, w1) + b1), w2) + b2
    loss = squared_error(y, p)
    weights = [w1, b1, w2, b2]
    updates = [(w, w - g * constant(rate)) for w, g in zip(weights, gradients(loss, weights))]
    step = function([x, y], [loss], updates)
    points = rng.uniform(-1, 1, (64, 2)).astype("float32")
    wanted = points[:, :1] * points[:, 1:]
    losses = [float(step(points, wanted)[0]) for _ in range(steps)]
    return step, losses


# Two checks. The gradient of a gradient: y = tanh(v), so y' = 1 - y² and y'' = -2 y y'.
# And a backend that lacks the composite gives what one with it gives, by the expansion.


def check():
    v = Variable([0.3, -0.2])
    (first,) = gradients(tanh(v), [v])
    (second,) = gradients(first, [v])
    y, dy, ddy = function([], [tanh(v), first, second])()
    assert np.allclose(dy, 1 - y * y) and np.allclose(ddy, -2 * y * dy)
    a, b = placeholder(None, 3), placeholder(None, 3)
    (ga,) = gradients(tanh(squared_error(a, b)), [a])
    small = {name: f for name, f in BACKEND.items() if name != "squared_error"}
    values = np.ones((4, 3), "float32"), np.full((4, 3), 1.5, "float32")
    for backend in (BACKEND, small):
        error, slope = function([a, b], [squared_error(a, b), ga], backend=backend)(*values)
        assert np.allclose(error, 0.25)
        assert np.allclose(slope, (1 - np.tanh(0.25) ** 2) * 2 * (1 - 1.5) / 12)


if __name__ == "__main__":
    check()
    plan, history = train()
    print(plan.source)
    print(f"loss {history[0]:.4f} -> {history[-1]:.4f}")
    assert history[-1] < 0.02 * history[0]
