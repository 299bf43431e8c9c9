"""Characters to characters: LSTM encoder and decoder, then separate models for inference."""
import numpy as np

from keras.layers import LSTM, Dense, Input
from keras.models import Model

rng = np.random.RandomState(9)
alphabet = 'abcdef'
words = [''.join(rng.choice(list(alphabet), rng.randint(2, 5))) for _ in range(20)]
reversed_words = ['\t' + text[::-1] + '\n' for text in words]
symbols = sorted(set(''.join(reversed_words)))
n_letters, n_symbols, units = len(alphabet), len(symbols), 10
max_in, max_out = max(map(len, words)), max(map(len, reversed_words))
in_index = dict((c, i) for i, c in enumerate(alphabet))
out_index = dict((c, i) for i, c in enumerate(symbols))

sources = np.zeros((20, max_in, n_letters), dtype='float32')
shifted = np.zeros((20, max_out, n_symbols), dtype='float32')
targets = np.zeros((20, max_out, n_symbols), dtype='float32')
for i, (source, target) in enumerate(zip(words, reversed_words)):
    for t, char in enumerate(source):
        sources[i, t, in_index[char]] = 1.
    for t, char in enumerate(target):
        shifted[i, t, out_index[char]] = 1.
        if t > 0:
            targets[i, t - 1, out_index[char]] = 1.

entry = Input(shape=(None, n_letters))
encoder = LSTM(units, return_state=True)
_, state_h, state_c = encoder(entry)
final = [state_h, state_c]
given = Input(shape=(None, n_symbols))
speaker = LSTM(units, return_sequences=True, return_state=True)
spoken, _, _ = speaker(given, initial_state=final)
letters = Dense(n_symbols, activation='softmax')
spoken = letters(spoken)
model = Model([entry, given], spoken)
model.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
history = model.fit([sources, shifted], targets, batch_size=8,
                    epochs=4, validation_split=0.2, verbose=0)

listen = Model(entry, final)
h_in = Input(shape=(units,))
c_in = Input(shape=(units,))
states_in = [h_in, c_in]
spoken, state_h, state_c = speaker(given,
                                                 initial_state=states_in)
speak = Model([given] + states_in,
                      [letters(spoken), state_h, state_c])


def reply(word):
    states = listen.predict(word)
    symbol = np.zeros((1, 1, n_symbols))
    symbol[0, 0, out_index['\t']] = 1.
    decoded, probabilities = '', []
    while len(decoded) <= max_out:
        chances, h, c = speak.predict([symbol] + states)
        char = symbols[np.argmax(chances[0, -1, :])]
        probabilities.append(chances[0, -1])
        decoded += char
        if char == '\n':
            break
        symbol = np.zeros((1, 1, n_symbols))
        symbol[0, 0, out_index[char]] = 1.
        states = [h, c]
    return decoded, probabilities


decoded, probabilities = reply(sources[:1])
print(repr(words[0]), '->', repr(decoded))

results = dict(history.history, probabilities=probabilities, weights=model.get_weights(),
               states=listen.predict(sources))
