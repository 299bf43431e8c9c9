"""Sizes of windows, against a count of the places where a window fits."""
import numpy as np
import pytest

from keras_compat.utils import conv_utils as utils


@pytest.mark.parametrize("value, result", [
    (3, (3, 3)), ((1, 2), (1, 2)), ([1, 2], (1, 2)), (np.array([1, 2]), (1, 2))])
def test_normalize_tuple(value, result):
    assert utils.normalize_tuple(value, 2, "strides") == result


@pytest.mark.parametrize("value", [(1,), (1, 2, 3), None, "ab", 1.5, (1, "x")])
def test_normalize_tuple_refuses(value):
    with pytest.raises(ValueError, match="`strides`.*2 integers; received"):
        utils.normalize_tuple(value, 2, "strides")


def test_normalize_padding():
    assert [utils.normalize_padding(p) for p in ("SAME", "valid", "Causal")] == [
        "same", "valid", "causal"]
    for padding in ("full", 3, None):
        with pytest.raises(ValueError, match="padding"):
            utils.normalize_padding(padding)


def _places(length, window, padding, stride, dilation):
    reach = (window - 1) * dilation
    before = {"valid": 0, "same": reach // 2, "causal": reach, "full": reach}[padding]
    after = {"valid": 0, "same": reach - reach // 2, "causal": 0, "full": reach}[padding]
    return len(range(0, length + before + after - reach, stride))


@pytest.mark.parametrize("padding", ["valid", "same", "causal", "full"])
@pytest.mark.parametrize("window, stride, dilation", [(1, 1, 1), (3, 2, 1), (2, 1, 3), (4, 3, 2)])
def test_conv_output_length(padding, window, stride, dilation):
    for length in range(8, 15):
        assert utils.conv_output_length(length, window, padding, stride, dilation) == \
            _places(length, window, padding, stride, dilation)
    assert utils.conv_output_length(None, window, padding, stride) is None


@pytest.mark.parametrize("padding", ["valid", "same", "full"])
def test_input_length_is_the_inverse(padding):
    for length in range(5, 9):
        out = utils.conv_output_length(length, 3, padding, 1)
        assert utils.conv_input_length(out, 3, padding, 1) == length
    assert utils.conv_input_length(None, 3, padding, 1) is None


@pytest.mark.parametrize("arguments, length", [
    ((4, 2, 3, "valid", None), 9), ((4, 2, 3, "same", None), 8), ((4, 2, 3, "full", None), 5),
    ((4, 2, 3, "same", 1), 8), ((4, 2, 3, "valid", 1), 10), ((4, 1, 3, "valid", None, 2), 8),
    ((4, 3, 2, "valid", None), 12), ((None, 2, 3, "same", None), None),
])
def test_deconv_length(arguments, length):
    assert utils.deconv_length(*arguments) == length


def test_unknown_paddings():
    for call in (lambda: utils.conv_output_length(5, 3, "no", 1),
                 lambda: utils.conv_input_length(5, 3, "causal", 1),
                 lambda: utils.deconv_length(5, 1, 3, "causal", None)):
        with pytest.raises(ValueError, match="padding"):
            call()


def test_convert_kernel():
    kernel = np.arange(24).reshape(2, 3, 2, 2)
    np.testing.assert_array_equal(utils.convert_kernel(kernel), kernel[::-1, ::-1])
    with pytest.raises(ValueError, match="3 to 5 axes"):
        utils.convert_kernel(np.zeros((2, 2)))
