# Everything runs in .venv, which the first target that needs it makes from requirements.lock.
SHELL := bash
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check
UV := $(VENV)/bin/uv
READY := $(VENV)/.ready
IN_VENV := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
# Some machines keep no compiled code: pytest would compile all tests, with their assertions, once a worker and a run.
unexport PYTHONDONTWRITEBYTECODE

# uv is several times faster than pip but reads none of pip's settings, so they are handed over under uv's names.
PIP_SETTINGS := eval "$$($(PIP) config list | sort -r | sed -n 's/\\n/ /g; \
	s/^[^=]*\.index-url=/export UV_DEFAULT_INDEX=/p; \
	s/^[^=]*\.extra-index-url=/export UV_INDEX=/p; \
	s/^[^=]*\.trusted-host=/export UV_INSECURE_HOST=/p; \
	s/^[^=]*\.cert=/export SSL_CERT_FILE=/p; \
	/\.find-links=/ { s/ /,/g; s/^[^=]*=/export UV_FIND_LINKS=/p; }')"

.PHONY: help results test check unit test-slurm lint style types docs faults fuzz bench lock

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

results: $(READY)  ## build the results of the default data set, with a report, in results/
	$(IN_VENV) snakemake --cores all

# All cores; the files of tests that take longest come first (testpaths), so that all cores are at work to the end.
ALL_CORES := --numprocesses logical --dist loadfile --no-loadscope-reorder
test: $(READY)  ## run all tests
	$(IN_VENV) pytest $(ALL_CORES)

check: $(READY)  ## check style and types and run the fast unit tests: what to run before each commit
	@$(MAKE) --no-print-directory --keep-going --jobs 2 --output-sync=target unit types style

unit: $(READY)
	$(IN_VENV) pytest $(ALL_CORES) -m "not slow" tests/unit

NODES ?= node1 node2
test-slurm: $(READY)  ## run the workflow on a Slurm of virtual nodes, NODES="node1 node2", or on the one that is here
	$(IN_VENV) timeout --signal INT --kill-after 60 1800 pytest -m slurm --nodes "$(NODES)" --numprocesses 0 tests/cluster

lint: style types  ## check style, types and the workflow
	$(IN_VENV) snakemake --lint

style: $(READY)
	$(IN_VENV) ruff check
	$(IN_VENV) ruff format --check
	$(IN_VENV) snakefmt --check Snakefile workflow

types: $(READY)
	$(IN_VENV) mypy

docs: $(READY)  ## build the documentation as a site, in build/site
	$(IN_VENV) python docs/scripts/reference_config.py
	$(IN_VENV) python docs/scripts/reference_api.py
	$(IN_VENV) mkdocs build --strict

faults: $(READY)  ## kill runs at ten moments of each kind, and compare what the same command makes of them
	$(IN_VENV) pytest tests/workflow/test_kills.py --kills 10

INPUTS ?= 20000
SEED ?= 0
fuzz: $(READY)  ## read damaged files of every kind, INPUTS="20000" of a SEED="0", and count what becomes of them
	$(IN_VENV) PYTHONPATH=tests:tests/support python -m fuzz.run --inputs $(INPUTS) --seed $(SEED)

SIZES ?= 1M
bench: $(READY)  ## measure time and memory of synthetic data sets, SIZES="1M 20M", into results/benchmark
	$(IN_VENV) python benchmarks/bench.py --sizes $(SIZES)

# A lock has to know the packages of every platform: only the index itself is asked, no local folder or extra index.
lock: $(READY)  ## lock the newest versions that pyproject.toml allows
	@$(PIP_SETTINGS); unset UV_INDEX UV_FIND_LINKS; \
	$(UV) pip compile pyproject.toml --extra workflow --extra dev --universal --python-version 3.11 --fork-strategy fewest --upgrade \
		--generate-hashes --quiet --custom-compile-command 'make lock' --output-file requirements.lock

$(READY): requirements.lock pyproject.toml
	$(if $(shell $(PYTHON) -c 'import sys; print("yes" * (sys.version_info >= (3, 11)))' 2>/dev/null),, \
		$(error Python 3.11 or newer is needed, which "$(PYTHON)" is not: name one, as in "make PYTHON=python3.12"))
	$(PYTHON) -m venv --clear $(VENV)
	@echo 'Installing the packages of requirements.lock into $(VENV) ...'
	@$(PIP) install --quiet --require-hashes --requirement <(sed -n '/^uv==/,/[^\\]$$/p' requirements.lock)
	@$(PIP_SETTINGS); \
	$(UV) pip install --python $(VENV)/bin/python --index-strategy unsafe-best-match --compile-bytecode --quiet \
		--require-hashes --no-deps --build-constraints requirements.lock --requirements requirements.lock \
	|| { echo 'uv failed: pip takes over.'; $(PIP) install --require-hashes --no-deps --requirement requirements.lock; }
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
