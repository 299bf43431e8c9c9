"""Passing on, stopping gradients, loops, branches, and the optimizers' steps."""
import numpy as np

from ..arrays import draw
from ..table import NUMBERS, Options, Table

TABLE = Table("control")
ALL = NUMBERS + ("bool",)
SHAPES = [draw(2, 3), draw(), draw(0, 2), draw(2, 1, 2, 1, 2)]

TABLE.reference("identity")(lambda x: x)
TABLE.reference("stop_gradient")(lambda variables: variables)
TABLE.reference("print_tensor")(lambda x, message="": x)
TABLE.cases("identity", dtypes=ALL, x=SHAPES)
TABLE.cases("stop_gradient", dtypes=ALL, variables=SHAPES)
TABLE.cases("print_tensor", dtypes=("float32",), x=draw(1), layouts=("plain",),
            options=Options(unknown="none"))


# ---- loops ----

@TABLE.reference("scan", terms=lambda x, h, w, **attrs: x.shape[0] * w.shape[0],
                 scale=lambda x, h, w, **attrs: [10 + np.abs(y) for y in scan(x, h, w, **attrs)])
def scan(x, h, w, reverse=False):
    """(h after each step in x's order, x h of each step, the last h) of h' = tanh(x + h w)."""
    steps = len(x)
    outputs, products = [None] * steps, [None] * steps
    for t in range(steps - 1, -1, -1) if reverse else range(steps):
        products[t] = x[t] * h
        h = np.tanh(x[t] + h @ w)
        outputs[t] = h
    empty = np.zeros((0, *h.shape))
    return (np.stack(outputs) if steps else empty), (np.stack(products) if steps else empty), h


def _scan(K, x, h, w, reverse=False):
    def step(now, state):
        new = K.tanh(now + K.dot(state, w))
        return [new, now * state], [new]
    return K.scan(step, [x], [h], reverse=reverse)


TABLE.cases("scan", x=[draw(4, 2, 3), draw(1, 2, 3), draw(0, 2, 3)], h=draw(2, 3), w=draw(3, 3),
            reverse=[False, True], options=Options(call=_scan, unknown="batch"))


@TABLE.reference("cond", terms=lambda condition, x, y: 3,
                 scale=lambda condition, x, y: [np.abs(x) + np.abs(y), np.abs(x) + np.abs(y)])
def cond(condition, x, y):
    """(x + y, x) or (x - y, y)."""
    return (x + y, x) if condition else (x - y, y)


def _cond(K, condition, x, y):
    return K.cond(condition, lambda: [x + y, x * 1], lambda: [x - y, y * 1])


TABLE.cases("cond", condition=[draw(dtype="bool")], x=draw(2, 3), y=draw(2, 3),
            options=Options(call=_cond, tolerance="arithmetic"))
TABLE.cases("cond", condition=[draw(dtype="bool", low=1)], x=draw(0, 3), y=draw(0, 3),
            options=Options(call=_cond, tolerance="arithmetic"))


# ---- optimizers' steps ----

def _two(low=-1.0):
    """Values for two parameters."""
    return [[draw(2, 3, low=low), draw(3, low=low)]]


def _numbers(function):
    """The op called with the hyper-parameters as scalar tensors."""
    def call(K, **arguments):
        return function(K, {name: K.constant(value, dtype=arguments["params"][0].dtype)
                            if isinstance(value, float) and name != "epsilon" else value
                            for name, value in arguments.items()})
    return call


def _of_abs(compute):
    """E: the sizes of all that is added up to a parameter."""
    def scale(**arguments):
        results = compute(**arguments)
        largest = max(np.abs(v).max() for name, values in arguments.items()
                      if isinstance(values, list) for v in values)
        return [largest + np.abs(y) for y in results]
    return scale


def sgd_update(params, gradients, lr, velocities=None, momentum=None, nesterov=False):
    """p - lr g, or with a velocity."""
    if velocities is None:
        return [p - lr * g for p, g in zip(params, gradients)]
    moved = [momentum * v - lr * g for v, g in zip(velocities, gradients)]
    ahead = [momentum * v - lr * g for v, g in zip(moved, gradients)] if nesterov else moved
    return [p + v for p, v in zip(params, ahead)] + moved


def rmsprop_update(params, accumulators, gradients, lr, rho, epsilon):
    """p - lr g / (sqrt(a) + epsilon): epsilon outside the root."""
    moved = [rho * a + (1 - rho) * g * g for a, g in zip(accumulators, gradients)]
    return [p - lr * g / (np.sqrt(a) + epsilon)
            for p, a, g in zip(params, moved, gradients)] + moved


def adam_update(params, first, second, gradients, lr_t, beta_1, beta_2, epsilon):
    """p - lr m / (sqrt(v) + epsilon): epsilon outside the root."""
    means = [beta_1 * m + (1 - beta_1) * g for m, g in zip(first, gradients)]
    squares = [beta_2 * v + (1 - beta_2) * g * g for v, g in zip(second, gradients)]
    return [p - lr_t * m / (np.sqrt(v) + epsilon)
            for p, m, v in zip(params, means, squares)] + means + squares


def _sgd(K, a):
    return K.sgd_update(a["params"], a.get("velocities"), a["gradients"], a["lr"],
                        a.get("momentum"), a.get("nesterov", False))


for _name, _compute in (("sgd_update", sgd_update), ("rmsprop_update", rmsprop_update),
                        ("adam_update", adam_update)):
    TABLE.reference(_name, scale=_of_abs(_compute), terms=lambda **attrs: 1)(_compute)
STEPS = {"dtypes": ("float32", "float64")}
# A parameter large enough to be taken in parts.
LARGE, ABOVE = [[draw(170, 100), draw(3)]], [[draw(170, 100, low=0.01), draw(3, low=0.01)]]
TABLE.cases("sgd_update", params=LARGE, gradients=LARGE, velocities=LARGE, lr=0.1,
            momentum=[0.9, 0.0], dtypes=("float32",), layouts=("plain",),
            options=Options(call=_numbers(_sgd), unknown="none"))
TABLE.cases("rmsprop_update", params=LARGE, gradients=LARGE, accumulators=ABOVE, lr=0.01, rho=0.9,
            epsilon=1e-7, dtypes=("float32",), layouts=("plain",),
            options=Options(call=_numbers(lambda K, a: K.rmsprop_update(**a)), unknown="none"))
TABLE.cases("adam_update", params=LARGE, first=LARGE, second=ABOVE, gradients=LARGE, lr_t=0.01,
            beta_1=0.9, beta_2=0.999, epsilon=1e-7, dtypes=("float32",), layouts=("plain",),
            options=Options(call=_numbers(lambda K, a: K.adam_update(**a)), unknown="none"))
TABLE.cases("sgd_update", params=_two(), gradients=_two(), lr=0.1, **STEPS,
            options=Options(call=_numbers(_sgd), unknown="none"))
TABLE.cases("sgd_update", params=_two(), gradients=_two(), velocities=_two(), lr=0.1,
            momentum=[0.9, 0.0], nesterov=[False, True], **STEPS,
            options=Options(call=_numbers(_sgd), unknown="none"))
TABLE.cases("rmsprop_update", params=_two(), gradients=_two(), accumulators=_two(0.01), lr=0.01,
            rho=0.9, epsilon=[1e-7, 1e-3], **STEPS,
            options=Options(call=_numbers(lambda K, a: K.rmsprop_update(**a)), unknown="none"))
TABLE.cases("adam_update", params=_two(), first=_two(), second=_two(0.01), gradients=_two(),
            lr_t=0.01, beta_1=0.9, beta_2=0.999, epsilon=[1e-7, 1e-3], **STEPS,
            options=Options(call=_numbers(lambda K, a: K.adam_update(**a)), unknown="none"))
