"""Convolutions, pooling, padding and local layers: what the golden cases do not show."""
import numpy as np
import pytest
from layer_tools import restored, run, values

from keras_compat import backend as K
from keras_compat import layers
from keras_compat.models import Sequential

LAYERS = {
    "Conv1D": (lambda: layers.Conv1D(4, 3, padding="causal", dilation_rate=2), (8, 3)),
    "Conv2D": (lambda: layers.Conv2D(4, (3, 2), strides=2, padding="same"), (7, 8, 3)),
    "Conv3D": (lambda: layers.Conv3D(2, 2), (4, 5, 4, 2)),
    "Conv2DTranspose": (lambda: layers.Conv2DTranspose(3, 3, strides=2, output_padding=1),
                        (4, 5, 2)),
    "Conv3DTranspose": (lambda: layers.Conv3DTranspose(3, 2, strides=2), (2, 3, 2, 2)),
    "SeparableConv1D": (lambda: layers.SeparableConv1D(4, 3, depth_multiplier=2), (8, 3)),
    "SeparableConv2D": (lambda: layers.SeparableConv2D(4, 3, padding="same"), (5, 6, 3)),
    "DepthwiseConv2D": (lambda: layers.DepthwiseConv2D(3, depth_multiplier=2), (5, 6, 3)),
    "LocallyConnected1D": (lambda: layers.LocallyConnected1D(3, 2, strides=2), (7, 2)),
    "LocallyConnected2D": (lambda: layers.LocallyConnected2D(3, (2, 3)), (5, 6, 2)),
    "MaxPooling1D": (lambda: layers.MaxPooling1D(3, 2, "same"), (8, 3)),
    "AveragePooling2D": (lambda: layers.AveragePooling2D(2), (5, 6, 3)),
    "MaxPooling3D": (lambda: layers.MaxPooling3D((1, 2, 2)), (3, 4, 5, 2)),
    "AveragePooling3D": (lambda: layers.AveragePooling3D(padding="same"), (3, 4, 5, 2)),
    "GlobalMaxPooling2D": (layers.GlobalMaxPooling2D, (3, 4, 2)),
    "GlobalAveragePooling3D": (layers.GlobalAveragePooling3D, (3, 4, 2, 2)),
    "ZeroPadding1D": (lambda: layers.ZeroPadding1D((1, 2)), (4, 2)),
    "ZeroPadding2D": (lambda: layers.ZeroPadding2D(((1, 2), (0, 3))), (4, 3, 2)),
    "ZeroPadding3D": (lambda: layers.ZeroPadding3D(2), (2, 3, 4, 1)),
    "Cropping1D": (lambda: layers.Cropping1D((1, 0)), (4, 2)),
    "Cropping2D": (lambda: layers.Cropping2D(((1, 0), (0, 1))), (4, 5, 2)),
    "Cropping3D": (lambda: layers.Cropping3D(1), (4, 5, 4, 2)),
    "UpSampling1D": (lambda: layers.UpSampling1D(3), (4, 2)),
    "UpSampling2D": (lambda: layers.UpSampling2D((2, 3), interpolation="bilinear"), (4, 3, 2)),
    "UpSampling3D": (lambda: layers.UpSampling3D(2), (2, 3, 2, 2)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_static_shape_is_the_shape_of_the_values(name, backend):
    make, shape = LAYERS[name]
    layer, x = make(), values(2, *shape)
    y = run(layer, x)
    assert y.shape == (2, *layer.compute_output_shape((None, *shape))[1:])
    assert y.shape[1:] == layer.output_shape[1:]


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_comes_back_from_its_config(name):
    restored(LAYERS[name][0]())


@pytest.mark.parametrize("name", [n for n in LAYERS if n[-2:] != "1D"])
def test_channels_first_is_channels_last_transposed(name, backend):
    make, shape = LAYERS[name]
    last = make()
    first = type(last).from_config({**last.get_config(), "data_format": "channels_first"})
    x = values(2, *shape)
    expected = run(last, x)
    moved = np.moveaxis(x, -1, 1)
    first.build((None, *moved.shape[1:]))
    first.built = True
    if not name.startswith("LocallyConnected"):
        first.set_weights(last.get_weights())
        got = run(first, moved)
        got = np.moveaxis(got, 1, -1) if got.ndim > 2 else got
        np.testing.assert_allclose(got, expected, atol=1e-4)
    shape_first = first.compute_output_shape((None, *moved.shape[1:]))
    assert sorted(map(str, shape_first)) == sorted(map(str, last.output_shape))


def test_convolutions_of_unknown_sizes(backend):
    x = layers.Input((None, None, 3))
    y = layers.Conv2DTranspose(2, 3, strides=2, padding="same")(layers.Conv2D(4, 3)(x))
    assert K.int_shape(y) == (None, None, None, 2)
    assert K.function([x], [y])([values(1, 6, 8, 3)])[0].shape == (1, 8, 12, 2)


def test_causal_convolution_sees_only_the_past(backend):
    layer = layers.Conv1D(1, 3, padding="causal", use_bias=False)
    x = values(1, 6, 2)
    before = run(layer, x)
    x[0, 3:] = 9.0
    np.testing.assert_allclose(run(layer, x)[0, :3], before[0, :3], atol=1e-5)


def test_same_padding_puts_the_odd_cell_at_the_end(backend):
    layer = layers.Conv1D(1, 2, padding="same", use_bias=False, kernel_initializer="ones")
    x = np.array([[[1.0], [2.0], [4.0]]], "float32")
    np.testing.assert_allclose(run(layer, x)[0, :, 0], [3, 6, 4])
    pooled = run(layers.AveragePooling1D(2, 1, "same"), x)
    np.testing.assert_allclose(pooled[0, :, 0], [1.5, 3, 4])


def test_global_average_pooling_leaves_masked_steps_out(backend):
    x = values(2, 4, 3)
    x[0, 2:] = 0.0
    y = run(lambda t: layers.GlobalAveragePooling1D()(layers.Masking()(t)), x)
    np.testing.assert_allclose(y[0], x[0, :2].mean(0), rtol=1e-5)
    np.testing.assert_allclose(y[1], x[1].mean(0), rtol=1e-5)


@pytest.mark.parametrize("make, text", [
    (lambda: layers.Conv1D(2, 2, padding="causal", data_format="channels_first"),
     "causal padding is defined for channels_last"),
    (lambda: layers.Conv2D(2, (3, 3, 3)), "kernel_size"),
    (lambda: layers.Conv2D(2, 3, padding="valied"), "unknown kind of padding"),
    (lambda: layers.Conv2DTranspose(2, 3, strides=2, output_padding=2),
     "`output_padding` must be smaller"),
    (lambda: layers.LocallyConnected1D(2, 3, padding="same"), "has no padding"),
    (lambda: layers.LocallyConnected1D(2, 3, implementation=3), "1 or 2"),
    (lambda: layers.UpSampling2D(interpolation="cubic"), "unknown interpolation"),
    (lambda: layers.ZeroPadding2D((1, 2, 3)), "padding"),
    (lambda: layers.Cropping1D(3)(layers.Input((6, 2))), "must leave something"),
    (lambda: layers.LocallyConnected2D(2, 3)(layers.Input((None, 6, 2))), "must be known"),
    (lambda: layers.Conv2D(2, 3)(layers.Input((6, 6, None))), "must be known"),
    (lambda: layers.Conv2D(2, 3)(layers.Input((6, 6))), "ndim=4")])
def test_wrong_arguments_are_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_old_names_are_the_same_classes():
    assert layers.Convolution2D is layers.Conv2D
    assert layers.Deconvolution2D is layers.Conv2DTranspose
    assert layers.MaxPool2D is layers.MaxPooling2D
    assert layers.GlobalAvgPool1D is layers.GlobalAveragePooling1D
    with pytest.warns(UserWarning, match="dilation_rate"):
        assert layers.AtrousConvolution1D(2, 3, atrous_rate=2).dilation_rate == (2,)


@pytest.mark.parametrize("layer, shape, options", [
    (layers.LocallyConnected1D, (9, 3), {"kernel_size": 3, "strides": 2}),
    (layers.LocallyConnected1D, (3, 9), {"kernel_size": 3, "data_format": "channels_first"}),
    (layers.LocallyConnected2D, (6, 7, 2), {"kernel_size": (3, 2), "strides": (1, 2)}),
    (layers.LocallyConnected2D, (2, 6, 7), {"kernel_size": (3, 2),
                                            "data_format": "channels_first"}),
], ids=["1d", "1d channels_first", "2d", "2d channels_first"])
def test_both_implementations_of_local_layers_compute_the_same(layer, shape, options, backend):
    x = np.random.RandomState(0).uniform(-1, 1, (5, *shape)).astype("float32")
    models = []
    for implementation in (1, 2):
        made = layer(4, implementation=implementation, input_shape=shape, **options)
        models.append(Sequential([layer.from_config(made.get_config())]))
    assert models[1].layers[0].implementation == 2
    models[1].set_weights(models[0].get_weights())
    outputs = [model.predict(x) for model in models]
    np.testing.assert_allclose(*outputs, rtol=1e-5, atol=1e-6)
    for model in models:
        model.compile("sgd", "mse")
        model.train_on_batch(x, np.ones_like(outputs[0]))
    for one, other in zip(*(model.get_weights() for model in models)):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
