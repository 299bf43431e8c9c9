"""Stateful recurrent layers: states that outlive a batch and are reset by hand."""
import numpy as np

from keras.layers import GRU, LSTM, Dense
from keras.models import Sequential

rng = np.random.RandomState(14)
steps, batch_size, epochs = 2, 5, 3
wave = np.cos(np.arange(40) * 0.3)[:, None] * np.exp(-0.01 * np.arange(40))[:, None]
cos = (wave + 0.05 * rng.normal(size=(40, steps)))[:, :, None]
expected = cos.mean(axis=(1, 2))[:, None]

results = {}
for layer in (LSTM, GRU):
    model = Sequential()
    model.add(layer(8, input_shape=(steps, 1), batch_size=batch_size, return_sequences=True,
                    stateful=True))
    model.add(layer(8, return_sequences=False, stateful=True))
    model.add(Dense(1))
    model.compile(loss='mse', optimizer='rmsprop')
    for i in range(epochs):
        model.fit(cos, expected, batch_size=batch_size, epochs=1, verbose=0, shuffle=False)
        model.reset_states()
    predicted = model.predict(cos, batch_size=batch_size)
    again = model.predict(cos, batch_size=batch_size)
    assert not np.allclose(predicted, again)
    model.layers[0].reset_states(states=[np.full((batch_size, 8), 0.5)] * len(model.layers[0].states))
    seeded = model.predict_on_batch(cos[:batch_size])
    model.reset_states()
    assert np.allclose(model.predict(cos, batch_size=batch_size), predicted, atol=1e-6)
    loss = model.train_on_batch(cos[:batch_size], expected[:batch_size])
    results[layer.__name__] = [predicted, again, seeded, loss, model.get_weights()]
