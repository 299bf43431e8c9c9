"""Symbolic values: tensors, the nodes that make them, and the leaves of the graph.

A graph names no framework. Its leaves remember the backend that was active
when they were made: a `Variable` holds native storage there, and a function
over the graph runs where its leaves live.
"""
import contextlib
import itertools
import math

import numpy as np

from . import arguments, errors

_serial = itertools.count()
_moves = 0


def moves():
    """How often a leaf was moved to another backend; what was compiled before is stale."""
    return _moves


class Size(int):
    """A known size that is asked for by its place in a shape; scripts take its `value`."""

    __slots__ = ()

    @property
    def value(self):
        """The size itself, as TensorFlow's static sizes had it."""
        return int(self)


class Shape(tuple):
    """A static shape: a tuple of sizes with None where the size is not known.

    The rest is what scripts ask of TensorFlow's static shapes.
    """

    __slots__ = ()

    def __getitem__(self, place):
        found = tuple.__getitem__(self, place)
        if type(found) is int:
            return Size(found)
        return Shape(found) if isinstance(place, slice) else found

    def as_list(self):
        """The sizes as a list."""
        return list(self)

    @property
    def ndims(self):
        """Number of axes."""
        return len(self)

    rank = ndims

    def is_fully_defined(self):
        """Whether every size is known."""
        return None not in self

    def num_elements(self):
        """The number of elements, or None where a size is not known."""
        return math.prod(self) if self.is_fully_defined() else None

    def concatenate(self, other):
        """The shape with the sizes of another behind it."""
        return Shape((*self, *other))


class Tensor:
    """A symbolic value: `dtype` (a name), `shape` (a `Shape`) and its node.

    Tensors compare and hash by identity; operators are attached by
    `ops.operators`. `is_differentiated` marks a tensor with respect to which
    gradients were asked for. Attributes that legacy code sets (`_keras_shape`,
    `_keras_history`) are ordinary attributes.
    """

    __array_priority__ = 1000

    def __init__(self, shape, dtype, node=None, index=0, name=None):
        self.shape = Shape(shape)
        self.dtype = dtype
        self.node = node
        self.index = index
        self._name = name
        self._uses_learning_phase = False
        self.is_differentiated = False

    @property
    def name(self):
        """The given name, or the op's name and the node's number."""
        if self._name is not None:
            return self._name
        return f"{self.node.name}:{self.index}"

    @property
    def ndim(self):
        """Number of axes."""
        return len(self.shape)

    @property
    def op(self):
        """The node, under the name that graph-walking legacy code uses."""
        return self.node

    def get_shape(self):
        """The static shape (TensorFlow's spelling)."""
        return self.shape

    def __repr__(self):
        kind = type(self).__name__
        return f"<{kind} '{self.name}' shape={tuple(self.shape)} dtype={self.dtype}>"

    def __bool__(self):
        raise TypeError(errors.message(
            self.name, "a symbolic tensor has no truth value while the graph is built",
            "K.switch, or a value from K.eval / K.function", "bool(tensor)"))

    def __float__(self):
        raise TypeError(errors.message(
            self.name, "a symbolic tensor has no number while the graph is built",
            "K.eval(tensor) or K.get_value(variable)", "float(tensor) or int(tensor)"))

    __int__ = __float__

    def __array__(self, dtype=None, copy=None):
        raise TypeError(errors.message(
            self.name, "a symbolic tensor has no values while the graph is built",
            "K.eval(tensor), or K functions in place of NumPy's", "np.asarray(tensor)"))

    def __len__(self):
        if not self.shape or self.shape[0] is None:
            raise TypeError(errors.message(
                self.name, "len() needs a known first axis",
                "K.shape(x)[0] for a size known only when the graph runs",
                f"shape {tuple(self.shape)}"))
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))


class Constant(Tensor):
    """A leaf with a fixed NumPy value."""

    def __init__(self, value, name=None):
        value = np.asarray(value)
        value.flags.writeable = False
        super().__init__(value.shape, value.dtype.name, name=name or "Const:0")
        self.value = value


class Placeholder(Tensor):
    """A leaf that gets its value when a function is called."""

    def __init__(self, shape, dtype, name, backend=None):
        super().__init__(shape, dtype, name=name)
        self.backend = backend

    def move(self, backend):
        """Makes graphs over this placeholder run on another backend."""
        if backend is not self.backend:
            self.backend = backend
            _count_move()


class SparseTensor(Tensor):
    """A matrix of which only some elements are stored, as tensors of places and values.

    rows, cols: int64 (elements,). values: (elements,). sizes: the shape, int32 (2,). An
    element that is stored several times counts as the sum. There is no node: what is
    computed from the matrix is computed from these components.
    """

    def __init__(self, shape, rows, cols, values, sizes, name="Sparse:0"):
        super().__init__(shape, values.dtype, name=name)
        self.rows, self.cols, self.values, self.sizes = rows, cols, values, sizes
        self.components = (rows, cols, values, sizes)

    @property
    def backend(self):
        """Where the values live, if they are a variable or fed."""
        return getattr(self.values, "backend", None)

    def move(self, backend):
        """Moves the components that are leaves."""
        for tensor in self.components:
            if hasattr(tensor, "move"):
                tensor.move(backend)


class LearningPhase(Tensor):
    """The leaf that is 1 in training and 0 in inference; functions are specialised on it."""

    def __init__(self):
        super().__init__((), "bool", name="keras_learning_phase:0")
        self._uses_learning_phase = True


class Variable(Tensor):
    """A leaf with native storage on one backend, allocated once and written in place."""

    def __init__(self, value, dtype, name, backend, constraint=None):
        value = arguments.array(f"variable '{name}'", value, dtype)
        super().__init__(value.shape, dtype, name=name)
        self.backend = backend
        self.storage = backend.variable(value, name)
        self.constraint = constraint
        self.trainable = True

    def get(self):
        """The value as a NumPy array (a copy)."""
        return np.array(self.backend.to_numpy(self.storage))

    def set(self, value):
        """Writes `value` (same shape) into the storage."""
        value = arguments.array(f"variable '{self.name}'", value, self.dtype)
        if value.shape != tuple(self.shape):
            raise ValueError(errors.message(
                f"variable '{self.name}'", "a new value has the variable's shape",
                tuple(self.shape), value.shape))
        self.backend.write(self.storage, value)

    def move(self, backend):
        """Copies the value to another backend; graphs over it then run there."""
        if backend is not self.backend:
            self.storage = backend.variable(self.get(), self.name)
            self.backend = backend
            _count_move()


def _count_move():
    global _moves
    _moves += 1


class Node:
    """One application of an op.

    `inputs` holds Tensors, None (an optional input left out) and tuples of
    Tensors (list inputs). A composite's node also keeps `expansion`, the
    tensors its definition built from the same inputs.
    """

    __slots__ = ("op", "inputs", "attrs", "outputs", "expansion", "serial", "layer")

    def __init__(self, op, inputs, attrs):
        self.op = op
        self.inputs = inputs
        self.attrs = attrs
        self.outputs = ()
        self.expansion = None
        self.serial = next(_serial)
        self.layer = current_layer()

    @property
    def name(self):
        """The op's name and the node's number; a tensor's name has its place behind it."""
        return f"{self.op.name}_{self.serial}"

    def tensors(self):
        """The input tensors, flat, without the absent ones."""
        return flatten(self.inputs)


class SubGraph:
    """The body of a loop or a branch: a graph over its own placeholders.

    made: ranges of serial numbers of the nodes that tracing the body made.
    lazy: all of those belong inside (a branch not taken costs nothing); otherwise
        what does not depend on a placeholder stays outside and is computed once,
        but for random draws, which are drawn anew at each execution.
    `captured` are the outer tensors that the body uses.
    """

    def __init__(self, placeholders, outputs, made, lazy=False):
        self.placeholders = tuple(placeholders)
        self.outputs = tuple(outputs)
        self.made = tuple(made)
        self.lazy = lazy
        inside = self.inside(self.outputs)
        captured = {}
        for node in ancestors(self.outputs, stop=self.placeholders):
            if id(node.outputs[0]) in inside:
                for tensor in node.tensors():
                    captured.setdefault(id(tensor), tensor)
        for tensor in self.outputs:
            captured.setdefault(id(tensor), tensor)
        self.captured = tuple(
            t for i, t in captured.items()
            if i not in inside and not isinstance(t, (Constant, LearningPhase)))

    def inside(self, tensors):
        """Ids of the tensors under `tensors` that are computed inside the body."""
        inside = {id(p) for p in self.placeholders}
        for node in ancestors(tensors, stop=self.placeholders):
            made_here = any(a <= node.serial < b for a, b in self.made)
            if (made_here and (self.lazy or not node.op.pure)
                    or any(id(t) in inside for t in node.tensors())):
                inside.update(id(t) for t in node.outputs)
        return inside


def next_serial():
    """The number that the next node will get."""
    return next(_serial)


def flatten(inputs):
    """The tensors in a node's inputs, list inputs opened, None left out."""
    flat = []
    for item in inputs:
        if isinstance(item, tuple):
            flat.extend(item)
        elif item is not None:
            flat.append(item)
    return flat


def ancestors(tensors, stop=()):
    """Nodes on which `tensors` depend, inputs first, not going past `stop`."""
    stop = {id(t) for t in stop}
    order, seen = [], set()
    stack = [(t, False) for t in reversed(list(tensors))]
    while stack:
        tensor, done = stack.pop()
        node = tensor.node
        if node is None or id(tensor) in stop:
            continue
        if done:
            order.append(node)
        elif node.serial not in seen:
            seen.add(node.serial)
            stack.append((tensor, True))
            stack.extend((t, False) for t in reversed(node.tensors()))
    return order


# ---- who is asking: names for errors and variables ----

_layers = []
_names = []


def current_layer():
    """Name of the layer whose call is being traced, or None."""
    return _layers[-1] if _layers else None


@contextlib.contextmanager
def layer_scope(name):
    """Errors and nodes made inside name this layer."""
    _layers.append(name)
    try:
        yield
    finally:
        _layers.pop()


@contextlib.contextmanager
def name_scope(name):
    """Variables made inside are called `name/...:0`."""
    _names.append(name)
    try:
        yield
    finally:
        _names.pop()


def scoped_name(name):
    """`name` under the scopes that are open, with TensorFlow's ':0'."""
    return "/".join(_names + [name]) + ":0"
