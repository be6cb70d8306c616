# The commands to know: make render, make test, and make prove for what takes longer. All others: make help.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Two sets of packages: what the commands need, and what tests and charts need besides.
INSTALLED := $(VENV)/installed
INSTALLED_DEV := $(VENV)/installed-dev
WORKERS ?= auto
# What of the tests runs, as pytest takes it; for make fresh also on which roots and as which users. All if empty.
TESTS :=
ROOTS :=
USERS :=
# Draws the places of the faults that make mutate makes.
SEED := 1
# What of make look runs; all if empty.
PARTS :=

TOOLS := promtool amtool
TEST_TOOLS := git $(TOOLS) prometheus prometheus-alertmanager prometheus-node-exporter chromium
LIVE_TOOLS := $(TEST_TOOLS) openssl victoria-metrics
MAKES_VENV := $(if $(wildcard $(INSTALLED)),,venv-of=$(PYTHON))
EDITABLE := --no-build-isolation --config-settings editable_mode=compat -e

define pip
@echo "installing the Python packages of $(1)"
@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt $(2) || { \
	echo "pip could not install what is needed: is the package index reachable? Which one: $(BIN)/pip config list" >&2; \
	exit 1; }
endef

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: peers help setup python tools tools-of-render tools-of-live render test check prove live specs mutate pairs test-matrix fresh bench look schema examples pins clean

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED_DEV) ## Make the virtual environment and install all that tests need into it

python:
	@$(if $(MAKES_VENV),$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))',true) || \
		{ echo "Python 3.11 or later is needed; name one: make PYTHON=python3.12" >&2; exit 1; }

tools: python ## Install the Debian packages that render and test need. Run by root, nobody else needs rights after it
	@scripts/install-tools.sh $(MAKES_VENV) $(TEST_TOOLS)

tools-of-render: python
	@scripts/install-tools.sh $(MAKES_VENV) $(TOOLS) || \
		{ $(if $(MAKES_VENV),$(PYTHON) -c 'import ensurepip' 2>/dev/null,true) && \
		echo "going on without: validate says what it could not check" >&2; }

tools-of-live: python
	@scripts/install-tools.sh $(MAKES_VENV) $(LIVE_TOOLS)

$(INSTALLED): pyproject.toml setup.py constraints.txt | python
	@scripts/install-tools.sh $(MAKES_VENV)
	$(PYTHON) -m venv $(VENV)
	$(call pip,the build,setuptools)
	$(call pip,genesis-mon,$(EDITABLE) '.[compose]')
	@touch $@

$(INSTALLED_DEV): $(INSTALLED)
	$(call pip,its tests and charts,$(EDITABLE) '.[dev]')
	@touch $@

render: tools-of-render $(INSTALLED) ## Render slo.yaml into generated/ and validate it; sets up what is missing
	$(BIN)/genesis-mon render
	$(BIN)/genesis-mon validate

test: tools $(INSTALLED_DEV) ## Run everything that CI runs; sets up and installs what is missing. A part: TESTS=tests/cli
	@$(MAKE) --no-print-directory check

check: $(INSTALLED_DEV) ## Lint, types, import contracts and the whole test suite, with what is installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	WORKERS=$(WORKERS) scripts/run-tests.sh $(TESTS)

prove: live specs mutate pairs ## What takes over an hour: the stack alive, rollouts judged, no false alarms, every fault noticed

live: tools-of-live $(INSTALLED_DEV) ## The tests that take minutes, on running servers
	WORKERS=$(WORKERS) scripts/run-tests.sh -m live --ignore tests/properties

# For root, who may mount. Needs nothing of $(VENV).
fresh: ## Both commands in bare Debian roots, as each kind of user. A part: ROOTS=trixie USERS="root plain" TESTS=tests/cli
	@scripts/install-tools.sh debootstrap
	$(PYTHON) -m fresh --folder $(VENV)/fresh --roots "$(ROOTS)" --users "$(USERS)" --tests "$(TESTS)"

bench: $(INSTALLED_DEV) ## Measure start-up, render, validate, scrapes and a verdict, and how they grow with the spec
	$(BIN)/python -m bench

# Needs Node and a registry of npm packages, which nothing else here does.
look: tools $(INSTALLED_DEV) ## See the dashboards by Grafana's own open libraries: values, types, pictures. A part: PARTS=values
	$(BIN)/python -m look $(PARTS)

specs: tools $(INSTALLED_DEV) ## 200 random valid specs, rendered and validated: no false alarm
	WORKERS=$(WORKERS) scripts/run-tests.sh -m live tests/properties

# Needs Go and its registry, which nothing else here does.
peers: tools $(INSTALLED_DEV) ## Our rules beside released tools of others, Sloth above all, which Go builds into .peers/
	@scripts/install-peers.sh .peers
	WORKERS=$(WORKERS) scripts/run-tests.sh -m peers tests/peers

pairs: tools $(INSTALLED_DEV) ## 5,000 random pairs of rollouts: the worse one never has the better verdict
	GENESIS_MON_PAIRS=50 WORKERS=$(WORKERS) scripts/run-tests.sh -m live tests/live/test_pairs.py

mutate: $(INSTALLED_DEV) ## Prove that the checks hold: make thousands of single faults and see each caught. Others: SEED=2
	$(BIN)/python -m mutate --seed "$(SEED)"

test-matrix: $(INSTALLED_DEV) ## The test suite against each version of the tools that Debian has
	scripts/test-matrix.sh

schema: $(INSTALLED) ## Write docs/*.schema.json: of slo.yaml, for editors, and of all that commands print as JSON
	for file in docs/*.schema.json; do \
		$(BIN)/genesis-mon schema "$$(basename "$$file" .schema.json)" > $(VENV)/schema.json && \
		mv $(VENV)/schema.json "$$file" || exit 1; \
	done

examples: $(INSTALLED_DEV) ## Write the example reports and messages in docs/examples/
	GENESIS_MON_REWRITE=1 $(BIN)/pytest -q tests/rollout/test_report_examples.py tests/checks/test_message_examples.py

pins: ## Renew constraints.txt: the newest versions that pyproject.toml allows
	rm -rf $(VENV)/pins
	$(PYTHON) -m venv $(VENV)/pins
	$(VENV)/pins/bin/pip install --quiet --disable-pip-version-check '.[dev]'
	{ sed -n '/^#/p' constraints.txt; $(VENV)/pins/bin/pip freeze --all | grep -Ev '^(pip==|genesis-mon)'; } > $(VENV)/pins.txt
	mv $(VENV)/pins.txt constraints.txt

clean: ## Remove the virtual environment, caches and build output
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
