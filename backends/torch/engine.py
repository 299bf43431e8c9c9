"""The backend: storage, native differentiation, and how a plan is run."""
import torch

from keras_compat.backend.host_memory import keep_freed_memory
from keras_compat.backend.interface import Backend
from keras_compat.backends.torch import (
    arrays, control, conv, elementwise, indexing, linalg, nn, normalization,
    pooling, random_ops, recurrent, reductions, shaping, updates)

_OP_FILES = (elementwise, reductions, shaping, indexing, linalg, conv, pooling, random_ops,
             control, nn, normalization, recurrent)

_set_recording = torch._C._set_grad_enabled


class TorchBackend(Backend):
    """PyTorch, run eagerly; a plan is one Python function of native calls."""

    name = "torch"
    display_name = "PyTorch"
    autodiff = True

    def __init__(self):
        super().__init__()
        keep_freed_memory()
        for file in _OP_FILES:
            self.ops.update(file.OPS)
            self.specializers.update(getattr(file, "SPECIALIZERS", {}))
        self.updates.update(updates.UPDATES)

    # ---- arrays and variables ----

    from_numpy = staticmethod(arrays.from_numpy)
    to_numpy = staticmethod(arrays.to_numpy)

    def variable(self, array, name):
        """A tensor of its own with the array's values."""
        return torch.tensor(array, device=arrays.DEVICE)

    def write(self, storage, array):
        """Copies an array into the storage."""
        storage.copy_(arrays.from_numpy(array))

    def assign(self, storage, native):
        """Copies a tensor into the storage."""
        storage.copy_(native)

    def copy(self, native):
        """A tensor with memory of its own."""
        return native.detach().clone()

    # ---- differentiation ----

    def record(self, on):
        """Switches autograd's recording on or off; returns what it was."""
        before = torch.is_grad_enabled()
        _set_recording(on)
        return before

    def watch(self, native):
        """The same values, recorded from here on; integers have no gradient."""
        if native.requires_grad or not native.is_floating_point():
            return native
        return native.detach().requires_grad_()

    def gradients(self, losses, wrt, create_graph, retain_graph):
        """Gradients of the sum of all elements of `losses`; zeros where unconnected."""
        # recording still: this runs in a loop that is differentiated itself
        create_graph = create_graph or torch.is_grad_enabled()
        retain_graph = retain_graph or create_graph
        losses = [loss for loss in losses if loss.requires_grad]
        watched = [x for x in wrt if x.requires_grad]
        if not losses or not watched:
            return tuple(torch.zeros_like(x) for x in wrt)
        ones = [None if loss.ndim == 0 else torch.ones_like(loss) for loss in losses]
        found = iter(torch.autograd.grad(losses, watched, ones, retain_graph=retain_graph,
                                         create_graph=create_graph, allow_unused=True))
        return tuple(_or_zeros(next(found) if x.requires_grad else None, x) for x in wrt)

    # ---- running ----

    def compile(self, plan, once=False):
        """The plan's function, recording nothing but what the plan itself switches on."""
        function = plan.function

        def run(*inputs):
            before = torch.is_grad_enabled()
            _set_recording(False)
            try:
                return function(*inputs)
            finally:
                _set_recording(before)
        return run

    def synchronize(self):
        """Waits for the device."""
        if not arrays.ON_CPU:
            torch.cuda.synchronize()


def _or_zeros(gradient, x):
    return torch.zeros_like(x) if gradient is None else gradient
