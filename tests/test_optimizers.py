"""Optimizers: steps against their formulas in float64, configs, weights, clipping, constraints."""
import numpy as np
import pytest
from linear_model import X, Y, linear

from keras_compat import backend as K
from keras_compat import constraints, optimizers

RATE, EPSILON = 0.1, 1e-7


def minimum_of(optimizer, start, steps=3, constraint=None):
    """The variables after some steps on loss = sum(x^2) + 3 sum(y), and the optimizer."""
    x = K.variable(start[0], constraint=constraint)
    y = K.variable(start[1])
    loss = K.sum(K.square(x)) + 3. * K.sum(y)
    step = K.function([], [loss], optimizer.get_updates(loss, [x, y]))
    for _ in range(steps):
        step([])
    return [K.get_value(x), K.get_value(y)]


START = [np.array([[1., -2.], [0.5, 3.]]), np.array([0.2, -0.4])]


def followed(rule, steps=3):
    """The same in float64: `rule(t, p, g, state)` gives the new parameter."""
    params = [p.copy() for p in START]
    states = [{}, {}]
    for t in range(1, steps + 1):
        grads = [2 * params[0], np.full(2, 3.)]
        params = [rule(t, p, g, s) for p, g, s in zip(params, grads, states)]
    return params


def moving(state, name, old_share, new):
    state[name] = old_share * state.get(name, 0.) + new
    return state[name]


def sgd(t, p, g, s, momentum=0.9):
    return p + moving(s, "v", momentum, -RATE * g)


def sgd_nesterov(t, p, g, s):
    return p + 0.9 * moving(s, "v", 0.9, -RATE * g) - RATE * g


def sgd_decay(t, p, g, s):
    return p - RATE / (1 + 0.5 * (t - 1)) * g


def rmsprop(t, p, g, s):
    return p - RATE * g / (np.sqrt(moving(s, "a", 0.9, 0.1 * g * g)) + EPSILON)


def adagrad(t, p, g, s):
    return p - RATE * g / (np.sqrt(moving(s, "a", 1., g * g)) + EPSILON)


def adadelta(t, p, g, s):
    a = moving(s, "a", 0.95, 0.05 * g * g)
    u = g * np.sqrt(s.get("d", 0.) + EPSILON) / np.sqrt(a + EPSILON)
    moving(s, "d", 0.95, 0.05 * u * u)
    return p - RATE * u


def adam(t, p, g, s):
    m, v = moving(s, "m", 0.9, 0.1 * g), moving(s, "v", 0.999, 0.001 * g * g)
    rate = RATE * np.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
    return p - rate * m / (np.sqrt(v) + EPSILON)


def amsgrad(t, p, g, s):
    m, v = moving(s, "m", 0.9, 0.1 * g), moving(s, "v", 0.999, 0.001 * g * g)
    s["h"] = np.maximum(s.get("h", 0.), v)
    rate = RATE * np.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
    return p - rate * m / (np.sqrt(s["h"]) + EPSILON)


def adamax(t, p, g, s):
    m = moving(s, "m", 0.9, 0.1 * g)
    s["u"] = np.maximum(0.999 * s.get("u", 0.), np.abs(g))
    return p - RATE / (1 - 0.9 ** t) * m / (s["u"] + EPSILON)


def nadam(t, p, g, s):
    mu, after = (0.9 * (1 - 0.5 * 0.96 ** (0.004 * i)) for i in (t, t + 1))
    s["schedule"] = s.get("schedule", 1.) * mu
    m, v = moving(s, "m", 0.9, 0.1 * g), moving(s, "v", 0.999, 0.001 * g * g)
    bar = ((1 - mu) * g / (1 - s["schedule"])
           + after * m / (1 - s["schedule"] * after))
    return p - RATE * bar / (np.sqrt(v / (1 - 0.999 ** t)) + EPSILON)


@pytest.mark.parametrize("rule, name, arguments", [
    (lambda *a: sgd(*a, momentum=0.), "SGD", {}),
    (sgd, "SGD", {"momentum": 0.9}),
    (sgd_nesterov, "SGD", {"momentum": 0.9, "nesterov": True}),
    (sgd_decay, "SGD", {"decay": 0.5}),
    (rmsprop, "RMSprop", {}), (adagrad, "Adagrad", {}), (adadelta, "Adadelta", {}),
    (adam, "Adam", {}), (amsgrad, "Adam", {"amsgrad": True}), (adamax, "Adamax", {}),
    (nadam, "Nadam", {}),
])
def test_steps_follow_the_formula(backend, rule, name, arguments):
    found = minimum_of(getattr(optimizers, name)(lr=RATE, **arguments), START)
    for value, expected in zip(found, followed(rule)):
        np.testing.assert_allclose(value, expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("arguments, factor", [
    ({"clipnorm": 1.}, 1 / np.sqrt(np.sum((2 * START[0]) ** 2) + 18)),
    ({"clipnorm": 1000.}, 1.),
], ids=["clipped", "within"])
def test_clipnorm_takes_the_norm_of_all_gradients(backend, arguments, factor):
    x, y = minimum_of(optimizers.SGD(lr=1., **arguments), START, steps=1)
    np.testing.assert_allclose(x, START[0] - 2 * START[0] * factor, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(y, START[1] - 3 * factor, rtol=1e-5)


def test_clipvalue_bounds_each_element(backend):
    x, y = minimum_of(optimizers.SGD(lr=1., clipvalue=1.5), START, steps=1)
    np.testing.assert_allclose(x, START[0] - np.clip(2 * START[0], -1.5, 1.5), rtol=1e-6)
    np.testing.assert_allclose(y, START[1] - 1.5, rtol=1e-6)


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam", "Adagrad"])
def test_constraints_hold_after_each_step(backend, name):
    x, y = minimum_of(getattr(optimizers, name)(lr=1.), START, constraint=constraints.non_neg())
    assert (x >= 0).all() and (y < 0).any()


@pytest.mark.parametrize("name, shapes", [
    ("SGD", [(), (2, 2), (2,)]),
    ("RMSprop", [(), (2, 2), (2,)]),
    ("Adagrad", [(), (2, 2), (2,)]),
    ("Adadelta", [(), (2, 2), (2,), (2, 2), (2,)]),
    ("Adam", [(), (2, 2), (2,), (2, 2), (2,), (1,), (1,)]),
    ("Adamax", [(), (2, 2), (2,), (2, 2), (2,)]),
    ("Nadam", [(), (), (2, 2), (2,), (2, 2), (2,)]),
])
def test_weights_have_kerass_order(name, shapes):
    optimizer = getattr(optimizers, name)()
    minimum_of(optimizer, START, steps=2)
    weights = optimizer.get_weights()
    assert [np.shape(w) for w in weights] == shapes
    assert weights[0] == 2
    optimizer.set_weights([w + 1 for w in weights])
    assert optimizer.get_weights()[0] == 3


def test_set_weights_refuses_other_shapes():
    optimizer = optimizers.SGD()
    with pytest.raises(ValueError, match=r"SGD: .*Expected 0 arrays.*received 1 arrays \(3,\)"):
        optimizer.set_weights([np.zeros(3)])


@pytest.mark.parametrize("name, config", [
    ("SGD", {"learning_rate": 0.01, "momentum": 0., "decay": 0., "nesterov": False}),
    ("RMSprop", {"learning_rate": 0.001, "rho": 0.9, "decay": 0., "epsilon": 1e-7}),
    ("Adagrad", {"learning_rate": 0.01, "decay": 0., "epsilon": 1e-7}),
    ("Adadelta", {"learning_rate": 1., "rho": 0.95, "decay": 0., "epsilon": 1e-7}),
    ("Adam", {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.,
              "epsilon": 1e-7, "amsgrad": False}),
    ("Adamax", {"learning_rate": 0.002, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.,
                "epsilon": 1e-7}),
    ("Nadam", {"learning_rate": 0.002, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7,
               "schedule_decay": 0.004}),
])
def test_config_round_trip(name, config):
    optimizer = optimizers.get(name.lower())
    assert optimizer.get_config() == pytest.approx(config)
    made = optimizers.deserialize(optimizers.serialize(optimizer))
    assert type(made) is type(optimizer) and made.get_config() == optimizer.get_config()


def test_clipping_is_in_the_config_where_it_was_given():
    assert optimizers.SGD(clipnorm=2.).get_config()["clipnorm"] == 2.
    assert "clipvalue" not in optimizers.SGD(clipnorm=2.).get_config()
    # Keras 2.3.1 lists them first.
    assert list(optimizers.SGD(clipvalue=1., clipnorm=2.).get_config()) == [
        "clipnorm", "clipvalue", "learning_rate", "momentum", "decay", "nesterov"]


def test_weights_are_named_for_the_optimizer():
    """`training/Nadam/...` as Keras 2.3.1 saves them, without the graph's own numbering."""
    model = linear()
    model.compile("nadam", "mse")
    model.train_on_batch(X, Y)
    assert [w.name for w in model.optimizer.weights] == [
        "Nadam/iterations:0", "Nadam/m_schedule:0",
        *(f"training/Nadam/{kind}_{i}:0" for kind in "mv" for i in range(2))]


def test_learning_rate_has_both_names():
    optimizer = optimizers.Adam(lr=0.5)
    assert K.get_value(optimizer.lr) == K.get_value(optimizer.learning_rate) == 0.5
    K.set_value(optimizer.lr, 0.25)
    assert optimizer.get_config()["learning_rate"] == 0.25


def test_changing_the_rate_changes_the_next_step(backend):
    x = K.variable(1.)
    optimizer = optimizers.SGD(lr=1.)
    step = K.function([], [], optimizer.get_updates(x, [x]))
    step([])
    K.set_value(optimizer.lr, 0.5)
    step([])
    assert K.get_value(x) == -0.5


@pytest.mark.parametrize("call, error, text", [
    (lambda: optimizers.SGD(rate=1), TypeError, "SGD: unexpected keyword.*received 'rate'"),
    (lambda: optimizers.get(3), ValueError, "optimizers.get: .*received 3"),
    (lambda: optimizers.get("sdg"), ValueError, "unknown optimizer.*'sdg'"),
    (lambda: optimizers.Optimizer().get_updates(None, []), NotImplementedError, "get_updates"),
])
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_a_loss_without_gradient_names_the_weights():
    x = K.variable(1., name="mine")
    with pytest.raises(ValueError, match="SGD: the loss must depend.*received none for mine:0"):
        optimizers.SGD().get_updates(K.variable(2.), [x])


def test_custom_optimizer_trains_through_the_base(backend):
    class Signs(optimizers.Optimizer):
        """Moves against the sign of the gradient."""

        def get_updates(self, loss, params):
            grads = self.get_gradients(loss, params)
            return [K.update(p, p - 0.1 * K.sign(g)) for p, g in zip(params, grads)]

    x, y = minimum_of(Signs(), START, steps=1)
    np.testing.assert_allclose(x, START[0] - 0.1 * np.sign(START[0]), rtol=1e-6)
    np.testing.assert_allclose(y, START[1] - 0.1, rtol=1e-6)
