"""Layer: construction, calling, what it knows of its calls, weights, losses and updates."""
import numpy as np
import pytest
from tiny_layers import Affine, Counter, Mask, Plus

from keras_compat import backend as K
from keras_compat import metrics, regularizers
from keras_compat.engine.base_layer import InputSpec, Layer, disable_tracking
from keras_compat.engine.input_layer import Input


@pytest.fixture(autouse=True)
def _fresh_names():
    K.clear_session()


# ---- construction ----

@pytest.mark.parametrize("class_name, name", [
    ("Dense", "dense_1"), ("Conv2D", "conv2d_1"), ("BatchNormalization", "batch_normalization_1"),
    ("MaxPooling2D", "max_pooling2d_1"), ("Conv2DTranspose", "conv2d_transpose_1"),
    ("PReLU", "p_re_lu_1"), ("LSTM", "lstm_1"), ("SimpleRNN", "simple_rnn_1"),
    ("ConvLSTM2D", "conv_lst_m2d_1"), ("_Mine", "private__mine_1"),
])
def test_default_names(class_name, name):
    assert type(class_name, (Layer,), {})().name == name


def test_unknown_keyword_is_a_type_error():
    with pytest.raises(TypeError, match="Affine: keyword argument.*Expected.*received 'output'"):
        Affine(3, output=5)


@pytest.mark.parametrize("arguments, shape", [
    ({"input_shape": (4,)}, (None, 4)), ({"input_shape": [4, 5], "batch_size": 2}, (2, 4, 5)),
    ({"batch_input_shape": [None, 3]}, (None, 3)), ({"input_shape": ()}, (None,)),
])
def test_batch_input_shape(arguments, shape):
    layer = Affine(3, **arguments)
    assert layer.batch_input_shape == shape
    assert layer.get_config()["batch_input_shape"] == shape


def test_config_round_trip():
    layer = Affine(3, name="mine", trainable=False, dtype="float64")
    assert layer.get_config() == {
        "units": 3, "name": "mine", "trainable": False, "dtype": "float64"}
    assert Affine.from_config(layer.get_config()).get_config() == layer.get_config()


def test_initial_weights():
    kernel, bias = np.arange(6.).reshape(2, 3), np.ones(3)
    layer = Affine(3, weights=[kernel, bias])
    layer(Input((2,)))
    np.testing.assert_array_equal(layer.get_weights()[0], kernel)


# ---- one call ----

def test_call_builds_and_links():
    x = Input((4,), name="x")
    layer = Affine(3)
    y = layer(x)
    assert [w.name for w in layer.weights] == ["affine_1/kernel:0", "affine_1/bias:0"]
    assert y._keras_shape == (None, 3) and y._keras_history == (layer, 0, 0)
    assert (layer.input is x) and (layer.output is y)
    assert (layer.input_shape, layer.output_shape) == ((None, 4), (None, 3))
    node = layer._inbound_nodes[0]
    assert node.get_config() == {"outbound_layer": "affine_1", "inbound_layers": ["x"],
                                 "node_indices": [0], "tensor_indices": [0]}
    assert x._keras_history[0]._outbound_nodes == [node]


def test_values_on_each_backend(backend):
    x = Input((4,))
    layer = Affine(2)
    y = layer(x)
    data = np.arange(8, dtype="float32").reshape(2, 4)
    np.testing.assert_allclose(K.function([x], [y])([data])[0], np.repeat([[6.], [22.]], 2, 1))


def test_several_calls():
    layer = Affine(3)
    first, second = Input((5, 4)), Input((4,))
    layer(first)
    layer(second)
    assert layer.get_input_at(1) is second and layer.get_output_shape_at(0) == (None, 5, 3)
    for name in ("input", "output", "input_mask", "output_mask", "input_shape", "output_shape"):
        with pytest.raises(AttributeError, match=r"affine_1.*get_.*_at\(node_index\)"):
            getattr(layer, name)
    with pytest.raises(ValueError, match="node index below 2; received 2"):
        layer.get_input_at(2)


def test_shapes_of_equal_calls():
    layer = Affine(3)
    layer(Input((4,)))
    layer(Input((4,)))
    assert layer.output_shape == (None, 3)


def test_a_layer_that_was_never_called():
    layer = Affine(3)
    for name in ("input", "output", "input_mask", "output_mask", "input_shape", "output_shape"):
        with pytest.raises(AttributeError, match="Call the layer first"):
            getattr(layer, name)
    with pytest.raises(RuntimeError):
        layer.get_output_at(0)
    with pytest.raises(RuntimeError, match="not. Call it"):
        layer.count_params()


def test_static_shape_where_none_is_declared():
    class Half(Layer):
        def call(self, inputs):
            return inputs[:, ::2]

    assert Half()(Input((6, 2))) ._keras_shape == (None, 3, 2)


def test_declared_shape_completes_the_static_one():
    class Declares(Layer):
        def call(self, inputs):
            return K.reshape(inputs, K.stack([K.shape(inputs)[0], 4]))

        def compute_output_shape(self, input_shape):
            return (input_shape[0], 4)

    layer = Declares()
    assert layer(Input((2, 2)))._keras_shape == (None, 4)
    assert layer.output_shape == (None, 4)


def test_a_list_given_to_a_layer_is_its_own():
    inputs = [Input((2,)), Input((2,))]
    layer = Plus()
    layer(inputs)
    inputs.pop()
    assert len(layer.input) == 2


def test_tuples_are_lists():
    assert len(Plus()((Input((2,)), Input((2,))))._keras_history[0].input) == 2


def test_unchanged_input_is_a_new_tensor():
    x = Input((2,))
    y = Layer()(x)
    assert y is not x and x._keras_history[0].name == "input_1"


def test_inner_layers_output_keeps_its_history():
    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Affine(3)

        def call(self, inputs):
            return self.inner(inputs)

    outer = Outer()
    y = outer(Input((2,)))
    assert y._keras_history[0] is outer
    assert outer.inner.output._keras_history[0] is outer.inner
    assert [w.name for w in outer.weights] == ["outer_1/affine_1/kernel:0",
                                               "outer_1/affine_1/bias:0"]


# ---- checks of inputs ----

def _with(spec):
    layer = Layer(name="checked")
    layer.input_spec = spec
    return layer


@pytest.mark.parametrize("spec, message", [
    (InputSpec(ndim=3), "ndim=3; received ndim=2"),
    (InputSpec(max_ndim=1), "max_ndim=1; received ndim=2"),
    (InputSpec(min_ndim=3), "min_ndim=3; received ndim=2"),
    (InputSpec(dtype="int32"), "dtype=int32; received dtype=float32"),
    (InputSpec(axes={-1: 5}), "axis -1 of size 5; received shape .None, 4."),
    (InputSpec(shape=(None, 5)), r"shape \(None, 5\); received shape \(None, 4\)"),
    ([InputSpec(), InputSpec()], r"2 tensor\(s\); received 1"),
])
def test_input_spec(spec, message):
    with pytest.raises(ValueError, match=rf"Layer \(layer 'checked'\).*{message}"):
        _with(spec)(Input((4,)))


@pytest.mark.parametrize("spec", [
    None, InputSpec(), InputSpec(ndim=2), InputSpec(axes={0: 3, -1: 4}), InputSpec(shape=(9, None)),
    [None],
])
def test_input_spec_that_fits(spec):
    assert _with(spec)(Input((4,)))._keras_shape == (None, 4)


@pytest.mark.parametrize("value", [np.zeros((2, 3)), 1.0, None, "x"])
def test_only_tensors_are_inputs(value):
    with pytest.raises(ValueError, match="symbolic tensors"):
        Layer()(value)


# ---- masks ----

def test_masks_are_handed_on():
    a, b = (Mask()(Input((5, 3))) for _ in range(2))
    layer = Plus()
    y = layer([a, b])
    assert layer.input_mask[0] is a._keras_history[0].output_mask
    assert layer.output_mask is layer.input_mask[0]
    assert K.int_shape(layer.output_mask) == (None, 5) and y._keras_shape == (None, 5, 3)


def test_no_support_for_masks_is_a_type_error():
    with pytest.raises(TypeError, match="affine_1.*does not support masking"):
        Affine(2)(Mask()(Input((5, 3))))


def test_call_gets_the_mask_it_asks_for():
    class Takes(Layer):
        supports_masking = True

        def call(self, inputs, mask=None):
            self.seen = mask
            return inputs

    layer, masked = Takes(), Mask()
    x = masked(Input((5, 3)))
    layer(x)
    assert layer.seen is masked.output_mask
    own = K.placeholder((None, 5), dtype="bool")
    layer(x, mask=own)
    assert layer.seen is own


# ---- weights ----

class Free(Layer):
    """Makes whatever weight it is told to."""

    def __init__(self, *args, **kwargs):
        super().__init__()
        self.made = self.add_weight(*args, **kwargs)


@pytest.mark.parametrize("args, kwargs, name", [
    (("w", (2, 3)), {"initializer": "zeros"}, "w"),
    (((2, 3), "zero", "w"), {}, "w"),
    (((2, 3), "w"), {"initializer": "zeros"}, "w"),
    (((2, 3),), {"initializer": "zeros", "name": "w"}, "w"),
    (([2, 3], "ones"), {}, "Variable"),
    ((), {"name": "w", "shape": (2, 3), "initializer": "zeros"}, "w"),
], ids=["keras 2", "keras 1", "shape, name", "shape first", "list", "keywords"])
def test_orders_of_add_weight(args, kwargs, name):
    weight = Free(*args, **kwargs).made
    assert tuple(weight.shape) == (2, 3) and weight.name == name + ":0"


def test_add_weight_refuses_doubles_and_unknown_sizes():
    with pytest.raises(TypeError, match="given once"):
        Free((2, 3), "zero", initializer="zeros")
    with pytest.raises(ValueError, match=r"weight 'w'.*integers; received \(None, 3\)"):
        Free("w", (None, 3), initializer="zeros")


def test_trainable():
    layer = Affine(3)
    layer(Input((4,)))
    counter = Counter()
    counter(Input((4,)))
    assert [len(layer.trainable_weights), len(layer.non_trainable_weights)] == [2, 0]
    assert [len(counter.trainable_weights), len(counter.non_trainable_weights)] == [0, 1]
    weights = layer.weights
    layer.trainable = False
    assert layer.trainable_weights == [] and layer.weights == weights
    assert layer.count_params() == 15


def test_set_weights_is_checked():
    layer = Affine(3)
    layer(Input((4,)))
    with pytest.raises(ValueError, match="2 arrays; received 1"):
        layer.set_weights([np.zeros((4, 3))])
    with pytest.raises(ValueError, match=r"'affine_1/kernel:0'.*\(4, 3\); received \(3, 4\)"):
        layer.set_weights([np.zeros((3, 4)), np.zeros(3)])
    values = [np.full((4, 3), 2.), np.arange(3.)]
    layer.set_weights(values)
    for got, value in zip(layer.get_weights(), values):
        np.testing.assert_array_equal(got, value)


def test_weights_of_attributes():
    class Holder(Layer):
        def __init__(self):
            super().__init__()
            self.scale = K.variable(1.0)
            self.inner = Affine(2)
            self.inner = self.inner

    holder = Holder()
    holder.inner(Input((3,)))
    assert len(holder.trainable_weights) == 3 and holder.weights[0] is holder.scale


def test_weights_of_keras_1_layers():
    class Old(Layer):
        def build(self, input_shape):
            self.W = K.variable(np.ones((3, 2)))
            self.state = K.variable(np.ones(2))
            self.trainable_weights = [self.W]
            self.non_trainable_weights = [self.state]

        def call(self, x, mask=None):
            return K.dot(x, self.W)

    layer = Old()
    assert layer(Input((3,)))._keras_shape == (None, 2)
    assert layer.trainable_weights == [layer.W] and layer.weights == [layer.W, layer.state]


def test_disable_tracking():
    class Wraps(Layer):
        @disable_tracking
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

    inner = Affine(2)
    inner(Input((3,)))
    layer = Wraps(inner)
    assert layer.weights == []
    layer.other = inner
    assert len(layer.weights) == 2


# ---- losses, updates, metrics ----

def test_losses_by_inputs():
    layer, x, z = Layer(), Input((3,)), Input((3,))
    a, b, c = K.sum(x), K.constant(1.0), K.sum(z)
    layer.add_loss(a, inputs=x)
    layer.add_loss([b])
    layer.add_loss(c, inputs=[z])
    layer.add_loss(None)
    assert layer.losses == [a, b, c]
    assert layer.get_losses_for(x) == [a] and layer.get_losses_for([z]) == [c]
    assert layer.get_losses_for(None) == [b]


def test_regularizers_add_losses():
    class Penalized(Layer):
        def build(self, input_shape):
            self.add_weight(name="w", shape=(3,), initializer="ones", regularizer=regularizers.l2(.5))

    layer = Penalized()
    layer(Input((3,)))
    assert [float(K.eval(loss)) for loss in layer.get_losses_for(None)] == [1.5]


def test_activity_regularizer_depends_on_the_inputs():
    layer = Affine(2, activity_regularizer=K.sum)
    x, z = Input((3,)), Input((3,))
    layer(x)
    layer(z)
    assert len(layer.losses) == 2 and len(layer.get_losses_for(z)) == 1
    assert layer.get_losses_for(None) == []


def test_updates_stop_when_frozen():
    layer, x = Counter(), Input((3,))
    layer(x)
    assert len(layer.updates) == len(layer.get_updates_for(x)) == 1
    layer.trainable = False
    assert layer.updates == layer.get_updates_for(x) == []
    layer.stateful = True
    assert len(layer.updates) == 1


def test_what_sublayers_add_belongs_to_the_call():
    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.counter = Counter()
            self.affine = Affine(2, activity_regularizer=K.sum)

        def call(self, inputs):
            return self.affine(self.counter(inputs))

    layer, x = Outer(), Input((3,))
    layer(x)
    assert layer.get_updates_for(x) == layer.counter.updates != []
    assert layer.get_losses_for(x) == layer.affine.losses != []
    assert layer.losses == layer.affine.losses


def test_metrics():
    layer, x = Layer(), Input((3,))
    layer.add_metric(K.sum(x), name="total")
    layer.add_metric(K.sum(x), name="total")
    own = metrics.Mean(name="own")
    layer.add_metric(own(K.sum(x)))
    assert [m.name for m in layer.metrics] == ["total", "own"]
    with pytest.raises(ValueError, match="a metric is a tensor with a name"):
        layer.add_metric(K.sum(x))
