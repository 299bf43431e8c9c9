"""Grad-CAM, guided saliency and intermediate layers by K.function."""
import numpy as np

import keras
import keras.backend as K
from keras.layers import Conv2D, Dense, Dropout, GlobalAveragePooling2D, Input, MaxPooling2D
from keras.models import Model

rng = np.random.RandomState(7)
inputs = Input(shape=(10, 10, 3))
x = Conv2D(6, (3, 3), activation='relu', name='block1_conv')(inputs)
x = MaxPooling2D((2, 2))(x)
x = Conv2D(8, (3, 3), activation='relu', padding='same', name='block5_conv3')(x)
x = Dropout(0.5, name='drop')(x)
x = GlobalAveragePooling2D()(x)
model = Model(inputs, Dense(4, activation='softmax', name='predictions')(x))
img = rng.rand(1, 10, 10, 3).astype('float32')

preds = model.predict(img)
class_idx = np.argmax(preds[0])
class_output = model.output[:, class_idx]
last_conv_layer = model.get_layer('block5_conv3')
grads = K.gradients(class_output, last_conv_layer.output)[0]
pooled_grads = K.mean(grads, axis=(0, 1, 2))
iterate = K.function([model.input], [pooled_grads, last_conv_layer.output[0]])
pooled_value, conv_value = iterate([img])
for i in range(8):
    conv_value[:, :, i] *= pooled_value[i]
heatmap = np.maximum(np.mean(conv_value, axis=-1), 0)
heatmap /= np.max(heatmap)


def normalize(x):
    return x / (K.sqrt(K.mean(K.square(x))) + 1e-5)


# another common way: the loss is a sum over a one-hot class, the gradient normalized
target = keras.layers.Lambda(lambda t: t * K.one_hot([class_idx], 4),
                             output_shape=lambda s: s)(model.output)
loss = K.sum(target)
normalized = normalize(K.gradients(loss, last_conv_layer.output)[0])
gradient_function = K.function([model.layers[0].input, K.learning_phase()],
                               [last_conv_layer.output, normalized])
output, grads_val = gradient_function([img, 0])
weights = np.mean(grads_val[0], axis=(0, 1))
cam = np.ones(output.shape[1:3], dtype=np.float32)
for i, w in enumerate(weights):
    cam += w * output[0, :, :, i]

# saliency: the gradient of the greatest score with respect to the picture
saliency = K.function([model.input, K.learning_phase()],
                      K.gradients(K.sum(K.max(model.output, axis=1)), [model.input]))
layer_outputs = K.function([model.input] + [K.learning_phase()],
                           [layer.output for layer in model.layers[1:]])
in_test = layer_outputs([img, 0.])
in_training = layer_outputs([img, 1.])
assert (in_training[3] != in_test[3]).any()
features = Model(inputs=model.input, outputs=model.get_layer('block1_conv').output)

results = dict(heatmap=heatmap, cam=cam, saliency=saliency([img, 0])[0], layers=in_test,
               dropped=in_training, features=features.predict(img))
