"""Which unknown sizes are equal, so that steps that only serve unequal ones can go.

A static shape says None for every unknown size. While a graph is lowered each
unknown size gets a token, and steps hand tokens on: x and relu(x) have the same
batch size although both say None. Then the sum over broadcast axes that a
gradient rule must ask for (`sum_to`) is seen to do nothing and is left out.
"""
import itertools
import math

_tokens = itertools.count(-1, -1)

_SAME = {"cast", "softmax", "log_softmax", "stop_gradient", "identity", "cumsum", "cumprod",
         "reverse", "l2_normalize", "bias_add", "dropout", "batch_normalization", "print_tensor"}
_BATCH = {"conv", "max_pool", "avg_pool", "max_pool_select", "depthwise_conv2d"}
_FROM_SHAPE = {"broadcast_to": 1, "sum_to": 1, "full": 0, "conv_input_gradient": 2,
               "avg_pool_gradient": 1, "getitem_gradient": 1, "gather_gradient": 2}


class Dimensions:
    """Sizes of values: an int, or a negative token for an unknown size."""

    def __init__(self):
        self._sizes = {}
        self._source = {}     # id of a `shape` step's value -> the value it is the shape of
        self._spread = {}     # id of a `broadcast_to` step's value -> its input

    def of(self, value):
        """The sizes of a value; new tokens for what nothing is known of."""
        if id(value) not in self._sizes:
            self._sizes[id(value)] = _filled(value.shape, None)
        return self._sizes[id(value)]

    def record(self, op, inputs, attrs, outputs):
        """Works out the sizes of a step's results."""
        if op.name == "shape":
            self._source[id(outputs[0])] = inputs[0]
        elif op.name == "broadcast_to":
            self._spread[id(outputs[0])] = inputs[0]
        for i, value in enumerate(outputs):
            known = self._derived(op, inputs, attrs, i) if value.kind == "step" else None
            if known is not None and len(known) == len(value.shape):
                self._sizes[id(value)] = _filled(value.shape, known)

    def same(self, value, other):
        """Says that a value has the sizes of another."""
        if value.kind == "step":
            self._sizes[id(value)] = self.of(other)

    def useless(self, op, inputs):
        """The input that a step would return unchanged, or None."""
        if op.name in ("sum_to", "broadcast_to"):
            wanted = self._shape_argument(inputs[1])
            return inputs[0] if wanted is not None and wanted == self.of(inputs[0]) else None
        if op.name == "multiply":
            for one, other in (inputs, inputs[::-1]):
                if _is_one(one) and one.dtype == other.dtype and \
                        self._broadcast(inputs) == self.of(other):
                    return other
        return None

    def unspread(self, op, inputs):
        """Inputs of an elementwise step, without broadcasts that it does by itself."""
        if not op.elementwise or len(inputs) < 2 or any(not _is_value(v) for v in inputs):
            return inputs
        whole = self._broadcast(inputs)
        plain = list(inputs)
        for i, value in enumerate(inputs):
            source = self._spread.get(id(value))
            rest = plain[:i] + plain[i + 1:]
            if source is not None and any(self.of(v) == whole for v in rest):
                plain[i] = source
        return tuple(plain)

    def _shape_argument(self, vector):
        source = self._source.get(id(vector)) if vector is not None else None
        return None if source is None else self.of(source)

    def _derived(self, op, inputs, attrs, index):
        name = op.name
        if name in _FROM_SHAPE:
            return self._shape_argument(inputs[_FROM_SHAPE[name]])
        if name == "reshape":
            return self._reshaped(*inputs, **attrs)
        if any(not _is_value(v) for v in inputs):
            return None
        if op.elementwise:
            return self._broadcast(inputs)
        if name in _SAME:
            return self.of(inputs[0])
        if name in _BATCH:
            batch = self.of(inputs[0])[0]
            return None if index else (batch, *(None,) * (len(inputs[0].shape) - 1))
        rule = _RULES.get(name)
        if rule is not None:
            return rule(*(self.of(v) for v in inputs), **attrs)
        axis = attrs.get("axis")
        if isinstance(axis, tuple) and "keepdims" in attrs:
            return _reduced(self.of(inputs[0]), axis, attrs["keepdims"])
        return None

    def _reshaped(self, x, vector, shape):
        """One unknown size before and after, and the rest of equal product: the same size."""
        if vector is not None:
            return self._shape_argument(vector)
        sizes = self.of(x)
        tokens = [n for n in sizes if n < 0]
        before = math.prod(n for n in sizes if n >= 0)
        after = math.prod(n for n in shape if n >= 0)
        if len(tokens) != 1 or shape.count(-1) != 1 or before != after:
            return None
        return tuple(tokens[0] if n < 0 else n for n in shape)

    def _broadcast(self, inputs):
        sizes = [self.of(v) for v in inputs]
        rank = max(map(len, sizes))
        padded = [(1,) * (rank - len(s)) + s for s in sizes]
        return tuple(_joined(set(column)) for column in zip(*padded))


def _joined(column):
    """The broadcast size of one axis; None where it cannot be told."""
    column.discard(1)
    if not column:
        return 1
    known = [n for n in column if n is not None and n >= 0]
    if known:
        return known[0]
    return column.pop() if len(column) == 1 else None


def _filled(shape, known):
    """Static sizes where there are any, else what is known, else new tokens."""
    known = known or (None,) * len(shape)
    return tuple(n if n is not None else k if k is not None else next(_tokens)
                 for n, k in zip(shape, known))


def _is_value(item):
    return item is not None and not isinstance(item, tuple)


def _is_one(value):
    return value.kind == "constant" and value.payload.size == 1 and value.payload.flat[0] == 1


def _reduced(sizes, axis, keepdims):
    if keepdims:
        return tuple(1 if i in axis else n for i, n in enumerate(sizes))
    return tuple(n for i, n in enumerate(sizes) if i not in axis)


def _dot(x, y):
    return x[:-1] + y[:-2] + y[-1:] if len(y) > 1 else x[:-1]


def _matmul(x, y):
    return x[:-1] + y[-1:] if len(x) >= len(y) and x[:-2][len(x) - len(y):] == y[:-2] else None


_RULES = {
    "dot": _dot,
    "matmul": _matmul,
    "transpose": lambda x, *, perm: tuple(x[i] for i in perm),
    "expand_dims": lambda x, *, axis: x[:axis] + (1,) + x[axis:],
    "squeeze": lambda x, *, axis: tuple(n for i, n in enumerate(x) if i not in axis),
    "gather": lambda x, i, *, axis: x[:axis] + i + x[axis + 1:],
    "max_pool_gradient": lambda g, x, **attrs: x,
}
