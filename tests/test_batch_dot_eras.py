"""K.batch_dot before Keras 2.3: products of the last two axes.

Which forms ran, and as what, was compared with 2.2.4, 2.0.8 and 1.2.2 on TensorFlow for 1955
combinations of shapes and axes; here are the kinds of them, by their sums in float64.
"""
import numpy as np
import pytest

from keras_compat import backend as K

# shape of x, of y, axes, the sums
FORMS = [
    ((2, 3, 4), (2, 4, 5), None, "bij,bjk->bik"),
    ((2, 3, 4), (2, 4, 5), (2, 1), "bij,bjk->bik"),
    ((2, 4, 3), (2, 4, 5), 1, "bji,bjk->bik"),
    ((2, 3, 4), (2, 5, 4), 2, "bij,bkj->bik"),
    ((2, 3, 4, 5), (2, 3, 5, 6), (3, 2), "bcij,bcjk->bcik"),
    ((2, 3, 5, 4), (2, 3, 5, 6), (2, 2), "bcji,bcjk->bcik"),
    ((2, 3, 4, 5), (2, 3, 6, 5), 3, "bcij,bckj->bcik"),
    ((2, 3), (2, 3, 5), (1, 1), "bj,bjk->bk"),
    ((2, 3, 5), (2, 3), (1, 1), "bjk,bj->bk"),
    ((2, 3, 4), (2, 3, 5, 4), (2, 3), "bcj,bckj->bck"),  # a capsule's prediction
    ((2, 3, 4), (2, 3, 4, 5), (2, 2), "bcj,bcjk->bck"),
]


@pytest.mark.parametrize("version", ["2.2.4", "2.0.8", "1.2.2"])
@pytest.mark.parametrize("x_shape, y_shape, axes, sums", FORMS)
def test_the_last_two_axes_are_multiplied(backend, version, x_shape, y_shape, axes, sums):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal(x_shape), rng.standard_normal(y_shape)
    with K.set_compat_version(version):
        result = K.batch_dot(K.constant(x, "float64"), K.constant(y, "float64"), axes)
    expected = np.einsum(sums, x, y)
    assert K.int_shape(result) == expected.shape
    np.testing.assert_allclose(K.eval(result), expected, rtol=1e-12)


@pytest.mark.parametrize("axes, expected", [
    (1, [[17.0], [53.0]]), (0, [[26.0], [44.0]]),             # sums of x * y along the axis
    ((0, 1), [[23.0], [46.0]]), ((1, 0), [[19.0], [50.0]])])  # of the transpose of x times y
def test_two_matrices_are_summed_along_one_axis(backend, axes, expected):
    x, y = [[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]
    with K.set_compat_version("2.2.4"):
        result = K.batch_dot(K.constant(x), K.constant(y), axes)
    np.testing.assert_array_equal(K.eval(result), expected)


def test_what_did_not_run_is_refused():
    x, y = K.placeholder((2, 3, 4, 5)), K.placeholder((2, 3))
    with K.set_compat_version("2.2.4"), pytest.raises(ValueError, match="before Keras 2.3"):
        K.batch_dot(x, y, (1, 1))


def test_the_gradient_with_an_unknown_batch(backend):
    x, w = (K.placeholder(s, dtype="float64") for s in ((None, 3, 4), (None, 3, 5, 4)))
    with K.set_compat_version("2.2.4"):
        y = K.batch_dot(x, w, [2, 3])
    assert K.int_shape(y) == (None, 3, 5)
    gradients = K.function([x, w], K.gradients(K.sum(y), [x, w]))
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 3, 5, 4))
    by_x, by_w = gradients([a, b])
    np.testing.assert_allclose(by_x, b.sum(2), rtol=1e-12)
    np.testing.assert_allclose(by_w, np.repeat(a[:, :, None], 5, 2), rtol=1e-12)
