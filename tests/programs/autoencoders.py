"""Autoencoders: sparse, tied, convolutional, denoising and over sequences."""
import numpy as np

from keras import backend as K
from keras import regularizers
from keras.layers import (LSTM, Conv2D, Dense, GaussianNoise, Input, Layer, MaxPooling2D,
                          RepeatVector, UpSampling2D)
from keras.models import Model, Sequential

rng = np.random.RandomState(23)
x = rng.rand(40, 16).astype('float32')
results = {}

# ---- the code is penalized; encoder and decoder are models of their own ----
input_img = Input(shape=(16,))
encoded = Dense(4, activation='relu', activity_regularizer=regularizers.l1(1e-3))(input_img)
decoded = Dense(16, activation='sigmoid')(encoded)
autoencoder = Model(input_img, decoded)
encoder = Model(input_img, encoded)
encoded_input = Input(shape=(4,))
decoder = Model(encoded_input, autoencoder.layers[-1](encoded_input))
autoencoder.compile(optimizer='adadelta', loss='binary_crossentropy')
history = autoencoder.fit(x, x, epochs=3, batch_size=20, shuffle=True, validation_data=(x, x),
                          verbose=0)
codes = encoder.predict(x)
assert np.allclose(decoder.predict(codes), autoencoder.predict(x), atol=1e-6)
results['sparse'] = [history.history, codes]


# ---- the decoder's kernel is the encoder's, turned round ----
class Tied(Layer):
    def __init__(self, tied_to, **kwargs):
        self.tied_to = tied_to
        super(Tied, self).__init__(**kwargs)

    def build(self, input_shape):
        self.bias = self.add_weight(shape=(K.int_shape(self.tied_to.kernel)[0],),
                                    initializer='zeros', name='bias')
        super(Tied, self).build(input_shape)

    def call(self, inputs):
        return K.sigmoid(K.dot(inputs, K.transpose(self.tied_to.kernel)) + self.bias)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], K.int_shape(self.tied_to.kernel)[0])


first = Dense(4, activation='tanh')
tied = Model(input_img, Tied(first)(first(input_img)))
tied.compile('adagrad', 'mse')
results['tied'] = [tied.fit(x, x, epochs=2, verbose=0).history['loss'], tied.get_weights()]
assert len(tied.trainable_weights) == 3

# ---- pictures with noise ----
pictures = x.reshape(-1, 4, 4, 1)
conv = Sequential([
    GaussianNoise(0.1, input_shape=(4, 4, 1)),
    Conv2D(4, (3, 3), activation='relu', padding='same'), MaxPooling2D((2, 2), padding='same'),
    Conv2D(4, (3, 3), activation='relu', padding='same'), UpSampling2D((2, 2)),
    Conv2D(1, (3, 3), activation='sigmoid', padding='same')])
conv.compile(optimizer='nadam', loss='mean_squared_error', metrics=['mae'])
results['conv'] = [conv.fit(pictures, pictures, epochs=2, batch_size=10, verbose=0).history,
                   conv.predict(pictures)]

# ---- sequences, and a hidden layer read by K.function ----
series = x.reshape(-1, 8, 2)
inputs = Input(shape=(8, 2))
code = LSTM(5)(inputs)
sequence = Model(inputs, LSTM(2, return_sequences=True)(RepeatVector(8)(code)))
sequence.compile(optimizer='adamax', loss='mean_absolute_error')
get_code = K.function([sequence.layers[0].input], [sequence.layers[1].output])
results['sequence'] = [sequence.fit(series, series, epochs=2, verbose=0).history['loss'],
                       get_code([series])[0]]
