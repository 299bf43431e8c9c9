"""WGAN with gradient penalty: a loss with K.gradients in it, differentiated again."""
from functools import partial

import numpy as np

import keras.backend as K
from keras.layers import Conv2D, Dense, Flatten, Input, LeakyReLU, Reshape
from keras.layers.merge import _Merge
from keras.models import Model, Sequential
from keras.optimizers import RMSprop

batch_size, latent_dim, n_critic = 6, 4, 2
rng = np.random.RandomState(5)
data = rng.uniform(-1, 1, size=(24, 5, 5, 1))


class BetweenTwo(_Merge):
    def _merge_function(self, inputs):
        share = K.random_uniform((batch_size, 1, 1, 1))
        return (share * inputs[0]) + ((1 - share) * inputs[1])


def slope_loss(y_true, y_pred, between):
    slopes = K.square(K.gradients(y_pred, between)[0])
    length = K.sqrt(K.sum(slopes, axis=np.arange(1, len(slopes.shape))))
    return K.mean(K.square(1 - length))


def mover(y_true, y_pred):
    return K.mean(y_true * y_pred)


generator = Sequential([Dense(25, activation='tanh', input_dim=latent_dim),
                        Reshape((5, 5, 1)),
                        Conv2D(1, 3, padding='same', activation='tanh')])
critic = Sequential([Conv2D(4, 3, strides=2, padding='same', input_shape=(5, 5, 1)),
                     LeakyReLU(alpha=0.2), Flatten(), Dense(6, activation='tanh'), Dense(1)])

generator.trainable = False
real_img = Input(shape=(5, 5, 1))
seed_a = Input(shape=(latent_dim,))
fake_img = generator(seed_a)
fake, valid = critic(fake_img), critic(real_img)
blend = BetweenTwo()([real_img, fake_img])
judged = critic(blend)
slope = partial(slope_loss, between=blend)
slope.__name__ = 'gradient_penalty'
critic_model = Model(inputs=[real_img, seed_a], outputs=[valid, fake, judged])
critic_model.compile(loss=[mover, mover, slope],
                     optimizer=RMSprop(lr=0.001), loss_weights=[1, 1, 10])

critic.trainable = False
generator.trainable = True
seed_b = Input(shape=(latent_dim,))
generator_model = Model(seed_b, critic(generator(seed_b)))
generator_model.compile(loss=mover, optimizer=RMSprop(lr=0.001))

ones = np.ones((batch_size, 1))
dummy = np.zeros((batch_size, 1))
losses = []
for epoch in range(4):
    for _ in range(n_critic):
        imgs = data[rng.randint(0, data.shape[0], batch_size)]
        noise = rng.normal(0, 1, (batch_size, latent_dim))
        d_loss = critic_model.train_on_batch([imgs, noise], [-ones, ones, dummy])
    g_loss = generator_model.train_on_batch(noise, -ones)
    print('%d [D loss: %f] [G loss: %f]' % (epoch, d_loss[0], g_loss))
    losses.append(list(d_loss) + [g_loss])

results = dict(losses=losses, critic=critic.get_weights(), generator=generator.get_weights())
