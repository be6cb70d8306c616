# The commands to know: make render, make test, and make prove for what takes longer. All others: make help.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
WORKERS ?= auto

TOOLS := promtool amtool
TEST_TOOLS := git $(TOOLS) prometheus prometheus-alertmanager prometheus-node-exporter chromium
LIVE_TOOLS := $(TEST_TOOLS) openssl victoria-metrics

# A test of a real server may come too late on a busy machine. What fails alone as well has failed.
define pytest
$(BIN)/pytest $(1) -n $(WORKERS) --dist worksteal || \
	{ [ $$? -eq 1 ] && echo "What failed beside others is tried once more, alone:" >&2 && \
	$(BIN)/pytest $(1) --last-failed --last-failed-no-failures none; }
endef

.DEFAULT_GOAL := help
.PHONY: help setup render test check prove live specs mutate test-matrix bench schema examples pins clean

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## Make the virtual environment and install the package into it

$(INSTALLED): pyproject.toml setup.py constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || scripts/install-tools.sh python3-venv
	$(PYTHON) -m venv $(VENV)
	$(PIP) setuptools
	$(PIP) --no-build-isolation --config-settings editable_mode=compat -e '.[dev]'
	@touch $@

render: $(INSTALLED) ## Render slo.yaml into generated/ and validate it; sets up what is missing
	@scripts/install-tools.sh $(TOOLS) || echo "going on without: validate says what it could not check" >&2
	$(BIN)/genesis-mon render
	$(BIN)/genesis-mon validate

test: $(INSTALLED) ## Run everything that CI runs; sets up and installs what is missing
	@scripts/install-tools.sh $(TEST_TOOLS)
	@$(MAKE) --no-print-directory check

check: $(INSTALLED) ## Lint, types, import contracts and the whole test suite, with what is installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(call pytest,)

prove: live specs mutate ## What takes half an hour: the stack alive, rollouts judged, no false alarms, every fault noticed

live: $(INSTALLED) ## The tests that take minutes, on running servers
	@scripts/install-tools.sh $(LIVE_TOOLS)
	$(call pytest,-m live --ignore tests/properties)

bench: $(INSTALLED) ## Measure start-up, render, validate, scrapes and a verdict, and how they grow with the spec
	$(BIN)/python -m bench

specs: $(INSTALLED) ## 200 random valid specs, rendered and validated: no false alarm
	@scripts/install-tools.sh $(TEST_TOOLS)
	$(BIN)/pytest -m live -n $(WORKERS) tests/properties

mutate: $(INSTALLED) ## Prove that the checks hold: make hundreds of single faults and see each caught
	@scripts/install-tools.sh $(TEST_TOOLS)
	$(BIN)/python -m mutate

test-matrix: $(INSTALLED) ## The test suite against each version of the tools that Debian has
	scripts/test-matrix.sh

schema: $(INSTALLED) ## Write docs/slo.schema.json, which editors use to check slo.yaml
	$(BIN)/genesis-mon schema > $(VENV)/slo.schema.json
	mv $(VENV)/slo.schema.json docs/slo.schema.json

examples: $(INSTALLED) ## Write the example reports in docs/examples/
	GENESIS_MON_REWRITE=1 $(BIN)/pytest -q tests/rollout/test_report_examples.py

pins: ## Renew constraints.txt: the newest versions that pyproject.toml allows
	rm -rf $(VENV)/pins
	$(PYTHON) -m venv $(VENV)/pins
	$(VENV)/pins/bin/pip install --quiet --disable-pip-version-check '.[dev]'
	{ sed -n '/^#/p' constraints.txt; $(VENV)/pins/bin/pip freeze --all | grep -Ev '^(pip==|genesis-mon)'; } > $(VENV)/pins.txt
	mv $(VENV)/pins.txt constraints.txt

clean: ## Remove the virtual environment, caches and build output
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
