"""Activations, initializers, regularizers and constraints: names, formulas, configs, errors."""
import numpy as np
import pytest

from keras_compat import activations, constraints, initializers, regularizers
from keras_compat import backend as K


def value(tensor):
    return K.get_value(K.variable(tensor))


# ---- activations ----

@pytest.mark.parametrize("name, function", {
    "linear": lambda x: x, "tanh": np.tanh, "exponential": np.exp,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "softplus": lambda x: np.log1p(np.exp(x)),
    "softsign": lambda x: x / (1 + np.abs(x)), "relu": lambda x: np.maximum(x, 0),
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(x) - 1)),
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)}.items())
def test_activations_follow_their_formulas(name, function, backend):
    x = np.linspace(-4, 4, 24).reshape(4, 6).astype("float32")
    found = activations.get(name)
    np.testing.assert_allclose(K.eval(found(K.constant(x))), function(x), rtol=1e-5, atol=1e-6)
    assert activations.serialize(found) == name
    assert activations.known_name(found) == name


def test_activations_of_all_kinds_of_identifiers():
    assert activations.get(None) is activations.linear
    assert activations.get(np.tanh) is np.tanh
    assert activations.known_name(lambda x: x) is None
    with pytest.raises(ValueError, match="not an activation function"):
        activations.get(3)
    with pytest.raises(ValueError, match="unknown activation function"):
        activations.get("deserialize")
    with pytest.raises(ValueError, match="at least two axes"):
        activations.softmax(K.constant([1.0, 2.0]))


def test_a_layer_as_activation_is_warned_about():
    from keras_compat import layers
    with pytest.warns(UserWarning, match="as a layer of its own"):
        activations.get(layers.LeakyReLU())


# ---- initializers ----

@pytest.mark.parametrize("name, scale, fan", [
    ("lecun_uniform", 1, 40), ("glorot_uniform", 1, 50), ("he_uniform", 2, 40),
    ("lecun_normal", 1, 40), ("glorot_normal", 1, 50), ("he_normal", 2, 40)])
def test_variance_scaling_has_the_variance_of_its_name(name, scale, fan, backend):
    np.random.seed(0)
    w = value(initializers.get(name)((2, 2, 10, 15)))
    assert w.dtype == "float32" and abs(w.mean()) < 0.03
    assert abs(w.var() / (scale / fan) - 1) < 0.15
    if name.endswith("uniform"):
        assert np.abs(w).max() <= np.sqrt(3 * scale / fan)


@pytest.mark.parametrize("make, check", [
    (initializers.RandomNormal(1.0, 0.1), lambda w: abs(w.mean() - 1) < 0.02),
    (initializers.RandomUniform(2, 3), lambda w: 2 <= w.min() and w.max() < 3),
    (initializers.TruncatedNormal(0, 0.5), lambda w: np.abs(w).max() <= 1),
    (initializers.Orthogonal(2.0), lambda w: np.allclose(w.T @ w, 4 * np.eye(30), atol=1e-3)),
    (initializers.Constant(0.5), lambda w: (w == 0.5).all()),
    (initializers.Identity(3), lambda w: (w == 3 * np.eye(40, 30)).all()),
    (initializers.Zeros(), lambda w: not w.any()), (initializers.Ones(), lambda w: w.all())])
def test_initializers_of_their_kind(make, check, backend):
    w = value(make((40, 30)))
    assert w.shape == (40, 30) and check(w)
    copy = initializers.deserialize(initializers.serialize(make))
    assert copy.get_config() == make.get_config()


def test_the_global_seed_and_own_seeds_fix_the_numbers(backend):
    for name in ("uniform", "normal", "orthogonal", "glorot_uniform"):
        np.random.seed(3)
        first = value(initializers.get(name)((4, 4)))
        np.random.seed(3)
        np.testing.assert_array_equal(first, value(initializers.get(name)((4, 4))))
    seeded = initializers.RandomNormal(seed=5)
    first, second = value(seeded((3,))), value(seeded((3,)))
    assert (first != second).all() and seeded.seed == 7
    np.testing.assert_array_equal(second, value(initializers.RandomNormal(seed=6)((3,))))


def test_an_orthogonal_kernel_of_more_axes():
    w = value(initializers.orthogonal(seed=1)((3, 2, 5))).reshape(6, 5)
    np.testing.assert_allclose(w.T @ w, np.eye(5), atol=1e-5)


def test_identifiers_of_initializers():
    def mine(shape, dtype=None):
        return np.full(shape, 2.0, dtype)
    assert initializers.get(mine) is mine
    assert isinstance(initializers.get(initializers.Ones), initializers.Ones)
    found = initializers.get({"class_name": "he_normal", "config": {"seed": 4}})
    assert (found.scale, found.seed) == (2.0, 4)
    dated = {"class_name": "Zeros", "config": {"dtype": "float32"}}
    assert isinstance(initializers.get(dated), initializers.Zeros)
    for wrong in (None, 3, "nothing"):
        with pytest.raises(ValueError):
            initializers.get(wrong)


@pytest.mark.parametrize("options, name", [
    ({"scale": 0.0}, "scale"), ({"mode": "fan"}, "mode"), ({"distribution": "log"}, "distribution")])
def test_variance_scaling_checks_its_arguments(options, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        initializers.VarianceScaling(**options)


def test_only_a_matrix_can_be_the_identity():
    with pytest.raises(ValueError, match="only a matrix"):
        initializers.Identity()((2, 2, 2))


# ---- regularizers and constraints ----

def test_regularizers(backend):
    w = np.array([[1.0, -2.0], [0.0, 3.0]], "float32")
    for found, expected in [(regularizers.l1(0.1), 0.6), (regularizers.l2(0.1), 1.4),
                            (regularizers.l1_l2(0.1, 0.2), 0.6 + 2.8), (regularizers.get("l2"), 0.14)]:
        np.testing.assert_allclose(K.eval(found(K.constant(w))), expected, rtol=1e-5)
    assert regularizers.L1L2()(K.constant(w)) == 0.0


def test_identifiers_of_regularizers():
    assert regularizers.get(None) is None
    copy = regularizers.get(regularizers.serialize(regularizers.l1(0.5)))
    assert copy.get_config() == {"l1": 0.5, "l2": 0.0}
    written = {"class_name": "l2", "config": {"l": 0.25}}
    assert regularizers.get(written).get_config()["l2"] == 0.25
    with pytest.raises(ValueError, match="regularizers.get"):
        regularizers.get(0.1)


@pytest.mark.parametrize("constraint, low, high", [
    (constraints.max_norm(1.0), 0, 1), (constraints.unit_norm(), 1, 1),
    (constraints.min_max_norm(0.5, 1.5), 0.5, 1.5), (constraints.MaxNorm(1.0, axis=[0]), 0, 1)])
def test_constraints_bound_norms(constraint, low, high, backend):
    w = np.random.RandomState(0).randn(5, 4).astype("float32") * [0.01, 1, 2, 3]
    norms = np.linalg.norm(K.eval(constraint(K.constant(w.astype("float32")))), axis=0)
    assert (norms > low - 1e-3).all() and (norms < high + 1e-3).all()
    assert constraints.get(constraints.serialize(constraint)).get_config() == constraint.get_config()


def test_non_negative_and_none():
    w = K.constant([[1.0, -2.0]])
    np.testing.assert_array_equal(K.eval(constraints.get("non_neg")(w)), [[1, 0]])
    assert constraints.get(None) is None and constraints.serialize(None) is None
    with pytest.raises(ValueError, match="constraints.get"):
        constraints.get(1)
