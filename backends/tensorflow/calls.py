"""How a plan runs: op by op under a tape at first, then as one traced graph function."""
import itertools
import threading

import tensorflow as tf
from tensorflow.python.eager import context, execute, imperative_grad, tape


class Call:
    """A plan as a function on tensors.

    The first call runs the plan's ops one by one, which is ready at once; the
    second traces them into a graph function, which is faster from then on.
    """

    def __init__(self, plan):
        self.plan = plan
        self.called = False
        self.run = None

    def __call__(self, *inputs):
        if self.run is None:
            if not self.called:
                self.called = True
                return op_by_op(self.plan.function, inputs)
            self.run = traced(self.plan)
        for x in inputs:
            if 0 in x.shape:
                # a pool's gradient in a graph aborts the process for a batch of nobody
                return op_by_op(self.plan.function, inputs)
        return self.run(*inputs)


# ---- op by op ----

class _Run(threading.local):
    """What runs op by op in this thread: its tape, and whether that is on.

    A plan inside a plan (the body of a loop that differentiates by itself) shares
    it. `watched` are tensors to watch from then on: a tape that is off takes none.
    """

    tape = None
    on = False
    watched = ()


_run = _Run()


def op_by_op(function, inputs):
    """Runs a plan's function now."""
    before = _run.tape, _run.on, _run.watched
    _run.tape, _run.on, _run.watched = None, False, []
    try:
        return function(*[tf.convert_to_tensor(x) for x in inputs])
    finally:
        record(False)
        _run.tape, _run.on, _run.watched = before


def record(on):
    """Switches the tape on or off and returns what it was; a graph that is traced needs none."""
    if not tf.executing_eagerly():
        return False
    before, _run.on = _run.on, on
    if on and not before:
        _start_tape()
    elif before and not on:
        tape.pop_tape(_run.tape)
    return before


def _start_tape():
    if _run.tape is None:
        _run.tape = tape.push_new_tape(persistent=True, watch_accessed_variables=False)
    else:
        tape.push_tape(_run.tape)
    for x in _run.watched:
        tape.watch(_run.tape, x)
    _run.watched.clear()


def watch(x):
    """`x` under a name of its own, with respect to which the tape will be asked."""
    x = tf.identity(x)
    if tf.executing_eagerly() and x.dtype.is_floating:
        _run.watched.append(x)
        if _run.on:
            tape.watch(_run.tape, _run.watched.pop())
    return x


def gradients(losses, wrt, create_graph, retain_graph):
    """Gradients of the sum of all elements of `losses`; zeros where unconnected."""
    if not tf.executing_eagerly():
        found = tf.gradients(losses, wrt)
    elif _run.tape is None:
        found = [None] * len(wrt)
    else:
        found = imperative_grad.imperative_grad(_run.tape, list(losses), list(wrt))
    return [_not_recorded(losses, x) if g is None else tf.convert_to_tensor(g)
            for g, x in zip(found, wrt)]


def _not_recorded(losses, x):
    """Gradient by an x from which nothing leads to a loss, but which may be one itself."""
    count = sum(loss is x for loss in losses)
    return tf.fill(tf.shape(x), tf.constant(count, x.dtype)) if count else tf.zeros_like(x)


# ---- as a graph ----

def traced(plan):
    """The plan as a graph function, called past TensorFlow's handling of arguments.

    That handling costs two to four times as much as a small step itself.
    """
    signature = [tf.TensorSpec(shape, dtype) for shape, dtype in plan.inputs]
    function = tf.function(plan.function, input_signature=signature, autograph=False)
    concrete = function.get_concrete_function()
    if len(concrete.outputs) != len(concrete.structured_outputs):
        return concrete
    return _direct(concrete)


def _direct(concrete):
    ctx = context.context()
    name, count, captures = concrete.name, len(concrete.outputs), concrete.captured_inputs
    attrs = tuple(itertools.chain(*ctx.function_call_options.as_attrs().items()))

    def run(*inputs):
        # `concrete` owns the function that is called by its name
        return tuple(execute.execute(name, count, [*inputs, *captures], attrs, ctx) or ())
    run.concrete = concrete
    return run
