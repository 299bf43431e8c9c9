"""An auxiliary classifier GAN: two outputs, several losses with weights, soft labels."""
from __future__ import print_function

from collections import defaultdict

import numpy as np

from keras import layers
from keras.layers import Conv2D, Dense, Dropout, Embedding, Flatten, Input, Reshape
from keras.layers import LeakyReLU
from keras.models import Model, Sequential
from keras.optimizers import Adam
from keras.utils.generic_utils import Progbar

kinds, noise_size, batch_size = 3, 5, 8
rng = np.random.RandomState(4)
x_train = rng.uniform(-1, 1, size=(24, 6, 6, 1)).astype('float32')
y_train = rng.randint(kinds, size=24)


def build_generator():
    cnn = Sequential()
    cnn.add(Dense(2 * 2 * 6, input_dim=noise_size, activation='relu'))
    cnn.add(Reshape((2, 2, 6)))
    cnn.add(layers.Conv2DTranspose(4, 3, strides=3, padding='same', activation='relu',
                                   kernel_initializer='glorot_normal'))
    cnn.add(layers.BatchNormalization())
    cnn.add(Conv2D(1, 3, padding='same', activation='tanh'))
    latent = Input(shape=(noise_size,))
    kind = Input(shape=(1,), dtype='int32')
    cls = Embedding(kinds, noise_size, embeddings_initializer='glorot_normal')(kind)
    cls = Flatten()(cls)
    h = layers.multiply([latent, cls])
    return Model([latent, kind], cnn(h))


def build_discriminator():
    cnn = Sequential()
    cnn.add(Conv2D(8, 3, padding='same', strides=2, input_shape=(6, 6, 1)))
    cnn.add(LeakyReLU(0.2))
    cnn.add(Dropout(0.3))
    cnn.add(Flatten())
    image = Input(shape=(6, 6, 1))
    features = cnn(image)
    fake = Dense(1, activation='sigmoid', name='generation')(features)
    aux = Dense(kinds, activation='softmax', name='auxiliary')(features)
    return Model(image, [fake, aux])


discriminator = build_discriminator()
discriminator.compile(optimizer=Adam(lr=0.0002, beta_1=0.5),
                      loss=['binary_crossentropy', 'sparse_categorical_crossentropy'])
generator = build_generator()
latent = Input(shape=(noise_size,))
kind = Input(shape=(1,), dtype='int32')
discriminator.trainable = False
fake, aux = discriminator(generator([latent, kind]))
combined = Model([latent, kind], [fake, aux])
combined.compile(optimizer=Adam(lr=0.0002, beta_1=0.5),
                 loss=['binary_crossentropy', 'sparse_categorical_crossentropy'],
                 loss_weights=[1., 0.5])
assert combined.metrics_names[0] == 'loss' and len(combined.metrics_names) == 3

record = defaultdict(list)
steps = len(x_train) // batch_size
for epoch in range(1, 3):
    bar = Progbar(target=steps)
    disc, gen = [], []
    for index in range(steps):
        rows = slice(index * batch_size, (index + 1) * batch_size)
        noise = rng.uniform(-1, 1, (batch_size, noise_size))
        sampled = rng.randint(0, kinds, batch_size)
        generated = generator.predict([noise, sampled.reshape((-1, 1))], verbose=0)
        x = np.concatenate((x_train[rows], generated))
        y = np.array([0.95] * batch_size + [0] * batch_size)
        aux_y = np.concatenate((y_train[rows], sampled), axis=0)
        weight = [np.ones(2 * batch_size),
                  np.concatenate((np.ones(batch_size) * 2, np.zeros(batch_size)))]
        disc.append(discriminator.train_on_batch(x, [y, aux_y], sample_weight=weight))
        noise = rng.uniform(-1, 1, (2 * batch_size, noise_size))
        sampled = rng.randint(0, kinds, 2 * batch_size)
        wished = np.ones(2 * batch_size) * 0.95
        gen.append(combined.train_on_batch([noise, sampled.reshape((-1, 1))], [wished, sampled]))
        bar.update(index + 1)
    record['discriminator'].append(np.mean(np.array(disc), axis=0))
    record['generator'].append(np.mean(np.array(gen), axis=0))
    test = discriminator.evaluate(x_train, [np.ones(24), y_train], verbose=False)
    print('{0:<22s} | {1:4.2f} | {2:5.4f}'.format('discriminator', *test[:2]))

results = dict(record, test=test, generator_weights=generator.get_weights(),
               discriminator_weights=discriminator.get_weights())
