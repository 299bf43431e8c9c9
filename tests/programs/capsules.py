"""Capsules: squashed vectors, predictions by K.map_fn and K.batch_dot, routing unrolled."""
import numpy as np

import keras.backend as K
from keras import activations, initializers, layers, models, optimizers

rng = np.random.RandomState(22)
x = rng.rand(20, 8, 8, 1)
y = np.eye(3)[rng.randint(3, size=20)]


def squash(vectors, axis=-1):
    square = K.sum(K.square(vectors), axis, keepdims=True)
    return square / (1 + square) / K.sqrt(square + K.epsilon()) * vectors


class Norms(layers.Layer):
    def call(self, inputs, **kwargs):
        return K.sqrt(K.sum(K.square(inputs), -1) + K.epsilon())

    def compute_output_shape(self, input_shape):
        return input_shape[:-1]


class Only(layers.Layer):
    def call(self, inputs, **kwargs):
        if type(inputs) is list:
            inputs, mask = inputs
        else:
            lengths = K.sqrt(K.sum(K.square(inputs), -1))
            mask = K.one_hot(indices=K.argmax(lengths, 1), num_classes=lengths.shape[1])
        return K.batch_flatten(inputs * K.expand_dims(mask, -1))

    def compute_output_shape(self, input_shape):
        shape = input_shape[0] if type(input_shape[0]) is tuple else input_shape
        return (None, shape[1] * shape[2])


class Routed(layers.Layer):
    def __init__(self, num_capsule, dim_capsule, routings=3,
                 kernel_initializer='glorot_uniform', **kwargs):
        super(Routed, self).__init__(**kwargs)
        self.num_capsule = num_capsule
        self.dim_capsule = dim_capsule
        self.routings = routings
        self.kernel_initializer = initializers.get(kernel_initializer)

    def build(self, input_shape):
        assert len(input_shape) >= 3, "(batch, capsules, size) please"
        self.n_in, self.size_in = input_shape[1], input_shape[2]
        self.W = self.add_weight(shape=[self.num_capsule, self.n_in,
                                        self.dim_capsule, self.size_in],
                                 initializer=self.kernel_initializer, name='W')
        self.built = True

    def call(self, inputs, training=None):
        tiled = K.tile(K.expand_dims(inputs, 1), [1, self.num_capsule, 1, 1])
        # each sample: (out, in, 1, size) * (out, in, dim, size) summed over size
        hats = K.map_fn(lambda sample: K.sum(K.expand_dims(sample, 2) * self.W, axis=-1),
                        elems=tiled)
        b = K.zeros_like(hats[:, :, :, 0])
        for i in range(self.routings):
            c = K.softmax(b, axis=1)
            outputs = squash(K.sum(K.expand_dims(c) * hats, axis=2))
            if i < self.routings - 1:
                b += K.sum(hats * K.expand_dims(outputs, 2), axis=-1)
        return outputs

    def compute_output_shape(self, input_shape):
        return tuple([None, self.num_capsule, self.dim_capsule])


class Shared(layers.Layer):
    """Another style: one kernel for all, as a convolution, and routing by batch_dot."""

    def __init__(self, num_capsule, dim_capsule, routings=2, activation='squash', **kwargs):
        super(Shared, self).__init__(**kwargs)
        self.num_capsule, self.dim_capsule, self.routings = num_capsule, dim_capsule, routings
        self.activation = squash if activation == 'squash' else activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name='capsule_kernel', initializer='glorot_uniform', trainable=True,
            shape=(1, input_shape[-1], self.num_capsule * self.dim_capsule))
        super(Shared, self).build(input_shape)

    def call(self, inputs):
        hats = K.conv1d(inputs, self.kernel)
        batch, number = K.shape(inputs)[0], K.shape(inputs)[1]
        hats = K.reshape(hats, (batch, number, self.num_capsule, self.dim_capsule))
        hats = K.permute_dimensions(hats, (0, 2, 1, 3))
        b = K.zeros_like(hats[:, :, :, 0])
        for i in range(self.routings):
            c = K.softmax(b, 1)
            o = self.activation(K.sum(K.expand_dims(c) * hats, 2))
            if i < self.routings - 1:
                o = K.l2_normalize(o, -1)
                agreed = K.batch_dot(K.reshape(hats, (-1, number, self.dim_capsule)),
                                     K.reshape(o, (-1, self.dim_capsule)), axes=[2, 1])
                b += K.reshape(agreed, (batch, self.num_capsule, number))
        return o

    def compute_output_shape(self, input_shape):
        return (None, self.num_capsule, self.dim_capsule)


def margin_loss(y_true, y_pred):
    missed = y_true * K.square(K.maximum(0., 0.9 - y_pred))
    wrong = (1 - y_true) * K.square(K.maximum(0., y_pred - 0.1))
    return K.mean(K.sum(missed + 0.5 * wrong, axis=1))


image = layers.Input(shape=(8, 8, 1))
conv = layers.Conv2D(4, 3, strides=2, activation='relu', name='conv1')(image)
primary = layers.Reshape(target_shape=[-1, 4], name='reshape')(layers.Conv2D(8, 2)(conv))
primary = layers.Lambda(squash, name='primarycap_squash')(primary)
digitcaps = Routed(num_capsule=3, dim_capsule=4, name='digitcaps')(primary)
out_caps = Norms(name='capsnet')(digitcaps)
truth = layers.Input(shape=(3,))
decoder = models.Sequential(name='decoder')
decoder.add(layers.Dense(16, activation='relu', input_dim=4 * 3))
decoder.add(layers.Dense(64, activation='sigmoid'))
decoder.add(layers.Reshape(target_shape=(8, 8, 1), name='out_recon'))
train_model = models.Model([image, truth], [out_caps, decoder(Only()([digitcaps, truth]))])
eval_model = models.Model(image, [out_caps, decoder(Only()(digitcaps))])
train_model.compile(optimizer=optimizers.Adam(lr=0.001), loss=[margin_loss, 'mse'],
                    loss_weights=[1., 0.392], metrics={'capsnet': 'accuracy'})
history = train_model.fit([x, y], [y, x], batch_size=10, epochs=2, verbose=0,
                          validation_data=([x[:4], y[:4]], [y[:4], x[:4]]))

shared = models.Sequential([layers.Conv2D(4, 3, activation='relu', input_shape=(8, 8, 1)),
                            layers.Reshape((-1, 4)), Shared(3, 5),
                            layers.Lambda(lambda z: K.sqrt(K.sum(K.square(z), 2)))])
shared.compile('adam', margin_loss, metrics=['categorical_accuracy'])
routed = shared.fit(x, y, batch_size=10, epochs=2, verbose=0)

results = dict(history.history, capsules=eval_model.predict(x), weights=train_model.get_weights(),
               routed=routed.history['loss'], shared=shared.get_weights())
