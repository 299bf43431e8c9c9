"""Everything of one's own: losses, metrics, initializers, regularizers, constraints, optimizer."""
import numpy as np

import keras
from keras import backend as K
from keras.callbacks import Callback, LambdaCallback
from keras.constraints import Constraint, maxnorm, nonneg, unitnorm
from keras.initializers import Initializer, RandomUniform
from keras.layers import Activation, Dense, Input
from keras.legacy import interfaces
from keras.losses import logcosh
from keras.metrics import top_k_categorical_accuracy
from keras.models import Model, Sequential, model_from_json
from keras.optimizers import Optimizer
from keras.regularizers import Regularizer
from keras.utils import CustomObjectScope, get_custom_objects

rng = np.random.RandomState(25)
x = rng.normal(size=(48, 6)).astype('float32')
y = np.eye(3)[(x[:, :3]).argmax(axis=1)]


def focal(gamma=2., alpha=.25):
    def focal_loss(y_true, y_pred):
        p = K.clip(y_pred, K.epsilon(), 1. - K.epsilon())
        return K.sum(-alpha * y_true * K.pow(1. - p, gamma) * K.log(p), axis=-1)
    return focal_loss


def precision(y_true, y_pred):
    hits = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    return hits / (K.sum(K.round(K.clip(y_pred, 0, 1))) + K.epsilon())


def top2(y_true, y_pred):
    return top_k_categorical_accuracy(y_true, y_pred, k=2)


def swish(t):
    return t * K.sigmoid(1.5 * t)


def spiky(shape, dtype=None):
    return K.constant(np.linspace(-0.5, 0.5, int(np.prod(shape))).reshape(shape))


class Scaled(Initializer):
    def __init__(self, scale=1.):
        self.scale = scale

    def __call__(self, shape, dtype=None):
        return self.scale * K.random_normal(shape, dtype=dtype, seed=11)

    def get_config(self):
        return {'scale': self.scale}


def smooth_l1(weights):
    return 0.01 * K.sum(K.sqrt(K.square(weights) + 1e-6))


class Orthogonal(Regularizer):
    def __init__(self, strength=0.):
        self.strength = K.cast_to_floatx(strength)

    def __call__(self, w):
        gram = K.dot(K.transpose(w), w)
        return self.strength * K.sum(K.square(gram - K.eye(K.int_shape(w)[1])))

    def get_config(self):
        return {'strength': float(self.strength)}


class Between(Constraint):
    def __init__(self, low, high):
        self.low, self.high = low, high

    def __call__(self, w):
        return K.clip(w, self.low, self.high)

    def get_config(self):
        return {'low': self.low, 'high': self.high}


class Lookahead(Optimizer):
    """Adam-like steps as scripts defined them: moments, decay, updates with K.update."""

    def __init__(self, lr=0.01, beta_1=0.9, beta_2=0.99, decay=0.01, **kwargs):
        super(Lookahead, self).__init__(**kwargs)
        with K.name_scope(self.__class__.__name__):
            self.iterations = K.variable(0, dtype='int64', name='iterations')
            self.lr = K.variable(lr, name='lr')
            self.beta_1 = K.variable(beta_1, name='beta_1')
            self.beta_2 = K.variable(beta_2, name='beta_2')
            self.decay = K.variable(decay, name='decay')
        self.initial_decay = decay

    @interfaces.legacy_get_updates_support
    @K.symbolic
    def get_updates(self, loss, params):
        grads = self.get_gradients(loss, params)
        self.updates = [K.update_add(self.iterations, 1)]
        lr = self.lr
        if self.initial_decay > 0:
            lr *= (1. / (1. + self.decay * K.cast(self.iterations, K.dtype(self.decay))))
        t = K.cast(self.iterations, K.floatx()) + 1
        rate = lr * (K.sqrt(1. - K.pow(self.beta_2, t)) / (1. - K.pow(self.beta_1, t)))
        ms = [K.zeros(K.int_shape(p), dtype=K.dtype(p)) for p in params]
        vs = [K.zeros(K.int_shape(p), dtype=K.dtype(p)) for p in params]
        self.weights = [self.iterations] + ms + vs
        for p, g, m, v in zip(params, grads, ms, vs):
            m_t = (self.beta_1 * m) + (1. - self.beta_1) * g
            v_t = (self.beta_2 * v) + (1. - self.beta_2) * K.square(g)
            new_p = p - rate * m_t / (K.sqrt(v_t) + K.epsilon())
            self.updates.append(K.update(m, m_t))
            self.updates.append(K.update(v, v_t))
            if getattr(p, 'constraint', None) is not None:
                new_p = p.constraint(new_p)
            self.updates.append(K.update(p, new_p))
        return self.updates

    def get_config(self):
        config = {'lr': float(K.get_value(self.lr)), 'decay': float(K.get_value(self.decay))}
        return dict(list(super(Lookahead, self).get_config().items()) + list(config.items()))


class Momentum(Callback):
    """Changes the optimizer's beta and logs a quantity of its own at each epoch's end."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            K.set_value(self.model.optimizer.beta_1, 0.5)

    def on_epoch_end(self, epoch, logs=None):
        logs['beta'] = float(K.get_value(self.model.optimizer.beta_1))


get_custom_objects().update({'swish': swish})
inputs = Input((6,))
h = Dense(5, kernel_initializer=spiky, kernel_regularizer=smooth_l1, activation=swish,
          bias_constraint=nonneg())(inputs)
h = Dense(5, kernel_initializer=Scaled(0.3), kernel_regularizer=Orthogonal(0.01),
          kernel_constraint=Between(-0.4, 0.4))(h)
h = Activation('swish')(h)
h = Dense(4, kernel_constraint=maxnorm(1.), kernel_initializer=RandomUniform(-0.1, 0.1, seed=5),
          bias_regularizer=keras.regularizers.l1_l2(0.01, 0.02), activation='tanh')(h)
h = Dense(3, kernel_constraint=unitnorm(axis=0), activation='softmax')(h)
model = Model(inputs, h)
model.compile(Lookahead(lr=0.02, clipnorm=1.), focal(gamma=2), metrics=[precision, top2, logcosh])
seen = []
history = model.fit(x, y, batch_size=16, epochs=4, verbose=0, shuffle=False, callbacks=[
    Momentum(), LambdaCallback(on_batch_end=lambda batch, logs: seen.append(logs['loss']),
                               on_epoch_end=lambda epoch, logs: seen.append(logs['precision']))])
assert history.history['beta'] == [0.9, 0.9, 0.5, 0.5] or np.allclose(
    history.history['beta'], [0.9, 0.9, 0.5, 0.5])
assert K.get_value(model.optimizer.iterations) == 12
weights = model.get_weights()
assert weights[1].min() >= 0 and np.abs(weights[2]).max() <= 0.4001

names = dict(spiky=spiky, smooth_l1=smooth_l1, Scaled=Scaled, Orthogonal=Orthogonal,
             Between=Between, swish=swish)
with CustomObjectScope(names):
    copy = Model.from_config(model.get_config())
    from_json = model_from_json(model.to_json(), custom_objects=names)
copy.set_weights(weights)
assert np.allclose(copy.predict(x), model.predict(x), atol=1e-6)
assert [w.shape for w in from_json.get_weights()] == [w.shape for w in weights]

plain = Sequential([Dense(4, input_dim=6, init='uniform', W_regularizer='l2'), Dense(3)])
plain.add(Activation('softmax'))
plain.compile(loss='kullback_leibler_divergence', optimizer=keras.optimizers.get(
    {'class_name': 'SGD', 'config': {'lr': 0.1, 'momentum': 0.5}}), metrics=['mse', 'cosine'])
old = plain.fit(x, y, nb_epoch=2, batch_size=16, verbose=0)

results = dict(history.history, seen=seen, weights=weights, old=old.history,
               optimizer=model.optimizer.get_weights()[1:])
