# Two commands are enough for a newcomer: make run, make test.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test test-long check lock bench clean

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
	if $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$each; break; fi; done)
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --only-binary :all:
LOCK := $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras

help:  ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runs: requirements.txt | $(BIN)/python
	@echo "Installing what it runs on. This happens once."
	$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.tests: requirements-dev.txt $(VENV)/.runs
	@echo "Installing what it is tested with. This happens once."
	$(INSTALL) -r requirements-dev.txt
	@touch $@

run: $(VENV)/.runs  ## Run it on localhost:8000, with a demo at the first run
	@exec $(BIN)/python wsgi.py

test: $(VENV)/.tests  ## Run every test (ARGS="tests/gallery -k name" for some)
	@$(BIN)/python tools/run_tests.py $(ARGS)

test-long: $(VENV)/.tests  ## Run the long tests, about an hour (TRIES=1000 for a short go, ARGS=... for some)
	@TEST_LONG=1 $(BIN)/python -m pytest -p tools.pytest_report -m long tests/long -s $(ARGS)

check: $(VENV)/.tests  ## Lint, types, imports, templates, migrations, security
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python tools/check_migrations.py
	@# Its lesser findings are ruff's S rules, which are all on.
	$(BIN)/bandit --quiet --severity-level medium --configfile pyproject.toml --recursive disc config.py wsgi.py
	$(BIN)/python tools/audit_dependencies.py

lock: $(VENV)/.tests  ## Pin the requirements again, after a change of a .in file
	$(LOCK) --output-file=requirements.txt requirements.in
	$(LOCK) --output-file=requirements-dev.txt requirements-dev.in

bench: $(VENV)/.runs  ## Measure the short benchmark
	$(BIN)/python -m benchmarks.smoke

clean:  ## Remove what was installed; records in instance/ stay
	rm -rf $(VENV)
