# make demo   the whole main job on this machine, no server needed
# make test   the whole test suite
# make check  format, lint, types, import contracts, documents

PYTHON ?= python3
BIN := .venv/bin
# A stamp that is newer than the lists of packages means: installed.
STAMP := .venv/installed

.PHONY: help demo test check format install system-for-tests reference translations lock bench

help:
	@sed -n 's/^# //p' Makefile

$(STAMP): pyproject.toml constraints.txt hatch_build.py
	PYTHON="$(PYTHON)" tools/make_environment
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

install: $(STAMP)

demo: $(STAMP)
	$(BIN)/cchc demo

system-for-tests:
	tools/prepare_test_machine

test: $(STAMP) system-for-tests
	$(BIN)/pytest --numprocesses auto --dist loadfile $(TESTS)

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
bench: $(STAMP)
	$(BIN)/python -m bench.rollups

# Needs `uv`; writes the pinned list without any registry address.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
	  --no-annotate --no-header --no-emit-index-url --output-file constraints.txt
