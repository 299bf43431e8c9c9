"""Reviews as sequences of words: LSTM, Bidirectional, CNN, CNN-LSTM and fastText."""
from __future__ import print_function

import numpy as np

from keras import backend as K
from keras.layers import (GRU, LSTM, Activation, Bidirectional, Conv1D, Dense, Dropout, Embedding,
                          Flatten, GlobalAveragePooling1D, GlobalMaxPooling1D, MaxPooling1D,
                          SpatialDropout1D)
from keras.layers.noise import GaussianNoise
from keras.models import Sequential
from keras.regularizers import l2

rng = np.random.RandomState(13)
max_features, maxlen = 50, 12
x = rng.randint(1, max_features, size=(48, maxlen))
x[np.arange(maxlen) < rng.randint(0, 8, size=(48, 1))] = 0
y = (x.mean(axis=1) > 17).astype(int)


def lstm():
    model = Sequential()
    model.add(Embedding(max_features, 8))
    model.add(LSTM(8, dropout=0.2, recurrent_dropout=0.2))
    return model


def bidirectional():
    model = Sequential()
    model.add(Embedding(max_features, 8, input_length=maxlen, mask_zero=True))
    model.add(Bidirectional(LSTM(6, return_sequences=True), merge_mode='sum'))
    model.add(Bidirectional(GRU(6, reset_after=True)))
    model.add(Dropout(0.5))
    return model


def cnn():
    model = Sequential()
    model.add(Embedding(max_features, 8, input_length=maxlen, embeddings_regularizer=l2(1e-4)))
    model.add(SpatialDropout1D(0.2))
    model.add(Conv1D(filters=6, kernel_size=3, padding='valid', activation='relu', strides=1))
    model.add(GlobalMaxPooling1D())
    model.add(GaussianNoise(0.05))
    model.add(Dense(8))
    model.add(Activation('relu'))
    return model


def cnn_lstm():
    model = Sequential()
    model.add(Embedding(max_features, 8, input_length=maxlen))
    model.add(Dropout(0.25))
    model.add(Conv1D(6, 5, padding='causal', dilation_rate=2, activation='relu'))
    model.add(MaxPooling1D(pool_size=4))
    model.add(LSTM(8))
    return model


def fasttext():
    model = Sequential()
    model.add(Embedding(max_features, 8, input_length=maxlen))
    model.add(GlobalAveragePooling1D())
    return model


def flat():
    model = Sequential()
    model.add(Embedding(max_features, 4, input_length=maxlen,
                        weights=[rng.normal(size=(max_features, 4))], trainable=False))
    model.add(Flatten())
    return model


results = {}
for build in (lstm, bidirectional, cnn, cnn_lstm, fasttext, flat):
    K.clear_session()
    model = build()
    model.add(Dense(1, activation='sigmoid'))
    model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
    model.fit(x[:32], y[:32], batch_size=16, epochs=2, validation_data=(x[32:], y[32:]),
              verbose=0)
    score, acc = model.evaluate(x[32:], y[32:], batch_size=16)
    print('Test score:', score)
    results[build.__name__] = [score, acc, model.predict(x[32:]), model.get_weights()]
