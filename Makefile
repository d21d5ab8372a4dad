# Two commands do all the set-up; python3, pip and make are enough, and what is done already is skipped.
#
#   make demo   a dataset from the article's GitHub tools with the embedded model: demo/dataset.jsonl
#   make test   everything that CI runs

PYTHON ?= python3
BIN := .venv/bin
ROWS ?= 10

# A stamp for each lock: a changed lock is installed again.
key = $(shell cat $(1) pyproject.toml | cksum | cut -d' ' -f1)
USE := .venv/.installed-$(call key,requirements.lock)
DEV := .venv/.installed-dev-$(call key,requirements-dev.lock)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint types layers tests examples schema lock clean

demo: $(USE)
	$(BIN)/callwright models get default
	@mkdir -p demo
	$(BIN)/callwright generate examples/01_github.yaml --output-save-as demo/dataset.jsonl --num-samples $(ROWS)
	$(BIN)/callwright check demo/dataset.jsonl
	$(BIN)/callwright show demo/dataset.jsonl --row 1

test: lint types layers tests

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(DEV)
	$(BIN)/mypy

layers: $(DEV)
	$(BIN)/lint-imports

tests: $(DEV)
	$(BIN)/python -m pytest $(PYTEST)

lock: $(DEV)
	$(BIN)/python scripts/lock.py

# The configuration's JSON Schema for editors and the page of its keys; a test says when they are out of date.
schema: $(USE)
	$(BIN)/callwright schema > docs/config.schema.json
	$(BIN)/python scripts/config_page.py < docs/config.schema.json > docs/configuration.md

clean:
	rm -rf .venv demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Some systems ship venv without ensurepip: then the system's pip puts one in.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Callwright needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..." >&2; exit 2; }
	$(PYTHON) -m venv .venv || \
	  { rm -rf .venv && $(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --python .venv install --quiet pip; }

$(USE): requirements.lock | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@rm -f .venv/.installed-[0-9]*; touch $@

$(DEV): requirements-dev.lock | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@rm -f .venv/.installed-dev-*; touch $@
