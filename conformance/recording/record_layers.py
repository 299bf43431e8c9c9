"""Records layer cases of Keras 2.3.1 in the format of `conformance/golden/`.

    KERAS_BACKEND=... python record_layers.py FOLDER

writes FOLDER/layers.json and FOLDER/layers.npz. The README beside this file says how to
make the environment.
"""
import json
import os
import sys
import zlib

import keras
import numpy as np
from keras import backend as K
from layer_cases import cases


def main(folder):
    """Records every case into a folder."""
    records, arrays = [], {}
    for case in cases():
        K.clear_session()
        record, found = recorded(*case)
        records.append(record)
        arrays.update({case[0] + "/" + role: value for role, value in found.items()})
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "layers.json"), "w") as file:
        json.dump({"group": "layers", "cases": records}, file, sort_keys=True)
        file.write("\n")
    np.savez_compressed(os.path.join(folder, "layers.npz"), **arrays)


def recorded(name, class_name, kwargs, shapes, call):
    """(record, arrays by role) of one case."""
    random = np.random.RandomState(zlib.crc32(name.encode()) % 2 ** 31)
    layer = getattr(keras.layers, class_name)(**kwargs)
    inputs = [keras.layers.Input(shape[1:]) for shape in shapes]
    output = layer(single(inputs), **call)
    arrays = {"input%d" % i: normal(random, shape) for i, shape in enumerate(shapes)}
    weights = [weight_value(random, w) for w in layer.weights]
    layer.set_weights(weights)
    arrays.update({"weight%d" % i: value for i, value in enumerate(weights)})
    feeds = [arrays["input%d" % i] for i in range(len(shapes))]
    arrays["coef0"] = normal(random, K.function(inputs, [output])(feeds)[0].shape)
    arrays.update(computed(layer, inputs, output, feeds, arrays["coef0"]))
    if call.get("training"):
        arrays.update({"updated_weight%d" % i: new for i, (old, new) in
                       enumerate(zip(weights, layer.get_weights())) if not np.array_equal(old, new)})
    return facts(name, layer, shapes, call, arrays), arrays


def computed(layer, inputs, output, feeds, coefficients):
    """Output and gradients by role; the layer's updates are done on the way."""
    loss = K.sum(output * K.constant(coefficients))
    wrt = {"grad_input%d" % i: x for i, x in enumerate(inputs)}
    wrt.update({"grad_weight%d" % i: layer.weights[i] for i in trainable(layer)})
    tensors = [output] + K.gradients(loss, list(wrt.values()))
    values = K.function(inputs, tensors, updates=layer.updates)(feeds)
    return dict(zip(["output0"] + list(wrt), values))


def facts(name, layer, shapes, call, arrays):
    """All that is not an array."""
    shapes = [(None,) + shape[1:] for shape in shapes]
    return {"case": name, "group": "layers", "class_name": type(layer).__name__,
            "config": json.loads(json.dumps(layer.get_config(), default=lambda x: x.tolist())),
            "input_shape": shapes, "output_shape": [layer.compute_output_shape(single(shapes))],
            "n_inputs": len(shapes), "n_outputs": 1, "n_states": 0,
            "n_weights": len(layer.weights), "trainable": trainable(layer),
            "weight_names": [w.name.split("/")[-1].split(":")[0] for w in layer.weights],
            "stateful": False, "training": call.get("training"), "with_mask": False,
            "arrays": {role: [value.shape, str(value.dtype)] for role, value in arrays.items()}}


def trainable(layer):
    """The indices of the trainable weights."""
    names = [w.name for w in layer.trainable_weights]
    return [i for i, w in enumerate(layer.weights) if w.name in names]


def weight_value(random, weight):
    """Values for a weight; a variance is positive."""
    value = normal(random, K.int_shape(weight)) * np.float32(0.5)
    return np.abs(value) + np.float32(0.5) if "variance" in weight.name else value


def normal(random, shape):
    """float32 values of a standard normal distribution."""
    return random.randn(*shape).astype("float32")


def single(values):
    """A list of one as that one."""
    return values[0] if len(values) == 1 else values


if __name__ == "__main__":
    main(sys.argv[1])
