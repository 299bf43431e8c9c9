"""Core layers: what the golden cases do not show."""
import json

import numpy as np
import pytest
from layer_tools import restored, run, values

from keras_compat import backend as K
from keras_compat import layers
from keras_compat.utils.generic_utils import CustomObjectScope, func_load


def doubled(x, factor=2.0):
    return x * factor


# ---- Dense and its kin ----

def test_dense_is_a_product_a_bias_and_an_activation(backend):
    layer = layers.Dense(3, activation="relu", bias_initializer="ones")
    x = values(4, 2, 5)
    y = run(layer, x)
    kernel, bias = layer.get_weights()
    np.testing.assert_allclose(y, np.maximum(x @ kernel + bias, 0), atol=1e-5)
    assert [w.name for w in layer.weights] == [f"{layer.name}/kernel:0", f"{layer.name}/bias:0"]


def test_dense_takes_input_dim_and_weights():
    weights = [values(5, 3), values(3)]
    layer = layers.Dense(3, input_dim=5, weights=weights)
    assert layer.batch_input_shape == (None, 5)
    layer(layers.Input((5,)))
    np.testing.assert_array_equal(layer.get_weights()[0], weights[0])


def test_dense_refuses_an_unknown_size():
    with pytest.raises(ValueError, match=r"Dense \(layer 'd'\): the size of the channels axis "
                                         r"must be known .* received \(None, None\)"):
        layers.Dense(3, name="d")(layers.Input((None,)))


def test_dense_refuses_another_size_at_its_second_call():
    layer = layers.Dense(3)
    layer(layers.Input((5,)))
    with pytest.raises(ValueError, match=r"axis -1 of size 5"):
        layer(layers.Input((6,)))


def test_a_shared_layer_has_one_set_of_weights_and_two_outputs():
    layer = layers.Dense(3)
    first, second = layers.Input((5,)), layers.Input((4, 5))
    layer(first), layer(second)
    assert len(layer.weights) == 2
    assert layer.get_output_shape_at(0) == (None, 3)
    assert layer.get_output_shape_at(1) == (None, 4, 3)
    with pytest.raises(AttributeError):
        layer.output


def test_regularizers_become_losses():
    layer = layers.Dense(3, kernel_regularizer="l2", activity_regularizer="l1", use_bias=False)
    x = layers.Input((5,))
    layer(x)
    assert len(layer.losses) == 2
    assert len(layer.get_losses_for(x)) == len(layer.get_losses_for(None)) == 1
    kernel = layer.get_weights()[0]
    loss = K.function([], [layer.get_losses_for(None)[0]])([])[0]
    np.testing.assert_allclose(loss, 0.01 * np.sum(kernel ** 2), rtol=1e-5)


def test_activity_regularization_sums_over_the_batch():
    layer = layers.ActivityRegularization(l1=0.5, l2=0.25)
    x = layers.Input((3,))
    assert layer(x) is not x
    loss = K.function([x], layer.losses)([np.array([[1, -2, 0], [3, 0, 0]], "float32")])[0]
    np.testing.assert_allclose(loss, 0.5 * 6 + 0.25 * 14)


@pytest.mark.parametrize("layer", [
    lambda: layers.Dense(3, activation="tanh", kernel_constraint="max_norm",
                         bias_regularizer="l1"),
    lambda: layers.Activation("relu"), lambda: layers.ActivityRegularization(0.1, 0.2),
    lambda: layers.Masking(2.0), lambda: layers.Dropout(0.3, (None, 1, 4), 7),
    lambda: layers.SpatialDropout1D(0.1), lambda: layers.SpatialDropout2D(0.1),
    lambda: layers.SpatialDropout3D(0.1), lambda: layers.Reshape((2, -1)),
    lambda: layers.Permute((2, 1)), lambda: layers.Flatten("channels_first"),
    lambda: layers.RepeatVector(3), lambda: layers.Embedding(5, 2, mask_zero=True, input_length=4),
    lambda: layers.BatchNormalization(axis=1, scale=False, beta_regularizer="l2"),
    lambda: layers.GaussianNoise(0.1), lambda: layers.GaussianDropout(0.1),
    lambda: layers.AlphaDropout(0.1, seed=3), lambda: layers.LeakyReLU(0.2),
    lambda: layers.PReLU(shared_axes=[1]), lambda: layers.ELU(0.5),
    lambda: layers.ThresholdedReLU(0.5), lambda: layers.Softmax(1), lambda: layers.ReLU(6.0, 0.1),
    lambda: layers.Highway(activation="tanh", input_dim=4),
    lambda: layers.MaxoutDense(3, nb_feature=2, W_regularizer="l2")])
def test_a_layer_comes_back_from_its_config(layer):
    layer = layer()
    json.dumps(layer.get_config())
    restored(layer)


# ---- shapes ----

def test_reshape_infers_one_size(backend):
    x = values(3, 2, 6)
    np.testing.assert_array_equal(run(layers.Reshape((4, -1)), x), x.reshape(3, 4, 3))


def test_reshape_of_unknown_sizes(backend):
    x = values(3, 5, 4)
    y = layers.Reshape((-1, 2))(layers.Input((None, 4)))
    assert K.int_shape(y) == (None, None, 2)
    found = K.function([y._keras_history[0].input], [y])([x])[0]
    np.testing.assert_array_equal(found, x.reshape(3, 10, 2))


@pytest.mark.parametrize("target", [(5, -1), (-1, -1), (7,)])
def test_reshape_refuses_what_does_not_fit(target):
    with pytest.raises(ValueError, match="number of elements of a sample must stay the same"):
        layers.Reshape(target)(layers.Input((2, 6)))


def test_flatten_with_channels_first_puts_them_last(backend):
    x = values(2, 3, 4, 5)
    expected = np.moveaxis(x, 1, -1).reshape(2, -1)
    np.testing.assert_array_equal(run(layers.Flatten("channels_first"), x), expected)


def test_flatten_needs_known_sizes_and_three_axes():
    with pytest.raises(ValueError, match="all sizes of a sample must be known"):
        layers.Flatten()(layers.Input((None, 3)))
    with pytest.raises(ValueError, match="min_ndim=3"):
        layers.Flatten()(layers.Input((3,)))


def test_permute_refuses_what_is_no_permutation():
    with pytest.raises(ValueError, match="each axis of a sample once"):
        layers.Permute((1, 3))


# ---- dropout ----

def test_dropout_drops_in_training_only(backend):
    x = np.ones((50, 40), "float32")
    np.testing.assert_array_equal(run(layers.Dropout(0.25), x), x)
    y = run(layers.Dropout(0.25), x, training=1)
    assert set(np.unique(np.round(y, 5))) == {0.0, np.float32(1.33333)}
    assert abs((y == 0).mean() - 0.25) < 0.05


@pytest.mark.parametrize("layer, shape, axes", [
    (layers.SpatialDropout1D, (20, 6, 5), (1,)),
    (layers.SpatialDropout2D, (20, 4, 3, 5), (1, 2)),
    (layers.SpatialDropout3D, (20, 2, 3, 2, 5), (1, 2, 3))])
def test_spatial_dropout_drops_whole_maps(layer, shape, axes, backend):
    y = run(layer(0.5), np.ones(shape, "float32"), training=1)
    assert np.ptp(y, axis=axes).max() == 0 and 0 < (y == 0).mean() < 1


def test_spatial_dropout_of_channels_first():
    y = run(layers.SpatialDropout2D(0.5, data_format="channels_first"),
            np.ones((20, 5, 4, 3), "float32"), training=1)
    assert np.ptp(y, axis=(2, 3)).max() == 0 and 0 < (y == 0).mean() < 1


def test_a_seed_fixes_the_masks():
    x = np.ones((4, 30), "float32")
    first, second = (run(layers.Dropout(0.5, seed=5), x, training=1) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_rates_0_and_1_do_nothing():
    x = layers.Input((3,))
    assert not layers.Dropout(0.0)(x)._uses_learning_phase
    assert layers.Dropout(1.7).rate == 1.0


@pytest.mark.parametrize("layer", [layers.GaussianNoise(0.5), layers.GaussianDropout(0.2),
                                   layers.AlphaDropout(0.2)])
def test_noise_keeps_mean_and_changes_values(layer, backend):
    x = np.random.RandomState(1).randn(200, 100).astype("float32")
    np.testing.assert_array_equal(run(type(layer).from_config(layer.get_config()), x), x)
    y = run(layer, x, training=1)
    assert abs(y.mean() - x.mean()) < 0.02 and np.abs(y - x).max() > 0.1


# ---- Lambda ----

def test_lambda_finds_its_shape_and_passes_arguments(backend):
    layer = layers.Lambda(doubled, arguments={"factor": 3.0})
    x = values(2, 4)
    np.testing.assert_allclose(run(layer, x), 3 * x, rtol=1e-6)
    assert layer.compute_output_shape((None, 4)) == (None, 4)


def test_lambda_of_several_inputs():
    layer = layers.Lambda(lambda pair: K.concatenate(pair))
    y = layer([layers.Input((2,)), layers.Input((3,))])
    assert K.int_shape(y) == (None, 5)
    assert layer.compute_output_shape([(None, 2), (None, 3)]) == (None, 5)


@pytest.mark.parametrize("output_shape", [(7,), lambda shape: (shape[0], 7), [7]])
def test_lambda_output_shape_of_each_kind(output_shape):
    layer = layers.Lambda(lambda x: x, output_shape=output_shape)
    assert layer.compute_output_shape((None, 4)) == (None, 7)


def test_lambda_gets_the_mask_and_gives_one():
    seen = []

    def function(x, mask=None):
        seen.append(mask)
        return x
    x = layers.Masking()(layers.Input((3, 2)))
    layer = layers.Lambda(function, mask=lambda inputs, mask: mask)
    y = layer(x)
    assert len(seen) == 1 and layer.get_output_mask_at(0) is seen[0] is not None
    assert layers.Lambda(doubled)(x) is not None and y is not None


def test_lambda_refuses_a_wrong_output_shape():
    with pytest.raises(TypeError, match="not something that `output_shape` can be"):
        layers.Lambda(doubled, output_shape=3)


def test_a_lambda_comes_back_within_the_process():
    offset = 4.0
    for function in (doubled, lambda x: x + offset):
        layer = layers.Lambda(function, output_shape=(3,))
        copy = layers.deserialize(layers.serialize(layer))
        assert copy.function is function and copy._output_shape == (3,)


def test_bytecode_from_a_file_is_not_run():
    layer = layers.Lambda(lambda x: x + 1, name="plus")
    config = json.loads(json.dumps(layers.serialize(layer)))
    with pytest.raises(ValueError, match="'plus' is bytecode, which is not run"):
        layers.deserialize(config)
    given = layers.deserialize(config, custom_objects={"plus": doubled})
    assert given.function is doubled


def test_a_function_is_found_by_name_among_custom_objects():
    config = json.loads(json.dumps(layers.serialize(layers.Lambda(doubled))))
    with pytest.raises(ValueError, match="'doubled' is not known here"):
        layers.deserialize(config)
    with CustomObjectScope({"doubled": doubled}):
        assert layers.deserialize(config).function is doubled


def test_dumped_functions_load_with_defaults_and_closure():
    offset = 4.0

    def function(x, factor=2.0):
        return factor * x + offset
    config = layers.Lambda(lambda x: x).get_config()
    assert len(config["function"]) == 3
    from keras_compat.utils.generic_utils import func_dump
    assert func_load(json.loads(json.dumps(func_dump(function))))(3) == 10.0


# ---- masks ----

def test_masking_zeroes_masked_steps_and_passes_the_mask_on(backend):
    x = values(2, 3, 2)
    x[0, 1] = 5.0
    layer = layers.Masking(5.0)
    masked, mask = run(lambda t: [layer(t), layer.get_output_mask_at(0)], x)
    expected = np.array([[True, False, True], [True, True, True]])
    np.testing.assert_array_equal(mask, expected)
    np.testing.assert_array_equal(masked, x * expected[..., None])


@pytest.mark.parametrize("layer", [
    lambda: layers.Conv1D(2, 2), lambda: layers.Flatten(), lambda: layers.Reshape((6,)),
    lambda: layers.MaxPooling1D(), lambda: layers.GlobalMaxPooling1D(),
    lambda: layers.UpSampling1D(), lambda: layers.LocallyConnected1D(2, 2)])
def test_a_layer_without_masks_refuses_one(layer):
    x = layers.Masking()(layers.Input((3, 2)))
    with pytest.raises(TypeError, match="does not support masking"):
        layer()(x)


def test_masks_pass_through_elementwise_layers():
    x = layers.Embedding(5, 4, mask_zero=True)(layers.Input((6,), dtype="int32"))
    for layer in (layers.Dense(3), layers.Dropout(0.5), layers.Activation("relu"),
                  layers.BatchNormalization(), layers.LeakyReLU(), layers.GaussianNoise(0.1)):
        x = layer(x)
        assert K.int_shape(layer.get_output_mask_at(0)) == (None, 6)


# ---- Embedding and BatchNormalization ----

def test_embedding_takes_floats_as_indices(backend):
    layer = layers.Embedding(5, 3)
    x = np.array([[0, 4], [2, 2]], "float32")
    np.testing.assert_array_equal(run(layer, x), layer.get_weights()[0][x.astype(int)])


def test_embedding_checks_input_length():
    layer = layers.Embedding(5, 3, input_length=4)
    assert layer.batch_input_shape == (None, 4)
    assert layer.compute_output_shape((None, None)) == (None, 4, 3)
    with pytest.raises(ValueError, match="length of `input_length`"):
        layer.compute_output_shape((None, 5))


def test_batch_normalization_updates_its_statistics_in_training(backend):
    layer = layers.BatchNormalization(momentum=0.5)
    x = layers.Input((3,))
    y = layer(x)
    data = values(20, 3) * 2 + 1
    train = K.function([x, K.learning_phase()], [y], updates=layer.get_updates_for(x))
    out = train([data, 1])[0]
    np.testing.assert_allclose(out.mean(0), 0, atol=1e-5)
    mean, variance = layer.get_weights()[2:]
    np.testing.assert_allclose(mean, 0.5 * data.mean(0), rtol=1e-4)
    expected = 0.5 + 0.5 * data.var(0) * 20 / (20 - 1.001)
    np.testing.assert_allclose(variance, expected, rtol=1e-4)
    test = K.function([x, K.learning_phase()], [y])([data, 0])[0]
    np.testing.assert_allclose(test, (data - mean) / np.sqrt(variance + 1e-3), atol=1e-4)


def test_a_frozen_batch_normalization_uses_the_batch_and_keeps_its_statistics():
    layer = layers.BatchNormalization(trainable=False)
    x = layers.Input((3,))
    y = layer(x)
    assert layer.updates == [] and layer.trainable_weights == []
    out = K.function([x, K.learning_phase()], [y])([values(20, 3) + 4, 1])[0]
    np.testing.assert_allclose(out.mean(0), 0, atol=1e-5)


def test_prelu_shares_alphas():
    layer = layers.PReLU(shared_axes=[1, 2])
    layer(layers.Input((None, 4, 3)))
    assert layer.get_weights()[0].shape == (1, 1, 3)
    with pytest.raises(ValueError, match="not shared must be known"):
        layers.PReLU()(layers.Input((None, 3)))


@pytest.mark.parametrize("argument", [{"max_value": -1.0}, {"negative_slope": -0.5}])
def test_relu_refuses_negative_arguments(argument):
    with pytest.raises(ValueError, match=f"`{next(iter(argument))}`"):
        layers.ReLU(**argument)
