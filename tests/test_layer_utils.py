"""Walks over layers: sources of a tensor, parameter counts, weights of other conventions.

The summary's table is tested in test_network.
"""
import numpy as np
import pytest
from tiny_layers import Affine, Plus

from keras_compat import backend as K
from keras_compat.engine.input_layer import Input
from keras_compat.utils import layer_utils


def test_sources():
    a, b = Input((4,)), Input((4,))
    shared = Affine(4)
    y = Plus()([shared(a), shared(b)])
    assert layer_utils.get_source_inputs(y) == [a, b]
    assert layer_utils.get_source_inputs(a) == [a]
    assert layer_utils.get_source_inputs(shared.get_output_at(1), shared, 1) == [b]
    loose = K.placeholder((2, 3))
    assert layer_utils.get_source_inputs(loose) == [loose]
    assert layer_utils.get_source_inputs(Affine(2)(loose)) == [loose]


def test_count_params_counts_a_variable_once():
    weight = K.variable(np.zeros((3, 4)))
    assert layer_utils.count_params([weight, weight, K.variable(1.0)]) == 13


@pytest.mark.parametrize("data_format, source", [("channels_first", (2, 3, 4)), ("channels_last", (4, 2, 3))])
def test_dense_weights_for_the_other_data_format(data_format, source):
    # A dense layer after Flatten gives the same for feature maps of either format.
    maps = np.random.RandomState(0).normal(size=(5,) + source)
    axes = (0, 3, 1, 2) if data_format == "channels_first" else (0, 2, 3, 1)
    moved = maps.transpose(axes)
    dense = Affine(3)
    dense(Input((24,)))
    kernel = np.random.RandomState(1).normal(size=(24, 3))
    dense.set_weights([kernel, np.zeros(3)])
    layer_utils.convert_dense_weights_data_format(dense, moved.shape[1:], data_format)
    np.testing.assert_allclose(moved.reshape(5, -1) @ dense.get_weights()[0],
                               maps.reshape(5, -1) @ kernel, rtol=1e-5, atol=1e-5)
    with pytest.raises(ValueError, match="data format"):
        layer_utils.convert_dense_weights_data_format(dense, (24,), "other")
