"""Rows, then columns, then frames: recurrent layers inside TimeDistributed, and ConvLSTM."""
import numpy as np

from keras.layers import LSTM, Conv2D, Dense, Flatten, Input, TimeDistributed
from keras.layers.convolutional import Conv3D
from keras.layers.convolutional_recurrent import ConvLSTM2D
from keras.layers.normalization import BatchNormalization
from keras.models import Model, Sequential
from keras.utils import to_categorical

rng = np.random.RandomState(15)
images = rng.rand(24, 5, 4, 1)
labels = to_categorical(images.mean(axis=(1, 2, 3)) > 0.5)

x = Input(shape=(5, 4, 1))
encoded_rows = TimeDistributed(LSTM(6))(x)
encoded_columns = LSTM(6)(encoded_rows)
model = Model(x, Dense(2, activation='softmax')(encoded_columns))
model.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
model.fit(images, labels, batch_size=8, epochs=2, verbose=0)

frames = rng.rand(8, 3, 6, 6, 1)
video = Sequential()
video.add(TimeDistributed(Conv2D(3, (3, 3), activation='relu'), input_shape=(3, 6, 6, 1)))
video.add(TimeDistributed(Flatten()))
video.add(LSTM(5, return_sequences=True))
video.add(TimeDistributed(Dense(1)))
video.compile('adam', 'mae')
video.fit(frames, frames.mean(axis=(2, 3)), epochs=2, verbose=0)

movie = Sequential()
movie.add(ConvLSTM2D(filters=4, kernel_size=(3, 3), input_shape=(None, 6, 6, 1), padding='same',
                     return_sequences=True))
movie.add(BatchNormalization())
movie.add(ConvLSTM2D(filters=4, kernel_size=(3, 3), padding='same', return_sequences=True))
movie.add(Conv3D(filters=1, kernel_size=(3, 3, 3), activation='sigmoid', padding='same',
                 data_format='channels_last'))
movie.compile(loss='binary_crossentropy', optimizer='adadelta')
movie.fit(frames[:, :-1], frames[:, 1:], batch_size=4, epochs=2, validation_split=0.25, verbose=0)
track = frames[0, :2]
for j in range(2):
    new_pos = movie.predict(track[np.newaxis, ::, ::, ::, ::])
    track = np.concatenate((track, new_pos[::, -1, ::, ::, ::]), axis=0)

results = dict(rows=model.predict(images), rows_weights=model.get_weights(),
               video=video.predict(frames), video_weights=video.get_weights(),
               track=track, movie_weights=movie.get_weights())
