"""Several inputs and outputs: dicts for data, losses, weights and metrics; weights of samples."""
import numpy as np

import keras
from keras.layers import LSTM, Dense, Dropout, Embedding, Input, concatenate
from keras.models import Model, Sequential

rng = np.random.RandomState(24)
headlines = rng.randint(1, 30, size=(40, 6))
extra = rng.rand(40, 3)
main_y = (headlines.mean(axis=1) > 15).astype('float32')
age_y = extra.sum(axis=1)
kind_y = rng.randint(3, size=40)

main_input = Input(shape=(6,), dtype='int32', name='main_input')
x = Embedding(output_dim=8, input_dim=30, input_length=6)(main_input)
lstm_out = LSTM(8)(x)
auxiliary_output = Dense(1, activation='sigmoid', name='aux_output')(lstm_out)
auxiliary_input = Input(shape=(3,), name='aux_input')
x = concatenate([lstm_out, auxiliary_input])
x = Dropout(0.2)(Dense(8, activation='relu')(x))
outputs = [Dense(1, activation='sigmoid', name='main_output')(x), auxiliary_output,
           Dense(1, name='age')(x), Dense(3, activation='softmax', name='kind')(x)]
model = Model(inputs=[main_input, auxiliary_input], outputs=outputs)
model.compile(optimizer='rmsprop',
              loss={'main_output': 'binary_crossentropy', 'aux_output': 'binary_crossentropy',
                    'age': 'mse', 'kind': 'sparse_categorical_crossentropy'},
              loss_weights={'main_output': 1., 'aux_output': 0.2, 'age': 0.5, 'kind': 1.},
              metrics={'main_output': 'accuracy', 'kind': ['accuracy'], 'age': ['mae', 'mse']},
              weighted_metrics={'main_output': ['mae']})
data = {'main_input': headlines, 'aux_input': extra}
targets = {'main_output': main_y, 'aux_output': main_y, 'age': age_y, 'kind': kind_y}
history = model.fit(data, targets, epochs=2, batch_size=16, verbose=2, validation_split=0.25)
print(model.metrics_names)
weighted = model.fit(data, targets, epochs=2, batch_size=16, verbose=0,
                     sample_weight={'main_output': rng.rand(40), 'age': rng.rand(40)},
                     class_weight={'kind': {0: 1., 1: 2., 2: 0.5}})
predictions = model.predict({'main_input': headlines, 'aux_input': extra}, batch_size=9)

single = Sequential([Dense(6, activation='relu', input_shape=(3,)),
                     Dense(2, activation='softmax')])
single.compile('sgd', 'categorical_crossentropy', metrics=['accuracy'])
onehot = keras.utils.to_categorical(main_y)
by_class = single.fit(extra, onehot, class_weight={0: 1., 1: 5.}, epochs=2, verbose=0)
by_class = single.fit(extra, onehot, class_weight='auto', epochs=1, verbose=0)
score = single.evaluate(extra, onehot, sample_weight=rng.rand(40), verbose=0)

steps = Sequential([LSTM(4, return_sequences=True, input_shape=(6, 1)), Dense(1)])
steps.compile('sgd', 'mse', sample_weight_mode='temporal')
temporal = steps.fit(headlines[:, :, None] / 30., headlines[:, :, None] / 15., verbose=0,
                     sample_weight=rng.randint(2, size=(40, 6)), epochs=2)

results = dict(history.history, weighted=weighted.history, predictions=predictions,
               by_class=by_class.history, score=score, temporal=temporal.history['loss'],
               weights=model.get_weights() + steps.get_weights() + single.get_weights())
