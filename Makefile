# The usual doors. `make` alone shows them.
#   PYTHON=/path/to/python3   interpreter for the environment (3.11 to 3.13)
#   VENV=.venv                where the environment lies
#   PHOTOS=folder             your own pictures in the demo
#   CAMERA=v4l2               a webcam in the demo
#   TESTS="-k visit"          what to hand to pytest
#   WORKERS=2                 test processes at a time; 0: all in one
VENV ?= .venv
PYTHON ?=
PHOTOS ?=
CAMERA ?=
TESTS ?=
WORKERS ?= 2
export VENV PYTHON
BIN = $(VENV)/bin
# A file's tests stay together: what they share is made once. In the order of tests/conftest.py, not by their number.
SIDE_BY_SIDE = -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=15
SHORT = -m "not e2e and not faults and not hardware and not device"

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo lint test test-short test-device test-hardware cast audit lock clean

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p; s/^#  /  /p' $(MAKEFILE_LIST) | expand -t 20

setup: ## set everything up: apt packages, .venv with the `station` program, networks
	@provisioning/setup

setup-dev: ## the same, and what the tests need
	@provisioning/setup --dev

demo: setup ## a station with stand-in hardware and a platform of its own, on this machine
	@$(if $(PHOTOS)$(CAMERA),:,$(BIN)/station cast install || true)
	@$(BIN)/station demo $(if $(PHOTOS),--photos "$(PHOTOS)") $(if $(CAMERA),--camera "$(CAMERA)")

lint: setup-dev ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Without a network the pictures stay missing and their tests are skipped, saying so; in CI that is a failure.
cast: setup-dev
	@$(BIN)/station cast install || test -z "$$CI"

# What fails is run once more by itself, and said: a fault fails again, a machine too busy for a deadline does not.
test: lint cast ## lint, and the whole suite with its coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(SIDE_BY_SIDE) $(TESTS); status=$$?; \
	    if [ $$status = 1 ]; then echo "make: what failed runs once more, by itself:"; \
	        $(BIN)/coverage run -m pytest --last-failed --last-failed-no-failures=none $(TESTS); status=$$?; fi; \
	    $(BIN)/coverage combine --quiet && $(BIN)/coverage report; exit $$status

test-short: setup-dev ## the suite without browser, faults and long runs
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(SHORT) $(TESTS) || { [ $$? = 1 ] && echo "make: what failed runs once more, by itself:" \
	    && $(BIN)/python -m pytest --last-failed --last-failed-no-failures=none $(SHORT) $(TESTS); }

test-hardware: setup-dev ## on a Raspberry Pi, by a technician: doctor and hardware tests, written to hardware-report.json
	$(BIN)/python tests/hardware/report.py hardware-report.json

test-device: ## install and boot Debians of its own: hardened units, real devices' drivers, power cuts (root; see tests/device)
	@provisioning/setup --vm
	@$(BIN)/station cast install
	$(BIN)/python -m pytest -p no:randomly --timeout=2400 -s tests/device $(TESTS)

audit: setup-dev ## known vulnerabilities of the locked packages; the bill of materials into build/sbom.cdx.json
	@$(BIN)/python provisioning/audit.py --sbom build/sbom.cdx.json

lock: ## write the lock files anew from pyproject.toml
	@provisioning/lock

clean: ## remove caches and results; environments stay (rm -rf .venv)
	rm -rf build ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
