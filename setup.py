"""Says which folders are packages; all else about the project is in pyproject.toml.

Three packages lie outside `keras_compat/` and are installed inside it.
"""
from setuptools import find_packages, setup

OUTER = ("backends", "conformance", "examples")


def _outer_packages(folder):
    inner = find_packages(folder)
    return [f"keras_compat.{folder}"] + [f"keras_compat.{folder}.{name}" for name in inner]


setup(
    packages=find_packages(include=["keras_compat", "keras_compat.*"])
    + [name for folder in OUTER for name in _outer_packages(folder)],
    package_dir={f"keras_compat.{folder}": folder for folder in OUTER},
)
