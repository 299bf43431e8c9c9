"""`python -m keras_compat`: the same as the command `keras-compat`."""
import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
