"""What a backend is: native arrays, storage for variables, and a table of native ops.

A backend subclasses `Backend` and fills `ops`, a mapping from op names to plain
functions on native arrays. An op's inputs come positionally (an absent optional
input as None, a list input as a list) and its attributes as keywords. The names
and what each op computes are in `keras_compat.backend.ops`.
"""


class Backend:
    """Base class of all backends.

    name: the name in keras.json. display_name: as in "Using <display_name> backend."
    ops: native functions by op name; every primitive, and any composite that
        has a faster native form.
    inplace: for some elementwise ops, the same function with a keyword `out`: an
        array that nobody needs any more and that may hold the result if it fits.
    updates: for update ops (`adam_update` ...), a function on the *storage* of the
        variables that writes the new values in place and returns nothing.
    vjps: for some composites, a pair (forward, backward) of native functions:
        forward(*inputs, **attrs) -> (outputs, residuals) and
        backward(gradients, outputs, residuals, *inputs, **attrs) -> a gradient per
        input (None where there is none), in memory that no input shares. Used by
        the shared rules instead of differentiating the composite's body. A pair with
        a method `accepts(node)` may refuse a configuration.
    specializers: for some ops, specialize(specs, attrs) -> function or None, asked
        once when a function is compiled; `specs` are (shape, dtype) per input.
    joint: for some pairs of ops, match(first, second) -> function or None, asked once
        where two steps that share an input are both needed; a step has `inputs`,
        `attrs` and `outputs`. The function takes the inputs of the first step, then
        those of the second, and returns the outputs of both, each in its own memory.
    autodiff: True when `gradients` is implemented with the framework's own
        automatic differentiation; False to use the shared reverse-mode rules.
    capabilities: names of what the backend can do beyond the base.
    """

    name = None
    display_name = None
    autodiff = False
    capabilities = frozenset()

    def __init__(self):
        self.ops = {}
        self.inplace = {}
        self.updates = {}
        self.vjps = {}
        self.specializers = {}
        self.joint = {}

    def __deepcopy__(self, memo):
        return self  # copies of variables live on the same backend

    def supports(self, capability):
        """Whether the backend declares the named capability."""
        return capability in self.capabilities

    # ---- arrays ----

    def from_numpy(self, array):
        """A native array with the values of a NumPy array; may share its memory."""
        raise NotImplementedError("from_numpy: a backend must define this")

    def to_numpy(self, native):
        """A NumPy array with the values of a native one; may share its memory."""
        raise NotImplementedError("to_numpy: a backend must define this")

    def constant(self, array):
        """What a compiled function holds for a constant of the graph."""
        return self.from_numpy(array)

    # ---- variables ----

    def variable(self, array, name):
        """Storage for a variable with these initial values (copied)."""
        raise NotImplementedError("variable: a backend must define this")

    def write(self, storage, array):
        """Writes a NumPy array of the same shape and dtype into the storage."""
        raise NotImplementedError("write: a backend must define this")

    def read(self, storage):
        """The native array in the storage, as ops take it."""
        return storage

    def assign(self, storage, native):
        """Writes a native array of the same shape and dtype into the storage."""
        raise NotImplementedError("assign: a backend must define this")

    def copy(self, native):
        """A native array with the same values and memory of its own."""
        raise NotImplementedError("copy: a backend must define this")

    # ---- differentiation (where autodiff is True) ----

    def watch(self, native):
        """The same value, such that `gradients` can be asked with respect to it."""
        return native

    def record(self, on):
        """Switches the recording of operations for `gradients` on or off; returns what it was."""
        return False

    def gradients(self, losses, wrt, create_graph, retain_graph):
        """Gradients of the sum of all elements of `losses`, dense, zeros where unconnected.

        create_graph: the results will be differentiated again.
        retain_graph: another gradient over the same values follows.
        """
        raise NotImplementedError("gradients: a backend with autodiff must define this")

    # ---- running ----

    def compile(self, plan, once=False):
        """A function on native arrays from a plan's straight-line Python function.

        `plan.function(*inputs)` returns a tuple of native arrays and does the
        updates; `plan.inputs` are the (shape, dtype) of its inputs. once: it will
        be called a single time, so that compiling must pay at once.
        """
        return plan.function

    def feed(self, array):
        """A native input for a compiled function from a NumPy array that will not change."""
        return self.from_numpy(array)

    def synchronize(self):
        """Waits until all work that was started is done (for timing)."""

