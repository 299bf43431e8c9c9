"""Custom objects, names in configs, arguments of functions, lists and shapes."""
import numpy as np
import pytest

from keras_compat.utils import generic_utils as utils


class Thing:
    """Something with a config."""

    def __init__(self, size=1):
        self.size = size

    def get_config(self):
        return {"size": self.size}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class Holder:
    """Something whose config holds configs of custom objects."""

    @classmethod
    def from_config(cls, config, custom_objects=None):
        holder = cls()
        holder.seen = custom_objects
        return holder


class Plain:
    """Something without from_config."""

    def __init__(self, size=1):
        self.size = size


def double(x):
    return 2 * x


TABLE = {"Thing": Thing, "double": double, "Holder": Holder}


# ---- custom objects ----

def test_scope_adds_and_takes_away():
    with utils.CustomObjectScope({"Thing": Thing}, {"double": double}):
        assert utils.get_custom_objects() == {"Thing": Thing, "double": double}
        utils.get_custom_objects()["more"] = Plain
        with utils.custom_object_scope({"Thing": Plain}):
            assert utils.get_custom_objects()["Thing"] is Plain
        assert utils.get_custom_objects()["Thing"] is Thing
    assert utils.get_custom_objects() == {}


# ---- configs ----

def test_serialize():
    assert utils.serialize_keras_object(Thing(3)) == {"class_name": "Thing", "config": {"size": 3}}
    assert utils.serialize_keras_object(double) == "double"
    assert utils.serialize_keras_object(None) is None
    with pytest.raises(ValueError, match="can be named"):
        utils.serialize_keras_object(3)


def test_deserialize():
    thing = utils.deserialize_keras_object({"class_name": "Thing", "config": {"size": 3}}, TABLE)
    assert isinstance(thing, Thing) and thing.size == 3
    assert isinstance(utils.deserialize_keras_object("Thing", TABLE), Thing)
    assert utils.deserialize_keras_object("double", TABLE) is double
    assert utils.deserialize_keras_object(None, TABLE) is None


def test_custom_objects_come_first():
    config = {"class_name": "Thing", "config": {"size": 3}}
    assert isinstance(utils.deserialize_keras_object(config, TABLE, {"Thing": Plain}), Plain)
    with utils.CustomObjectScope({"Thing": Plain}):
        assert isinstance(utils.deserialize_keras_object("Thing", TABLE), Plain)
        config["class_name"] = "Holder"
        holder = utils.deserialize_keras_object(config, TABLE, {"double": double})
    assert holder.seen == {"Thing": Plain, "double": double}


@pytest.mark.parametrize("name", ["os.system", "eval", "open", "utils", "np", "inspect", "has_arg",
                                  "__class__", "", "x" * 10_000])
def test_only_names_from_the_table(name):
    for identifier in (name, {"class_name": name, "config": {}}):
        with pytest.raises(ValueError, match="unknown layer") as caught:
            utils.deserialize_keras_object(identifier, TABLE, printable_module_name="layer")
        assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("identifier", [
    3, ["Thing"], {"config": {}}, {"class_name": "Thing"}, {"class_name": "Thing", "config": 3},
    {"class_name": "double", "config": {"x": 1}}, {"class_name": ["Thing"], "config": {}},
])
def test_configs_of_another_layout(identifier):
    with pytest.raises(ValueError, match="Expected.*received"):
        utils.deserialize_keras_object(identifier, TABLE)


# ---- functions ----

def test_has_arg():
    def function(a, b=1, *args, c, **kwargs):
        return a, b, args, c, kwargs

    assert [utils.has_arg(function, name) for name in ("a", "b", "c", "args", "kwargs", "z")] == [
        True, True, True, False, False, False]
    assert utils.has_arg(function, "z", accept_all=True)
    assert not utils.has_arg(double, "z", accept_all=True)


def test_unexpected_keys():
    utils.check_for_unexpected_keys("loss", {"a": 1}, ["a", "b"])
    with pytest.raises(ValueError, match="loss.*Expected 'a'.*received 'c'"):
        utils.check_for_unexpected_keys("loss", {"c": 1}, ["a"])


def test_old_code_finds_them_here():
    assert utils.func_dump and utils.func_load and utils.Progbar
    assert utils.getargspec(double).args == ["x"]


# ---- lists ----

def test_lists():
    assert utils.to_list([1]) == [1] and utils.to_list(1) == [1]
    assert utils.to_list((1, 2)) == [(1, 2)] and utils.to_list((1, 2), allow_tuple=True) == [1, 2]
    assert utils.unpack_singleton([3]) == 3 and utils.unpack_singleton([3, 4]) == [3, 4]
    assert utils.is_all_none(None) and utils.is_all_none([None, None])
    assert not utils.is_all_none([None, 1])
    a, b = object(), object()
    assert utils.object_list_uid([a, b]) == utils.object_list_uid((a, b))
    assert utils.object_list_uid([a, b]) != utils.object_list_uid([b, a])


def test_slice_arrays():
    rows = np.arange(6).reshape(3, 2)
    assert utils.slice_arrays(None) == [None]
    np.testing.assert_array_equal(utils.slice_arrays(rows, 1, 3), rows[1:3])
    np.testing.assert_array_equal(utils.slice_arrays(rows, np.array([2, 0])), rows[[2, 0]])
    first, second = utils.slice_arrays([rows, None], [1])
    np.testing.assert_array_equal(first, rows[[1]])
    assert second is None


def test_transpose_shape():
    assert utils.transpose_shape((1, 2, 3, 4), "channels_first", (1, 2)) == (1, 4, 2, 3)
    assert utils.transpose_shape([1, 2, 3], "channels_first", (1,)) == [1, 3, 2]
    assert utils.transpose_shape((1, 2, 3), "channels_last", (1,)) == (1, 2, 3)
    with pytest.raises(ValueError, match="data format"):
        utils.transpose_shape((1, 2, 3), "channels_middle", (1,))
