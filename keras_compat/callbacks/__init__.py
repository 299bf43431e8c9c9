"""Callbacks: what runs at the epochs and batches of `fit`, as in Keras 2.3.1."""
from .base import Callback, CallbackList, LambdaCallback
from .control import EarlyStopping, LearningRateScheduler, ReduceLROnPlateau, TerminateOnNaN
from .records import BaseLogger, CSVLogger, History, ProgbarLogger

__all__ = ["BaseLogger", "CSVLogger", "Callback", "CallbackList", "EarlyStopping", "History",
           "LambdaCallback", "LearningRateScheduler", "ProgbarLogger", "ReduceLROnPlateau",
           "TerminateOnNaN"]
