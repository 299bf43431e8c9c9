"""The TensorFlow backend: CPU or GPU, one traced graph function for each compiled plan."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from keras_compat.backends.tensorflow.engine import TensorFlowBackend  # noqa: E402

backend = TensorFlowBackend()
