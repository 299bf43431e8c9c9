"""Callbacks: when they are called and with what, and what the built-in ones do."""
import csv
import json
import warnings

import numpy as np
import pytest

from keras_compat import backend as K
from keras_compat import callbacks as C
from keras_compat import optimizers
from keras_compat.callbacks.logs import BatchLogs, Tally
from keras_compat.engine.sequential import Sequential
from keras_compat.layers.core import Dense
from keras_compat.utils import progbar
from keras_compat.utils.progbar import Progbar

RNG = np.random.RandomState(3)
X, Y = RNG.randn(20, 3), RNG.randn(20, 2)


def model(rate=0.1, metrics=("mae",)):
    made = Sequential([Dense(2, input_shape=(3,))])
    made.compile(optimizers.SGD(lr=rate), "mse", metrics=list(metrics))
    return made


def fit(*callbacks, rate=0.1, **arguments):
    """Fits a model quietly with these callbacks."""
    made = model(rate)
    made.fit(X, Y, **{"verbose": 0, "batch_size": 8, "callbacks": list(callbacks), **arguments})
    return made


class Script(C.Callback):
    """Sets the monitored value of each epoch to the next of a list."""

    def __init__(self, values, name="val_loss"):
        super().__init__()
        self.values, self.name = values, name

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.values[epoch]


# ---- the order of calls ----

def test_hooks_are_called_in_order():
    class Noting(C.Callback):
        pass

    calls = []
    for name in [n for n in vars(C.Callback) if n.startswith("on_")]:
        setattr(Noting, name, lambda self, *a, _name=name[3:], **k: calls.append(_name))
    fit(Noting(), batch_size=20, validation_data=(X, Y))
    assert calls == ["train_begin", "epoch_begin", "train_batch_begin", "train_batch_end",
                     "test_begin", "test_batch_begin", "test_batch_end", "test_end",
                     "epoch_end", "train_end"]
    calls.clear()
    made = model()
    made.evaluate(X, Y, batch_size=10, verbose=0, callbacks=[Noting()])
    assert calls == ["test_begin"] + ["test_batch_begin", "test_batch_end"] * 2 + ["test_end"]
    calls.clear()
    made.predict(X, batch_size=10, callbacks=[Noting()])
    assert calls == (["predict_begin"] + ["predict_batch_begin", "predict_batch_end"] * 2
                     + ["predict_end"])


def test_batch_logs_hold_the_batchs_loss_and_the_metrics_so_far(backend):
    class Keeper(C.Callback):
        kept = []

        def on_batch_end(self, batch, logs=None):
            self.kept.append(logs)

    Keeper.kept = []
    fit(Keeper(), rate=0., shuffle=False)
    made = model(rate=0.)
    assert [(k["batch"], k["size"]) for k in Keeper.kept] == [(0, 8), (1, 8), (2, 4)]
    assert all(set(k) == {"batch", "size", "loss", "mae"} for k in Keeper.kept)
    assert len({k["loss"] for k in Keeper.kept}) == len({k["mae"] for k in Keeper.kept}) == 3
    assert made.stop_training is False


def test_params_and_model_are_given():
    callback = C.Callback()
    made = fit(callback, epochs=2, validation_split=0.5)
    assert callback.model is made
    assert callback.params == {
        "batch_size": 8, "epochs": 2, "steps": None, "samples": 10, "verbose": 0,
        "do_validation": True, "metrics": ["loss", "mae", "val_loss", "val_mae"]}
    assert [np.shape(a) for a in callback.validation_data] == [(10, 3), (10, 2), (10,)]
    fit(callback, steps_per_epoch=1, batch_size=None)
    assert callback.params["metrics"] == ["loss", "mae"] and callback.params["batch_size"] is None


def test_lambda_callbacks():
    seen = []
    fit(C.LambdaCallback(on_epoch_begin=lambda epoch, logs: seen.append(("begin", epoch)),
                         on_batch_end=lambda batch, logs: seen.append(logs["loss"] > 0),
                         on_test_begin=lambda logs: seen.append("test")),
        batch_size=20, validation_data=(X, Y))
    assert seen == [("begin", 0), True, "test"]


def test_hooks_may_name_their_arguments_as_they_like():
    """Keras 2.2 passed them by position; 2.3 asked for `batch` and `logs`."""
    seen = []
    fit(C.LambdaCallback(on_batch_begin=lambda n, _: seen.append(n),
                         on_batch_end=lambda n, l: seen.append(l["batch"])), batch_size=20)
    assert seen == [0, 0]


def test_stopping_within_an_epoch():
    seen = []

    class Stopper(C.Callback):
        def on_batch_end(self, batch, logs=None):
            seen.append(batch)
            self.model.stop_training = batch == 1

    made = fit(Stopper(), epochs=3)
    assert seen == [0, 1] and made.history.epoch == [0]


def test_slow_callbacks_warn_once(monkeypatch):
    monkeypatch.setattr(C.base, "_SLOW", -1.)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(C.LambdaCallback(on_batch_end=lambda batch, logs: None), epochs=10, batch_size=5)
    assert sum("is slow" in str(w.message) for w in caught) == 1


# ---- logs ----

def tally(read):
    return Tally(["loss", "acc"], float, lambda: read.append(1) or [0.5])


def test_logs_read_nothing_that_is_not_asked_for():
    read = []
    logs = BatchLogs(3, 8, tally(read), 2.)
    assert logs["batch"] == 3 and logs.get("size") == 8 and logs["loss"] == 2. and not read
    assert logs["acc"] == 0.5 and len(read) == 1
    assert dict(logs) == {"batch": 3, "size": 8, "loss": 2., "acc": 0.5} and len(read) == 1


@pytest.mark.parametrize("use", [
    dict, list, len, repr, json.dumps, lambda d: d.keys(), lambda d: d.items(), lambda d: {**d},
    lambda d: "acc" in d, lambda d: d == {}, lambda d: d.copy(), lambda d: d.get("acc"),
    lambda d: {}.update(d), lambda d: d.pop("acc"), lambda d: list(zip(d, d.values())),
])
def test_every_way_of_reading_fills_the_logs(use):
    read = []
    use(BatchLogs(0, 1, tally(read), 2.))
    assert read


def test_totals_are_weighted_by_the_batches_sizes(monkeypatch):
    monkeypatch.setattr(Tally, "LIMIT", 2)
    totals = tally([])
    for size, loss in [(8, 1.), (8, 2.), (4, 6.)]:
        totals.add(size, loss)
    assert totals.means() == {"loss": (8 + 16 + 24) / 20, "acc": 0.5}


def test_base_logger_adds_up_by_itself():
    logger = C.BaseLogger(stateful_metrics=["acc"])
    logger.set_params({"metrics": ["loss", "acc"]})
    logger.on_epoch_begin(0)
    logger.on_batch_end(0, {"size": 3, "loss": 1., "acc": 0.2})
    logger.on_batch_end(1, {"size": 1, "loss": 5., "acc": 0.4})
    logs = {}
    logger.on_epoch_end(0, logs)
    assert logs == {"loss": 2., "acc": 0.4}


# ---- steering ----

@pytest.mark.parametrize("arguments, values, epochs", [
    ({}, [3, 2, 1, 1.5, 0], 4),
    ({"patience": 2}, [3, 2, 2.5, 1.9, 3, 3, 0], 6),
    ({"min_delta": 0.5}, [3, 2.8, 0], 2),
    ({"mode": "max"}, [1, 2, 1.5, 3], 3),
    ({"baseline": 1.}, [2, 0], 1),
])
def test_early_stopping(arguments, values, epochs):
    made = fit(Script(values), C.EarlyStopping(**arguments), epochs=len(values))
    assert len(made.history.epoch) == epochs


def test_early_stopping_watches_accuracy_upwards():
    made = fit(Script([0.1, 0.5, 0.4, 0.9], "val_acc"), C.EarlyStopping("val_acc"), epochs=4)
    assert len(made.history.epoch) == 3


def test_early_stopping_restores_the_best_weights(capsys):
    kept = []
    watch = C.LambdaCallback(on_epoch_end=lambda epoch, logs: kept.append(
        stopping.model.get_weights()[0]))
    stopping = C.EarlyStopping(patience=2, restore_best_weights=True, verbose=1)
    made = fit(Script([3, 1, 2, 2, 0]), watch, stopping, epochs=5)
    np.testing.assert_array_equal(made.get_weights()[0], kept[1])
    assert "Epoch 00004: early stopping" in capsys.readouterr().out


def test_a_missing_quantity_warns():
    with pytest.warns(RuntimeWarning, match="val_loss.*Available metrics are: loss,mae"):
        fit(C.EarlyStopping())


def test_reduce_on_plateau(capsys):
    callback = C.ReduceLROnPlateau(factor=0.5, patience=1, cooldown=2, min_lr=0.03, verbose=1)
    made = fit(Script([1, 1, 1, 1, 1, 1, 1]), callback, epochs=7)
    rates = made.history.history["lr"]
    np.testing.assert_allclose(rates, [0.1, 0.1, 0.05, 0.05, 0.03, 0.03, 0.03], rtol=1e-6)
    assert "reducing learning rate to 0.05" in capsys.readouterr().out


def test_reduce_on_plateau_takes_the_old_name_and_a_factor_below_one():
    assert C.ReduceLROnPlateau(epsilon=0.3).min_delta == 0.3
    with pytest.raises(ValueError, match="Expected factor < 1; received 1.5"):
        C.ReduceLROnPlateau(factor=1.5)


@pytest.mark.parametrize("schedule", [lambda epoch: 0.1 / (epoch + 1),
                                      lambda epoch, rate: 0.1 / (epoch + 1)])
def test_learning_rate_scheduler(schedule):
    made = fit(C.LearningRateScheduler(schedule), epochs=2)
    np.testing.assert_allclose(made.history.history["lr"], [0.1, 0.05], rtol=1e-6)
    assert K.get_value(made.optimizer.lr) == pytest.approx(0.05)


def test_a_schedule_gives_a_float():
    with pytest.raises(ValueError, match="LearningRateScheduler: .*Expected a float.*'x'"):
        fit(C.LearningRateScheduler(lambda epoch: "x"))


def test_terminate_on_nan(capsys):
    made = model()
    made.fit(X * np.nan, Y, verbose=0, batch_size=8, epochs=3, callbacks=[C.TerminateOnNaN()])
    assert made.history.epoch == [0]
    assert "Batch 0: Invalid loss" in capsys.readouterr().out


def test_csv_logger(tmp_path):
    path = tmp_path / "log.csv"
    fit(C.CSVLogger(path, separator=";"), epochs=2)
    fit(C.CSVLogger(path, separator=";", append=True))
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["epoch"] for row in rows] == ["0", "1", "0"]
    assert set(rows[0]) == {"epoch", "loss", "mae"} and float(rows[2]["loss"]) > 0


# ---- what is shown ----

def test_progress_of_fit(capsys):
    fit(verbose=2, epochs=2, validation_data=(X, Y))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Train on 20 samples, validate on 20 samples"
    assert lines[1] == "Epoch 1/2"
    assert lines[2].startswith(" - 0s - loss: ") and " - val_mae: " in lines[2]
    assert len(lines) == 5


def test_bar_of_fit_shows_the_means(capsys, monkeypatch):
    monkeypatch.setattr(progbar, "time", type("Clock", (), {"time": staticmethod(lambda: 1e9)}))
    made = fit(verbose=1)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("20/20 [==============================] - 0s 0s/step - loss: ")
    shown = f"loss: {made.history.history['loss'][0]:.4f} - mae: "
    assert shown in last


def test_quiet_fit_prints_nothing(capsys):
    fit(verbose=0)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("current, text", [
    (0, "  0/100 [..............................]"),
    (50, " 50/100 [==============>...............]"),
    (100, "100/100 [==============================]"),
])
def test_bar(capsys, current, text):
    bar = Progbar(100, interval=0)
    bar.update(current, [("loss", 0.5), ("tiny", 1e-5)])
    out = capsys.readouterr().out
    assert text in out and (current == 0 or "loss: 0.5000 - tiny: 1.0000e-05" in out)


def test_bar_averages_by_steps_and_shows_stateful_values(capsys):
    bar = Progbar(4, interval=100, stateful_metrics=["acc"])
    bar.add(1, [("loss", 4.), ("acc", 0.1)])
    bar.add(3, [("loss", 0.), ("acc", 0.7)])
    assert capsys.readouterr().out.endswith("loss: 1.0000 - acc: 0.7000\n")


def test_bar_without_a_target(capsys):
    """It is drawn at every call, and off a terminal always on a line of its own."""
    bar = Progbar(None)
    bar.update(7)
    bar.update(8)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:15] for line in lines] == ["", "      7/Unknown", "      8/Unknown"]


@pytest.mark.parametrize("when, number, batches", [
    ("on_batch_end", 0, 1), ("on_batch_begin", 1, 2), ("on_epoch_begin", 0, 1)])
def test_an_epoch_that_is_cut_short_is_not_validated(when, number, batches):
    """As in Keras 2.3.1: `stop_training` ends the epoch at the next batch's end."""
    seen = []
    stop = C.LambdaCallback(**{when: lambda n, logs: n == number and setattr(
        stop.model, "stop_training", True)})
    made = fit(stop, *[C.LambdaCallback(on_batch_end=lambda n, logs: seen.append(n))] *
               (when != "on_epoch_begin"), epochs=3, validation_data=(X, Y))
    assert list(made.history.history) == ["loss", "mae"] and made.history.epoch == [0]
    assert when == "on_epoch_begin" or len(seen) == batches


def test_count_mode_is_checked():
    with pytest.raises(ValueError, match="count_mode.*'epochs'"):
        C.ProgbarLogger("epochs")


def test_logs_that_nobody_keeps_are_never_read(monkeypatch):
    read = []
    fill = BatchLogs.fill
    monkeypatch.setattr(BatchLogs, "fill", lambda logs: (read.append(1), fill(logs))[1])
    fit(C.LambdaCallback(on_batch_end=lambda batch, logs: None))
    assert not read
    kept = []
    fit(C.LambdaCallback(on_batch_end=lambda batch, logs: kept.append(logs)))
    assert len(read) == len(kept) == 3
