"""What `import keras_compat` costs on the NumPy backend, beyond NumPy itself."""
import os
import statistics
import subprocess
import sys

_CODE = """
import time
start = time.process_time()
import numpy
between = time.process_time()
import keras_compat
keras_compat.backend.variable(0.0)
print(between - start, time.process_time() - between)
"""


def report_imports(root, rounds):
    """Prints processor seconds of both imports, medians of processes of their own."""
    environment = dict(os.environ, KERAS_BACKEND="numpy")
    found = []
    for _ in range(rounds):
        output = subprocess.run([sys.executable, "-c", _CODE], env=environment, check=True,
                                text=True, cwd=root, capture_output=True).stdout
        found.append([float(n) for n in output.split()])
    numpy, ours = (statistics.median(column) for column in zip(*found))
    print(f"import keras_compat (NumPy backend): {ours:.3f} s beyond NumPy's own {numpy:.3f} s")
