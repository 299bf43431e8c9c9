"""LSTM, GRU and SimpleRNN over whole sequences: the cells of `cells.py`."""
import tensorflow as tf

from keras_compat.backends.tensorflow import cells
from keras_compat.backends.tensorflow.derivatives import with_backward

_BLOCK_DTYPES = ("float16", "float32")


def _usable(specs, attrs):
    names = {attrs["activation"], attrs.get("recurrent_activation", "linear")}
    sizes = *specs[0][0][1:], *specs[-2][0]
    return names <= set(cells.ACTIVATIONS) and None not in specs[0][0][2:] and 0 not in sizes


def _lstm(specs, attrs):
    """One kernel for tanh and sigmoid, else the loop; float64 has no kernel."""
    if not _usable(specs, attrs):
        return None
    standard = (attrs["activation"], attrs["recurrent_activation"]) == ("tanh", "sigmoid")
    block = standard and specs[0][1] in _BLOCK_DTYPES
    return _over_sequence(cells.BlockLstm if block else cells.Lstm, attrs)


def _gru(specs, attrs):
    """The loop of either kind."""
    kind = cells.GruResetAfter if attrs["reset_after"] else cells.Gru
    return _over_sequence(kind, attrs) if _usable(specs, attrs) else None


def _simple_rnn(specs, attrs):
    """The loop."""
    return _over_sequence(cells.Simple, attrs) if _usable(specs, attrs) else None


def _over_sequence(kind, attrs):
    """The native function: x (batch, steps, features), states, weights -> (output, states...)."""
    names = [attrs[k] for k in ("activation", "recurrent_activation") if k in attrs]
    every = attrs["return_sequences"]
    cell = kind(every, *names)
    cell_over = with_backward(cell.plain, cell.forward, cell.backward)

    def run(x, *rest):
        *states, kernel, recurrent, bias = rest
        x = tf.transpose(x, [1, 0, 2])
        x = tf.reverse(x, [0]) if attrs["reverse"] else x
        outputs = cell_over(x, kernel, recurrent, *states, *([] if bias is None else [bias]))
        if every:
            return (tf.transpose(outputs[0], [1, 0, 2]), *outputs[1:])
        return (outputs[0], *outputs)
    return run


SPECIALIZERS = {"lstm": _lstm, "gru": _gru, "simple_rnn": _simple_rnn}
