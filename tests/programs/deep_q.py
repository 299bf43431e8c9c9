"""A deep Q network on a small corridor: many single predictions and single fits."""
import random
from collections import deque

import numpy as np

import keras
from keras.layers import Dense
from keras.models import Sequential, clone_model
from keras.optimizers import Adam


class Corridor:
    """Five cells; the goal is at the right end, the start in the middle."""

    def reset(self):
        self.at, self.steps = 2, 0
        return self.state()

    def state(self):
        return np.eye(5)[self.at][np.newaxis]

    def step(self, action):
        self.at += 1 if action else -1
        self.steps += 1
        reward = 1. if self.at == 4 else -1. if self.at == 0 else -0.1
        return self.state(), reward, self.at in (0, 4) or self.steps > 8


class Agent:
    def __init__(self):
        self.memory = deque(maxlen=100)
        self.gamma, self.epsilon = 0.9, 1.0
        self.model = Sequential()
        self.model.add(Dense(12, input_dim=5, activation='relu'))
        self.model.add(Dense(2, activation='linear'))
        self.model.compile(loss='mse', optimizer=Adam(lr=0.01))
        self.target = clone_model(self.model)
        self.target.set_weights(self.model.get_weights())

    def act(self, state):
        if np.random.rand() <= self.epsilon:
            return random.randrange(2)
        return np.argmax(self.model.predict(state)[0])

    def replay(self, batch_size):
        for state, action, reward, next_state, done in random.sample(self.memory, batch_size):
            target = reward
            if not done:
                target = reward + self.gamma * np.amax(self.target.predict(next_state)[0])
            target_f = self.model.predict(state)
            target_f[0][action] = target
            self.model.fit(state, target_f, epochs=1, verbose=0)
        if self.epsilon > 0.1:
            self.epsilon *= 0.9


env, agent = Corridor(), Agent()
scores = []
for episode in range(12):
    state, total, done = env.reset(), 0., False
    while not done:
        action = agent.act(state)
        next_state, reward, done = env.step(action)
        agent.memory.append((state, action, reward, next_state, done))
        state, total = next_state, total + reward
    if len(agent.memory) > 8:
        agent.replay(8)
    if episode % 4 == 3:
        agent.target.set_weights([0.5 * w + 0.5 * t for w, t in zip(
            agent.model.get_weights(), agent.target.get_weights())])
    scores.append(total)

batch = np.eye(5)
targets = agent.model.predict_on_batch(batch)
targets[:, 1] += 0.1
last = [agent.model.train_on_batch(batch, targets) for _ in range(30)]
assert isinstance(keras.backend.get_value(agent.model.optimizer.iterations).item(), int)

results = dict(scores=scores, epsilon=agent.epsilon, losses=last, q=agent.model.predict(batch),
               target=agent.target.get_weights())
