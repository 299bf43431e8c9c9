"""Runs the old scripts of `programs/` on one backend and pickles what each one found.

python run_programs.py BACKEND FILE [SCRIPT ...]: FILE gets {script: (results, seconds)};
the results are a dict from names to arrays, or the text of the error that ended the script.
"""
import glob
import os
import pickle
import random
import sys
import time
import traceback

import numpy as np

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
SCRIPTS = sorted(os.path.basename(path)[:-3] for path in glob.glob(os.path.join(FOLDER, "*.py")))


def flat(value, name):
    """(name, array) of every number in nested dicts and lists."""
    if isinstance(value, dict):
        pairs = [(f"{name}.{key}", item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)) and any(not np.isscalar(item) for item in value):
        pairs = [(f"{name}[{i}]", item) for i, item in enumerate(value)]
    else:
        return [(name, np.array(value))]
    return [leaf for key, item in pairs for leaf in flat(item, key)]


def run(script):
    """What a script leaves in its variable `results`, as a flat dict of arrays."""
    from keras_compat import backend as K
    from keras_compat.legacy.aliases import run_script

    K.clear_session()
    np.random.seed(1337)
    random.seed(1337)
    try:
        found = run_script(os.path.join(FOLDER, script + ".py"))["results"]
        return dict(flat(found, "results"))
    except Exception:
        return traceback.format_exc()


def main(backend, file, *scripts):
    """Runs the scripts, all by default, and writes the file."""
    from keras_compat import backend as K

    found = {}
    with K.set_backend(backend):
        for script in scripts or SCRIPTS:
            start = time.perf_counter()
            results = run(script)
            found[script] = results, time.perf_counter() - start
    with open(file, "wb") as stream:
        pickle.dump(found, stream)


if __name__ == "__main__":
    main(*sys.argv[1:])
