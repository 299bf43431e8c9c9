"""A forward and a backward kernel that replace the derivative of a composite's body."""


class Pair(tuple):
    """(forward, backward) as `Backend.vjps` holds them; `accepts(node)` says where they fit.

    fits(specs, attrs) decides from the (shape, dtype) of the inputs (None where
    one is absent), as specializers do.
    """

    def __new__(cls, forward, backward, fits=None):
        pair = super().__new__(cls, (forward, backward))
        pair.fits = fits
        return pair

    def accepts(self, node):
        """Whether the kernels fit this node."""
        if self.fits is None:
            return True
        specs = [None if t is None else (tuple(t.shape), t.dtype) for t in node.inputs]
        return bool(self.fits(specs, node.attrs))


def forward_only(pair):
    """A specializer that runs the pair's forward kernel where it fits, residuals dropped."""
    def specialize(specs, attrs):
        if pair.fits is not None and not pair.fits(specs, attrs):
            return None
        return lambda *inputs: pair[0](*inputs, **attrs)[0]
    return specialize
