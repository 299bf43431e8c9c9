"""A generative adversarial network: the discriminator is frozen inside the combined model."""
import numpy as np

from keras.layers import (BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input, Reshape,
                          UpSampling2D, ZeroPadding2D)
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.convolutional import Conv2DTranspose
from keras.models import Model, Sequential
from keras.optimizers import Adam

side, noise_dim, batch = 8, 6, 8
rng = np.random.RandomState(3)
real = np.tanh(rng.normal(size=(32, side, side, 1)))


def forger():
    model = Sequential()
    model.add(Dense(8 * 2 * 2, activation='relu', input_dim=noise_dim))
    model.add(Reshape((2, 2, 8)))
    model.add(UpSampling2D())
    model.add(Conv2D(8, kernel_size=3, padding='same', use_bias=False))
    model.add(BatchNormalization(momentum=0.8))
    model.add(LeakyReLU(alpha=0.2))
    model.add(Conv2DTranspose(1, 3, strides=2, padding='same', activation='tanh'))
    noise = Input(shape=(noise_dim,))
    return Model(noise, model(noise))


def judge():
    model = Sequential()
    model.add(Conv2D(8, kernel_size=3, strides=2, input_shape=(side, side, 1), padding='same'))
    model.add(LeakyReLU(alpha=0.2))
    model.add(Dropout(0.25))
    model.add(ZeroPadding2D(padding=((0, 1), (0, 1))))
    model.add(Conv2D(8, kernel_size=3, strides=2, padding='same', use_bias=False))
    model.add(BatchNormalization(momentum=0.8))
    model.add(LeakyReLU(alpha=0.2))
    model.add(Flatten())
    model.add(Dense(1, activation='sigmoid'))
    img = Input(shape=(side, side, 1))
    return Model(img, model(img))


discriminator = judge()
discriminator.compile(loss='binary_crossentropy', optimizer=Adam(0.0002, 0.5),
                      metrics=['accuracy'])
generator = forger()
z = Input(shape=(noise_dim,))
discriminator.trainable = False
combined = Model(z, discriminator(generator(z)))
combined.compile(loss='binary_crossentropy', optimizer=Adam(lr=0.0002, beta_1=0.5))
assert len(combined.trainable_weights) == len(generator.trainable_weights)

valid, fake = np.ones((batch, 1)), np.zeros((batch, 1))
log = []
for epoch in range(6):
    idx = rng.randint(0, real.shape[0], batch)
    noise = rng.normal(0, 1, (batch, noise_dim))
    forged = generator.predict(noise)
    on_real = discriminator.train_on_batch(real[idx], valid)
    on_fake = discriminator.train_on_batch(forged, fake)
    d_loss = 0.5 * np.add(on_real, on_fake)
    before = discriminator.get_weights()[0].copy()
    g_loss = combined.train_on_batch(noise, valid)
    assert (discriminator.get_weights()[0] == before).all()
    print('%d [D loss: %f, acc.: %.2f%%] [G loss: %f]' % (epoch, d_loss[0], 100 * d_loss[1], g_loss))
    log.append([d_loss[0], g_loss])

results = dict(log=log, images=generator.predict(np.ones((2, noise_dim))),
               generator=generator.get_weights(), discriminator=discriminator.get_weights())
