"""A layer of one's own that doubles the features, with L2 normalization of the rows."""
import numpy as np

import keras
from keras import backend as K
from keras import layers

rng = np.random.RandomState(16)
x = rng.rand(64, 12).astype('float32')
labels = (x[:, :6].sum(axis=1) > x[:, 6:].sum(axis=1)).astype(int)
y = keras.utils.to_categorical(labels, 2)


class Antirectifier(layers.Layer):
    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        assert len(shape) == 2  # only valid for 2D tensors
        shape[-1] *= 2
        return tuple(shape)

    def call(self, inputs):
        inputs -= K.mean(inputs, axis=1, keepdims=True)
        inputs = K.l2_normalize(inputs, axis=1)
        return K.concatenate([K.relu(inputs), K.relu(-inputs)], axis=1)


model = keras.Sequential()
model.add(layers.Dense(10, input_shape=(12,)))
model.add(Antirectifier())
model.add(layers.Dropout(0.1))
model.add(layers.Dense(10))
model.add(Antirectifier())
model.add(layers.Dense(2))
model.add(layers.Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
history = model.fit(x, y, batch_size=16, epochs=3, verbose=0, validation_data=(x[:16], y[:16]))
assert model.layers[1].output_shape == (None, 20)

results = dict(history.history, weights=model.get_weights(), predictions=model.predict(x))
