# make demo   the whole main job on this machine, no server needed
# make test   the whole test suite, in parts, each with its time
# make check  format, lint, types, import contracts, documents

PYTHON ?= python3
BIN := .venv/bin
# A stamp that is newer than the lists of packages means: installed.
STAMP := .venv/installed

.PHONY: help players demo test check format install system-for-tests reference translations lock bench

help:
	@sed -n 's/^# //p' Makefile

$(STAMP): pyproject.toml constraints.txt hatch_build.py
	PYTHON="$(PYTHON)" tools/make_environment
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

install: $(STAMP)

# Players by others (scorm-again) into var/players, as pinned; needs npm.
players: $(STAMP)
	$(BIN)/cchc content install-players

demo: $(STAMP)
	$(BIN)/cchc demo

system-for-tests:
	tools/prepare_test_machine

# Large (a cluster's engine), so not in what `make demo` installs.
SPARK := .venv/spark-installed

$(SPARK): $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,spark]'
	touch $(SPARK)

test: $(STAMP) system-for-tests $(SPARK)
	$(BIN)/python -m tools.run_tests $(TESTS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.write_reference --check

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: $(STAMP)
	$(BIN)/python -m tools.write_reference

translations: $(STAMP)
	$(BIN)/python -m tools.update_translations

# Figures, not tests: each prints a rate with the load of the machine.
# The record store in full: see `python -m bench.lrs --help` (each engine, up to a million stored, other stores).
bench: $(STAMP)
	$(BIN)/python -m bench.rollups
	$(BIN)/python -m bench.authoring
	$(BIN)/python -m bench.reports
	$(BIN)/python -m bench.lesson
	$(BIN)/python -m bench.lrs --engine sqlite --stored 10000 --write --read --seconds 2
	$(BIN)/python -m bench.lrs --engine postgresql --stored 10000 --write --read --seconds 2

# Needs `uv`; writes the pinned list without any registry address.
lock:
	uv pip compile pyproject.toml --extra dev --extra s3 --extra analytics --extra spark --universal --python-version 3.11 --upgrade \
	  --no-annotate --no-header --no-emit-index-url --output-file constraints.txt
