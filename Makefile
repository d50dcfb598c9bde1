# The commands of the template repo: `make help` lists them. Each sets up what it needs.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
TEMPLATE := {{cookiecutter.project_slug}}
# Beside these there are `hostile`, which installs other servers to compare with: five minutes, and
# `overload`, which installs a load generator: ten; `conformance`, which installs MLServer: three;
# `wire`, a quarter of a minute; `decode`, half of one; `bulk`, which installs Ray: five; `serving`,
# which installs seven other servers and a load generator, and `tuning`: half an hour each.
BENCH ?= render_time load_time quantization
FOREIGN := .cache/foreign/fetched
NGINX := .cache/nginx/fetched
PROMETHEUS := .cache/prometheus/fetched
KSERVE := .cache/kserve/installed
RAY := .cache/ray/installed
CHROMIUM := .cache/chromium/fetched
H2LOAD := .cache/h2load/fetched

# Whatever lies in the template folder would be rendered: caches stay out of it.
CACHE := $(CURDIR)/.cache
export PYTHONDONTWRITEBYTECODE := 1
export RUFF_CACHE_DIR := $(CACHE)/ruff
export MYPY_CACHE_DIR := $(CACHE)/mypy
export HYPOTHESIS_STORAGE_DIRECTORY := $(CACHE)/hypothesis
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PATH := $(CACHE)/nginx/usr/sbin:$(CACHE)/prometheus/usr/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help demo examples test inside lint bench soak clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: .demo/env/installed ## render a service, start it, and send it an image (FRAMEWORK=tflite)
	@.demo/env/bin/python tools/demo.py $(FRAMEWORK)

examples: .demo/env/installed ## render four typical services into examples/, with a page that compares them
	@.demo/env/bin/python tools/examples.py

# With FRAMEWORK=pytorch: the tests that name it, without those that take minutes a render.
SELECT := $(if $(FRAMEWORK),-k '$(FRAMEWORK)')
SELECT_RENDERS := $(if $(FRAMEWORK),-k '$(FRAMEWORK) and not own_tests and not readme and not bench')

PARALLEL := --numprocesses auto --dist worksteal

test: $(INSTALLED) $(FOREIGN) $(NGINX) $(PROMETHEUS) $(KSERVE) $(RAY) $(CHROMIUM) $(H2LOAD) lint ## run all tests: in place, of the hooks, of the renders (FRAMEWORK=pytorch: its own)
	@echo "Testing the template folder in place ..."
	@cd '$(TEMPLATE)' && $(CURDIR)/$(BIN)/pytest -p no:cacheprovider -q $(PARALLEL) $(SELECT)
	@echo "Testing the hooks and every combination of answers ..."
	@$(BIN)/pytest -q $(PARALLEL) --durations 20 $(SELECT_RENDERS)

RUN ?= pytest
inside: $(INSTALLED) ## run a tool in the template folder, its caches elsewhere (RUN='pytest tests/batching')
	@cd '$(TEMPLATE)' && PATH="$(CURDIR)/$(BIN):$$PATH" \
	  PYTEST_ADDOPTS="-p no:cacheprovider $$PYTEST_ADDOPTS" $(RUN)

lint: $(INSTALLED) ## check style and types of the template repo and of the template folder
	@$(BIN)/ruff check . '$(TEMPLATE)'
	@$(BIN)/ruff format --check . '$(TEMPLATE)'
	@$(BIN)/mypy
	@cd '$(TEMPLATE)' && $(CURDIR)/$(BIN)/mypy

bench: $(INSTALLED) $(if $(filter conformance,$(BENCH)),$(KSERVE)) $(if $(filter bulk,$(BENCH)),$(RAY)) $(if $(filter serving,$(BENCH)),$(H2LOAD)) ## measure rendering, loading and quantization (BENCH=bulk, conformance, decode, differential, hostile, hot_path, overload, serving, tuning or wire)
	@for name in $(BENCH); do $(BIN)/python -m "benchmarks.$$name" || exit; done

soak: $(INSTALLED) ## ten minutes of mixed load, a worker killed each minute (MINUTES=60: longer)
	@$(BIN)/python -m benchmarks.soak $(MINUTES)

clean: ## remove environments, caches, the demo and the examples
	@rm -rf .venv .cache .demo examples

define check_python
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "Python 3.11 or newer is needed: name one, as in `make PYTHON=python3.12`.")'
endef

$(INSTALLED): pyproject.toml $(TEMPLATE)/constraints.txt
	$(check_python)
	@echo "Setting up .venv for the tests: about a minute the first time ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	@$(BIN)/pip install --quiet --constraint '$(TEMPLATE)/constraints.txt' --group test
	@touch $@

# Models that others made: their packages are unpacked, not installed.
$(FOREIGN): tests/foreign/requirements.txt | $(INSTALLED)
	@echo "Fetching models that others made ..."
	@rm -rf $(@D)
	@$(BIN)/pip install --quiet --no-deps --no-compile --only-binary :all: \
	  --target $(@D) --requirement $<
	@touch $@

# The kserve client brings a whole server with it: it gets an environment of its own.
$(KSERVE): tests/kserve/requirements.txt
	@echo "Installing the kserve client: about a minute the first time ..."
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/pip install --quiet --requirement $<
	@touch $@

# Ray brings 600 MB: it gets an environment of its own, too.
$(RAY): tests/ray/requirements.txt $(TEMPLATE)/constraints.txt
	@echo "Installing Ray: about a minute the first time ..."
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/pip install --quiet --constraint '$(TEMPLATE)/constraints.txt' --requirement $<
	@touch $@

# What is no Python comes from Debian, unpacked and not installed, unless there is one: $(1) is the
# program, $(2) are its packages, which come with the libraries that this machine lacks.
define fetch
	@mkdir -p $(@D)
	@command -v $(1) >/dev/null || (echo "Fetching $(1) ..."; cd $(@D) && apt-get -qq update && \
	  apt-get -qq download $$(apt-get -qq --simulate --no-install-recommends install $(2) | \
	    awk '/^Inst/ { print $$2 }') && \
	  for package in *.deb; do dpkg -x "$$package" . || exit; done && rm *.deb) || \
	  echo "There is no $(1) and no apt-get that could fetch it: what needs it is skipped."
	@touch $@
endef

$(NGINX):
	$(call fetch,nginx,nginx)
$(PROMETHEUS): # promtool checks alerts
	$(call fetch,promtool,prometheus)
$(CHROMIUM): # tests/browser.py finds it there
	$(call fetch,chromedriver,chromium chromium-driver)
$(H2LOAD): # benchmarks/serving/load.py finds it there
	$(call fetch,h2load,nghttp2-client)

.demo/env/installed:
	$(check_python)
	@echo "Installing Cookiecutter ..."
	@$(PYTHON) -m venv .demo/env
	@.demo/env/bin/pip install --quiet 'cookiecutter>=2.7,<3'
	@touch $@
