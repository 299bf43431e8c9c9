"""Any legal shapes and attributes, drawn by hypothesis, for each family of rules.

The tables hold the corners that somebody thought of; these strategies make cases of the
same kind, with the same references and tolerances, that nobody did. A case that fails
is shrunk, and its id says the line to add to the tables. Needs hypothesis, which the
rest of the suite does not.
"""
import os

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes

from . import cases
from .arrays import Given, draw
from .cases import windows
from .table import Options, _case

settings.register_profile("ci", max_examples=50, derandomize=True, deadline=None, database=None)
settings.register_profile("nightly", max_examples=5000, deadline=None, database=None)
PROFILE = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

ANY = shapes.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4)
FULL = shapes.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4)


def _made(op, inputs, attrs=None, dtype="float32", sizes="known", **options):
    """The case of an op, with the options of its table."""
    own = cases.by_op()[op][0].options if op in cases.by_op() else Options()
    own = own._replace(unknown=sizes, **options)
    return _case(op, {**inputs, **(attrs or {})}, dtype, "plain", sizes, own,
                 cases.references()[op])


def _sizes(unknown="all"):
    return st.sampled_from(["known", unknown])


# ---- elementwise ----

# Of 0 and -0 either may count as the greater, so that whole numbers begin at 1 there.
_RANGES = {"add": {}, "subtract": {}, "multiply": {},
           "maximum": {"steps": 1, "low": 1.0}, "minimum": {"steps": 1, "low": 1.0},
           "equal": {"steps": 1}, "less": {"steps": 1},
           "greater_equal": {"steps": 1}, "divide": {"low": 0.5}, "pow": {"low": 0.2},
           "floor_divide": {"low": 0.5, "steps": 4}, "mod": {"low": 0.5, "steps": 4}}


@st.composite
def broadcast(make):
    """Two operands whose shapes go together."""
    op = make(st.sampled_from(sorted(_RANGES)))
    one, other = make(shapes.mutually_broadcastable_shapes(
        num_shapes=2, max_dims=4, min_side=0, max_side=3)).input_shapes
    second = "a" if op == "pow" else "y"
    facts = _RANGES[op]
    return _made(op, {"x": draw(*one, **facts), second: draw(*other, **facts)},
                 sizes=make(_sizes()), dtype=make(st.sampled_from(["float32", "float64"])),
                 smooth="steps" not in facts)


@st.composite
def chosen(make):
    """A condition and two operands whose shapes go together."""
    found = make(shapes.mutually_broadcastable_shapes(num_shapes=3, max_dims=4, min_side=0,
                                                      max_side=3)).input_shapes
    condition, x, y = found
    return _made("where", {"condition": draw(*condition, dtype="bool"), "x": draw(*x),
                           "y": draw(*y)}, sizes=make(_sizes()))


_FUNCTIONS = ("abs", "exp", "negative", "relu", "round", "sigmoid", "sign", "softplus", "square",
              "tanh", "hard_sigmoid", "elu", "erf", "floor", "sin", "isnan")


@st.composite
def unary(make):
    """A function of each element, of any shape."""
    return _made(make(st.sampled_from(_FUNCTIONS)), {"x": draw(*make(ANY))},
                 sizes=make(_sizes()))


# ---- reductions ----

_SUMS = ("sum", "prod", "any", "all")
_OF_SOMETHING = ("mean", "max", "min", "var", "std", "logsumexp")


@st.composite
def reduced(make):
    """Any axes, counted from either end, kept or not; nothing only where a sum of it exists."""
    op = make(st.sampled_from(_SUMS + _OF_SOMETHING))
    shape = make(ANY if op in _SUMS else FULL)
    axis = make(st.none() | _axes(len(shape))) if shape else None
    facts = {"dtype": "bool"} if op in ("any", "all") else {}
    return _made(op, {"x": draw(*shape, **facts)},
                 {"axis": axis, "keepdims": make(st.booleans())}, sizes=make(_sizes()),
                 dtype="float64" if op == "prod" else "float32",
                 smooth=op != "std" or bool(np.std(np.arange(np.prod(shape)).reshape(shape),
                                                   axis).min(initial=1)))


def _axes(rank):
    """One axis, or several different ones as a tuple."""
    single = st.integers(-rank, rank - 1)
    return single | st.lists(single, min_size=1, max_size=rank, unique_by=lambda i: i % rank).map(
        tuple)


@st.composite
def along(make):
    """Running sums, places of extremes, and normalisations along one axis."""
    op = make(st.sampled_from(["cumsum", "cumprod", "argmax", "argmin", "softmax", "log_softmax"]))
    shape = make(FULL)
    axis = make(st.integers(-len(shape), len(shape) - 1))
    facts = {"steps": 1} if op.startswith("arg") else {}
    return _made(op, {"x": draw(*shape, **facts)}, {"axis": axis}, sizes=make(_sizes()))


# ---- windows ----

@st.composite
def _window(make, dilated=True):
    """(sizes, window, attributes) of 1 to 3 spatial axes where the window fits."""
    rank = make(st.integers(1, 3))

    def each(low, high):
        return make(st.tuples(*[st.integers(low, high)] * rank))
    window = each(1, 3)
    strides = each(1, 3)
    dilation = each(1, 3) if dilated and max(strides) == 1 else windows.ones(rank)
    padding = make(st.sampled_from(["valid", "same"]))
    reach = [(k - 1) * d + 1 for k, d in zip(window, dilation)]
    least = reach if padding == "valid" else windows.ones(rank)
    sizes = tuple(n + more for n, more in zip(least, each(0, 4)))
    attrs = {"strides": strides, "padding": padding, "data_format": make(
        st.sampled_from(["channels_last", "channels_first"]))}
    return sizes, window, dilation, attrs


def _arranged(batch, sizes, channels, data_format):
    return (batch, channels, *sizes) if data_format == "channels_first" else (
        batch, *sizes, channels)


@st.composite
def convolved(make):
    """A convolution or one of its two gradients."""
    sizes, window, dilation, attrs = make(_window())
    groups, inside, outside = make(st.tuples(*[st.integers(1, 2)] * 3))
    batch = make(st.integers(1, 2))
    attrs = {**attrs, "dilation": dilation, "groups": groups}
    x = _arranged(batch, sizes, groups * inside, attrs["data_format"])
    kernel = (*window, inside, groups * outside)
    y = windows.convolved(np.zeros(x), np.zeros(kernel), **attrs).shape
    op, inputs = make(st.sampled_from([
        ("conv", {"x": draw(*x), "kernel": draw(*kernel)}),
        ("conv_input_gradient", {"g": draw(*y), "kernel": draw(*kernel)}),
        ("conv_kernel_gradient", {"x": draw(*x), "g": draw(*y)})]))
    more = {"conv": {}, "conv_input_gradient": {"shape": x},
            "conv_kernel_gradient": {"kernel_shape": kernel}}
    return _made(op, inputs, {**more[op], **attrs}, sizes=make(_sizes("batch")))


@st.composite
def pooled(make):
    """A pooling or one of its gradients."""
    sizes, window, _, attrs = make(_window(dilated=False))
    attrs = {**attrs, "pool_size": window}
    shape = _arranged(make(st.integers(1, 2)), sizes, make(st.integers(1, 2)),
                      attrs["data_format"])
    x = draw(*shape, distinct=True)
    y = draw(*cases.references()["avg_pool"].compute(np.zeros(shape), **attrs).shape)
    op, inputs = make(st.sampled_from([
        ("max_pool", {"x": x}), ("avg_pool", {"x": x}), ("max_pool_gradient", {"g": y, "x": x}),
        ("max_pool_select", {"h": draw(*shape), "x": x}), ("avg_pool_gradient", {"g": y})]))
    more = {"shape": shape} if op == "avg_pool_gradient" else {}
    return _made(op, inputs, {**more, **attrs}, sizes=make(_sizes("batch")))


# ---- indexing ----

@st.composite
def read(make):
    """Brackets: positions, slices with steps of either sign, new axes, an ellipsis."""
    shape = make(FULL)
    index = make(shapes.basic_indices(shape, allow_newaxis=True))
    index = index if isinstance(index, tuple) else (index,)
    return _made("subscript", {"x": draw(*shape)}, {"index": index}, sizes="known")


@st.composite
def gathered(make):
    """Rows at indices of any shape, and the gradient that adds them up."""
    shape = make(FULL)
    places = make(shapes.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    indices = draw(*places, dtype="int32", low=0, high=shape[0] - 1)
    if make(st.booleans()):
        return _made("gather", {"reference": draw(*shape), "indices": indices},
                     sizes=make(_sizes()))
    axis = make(st.integers(0, len(shape) - 1))
    indices = indices._replace(high=shape[axis] - 1)
    g = draw(*shape[:axis], *places, *shape[axis + 1:])
    return _made("gather_gradient", {"g": g, "indices": indices}, {"shape": shape, "axis": axis},
                 sizes="known")


@st.composite
def ranked(make):
    """The k greatest, and one-hot rows."""
    shape = make(FULL)
    if make(st.booleans()):
        return _made("one_hot", {"indices": draw(*shape, low=-1, high=4)}, {"num_classes": make(
            st.integers(1, 4))}, dtype="int32", sizes=make(_sizes()))
    return _made("top_k", {"x": draw(*shape, steps=1)}, {"k": make(st.integers(1, shape[-1]))})


# ---- shapes ----

@st.composite
def reshaped(make):
    """The elements in another shape, of which one size may be left open."""
    old = make(ANY)
    total = int(np.prod(old))
    sizes = []
    while len(sizes) < 3 and make(st.booleans()):
        left = total // max(int(np.prod(sizes)), 1)
        sizes.append(make(st.sampled_from([n for n in range(1, left + 1) if left % n == 0]
                                          or [1])))
    rest = total // max(int(np.prod(sizes)), 1)
    known = make(st.booleans())
    return _made("reshape", {"x": draw(*old)}, {"shape": (*sizes, rest if known else -1)},
                 sizes="known")


@st.composite
def arranged(make):
    """Axes exchanged, turned round, added and taken away."""
    shape = make(FULL)
    rank = len(shape)
    axis = make(st.integers(-rank, rank - 1))
    ones = tuple(i for i, n in enumerate(shape) if n == 1)
    lines = [("permute_dimensions", {"pattern": tuple(make(st.permutations(range(rank))))}),
             ("reverse", {"axes": make(_axes(rank))}), ("expand_dims", {"axis": axis}),
             ("repeat_elements", {"rep": make(st.integers(0, 3)), "axis": axis}),
             ("tile", {"n": make(st.tuples(*[st.integers(0, 3)] * rank))}),
             ("pad", {"paddings": make(st.tuples(*[st.tuples(
                 st.integers(0, 2), st.integers(0, 2))] * rank)),
                 "value": make(st.sampled_from([0, 1.5]))})]
    lines += [("squeeze", {"axis": make(st.sampled_from(ones))})] if ones else []
    op, attrs = make(st.sampled_from(lines))
    return _made(op, {"x": draw(*shape)}, attrs, sizes=make(_sizes()) if op != "squeeze"
                 else "known")


@st.composite
def joined(make):
    """Tensors side by side, or one after the other with sizes of their own."""
    shape = make(FULL)
    count = make(st.integers(1, 3))
    if make(st.booleans()):
        return _made("stack", {"x": [draw(*shape)] * count}, {"axis": make(
            st.integers(-len(shape) - 1, len(shape)))}, sizes=make(_sizes()))
    axis = make(st.integers(-len(shape), len(shape) - 1))
    parts = []
    for _ in range(count):
        part = list(shape)
        part[axis] = make(st.integers(0, 3))
        parts.append(draw(*part))
    return _made("concatenate", {"tensors": parts}, {"axis": axis}, sizes=make(_sizes()))


@st.composite
def spread(make):
    """Broadcasting to a shape, and the sums that undo it."""
    small, large = make(shapes.mutually_broadcastable_shapes(
        num_shapes=1, base_shape=make(FULL), max_dims=3, min_side=1, max_side=3).map(
            lambda found: (found.input_shapes[0], found.result_shape)))
    if make(st.booleans()):
        return _made("broadcast_to", {"x": draw(*small)}, {"shape": large}, sizes="known")
    return _made("sum_to", {"x": draw(*large)}, {"shape": small}, sizes="known")


@st.composite
def multiplied(make):
    """Products of tensors of any ranks, and of batches of matrices."""
    inner = make(st.integers(1, 4))
    before, after = make(shapes.array_shapes(min_dims=0, max_dims=2, max_side=3)), make(
        shapes.array_shapes(min_dims=0, max_dims=2, max_side=3))
    if make(st.booleans()):
        y = (*after[:-1], inner, *after[-1:])
        return _made("dot", {"x": draw(*before, inner), "y": draw(*y)}, sizes=make(_sizes()))
    one, other = make(shapes.mutually_broadcastable_shapes(
        num_shapes=2, max_dims=2, max_side=3)).input_shapes
    rows, columns = make(st.integers(1, 3)), make(st.integers(1, 3))
    return _made("matmul", {"x": draw(*one, rows, inner), "y": draw(*other, inner, columns)},
                 sizes=make(_sizes()))


@st.composite
def any_numbers(make):
    """Any float32, the greatest, the smallest, infinities and NaN among them."""
    op = make(st.sampled_from(["negative", "abs", "sign", "floor", "ceil", "round", "maximum",
                               "minimum", "equal", "less", "isnan", "isfinite"]))
    numbers = st.lists(st.floats(width=32, allow_subnormal=False), min_size=1, max_size=6)
    x = make(numbers)
    inputs = {"x": Given(x, f"numbers {x}")}
    if op in ("maximum", "minimum", "equal", "less"):
        y = make(numbers.filter(lambda found: len(found) >= len(x)).map(
            lambda found: found[:len(x)]) | st.just(x[::-1]))
        inputs["y"] = Given(y, f"numbers {y}")
    return _made(op, inputs)


FAMILIES = {
    "broadcasting": broadcast(), "choice": chosen(), "functions of each element": unary(),
    "any numbers": any_numbers(), "reductions": reduced(), "along an axis": along(),
    "convolutions": convolved(), "pooling": pooled(), "brackets": read(), "gather": gathered(),
    "places": ranked(), "reshape": reshaped(), "axes": arranged(), "joining": joined(),
    "spreading": spread(), "products": multiplied(),
}
