"""Relations between layers: two programs that must give the same numbers."""
import numpy as np

from keras_compat import layers
from keras_compat.models import Sequential

from . import arrays

UNITS, STEPS, FEATURES, BATCH = 3, 6, 4, 5


def _drawn(*shape, name="x"):
    return arrays.draw(*shape, low=-1.0, high=1.0).array(
        "float32", arrays.seed_of("layer relations", name, str(shape)))


def _model(layer, *shape, batch=None, before=()):
    """A model of the layer (after those before it) with weights that are always the same."""
    first = layers.InputLayer(batch_input_shape=(batch, *shape))
    model = Sequential([first, *before, layer])
    model.set_weights([_drawn(*w.shape, name=str(i)) for i, w in enumerate(model.get_weights())])
    return model


def _same_weights(one, other, *shape):
    """Two layers with one set of weights give the same."""
    x = _drawn(BATCH, *shape)
    first, second = _model(one, *shape), _model(other, *shape)
    second.set_weights(first.get_weights())
    return "one set of weights", first.predict(x), second.predict(x)


def _options(name, first, second, shape, **common):
    """One layer with two options."""
    def relation():
        cls = getattr(layers, name)
        yield _same_weights(cls(**common, **first), cls(**common, **second), *shape)
    return relation


def _recurrent(name, first, second, **common):
    return _options(name, first, second, (STEPS, FEATURES), units=UNITS, return_sequences=True,
                    **common)


# ---- recurrent layers ----

def _split_in_two(name):
    """A stateful layer that sees a sequence in two calls."""
    def relation():
        x = _drawn(2, STEPS, FEATURES)
        model = _model(getattr(layers, name)(UNITS, stateful=True, return_sequences=True),
                       None, FEATURES, batch=2)
        whole = model.predict(x, batch_size=2)
        model.reset_states()
        parts = [model.predict(part, batch_size=2) for part in (x[:, :2], x[:, 2:])]
        yield "two calls", np.concatenate(parts, axis=1), whole
        model.reset_states()
        yield "after a reset", model.predict(x, batch_size=2), whole
    return relation


def _mask_at_the_end(name):
    """Masked steps at the end are as if they were not there."""
    def relation():
        x = _drawn(BATCH, STEPS, FEATURES)
        lengths = [6, 1, 4, 3, 5]
        for row, length in zip(x, lengths):
            row[length:] = 0
        masked = _model(getattr(layers, name)(UNITS), None, FEATURES,
                        before=[layers.Masking(0.0)]).predict(x)
        plain = _model(getattr(layers, name)(UNITS), None, FEATURES)
        yield "shorter", masked, np.concatenate(
            [plain.predict(x[i:i + 1, :length]) for i, length in enumerate(lengths)])
    return relation


def _backwards(name):
    """go_backwards is the layer of the reversed sequence."""
    def relation():
        x, cls = _drawn(BATCH, STEPS, FEATURES), getattr(layers, name)
        there = _model(cls(UNITS, go_backwards=True, return_sequences=True), STEPS, FEATURES)
        plain = _model(cls(UNITS, return_sequences=True), STEPS, FEATURES)
        yield "reversed", there.predict(x), plain.predict(x[:, ::-1])
    return relation


def _two_directions():
    x = _drawn(BATCH, STEPS, FEATURES)
    for mode, join in (("concat", lambda a, b: np.concatenate([a, b], -1)),
                       ("sum", np.add), ("mul", np.multiply),
                       ("ave", lambda a, b: (a + b) / 2)):
        both = _model(layers.Bidirectional(layers.LSTM(UNITS, return_sequences=True),
                                           merge_mode=mode), STEPS, FEATURES)
        weights = both.get_weights()
        halves = [_model(layers.LSTM(UNITS, return_sequences=True, go_backwards=back), STEPS,
                         FEATURES) for back in (False, True)]
        halves[0].set_weights(weights[:3])
        halves[1].set_weights(weights[3:])
        forward, backward = (half.predict(x) for half in halves)
        yield mode, both.predict(x), join(forward, backward[:, ::-1])


def _symmetric(gates):
    """A square kernel for each gate that is its own transpose."""
    blocks = [_drawn(UNITS, UNITS, name=str(i)) for i in range(gates)]
    return np.concatenate([(block + block.T) / 2 for block in blocks], axis=1)


def _fused(name, plain, gates, **options):
    """The layer with two biases. Kernels are symmetric, so that their layout is no matter."""
    def relation():
        x = _drawn(BATCH, STEPS, UNITS)
        kernel, recurrent, bias = _symmetric(gates), _symmetric(gates), _drawn(2, gates * UNITS)
        fused = _model(getattr(layers, name)(UNITS, return_sequences=True), STEPS, UNITS)
        fused.set_weights([kernel, recurrent, bias.ravel()])
        model = _model(getattr(layers, plain)(UNITS, recurrent_activation="sigmoid",
                                              return_sequences=True, **options), STEPS, UNITS)
        model.set_weights([kernel, recurrent, bias if options else bias.sum(0)])
        yield "two biases", fused.predict(x), model.predict(x)
    return relation


# ---- other layers ----

def _dense_over_time():
    shape = (STEPS, FEATURES)
    yield _same_weights(layers.TimeDistributed(layers.Dense(UNITS)), layers.Dense(UNITS), *shape)


def _dense_as_convolution():
    x = _drawn(BATCH, STEPS, FEATURES)
    dense, conv = _model(layers.Dense(UNITS), STEPS, FEATURES), _model(
        layers.Conv1D(UNITS, 1), STEPS, FEATURES)
    kernel, bias = dense.get_weights()
    conv.set_weights([kernel[None], bias])
    yield "a window of one", conv.predict(x), dense.predict(x)


def _embedding_as_product():
    x = np.array([[0, 3, 1], [2, 2, 0]])
    model = _model(layers.Embedding(4, UNITS, input_length=3), 3)
    yield "one-hot", model.predict(x), np.eye(4)[x] @ model.get_weights()[0]


def _separable_in_two_steps():
    x = _drawn(2, 5, 5, 3)
    whole = _model(layers.SeparableConv2D(4, 2, depth_multiplier=2, padding="same"), 5, 5, 3)
    depthwise, pointwise, bias = whole.get_weights()
    parts = Sequential([layers.DepthwiseConv2D(2, depth_multiplier=2, padding="same",
                                               use_bias=False, input_shape=(5, 5, 3)),
                        layers.Conv2D(4, 1)])
    parts.set_weights([depthwise, pointwise, bias])
    yield "two layers", whole.predict(x), parts.predict(x)


def _local_with_one_kernel():
    """With the same kernel at each place a locally connected layer is a convolution."""
    x = _drawn(2, STEPS, FEATURES)
    conv = _model(layers.Conv1D(UNITS, 2), STEPS, FEATURES)
    kernel, bias = conv.get_weights()
    local = _model(layers.LocallyConnected1D(UNITS, 2), STEPS, FEATURES)
    local.set_weights([np.tile(kernel.reshape(1, -1, UNITS), (STEPS - 1, 1, 1)),
                       np.tile(bias, (STEPS - 1, 1))])
    yield "one kernel", local.predict(x), conv.predict(x)


def _undone(*chain, shape):
    """Layers after which the input is back."""
    def relation():
        x = _drawn(2, *shape)
        first = layers.InputLayer(input_shape=shape)
        made = [getattr(layers, name)(*arguments) for name, *arguments in chain]
        yield "there and back", Sequential([first, *made]).predict(x), x
    return relation


def _normalization_is_affine():
    x = _drawn(4, FEATURES)
    model = _model(layers.BatchNormalization(), FEATURES)
    gamma, beta, mean, var = model.get_weights()
    model.set_weights([gamma, beta, mean, var ** 2 + 0.5])
    scale = gamma / np.sqrt(var ** 2 + 0.5 + 1e-3)
    yield "an affine map", model.predict(x), (x - mean) * scale + beta


_STANDARD = ("SimpleRNN", "GRU", "LSTM")
_ONE_TWO = ({"implementation": 1}, {"implementation": 2})
_LOOP = ({"unroll": True}, {"unroll": False})

RELATIONS = {name: {
    "unrolled is a loop": _recurrent(name, *_LOOP),
    "stateful in two calls": _split_in_two(name), "mask at the end": _mask_at_the_end(name),
    "backwards": _backwards(name)} for name in _STANDARD}
RELATIONS["LSTM"]["implementation 1 is 2"] = _recurrent("LSTM", *_ONE_TWO)
RELATIONS["GRU"].update({
    "implementation 1 is 2": _recurrent("GRU", *_ONE_TWO),
    "implementation 1 is 2, reset after": _recurrent("GRU", *_ONE_TWO, reset_after=True),
    "unrolled is a loop, reset after": _recurrent("GRU", *_LOOP, reset_after=True)})
RELATIONS.update({
    "CuDNNLSTM": {"an LSTM": _fused("CuDNNLSTM", "LSTM", 4)},
    "CuDNNGRU": {"a GRU": _fused("CuDNNGRU", "GRU", 3, reset_after=True)},
    "Bidirectional": {"two layers": _two_directions},
    "TimeDistributed": {"of Dense is Dense": _dense_over_time},
    "Conv1D": {"of size 1 is Dense": _dense_as_convolution},
    "Embedding": {"a product with one-hot rows": _embedding_as_product},
    "SeparableConv2D": {"in two steps": _separable_in_two_steps},
    "LocallyConnected1D": {
        "with one kernel": _local_with_one_kernel, "implementation 1 is 2": _options(
            "LocallyConnected1D", *_ONE_TWO, (STEPS, FEATURES), filters=2, kernel_size=3)},
    "LocallyConnected2D": {"implementation 1 is 2": _options(
        "LocallyConnected2D", *_ONE_TWO, (4, 5, 2), filters=2, kernel_size=(2, 3))},
    "BatchNormalization": {"an affine map at inference": _normalization_is_affine},
    "UpSampling2D": {"then the mean": _undone(("UpSampling2D", (2, 3)),
                                              ("AveragePooling2D", (2, 3)), shape=(3, 2, 2))},
    "ZeroPadding2D": {"then cropping": _undone(("ZeroPadding2D", ((1, 2), (0, 1))), (
        "Cropping2D", ((1, 2), (0, 1))), shape=(3, 2, 2))},
    "Reshape": {"then back": _undone(("Reshape", (2, -1)), ("Flatten",), ("Reshape", (3, 4)),
                                     shape=(3, 4))},
    "Dropout": {"nothing at inference": _undone(("Dropout", 0.5), ("GaussianNoise", 1.0),
                                                ("AlphaDropout", 0.3), shape=(3, 4))},
    "RepeatVector": {"then the mean": _undone(("RepeatVector", 3), ("GlobalAveragePooling1D",),
                                              shape=(4,))},
})
