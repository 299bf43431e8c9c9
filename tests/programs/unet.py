"""U-Net on small pictures with masks: skip connections, dice loss, both ways of going up."""
import numpy as np

from keras import backend as K
from keras.layers import (Conv2D, Conv2DTranspose, Cropping2D, Dropout, Input, MaxPooling2D,
                          UpSampling2D, concatenate)
from keras.models import Model
from keras.optimizers import Adam

K.set_image_data_format('channels_last')
rng = np.random.RandomState(18)
imgs = rng.rand(12, 8, 8, 1)
masks = (imgs + 0.1 * rng.rand(12, 8, 8, 1) > 0.6).astype('float32')
smooth = 1.


def dice(y_true, y_pred):
    a, b = K.flatten(y_true), K.flatten(y_pred)
    common = K.sum(a * b)
    return (2. * common + smooth) / (K.sum(a) + K.sum(b) + smooth)


def undice(y_true, y_pred):
    return -dice(y_true, y_pred)


def iou(y_true, y_pred):
    both = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)), axis=[1, 2, 3])
    either = K.sum(K.cast(K.greater(y_true + y_pred, 0.5), 'float32'), axis=[1, 2, 3])
    return K.mean(both / (either + K.epsilon()), axis=0)


def weighted_pixels(y_true, y_pred):
    p = K.clip(y_pred, K.epsilon(), 1 - K.epsilon())
    return -K.mean(3 * y_true * K.log(p) + (1 - y_true) * K.log(1 - p), axis=(1, 2, 3))


def unet(up):
    inputs = Input((8, 8, 1))
    conv1 = Conv2D(4, (3, 3), activation='relu', padding='same')(inputs)
    conv1 = Conv2D(4, (3, 3), activation='elu', padding='same')(conv1)
    pool1 = MaxPooling2D(pool_size=(2, 2))(conv1)
    conv2 = Conv2D(8, (3, 3), activation='relu', padding='same')(pool1)
    pool2 = Dropout(0.2)(MaxPooling2D((2, 2))(conv2))
    conv3 = Conv2D(8, (3, 3), activation='relu', padding='same', dilation_rate=2)(pool2)
    up4 = concatenate([up(8)(conv3), conv2], axis=3)
    conv4 = Conv2D(8, (3, 3), activation='relu', padding='same')(up4)
    up5 = concatenate([up(4)(conv4), conv1], axis=-1)
    conv5 = Conv2D(4, (3, 3), activation='relu', padding='valid')(up5)
    return Model(inputs=[inputs], outputs=[Conv2D(1, (1, 1), activation='sigmoid')(conv5)])


results = {}
ups = dict(transposed=lambda n: Conv2DTranspose(n, (2, 2), strides=(2, 2), padding='same'),
           nearest=lambda n: UpSampling2D(size=(2, 2)),
           smooth=lambda n: UpSampling2D((2, 2), interpolation='bilinear'))
losses = dict(transposed=undice, nearest='binary_crossentropy', smooth=weighted_pixels)
inner = Cropping2D(1)(Input((8, 8, 1)))
crop = K.function([inner._keras_history[0].input], [inner])
for name, up in sorted(ups.items()):
    model = unet(up)
    model.compile(optimizer=Adam(lr=1e-3), loss=losses[name], metrics=[dice, iou])
    target = crop([masks])[0]
    history = model.fit(imgs, target, batch_size=4, epochs=2, verbose=0, validation_split=0.34)
    results[name] = [history.history, model.predict(imgs), model.get_weights()]
