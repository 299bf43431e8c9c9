"""Storage, differentiation, loops, random numbers and optimizer steps of one backend."""
import numpy as np
import pytest

from torch_tools import FLOATS, backend, close, draw, native, run, torch


# ---- storage and differentiation ----

def test_from_numpy_shares_memory_without_a_warning(recwarn):
    x = draw(3, 4)
    x.flags.writeable = False
    tensor = backend.from_numpy(x)
    assert not recwarn.list
    if tensor.device.type == "cpu":
        assert tensor.data_ptr() == x.ctypes.data
    np.testing.assert_array_equal(backend.to_numpy(backend.from_numpy(x[::-1])), x[::-1])


def test_storage_is_its_own():
    x = draw(3)
    storage = backend.variable(x, "x")
    backend.write(storage, x + 1)
    copied = backend.copy(backend.read(storage))
    backend.assign(storage, native(x * 2))
    np.testing.assert_array_equal(backend.to_numpy(copied), x + 1)
    np.testing.assert_array_equal(backend.to_numpy(storage), x * 2)


def gradient(function, *arrays, order=1):
    """Gradient of the sum of `function` (and of the gradient's sum ...) by each array."""
    before = torch.is_grad_enabled()
    try:
        backend.record(True)
        watched = [backend.watch(native(a)) for a in arrays]
        found = [function(*watched)]
        for left in reversed(range(order)):
            found = backend.gradients(found, watched, left > 0, left > 0)
    finally:
        backend.record(before)
    return [backend.to_numpy(g) for g in found]


def test_gradients_of_several_losses_and_unconnected_ones():
    x, y = draw(3), draw(2)
    backend.record(True)
    a, b = backend.watch(native(x)), backend.watch(native(y))
    first, second = backend.gradients([a * a, a.sum()], [a, b], False, False)
    none, = backend.gradients([native(x)], [a], False, False)
    close(backend.to_numpy(first), 2.0 * x + 1)
    assert not backend.to_numpy(second).any() and not backend.to_numpy(none).any()


def test_gradient_of_gradient():
    x = draw(4, dtype=np.float64)
    found, = gradient(lambda a: a * a * a, x, order=2)
    close(found, 6 * x)


@pytest.mark.parametrize("name, x, y, to_x, to_y", [
    ("maximum", [1, 2, 3], [1, 3, 2], [1, 0, 1], [0, 1, 0]),
    ("minimum", [1, 2, 3], [1, 3, 2], [1, 1, 0], [0, 0, 1]),
    ("floor_divide", [5, 7, 9], [2, 2, 2], [0, 0, 0], [0, 0, 0]),
    ("pow", [-2, 0, 2], [2, 2, 2], [-4, 0, 4], [0, 0, 4 * np.log(2)]),
])
def test_conventions_at_corners(name, x, y, to_x, to_y):
    found = gradient(backend.ops[name], np.array(x, float), np.array(y, float))
    np.testing.assert_allclose(found, [to_x, to_y])


def test_equal_extremes_share_the_gradient():
    found, = gradient(lambda x: backend.ops["max"](x, axis=(1,), keepdims=False),
                      np.array([[3.0, 3.0, 1.0, 3.0]]))
    np.testing.assert_allclose(found, [[1 / 3, 1 / 3, 0, 1 / 3]])


def test_compiled_functions_record_nothing_and_restore():
    class Plan:
        @staticmethod
        def function(x):
            if x.requires_grad:
                backend.record(True)
                raise ValueError("in the middle")
            return (torch.is_grad_enabled(),)

    before = torch.is_grad_enabled()
    call = backend.compile(Plan)
    assert call(native(draw(2))) == (False,)
    with pytest.raises(ValueError):
        call(native(draw(2)).requires_grad_())
    assert torch.is_grad_enabled() is before


# ---- loops, branches, random numbers ----

@pytest.mark.parametrize("reverse", [False, True])
def test_scan(reverse):
    def body(x, total, scale):
        total = total + scale * x
        return total, x, total

    x = draw(4, 2, dtype=np.float64)
    sums, skipped, final = backend.ops["scan"](
        [native(x)], [native(np.zeros(2))], [native(np.array(2.0))], body=body, length=4,
        reverse=reverse, n_outputs=2, keep=(True, False))
    order = slice(None, None, -1 if reverse else 1)
    close(backend.to_numpy(sums), np.cumsum(2 * x[order], 0)[order])
    close(backend.to_numpy(final), 2 * x.sum(0))
    assert skipped is None


def test_cond():
    for condition, expected in ((True, 3.0), (False, 4.0)):
        x, = backend.ops["cond"](native(np.array(condition)), [native(np.array(3.0))],
                                 [native(np.array(2.0))], then_body=lambda x: (x,),
                                 else_body=lambda x: (x * 2,))
        assert float(x) == expected


@pytest.mark.parametrize("mode", ["portable", "native"])
def test_random_numbers_repeat_with_the_seed(mode):
    from keras_compat.backend.random import RandomStream

    shape = np.array([500, 4], "int32")
    for name, attrs in (("random_uniform", {"low": -1.0, "high": 3.0}),
                        ("random_normal", {"mean": 1.0, "stddev": 0.5}),
                        ("truncated_normal", {"mean": 1.0, "stddev": 0.5})):
        draws = []
        for _ in range(2):
            stream = RandomStream(3)
            stream.portable = mode == "portable"
            draws.append(run(name, shape, **attrs, dtype="float32", stream=stream))
            again = run(name, shape, **attrs, dtype="float32", stream=stream)
            assert not np.array_equal(draws[-1], again)
        np.testing.assert_array_equal(*draws)
        assert draws[0].dtype == np.float32 and abs(draws[0].mean() - 1) < 0.1


# ---- optimizer steps ----

def _parameters(dtype, seed):
    return [draw(3, 4, dtype=dtype, seed=seed), draw(2, 3, 5, dtype=dtype, seed=seed + 1)]


def _updated(name, groups, grads, numbers, dtype, **attrs):
    """New values after two steps; the second gradient has strides of its own."""
    storages = [[backend.variable(a, "v") for a in group] for group in groups]
    turned = [native(np.ascontiguousarray(g.T)).permute(*reversed(range(g.ndim))) for g in grads]
    scalars = [native(np.array(n, dtype)) for n in numbers]
    for given in (native(grads), turned):
        backend.updates[name](*storages, given, *scalars, **attrs)
    return [[backend.to_numpy(s) for s in group] for group in storages]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_with_momentum(nesterov, dtype):
    params, speeds, grads = (_parameters(dtype, seed) for seed in (0, 10, 20))
    found = _updated("sgd_update", [params, speeds], grads, [0.1, 0.9], dtype, nesterov=nesterov)
    for p, v, g, new_p, new_v in zip(params, speeds, grads, *found):
        p, v, g = p.astype(float), v.astype(float), g.astype(float)
        for _ in range(2):
            v = 0.9 * v - 0.1 * g
            p = p + 0.9 * v - 0.1 * g if nesterov else p + v
        close(new_p, p, 4)
        close(new_v, v, 4)


def test_sgd_without_momentum():
    params, grads = _parameters(np.float32, 0), _parameters(np.float32, 20)
    storages = [backend.variable(p, "p") for p in params]
    backend.updates["sgd_update"](storages, None, native(grads), native(np.float32(0.1)), None,
                                  nesterov=False)
    for p, g, s in zip(params, grads, storages):
        close(backend.to_numpy(s), p.astype(float) - 0.1 * g, 4)


@pytest.mark.parametrize("dtype", FLOATS)
def test_rmsprop(dtype):
    params, means, grads = (_parameters(dtype, seed) for seed in (0, 10, 20))
    means = [np.abs(m) for m in means]
    found = _updated("rmsprop_update", [params, means], grads, [0.01, 0.9], dtype, epsilon=1e-3)
    for p, a, g, new_p, new_a in zip(params, means, grads, *found):
        p, a, g = p.astype(float), a.astype(float), g.astype(float)
        for _ in range(2):
            a = 0.9 * a + 0.1 * g * g
            p = p - 0.01 * g / (np.sqrt(a) + 1e-3)
        close(new_p, p, 8)
        close(new_a, a, 8)


@pytest.mark.parametrize("dtype", FLOATS)
def test_adam(dtype):
    params, means, squares, grads = (_parameters(dtype, seed) for seed in (0, 10, 20, 30))
    squares = [np.abs(s) for s in squares]
    found = _updated("adam_update", [params, means, squares], grads, [0.01, 0.9, 0.99], dtype,
                     epsilon=1e-3)
    for p, m, v, g, new_p, new_m, new_v in zip(params, means, squares, grads, *found):
        p, m, v, g = (a.astype(float) for a in (p, m, v, g))
        for _ in range(2):
            m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g * g
            p = p - 0.01 * m / (np.sqrt(v) + 1e-3)
        close(new_p, p, 8)
        close(new_m, m, 8)
        close(new_v, v, 20)
