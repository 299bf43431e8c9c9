"""The inputs of a recurrent layer: the sequence, initial states and constants."""
import contextlib

from .. import backend as K
from ..engine.base_layer import InputSpec
from ..utils.generic_utils import to_list
from ._options import fail


def split_inputs(inputs, initial_state, constants, n_constants):
    """(sequence, list of initial states or None, list of constants or None).

    inputs: the sequence, or a list of it, the states and the last `n_constants` constants.
    """
    if isinstance(inputs, (list, tuple)):
        inputs = list(inputs)
        if n_constants and constants is None and len(inputs) > n_constants:
            inputs, constants = inputs[:-n_constants], inputs[-n_constants:]
        if len(inputs) > 1:
            initial_state = inputs[1:]
        inputs = inputs[0]
    return inputs, _listed(initial_state), _listed(constants)


def _listed(tensors):
    return None if tensors is None else to_list(tensors, allow_tuple=True)


class TakesStates:
    """A layer that takes initial states and constants with a call, as inputs or keywords.

    The layer has `input_spec` (a list), `constants_spec` and `_num_constants`.
    """

    def __call__(self, inputs, initial_state=None, constants=None, **kwargs):
        """Applies the layer; Keras tensors as states or constants become inputs of it."""
        inputs, initial_state, constants = split_inputs(
            inputs, initial_state, constants, self._num_constants)
        self._check_states(initial_state or [])
        if constants:
            self._num_constants = len(constants)
            self.constants_spec = _specs(constants)
        additional = (initial_state or []) + (constants or [])
        if not additional:
            return super().__call__(inputs, **kwargs)
        if self._are_keras_tensors(additional):
            with self._expecting(additional):
                return super().__call__([inputs, *additional], **kwargs)
        given = {"initial_state": initial_state, "constants": constants}
        kwargs.update((name, tensors) for name, tensors in given.items() if tensors)
        return super().__call__(inputs, **kwargs)

    def _check_states(self, initial_state):
        """Refuses a wrong number of initial states before anything is built."""

    def _are_keras_tensors(self, tensors):
        kinds = {K.is_keras_tensor(tensor) for tensor in tensors}
        if len(kinds) > 1:
            fail(self, "initial states and constants are all Keras tensors, or none is",
                 "tensors of one kind", f"{tensors}")
        return kinds == {True}

    @contextlib.contextmanager
    def _expecting(self, additional):
        """Widens `input_spec` for a call with states and constants among the inputs."""
        own = self.input_spec
        self.input_spec = _Widened(own, _specs(additional))
        try:
            yield
        finally:
            self.input_spec = own


class _Widened(list):
    """The sequence's specs, which `build` may still replace, and those of a call's tensors."""

    def __init__(self, own, more):
        super().__init__(own + more)
        self._own = own

    def __setitem__(self, index, spec):
        super().__setitem__(index, spec)
        self._own[index] = spec


def _specs(tensors):
    return [InputSpec(shape=K.int_shape(tensor)) for tensor in tensors]
