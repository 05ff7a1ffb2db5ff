# Everything runs in .venv, made with plain `python3 -m venv` and pip. No root is needed, except by .ci/run.

FITS := -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))'
PYTHON ?= $(or $(shell for each in python3 python3.12 python3.11; do \
	$$each $(FITS) 2>/dev/null && echo $$each && break; done),python3)
BIN := .venv/bin
# One more than processors: the end-to-end tests mostly wait.
PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(min(4, 1 + (os.cpu_count() or 1)))')
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
DEFINED_BY := pyproject.toml constraints.txt

# Python keeps what it compiled, in __pycache__: our programs start in half the time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo up test check static bench constraints docs FORCE

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/ready ## play one incident from alert to retrospective, in a minute (KEEP=1: stay up for a look around)
	@$(BIN)/incident demo $(if $(KEEP),--keep)

up: .venv/ready ## run everything here until Ctrl-C (ARGS="--port 8081 --prefect-port 4201": other ports)
	@$(BIN)/incident up $(ARGS)

test: .venv/dev-ready ## run all tests (ARGS="tests/incident -x": some of them; PROCESSES=0: one by one)
	@$(BIN)/python -m pytest --numprocesses=$(PROCESSES) --no-loadscope-reorder $(ARGS)

check: static test ## format, lint, types and import layers, then all tests

static: .venv/dev-ready ## the part of check that runs nothing: ruff, mypy, import-linter
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/dev-ready ## measure the figures of docs/benchmarks.md
	@$(BIN)/python -m bench $(ARGS)

docs: .venv/dev-ready ## draw the diagrams of docs/architecture.md again, from the code
	@$(BIN)/python -m tests.repository.diagrams

constraints: .venv/python ## take the newest versions that fit pyproject.toml into constraints.txt
	@rm -rf .venv/newest && $(BIN)/python -m venv .venv/newest
	@.venv/newest/bin/python -m pip --disable-pip-version-check -qq install -e '.[dev]'
	@{ sed -n '/^#/p' constraints.txt; \
	   .venv/newest/bin/python -m pip freeze --all --exclude pip --exclude incident-response; } > .venv/constraints.txt
	@mv .venv/constraints.txt constraints.txt && rm -rf .venv/newest
	@echo "constraints.txt is new; make check says whether it is good"

# What the programs need, and what their developers need on top.
.venv/ready: .venv/python $(DEFINED_BY)
	@echo "installing into .venv; this takes a minute, once"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

.venv/dev-ready: .venv/python $(DEFINED_BY)
	@echo "installing into .venv, with what the tests need; this takes a minute, once"
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ .venv/ready

# The file says where the environment was made: one that was moved, or whose Python has gone, is made anew.
ifneq ($(shell test -x $(BIN)/python && cat .venv/python 2>/dev/null),$(CURDIR))
.venv/python: FORCE
endif
.venv/python:
	@$(PYTHON) $(FITS) 2>/dev/null || { \
	   echo "Python 3.11 or 3.12 is needed, and $(PYTHON) is $$($(PYTHON) --version 2>&1);" \
	        "name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	   echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv
	@printf '%s\n' '$(CURDIR)' > $@
