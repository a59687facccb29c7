# The verbs that people and CI share. Each first sets .venv up, once for each version of the lock file.
#
#   make prove    run the main job: every check of the Q230051 scenarios
#   make test     pass the tests and the theorems
#   make test-long    the same, with every random case and what takes long: hours
#   make lint     style, types, and the imports that run one way
#   make coverage pass them and say which branches of dialproof they leave out
#   make bench    measure; prints a table
#   make docs     write the output that README, the pages and the notebooks show anew
#   make clean    remove what these made
#
# Another interpreter: make PYTHON=python3.12 prove. Arguments for pytest: make test ARGS="-k lasso".

PYTHON ?= python3
SCENARIOS ?= model/scenarios/q230051
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# The stamp holds the folder that it was made in: a copied or moved checkout would otherwise run the code of the old one.
STAMP := $(VENV)/.set-up
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check

.PHONY: prove test test-long lint coverage bench docs lock setup clean FORCE

prove: $(STAMP)
	@$(BIN)/dialproof check $(SCENARIOS) --no-cache $(ARGS)

test: $(STAMP)
	@$(BIN)/python -m pytest -n 2 $(ARGS)

test-long: export DIALPROOF_TESTS = thorough
test-long: test

lint: $(STAMP)
	@echo "style: ruff check, ruff format"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { $(BIN)/ruff format --check .; exit 1; }
	@echo "types: mypy --strict"
	@$(BIN)/mypy
	@echo "imports: import-linter"
	@$(BIN)/lint-imports

coverage: $(STAMP)
	@$(BIN)/coverage erase
	@PYTHONPATH="$(CURDIR)" $(BIN)/coverage run -m pytest -n 2 $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

bench: $(STAMP)
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(STAMP)
	@$(BIN)/python -m tools.docs.generate

setup: $(STAMP)
	@echo "$(VENV) is ready"

ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
$(STAMP): FORCE
endif
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "dialproof needs Python 3.11 or newer; name one: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	    version=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	    echo "$(PYTHON) cannot make a virtual environment: it lacks venv or ensurepip." >&2; \
	    echo "On Debian and Ubuntu: apt-get install python$$version-venv" >&2; exit 1; }
	@echo "setting up $(VENV) from requirements.lock (once; about a minute)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@# Wheels only: compiling a solver unasked would take an hour where a clear refusal takes a second.
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock || { \
	    echo "Some package could not be installed. Offline? Or no wheel for this machine: on arm64, z3's needs" >&2; \
	    echo "glibc 2.38 (Debian 13); on x86-64, 2.27." >&2; exit 1; }
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@echo "$(CURDIR)" > $@

# Only whoever changes the dependencies needs this, and uv for it. Hashes of every platform, so that one file serves all.
lock:
	@uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --fork-strategy fewest \
	    --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet --output-file requirements.lock

clean:
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
