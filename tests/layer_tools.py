"""Running layers on arrays, for the tests of layers."""
import numpy as np

from keras_compat import backend as K
from keras_compat import layers


def values(*shape, seed=0):
    """Seeded float32 values round 0."""
    return np.random.RandomState(seed).randn(*shape).astype("float32")


def run(tensor_of, *arrays, training=0, batch=False):
    """What `tensor_of(*placeholders)` is for these arrays: an array, or a list of them."""
    inputs = [layers.Input(batch_shape=x.shape if batch else (None,) + x.shape[1:],
                           dtype=x.dtype.name) for x in arrays]
    outputs = tensor_of(*inputs)
    several = isinstance(outputs, (list, tuple))
    function = K.function([*inputs, K.learning_phase()],
                          list(outputs) if several else [outputs])
    results = function([*arrays, training])
    return results if several else results[0]


def restored(layer):
    """The layer that the config of another gives; both have the same config."""
    copy = layers.deserialize(layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
    assert type(copy) is type(layer)
    return copy
