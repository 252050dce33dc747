# Every command of the project; `make help` lists them. GNU make 4.3 or newer; README.md says the same in plain
# `python -m …` for machines without make.
#
#   make demo                      the instructor's term in small
#   make test ARGS="-k softmax"    some of the tests
#   make setup PYTHON=python3.12   with another Python

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=

BIN   := $(VENV)/bin
PY    := $(BIN)/python
STAMP := $(VENV)/.first-descent-installed
# nbgrader runs `alembic`, and Jupyter runs `jupyter-…`, from PATH
RUN   := PATH="$$(cd $(BIN) && pwd):$$PATH"

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test lab keys keys-check pairs pairs-check lint types layers check wheel certify pictures site reading clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup: $(STAMP)  ## Create .venv and install everything (minutes and about 2 GB once, then instant)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "First Descent needs Python 3.11 or newer, and '$(PYTHON)' is not: install one and name it, as in: make setup PYTHON=python3.12" >&2; exit 2; }
	@echo "Installing into $(VENV) (a few minutes and about 2 GB the first time)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

demo: setup  ## Run a whole term in small: thirty students, one homework, grades, feedback, a report
	@$(RUN) $(BIN)/course demo $(ARGS)

test: setup  ## Run the tests (some of them: make test ARGS="-k softmax")
	@$(RUN) $(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

lab: setup  ## Open JupyterLab on the lectures, with nbgrader's formgrader
	@$(RUN) $(PY) -m jupyter lab --LabApp.default_url=/lab/tree/notebooks/lectures $(ARGS)

keys: setup  ## Freeze the answer keys after a change to an exercise
	@$(PY) -m autograder.keys

keys-check: setup  ## Say whether the answer keys are as the exercises declare them
	@$(PY) -m autograder.keys --check

pairs: setup  ## Bring notebooks and their text twins in step
	@$(PY) tools/pairs.py sync

pairs-check: setup  ## Say whether notebooks and their text twins agree
	@$(PY) tools/pairs.py check

lint: setup  ## Look for slips in the code (ruff)
	@$(PY) -m ruff check --quiet .

types: setup  ## Check the types (mypy --strict)
	@$(PY) -m mypy --no-error-summary

layers: setup  ## Check that modules import only from layers below them (import-linter)
	@$(BIN)/lint-imports --no-logo

check: lint types layers pairs-check keys-check test demo  ## Run all that CI runs: lint, types, layers, pairs, keys, tests, demo

certify: setup  ## Prove the graders on all known wrong and right answers and on mutants
	@$(RUN) $(BIN)/course certify --page docs/certificate.md $(ARGS)

pictures: demo  ## Make the README's pictures anew from what the project shows
	@$(PY) tools/pictures.py

site: setup  ## Render the lectures as a website in site/ (quickly: make site ARGS="--size tiny")
	@$(RUN) $(BIN)/course site site $(ARGS)

reading: setup  ## Check the lectures' reading level, length and spelling
	@$(PY) tools/reading.py $(ARGS)

wheel: setup  ## Build the student's wheel and the source archive into dist/
	@$(PY) -m build --outdir dist

clean:  ## Remove what building, testing and the demo left behind (not .venv)
	@rm -rf build dist demo site test-artifacts .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
