"""Faults in the other tables of a backend: in-place forms, updates, pairs, joint steps,
specializers, and in what its own differentiation sees."""
from .planting import INPLACE, JOINT, PAIR, RECORDED, SPECIALIZER, UPDATE, Saboteur


# ---- in place ----

def _unwritten(right, backend):
    """The memory given for the result is returned as it was."""
    return lambda *arguments, out, **attrs: out


def _exchanged(right, backend):
    return lambda x, y, out: right(y, x, out=out)


def _first_overwritten(right, backend):
    """The first operand is lost before it is read."""
    def broken(x, y, out):
        out[...] = y
        return right(out, y, out=out)
    return broken


_INPLACE = [
    ("add", "result not written", _unwritten), ("exp", "result not written", _unwritten),
    ("negative", "result not written", _unwritten), ("relu", "result not written", _unwritten),
    ("subtract", "operands exchanged", _exchanged), ("divide", "operands exchanged", _exchanged),
    ("pow", "operands exchanged", _exchanged),
    ("multiply", "an operand overwritten too early", _first_overwritten),
    ("maximum", "an operand overwritten too early", _first_overwritten),
    ("where", "result not written", _unwritten), ("tanh", "result not written", _unwritten),
]


# ---- updates ----

def _twice(right, backend):
    def broken(*arguments, **attrs):
        right(*arguments, **attrs)
        right(*arguments, **attrs)
    return broken


def _first_parameter(right, backend):
    """The other parameters are forgotten."""
    def broken(*arguments, **attrs):
        right(*[a[:1] if isinstance(a, (list, tuple)) else a for a in arguments], **attrs)
    return broken


def _other(**others):
    def fault(right, backend):
        return lambda *arguments, **attrs: right(*arguments, **{**attrs, **others})
    return fault


_UPDATES = [
    ("sgd_update", "made twice", _twice), ("sgd_update", "nesterov left out",
                                           _other(nesterov=False)),
    ("sgd_update", "only the first parameter", _first_parameter),
    ("rmsprop_update", "another epsilon", _other(epsilon=1e-2)),
    ("rmsprop_update", "only the first parameter", _first_parameter),
    ("adam_update", "another epsilon", _other(epsilon=1e-2)),
    ("adam_update", "only the first parameter", _first_parameter),
    ("adam_update", "made twice", _twice),
]


# ---- pairs ----

class _Pair(tuple):
    """A pair that refuses what the right one refused."""

    accepts = None


def _backward(change):
    """A pair whose backward function's results are changed: change(results) -> results."""
    def fault(pair, backend):
        forward, backward = pair

        def broken(*arguments, **attrs):
            return change(list(backward(*arguments, **attrs)))
        found = _Pair((forward, broken))
        accepts = getattr(pair, "accepts", None)
        found.accepts = accepts if accepts is not None else lambda node: True
        return found
    return fault


def _zeroed(position):
    def change(results):
        results[position] = results[position] * 0
        return results
    return _backward(change)


def _halved(position):
    def change(results):
        results[position] = results[position] * 0.5
        return results
    return _backward(change)


_PAIRS = [
    ("simple_rnn", "the recurrent kernel's gradient lost", _zeroed(3)),
    ("simple_rnn", "the initial state's gradient lost", _zeroed(1)),
    ("lstm", "the recurrent kernel's gradient lost", _zeroed(4)),
    ("lstm", "the cell's gradient halved", _halved(2)),
    ("gru", "the recurrent kernel's gradient lost", _zeroed(3)),
    ("gru", "the input's gradient halved", _halved(0)),
    ("normalize_batch_in_training", "the input's gradient halved", _halved(0)),
    ("normalize_batch_in_training", "gamma's gradient lost", _zeroed(1)),
]


# ---- two steps as one ----

def _halved_result(position):
    def fault(match, backend):
        def broken_match(first, second):
            function = match(first, second)
            if function is None:
                return None

            def broken(*arguments):
                results = list(function(*arguments))
                results[position] = results[position] * 0.5
                return tuple(results)
            return broken
        return broken_match
    return fault


_JOINT = [
    ("conv", "the input's gradient halved", _halved_result(0)),
    ("conv", "the kernel's gradient halved", _halved_result(1)),
    ("conv_input_gradient", "the gradient that goes on halved", _halved_result(0)),
    ("conv_input_gradient", "the kernel's gradient halved", _halved_result(1)),
]


# ---- specializers ----

def _attribute(name, value):
    """Made for another value of an attribute than is asked for."""
    def fault(right, backend):
        def specialize(specs, attrs):
            other = value(attrs[name]) if callable(value) else value
            return right(specs, {**attrs, name: other})
        return specialize
    return fault


def _negated(right, backend):
    """The kernel chosen has the wrong sign."""
    def specialize(specs, attrs):
        kernel = right(specs, attrs)
        if kernel is None:
            return None
        return lambda *arguments: backend.ops["negative"](kernel(*arguments))
    return specialize


_SPECIALIZERS = [
    ("lstm", "forwards whatever is asked", _attribute("reverse", False)),
    ("lstm", "tanh whatever is asked", _attribute("activation", "tanh")),
    ("gru", "forwards whatever is asked", _attribute("reverse", False)),
    ("simple_rnn", "forwards whatever is asked", _attribute("reverse", False)),
    ("normalize_batch_in_training", "another epsilon", _attribute("epsilon", 1e-2)),
    ("batch_normalization", "another epsilon", _attribute("epsilon", 1e-2)),
    ("sum", "along the axis before", _attribute("axis", lambda axis: tuple(
        max(i - 1, 0) for i in axis) if len(axis) == 1 else axis)),
    ("concatenate", "along the first axis", _attribute("axis", 0)),
    ("transpose", "axes left as they are", _attribute("perm", lambda perm: tuple(
        range(len(perm))))),
    ("mean", "the sign", _negated), ("var", "the sign", _negated), ("dot", "the sign", _negated),
    ("matmul", "the sign", _negated), ("resize_images", "the sign", _negated),
]


# ---- what the framework differentiates ----

def _detached(position=0):
    """No gradient to one input, though the values are right."""
    def fault(right, backend):
        stop = backend.ops["stop_gradient"]

        def broken(*arguments, **attrs):
            chosen = arguments[position]
            found = [stop(a) for a in chosen] if isinstance(chosen, list) else stop(chosen)
            return right(*arguments[:position], found, *arguments[position + 1:], **attrs)
        return broken
    return fault


def _doubled(right, backend):
    """Twice the gradient, though the values are right."""
    def broken(*arguments, **attrs):
        y = right(*arguments, **attrs)
        rest = backend.ops["subtract"](y, backend.ops["stop_gradient"](y))
        return backend.ops["add"](y, rest)
    return broken


_RECORDED = [
    ("exp", "no gradient", _detached()), ("tanh", "twice the gradient", _doubled),
    ("multiply", "no gradient to the second operand", _detached(1)),
    ("divide", "no gradient to the divisor", _detached(1)),
    ("matmul", "no gradient to the second factor", _detached(1)),
    ("conv", "no gradient to the kernel", _detached(1)),
    ("max_pool", "twice the gradient", _doubled), ("avg_pool", "no gradient", _detached()),
    ("concatenate", "no gradient", _detached()), ("gather", "twice the gradient", _doubled),
    ("softmax", "twice the gradient", _doubled), ("log_softmax", "no gradient", _detached()),
    ("sigmoid", "twice the gradient", _doubled), ("elu", "no gradient", _detached()),
    ("cumsum", "no gradient", _detached()), ("sqrt", "twice the gradient", _doubled),
]


def _table(kind, lines, *checks):
    return [Saboteur(name, op, kind, fault, checks) for op, name, fault in lines]


SABOTEURS = (_table(INPLACE, _INPLACE, "in place") + _table(UPDATE, _UPDATES, "in place")
             + _table(PAIR, _PAIRS, "gradient") + _table(JOINT, _JOINT, "gradient")
             + _table(SPECIALIZER, _SPECIALIZERS, "forward")
             + _table(RECORDED, _RECORDED, "gradient"))
