"""Two hidden layers with dropout on one-hot labels, trained with RMSprop."""
from __future__ import print_function

import numpy as np

import keras
from keras.layers.core import Activation, Dense, Dropout
from keras.models import Sequential
from keras.optimizers import RMSprop
from keras.utils import np_utils

rng = np.random.RandomState(0)
centres = rng.normal(size=(5, 20))
labels = rng.randint(5, size=160)
x = (centres[labels] + 0.5 * rng.normal(size=(160, 20))).astype('float32')
y = np_utils.to_categorical(labels, 5)
x_train, x_test, y_train, y_test = x[:128], x[128:], y[:128], y[128:]

model = Sequential()
model.add(Dense(32, input_shape=(20,)))
model.add(Activation('relu'))
model.add(Dropout(0.2))
model.add(Dense(32, kernel_initializer='he_normal', activation='relu'))
model.add(Dropout(0.2))
model.add(Dense(5))
model.add(Activation('softmax'))
model.summary()
model.compile(loss='categorical_crossentropy', optimizer=RMSprop(lr=0.005),
              metrics=['accuracy'])

history = model.fit(x_train, y_train, batch_size=32, epochs=4, verbose=1,
                    validation_data=(x_test, y_test))
score = model.evaluate(x_test, y_test, verbose=0)
print('Test loss:', score[0])
print('Test accuracy:', score[1])
assert sorted(history.history) == ['accuracy', 'loss', 'val_accuracy', 'val_loss']
assert isinstance(history, keras.callbacks.History)
assert (model.predict_classes(x_test) == model.predict_proba(x_test).argmax(axis=-1)).all()

results = dict(history.history, score=score, predictions=model.predict(x_test),
               weights=model.get_weights())
