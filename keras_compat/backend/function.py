"""K.function: compiled graphs, and the evaluation of single tensors."""
import numpy as np

from . import arguments, errors, graph, nested, run_shapes, selection
from .codegen import make_plan
from .core_ops import assign
from .graph import LearningPhase, Placeholder, SparseTensor, Tensor, Variable
from .lowering import Lowering
from .sparse_array import SparseArray


class Function:
    """A graph compiled for the backend on which its leaves live.

    inputs: the tensors that are fed (placeholders, `K.learning_phase()`, or any
        tensor of the graph, which then cuts what is above it), as a list or another
        structure of them, or one tensor.
    outputs: tensors to compute. updates: pairs (variable, new value) or results of
        `K.update`; all are computed from the old values before any is written.
    training: True or False fixes the learning phase; by default it is fed, or 0.
    givens: pairs (tensor of the graph, the tensor that is computed in its place).
    feed_dict: {tensor: array} for more tensors that are fed, with what it holds at a call.
    fetches: tensors that are computed, or results of `K.update`, but not returned.

    Calling it with a list of arrays (or a dict, in the order of its sorted keys, or
    the array of the one input) returns a list of NumPy arrays; a tensor among the
    values is evaluated. `run_native` does the same without checks and leaves the
    results native.
    """

    def __init__(self, inputs, outputs, updates=None, name=None, training=None, givens=(),
                 feed_dict=None, fetches=()):
        self.name = name or "function"
        self._feed_dict = feed_dict or {}
        self._always = list(self._feed_dict)
        self.inputs = [*_in_order(inputs), *self._always]
        self.single = not isinstance(outputs, (list, tuple))
        self.outputs = [_dense(t) for t in ([outputs] if self.single else outputs)]
        self.updates = [*(updates or []), *nested.flatten(fetches or [])[0]]
        self._check()
        self.training = training
        self.givens = list(givens)
        self._phase_at = [i for i, t in enumerate(self.inputs) if isinstance(t, LearningPhase)]
        self._given = [t for t in self.inputs if not isinstance(t, LearningPhase)]
        self._fed = [part for t in self._given for part in _components(t)]
        self._has_sparse = len(self._fed) > len(self._given)
        self._is_loose = run_shapes.are_loose(self._fed)
        self._checked = set()
        self._explaining = False
        self._runs = {}
        self._moves = None
        self._backend = None

    def _check(self):
        for role, tensors in (("inputs", self.inputs), ("outputs", self.outputs)):
            for tensor in tensors:
                if not isinstance(tensor, Tensor):
                    raise TypeError(errors.message(
                        self.name, f"{role} are symbolic tensors", "tensors of the graph",
                        repr(tensor)))
        for update in self.updates:
            pair = isinstance(update, (tuple, list)) and len(update) == 2
            if not (isinstance(update, Tensor) or pair and isinstance(update[0], Variable)):
                raise TypeError(errors.message(
                    self.name, "updates are pairs (variable, new value) or results of K.update",
                    "such a pair or tensor", repr(update)))

    @property
    def backend(self):
        """The backend of the graph's leaves, or the active one if it has none."""
        if self._moves != graph.moves():
            self._moves = graph.moves()
            self._backend = _backend_of(self._all_tensors(), self._fed, self.name)
            self._runs.clear()
        return self._backend

    def pin(self, backend):
        """Runs on this backend whatever is active; for graphs without leaves."""
        self._moves, self._backend = graph.moves(), backend

    def _all_tensors(self):
        tensors = list(self.outputs)
        for update in self.updates:
            tensors.extend([update] if isinstance(update, Tensor) else
                           [t for t in update if isinstance(t, Tensor)])
        return tensors

    def plan(self, training=False):
        """The plan for a learning phase (its `source` shows what will run)."""
        lowering = Lowering(self.backend, training, self._fed, self.givens)
        effects = [u if isinstance(u, Tensor) else _assigned(*u) for u in self.updates]
        lowering.differentiate([*self.outputs, *effects])
        lowering.keep_updates(self.outputs, effects)
        outputs = [lowering.lower(t) for t in self.outputs]
        for tensor in effects:
            lowering.lower(tensor)
        done = 0
        while done < len(lowering.updates):  # a new value may have updates below it
            lowering.lower(list(lowering.updates.values())[done][1])
            done += 1
        updates = [(variable, lowering.lower(value))
                   for variable, value in lowering.total_updates()]
        return make_plan(lowering, outputs, updates)

    def compiled(self, training=False, once=False):
        """The native function for a learning phase, compiled at the first request."""
        backend = self.backend
        run = self._runs.get(training)
        if run is None:
            run = self._runs[training] = backend.compile(self.plan(training), once)
        return run

    def run_native(self, values):
        """Runs on arrays of the right shapes (NumPy or native); results stay native.

        The learning phase, if it is among the inputs, must have been fixed by `training`.
        """
        if self._always:
            values = [*values, *(checked(self._feed_dict[t], t, self.name) for t in self._always)]
        if self._has_sparse:
            values = self._spread(values)
        training = bool(self.training)
        run = self.compiled(training)
        if self._is_loose:
            self._check_shapes(values, training)
        feed = self._backend.feed
        try:
            return run(*[
                feed(v if v.dtype == t.dtype else v.astype(t.dtype)) if type(v) is np.ndarray
                else v for v, t in zip(values, self._fed)])
        except Exception:
            cause = self._cause(values, training)
            if cause is None:
                raise
            raise cause from None

    def _check_shapes(self, arrays, training):
        """Infers the graph's shapes from new ones of the arrays; raises where they do not fit."""
        shapes = tuple([tuple(x.shape) for x in arrays])
        if (training, shapes) not in self._checked:
            run_shapes.check(self, shapes, training)
            self._checked.add((training, shapes))

    def _cause(self, arrays, training):
        """After an error inside a backend: the error of the op that does not fit, or None."""
        if self._explaining:
            return None
        self._explaining = True
        try:
            return run_shapes.cause(self, arrays, training)
        finally:
            self._explaining = False

    def _spread(self, values):
        """The values with the arrays of its components in place of each sparse matrix."""
        spread = []
        for value, tensor in zip(values, self._given):
            spread += _sparse_parts(value, tensor, self.name) \
                if isinstance(tensor, SparseTensor) else [value]
        return spread

    def to_numpy(self, native):
        """A native result as a NumPy array."""
        return self._backend.to_numpy(native)

    def __call__(self, inputs=()):
        if not isinstance(inputs, (list, tuple)):
            inputs = [inputs[k] for k in sorted(inputs)] if isinstance(inputs, dict) else [inputs]
        inputs = [*inputs, *(self._feed_dict[t] for t in self._always)]
        if len(inputs) != len(self.inputs):
            raise ValueError(errors.message(
                self.name, "a function is called with one array per input",
                f"{len(self.inputs)} arrays", f"{len(inputs)}"))
        results = self._call(inputs, once=False)
        return results[0] if self.single else results

    def _call(self, inputs, once):
        training = self.training
        for i in reversed(self._phase_at):
            value = inputs.pop(i)
            training = bool(value) if training is None else training
        training = bool(training)
        run = self.compiled(training, once)
        backend = self._backend
        if self._has_sparse:
            inputs = self._spread(inputs)
        arrays = [checked(v, t, self.name) for v, t in zip(inputs, self._fed)]
        if arrays:
            self._check_shapes(arrays, training)
        try:
            return [_plain(backend.to_numpy(r)) for r in run(*map(backend.feed, arrays))]
        except Exception:
            cause = self._cause(arrays, training)
            if cause is None:
                raise
            raise cause from None


def _in_order(inputs):
    """The tensors to feed: of a list, a dict or another structure, or one, or none."""
    if inputs is None:
        return []
    if isinstance(inputs, Tensor) or nested.is_nested(inputs):
        return nested.flatten(inputs)[0]
    return list(inputs) if hasattr(inputs, "__iter__") else [inputs]


def _assigned(variable, value):
    from .ops.convert import as_tensor
    return assign(variable, as_tensor(value, dtype=variable.dtype))


def _components(tensor):
    """What is fed for a tensor: the components of a sparse one."""
    return tensor.components if isinstance(tensor, SparseTensor) else (tensor,)


def _dense(tensor):
    if not isinstance(tensor, SparseTensor):
        return tensor
    from .ops import to_dense
    return to_dense(tensor)


def _sparse_parts(value, tensor, who):
    """The arrays of a matrix that is fed for a sparse tensor, if it has the tensor's shape."""
    if isinstance(value, Tensor):
        value = evaluate(value)
    matrix = SparseArray.of(value, who)
    if any(n is not None and n != m for n, m in zip(tensor.shape, matrix.shape)):
        raise ValueError(errors.message(
            who, f"the matrix fed for '{tensor.name}' has its shape", tuple(tensor.shape),
            matrix.shape))
    return matrix.components(tensor.dtype)


def _plain(array):
    return array[()] if array.ndim == 0 else array


def checked(value, tensor, who):
    """`value` as an array of the tensor's dtype, if its shape fits the static one."""
    if isinstance(value, Tensor):
        value = evaluate(value)
    array = arguments.array(f"{who}, input '{tensor.name}'", value, tensor.dtype)
    if len(array.shape) != len(tensor.shape) or any(
            n is not None and n != m for n, m in zip(tensor.shape, array.shape)):
        raise ValueError(errors.message(
            who, f"the array fed for '{tensor.name}' has its shape", tuple(tensor.shape),
            array.shape))
    return array


def _backend_of(tensors, fed, who):
    found = {}
    seen, stack = set(), [*tensors, *fed]
    cuts = {id(t) for t in fed}
    while stack:
        tensor = stack.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        if isinstance(tensor, (Variable, Placeholder)) and tensor.backend is not None:
            if not (isinstance(tensor, Placeholder) and id(tensor) in cuts and found):
                found.setdefault(tensor.backend.name, (tensor.backend, tensor.name))
        if tensor.node is not None and id(tensor) not in cuts:
            stack.extend(tensor.node.tensors())
            for body in tensor.node.attrs.values():
                if isinstance(body, graph.SubGraph):
                    stack.extend(body.outputs)
    if len(found) > 1:
        raise ValueError(errors.message(
            who, "all variables and placeholders of a graph live on one backend",
            "leaves of one backend",
            ", ".join(f"'{name}' on {b}" for b, (_, name) in sorted(found.items())),
            "Build the whole graph on one backend, or move its leaves with `.move(backend)`"))
    return next(iter(found.values()))[0] if found else selection.active()


_KEYWORDS = ("name", "training", "givens", "feed_dict", "fetches")
_IGNORED = ("options", "run_metadata", "on_unused_input", "allow_input_downcast", "mode", "profile")


def function(inputs, outputs, updates=None, **kwargs):
    """A callable that computes `outputs` from `inputs` and then applies `updates`.

    inputs: list of placeholders (or other tensors to feed). outputs: a list of
    tensors, for a list of arrays, or one tensor for one array.
    updates: list of (variable, new value) or of `K.update` results.
    name, training, givens, feed_dict, fetches: see `Function`. What only tells
    TensorFlow's session (options, run_metadata) or Theano's compiler (mode, profile,
    on_unused_input, allow_input_downcast) how to work does nothing. Other keywords raise
    ValueError, as in Keras 2.3.1.
    """
    unknown = sorted(set(kwargs) - {*_KEYWORDS, *_IGNORED})
    if unknown:
        raise ValueError(errors.message("function", "known keyword arguments only",
                                        ", ".join(_KEYWORDS), unknown))
    kwargs = {name: value for name, value in kwargs.items() if name in _KEYWORDS}
    return Function(inputs, outputs, updates, **kwargs)


def evaluate(x):
    """The value of a tensor (`K.eval`): a NumPy array, or a NumPy scalar."""
    if isinstance(x, Variable):
        return _plain(x.get())
    if not isinstance(x, Tensor):
        return arguments.array("eval", x, None)
    return Function([], [x], name="eval")._call([], once=True)[0]


def evaluate_on_host(tensor):
    """The value of a tensor whose graph has no leaves on a backend, computed with NumPy.

    Initial values go this way: no framework needs to compile anything for them,
    and they are the same on every backend.
    """
    run = Function([], [tensor], name="initial value")
    if _leafless(tensor):
        run.pin(selection.host())
    return run._call([], once=True)[0]


def _leafless(tensor):
    return all(not isinstance(t, (Variable, Placeholder))
               for node in graph.ancestors([tensor]) for t in node.tensors())
