"""Static shapes, dtypes and errors of the general ops: nothing here is computed."""
import inspect

import numpy as np
import pytest

import keras_compat.backend as K
from keras_compat.backend import ops, registry
from keras_compat.backend.graph import Constant, Placeholder, layer_scope


def sym(*shape, dtype="float32"):
    """A leaf that needs no backend."""
    return Placeholder(shape, dtype, "x:0")


def ints(*shape):
    return sym(*shape, dtype="int32")


def bools(*shape):
    return sym(*shape, dtype="bool")


x234 = sym(None, 3, 4)

SHAPES = {
    "number on the left": (lambda: 2 - x234, (None, 3, 4)),
    "array on the left": (lambda: np.ones((4,)) * x234, (None, 3, 4)),
    "NumPy scalar on the left": (lambda: np.float64(2) / x234, (None, 3, 4)),
    "broadcast with a known size": (lambda: sym(None, 1) + sym(5), (None, 5)),
    "known size wins over None": (lambda: sym(None, 3) + sym(2, 1), (2, 3)),
    "1 against None stays open": (lambda: sym(1) + sym(None), (None,)),
    "comparison": (lambda: x234 > 0, (None, 3, 4)),
    "sum of all": (lambda: K.sum(x234), ()),
    "sum over a negative axis": (lambda: K.sum(x234, axis=-1), (None, 3)),
    "sum over a list, kept": (lambda: K.sum(x234, axis=[0, 2], keepdims=True), (1, 3, 1)),
    "mean over no axis": (lambda: K.mean(x234, axis=[]), (None, 3, 4)),
    "argmax": (lambda: K.argmax(x234), (None, 3)),
    "cumsum": (lambda: K.cumsum(x234, axis=1), (None, 3, 4)),
    "dot of two matrices": (lambda: K.dot(sym(None, 4), sym(4, 2)), (None, 2)),
    "dot of high ranks": (lambda: K.dot(x234, sym(5, 4, 6)), (None, 3, 5, 6)),
    "dot with a vector": (lambda: K.dot(x234, sym(4)), (None, 3)),
    "matmul broadcasts": (lambda: ops.matmul(sym(2, 1, 3, 4), sym(5, 4, 6)), (2, 5, 3, 6)),
    "batch_dot of matrices": (lambda: K.batch_dot(sym(None, 4), sym(None, 4)), (None, 1)),
    "batch_dot, axes an int": (lambda: K.batch_dot(x234, sym(None, 5, 4), 2), (None, 3, 5)),
    "batch_dot, axes a pair": (lambda: K.batch_dot(x234, sym(7, 4, 3, 2), (2, 1)), (7, 3, 3, 2)),
    "batch_dot, negative axes": (lambda: K.batch_dot(x234, sym(None, 5, 4), (-1, -1)),
                                 (None, 3, 5)),
    "transpose": (lambda: K.transpose(x234), (4, 3, None)),
    "permute_dimensions": (lambda: K.permute_dimensions(x234, (0, 2, 1)), (None, 4, 3)),
    "reshape, -1 found": (lambda: K.reshape(sym(2, 3, 4), (-1, 4)), (6, 4)),
    "reshape, -1 open": (lambda: K.reshape(x234, (-1, 12)), (None, 12)),
    "reshape by symbolic sizes": (lambda: K.reshape(x234, (K.shape(x234)[0], 12)), (None, 12)),
    "reshape by a shape": (lambda: K.reshape(sym(None), K.shape(sym(None, 5))), (None, 5)),
    "reshape by known symbolic sizes": (
        lambda: K.reshape(sym(6, 4), (K.shape(sym(2, 9))[0] * 3, 2, 2)), (6, 2, 2)),
    "flatten": (lambda: K.flatten(sym(2, 3)), (6,)),
    "batch_flatten": (lambda: K.batch_flatten(x234), (None, 12)),
    "batch_flatten of open rows": (lambda: K.batch_flatten(sym(2, None)), (2, None)),
    "expand_dims at the end": (lambda: K.expand_dims(x234), (None, 3, 4, 1)),
    "expand_dims, Keras 1": (lambda: K.expand_dims(x234, dim=1), (None, 1, 3, 4)),
    "squeeze": (lambda: K.squeeze(sym(None, 1, 4), 1), (None, 4)),
    "concatenate": (lambda: K.concatenate([sym(None, 3), sym(2, 4)]), (2, 7)),
    "concatenate of an open axis": (lambda: K.concatenate([x234, x234], 0), (None, 3, 4)),
    "stack at the end": (lambda: K.stack([sym(None, 3), sym(2, 3)], -1), (2, 3, 2)),
    "tile": (lambda: K.tile(x234, [2, 1, 3]), (None, 3, 12)),
    "tile, a symbolic count": (lambda: K.tile(sym(2, 3), [K.shape(x234)[0], 2]), (None, 6)),
    "repeat": (lambda: K.repeat(sym(None, 3), 5), (None, 5, 3)),
    "repeat_elements": (lambda: K.repeat_elements(x234, 3, 1), (None, 9, 4)),
    "reverse": (lambda: K.reverse(x234, [0, -1]), (None, 3, 4)),
    "pad": (lambda: ops.pad(x234, ((0, 0), (1, 2), (0, 1))), (None, 6, 5)),
    "gather": (lambda: K.gather(sym(9, 5), ints(None, 3)), (None, 3, 5)),
    "one_hot": (lambda: K.one_hot(ints(None, 3), 7), (None, 3, 7)),
    "one_hot, a symbolic number": (lambda: K.one_hot(ints(None, 3), ints()), (None, 3, None)),
    "one_hot, a number known now": (lambda: K.one_hot(ints(2), K.shape(x234)[1]), (2, 3)),
    "eye, a symbolic size": (lambda: K.eye((K.shape(x234)[0], 2)), (None, 2)),
    "eye, a size known now": (lambda: K.eye(K.shape(x234)[2]), (4, 4)),
    "sum over an axis known now": (lambda: K.sum(x234, K.constant(1, dtype="int32")), (None, 4)),
    "sum over an axis twice": (lambda: K.sum(x234, [1, -2]), (None, 4)),
    "sum over axes known now": (lambda: K.sum(x234, K.constant([1, 2], dtype="int32")), (None,)),
    "stack of a tensor's slices": (lambda: K.stack(sym(3, 4), -1), (4, 3)),
    "max of nothing": (lambda: K.max(sym(0, 3), 0), (3,)),
    "one_hot, Keras 1": (lambda: K.one_hot(ints(2), nb_classes=7), (2, 7)),
    "position": (lambda: x234[:, -1], (None, 4)),
    "slices": (lambda: x234[:, 1:, ::-2], (None, 2, 2)),
    "slice of an open axis": (lambda: x234[1:], (None, 3, 4)),
    "new axis and dots": (lambda: x234[None, ..., 0], (1, None, 3)),
    "symbolic position": (lambda: x234[K.shape(x234)[0] - 1], (3, 4)),
    "symbolic bound": (lambda: sym(5, 4)[:K.shape(x234)[0]], (None, 4)),
    "symbolic bound known now": (lambda: sym(5, 4)[:K.shape(sym(3))[0]], (3, 4)),
    "indices in brackets": (lambda: x234[:, [0, 2]], (None, 2, 4)),
    "a list in brackets": (lambda: x234[[0, 2]], (4,)),
    "a symbolic bound downwards": (lambda: x234[K.shape(x234)[0]::-1, 1], (None, 4)),
    "a symbolic step": (lambda: x234[::K.shape(x234)[0]], (None, 3, 4)),
    "a mask in brackets": (lambda: x234[bools(3)], (None, 3, 4)),
    "a mask over axes": (lambda: x234[bools(None, 3)], (None, 4)),
    "a mask over all axes": (lambda: x234[x234 > 0], (None,)),
    "an array as a mask": (lambda: x234[:2][np.array([True, False])], (None, 3, 4)),
    "slice by lists": (lambda: K.slice(x234, [0, 1, 0], [-1, 2, 3]), (None, 2, 3)),
    "zeros_like": (lambda: K.zeros_like(x234), (None, 3, 4)),
    "arange": (lambda: K.arange(2, 9, 3), (3,)),
    "arange down": (lambda: K.arange(5, 1, -2), (2,)),
    "arange of a negative number": (lambda: K.arange(-3), (0,)),
    "arange, symbolic": (lambda: K.arange(K.shape(x234)[1]), (3,)),
    "random_normal": (lambda: K.random_normal((K.shape(x234)[0], 5)), (None, 5)),
    "random_uniform, Keras 1": (lambda: K.random_uniform((2,), low=-1., high=1.), (2,)),
    "random_normal, Keras 1": (lambda: K.random_normal((2,), mean=0., std=2.), (2,)),
    "switch by rows": (lambda: K.switch(bools(None), x234, x234), (None, 3, 4)),
    "switch by a scalar": (lambda: K.switch(ints(), x234, 0.), (None, 3, 4)),
    "shape": (lambda: K.shape(x234), (3,)),
    "size": (lambda: K.size(x234), ()),
    "a list with tensors": (lambda: ops.as_tensor([[K.shape(x234)[0], 2], [3, 4]]), (2, 2)),
    "size-0 axes": (lambda: K.dot(sym(2, 0), sym(0, 3)), (2, 3)),
}


@pytest.mark.parametrize("build, expected", SHAPES.values(), ids=SHAPES)
def test_static_shape(build, expected):
    assert build().shape == expected


DTYPES = {
    "number takes the tensor's": (lambda: sym(2, dtype="float16") * 2, "float16"),
    "float64 array takes the tensor's": (lambda: sym(2) + np.zeros(2), "float32"),
    "int64 array takes the tensor's": (lambda: ints(2) + np.arange(2), "int32"),
    "int operator /": (lambda: ints(2) / 2, "float64"),
    "short int operator /": (lambda: sym(2, dtype="int8") / 2, "float32"),
    "int operator //": (lambda: ints(2) // 2, "int32"),
    "comparison": (lambda: ints(2) < 3, "bool"),
    "logic": (lambda: ~(bools(2) & bools(2)) ^ bools(2), "bool"),
    "argmin": (lambda: K.argmin(x234), "int64"),
    "any of numbers": (lambda: K.any(x234), "bool"),
    "mean of bool": (lambda: K.mean(bools(3)), "float32"),
    "mean of int": (lambda: K.mean(ints(3)), "int32"),
    "sum of int8": (lambda: K.sum(sym(3, dtype="int8")), "int8"),
    "cast by a word of TensorFlow": (lambda: K.cast(ints(2), "float"), "float32"),
    "cast by a NumPy type": (lambda: K.cast(ints(2), np.float16), "float16"),
    "shape": (lambda: K.shape(x234), "int32"),
    "arange": (lambda: K.arange(3), "int32"),
    "arange of floats": (lambda: K.arange(0, 1, 0.5), "float32"),
    "arange, another dtype": (lambda: K.arange(3, dtype="float64"), "float64"),
    "one_hot": (lambda: K.one_hot(ints(2), 3), "float32"),
    "zeros_like": (lambda: K.zeros_like(ints(2)), "float32"),
    "zeros_like, another dtype": (lambda: K.zeros_like(ints(2), dtype="float16"), "float16"),
    "random_uniform of ints": (lambda: K.random_uniform((2,), 0, 9, dtype="int32"), "int32"),
    "where takes the tensor's": (lambda: ops.where(bools(2), sym(2, dtype="float64"), 0),
                                 "float64"),
}


@pytest.mark.parametrize("build, expected", DTYPES.values(), ids=DTYPES)
def test_static_dtype(build, expected):
    assert build().dtype == expected


ERRORS = {
    "inner dimensions": (lambda: K.dot(sym(None, 64), sym(32, 10)), ValueError,
                         "dot: inner dimensions must agree. Expected y.shape[0] == 64; "
                         "received x (None, 64), y (32, 10)."),
    "broadcasting": (lambda: sym(None, 3) + sym(4), ValueError,
                     "add: shapes must broadcast. Expected sizes that are equal or 1; "
                     "received x (None, 3), y (4,)."),
    "two dtypes": (lambda: sym(2) * ints(2), TypeError, "received x float32 (2,), y int32 (2,)"),
    "a float with ints": (lambda: ints(2) + 0.5, TypeError, "Expected int32; received float64"),
    "too big for the dtype": (lambda: sym(2, dtype="int8") + 300, TypeError, "value 300"),
    "no number": (lambda: sym(2) + None, TypeError, "received NoneType None"),
    "log of ints": (lambda: K.log(ints(2)), TypeError, "log: x must have a suitable dtype"),
    "sum of bool": (lambda: K.sum(bools(2)), TypeError, "received bool (2,)"),
    "axis": (lambda: K.sum(x234, axis=3), ValueError,
             "sum: axis out of range. Expected -3 <= axis < 3; received axis 3, x (None, 3, 4)."),
    "an axis twice": (lambda: K.reverse(x234, [0, -3]), ValueError, "named once"),
    "a symbolic axis": (lambda: K.sum(x234, axis=ints()), TypeError, "axis must be an integer"),
    "a symbolic number of floats": (lambda: K.one_hot(ints(2), sym()), TypeError, "num_classes"),
    "a negative size": (lambda: K.eye(-1), ValueError, "at least 0"),
    "nothing to choose from": (lambda: K.argmax(sym(2, 0), axis=1), ValueError,
                               "x (2, 0)"),
    "batch axis": (lambda: K.batch_dot(x234, x234, 0), ValueError, "batch axis"),
    "batch sizes": (lambda: K.batch_dot(sym(2, 3), sym(4, 3)), ValueError, "y.shape[0] == 2"),
    "batch_dot inner": (lambda: K.batch_dot(x234, sym(None, 5, 6)), ValueError,
                        "Expected y.shape[1] == 4"),
    "batch_dot of a vector": (lambda: K.batch_dot(sym(3), x234), ValueError, "at least 2 axes"),
    "several axes in batch_dot": (lambda: K.batch_dot(x234, x234, [(1, 2), 1]), ValueError,
                                  "one axis of each"),
    "matmul of a vector": (lambda: ops.matmul(sym(3), sym(3, 2)), ValueError, "at least 2 axes"),
    "elements": (lambda: K.reshape(sym(2, 3), (4,)), ValueError, "Expected 6 elements"),
    "two open sizes": (lambda: K.reshape(sym(2, 3), (-1, -1)), ValueError, "at most one size -1"),
    "None in a shape": (lambda: K.reshape(x234, (None, 12)), ValueError, "write -1 or K.shape"),
    "squeezed axis": (lambda: K.squeeze(sym(2, 3), 1), ValueError, "squeeze: squeezed axes"),
    "pattern": (lambda: K.permute_dimensions(x234, (0, 1, 1)), ValueError, "pattern (0, 1, 1)"),
    "concatenated sizes": (lambda: K.concatenate([sym(2, 3), sym(3, 3)]), ValueError,
                           "except on axis 1"),
    "stacked sizes": (lambda: K.stack([sym(2), sym(3)]), ValueError, "(2,), (3,)"),
    "an empty list": (lambda: K.concatenate([]), ValueError, "at least one tensor"),
    "float indices": (lambda: K.gather(x234, sym(2)), TypeError, "an integer dtype"),
    "position": (lambda: x234[0, 3], IndexError, "index 3, x (None, 3, 4)"),
    "too many positions": (lambda: x234[0, 0, 0, 0], IndexError, "at most 3 entries"),
    "a mask in brackets": (lambda: x234[bools(2, 4)], ValueError, "mask (2, 4)"),
    "a mask beside slices": (lambda: x234[:, bools(3)], TypeError, "stands alone"),
    "a mask of no axis": (lambda: ops.boolean_mask(x234, bools()), ValueError, "1 to 3 sizes"),
    "a list in brackets": (lambda: x234[[0, 1, 2, 3]], IndexError, "at most 3 entries"),
    "a list of bools": (lambda: x234[[True, False]], TypeError, "not an index"),
    "branches of two structures": (lambda: K.switch(bools(), lambda: [x234, x234],
                                                    lambda: (x234, x234)), ValueError, "(*, *)"),
    "branches of two lengths": (lambda: K.switch(bools(), [x234, x234], x234), ValueError,
                                "switch: both expressions have one structure"),
    "branches of nothing": (lambda: K.switch(bools(), lambda: [], lambda: []), ValueError,
                            "at least 1 tensor"),
    "slice outside": (lambda: K.slice(sym(5), [3], [4]), ValueError, "start 3, size 4"),
    "condition of where": (lambda: ops.where(sym(2), sym(2), sym(2)), TypeError, "must be bool"),
    "condition's rank": (lambda: K.switch(bools(2, 3), sym(2), sym(2)), ValueError,
                         "switch: the condition must not have more axes"),
    "repeat of a cube": (lambda: K.repeat(x234, 2), ValueError, "x must be a matrix"),
    "unknown dtype": (lambda: K.cast(x234, "complex64"), TypeError, "cast: unknown dtype"),
    "step 0": (lambda: K.arange(1, 5, 0), ValueError, "a step that is not 0"),
    "truth of a tensor": (lambda: bool(x234), TypeError, "no truth value"),
}


@pytest.mark.parametrize("build, error, text", ERRORS.values(), ids=ERRORS)
def test_error(build, error, text):
    with pytest.raises(error) as caught:
        build()
    message = str(caught.value)
    assert text in message
    assert ". Expected " in message and "; received " in message


def test_errors_name_the_layer():
    with layer_scope("dense_3"), pytest.raises(ValueError) as caught:
        K.dot(sym(None, 64), sym(32, 10))
    assert str(caught.value).startswith("dot (layer 'dense_3'): inner dimensions must agree.")


def test_tensors_compare_by_identity():
    assert x234 == x234 and x234 != sym(None, 3, 4)
    assert x234 in {x234: 1}


def test_constants_of_python_values():
    assert [ops.as_tensor(v).dtype for v in (True, 2, 2.0, [1, 2.5], np.float64(1))] == [
        "bool", "int32", "float32", "float32", "float64"]
    assert isinstance(ops.as_tensor(2), Constant)


def test_what_is_asked_now():
    assert K.int_shape(x234) == (None, 3, 4) and K.ndim(x234) == 3
    assert K.dtype(ints(2)) == "int32" and K.count_params(sym(2, 3)) == 6
    assert not K.is_sparse(x234) and K.to_dense(x234) is x234


def test_primitives_state_what_they_do():
    own = [op for op in registry.OPS.values() if op.file and "/ops/" in op.file.replace("\\", "/")]
    assert own
    for op in own:
        assert inspect.getdoc(op.function), op.name
        assert op.kind != "composite" or op.body is not None, op.name
