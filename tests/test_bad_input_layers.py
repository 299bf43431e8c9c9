"""Mistakes with layers: arguments, what they are called on, weights. One row a mistake."""
import numpy as np

from bad_input import check, table
from keras_compat import initializers
from keras_compat.engine.base_layer import Layer
from keras_compat.layers import (
    GRU, LSTM, RNN, Activation, Add, AveragePooling2D, BatchNormalization, Bidirectional,
    Concatenate, Conv1D, Conv2D, Cropping2D, CuDNNLSTM, Dense, DepthwiseConv2D, Dot, Dropout,
    Embedding, Flatten, Input, Lambda, LeakyReLU, LocallyConnected2D, Masking, MaxPooling2D,
    Permute, PReLU, ReLU, RepeatVector, Reshape, SeparableConv2D, Softmax, Subtract,
    TimeDistributed, UpSampling2D, ZeroPadding2D, deserialize)


class NoMask(Layer):
    """A layer that does not say what becomes of masks."""


def stateful():
    layer = LSTM(3, stateful=True)
    layer(Input(batch_shape=(2, 4, 2)))
    return layer


def built():
    layer = Dense(3)
    layer(Input((2,)))
    return layer


@table(
    ("no units", lambda: Dense(0), ValueError, "Dense.*layer 'dense", "positive integer", "^0"),
    ("negative units", lambda: Dense(-1), ValueError, "Dense", "positive integer", "-1"),
    ("units in letters", lambda: Dense("a"), ValueError, "Dense", "positive integer", "'a'"),
    ("units with a fraction", lambda: Dense(1.5), ValueError, "Dense", "integer", r"1\.5"),
    ("units None", lambda: Dense(None), ValueError, "Dense", "integer", "None"),
    ("units NaN", lambda: Dense(float("nan")), ValueError, "Dense", "integer", "nan"),
    ("units True", lambda: Dense(True), ValueError, "Dense", "integer", "True"),
    ("units of an LSTM", lambda: LSTM(0), ValueError, "LSTM", "positive integer", "^0"),
    ("units of a CuDNN layer", lambda: CuDNNLSTM(-3), ValueError, "CuDNNLSTM", "positive", "-3"),
    ("unknown keyword", lambda: Dense(3, unit=1), TypeError, "Dense", "'input_shape'", "'unit'"),
    ("unknown dtype", lambda: Dense(3, dtype="flot"), TypeError, "Dense", "float32", "'flot'"),
    ("filters", lambda: Conv2D(0, 3), ValueError, "Conv2D", "positive integer", "^0"),
    ("kernel of size 0", lambda: Conv2D(2, 0), ValueError, "kernel_size", "positive", "^0"),
    ("kernel of negative size", lambda: Conv2D(2, (3, -1)), ValueError, "kernel_size",
     "2 integers", "-1"),
    ("kernel of three sizes", lambda: Conv2D(2, (3, 3, 3)), ValueError, "kernel_size",
     "2 integers", r"\(3, 3, 3\)"),
    ("kernel in letters", lambda: Conv2D(2, "33"), ValueError, "kernel_size", "2 integers", "'33'"),
    ("strides 0", lambda: Conv2D(2, 3, strides=0), ValueError, "strides", "positive", "^0"),
    ("padding", lambda: Conv2D(2, 3, padding="smae"), ValueError, "padding", "'same'", "'smae'"),
    ("data format", lambda: Conv2D(2, 3, data_format="last"), ValueError, "data_format",
     "'channels_last' or 'channels_first'", "'last'"),
    ("depth multiplier", lambda: SeparableConv2D(2, 3, depth_multiplier=0), ValueError,
     "SeparableConv2D", "positive", "^0"),
    ("depth multiplier alone", lambda: DepthwiseConv2D(3, depth_multiplier=-1), ValueError,
     "DepthwiseConv2D", "positive", "-1"),
    ("pool of size 0", lambda: MaxPooling2D(0), ValueError, "pool_size", "positive", "^0"),
    ("enlarging by 0", lambda: UpSampling2D(0), ValueError, "size", "positive", "^0"),
    ("negative cropping", lambda: Cropping2D(-1), ValueError, "cropping", "not negative", "-1"),
    ("negative padding", lambda: ZeroPadding2D(-1), ValueError, "padding", "not negative", "-1"),
    ("padding in letters", lambda: ZeroPadding2D("ab"), ValueError, "padding", "integers", "'ab'"),
    ("words in an Embedding", lambda: Embedding(0, 3), ValueError, "Embedding", "positive", "^0"),
    ("size of an Embedding", lambda: Embedding(5, "3"), ValueError, "Embedding", "integer", "'3'"),
    ("times to repeat", lambda: RepeatVector(-1), ValueError, "RepeatVector", "positive", "-1"),
    ("rate in letters", lambda: Dropout("a"), TypeError, "Dropout", "finite number", "'a'"),
    ("rate of a cell", lambda: LSTM(3, dropout="a"), TypeError, "LSTM", "finite number", "'a'"),
    ("slope in letters", lambda: LeakyReLU("a"), ValueError, "LeakyReLU", "number", "'a'"),
    ("greatest value", lambda: ReLU(max_value=-1.), ValueError, "ReLU", "not negative", "-1"),
    ("new shape in letters", lambda: Reshape("ab"), ValueError, "Reshape", "integer", "'ab'"),
    ("axes that repeat", lambda: Permute((1, 1)), ValueError, "Permute", "1 to 2", r"\(1, 1\)"),
    ("activation's name", lambda: Activation("rellu"), ValueError, "activation", "one that",
     "'rellu'"),
    ("activation's kind", lambda: Dense(2, activation=3), ValueError, "activation", "callable",
     "3"),
    ("initializer's name", lambda: Dense(2, kernel_initializer="glorrot"), ValueError,
     "initializer", "one that", "'glorrot'"),
    ("regularizer's kind", lambda: Dense(2, kernel_regularizer=0.1), ValueError, "regularizer",
     "callable", r"0\.1"),
    ("constraint's name", lambda: Dense(2, kernel_constraint="no"), ValueError, "constraint",
     "one that", "'no'"),
    ("mode of scaling", lambda: initializers.VarianceScaling(mode="no"), ValueError,
     "VarianceScaling", "'fan_in'", "'no'"),
    ("cell", lambda: RNN(3), ValueError, "RNN", "a cell", "3"),
    ("wrapped number", lambda: TimeDistributed(3), ValueError, "TimeDistributed", "Layer", "3"),
    ("both directions of a Dense", lambda: Bidirectional(Dense(3)), ValueError, "Bidirectional",
     "go_backwards", "Dense"),
    ("merge mode", lambda: Bidirectional(LSTM(3), merge_mode="no"), ValueError, "Bidirectional",
     "'concat'", "'no'"),
    ("function", lambda: Lambda(3), TypeError, "Lambda", "a function", "3"),
    ("axes in letters", lambda: Dot(axes="a"), TypeError, "Dot", "integer", "'a'"),
    ("input_shape in letters", lambda: Dense(2, input_shape="ab"), ValueError, "Dense", "sizes",
     "'ab'"),
    ("negative input_shape", lambda: Dense(2, input_shape=(-1,)), ValueError, "Dense", "sizes",
     r"\(-1,\)"),
    ("no shape", lambda: Input(), ValueError, "Input", "shape", "none"),
    ("size with a fraction", lambda: Input((2.5,)), ValueError, "Input", "sizes", r"2\.5"),
    ("dtype of an Input", lambda: Input((2,), dtype="flot"), TypeError, "input_", "float32",
     "'flot'"),
    ("class of a config", lambda: deserialize({"class_name": "Foo", "config": {}}), ValueError,
     "layer", "one that", "'Foo'"),
    ("config without a config", lambda: deserialize({"class_name": "Dense"}), ValueError,
     "layer", "'config'", "Dense"),
)
def test_arguments(row):
    check(row)


@table(
    ("an array", lambda: Dense(3)(np.zeros((2, 3))), ValueError, "Dense", "tensor", "ndarray"),
    ("nothing", lambda: Dense(3)(None), ValueError, "Dense", "tensor", "None"),
    ("a layer", lambda: Dense(3)(Dense(2)), ValueError, "Dense", "tensor", "Dense"),
    ("two tensors", lambda: Dense(3)([Input((2,)), Input((2,))]), ValueError, "Dense",
     "1 tensor", "2: "),
    ("no tensor", lambda: Dense(3)([]), ValueError, "Dense", "1 tensor", "0"),
    ("one axis", lambda: Dense(3)(Input(())), ValueError, "Dense", "min_ndim=2", "ndim=1"),
    ("unknown features", lambda: Dense(3)(Input((None,))), ValueError, "Dense", "axis -1",
     r"\(None, None\)"),
    ("an image without channels", lambda: Conv2D(2, 3)(Input((3, 3))), ValueError, "Conv2D",
     "ndim=4", r"\(None, 3, 3\)"),
    ("a small image", lambda: Conv2D(2, 5)(Input((3, 3, 1))), ValueError, "conv2d.*'conv2d",
     r"\(5, 5\)", r"\(None, 3, 3, 1\)"),
    ("a small image to pool", lambda: AveragePooling2D(5)(Input((3, 3, 1))), ValueError,
     "avg_pool", r"\(5, 5\)", r"\(None, 3, 3, 1\)"),
    ("an image to crop away", lambda: Cropping2D(3)(Input((4, 4, 1))), ValueError, "Cropping2D",
     "less than", r"\(3, 3\)"),
    ("strides and dilation", lambda: Conv2D(2, 3, strides=2, dilation_rate=2)(Input((9, 9, 1))),
     ValueError, "conv2d", "strides of 1", "dilation"),
    ("steps without features", lambda: Conv1D(2, 3)(Input((3,))), ValueError, "Conv1D", "ndim=3",
     "ndim=2"),
    ("an image of unknown size", lambda: LocallyConnected2D(2, 3)(Input((None, 5, 1))),
     ValueError, "LocallyConnected2D", "without None", "None"),
    ("another number of elements", lambda: Reshape((4,))(Input((6,))), ValueError, "Reshape",
     "6 elements", r"\(4,\)"),
    ("unknown sizes to flatten", lambda: Flatten()(Input((None, 3))), ValueError, "Flatten",
     "without None", r"\(None, None, 3\)"),
    ("a length that differs", lambda: Embedding(5, 3, input_length=4)(Input((3,))), ValueError,
     "Embedding", r"\(4,\)", r"\(3,\)"),
    ("an axis that is not there", lambda: BatchNormalization(axis=5)(Input((3,))), ValueError,
     "BatchNormalization", "-2 to 1", "axis 5"),
    ("an axis in letters", lambda: BatchNormalization(axis="a")(Input((3,))), ValueError,
     "BatchNormalization", "integer", "'a'"),
    ("shared axes", lambda: PReLU(shared_axes=[9])(Input((3,))), ValueError, "PReLU", "1 to 1",
     r"\[9\]"),
    ("softmax's axis", lambda: Softmax(axis=5)(Input((3,))), ValueError, "softmax", "axis < 2",
     "axis 5"),
    ("dot's axis", lambda: Dot(axes=9)([Input((3,)), Input((3,))]), ValueError, "Dot",
     "an axis of each", "axes 9"),
    ("dot's sizes", lambda: Dot(axes=1)([Input((3,)), Input((4,))]), ValueError, "Dot", "size 3",
     r"\(None, 4\)"),
    ("one to add", lambda: Add()([Input((3,))]), ValueError, "Add", "2 tensors", r"\(None, 3\)"),
    ("shapes to add", lambda: Add()([Input((3,)), Input((4,))]), ValueError, "Add", "equal sizes",
     r"\(None, 4\)"),
    ("three to subtract", lambda: Subtract()([Input((3,))] * 3), ValueError, "Subtract",
     "2 tensors", r"\(None, 3\)"),
    ("shapes to join", lambda: Concatenate()([Input((3, 2)), Input((4, 2))]), ValueError,
     "Concatenate", "but for axis -1", r"\(None, 4, 2\)"),
    ("a matrix for an LSTM", lambda: LSTM(3)(Input((4,))), ValueError, "LSTM", "ndim=3", "ndim=2"),
    ("states without a batch size", lambda: LSTM(3, stateful=True)(Input((4, 2))), ValueError,
     "LSTM", "batch_input_shape", "None"),
    ("unrolling unknown steps", lambda: LSTM(3, unroll=True)(Input((None, 2))), ValueError,
     "LSTM", "time axis", r"\(None, None, 2\)"),
    ("number of states", lambda: LSTM(3)(Input((4, 2)), initial_state=[Input((3,))]), ValueError,
     "LSTM", "2 tensors", "^1"),
    ("shape of a state", lambda: GRU(3)(Input((4, 2)), initial_state=Input((5,))), ValueError,
     "gru", r"\(None, 3\)", r"\(None, 5\)"),
    ("a mask", lambda: NoMask()(Masking()(Input((3, 2)))), TypeError, "NoMask", "without a mask",
     "Tensor"),
    ("a value for no tensor", lambda: Lambda(lambda x: None)(Input((3,))), TypeError, "lambda",
     "symbolic tensor", "NoneType"),
    ("a condition in Python", lambda: Lambda(lambda x: x if x > 0 else -x)(Input((3,))),
     TypeError, "greater", "K.switch", "bool"),
    ("shapes inside a Lambda", lambda: Lambda(lambda x: x + Input((9,)))(Input((3,))),
     ValueError, "add.*'lambda", "equal or 1", r"y \(None, 9\)"),
)
def test_calls(row):
    check(row)


@table(
    ("number", lambda: built().set_weights([np.zeros(3)]), ValueError, "Dense", "2 arrays", "^1"),
    ("shape", lambda: built().set_weights([np.zeros((2, 9)), np.zeros(3)]), ValueError,
     "kernel:0", r"\(2, 3\)", r"\(2, 9\)"),
    ("text", lambda: built().set_weights([np.full((2, 3), "a"), np.zeros(3)]), ValueError,
     "kernel:0", "numbers", "'a'"),
    ("complex", lambda: built().set_weights([np.zeros((2, 3), complex), np.zeros(3)]), ValueError,
     "kernel:0", "numbers", "j"),
    ("None", lambda: built().set_weights(None), ValueError, "Dense", "a list of 2", "None"),
    ("before the layer is built", lambda: Dense(3).set_weights([np.zeros((2, 3))]), ValueError,
     "Dense", "0 arrays", "^1"),
    ("weights=, shape", lambda: Dense(3, weights=[np.zeros((2, 2)), np.zeros(3)])(Input((2,))),
     ValueError, "kernel:0", r"\(2, 3\)", r"\(2, 2\)"),
    ("unknown size", lambda: Dense(3).add_weight(name="a", shape=(None, 3)), ValueError,
     "weight 'a'", "integers", r"\(None, 3\)"),
    ("negative size", lambda: Dense(3).add_weight(name="a", shape=(-1,)), ValueError,
     "weight 'a'", "sizes", "-1"),
    ("counting too early", lambda: Dense(3).count_params(), RuntimeError, "Dense", "built",
     "not"),
    ("output before a call", lambda: Dense(3).output, AttributeError, "Dense", "one call", "0"),
    ("a node that is not there", lambda: built().get_output_at(3), ValueError, "Dense", "below 1",
     "3"),
    ("a metric without a name", lambda: built().add_metric(Input((2,))), ValueError, "Dense",
     "name=", "None"),
    ("states of another shape", lambda: stateful().reset_states([np.zeros((3, 3))] * 2),
     ValueError, "LSTM", r"\(2, 3\)", r"\(3, 3\)"),
    ("states of a layer without", lambda: LSTM(3).reset_states(), AttributeError, "LSTM",
     "stateful=True", "stateful=False"),
)
def test_weights_and_calls_made(row):
    check(row)


def test_whole_floats_and_numpy_integers_are_sizes():
    """Python 2 wrote units / 2 and got an int; shapes of arrays are NumPy's integers."""
    assert Dense(6 / 2).units == 3 and Dense(np.int64(3)).get_config()["units"] == 3
    assert Conv2D(np.int32(2), (3., np.int8(3))).kernel_size == (3, 3)
    assert tuple(Input((np.int64(3),)).shape) == (None, 3)
