"""What a process does with freed memory."""
import ctypes
import os

# Parameters of mallopt, as <malloc.h> numbers them.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
# Freed memory that stays with the process, and the largest block that comes from
# it (the most that the GNU C library accepts).
_KEPT, _LARGEST = 1 << 30, 32 << 20


def keep_freed_memory():
    """Lets the C library keep up to 1 GiB of freed memory for the next arrays.

    A training step frees what the next one allocates again. Given back to the system
    in between, each page costs a fault and is cleared: a quarter of a ResNet-20 step on
    NumPy, an eighth on PyTorch. Returns whether it was done: not where the user has
    set MALLOC_TRIM_THRESHOLD_ or MALLOC_MMAP_THRESHOLD_, nor without the GNU C library.
    """
    if "MALLOC_TRIM_THRESHOLD_" in os.environ or "MALLOC_MMAP_THRESHOLD_" in os.environ:
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library; TypeError: Windows
        return False
    # Setting either ends the library's own adaptation of both.
    return bool(mallopt(_MMAP_THRESHOLD, _LARGEST) and mallopt(_TRIM_THRESHOLD, _KEPT))
