"""A siamese network: one base network for both images, contrastive loss, own metric."""
import random

import numpy as np

from keras import backend as K
from keras.layers import Dense, Dropout, Flatten, Input, Lambda
from keras.models import Model
from keras.optimizers import RMSprop

rng = np.random.RandomState(6)
centres = rng.rand(3, 6, 6)
digits = np.repeat(np.arange(3), 12)
images = (centres[digits] + 0.1 * rng.rand(36, 6, 6)).astype('float32')


def apart(vects):
    left, right = vects
    squares = K.sum(K.square(left - right), axis=1, keepdims=True)
    return K.sqrt(K.maximum(squares, K.epsilon()))


def shape_of_distance(shapes):
    return shapes[0][0], 1


def pull_or_push(y_true, y_pred):
    pull = y_true * K.square(y_pred)
    push = (1 - y_true) * K.square(K.maximum(1 - y_pred, 0))
    return K.mean(pull + push)


def pairs_of(x, digit_indices):
    random.seed(0)
    pairs, labels = [], []
    n = min(len(i) for i in digit_indices) - 1
    for d in range(3):
        for i in range(n):
            a, b = digit_indices[d][i], digit_indices[d][i + 1]
            other = digit_indices[(d + random.randrange(1, 3)) % 3][i]
            pairs += [[x[a], x[b]], [x[a], x[other]]]
            labels += [1, 0]
    return np.array(pairs), np.array(labels)


def tower(input_shape):
    inputs = Input(shape=input_shape)
    x = Flatten()(inputs)
    x = Dense(16, activation='relu')(x)
    x = Dropout(0.1)(x)
    x = Dense(8, activation='relu')(x)
    return Model(inputs, x)


def hit_rate(y_true, y_pred):
    return ((y_pred.ravel() < 0.5) == y_true).mean()


def accuracy(y_true, y_pred):
    return K.mean(K.equal(y_true, K.cast(y_pred < 0.5, y_true.dtype)))


pairs, labels = pairs_of(images, [np.where(digits == i)[0] for i in range(3)])
shared = tower(images.shape[1:])
input_a, input_b = Input(shape=(6, 6)), Input(shape=(6, 6))
distance = Lambda(apart, output_shape=shape_of_distance)(
    [shared(input_a), shared(input_b)])
model = Model([input_a, input_b], distance)
model.compile(loss=pull_or_push, optimizer=RMSprop(), metrics=[accuracy])
history = model.fit([pairs[:, 0], pairs[:, 1]], labels, batch_size=16, epochs=4, verbose=0,
                    validation_data=([pairs[:, 0], pairs[:, 1]], labels))
y_pred = model.predict([pairs[:, 0], pairs[:, 1]])
print('* Accuracy: %0.2f%%' % (100 * hit_rate(labels, y_pred)))
assert shared.get_output_at(1).shape[-1] == 8
assert len(model.get_weights()) == 4

results = dict(history.history, distances=y_pred, weights=model.get_weights())
