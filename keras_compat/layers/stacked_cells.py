"""StackedRNNCells: several cells as one."""
import warnings

from .. import backend as K
from ..engine.base_layer import Layer
from ..utils.generic_utils import has_arg
from ._options import fail


def state_sizes(cell):
    """The sizes of a cell's states, as a list."""
    sizes = cell.state_size
    return list(sizes) if hasattr(sizes, "__len__") else [sizes]


class StackedRNNCells(Layer):
    """Cells one on top of the other; the states are theirs in order, in one flat list."""

    def __init__(self, cells, **kwargs):
        for cell in cells:
            for name in ("call", "state_size"):
                if not hasattr(cell, name):
                    fail(type(self), "a cell has a method `call` and an attribute `state_size`",
                         f"a cell with `{name}`", repr(cell))
        # Keras 2.2 listed the states of the last cell first.
        self.reverse_state_order = kwargs.pop("reverse_state_order", False)
        if self.reverse_state_order:
            warnings.warn("StackedRNNCells: `reverse_state_order=True` is the order of Keras "
                          "2.2; new code should leave it out.", stacklevel=2)
        super().__init__(**kwargs)
        self.cells = list(cells)
        self._layers.extend(cell for cell in self.cells if isinstance(cell, Layer))

    @property
    def _cells_in_state_order(self):
        return self.cells[::-1] if self.reverse_state_order else self.cells

    @property
    def state_size(self):
        """The sizes of all cells' states."""
        return tuple(size for cell in self._cells_in_state_order for size in state_sizes(cell))

    @property
    def output_size(self):
        """The size of the last cell's output."""
        size = getattr(self.cells[-1], "output_size", None)
        return state_sizes(self.cells[-1])[0] if size is None else size

    def build(self, input_shape):
        """Builds the cells one after the other."""
        constants = []
        if isinstance(input_shape, list):
            input_shape, *constants = input_shape
        for number, cell in enumerate(self.cells):
            if isinstance(cell, Layer):
                takes = constants and has_arg(cell.call, "constants")
                with K.name_scope(f"cell_{number}"):
                    cell.build([input_shape, *constants] if takes else input_shape)
                cell.built = True
            size = getattr(cell, "output_size", None)
            size = state_sizes(cell)[0] if size is None else size
            input_shape = (input_shape[0], size)
        self.built = True

    def call(self, inputs, states, constants=None, **kwargs):
        """(the last cell's output, new states of all cells)."""
        new_states = {}
        for cell, own in self._with_states(states):
            keywords = {name: value for name, value in kwargs.items()
                        if has_arg(cell.call, name)}
            if constants and has_arg(cell.call, "constants"):
                keywords["constants"] = constants
            inputs, new_states[id(cell)] = cell.call(inputs, own, **keywords)
        ordered = (new_states[id(cell)] for cell in self._cells_in_state_order)
        return inputs, [state for states in ordered for state in states]

    def _with_states(self, states):
        """(cell, its states), from the first cell to the last."""
        states, own = list(states), {}
        for cell in self._cells_in_state_order:
            count = len(state_sizes(cell))
            own[id(cell)], states = states[:count], states[count:]
        return [(cell, own[id(cell)]) for cell in self.cells]

    def get_losses_for(self, inputs=None):
        """Losses that depend on exactly these inputs; None: on no input."""
        return super().get_losses_for(inputs)

    def get_config(self):
        """The constructor's arguments."""
        config = super().get_config()
        config["cells"] = [{"class_name": type(cell).__name__, "config": cell.get_config()}
                           for cell in self.cells]
        if self.reverse_state_order:
            config["reverse_state_order"] = True
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The stack of a config."""
        from . import deserialize
        config = dict(config)
        cells = [deserialize(cell, custom_objects=custom_objects)
                 for cell in config.pop("cells")]
        return cls(cells, **config)
