"""Static shapes and build-time errors of the neural-network ops."""
import re

import pytest

import keras_compat.backend as K


def tensor(*shape, dtype="float32"):
    return K.placeholder(shape, dtype=dtype)


N = None

SHAPES = {
    "conv1d valid": (lambda: K.conv1d(tensor(N, 9, 3), tensor(3, 3, 4)), (N, 7, 4)),
    "conv1d causal": (lambda: K.conv1d(tensor(N, 9, 3), tensor(3, 3, 4), padding="causal",
                                       dilation_rate=2), (N, 9, 4)),
    "conv1d causal channels_first": (
        lambda: K.conv1d(tensor(N, 3, 9), tensor(4, 3, 5), padding="causal",
                         data_format="channels_first"), (N, 5, 9)),
    "conv1d causal strided": (lambda: K.conv1d(tensor(2, 9, 3), tensor(4, 3, 5), strides=2,
                                               padding="causal"), (2, 5, 5)),
    "conv2d unknown size": (lambda: K.conv2d(tensor(N, N, 5, 3), tensor(3, 3, 3, 4)),
                            (N, N, 3, 4)),
    "conv2d same strided": (lambda: K.conv2d(tensor(2, 7, 6, 3), tensor(2, 2, 3, 4), (2, 3),
                                             "same"), (2, 4, 2, 4)),
    "conv2d dilated": (lambda: K.conv2d(tensor(2, 9, 9, 3), tensor(3, 3, 3, 4),
                                        dilation_rate=(2, 3)), (2, 5, 3, 4)),
    "conv2d an int for both strides": (lambda: K.conv2d(tensor(2, 7, 7, 3), tensor(3, 3, 3, 4), 2),
                                       (2, 3, 3, 4)),
    "conv2d channels_first": (lambda: K.conv2d(tensor(2, 3, 7, 6), tensor(3, 3, 3, 4),
                                               data_format="channels_first"), (2, 4, 5, 4)),
    "conv2d no samples": (lambda: K.conv2d(tensor(0, 7, 6, 3), tensor(3, 3, 3, 4)), (0, 5, 4, 4)),
    "conv3d": (lambda: K.conv3d(tensor(N, 5, 4, 3, 2), tensor(3, 2, 1, 2, 6), (2, 1, 1)),
               (N, 2, 3, 3, 6)),
    "conv2d_transpose ints": (
        lambda: K.conv2d_transpose(tensor(N, 7, 5, 3), tensor(3, 3, 4, 3), (2, 9, 7, 4)),
        (2, 9, 7, 4)),
    "conv2d_transpose no batch": (
        lambda: K.conv2d_transpose(tensor(N, 7, 5, 3), tensor(3, 3, 4, 3), (None, 9, 7, 4)),
        (N, 9, 7, 4)),
    "conv2d_transpose strided": (
        lambda: K.conv2d_transpose(tensor(2, 4, 3, 3), tensor(2, 2, 4, 3), (2, 7, 6, 4), (2, 2),
                                   "same"), (2, 7, 6, 4)),
    "conv3d_transpose": (
        lambda: K.conv3d_transpose(tensor(1, 2, 5, 4, 3), tensor(2, 2, 2, 6, 2), (1, 6, 6, 5, 4),
                                   data_format="channels_first"), (1, 6, 6, 5, 4)),
    "deconv2d th": (
        lambda: K.deconv2d(tensor(1, 3, 4, 4), tensor(5, 3, 3, 3), (1, 5, 6, 6),
                           dim_ordering="th"), (1, 5, 6, 6)),
    "atrous_conv2d": (lambda: K.atrous_conv2d(tensor(1, 9, 9, 3), tensor(3, 3, 3, 4), 2),
                      (1, 5, 5, 4)),
    "depthwise_conv2d": (lambda: K.depthwise_conv2d(tensor(N, 7, 5, 3), tensor(3, 3, 3, 2)),
                         (N, 5, 3, 6)),
    "separable_conv1d": (
        lambda: K.separable_conv1d(tensor(N, 9, 3), tensor(3, 3, 2), tensor(1, 6, 4), 2),
        (N, 4, 4)),
    "separable_conv2d": (
        lambda: K.separable_conv2d(tensor(N, 7, 5, 3), tensor(3, 3, 3, 2), tensor(1, 1, 6, 4),
                                   padding="same"), (N, 7, 5, 4)),
    "local_conv1d": (lambda: K.local_conv1d(tensor(N, 9, 3), tensor(4, 9, 5), (3,), (2,)),
                     (N, 4, 5)),
    "local_conv2d channels_first": (
        lambda: K.local_conv2d(tensor(N, 3, 7, 5), tensor(15, 27, 4), (3, 3), (1, 1), (5, 3),
                               data_format="channels_first"), (N, 4, 5, 3)),
    "pool1d": (lambda: K.pool1d(tensor(N, 9, 3), 2, 2), (N, 4, 3)),
    "pool2d same": (lambda: K.pool2d(tensor(N, 7, N, 3), (2, 2), (2, 2), "same"), (N, 4, N, 3)),
    "pool2d of integers": (lambda: K.pool2d(tensor(1, 4, 4, 1, dtype="int32"), (2, 2)),
                           (1, 3, 3, 1)),
    "pool3d avg": (lambda: K.pool3d(tensor(2, 2, 5, 4, 3), (2, 2, 2), pool_mode="avg",
                                    data_format="channels_first"), (2, 2, 4, 3, 2)),
    "temporal_padding": (lambda: K.temporal_padding(tensor(N, 3, 4), (1, 2)), (N, 6, 4)),
    "spatial_2d_padding": (lambda: K.spatial_2d_padding(tensor(N, N, 4, 2)), (N, N, 6, 2)),
    "spatial_3d_padding": (
        lambda: K.spatial_3d_padding(tensor(1, 2, 3, 4, 5), ((1, 0), (0, 0), (2, 2)),
                                     "channels_first"), (1, 2, 4, 4, 9)),
    "asymmetric_spatial_2d_padding": (
        lambda: K.asymmetric_spatial_2d_padding(tensor(1, 2, 3, 4), 1, 0, 2, 3, "th"),
        (1, 2, 4, 9)),
    "resize_images": (lambda: K.resize_images(tensor(N, N, 4, 2), 2, 3, "channels_last"),
                      (N, N, 12, 2)),
    "resize_images bilinear": (
        lambda: K.resize_images(tensor(N, 2, 3, 4), 2, 3, "channels_first", "bilinear"),
        (N, 2, 6, 12)),
    "resize_volumes": (lambda: K.resize_volumes(tensor(1, 2, 3, 4, 5), 1, 2, 3, "channels_last"),
                       (1, 2, 6, 12, 5)),
    "bias_add": (lambda: K.bias_add(tensor(N, 2, 3, 4), tensor(2), "channels_first"),
                 (N, 2, 3, 4)),
    "softmax": (lambda: K.softmax(tensor(N, 4), axis=0), (N, 4)),
    "in_top_k": (lambda: K.in_top_k(tensor(N, 4), tensor(N, dtype="int32"), 2), (N,)),
    "categorical_crossentropy": (
        lambda: K.categorical_crossentropy(tensor(N, 3, 2), tensor(N, 3, 2), axis=1), (N, 2)),
    "sparse_categorical_crossentropy": (
        lambda: K.sparse_categorical_crossentropy(tensor(N, 3, 1), tensor(N, 3, 5)), (N, 3)),
    "sparse_categorical_crossentropy axis 1": (
        lambda: K.sparse_categorical_crossentropy(tensor(N, 3), tensor(N, 5, 3), axis=1), (N, 3)),
    "binary_crossentropy": (lambda: K.binary_crossentropy(tensor(N, 1), tensor(N, 1)), (N, 1)),
    "normalize_batch_in_training": (
        lambda: K.normalize_batch_in_training(tensor(N, 4, 3), tensor(3), None, [0, 1])[0],
        (N, 4, 3)),
    "normalize_batch_in_training mean": (
        lambda: K.normalize_batch_in_training(tensor(N, 4, 3), None, tensor(4), [0, 2])[1], (4,)),
    "batch_normalization axis 1": (
        lambda: K.batch_normalization(tensor(N, 4, 3), tensor(4), tensor(1, 4, 1), None, tensor(4),
                                      axis=1), (N, 4, 3)),
    "dropout": (lambda: K.dropout(tensor(N, 4), 0.5, noise_shape=(None, 1), seed=1), (N, 4)),
    "lstm": (lambda: K.lstm(tensor(N, 5, 3), tensor(N, 4), tensor(N, 4), tensor(3, 16),
                            tensor(4, 16), return_sequences=True)[0], (N, 5, 4)),
    "gru": (lambda: K.gru(tensor(2, N, 3), tensor(2, 4), tensor(3, 12), tensor(4, 12),
                          tensor(12))[0], (2, 4)),
}


@pytest.mark.parametrize("case", SHAPES)
def test_static_shape(case):
    call, expected = SHAPES[case]
    assert tuple(call().shape) == expected


ERRORS = {
    "kernel of other channels": (
        lambda: K.conv2d(tensor(N, 7, 7, 5), tensor(3, 3, 3, 4)), ValueError,
        "conv2d: the kernel must match the channels. Expected x.shape[3] == 3; received "
        "x (None, 7, 7, 5), kernel (3, 3, 3, 4)"),
    "rank of x": (lambda: K.conv2d(tensor(N, 7, 5), tensor(3, 3, 3, 4)), ValueError,
                  "conv2d: x has the wrong number of axes. Expected 4 axes; received x"),
    "rank of the kernel": (lambda: K.conv1d(tensor(N, 7, 5), tensor(3, 3, 5, 4)), ValueError,
                           "conv1d: kernel has the wrong number of axes. Expected 3 axes"),
    "padding": (lambda: K.conv2d(tensor(1, 7, 7, 3), tensor(3, 3, 3, 4), padding="full"),
                ValueError, "unknown padding. Expected 'valid' or 'same'; received 'full'"),
    "causal is for conv1d": (
        lambda: K.conv2d(tensor(1, 7, 7, 3), tensor(3, 3, 3, 4), padding="causal"),
        ValueError, "unknown padding"),
    "data_format": (lambda: K.pool2d(tensor(1, 7, 7, 3), (2, 2), data_format="tf"), ValueError,
                    "unknown data_format. Expected 'channels_last' or 'channels_first'"),
    "dim_ordering": (lambda: K.atrous_conv2d(tensor(1, 7, 7, 3), tensor(3, 3, 3, 4),
                                             dim_ordering="caffe"), ValueError,
                     "unknown dim_ordering"),
    "strides and dilation": (
        lambda: K.conv2d(tensor(1, 7, 7, 3), tensor(3, 3, 3, 4), (2, 2), dilation_rate=(2, 2)),
        ValueError, "strides and dilation cannot both be used"),
    "stride 0": (lambda: K.conv1d(tensor(1, 7, 3), tensor(3, 3, 4), 0), ValueError,
                 "strides must be positive"),
    "kernel larger than x": (
        lambda: K.conv2d(tensor(1, 2, 7, 3), tensor(3, 3, 3, 4)), ValueError,
        "the window must fit into the input. Expected spatial sizes of at least (3, 3); received "
        "x (1, 2, 7, 3)"),
    "dtypes of x and kernel": (
        lambda: K.conv1d(tensor(1, 7, 3), tensor(3, 3, 4, dtype="float64")), TypeError,
        "Expected y of dtype float32"),
    "integers": (lambda: K.conv1d(tensor(1, 7, 3, dtype="int32"), tensor(3, 3, 4, dtype="int32")),
                 TypeError, "x must have a suitable dtype"),
    "a transposed shape that does not fit": (
        lambda: K.conv2d_transpose(tensor(1, 7, 5, 3), tensor(3, 3, 4, 3), (1, 10, 7, 4)),
        ValueError, "Expected spatial sizes (8, 5) for the output shape (1, 10, 7, 4)"),
    "a transposed shape of other channels": (
        lambda: K.conv2d_transpose(tensor(1, 7, 5, 3), tensor(3, 3, 4, 3), (1, 9, 7, 3)),
        ValueError, "Expected output.shape[3] == 4"),
    "a transposed shape of other rank": (
        lambda: K.conv2d_transpose(tensor(1, 7, 5, 3), tensor(3, 3, 4, 3), (9, 7)), ValueError,
        "output_shape names every axis"),
    "depthwise channels": (
        lambda: K.depthwise_conv2d(tensor(1, 7, 5, 4), tensor(3, 3, 3, 2)), ValueError,
        "depthwise_conv2d: the kernel must match the channels. Expected x.shape[3] == 3"),
    "pointwise window": (
        lambda: K.separable_conv1d(tensor(1, 7, 3), tensor(3, 3, 2), tensor(3, 6, 2)), ValueError,
        "a pointwise kernel has spatial sizes of 1"),
    "local kernel": (lambda: K.local_conv1d(tensor(1, 9, 3), tensor(7, 8, 2), (3,), (1,)),
                     ValueError, "Expected kernel.shape[:2] == (7, 9); received kernel (7, 8, 2)"),
    "local places": (lambda: K.local_conv1d(tensor(1, 9, 3), tensor(8, 9, 2), (3,), (1,)),
                     ValueError, "the windows must fit into the input. Expected output sizes up to 7"),
    "pool_mode": (lambda: K.pool2d(tensor(1, 7, 7, 3), (2, 2), pool_mode="sum"), ValueError,
                  "unknown pool_mode. Expected 'max' or 'avg'; received 'sum'"),
    "pool of rank 3": (lambda: K.pool2d(tensor(1, 7, 7), (2, 2)), ValueError, "Expected 4 axes"),
    "pool_size of one axis": (lambda: K.pool2d(tensor(1, 7, 7, 3), (2,)), ValueError,
                              "pool_size must be positive. Expected an int or 2 ints"),
    "mean of integers": (lambda: K.pool2d(tensor(1, 7, 7, 3, dtype="int32"), 2, pool_mode="avg"),
                         TypeError, "x must have a suitable dtype"),
    "negative padding": (lambda: K.temporal_padding(tensor(1, 7, 3), (-1, 0)), ValueError,
                         "two ints of at least 0"),
    "padding of one axis": (lambda: K.spatial_2d_padding(tensor(1, 7, 7, 3), ((1, 1),)), ValueError,
                            "padding has one entry per spatial axis"),
    "interpolation": (
        lambda: K.resize_images(tensor(1, 7, 7, 3), 2, 2, "channels_last", "cubic"), ValueError,
        "unknown interpolation. Expected 'nearest' or 'bilinear'; received 'cubic'"),
    "bias rank": (lambda: K.bias_add(tensor(1, 7, 7, 3), tensor(7, 3)), ValueError,
                  "bias_add: the bias has the wrong number of axes. Expected 1 axis or 3"),
    "bias channels": (lambda: K.bias_add(tensor(1, 7, 7, 3), tensor(4)), ValueError,
                      "Expected bias.shape[-1] == 3 or 1; received x (1, 7, 7, 3), bias (4,)"),
    "crossentropy shapes": (
        lambda: K.categorical_crossentropy(tensor(N, 3), tensor(N, 4)), ValueError,
        "target and output must have one shape. Expected (None, 4); received target (None, 3)"),
    "crossentropy axis": (
        lambda: K.categorical_crossentropy(tensor(N, 3), tensor(N, 3), axis=2), ValueError,
        "axis out of range"),
    "sparse labels": (
        lambda: K.sparse_categorical_crossentropy(tensor(4, 3), tensor(4, 2, 5)), ValueError,
        "there is one class number per prediction. Expected (4, 2); received target (4, 3)"),
    "in_top_k rank": (lambda: K.in_top_k(tensor(4), tensor(4, dtype="int32"), 1), ValueError,
                      "predictions and targets have the wrong number of axes"),
    "in_top_k of floats": (lambda: K.in_top_k(tensor(4, 3), tensor(4), 1), TypeError,
                           "targets must have a suitable dtype"),
    "dropout of everything": (lambda: K.dropout(tensor(4, 3), 1.), ValueError,
                              "level is the share that is dropped"),
    "noise_shape": (lambda: K.dropout(tensor(4, 3), .5, noise_shape=(4, 2)), ValueError,
                    "noise_shape must broadcast with x"),
    "causal kernel": (lambda: K.conv1d(tensor(1, 9, 3), tensor(N, 3, 4), padding="causal"),
                      ValueError, "a causal convolution's kernel has a known size"),
    "places of a local kernel": (
        lambda: K.local_conv1d(tensor(1, 9, 3), tensor(N, 9, 4), 3, 1), ValueError,
        "the kernel has a known shape. Expected ints; received kernel (None, 9, 4)"),
    "filters of a local kernel": (
        lambda: K.local_conv2d(tensor(1, 9, 9, 3), tensor(49, 27, N), (3, 3), 1, (7, 7)),
        ValueError, "the kernel has a known shape"),
    "softmax of integers": (lambda: K.softmax(tensor(4, 3, dtype="int32")), TypeError,
                            "x must have a suitable dtype"),
    "recurrent kernel": (
        lambda: K.lstm(tensor(1, 5, 3), tensor(1, 4), tensor(1, 4), tensor(3, 16), tensor(4, 12)),
        ValueError, "the recurrent_kernel must fit the input and the units. Expected (4, 16)"),
    "recurrent activation": (
        lambda: K.simple_rnn(tensor(1, 5, 3), tensor(1, 4), tensor(3, 4), tensor(4, 4),
                             activation="swish"), ValueError, "unknown activation"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_error_when_the_graph_is_built(case):
    call, error, text = ERRORS[case]
    with pytest.raises(error, match=re.escape(text)) as caught:
        call()
    assert "Expected" in str(caught.value) and "received" in str(caught.value)


def test_an_error_names_the_layer():
    with K.layer_scope("conv2d_7"), pytest.raises(ValueError, match=r"conv2d \(layer 'conv2d_7'\)"):
        K.conv2d(tensor(N, 7, 7, 5), tensor(3, 3, 3, 4))


def test_the_default_data_format_is_that_of_the_settings(settings):
    settings.set_image_data_format("channels_first")
    assert tuple(K.pool2d(tensor(1, 3, 6, 6), (2, 2), (2, 2)).shape) == (1, 3, 3, 3)


def test_a_transposed_convolution_takes_sizes_known_later():
    x = tensor(N, N, N, 3)
    shape = (K.shape(x)[0], K.shape(x)[1] + 2, K.shape(x)[2] + 2, 4)
    assert tuple(K.conv2d_transpose(x, tensor(3, 3, 4, 3), shape).shape) == (N, N, N, 4)
