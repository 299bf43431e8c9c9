# Every target makes what it needs: a virtual environment of its own, with pip.
#
#   make demo         base install only (NumPy, h5py); trains the digits example
#   make test         everything: torch, TensorFlow, test tools; all tests
#   make quick        the tests that take little time
#   make conformance  the suite for backends, on every installed one, as a table
#   make bench        speed against hand-written programs
#   make docs         the documentation as a site, in docs/_site

PYTHON ?= python3
TORCH ?= torch==2.13.0
DEMO_VENV := .venv-demo
TEST_VENV := .venv
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); \
	[ $$n -lt 2 ] && n=2; [ $$n -gt 8 ] && n=8; echo $$n)

# The workers of pytest share the cores; each framework would take all of them.
TEST_ENV := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 \
	TF_NUM_INTEROP_THREADS=1 TF_CPP_MIN_LOG_LEVEL=2
PYTEST := $(TEST_ENV) $(TEST_VENV)/bin/python -m pytest -n $(WORKERS) --dist loadgroup

# A stamp says which definition of the project an environment was made from.
DEMO_STAMP := $(DEMO_VENV)/keras-compat.stamp
TEST_STAMP := $(TEST_VENV)/keras-compat.stamp
PROJECT := pyproject.toml setup.py

.DEFAULT_GOAL := help
.PHONY: help demo test quick conformance bench docs clean check-python

help:
	@sed -n 's/^#   //p' Makefile

demo: $(DEMO_STAMP)
	$(DEMO_VENV)/bin/keras-compat demo

test: $(TEST_STAMP)
	$(PYTEST) $(ARGS)

quick: $(TEST_STAMP)
	$(PYTEST) -m "not slow" $(ARGS)

conformance: $(TEST_STAMP)
	$(TEST_VENV)/bin/keras-compat conformance $(ARGS)

bench: $(TEST_STAMP)
	$(TEST_VENV)/bin/python -m benchmarks $(ARGS)

docs: $(TEST_STAMP)
	$(TEST_VENV)/bin/python -m docs.generate $(ARGS)

clean:
	rm -rf $(DEMO_VENV) $(TEST_VENV) build *.egg-info docs/_site docs/reference

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	  echo "keras_compat needs Python 3.10 or newer; $(PYTHON) is: $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one, for example: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }

$(DEMO_STAMP): $(PROJECT) | check-python
	$(PYTHON) -m venv $(DEMO_VENV)
	$(DEMO_VENV)/bin/python -m pip install --quiet -e .
	touch $@

$(TEST_STAMP): $(PROJECT) | check-python
	$(PYTHON) -m venv $(TEST_VENV)
	$(TEST_VENV)/bin/python -m pip install --quiet "$(TORCH)"
	$(TEST_VENV)/bin/python -m pip install --quiet -e ".[tensorflow,test,docs]"
	touch $@
