"""The base of SimpleRNN, GRU and LSTM: a recurrent layer that makes its own cell."""
from .. import regularizers
from ._options import config_of, extend
from .rnn import RNN


class StandardRNN(RNN):
    """A recurrent layer whose config holds the arguments of its cell."""

    _cell_config = ()

    def __init__(self, cell, activity_regularizer, **kwargs):
        super().__init__(cell, **kwargs)
        self.activity_regularizer = regularizers.get(activity_regularizer)

    def call(self, inputs, mask=None, training=None, initial_state=None):
        """The output, or [output, *states]; see `RNN.call`."""
        return super().call(inputs, mask=mask, training=training, initial_state=initial_state)

    def get_config(self):
        """The constructor's arguments."""
        return extend(self._config_without_cell(), config_of(self, *self._cell_config))

    @classmethod
    def from_config(cls, config):
        """A layer with the arguments of a config; implementation 0 of old files means 1."""
        if config.get("implementation") == 0:
            config = {**config, "implementation": 1}
        return cls(**config)


def with_cell_properties(*names):
    """Decorates a layer: these attributes of its cell are the layer's, and in its config.

    The layer's own `activity_regularizer` stands before the constraints in the config.
    """
    def add(cls):
        for name in names:
            setattr(cls, name, _reader(name))
        place = names.index("kernel_constraint")
        cls._cell_config = (*names[:place], "activity_regularizer", *names[place:])
        return cls
    return add


def _reader(name):
    return property(lambda self: getattr(self.cell, name), doc=f"The cell's `{name}`.")
