# The set-up of Meritline. `make run` and `make test` do all that they need first, once.
#
# Only git, make and some Python 3 are needed: that Python makes `.tools/uv`, a uv of the project's
# own, and uv makes `.venv` with the Python that `.python-version` names. Files in `.venv` whose
# names start with `.made-` say which step is done; a step runs again when what it reads is newer.

VENV := .venv
PYTHON := $(VENV)/bin/python
TOOLS := .tools/uv
TOOLS_PYTHON := $(TOOLS)/bin/python
UV := $(TOOLS)/bin/uv
INSTALL := $(UV) pip install --quiet --python $(PYTHON)
# Compiled once here, importing TFX takes a third of the time even where Python may not write caches
# (PYTHONDONTWRITEBYTECODE, as in many containers).
INSTALL_PINNED := $(INSTALL) --compile-bytecode --require-hashes --requirement
LOCK := $(UV) pip compile --quiet --universal --generate-hashes \
	--custom-compile-command "make requirements" $(ARGS)
# Processes that the tests are dealt out to, a file at a time; each takes about 1.5 GB. In order:
# files of many tests first, as pytest-xdist would have it, leaves long ones to the end.
TEST_PROCESSES := 2
# Any of them will do.
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable
FETCH_DEMO_DATA := $(PYTHON) -m pipeline.demo_data --pip-python $(TOOLS_PYTHON)

MADE_TOOLS := $(TOOLS)/.made-tools
MADE_VENV := $(VENV)/.made-venv
MADE_RUNTIME := $(VENV)/.made-runtime
MADE_DEV := $(VENV)/.made-dev
MADE_PROJECT := $(VENV)/.made-project

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test browser check format data proof-serving proof-compiled proof-images proof-beam requirements clean distclean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

run: $(MADE_PROJECT) data/sentences.csv ## Run the demo pipeline; ARGS="..." goes to local_runner.py
	@$(PYTHON) local_runner.py $(ARGS)

test: export TF_CPP_MIN_LOG_LEVEL := 3
test: $(MADE_DEV) $(MADE_PROJECT) browser ## Run every test; ARGS="..." goes to pytest
	@$(PYTHON) -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

browser: ## Find a browser for the tests of pages, or install one where that is allowed
	@found() { for name in $(BROWSERS); do command -v $$name >/dev/null && return; done; return 1; }; \
	found && exit; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the tests of pages ..."; \
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
			--no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1; \
	fi; \
	found || echo "No browser was found ($(BROWSERS)): the tests of pages in one will be skipped."

check: $(MADE_DEV) $(MADE_PROJECT) ## Check style, types and the direction of imports
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m mypy
	@$(VENV)/bin/lint-imports --no-logo

format: $(MADE_DEV) ## Format the code and mend what ruff can mend
	@$(PYTHON) -m ruff check --fix --exit-zero
	@$(PYTHON) -m ruff format

data: $(MADE_VENV) ## Fetch the demo data, or say whether what is there is whole
	@$(FETCH_DEMO_DATA)

data/sentences.csv: pipeline/demo_data.py | $(MADE_VENV)
	@$(FETCH_DEMO_DATA)
	@touch $@

proof-serving: $(MADE_DEV) $(MADE_PROJECT) ## Load, swap, break, fuzz and stop a server of the demo's model
	@$(PYTHON) -m benchmarks.serving_proof workspace/sentiment/serving/sentiment $(ARGS)

proof-compiled: export TF_CPP_MIN_LOG_LEVEL := 3
proof-compiled: $(MADE_DEV) $(MADE_PROJECT) ## Run a compiled pipeline, and hold its metrics to a local run's
	@$(PYTHON) -m pytest tests/proofs/compiled_pipeline.py $(ARGS)

proof-images: export TF_CPP_MIN_LOG_LEVEL := 3
proof-images: $(MADE_DEV) $(MADE_PROJECT) ## Follow the steps of the pipeline's image, and run a task in it
	@$(PYTHON) -m pytest tests/proofs/pipeline_image.py $(ARGS)

proof-beam: export TF_CPP_MIN_LOG_LEVEL := 3
proof-beam: $(MADE_DEV) $(MADE_PROJECT) ## Hold what two workers of Beam make to what one process makes
	@$(PYTHON) -m pytest tests/proofs/beam_workers.py $(ARGS)

requirements: $(MADE_TOOLS) ## Lock the packages again; ARGS=--upgrade takes newer ones
	@echo "Locking requirements/*.txt ..."
	@$(LOCK) --python-version 3.10 pyproject.toml --output-file requirements/runtime.txt
	@$(LOCK) --python-version 3.10 pyproject.toml --extra dev \
		--constraint requirements/runtime.txt --output-file requirements/dev.txt
	@$(LOCK) --python-version 3.10 pyproject.toml --extra gpu \
		--constraint requirements/runtime.txt --output-file requirements/gpu.txt
	@$(LOCK) --python-version 3.10 requirements/serving-gpu.in \
		--constraint requirements/gpu.txt --output-file requirements/serving-gpu.txt
	@$(LOCK) --python-version 3.10 requirements/serving.in \
		--constraint requirements/runtime.txt --output-file requirements/serving.txt
	@$(LOCK) --python-version 3.8 requirements/tools.in --output-file requirements/tools.txt

clean: ## Remove caches and build leftovers
	@rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . \( -path ./$(VENV) -o -path ./.tools -o -path ./.git -o -path ./workspace \) -prune \
		-o -type d -name __pycache__ -exec rm -rf {} +

distclean: clean ## Remove the environment and the demo data too; workspace/ stays
	@rm -rf $(VENV) .tools data/sentences.csv

# A python3 on the PATH may be a pyenv shim that obeys `.python-version` and fails where that Python
# is not installed, so the search starts from / and tries the usual places after it.
PYTHONS := $(PYTHON3) python3 /usr/bin/python3 /usr/local/bin/python3 /opt/homebrew/bin/python3 \
	python3.14 python3.13 python3.12 python3.11 python3.10 python3.9 python3.8
USABLE := import ensurepip, sys, venv; ensurepip.version(); sys.exit(sys.version_info < (3, 8))

$(MADE_TOOLS): requirements/tools.txt
	@echo "Making $(TOOLS) ..."
	@cd / && for python in $(PYTHONS); do \
		if "$$python" -c '$(USABLE)' >/dev/null 2>&1; then \
			exec "$$python" -m venv --clear "$(CURDIR)/$(TOOLS)"; \
		fi; \
	done; \
	echo "No Python 3.8 or later with venv and ensurepip was found: install one (on Debian:" \
		"python3-venv) or name one with PYTHON3=/path/to/python3." >&2; exit 1
	@$(TOOLS_PYTHON) -m pip install -qq --disable-pip-version-check --no-user --no-deps \
		--require-hashes -r requirements/tools.txt
	@touch $@

# An environment with the right Python is kept as it is, whoever made it.
$(MADE_VENV): .python-version | $(MADE_TOOLS)
	@version=$$(cat .python-version); \
	case "$$($(PYTHON) --version 2>/dev/null)" in \
		"Python $$version"*) ;; \
		*) echo "Making $(VENV) with Python $$version ..."; \
			$(UV) venv --quiet --clear --python "$$version" $(VENV) || { \
				echo "Python $$version is not here and cannot be downloaded: please install it." >&2; \
				exit 1; } ;; \
	esac
	@touch $@

$(MADE_RUNTIME): requirements/runtime.txt $(MADE_VENV)
	@echo "Installing packages (about 1 GB, once) ..."
	@$(INSTALL_PINNED) requirements/runtime.txt
	@touch $@

$(MADE_DEV): requirements/dev.txt $(MADE_RUNTIME)
	@echo "Installing packages for tests and checks ..."
	@$(INSTALL_PINNED) requirements/dev.txt
	@touch $@

$(MADE_PROJECT): pyproject.toml $(MADE_RUNTIME)
	@echo "Installing meritline itself ..."
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@
