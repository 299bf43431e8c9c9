"""A memory network for small stories: two embeddings, dot, permute, concatenate."""
from __future__ import print_function

import numpy as np

from keras.layers import (LSTM, Activation, Dense, Dropout, Input, Permute, add, concatenate,
                          dot)
from keras.layers.embeddings import Embedding
from keras.models import Model, Sequential

rng = np.random.RandomState(12)
vocab_size, story_length, query_length = 15, 6, 3
stories = rng.randint(1, vocab_size, size=(40, story_length))
queries = rng.randint(1, vocab_size, size=(40, query_length))
answers = stories[np.arange(40), queries[:, 0] % story_length]

told = Input((story_length,))
asks = Input((query_length,))
keys = Sequential()
keys.add(Embedding(input_dim=vocab_size, output_dim=8))
keys.add(Dropout(0.3))
values = Sequential()
values.add(Embedding(input_dim=vocab_size, output_dim=query_length))
values.add(Dropout(0.3))
ask = Sequential()
ask.add(Embedding(input_dim=vocab_size, output_dim=8, input_length=query_length))
ask.add(Dropout(0.3))

asked = ask(asks)
match = dot([keys(told), asked], axes=(2, 2))
match = Activation('softmax')(match)
response = Permute((2, 1))(add([match, values(told)]))
answer = concatenate([response, asked])
answer = Dropout(0.3)(LSTM(10)(answer))
answer = Activation('softmax')(Dense(vocab_size)(answer))
model = Model([told, asks], answer)
model.compile(optimizer='rmsprop', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
history = model.fit([stories[:32], queries[:32]], answers[:32], batch_size=16, epochs=4, verbose=0,
                    validation_data=([stories[32:], queries[32:]], answers[32:]))

results = dict(history.history, weights=model.get_weights(),
               predictions=model.predict([stories, queries]))
