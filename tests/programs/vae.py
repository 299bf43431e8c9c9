"""Variational autoencoders: the loss once by add_loss, once in a closure over the code."""
import numpy as np

from keras import backend as K
from keras import metrics
from keras.layers import Dense, Input, Lambda
from keras.losses import binary_crossentropy, mse
from keras.models import Model

pixels, code_size, hidden = 16, 2, 12
rng = np.random.RandomState(2)
x = (rng.rand(64, pixels) * rng.rand(64, 1)).astype('float32')


def drawn(args):
    mean, log_var = args
    batch = K.shape(mean)[0]
    dim = K.int_shape(mean)[1]
    noise = K.random_normal(shape=(batch, dim), mean=0., stddev=1.)
    return mean + K.exp(0.5 * log_var) * noise


def networks():
    inputs = Input(shape=(pixels,), name='encoder_input')
    h = Dense(hidden, activation='relu')(inputs)
    z_mean = Dense(code_size, name='z_mean')(h)
    z_log_var = Dense(code_size, name='z_log_var')(h)
    z = Lambda(drawn, output_shape=(code_size,), name='z')([z_mean, z_log_var])
    encoder = Model(inputs, [z_mean, z_log_var, z], name='encoder')

    latent = Input(shape=(code_size,), name='z_drawn')
    d = Dense(hidden, activation='relu')(latent)
    decoder = Model(latent, Dense(pixels, activation='sigmoid')(d), name='decoder')
    outputs = decoder(encoder(inputs)[2])
    return Model(inputs, outputs, name='vae'), encoder, decoder, z_mean, z_log_var


# the loss is a tensor of the graph
vae, encoder, decoder, z_mean, z_log_var = networks()
reconstruction = mse(vae.inputs[0], vae.outputs[0]) * pixels
kl = -0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
vae.add_loss(K.mean(reconstruction + kl))
vae.compile(optimizer='adam')
vae.summary()
first = vae.fit(x[:48], epochs=3, batch_size=16, validation_data=(x[48:], None), verbose=0)
grid = np.array([[a, b] for a in (-1., 0., 1.) for b in (-1., 0., 1.)])

# the loss is a function of targets and predictions that uses the code, too
other, other_encoder, _, other_mean, other_log_var = networks()


def vae_loss(x_true, x_decoded):
    xent = pixels * metrics.binary_crossentropy(x_true, x_decoded)
    kl_loss = - 0.5 * K.mean(
        1 + other_log_var - K.square(other_mean) - K.exp(other_log_var), axis=-1)
    return xent + kl_loss


other.compile(optimizer='rmsprop', loss=vae_loss, metrics=[binary_crossentropy])
second = other.fit(x, x, shuffle=True, epochs=3, batch_size=20, verbose=0)

results = dict(loss=first.history['loss'], val_loss=first.history['val_loss'],
               codes=encoder.predict(x[:8], batch_size=4)[:2], weights=vae.get_weights(),
               generated=decoder.predict(grid), second=second.history['loss'],
               crossentropy=second.history['binary_crossentropy'],
               second_codes=other_encoder.predict(x[:8])[0])
