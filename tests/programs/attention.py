"""Attention layers people wrote: weights by add_weight in both orders, masks, K.dot tricks."""
import numpy as np

from keras import backend as K
from keras import constraints, initializers, regularizers
from keras.engine.topology import InputSpec, Layer
from keras.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Input, Masking, TimeDistributed
from keras.models import Model

rng = np.random.RandomState(11)


def dot_product(x, kernel):
    if K.backend() == 'tensorflow':
        return K.squeeze(K.dot(x, K.expand_dims(kernel)), axis=-1)
    return K.squeeze(K.dot(x, K.expand_dims(kernel)), axis=-1)


class WeightedPool(Layer):
    """Scores every step against a learned context, and sums the steps."""

    def __init__(self, W_regularizer=None, u_regularizer=None, b_constraint=None, bias=True,
                 return_scores=False, **kwargs):
        self.supports_masking = True
        self.init = initializers.get('glorot_uniform')
        self.W_regularizer = regularizers.get(W_regularizer)
        self.u_regularizer = regularizers.get(u_regularizer)
        self.b_constraint = constraints.get(b_constraint)
        self.bias = bias
        self.return_scores = return_scores
        super(WeightedPool, self).__init__(**kwargs)

    def build(self, input_shape):
        assert len(input_shape) == 3
        size = input_shape[-1]
        # Keras 1's order: the shape comes first
        self.W = self.add_weight((size, size,), initializer=self.init,
                                 name='{}_W'.format(self.name), regularizer=self.W_regularizer)
        if self.bias:
            self.b = self.add_weight((size,), initializer='zero', name='{}_b'.format(self.name),
                                     constraint=self.b_constraint)
        # Keras 2's order: the name comes first
        self.u = self.add_weight('context', (size,), initializer=self.init,
                                 regularizer=self.u_regularizer)
        super(WeightedPool, self).build(input_shape)

    def compute_mask(self, input, input_mask=None):
        return None

    def call(self, x, mask=None):
        uit = K.dot(x, self.W)
        if self.bias:
            uit += self.b
        a = K.exp(dot_product(K.tanh(uit), self.u))
        if mask is not None:
            a *= K.cast(mask, K.floatx())
        a /= K.cast(K.sum(a, axis=1, keepdims=True) + K.epsilon(), K.floatx())
        pooled = K.sum(x * K.expand_dims(a), axis=1)
        return [pooled, a] if self.return_scores else pooled

    def compute_output_shape(self, input_shape):
        pooled = (input_shape[0], input_shape[-1])
        return [pooled, input_shape[:2]] if self.return_scores else pooled

    def get_config(self):
        config = {'bias': self.bias, 'return_scores': self.return_scores,
                  'W_regularizer': regularizers.serialize(self.W_regularizer)}
        return dict(list(super(WeightedPool, self).get_config().items()) + list(config.items()))


class SelfAttention(Layer):
    """Scaled dot products of queries and keys; keys that are masked count for nothing."""

    def __init__(self, heads, size, **kwargs):
        self.heads, self.size = heads, size
        self.input_spec = [InputSpec(ndim=3)]
        super(SelfAttention, self).__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        shape = (int(input_shape[-1]), self.heads * self.size)
        self.WQ = self.add_weight(name='WQ', shape=shape, initializer='glorot_uniform', trainable=True)
        self.WK = self.add_weight(name='WK', shape=shape, initializer='glorot_uniform')
        self.WV = self.add_weight(name='WV', shape=shape, initializer='uniform')
        self.built = True

    def split(self, x):
        """(batch, steps, heads * size) -> (batch * heads, steps, size)"""
        steps = K.shape(x)[1]
        x = K.reshape(x, [-1, steps, self.heads, self.size])
        return K.reshape(K.permute_dimensions(x, [0, 2, 1, 3]), [-1, steps, self.size])

    def call(self, x, mask=None):
        q, k, v = [self.split(K.dot(x, w)) for w in (self.WQ, self.WK, self.WV)]
        scores = K.batch_dot(q, k, axes=[2, 2]) / self.size ** 0.5
        if mask is not None:
            keep = K.repeat_elements(K.cast(mask, K.floatx()), self.heads, 0)
            scores = scores + (1. - K.expand_dims(keep, 1)) * -1e10
        out = K.batch_dot(K.softmax(scores), v)
        shape = K.shape(out)
        out = K.reshape(out, [-1, self.heads, shape[1], self.size])
        out = K.permute_dimensions(out, (0, 2, 1, 3))
        return K.reshape(out, K.concatenate([K.shape(out)[:2], [self.heads * self.size]]))

    def compute_output_shape(self, input_shape):
        return input_shape[0], input_shape[1], self.heads * self.size


words = rng.randint(1, 20, size=(32, 7))
lengths = rng.randint(2, 8, size=32)
for row, length in zip(words, lengths):
    row[length:] = 0
labels = (words.max(axis=1) > 17).astype('int32')

inp = Input(shape=(7,), dtype='int32')
x = Embedding(20, 8, mask_zero=True)(inp)
x = Bidirectional(LSTM(6, return_sequences=True, recurrent_activation='hard_sigmoid'))(x)
x = TimeDistributed(Dense(6))(x)
x, scores = WeightedPool(W_regularizer=regularizers.l2(1e-3), b_constraint='max_norm',
                         return_scores=True, name='att')(x)
model = Model(inp, Dense(1, activation='sigmoid')(x))
model.compile('adam', 'binary_crossentropy', metrics=['acc'])
pooled = model.fit(words, labels, batch_size=8, epochs=3, verbose=0)
look = K.function([inp], [scores])
rebuilt = Model.from_config(model.get_config(), custom_objects={'WeightedPool': WeightedPool})
rebuilt.set_weights(model.get_weights())
assert np.allclose(rebuilt.predict(words), model.predict(words), atol=1e-6)

series = rng.normal(size=(24, 5, 3))
series[::2, 3:] = 0
inp2 = Input(shape=(None, 3))
y = Masking()(inp2)
y = SelfAttention(2, 4)(y)
y = GRU(5)(y)
second = Model(inp2, Dense(2, activation='softmax')(y))
second.compile('sgd', 'sparse_categorical_crossentropy')
attended = second.fit(series, series.sum(axis=(1, 2)) > 0, epochs=3, verbose=0)

results = dict(pooled.history, scores=look([words])[0], weights=model.get_weights(),
               attended=attended.history['loss'], second=second.get_weights(),
               predictions=second.predict(series))
