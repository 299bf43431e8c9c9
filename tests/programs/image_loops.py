"""Pictures made by gradients: a filter's favourite input, deep dream, style transfer."""
import numpy as np

from keras import backend as K
from keras.layers import AveragePooling2D, Conv2D, Input
from keras.models import Sequential

rng = np.random.RandomState(8)
net = Sequential([
    Conv2D(6, (3, 3), activation='relu', padding='same', name='block1_conv1',
           input_shape=(None, None, 3)),
    AveragePooling2D((2, 2), strides=(2, 2), name='block1_pool'),
    Conv2D(8, (3, 3), activation='relu', padding='same', name='block2_conv1')])
by_name = dict([(layer.name, layer) for layer in net.layers])


# ---- filter visualization: ascent on a filter's mean activation ----

def unit_length(x):
    return x / (K.sqrt(K.mean(K.square(x))) + K.epsilon())


input_img = net.input
favourites = []
for chosen in range(2):
    layer_output = by_name['block2_conv1'].output
    if K.image_data_format() == 'channels_first':
        loss = K.mean(layer_output[:, chosen, :, :])
    else:
        loss = K.mean(layer_output[:, :, :, chosen])
    grads = unit_length(K.gradients(loss, input_img)[0])
    iterate = K.function([input_img], [loss, grads])
    picture = rng.random_sample((1, 8, 8, 3)) * 20 + 128.
    for i in range(4):
        loss_value, grads_value = iterate([picture])
        picture += grads_value * 1.
    favourites.append((loss_value, picture))

# ---- deep dream: a weighted sum of layers, without the borders, one fetched pair a step ----
dream = net.input
loss = K.variable(0.)
for name, coeff in {'block1_conv1': 0.2, 'block2_conv1': 1.5}.items():
    x = by_name[name].output
    scaling = K.prod(K.cast(K.shape(x), 'float32'))
    loss = loss + coeff * K.sum(K.square(x[:, 2: -2, 2: -2, :])) / scaling
grads = K.gradients(loss, dream)[0]
grads /= K.maximum(K.mean(K.abs(grads)), K.epsilon())
climb = K.function([dream], [loss, grads])
dreamt = rng.rand(1, 12, 12, 3)
dream_losses = []
for i in range(3):
    loss_value, grad_values = climb([dreamt])
    dreamt += 0.01 * grad_values
    dream_losses.append(loss_value)

# ---- style transfer: three pictures in one batch, one of them a placeholder ----
nrows, ncols = 8, 8
photo = K.variable(rng.rand(1, nrows, ncols, 3))
painting = K.variable(rng.rand(1, nrows, ncols, 3))
mixture = K.placeholder((1, nrows, ncols, 3))
input_tensor = K.concatenate([photo, painting, mixture], axis=0)
x = Input(tensor=input_tensor)
x = first = by_name['block1_conv1'](x)
features = {'block1_conv1': first,
            'block2_conv1': by_name['block2_conv1'](by_name['block1_pool'](first))}
assert by_name['block1_conv1'].get_output_at(1) is first


def correlations(x):
    assert K.ndim(x) == 3
    flat = K.batch_flatten(K.permute_dimensions(x, (2, 0, 1)))
    return K.dot(flat, K.transpose(flat))


def painting_loss(style, combination):
    return K.sum(K.square(correlations(style) - correlations(combination))) / (
        4. * (3 ** 2) * ((nrows * ncols) ** 2))


def roughness(x):
    a = K.square(x[:, :nrows - 1, :ncols - 1, :] - x[:, 1:, :ncols - 1, :])
    b = K.square(x[:, :nrows - 1, :ncols - 1, :] - x[:, :nrows - 1, 1:, :])
    return K.sum(K.pow(a + b, 1.25))


loss = K.variable(0.0)
content = features['block2_conv1']
loss = loss + 0.025 * K.sum(K.square(content[2, :, :, :] - content[0, :, :, :]))
for layer_name in ['block1_conv1', 'block2_conv1']:
    f = features[layer_name]
    loss = loss + (1. / 2) * painting_loss(f[1, :, :, :], f[2, :, :, :])
loss = loss + 0.1 * roughness(mixture)
grads = K.gradients(loss, mixture)
both = [loss]
if isinstance(grads, (list, tuple)):
    both += grads
else:
    both.append(grads)
both_of = K.function([mixture], both)


class Oracle(object):
    def __init__(self):
        self.grad_values = None

    def loss(self, x):
        outs = both_of([x.reshape((1, nrows, ncols, 3))])
        self.grad_values = np.array(outs[1:]).flatten().astype('float64')
        return outs[0]

    def grads(self, x):
        return self.grad_values


oracle = Oracle()
x = rng.rand(nrows * ncols * 3)
style_losses = []
for i in range(4):
    style_losses.append(oracle.loss(x))
    x -= 0.001 * oracle.grads(x)

results = dict(filters=[value for pair in favourites for value in pair], dreamt=dreamt,
               dream_losses=dream_losses, style_losses=style_losses, transferred=x)
