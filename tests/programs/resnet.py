"""Residual blocks by the functional API: L2, batch normalization, learning rate callbacks."""
from __future__ import division, print_function

import numpy as np

import keras
from keras import backend as K
from keras.callbacks import EarlyStopping, LearningRateScheduler, ReduceLROnPlateau
from keras.layers import (Activation, AveragePooling2D, BatchNormalization, Conv2D, Dense,
                          Flatten, Input, add)
from keras.models import Model
from keras.optimizers import SGD, Adam
from keras.regularizers import l2

rng = np.random.RandomState(17)
x = rng.rand(40, 8, 8, 3).astype('float32')
x -= np.mean(x, axis=0)
y = keras.utils.to_categorical(rng.randint(0, 3, 40), 3)


def unit(inputs, filters=4, kernel=3, strides=1, activation='relu', conv_first=True):
    conv = Conv2D(filters, kernel_size=kernel, strides=strides, padding='same',
                  kernel_initializer='he_normal', kernel_regularizer=l2(1e-3), use_bias=False)
    x = inputs
    if conv_first:
        x = conv(x)
    x = BatchNormalization()(x)
    if activation is not None:
        x = Activation(activation)(x)
    return x if conv_first else conv(x)


def build(version):
    inputs = Input(shape=(8, 8, 3))
    h = unit(inputs)
    for stack, filters in enumerate((4, 8)):
        strides = 2 if stack else 1
        z = unit(h, filters, strides=strides, conv_first=version == 1)
        z = unit(z, filters, activation=None if version == 1 else 'relu', conv_first=version == 1)
        if stack:
            h = unit(h, filters, kernel=1, strides=strides, activation=None)
        h = add([h, z])
        if version == 1:
            h = Activation('relu')(h)
    h = Flatten()(AveragePooling2D(pool_size=4)(h))
    return Model(inputs=inputs, outputs=Dense(3, activation='softmax')(h))


def lr_schedule(epoch):
    lr = 1e-2
    if epoch > 1:
        lr *= 1e-1
    return lr


class Recorder(keras.callbacks.Callback):
    def on_train_begin(self, logs={}):
        self.losses, self.rates = [], []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))

    def on_epoch_end(self, epoch, logs=None):
        self.rates.append(float(K.get_value(self.model.optimizer.lr)))


first = build(1)
first.compile('sgd', 'mse')
assert len(first.losses) == 6
first.compile(loss='categorical_crossentropy', optimizer=Adam(lr=lr_schedule(0)),
              metrics=['accuracy'])
recorder = Recorder()
history = first.fit(x[:32], y[:32], batch_size=16, epochs=3, shuffle=True, verbose=0,
                    validation_data=(x[32:], y[32:]),
                    callbacks=[LearningRateScheduler(lr_schedule), recorder])
assert np.allclose(recorder.rates, [1e-2, 1e-2, 1e-3])
assert np.allclose(history.history['lr'], recorder.rates)
assert len(recorder.losses) == 6

second = build(2)
second.compile(loss='categorical_crossentropy', metrics=['acc', 'top_k_categorical_accuracy'],
               optimizer=SGD(lr=0.02, momentum=0.9, decay=1e-4, nesterov=True))
rates = Recorder()
reducer = ReduceLROnPlateau(monitor='val_loss', factor=np.sqrt(0.1), patience=1, min_lr=0.5e-6,
                            cooldown=0, min_delta=10.)
plateau = second.fit(x[:32], y[:32], batch_size=16, epochs=6, verbose=0, validation_split=0.25,
                     callbacks=[reducer, EarlyStopping(monitor='val_loss', patience=3, mode='min',
                                                       min_delta=10.), rates])
print(len(plateau.epoch), 'epochs', rates.rates)
assert len(plateau.epoch) == 4
K.set_value(second.optimizer.lr, 0.5 * K.get_value(second.optimizer.lr))
for layer in second.layers[:6]:
    layer.trainable = False
second.compile(optimizer=SGD(lr=1e-3), loss='categorical_crossentropy')
second.train_on_batch(x, y)

results = dict(history.history, batches=recorder.losses, rates=rates.rates,
               plateau=plateau.history['val_loss'], first=first.get_weights(),
               second=second.get_weights(), predictions=first.predict(x, batch_size=7))
