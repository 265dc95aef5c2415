# Everything runs from a fresh clone with Python 3.11 or later, git and make.
#
#   make demo [ARGS="--once --json"]   a region answers one incident together
#   make test [ARGS="tests/bus -x"]    the tests, on real servers and real messages
#   make fuzz [SEED=1]                 the same with new generated cases, from a seed
#   make faults [ARGS="--slice"]       what breaks in the field, done on purpose
#   make lint                          style, types, layers, docs
#   make docs                          write again what docs takes from the code
#   make schemas                       write again the schemas that other languages read
#   make release-contracts             add what has changed to the released baseline
#   make bench [ARGS="--json FILE"]    how fast, beside the plain client and FastStream
#   make clean                         forget what was built

PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
  $(shell $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
BIN := .venv/bin
# Setting up talks on standard error: the demo's standard output is its own.
INSTALL = $(BIN)/pip install -qq --no-compile --disable-pip-version-check --constraint constraints.txt

SCHEMAS := contracts/liandong/contracts/schemas

SEED ?= $(shell date +%s)

.PHONY: demo test fuzz faults lint types docs schemas release-contracts bench clean

demo: .venv/demo
	@$(BIN)/liandong demo $(ARGS) || [ $$? -eq 130 ] # Ctrl-C is how it ends

test: .venv/dev
	@$(BIN)/pytest $(ARGS)

fuzz: .venv/dev
	@$(BIN)/pytest --hypothesis-profile=random --hypothesis-seed=$(SEED) tests/contracts tests/codecs $(ARGS)

faults: .venv/dev
	@PYTHONPATH=tests $(BIN)/python -m faults $(ARGS)

lint: types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports
	@$(BIN)/pytest --quiet tests/architecture

types: .venv/dev
	@$(BIN)/pyright

docs: .venv/dev
	@$(BIN)/python docs/generate.py

schemas: .venv/dev
	@rm -rf $(SCHEMAS).new
	@$(BIN)/liandong contracts export --without-examples $(SCHEMAS).new || { rm -rf $(SCHEMAS).new; exit 1; }
	@rm -rf $(SCHEMAS) && mv $(SCHEMAS).new $(SCHEMAS)

release-contracts: .venv/dev
	@$(BIN)/liandong contracts check --release

bench: .venv/bench
	@$(BIN)/python -m bench $(ARGS)

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache node_modules

.venv/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed" >&2; exit 1; }
	@echo "making .venv with $(PYTHON)" >&2
	@$(PYTHON) -m venv .venv >&2
	@touch $@

.venv/demo: .venv/python pyproject.toml constraints.txt
	@echo "installing liandong and its demo: once, about a minute" >&2
	@$(INSTALL) --editable '.[demo]' >&2
	@touch $@

.venv/dev: .venv/python pyproject.toml constraints.txt
	@echo "installing liandong and its tools: once, about a minute" >&2
	@$(INSTALL) --editable '.[dev]' >&2
	@touch $@ .venv/demo

.venv/bench: .venv/python pyproject.toml constraints.txt
	@echo "installing liandong and what it is measured against: once, about a minute" >&2
	@$(INSTALL) --editable '.[bench]' >&2
	@touch $@
