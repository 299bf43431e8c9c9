"""keras.json on disk: where it is, reading it, and writing it the first time."""
import json
import os

from . import errors

_REMEDY = "Correct the file, or delete it: it is then written again with the defaults"


def keras_home():
    """The folder of keras.json and of cached data, found as Keras 2.3.1 found it.

    `KERAS_HOME` if it is set, else `~/.keras`, else (the home folder cannot be
    written) `/tmp/.keras`. An empty `KERAS_HOME` counts as not set; Keras 2.3.1
    took it for the current folder.
    """
    home = os.environ.get("KERAS_HOME")
    if home:
        return os.path.expanduser(home)
    base = os.path.expanduser("~")
    if not os.access(base, os.W_OK):
        base = "/tmp"
    return os.path.join(base, ".keras")


def path():
    """The full name of keras.json."""
    return os.path.abspath(os.path.join(keras_home(), "keras.json"))


def read(file):
    """The settings in the file, as the dict that it holds; ConfigError if it is broken."""
    try:
        with open(file, encoding="utf-8-sig") as stream:
            content = json.load(stream)
    except OSError as error:
        raise errors.ConfigError(errors.message(
            file, "the settings file must be readable", "a text file",
            error.strerror or str(error), _REMEDY)) from None
    except (ValueError, RecursionError) as error:
        raise errors.ConfigError(errors.message(
            file, "the settings file must hold valid JSON", "an object such as {\"floatx\": \"float32\"}",
            str(error), _REMEDY)) from None
    if not isinstance(content, dict):
        raise errors.ConfigError(errors.message(
            file, "the settings file must hold one JSON object",
            "an object such as {\"floatx\": \"float32\"}", repr(content), _REMEDY))
    return content


def write(file, settings):
    """Writes the settings, whole or not at all; False where the folder cannot be written."""
    temporary = f"{file}.{os.urandom(6).hex()}.tmp"
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(temporary, "x", encoding="utf-8") as stream:
            stream.write(json.dumps(dict(settings), indent=4) + "\n")
        os.replace(temporary, file)
    except OSError:
        _remove(temporary)
        return False
    return True


def _remove(file):
    try:
        os.remove(file)
    except OSError:
        pass
