"""Derivatives of what has a hand-written or fused first one."""
import torch


def again(definition, inputs, given, needs):
    """Gradients by the definition's inputs that can be differentiated themselves.

    Runs the definition anew, recorded, so that PyTorch differentiates it. given:
    the gradients of its outputs or None; needs: which inputs want one.
    """
    return pulled_back(definition(*inputs), inputs, given, needs, create_graph=True)


def pulled_back(outputs, inputs, given, needs, create_graph=False):
    """Gradients by the inputs that want one, None for the others, from those of the outputs."""
    pairs = [(y, g) for y, g in zip(outputs, given) if g is not None]
    wrt = [x for x, need in zip(inputs, needs) if need]
    found = iter(torch.autograd.grad([y for y, _ in pairs], wrt, [g for _, g in pairs],
                                     create_graph=create_graph, allow_unused=True))
    return [next(found) if need else None for need in needs]
