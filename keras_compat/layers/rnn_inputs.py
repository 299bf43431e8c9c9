"""The inputs of a recurrent layer: the sequence, initial states and constants."""
from ..utils.generic_utils import to_list


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
