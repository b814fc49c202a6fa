# `make run` and `make test` set up what they need; everything they make lies in .venv and .peers.
CONFIG ?= config/demo.yaml
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# uv trusts the certificates this machine trusts, as pip does (its older and its newer name for that)
export UV_NATIVE_TLS ?= 1
export UV_SYSTEM_CERTS ?= 1

.PHONY: run test check lint bench schema app clean

run: .venv/installed
	@$(BIN)/turntoward run --config $(CONFIG)

test: .venv/installed-dev
	@$(BIN)/python -m tests.peers.install
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n 3 --dist loadfile

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: .venv/installed
	@$(BIN)/turntoward check --config $(CONFIG)

bench: .venv/installed-dev
	$(BIN)/python -m pytest tests/benchmarks -m benchmark -s

schema: .venv/installed
	$(BIN)/python -m turntoward.rulebook.schema

.venv/installed: pyproject.toml | .venv/bin/pip
	@echo "installing Turntoward into .venv ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[demo]'
	@touch $@

.venv/installed-dev: pyproject.toml | .venv/bin/pip
	@echo "installing Turntoward and its test tools into .venv ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[demo,dev]'
	@touch $@ .venv/installed

.venv/bin/pip:
	@test -n "$(PYTHON)" || { echo "Turntoward needs Python 3.11 or newer: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; echo "python3-venv is missing, installing it ..."; \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq python3-venv; \
	  else sudo apt-get update -qq && sudo apt-get install -y -qq python3-venv; fi && $(PYTHON) -m venv .venv; }

# a folder to put below /addons of a Home Assistant, which then builds the image itself
app:
	@rm -rf dist/app && mkdir -p dist/app && cp -R homeassistant-app/turntoward dist/app/turntoward
	@cp -R Dockerfile .dockerignore pyproject.toml LICENSE service rules dist/app/turntoward/
	@sed -i '/^image:/d' dist/app/turntoward/config.yaml
	@echo "copy dist/app/turntoward into the folder addons of your Home Assistant, and reload the app store there"

clean:
	rm -rf .venv .peers .mypy_cache .ruff_cache .pytest_cache .hypothesis
