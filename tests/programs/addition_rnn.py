"""Sums spelled as characters: encoder, RepeatVector, decoder, TimeDistributed(Dense)."""
from __future__ import print_function

import numpy as np

from keras import layers
from keras.models import Sequential

rng = np.random.RandomState(10)
chars = '0123456789+ '
digits, maxlen = 1, 3
char_indices = {c: i for i, c in enumerate(chars)}


def encode(text, rows):
    x = np.zeros((rows, len(chars)))
    for i, c in enumerate(text):
        x[i, char_indices[c]] = 1
    return x


questions, answers = [], []
for _ in range(60):
    a, b = rng.randint(10, size=2)
    questions.append('%d+%d' % (a, b))
    answers.append(str(a + b).ljust(digits + 1))
x = np.array([encode(q[::-1], maxlen) for q in questions]).astype(np.bool_)
y = np.array([encode(a, digits + 1) for a in answers]).astype(np.bool_)

for RNN in (layers.LSTM, layers.GRU, layers.SimpleRNN):
    model = Sequential()
    model.add(RNN(16, input_shape=(maxlen, len(chars))))
    model.add(layers.RepeatVector(digits + 1))
    for _ in range(2):
        model.add(RNN(16, return_sequences=True))
    model.add(layers.TimeDistributed(layers.Dense(len(chars), activation='softmax')))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    for iteration in range(1, 3):
        history = model.fit(x[:48], y[:48], batch_size=16, epochs=1,
                            validation_data=(x[48:], y[48:]), verbose=0)
    globals().setdefault('results', {})[RNN.__name__] = [
        history.history['loss'], history.history['val_loss'], model.predict(x[48:]),
        model.get_weights()[0]]
    preds = model.predict_classes(x[48:49], verbose=0)
    print('Q', questions[48], 'A', ''.join(chars[i] for i in preds[0]))
