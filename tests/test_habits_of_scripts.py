"""Habits of old scripts that no document promised: names of earlier versions, tricks, sessions."""
import numpy as np
import pytest

import keras_compat.backend as K
from keras_compat import activations, losses, metrics
from keras_compat.engine import topology
from keras_compat.layers import Add, BatchNormalization, Dense, Input
from keras_compat.models import Model, Sequential
from keras_compat.optimizers import SGD
from keras_compat.utils import conv_utils


def test_a_session_evaluates_and_its_scopes_do_nothing(backend):
    x, v = K.placeholder((2,)), K.variable([1., 2.])
    session = K.get_session()
    with session.as_default(), session.graph.as_default():
        np.testing.assert_array_equal(session.run(x * v, {x: [3, 4]}), [3, 8])
        np.testing.assert_array_equal((v + 1).eval(session=session), [2, 3])
        np.testing.assert_array_equal((x + v).eval({x: [1, 1]}), [2, 3])
    session.graph.finalize()


def test_a_tensor_is_asked_for_its_value_like_a_variable(backend):
    """As Keras 2.3.1 on TensorFlow; scripts for OCR read `K.ctc_decode` so."""
    v = K.variable([1., 2.])
    np.testing.assert_array_equal(K.get_value(v * 2), [2, 4])
    total, own = K.batch_get_value([K.sum(v), v])
    assert total == 3 and own.tolist() == [1, 2]
    labels = K.get_value(K.ctc_decode(np.eye(3)[[[0, 0, 1, 2]]], [4])[0][0])
    np.testing.assert_array_equal(labels, [[0, 1]])
    assert K.get_variable_shape(K.placeholder((None, 3)) + 1) == (None, 3)


def test_a_session_runs_structures_of_tensors(backend):
    v = K.variable([1., 2.])
    got = K.get_session().run({"a": v * 2, "rest": [K.sum(v), (v,)]})
    assert sorted(got) == ["a", "rest"] and isinstance(got["rest"][1], tuple)
    np.testing.assert_array_equal(got["a"], [2, 4])
    assert got["rest"][0] == 3 and got["rest"][1][0].tolist() == [1, 2]


def test_a_variable_is_assigned_to(backend):
    v, session = K.variable([1., 2.]), K.get_session()
    session.run(v.assign([3., 4.]))
    session.run([v.assign_add([1., 1.])])
    np.testing.assert_array_equal(session.run(v.read_value()), [4, 5])
    np.testing.assert_array_equal(K.eval(v.value() ** 2), [16, 25])
    session.run(v.assign_sub([2., 0.], use_locking=True))
    np.testing.assert_array_equal(K.get_value(v), [2, 5])
    v.load([7., 8.], session)
    np.testing.assert_array_equal(K.get_value(v), [7, 8])


def test_static_shapes_are_asked_as_tensorflow_let_them():
    x = K.placeholder((None, 3, 4))
    assert x.get_shape()[1].value * 2 == 6 and x.shape[-1].value == 4 and x.shape[0] is None
    assert x.get_shape()[1:].as_list() == [3, 4] and x.shape[1:].num_elements() == 12
    assert x.shape[:1].concatenate([5]).as_list() == [None, 5] and x.shape.rank == 3
    assert not x.shape.is_fully_defined() and x.shape[1:].is_fully_defined()
    assert x.shape.num_elements() is None and repr(x.shape[1]) == "3"
    assert K.int_shape(Dense(x.shape[-1].value)(Input((x.shape[1],)))) == (None, 4)


def test_a_tensor_tells_its_graph_and_the_name_of_its_op():
    y = K.placeholder((2,)) * 2
    assert y.graph is K.get_session().graph and y.name == y.op.name + ":0"


def test_set_shape_adds_what_is_known():
    x = K.placeholder((None, None))
    x.set_shape((None, 3))
    assert K.int_shape(x) == (None, 3) and K.int_shape(K.transpose(x)) == (3, None)
    with pytest.raises(ValueError, match=r"Expected \(None, 3\); received \(None, 4\)"):
        x.set_shape((None, 4))


def test_an_initializer_draws_a_weight_anew(backend):
    layer = Sequential([Dense(3, input_shape=(2,))]).layers[0]
    before, limit = K.get_value(layer.kernel), np.sqrt(6 / 5)
    K.set_value(layer.bias, np.ones(3))
    for weight in (layer.kernel, layer.bias):
        weight.initializer.run(session=K.get_session())
    after = K.get_value(layer.kernel)
    assert (after != before).all() and (np.abs(after) <= limit).all()
    assert not K.get_value(layer.bias).any()


@pytest.mark.parametrize("call", [
    lambda optimizer, loss, params: optimizer.get_updates(params, [], loss),
    lambda optimizer, loss, params: optimizer.get_updates(params, {}, loss=loss),
    lambda optimizer, loss, params: optimizer.get_updates(
        params=params, constraints=[], loss=loss),
    lambda optimizer, loss, params: optimizer.get_updates(loss, params)])
def test_updates_in_every_order_that_there_was(call):
    v = K.variable([1., 2.])
    run = K.function([], [], updates=call(SGD(lr=0.5), K.sum(v), [v]))
    run([])
    np.testing.assert_array_equal(K.get_value(v), [0.5, 1.5])


def test_nodes_under_their_older_names():
    x = Input((2,))
    model = Model(x, Dense(3)(Dense(4)(x)))
    first, last = model.layers[1:]
    assert last.inbound_nodes[0].inbound_layers == [first]
    model.layers.pop()
    first.outbound_nodes = []
    assert not first._outbound_nodes
    assert Model(model.input, Dense(5)(model.layers[-1].output)).output_shape == (None, 5)


def test_older_names_of_topology():
    assert issubclass(Model, topology.Container)
    assert topology._to_list(1) == [1]


def test_older_place_of_normalize_data_format():
    assert conv_utils.normalize_data_format(None) == K.image_data_format()


@pytest.mark.parametrize("module, kind", [
    (losses, "loss"), (metrics, "metric"), (activations, "activation")])
def test_what_a_script_sets_in_a_module_can_be_named(module, kind, monkeypatch):
    def mine(*tensors):
        return K.mean(tensors[-1], axis=-1, keepdims=True)

    monkeypatch.setattr(module, f"my_{kind}", mine, raising=False)
    assert module.get(f"my_{kind}") is mine
    for name in ("K", "OpenTable", "get", "deserialize", "__builtins__", "warnings"):
        with pytest.raises(ValueError, match="unknown"):
            module.get(name)


def test_print_tensor_writes_its_message_and_values_to_stdout(backend, capfd):
    x = K.placeholder((2,))
    function = K.function([x], [K.print_tensor(x, "x is") * 2])
    np.testing.assert_array_equal(function([np.ones(2)])[0], [2, 2])
    printed = capfd.readouterr().out
    assert "x is" in printed and "1" in printed


# ---- one variable updated twice ----

def test_increments_of_one_function_add_up(backend):
    """As on TensorFlow 1.15: [1, 2] + [3, 5] + [7, 5]."""
    x = K.variable([1., 2.])
    K.function([], [], [K.update_add(x, [3., 5.]), K.update_add(x, [7., 5.])])([])
    np.testing.assert_array_equal(K.get_value(x), [11., 12.])
    K.function([], [], [K.update_sub(x, [3., 5.]), K.update_sub(x, [7., 5.])])([])
    np.testing.assert_array_equal(K.get_value(x), [1., 2.])
    count = K.variable(0, dtype="int64")
    K.function([], [], [K.update_add(count, 1), K.update_add(count, 1)])([])
    assert K.get_value(count) == 2


def test_moving_averages_of_one_function_follow_one_another(backend):
    """(1 * 0.9 + 3 * 0.1) * 0.5 + 7 * 0.5; of other updates the first counts."""
    x = K.variable([1.])
    K.function([], [], [K.moving_average_update(x, K.constant([3.]), 0.9),
                        K.moving_average_update(x, K.constant([7.]), 0.5)])([])
    np.testing.assert_allclose(K.get_value(x), [4.1], rtol=1e-6)
    K.function([], [], [K.update(x, [5.]), K.update(x, [6.]), K.update_add(x, [1.])])([])
    np.testing.assert_array_equal(K.get_value(x), [5.])


def test_statistics_of_a_shared_batch_normalization_take_in_both_batches(backend):
    """As Keras 2.3.1 on TensorFlow 1.15 gives, in one of the two orders."""
    layer = BatchNormalization(momentum=0.6)
    first, second = Input((3,)), Input((3,))
    model = Model([first, second], Add()([layer(first), layer(second)]))
    model.compile(SGD(lr=0.), "mse")
    x, y = np.random.rand(2, 8, 3)
    model.train_on_batch([x, y], np.zeros((8, 3)))
    expected = 0.6 * (0.4 * x.mean(0)) + 0.4 * y.mean(0)
    np.testing.assert_allclose(layer.get_weights()[2], expected, rtol=1e-4)
