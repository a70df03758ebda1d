# Needs Python 3.11 or newer and make; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONDONTWRITEBYTECODE  # or each start, and each of the tests' workers, compiles the whole program anew

.DEFAULT_GOAL := help
.PHONY: help run test explore chaos soak bench simulate eval screenshots check lint types contracts format lock clean

help:  ## show the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Paperboy needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.lock
	@touch $@

run: $(VENV)/run.stamp  ## start the desk and every platform that has a token
	$(BIN)/paperboy run

test: $(VENV)/dev.stamp  ## run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

explore: $(VENV)/dev.stamp  ## try many new random documents, for hours if you like
	HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -n auto --timeout 3600 -k "any or random"

chaos: $(VENV)/dev.stamp  ## kill programs and cut networks over 200 times, and compare what arrived with the ledger
	PAPERBOY_CRASH_READERS=20000 PAPERBOY_CRASH_KILLS=50 PAPERBOY_CRASH_COURIERS=4 PAPERBOY_CRASH_LEASE=10 \
		PYTEST_DEBUG_TEMPROOT=$${TMPDIR:-/tmp} \
		$(BIN)/python -m pytest tests/core/delivery/test_crash.py -k "kills or resend" -s --timeout 1800

soak: $(VENV)/dev.stamp  ## have a courier at work for an hour (SOAK_MINUTES), and watch its memory
	$(BIN)/python -m bench.soak

bench: $(VENV)/dev.stamp .venv-bench/stamp  ## measure speed and memory
	$(BIN)/python -m bench

simulate: $(VENV)/dev.stamp  ## live through a day of up to 10 million subscribers in virtual time
	$(BIN)/python -m bench.simulate

.venv-bench/stamp: bench/requirements-peers.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --requirement bench/requirements-peers.txt
	@touch $@

screenshots: $(VENV)/dev.stamp  ## take the README's pictures (needs Chromium)
	$(BIN)/python docs/screenshots.py

check: lint types contracts  ## lint, types and import contracts

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

contracts: $(VENV)/dev.stamp
	$(BIN)/lint-imports

eval: $(VENV)/dev.stamp  ## ask the sample archive its questions and print how well they are answered
	$(BIN)/python -m bench.answers

format: $(VENV)/dev.stamp  ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

LOCKED := --extra dictionary --extra anthropic --extra openai --extra scale  # vectors are too large for everyone

lock:  ## renew the lock files (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
		--upgrade $(LOCKED) pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
		--upgrade $(LOCKED) --group dev pyproject.toml --output-file requirements-dev.lock

clean:  ## remove what make made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov build dist *.egg-info
