# Everything that the project does, as targets; CI calls only these. Bare `make` prints them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080
WORKERS ?= 2
# Nearly all of such a run is waiting for limits.
FOREIGN_WORKERS ?= 16
ARGS ?=
# pip's own notices are not the project's; its errors are.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-warn-script-location

# Hundreds of tests start the command, which without caches is compiled anew each time.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help serve test lint types check bench crash fuzz dates edits saves plugin fixtures conformance laws picture reference docs prove foreign contract-lint client browser dashboard oauth-js collection webhooks-js recipes recipes-java documents js js-types load lock clean mutations

help:  ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "smartcal needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# Hashes are checked and nothing else is installed: what runs here is what ran when the lock was made. Without --no-deps,
# pip resolves an extra such as coverage[toml] by itself, to whatever release is the newest by now.
$(VENV)/runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --no-deps --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/development: requirements-dev.lock $(VENV)/runtime
	$(PIP) --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

serve: $(VENV)/runtime  ## set everything up and run the mock (ARGS="--events 1000", PORT=8080)
	@$(BIN)/smartcal serve --port $(PORT) $(ARGS)

test: $(VENV)/development  ## set everything up and run all tests (ARGS="-k paging")
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

lint: $(VENV)/development  ## ruff: errors, style and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/development  ## mypy, strict on src
	@$(BIN)/mypy

check: lint types test  ## lint, types and tests

bench: $(VENV)/development  ## the speed, as ratios measured side by side (about 10 minutes)
	@$(BIN)/python bench/run.py $(ARGS)

crash: $(VENV)/development  ## kill a server that is being written to 200 times, and look for what is lost
	@$(BIN)/python -m pytest tests/e2e/test_crash.py --kills 200 $(ARGS)

fuzz: $(VENV)/development  ## a million mutated requests against the guard (about twenty minutes)
	@$(BIN)/python -m pytest tests/e2e/test_fuzz.py --requests 1000000 $(ARGS)

dates: $(VENV)/development  ## the tests at thirteen other instants, in other zones (needs faketime; ARGS="--at leap-day tests/store")
	@$(BIN)/python -m tests.dates.run $(ARGS)

edits: $(VENV)/development  ## every name, status and schema that code mentions, edited in turn (three minutes)
	@$(BIN)/python -m pytest tests/flows/test_contract_edits.py --edits all -n 0 $(ARGS)

mutations: $(VENV)/development  ## 10,000 changes of documents whose truth is known, and every edit that there is (an hour)
	@$(BIN)/python -m pytest tests/changes/test_mutations.py tests/changes/test_audit.py tests/changes/test_any_edit.py \
	  --mutations 5000 -rP $(ARGS)

saves: $(VENV)/development  ## a contract saved 200 times in each of four ways, under --reload (three minutes)
	@$(BIN)/python -m pytest tests/server/test_saves.py --saves 200 -n 0 $(ARGS)

plugin: $(VENV)/development  ## a thousand tests with a sandbox each, by eight workers, three times over (5 minutes)
	@$(BIN)/python -m pytest tests/pytest_plugin/test_plugin.py -k nobodys_way -rP -p no:randomly -n 0 \
	  --plugin-tests 1000 --plugin-workers 8 --plugin-times 3 $(ARGS)

fixtures: $(VENV)/runtime  ## generate the default data set and the signature vectors anew
	@$(BIN)/python fixtures/generate.py
	@$(BIN)/python fixtures/signatures.py

conformance: $(VENV)/development  ## every law as a test, on a fresh mock (ARGS="--url ROOT --key read=KEY" for any deployment)
	@$(BIN)/python -m pytest contract-tests $(ARGS)

picture: $(VENV)/development  ## draw the README's terminal anew, from what the commands print
	@$(BIN)/python -m tests.house.picture

reference: $(VENV)/development  ## write docs/reference.md anew from the commands and the control plane's document
	@$(BIN)/python -m tests.house.reference_page

$(VENV)/site: requirements-docs.lock $(VENV)/development
	$(PIP) --no-deps --require-hashes -r requirements-docs.lock
	@touch $@

docs: $(VENV)/site  ## the pages as a site, in dist/site, each link followed
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --clean

laws: $(VENV)/development  ## fill in the rows of docs/laws.md from the laws that are in code
	@$(BIN)/python -m tests.house.laws_page

prove: $(VENV)/development  ## every seeded defect on 20 seeds, a right server on 100 (ARGS="--schemathesis" beside it)
	@$(BIN)/smartcal prove $(ARGS)

foreign: $(VENV)/development  ## `verify` on two deployments of others, right ones and with bugs (needs node; 30 minutes)
	@$(BIN)/python -m pytest tests/foreign/verdicts.py --numprocesses $(FOREIGN_WORKERS) --dist worksteal $(ARGS)

contract-lint: $(VENV)/development  ## openapi-spec-validator, Redocly and Spectral on the contract (needs npm)
	@sh contract-tests/lint.sh $(BIN)

client: $(VENV)/development  ## generate a typed client from the contract and list events with it
	@$(BIN)/python -m pytest tests/e2e/test_generated_client.py $(ARGS)

$(VENV)/browser: requirements-browser.lock $(VENV)/development
	$(PIP) --no-deps --require-hashes -r requirements-browser.lock
	@touch $@

browser: $(VENV)/browser  ## docs, dashboard, consent page and report in this machine's Chromium (ARGS="--screenshots FOLDER")
	@$(BIN)/python -m pytest browser-tests $(ARGS)

dashboard: $(VENV)/browser  ## take the README's picture of the dashboard anew (needs Chromium)
	@PYTHONPATH=. $(BIN)/python browser-tests/picture.py

$(VENV)/load: requirements-load.lock $(VENV)/development
	$(PIP) --no-deps --require-hashes -r requirements-load.lock
	@touch $@

load: $(VENV)/load  ## `smartcal load-test` by Locust on a mock, and what it finds where something is wrong (a minute)
	@$(BIN)/python -m pytest load-tests $(ARGS)

oauth-js: $(VENV)/runtime  ## the OAuth flow with oauth4webapi and openid-client (needs npm)
	@sh tests/js/run.sh $(BIN)

collection: $(VENV)/runtime  ## what Postman makes of the contract, sent to a fresh server by newman (needs npm)
	@sh tests/js/collection.sh $(BIN)

webhooks-js: $(VENV)/runtime  ## the signatures of deliveries with @octokit/webhooks-methods (needs npm)
	@sh tests/js/webhooks.sh $(BIN)

recipes: $(VENV)/runtime  ## what docs/recipes.md shows for Vitest, Node and Go (needs npm and go)
	@sh tests/js/recipes.sh $(BIN)

recipes-java: $(VENV)/runtime  ## what docs/recipes.md shows for JUnit (needs Maven)
	@sh tests/js/java.sh $(BIN)

js: $(VENV)/development  ## the package in js/, its page, and clients made from both documents (needs npm and Chromium)
	@sh tests/js/companion.sh $(BIN)

js-types: $(VENV)/development  ## make the types of the package in js/ from both documents (needs npm)
	@sh tests/js/companion/install.sh js
	@$(BIN)/python -m tests.house.client_types

documents: $(VENV)/development  ## documents that others publish, served and judged by openapi-core (needs npm; ARGS="--older")
	@$(BIN)/python -m tests.documents.run $(ARGS)

lock: $(VENV)/development  ## resolve the dependencies anew
	@$(BIN)/uv pip compile pyproject.toml --extra docs --extra metrics --group build $(LOCK) --output-file requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra contract-tests --extra docs --extra metrics --group build --group dev $(LOCK) \
	  --constraint requirements.lock --output-file requirements-dev.lock
	@$(BIN)/uv pip compile --group pyproject.toml:browser $(LOCK) --constraint requirements-dev.lock \
	  --output-file requirements-browser.lock
	@$(BIN)/uv pip compile --group pyproject.toml:site $(LOCK) --constraint requirements-dev.lock \
	  --output-file requirements-docs.lock
# Locust imports Flask, which [tool.uv] leaves out of the other locks.
	@$(BIN)/uv pip compile pyproject.toml --extra load --no-config $(LOCK) --constraint requirements-dev.lock \
	  --output-file requirements-load.lock
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

clean:  ## remove what these targets made
	rm -rf $(VENV) .hypothesis .pytest_cache .mypy_cache .ruff_cache dist node_modules
