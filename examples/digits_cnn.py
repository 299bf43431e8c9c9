'''Trains a small convolutional network on handwritten digits (8x8 pixels, UCI).

    python digits_cnn.py digits.csv.gz

The file has one image a line: 64 pixels from 0 to 16, then the digit.
About 98% test accuracy after 20 epochs.
'''

from __future__ import print_function
import sys

import numpy as np
np.random.seed(7)  # the same result each time

import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten
from keras.layers import Conv2D, MaxPooling2D
from keras import backend as K

batch_size = 64
num_classes = 10
epochs = 20
img_rows, img_cols = 8, 8
num_train = 1437

# load the images, mix them, and keep the last 360 for testing
data = np.loadtxt(sys.argv[1] if len(sys.argv) > 1 else 'digits.csv.gz', delimiter=',')
np.random.shuffle(data)
x, y = data[:, :-1], data[:, -1]

if K.image_data_format() == 'channels_first':
    input_shape = (1, img_rows, img_cols)
else:
    input_shape = (img_rows, img_cols, 1)
x = x.reshape((x.shape[0],) + input_shape).astype('float32') / 16

x_train, x_test = x[:num_train], x[num_train:]
y_train = keras.utils.to_categorical(y[:num_train], num_classes)
y_test = keras.utils.to_categorical(y[num_train:], num_classes)
print(x_train.shape[0], 'train samples')
print(x_test.shape[0], 'test samples')

model = Sequential()
model.add(Conv2D(32, kernel_size=(3, 3), padding='same', activation='relu',
                 input_shape=input_shape))
model.add(Conv2D(64, (3, 3), activation='relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(128, activation='relu'))
model.add(Dropout(0.5))
model.add(Dense(num_classes, activation='softmax'))

model.compile(loss='categorical_crossentropy',
              optimizer=keras.optimizers.Adadelta(),
              metrics=['accuracy'])

model.fit(x_train, y_train,
          batch_size=batch_size,
          epochs=epochs,
          verbose=1,
          validation_data=(x_test, y_test))

score = model.evaluate(x_test, y_test, verbose=0)
print('Test loss:', score[0])
print('Test accuracy:', score[1])
