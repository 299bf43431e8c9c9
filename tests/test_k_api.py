"""Every name of K in Keras 1.2.2, 2.1.6 and 2.3.1 exists, with a compatible signature."""
import inspect
import json
import os

import numpy as np
import pytest

import keras_compat.backend as K

DATA = os.path.join(os.path.dirname(__file__), "data")
with open(os.path.join(DATA, "backend-and-legacy.json"), encoding="utf-8") as file:
    LISTS = {key.rpartition(" ")[2]: names for key, names in json.load(file).items()
             if key.startswith("backend functions")}
NEWEST = "2.3.1"

# Later versions turned the two around; scripts that name them are understood.
_TURNED = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")


def parameters(signature):
    """[(name, default or None)] of a signature written as text."""
    made = {}
    exec(f"def f{signature}: return None", made)
    return inspect.signature(made["f"]).parameters


def cases():
    return [pytest.param(version, name, signature, id=f"{version}-{name}")
            for version, names in LISTS.items() for name, signature in names.items()]


@pytest.mark.parametrize("version, name, signature", cases())
def test_function_exists_and_takes_the_arguments(version, name, signature):
    function = getattr(K, name)
    own = inspect.signature(function).parameters
    if version == NEWEST:
        assert str(inspect.signature(function)) == signature
        return
    renamed = getattr(function, "keras1_names", {})
    hints = {"image_shape", "filter_shape", "volume_shape"} if renamed else set()
    for parameter in parameters(signature).values():
        assert (renamed.get(parameter.name, parameter.name) in own or parameter.name in hints
                or parameter.kind is parameter.VAR_KEYWORD and parameter.name in own), parameter


@pytest.mark.parametrize("version", LISTS)
def test_arguments_keep_their_places(version):
    """Positional calls of older scripts mean the same, as far as the first arguments go."""
    for name, signature in LISTS[version].items():
        function = getattr(K, name)
        if name in _TURNED:
            continue
        renamed = getattr(function, "keras1_names", {})
        older = [renamed.get(n, n) for n in parameters(signature)]
        newer = list(inspect.signature(function).parameters)
        hints = [n for n in older if n not in newer]
        count = min(older.index(hints[0]) if hints else len(older), len(newer))
        if name != "batch_normalization":  # 2.3.1 put `axis` before `epsilon`
            assert older[:count] == newer[:count], name


# ---- Keras 1's spellings ----

def kernel_th(kernel):
    """A kernel (rows, cols, channels, filters) as 'th' has it: (filters, channels, rows, cols)."""
    return np.ascontiguousarray(np.transpose(kernel, (3, 2, 0, 1)))


def drawn(*shape):
    return np.random.RandomState(len(shape)).rand(*shape).astype("float32")


@pytest.mark.parametrize("arguments, keywords", [
    (((1, 1), "valid", "th"), {}),
    ((), {"dim_ordering": "th", "border_mode": "valid", "filter_dilation": (1, 1)}),
    (((1, 1),), {"dim_ordering": "th", "image_shape": (2, 3, 6, 6), "filter_shape": None}),
    (((1, 1), "valid", "th", None, (4, 3, 3, 3)), {}),
    (((1, 1), "valid", "th", (2, 3, 6, 6), None, (1, 1)), {}),
], ids=["positional", "keywords", "mixed", "hints", "hints and dilation"])
def test_conv2d_takes_kernels_in_theanos_layout(arguments, keywords):
    x, kernel = drawn(2, 3, 6, 6), drawn(3, 3, 3, 4)
    wanted = K.eval(K.conv2d(K.constant(x), K.constant(kernel), data_format="channels_first"))
    got = K.conv2d(K.constant(x), K.constant(kernel_th(kernel)), *arguments, **keywords)
    np.testing.assert_array_equal(K.eval(got), wanted)


def test_conv3d_takes_kernels_in_theanos_layout():
    x, kernel = drawn(1, 2, 4, 4, 4), drawn(2, 2, 2, 2, 3)
    wanted = K.eval(K.conv3d(K.constant(x), K.constant(kernel), data_format="channels_first"))
    got = K.conv3d(K.constant(x), K.constant(kernel.transpose(4, 3, 0, 1, 2)),
                   dim_ordering="th", volume_shape=None)
    np.testing.assert_array_equal(K.eval(got), wanted)


@pytest.mark.parametrize("old, new", [
    (lambda x: K.pool2d(x, (2, 2), border_mode="same", dim_ordering="th"),
     lambda x: K.pool2d(x, (2, 2), padding="same", data_format="channels_first")),
    (lambda x: K.resize_images(X=x, height_factor=2, width_factor=3, dim_ordering="tf"),
     lambda x: K.resize_images(x, 2, 3, "channels_last")),
    (lambda x: K.spatial_2d_padding(x, (1, 2), "th"),
     lambda x: K.spatial_2d_padding(x, ((1, 1), (2, 2)), "channels_first")),
    (lambda x: K.expand_dims(x, dim=1), lambda x: K.expand_dims(x, 1)),
    (lambda x: K.conv1d(x[:, 0], K.ones((2, 5, 3)), stride=2, border_mode="same"),
     lambda x: K.conv1d(x[:, 0], K.ones((2, 5, 3)), strides=2, padding="same")),
    (lambda x: K.conv1d(x[:, 0], K.ones((2, 5, 3)), 2, "same", None, None),
     lambda x: K.conv1d(x[:, 0], K.ones((2, 5, 3)), strides=2, padding="same")),
    (lambda x: K.conv1d(x[:, 0], K.ones((2, 5, 3)), 1, "valid", (2, 6, 5), (2, 5, 3)),
     lambda x: K.conv1d(x[:, 0], K.ones((2, 5, 3)))),
    (lambda x: K.conv2d(x, K.ones((2, 2, 5, 3)), (1, 1), "same", "tf", None, None, (2, 1)),
     lambda x: K.conv2d(x, K.ones((2, 2, 5, 3)), padding="same", dilation_rate=(2, 1))),
    (lambda x: K.batch_normalization(x, *[K.ones((5,)) * n for n in (1., 2., 3., 4.)], 0.1),
     lambda x: K.batch_normalization(x, *[K.ones((5,)) * n for n in (1., 2., 3., 4.)],
                                     epsilon=0.1)),
], ids=["pool2d", "resize_images", "spatial_2d_padding", "expand_dims", "conv1d", "conv1d, hints",
        "conv1d, shapes", "conv2d, hints", "batch_normalization"])
def test_spellings_of_keras_1_mean_the_same(old, new):
    x = K.constant(drawn(2, 4, 6, 5))
    np.testing.assert_array_equal(K.eval(old(x)), K.eval(new(x)))


def test_unknown_dim_ordering_is_an_error():
    with pytest.raises(ValueError, match="unknown dim_ordering. Expected 'tf', 'th'"):
        K.pool2d(K.ones((1, 2, 2, 1)), (2, 2), dim_ordering="channels_last")


def test_crossentropies_understand_keras_1s_names_in_any_order():
    target, output = K.constant([[0., 1.]]), K.constant([[.25, .75]])
    value = K.eval(K.categorical_crossentropy(output=output, target=target))
    np.testing.assert_allclose(value, [-np.log(.75)], rtol=1e-6)


def test_arguments_that_theanos_compiler_took_do_nothing():
    x = K.placeholder((2,))
    run = K.function([x], [x * 2], on_unused_input="ignore", allow_input_downcast=True)
    assert run([[1, 2]])[0].tolist() == [2, 4]


def test_settings_of_keras_1():
    assert K.legacy_weight_ordering() is False
    K.set_legacy_weight_ordering(True)
    try:
        assert K.legacy_weight_ordering() is True
    finally:
        K.set_legacy_weight_ordering(False)
    with pytest.raises(ValueError, match="Expected True or False"):
        K.set_legacy_weight_ordering("old")


def test_pattern_broadcast_changes_nothing():
    x = K.ones((2, 1))
    assert K.pattern_broadcast(x, (False, True)) is x


@pytest.mark.parametrize("function", (K.zeros_like, K.ones_like))
def test_like_another_tensor_means_its_shape_from_2_3_on(function):
    """What the originals gave for integers, 2.3.1 and 2.2.4."""
    x = K.variable([[1, 2]], dtype="int32")
    assert K.dtype(function(x)) == "float32"
    assert K.dtype(function(x, "int32")) == "int32"
    with K.set_compat_version("2.2.4"):
        assert K.dtype(function(x)) == "int32"


@pytest.mark.parametrize(("call", "expected"), [
    (lambda x: K.argmax(x, axis=None), [1, 0, 1]),
    (lambda x: K.argmin(x, axis=None), [0, 1, 0]),
    (lambda x: K.flatten(K.resize_images(x[None, :, :, None], 1.0, np.float64(2.0),
                                         "channels_last")), [1, 1, 5, 5, 2, 2, 3, 3, 4, 4, 6, 6]),
])
def test_seldom_arguments_mean_what_they_meant_on_tensorflow(call, expected):
    assert K.eval(call(K.constant([[1, 5, 2], [3, 4, 6]]))).tolist() == expected
