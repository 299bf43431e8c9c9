"""Distances as losses: triplets, centres kept in an Embedding, and a margin on angles."""
import numpy as np

import keras.backend as K
from keras.engine import Layer
from keras.layers import Dense, Embedding, Flatten, Input, Lambda, PReLU, concatenate
from keras.models import Model, Sequential
from keras.optimizers import SGD, Adam

rng = np.random.RandomState(21)
labels = rng.randint(3, size=48)
x = (rng.normal(size=(3, 10))[labels] + 0.3 * rng.normal(size=(48, 10))).astype('float32')
order = np.array([[i, rng.choice(np.flatnonzero(labels == labels[i])),
                   rng.choice(np.flatnonzero(labels != labels[i]))] for i in range(48)])
results = {}

# ---- triplets: the embeddings side by side as one output ----
embed = Sequential([Dense(8, activation='relu', input_shape=(10,)), Dense(4),
                    Lambda(lambda t: K.l2_normalize(t, axis=-1))])
three = [Input((10,)) for _ in range(3)]
merged = concatenate([embed(i) for i in three], axis=-1)


def triplet_loss(y_true, y_pred, alpha=0.4):
    size = y_pred.shape.as_list()[-1] // 3
    anchor, positive, negative = [y_pred[:, k * size:(k + 1) * size] for k in range(3)]
    near = K.sum(K.square(anchor - positive), axis=1)
    far = K.sum(K.square(anchor - negative), axis=1)
    return K.maximum(near - far + alpha, 0.0)


triplet = Model(inputs=three, outputs=merged)
triplet.compile(loss=triplet_loss, optimizer=Adam(lr=0.01))
history = triplet.fit([x[order[:, k]] for k in range(3)], np.empty((48, 12)), batch_size=16,
                      epochs=3, verbose=0)
results['triplet'] = [history.history['loss'], embed.predict(x)]

# ---- centres: an Embedding of the label, a second output that is its own loss ----
entry, label = Input((10,)), Input((1,))
features = PReLU()(Dense(2)(entry))
scores = Dense(3, activation='softmax', name='classes')(features)
centres = Flatten()(Embedding(3, 2, name='centres')(label))
spread = Lambda(lambda pair: K.sum(K.square(pair[0] - pair[1]), 1, keepdims=True),
                name='spread')([features, centres])
model = Model([entry, label], [scores, spread])
model.compile(optimizer=SGD(0.05, momentum=0.9), loss_weights=[1., 0.1], metrics={'classes': 'acc'},
              loss=['sparse_categorical_crossentropy', lambda y_true, y_pred: y_pred])
history = model.fit([x, labels], [labels, rng.rand(48, 1)], batch_size=16, epochs=3, verbose=0)
results['centre'] = [history.history, model.get_layer('centres').get_weights()]


# ---- a layer that keeps centres itself and moves them by an update ----
class CentreDistance(Layer):
    def __init__(self, alpha=0.5, **kwargs):
        super().__init__(**kwargs)
        self.alpha = alpha

    def build(self, input_shape):
        self.centers = self.add_weight(name='centers', shape=(3, 2), initializer='uniform',
                                       trainable=False)
        super().build(input_shape)

    def call(self, x, mask=None):
        # x[0] is (N, 2), x[1] is (N, 3) one-hot
        delta = K.dot(K.transpose(x[1]), K.dot(x[1], self.centers) - x[0])
        count = K.sum(K.transpose(x[1]), axis=1, keepdims=True) + 1
        self.add_update((self.centers, self.centers - self.alpha * delta / count), x)
        self.result = K.sum((x[0] - K.dot(x[1], self.centers)) ** 2, axis=1, keepdims=True)
        return self.result

    def compute_output_shape(self, input_shape):
        return K.int_shape(self.result)


hot = Input((3,))
features = Dense(2, name='flat')(entry)
side = CentreDistance(name='side')([features, hot])
moving = Model([entry, hot], [Dense(3, activation='softmax', name='main')(features), side])
moving.compile('sgd', loss={'main': 'categorical_crossentropy',
                            'side': lambda y_true, y_pred: 0.5 * K.sum(y_pred, axis=0)},
               loss_weights={'main': 1, 'side': 0.01})
onehot = np.eye(3)[labels]
before = moving.get_layer('side').get_weights()[0]
history = moving.fit([x, onehot], {'main': onehot, 'side': np.zeros((48, 1))}, batch_size=16,
                     epochs=2, verbose=0)
assert not np.allclose(before, moving.get_layer('side').get_weights()[0])
results['moving'] = [history.history, moving.get_layer('side').get_weights()]
