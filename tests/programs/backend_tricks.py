"""K by itself: folds, maps, switches, phases, scans, and training without a Model."""
import numpy as np

import keras.backend as K
from keras import initializers, losses
from keras.layers import Dense, Input, Lambda
from keras.models import Model
from keras.optimizers import Adam

rng = np.random.RandomState(20)
x = rng.normal(size=(6, 4)).astype('float32')
results = {}

# ---- folds and maps over the rows of a matrix ----
rows = K.variable(x)
results['folds'] = [K.eval(K.foldl(lambda total, row: total * 0.5 + row, rows)),
                    K.eval(K.foldr(lambda total, row: total * 0.5 + row, rows)),
                    K.eval(K.map_fn(lambda row: K.sum(row ** 2) + row, rows)),
                    K.eval(K.map_fn(lambda pair: K.dot(K.expand_dims(pair[0], 0), pair[1]),
                                    (rows, K.ones((6, 4, 2))), dtype='float32'))]
fold_gradient = K.gradients(K.sum(K.foldl(lambda a, b: K.tanh(a + b), rows)), [rows])[0]
results['fold_gradient'] = K.eval(fold_gradient)

# ---- phases and switches inside layers ----
inp = Input(shape=(4,))
noisy = Lambda(lambda t: K.in_train_phase(t + K.random_normal(K.shape(t)), t * 2))(inp)
gate = Lambda(lambda t: K.switch(K.greater(t, 0), t, 0.1 * t))(noisy)
whole = Lambda(lambda t: K.switch(K.sum(t) > 0, lambda: t, lambda: -t))(gate)
run = K.function([inp, K.learning_phase()], [gate, whole])
results['phases'] = [run([x, 0]), run([x, 1])]
assert K.is_keras_tensor(whole) and K.int_shape(whole) == (None, 4)

# ---- a recurrence of one's own, with a mask and a constant ----
sequence = K.placeholder(shape=(None, 5, 4))
mask = K.placeholder(shape=(None, 5))
scale = K.variable(np.linspace(0.5, 1.5, 4))


def step(inputs, states):
    state, factor = states
    new = K.tanh(inputs * factor + state)
    return new, [new]


last, outputs, states = K.rnn(step, sequence, [K.zeros_like(sequence[:, 0])], mask=mask,
                              constants=[scale])
steps = K.function([sequence, mask], [last, outputs, states[0]])
data = rng.normal(size=(2, 5, 4))
results['rnn'] = steps([data, np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])])

# ---- a network of variables, trained by K.function and an optimizer's updates ----
target = K.placeholder(ndim=2)
entry = K.placeholder(shape=(None, 4))
W = K.variable(initializers.glorot_uniform(seed=3)((4, 3)), name='W')
b = K.zeros((3,))
loss = K.mean(losses.categorical_crossentropy(target, K.softmax(K.dot(entry, W) + b)))
loss = loss + 0.01 * K.sum(K.abs(W))
train = K.function([entry, target], [loss], Adam(lr=0.05).get_updates(loss, [W, b]))
onehot = np.eye(3)[x.argmax(axis=1) % 3]
results['trained'] = [train([x, onehot])[0] for _ in range(5)] + [K.get_value(W)]

# ---- updates by hand, a session, and set_value ----
count = K.variable(0, dtype='int32')
average = K.variable(np.zeros(4))
step_function = K.function([entry], [], updates=[
    K.update_add(count, 1), (average, 0.9 * average + 0.1 * K.mean(entry, axis=0))])
for _ in range(3):
    step_function([x])
session = K.get_session()
assert session.run(count) == 3
results['average'] = [K.get_value(average), session.run([loss], feed_dict={entry: x, target: onehot})]
K.set_value(count, 7)
K.batch_set_value([(average, np.ones(4))])
assert K.get_value(count) == 7 and (K.batch_get_value([average])[0] == 1).all()

# ---- a model on constants and on slices of its input ----
half = Lambda(lambda t: t[:, :2], output_shape=(2,))(inp)
rest = Lambda(lambda t: t[:, 2:] / K.sqrt(K.sum(K.square(t), axis=-1, keepdims=True)))(inp)
table = K.constant(rng.normal(size=(3, 2)))
nearest = Lambda(lambda t: K.gather(table, K.argmin(K.sum(
    K.square(K.expand_dims(t, 1) - K.expand_dims(table, 0)), axis=2), axis=1)))(half)
joined = Lambda(lambda pair: K.stack(pair, axis=1))([nearest, rest])
model = Model(inp, [joined, Dense(2, use_bias=False)(half)])
results['model'] = model.predict(x)
