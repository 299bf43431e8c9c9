"""The suite under pytest: a home of its own, so that nobody's keras.json is read or written."""
import os
import tempfile

for _name in [name for name in os.environ if name.startswith(("KERAS_", "TF_KERAS"))]:
    if _name != "KERAS_HOME":
        del os.environ[_name]
os.environ.setdefault("KERAS_HOME", tempfile.mkdtemp(prefix="keras-compat-conformance-"))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
