"""A small image classifier: convolutions, batch normalization, pooling, Adadelta."""
import numpy as np

from keras import backend as K
from keras.layers import (Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten,
                          MaxPooling2D)
from keras.losses import categorical_crossentropy
from keras.models import Sequential
from keras.optimizers import Adadelta
from keras.utils import to_categorical

rng = np.random.RandomState(1)
rows, cols, classes = 12, 12, 4
images = rng.rand(96, rows, cols) * 255
labels = rng.randint(classes, size=96)
for image, label in zip(images, labels):
    image[3 * label:3 * label + 3] += 200

if K.image_data_format() == 'channels_first':
    images = images.reshape(96, 1, rows, cols)
    input_shape = (1, rows, cols)
else:
    images = images.reshape(96, rows, cols, 1)
    input_shape = (rows, cols, 1)
images = images.astype('float32') / 455
y = to_categorical(labels, classes)

model = Sequential()
model.add(Conv2D(8, kernel_size=(3, 3), use_bias=False, input_shape=input_shape))
model.add(BatchNormalization(axis=1 if K.image_data_format() == 'channels_first' else -1))
model.add(Activation('relu'))
model.add(Conv2D(8, (3, 3), activation='relu', padding='same'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(16, activation='relu', use_bias=False))
model.add(BatchNormalization())
model.add(Dropout(0.5))
model.add(Dense(classes, activation='softmax'))
model.compile(loss=categorical_crossentropy, optimizer=Adadelta(), metrics=['accuracy'])

history = model.fit(images[:80], y[:80], batch_size=16, epochs=3, verbose=2,
                    validation_split=0.2)
moving = [K.get_value(w) for w in model.layers[1].weights[2:]]
assert len(model.non_trainable_weights) == 4
assert not np.allclose(moving[0], 0)

results = dict(history.history, score=model.evaluate(images[80:], y[80:], verbose=0),
               moving=moving, weights=model.get_weights(), predictions=model.predict(images[80:]))
