"""The NumPy backend's convolutions, pooling and recurrent kernels against PyTorch's, one thread.

    python -m benchmarks.numpy_kernels [part of a name ...]

Prints milliseconds of processor time of both and their ratio. The two are timed in turns, so that
other work on the machine hits both; each figure is the least of all turns.
"""
import os
import sys
import time

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np  # noqa: E402
import torch  # noqa: E402

from keras_compat import backend as K  # noqa: E402
from keras_compat.backend.ops import convolution  # noqa: E402

K.set_backend("numpy")  # finds the backends of a checkout, too
from keras_compat.backends.numpy import conv, pooling, recurrent  # noqa: E402

torch.set_num_threads(1)
SECONDS = 0.15

# name: (batch, sizes, window, channels, units, strides, padding, dilation, groups)
CONVS = {
    "mnist 3x3x32, first": (128, (28, 28), (3, 3), 1, 32, 1, "valid", 1, 1),
    "mnist 3x3x64": (128, (26, 26), (3, 3), 32, 64, 1, "valid", 1, 1),
    "resnet 3x3x16": (32, (32, 32), (3, 3), 16, 16, 1, "same", 1, 1),
    "resnet 3x3x32 stride 2": (32, (32, 32), (3, 3), 16, 32, 2, "same", 1, 1),
    "resnet 3x3x64": (32, (8, 8), (3, 3), 64, 64, 1, "same", 1, 1),
    "pointwise": (32, (16, 16), (1, 1), 64, 64, 1, "valid", 1, 1),
    "rgb 7x7 stride 2": (8, (112, 112), (7, 7), 3, 32, 2, "same", 1, 1),
    "depthwise 3x3": (32, (16, 16), (3, 3), 64, 64, 1, "same", 1, 64),
    "text k=3": (32, (400,), (3,), 64, 128, 1, "valid", 1, 1),
    "long k=41 dilation 25": (8, (2000,), (41,), 32, 32, 1, "valid", 25, 1),
    "one sample": (1, (26, 26), (3, 3), 32, 64, 1, "valid", 1, 1),
}


def least(*functions):
    """Least milliseconds of each, timed in turns."""
    best = [float("inf")] * len(functions)
    for function in functions:
        function()
    until = time.perf_counter() + SECONDS * len(functions)
    turns = 0
    while turns < 5 or time.perf_counter() < until:
        turns += 1
        for i, function in enumerate(functions):
            start = time.process_time()
            function()
            best[i] = min(best[i], 1e3 * (time.process_time() - start))
    return best


def report(name, ours, theirs):
    """One row of the table."""
    if len(sys.argv) > 1 and not any(part in name for part in sys.argv[1:]):
        return
    mine, other = least(ours, theirs)
    print(f"{name:44} {mine:9.3f} {other:9.3f} {mine / other:7.2f}", flush=True)


def draw(*shape):
    return np.random.default_rng(0).standard_normal(shape, dtype="float32")


# ---- convolutions ----

def _torch_operands(x, kernel, rank):
    """x and the kernel as PyTorch has them, in its fastest layout."""
    order = (0, rank + 1, *range(1, rank + 1))
    tx = torch.from_numpy(np.ascontiguousarray(x.transpose(order)))
    tk = torch.from_numpy(np.ascontiguousarray(
        kernel.transpose(rank + 1, rank, *range(rank))))
    if rank == 2:
        tx, tk = (t.contiguous(memory_format=torch.channels_last) for t in (tx, tk))
    return tx, tk


def _torch_padding(sizes, window, strides, padding):
    """Cells in front and behind, for the last axis first."""
    if padding == "valid":
        return None
    pads = []
    for n, k, s in zip(sizes[::-1], window[::-1], strides[::-1]):
        total = max((-(-n // s) - 1) * s + k - n, 0)
        pads += [total // 2, total - total // 2]
    return pads


def conv_case(name, batch, sizes, window, channels, units, stride, padding, dilation, groups):
    """Forward of one convolution, each of its gradients, and both as a training step has them."""
    rank = len(sizes)
    strides, dilations = (stride,) * rank, (dilation,) * rank
    x, kernel = draw(batch, *sizes, channels), draw(*window, channels // groups, units)
    attrs = dict(strides=strides, padding=padding, dilation=dilations, groups=groups,
                 data_format="channels_last")
    g = conv.conv(x, kernel, **attrs)
    tx, tk = _torch_operands(x, kernel, rank)
    pads = _torch_padding(sizes, window, strides, padding)
    tx = tx if pads is None else torch.nn.functional.pad(tx, pads)
    options = (None, strides, (0,) * rank, dilations, False, (0,) * rank, groups)
    tg = torch.ones_like(torch.convolution(tx, tk, *options))

    def backward(*mask):
        return lambda: torch.ops.aten.convolution_backward(
            tg, tx, tk, None, *options[1:], list(mask))
    report(f"{name}: forward", lambda: conv.conv(x, kernel, **attrs),
           lambda: torch.convolution(tx, tk, *options))
    report(f"{name}: input gradient",
           lambda: conv.conv_input_gradient(g, kernel, None, x.shape, **attrs),
           backward(True, False, False))
    report(f"{name}: kernel gradient",
           lambda: conv.conv_kernel_gradient(x, g, kernel.shape, **attrs),
           backward(False, True, False))
    report(f"{name}: both gradients", _both_gradients(x, kernel, g, attrs),
           backward(True, True, False))


def _both_gradients(x, kernel, g, attrs):
    """What a compiled function does for the two, which may be one step."""
    tensors = [K.placeholder(a.shape) for a in (x, kernel, g)]
    both = [convolution.conv_input_gradient(tensors[2], tensors[1], x.shape, **attrs),
            convolution.conv_kernel_gradient(tensors[0], tensors[2], kernel.shape, **attrs)]
    function = K.function(tensors, both).plan(0).function
    return lambda: function(x, kernel, g)


# ---- pooling ----

def pool_case(name, batch, sizes, channels, window, stride, padding):
    """Forward and gradient of both kinds of pooling, as PyTorch pads (on both sides)."""
    x = draw(batch, *sizes, channels)
    tx = _torch_operands(x, draw(1, 1, 1, 1), 2)[0].requires_grad_()
    attrs = dict(pool_size=(window,) * 2, strides=(stride,) * 2, padding=padding,
                 data_format="channels_last")
    pad = window // 2 if padding == "same" else 0
    shape = np.array(x.shape)
    for kind, forward, backward, native in (
            ("max", pooling.max_pool,
             lambda g: pooling.max_pool_gradient(g, x, **attrs),
             lambda: torch.nn.functional.max_pool2d(tx, window, stride, pad)),
            ("average", pooling.avg_pool,
             lambda g: pooling.avg_pool_gradient(g, shape, **attrs),
             lambda: torch.nn.functional.avg_pool2d(tx, window, stride, pad))):
        g, ty = forward(x, **attrs), native()
        tg = torch.ones_like(ty)
        report(f"{name}: {kind}", lambda: forward(x, **attrs), native)
        report(f"{name}: {kind} gradient", lambda: backward(g),
               lambda: torch.autograd.grad(ty, tx, tg, retain_graph=True))


# ---- recurrent layers ----

def recurrent_case(name, batch, steps, features, units, kind):
    """Forward, and forward with backward, against PyTorch's own fused layer."""
    gates = 4 if kind == "lstm" else 3
    x = draw(batch, steps, features)
    zero = np.zeros((batch, units), "float32")
    weights = [draw(features, gates * units) * 0.1, draw(units, gates * units) * 0.1]
    bias = np.zeros(gates * units if kind == "lstm" else (2, gates * units), "float32")
    inputs = [x, zero, *([zero] if kind == "lstm" else []), *weights, bias]
    attrs = dict(activation="tanh", recurrent_activation="sigmoid", reverse=False,
                 return_sequences=True)
    if kind == "gru":
        attrs["reset_after"] = True
    forward, backward = recurrent.VJPS[kind]
    g = draw(batch, steps, units)

    def both():
        outputs, residuals = forward(*inputs, **attrs)
        return backward([g] + [None] * (gates - 2), outputs, residuals, *inputs, **attrs)
    layer = getattr(torch.nn, kind.upper())(features, units, batch_first=True)
    tx, tg = torch.from_numpy(x).requires_grad_(), torch.from_numpy(g)

    def theirs():
        with torch.no_grad():
            layer(tx)
    parameters = [tx, *layer.parameters()]
    report(f"{name}: forward", lambda: forward(*inputs, **attrs), theirs)
    report(f"{name}: forward and backward", both,
           lambda: torch.autograd.grad(layer(tx)[0], parameters, tg))


def main():
    """The whole table."""
    print(f"{'':44} {'NumPy':>9} {'PyTorch':>9} {'ratio':>7}   (ms)")
    for name, case in CONVS.items():
        conv_case(name, *case)
    pool_case("pool 2x2", 128, (24, 24), 64, 2, 2, "valid")
    pool_case("pool 3x3 stride 2", 32, (32, 32), 32, 3, 2, "same")
    recurrent_case("LSTM 128, 80 steps", 32, 80, 128, 128, "lstm")
    recurrent_case("GRU 64, 50 steps", 32, 50, 64, 64, "gru")


if __name__ == "__main__":
    main()
