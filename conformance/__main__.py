"""`python -m keras_compat.conformance`."""
import sys

from .cli import run

sys.exit(run())
