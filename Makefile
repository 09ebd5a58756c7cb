# make demo   install, then run the main job end to end
# make test   install what the tests need, then run them, but for the slow ones
# make test-slow   run those that are marked slow
# make lint   check style and format
# VENV, PYTHON, CONSTRAINTS, PYTEST_ARGS, PYTEST_PROCESSES and DEMO_ARGS can be set: make test PYTEST_ARGS=tests/audio

PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= constraints/tf-newest.txt
PYTEST_ARGS ?= -m "not slow" --cov
PYTEST_PROCESSES ?= 2
DEMO_ARGS ?=

BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS)
PYTEST = $(BIN)/python -m pytest --numprocesses $(PYTEST_PROCESSES) --dist loadfile
INPUTS := setup.py pyproject.toml $(CONSTRAINTS)

.PHONY: help demo test test-slow lint clean

help:
	@grep '^# ' Makefile | cut -c3-

demo: $(VENV)/.demo-installed
	$(BIN)/tfgan-audio quickstart $(DEMO_ARGS)

test: $(VENV)/.test-installed
	$(PYTEST) $(PYTEST_ARGS)

test-slow: $(VENV)/.test-installed
	$(PYTEST) -m slow

lint: $(VENV)/.test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

clean:
	rm -rf .venv .venv-* build dist *.egg-info .pytest_cache .ruff_cache .coverage*

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

## PESQ is compiled while it is installed; without a C compiler the demo goes without the [eval] scores.
$(VENV)/.demo-installed: $(INPUTS) | $(BIN)/python
	$(INSTALL) -e '.[lite]'
	$(INSTALL) -e '.[eval]' || echo 'make: going on without the scores of [eval], see above'
	@touch $@

$(VENV)/.test-installed: $(INPUTS) | $(BIN)/python
	$(INSTALL) -e '.[test]'
	@touch $@ $(VENV)/.demo-installed
