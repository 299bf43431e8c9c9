"""Freed memory stays with the process, unless the user has said otherwise."""
import platform

import pytest

gnu = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs the GNU C library")

FAULTS = """
import resource
import numpy as np
from keras_compat.backend.host_memory import keep_freed_memory

def step():
    return sum(np.ones(1 << 20, "float32")[-1] for _ in [[np.ones(1 << 20) for _ in range(12)]])

def faults():
    step()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        step()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

usual = faults()
print(keep_freed_memory(), usual, faults())
"""


@gnu
def test_steps_reuse_the_memory_of_the_steps_before(python):
    done, usual, kept = python(FAULTS, MALLOC_TRIM_THRESHOLD_=None,
                               MALLOC_MMAP_THRESHOLD_=None).stdout.split()
    assert done == "True"
    assert int(kept) < max(int(usual) / 10, 100)


@pytest.mark.parametrize("name", ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"])
def test_what_the_user_has_set_stays(python, name):
    result = python("from keras_compat.backend.host_memory import keep_freed_memory\n"
                    "print(keep_freed_memory())", **{name: "1000000"})
    assert result.stdout.split() == ["False"]
