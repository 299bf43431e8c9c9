"""Words in pictures: convolution, GRUs, and CTC as a Lambda layer that is the loss."""
import numpy as np

from keras import backend as K
from keras.layers import Activation, Conv2D, Dense, Input, Lambda, MaxPooling2D, Reshape
from keras.layers.merge import add, concatenate
from keras.layers.recurrent import GRU
from keras.models import Model
from keras.optimizers import SGD

rng = np.random.RandomState(19)
img_w, img_h, letters, size, longest = 16, 4, 4, 12, 3
pictures = rng.rand(size, img_w, img_h, 1)
texts = rng.randint(letters, size=(size, longest)).astype('float32')
label_length = rng.randint(1, longest + 1, size=(size, 1))
input_length = np.full((size, 1), img_w // 2 - 2)


def cost_of_labels(args):
    y_pred, labels, input_length, label_length = args
    y_pred = y_pred[:, 2:, :]
    return K.ctc_batch_cost(labels, y_pred, input_length, label_length)


input_data = Input(name='the_input', shape=(img_w, img_h, 1), dtype='float32')
inner = Conv2D(4, (3, 3), padding='same', activation='relu', name='conv1')(input_data)
inner = MaxPooling2D(pool_size=(2, 2), name='max1')(inner)
inner = Reshape(target_shape=(img_w // 2, (img_h // 2) * 4), name='reshape')(inner)
inner = Dense(8, activation='relu', name='dense1')(inner)
gru_1 = GRU(6, return_sequences=True, name='gru1')(inner)
gru_1b = GRU(6, return_sequences=True, go_backwards=True, name='gru1_b')(inner)
merged = add([gru_1, gru_1b])
gru_2 = GRU(6, return_sequences=True, kernel_initializer='he_normal', name='gru2')(merged)
gru_2b = GRU(6, return_sequences=True, go_backwards=True, name='gru2_b')(merged)
inner = Dense(letters + 1, name='dense2')(concatenate([gru_2, gru_2b]))
y_pred = Activation('softmax', name='softmax')(inner)
labels = Input(name='the_labels', shape=[longest], dtype='float32')
lengths_in = Input(name='input_length', shape=[1], dtype='int64')
lengths_out = Input(name='label_length', shape=[1], dtype='int64')
loss_out = Lambda(cost_of_labels, output_shape=(1,), name='ctc')(
    [y_pred, labels, lengths_in, lengths_out])
model = Model(inputs=[input_data, labels, lengths_in, lengths_out], outputs=loss_out)
model.compile(loss={'ctc': lambda y_true, y_pred: y_pred},
              optimizer=SGD(lr=0.02, decay=1e-6, momentum=0.9, nesterov=True, clipnorm=5))
inputs = {'the_input': pictures, 'the_labels': texts, 'input_length': input_length,
          'label_length': label_length}
history = model.fit(inputs, {'ctc': np.zeros([size])}, batch_size=4, epochs=3, verbose=0)

test_func = K.function([input_data], [y_pred])
probabilities = test_func([pictures])[0]
flat = K.placeholder(shape=(None, None, letters + 1))
lengths = K.placeholder(shape=(None,), dtype='int32')
greedy = K.function([flat, lengths], K.ctc_decode(flat, lengths)[0])
decoded = greedy([probabilities[:, 2:], np.full(size, img_w // 2 - 2)])[0]
best = [[int(k) for k in row if k >= 0] for row in decoded]
by_hand = []
for row in probabilities[:, 2:].argmax(axis=2):
    kept = [k for i, k in enumerate(row) if i == 0 or row[i - 1] != k]
    by_hand.append([k for k in kept if k != letters])
assert best == by_hand

results = dict(loss=history.history['loss'], probabilities=probabilities,
               weights=model.get_weights(), costs=model.predict(inputs))
