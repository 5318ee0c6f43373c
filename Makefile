# Assay. `make` alone prints what there is.
PORT ?= 8000
PY := .venv/bin/python
FLASK := .venv/bin/flask --app wsgi
# A machine may ask python to keep no bytecode; each of the tests' hundreds of processes would then compile the program anew.
PYTEST := PYTHONDONTWRITEBYTECODE= $(PY) -m pytest
WORKERS ?= 2
# The suite makes hundreds of databases; in memory, where there is room, none of them waits for a disk.
SCRATCH := $(shell [ -w /dev/shm ] && [ "$$(df -k --output=avail /dev/shm | tail -1)" -gt 4000000 ] && echo /dev/shm || echo /tmp)
# Exit 5 of pytest: all of it has passed at this commit already.
SOAK = TMPDIR=$(SCRATCH) HYPOTHESIS_PROFILE=soak $(PYTEST) -q --timeout 7200 --resume .soak
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard review/translations/*/LC_MESSAGES/messages.po))
COMPILE := .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help run demo upgrade test soak bench compare screenshots lint lock messages tools
.DEFAULT_GOAL := help

help: ## print this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: .venv/.stamp $(CATALOGUES) ## serve on 127.0.0.1:8000 (PORT=) with the worker beside it
	@exec $(PY) -m review.serving --port $(PORT) $(ARGS)

demo: .venv/.stamp $(CATALOGUES) ## the same on a throw-away database filled with a synthetic sample
	@exec $(PY) -m review.serving --port $(PORT) --demo

upgrade: .venv/.stamp $(CATALOGUES) ## back up (BACKUP=FILE), migrate, fsck, restart what make run serves
	@$(FLASK) upgrade $(if $(BACKUP),--backup "$(BACKUP)")
	@$(PY) -m review.serving --restart

test: .venv/.stamp-dev tools $(CATALOGUES) ## everything: both engines and the browser (REQUIRE_ALL=1: or fail)
	TMPDIR=$(SCRATCH) $(PYTEST) -q -n $(WORKERS) --dist worksteal $(ARGS)

soak: .venv/.stamp-dev tools $(CATALOGUES) ## the long proofs; run again to go on where it stopped
	$(SOAK) -m soak $(ARGS) || [ $$? = 5 ]
	$(SOAK) tests/rules tests/audit/test_three_ways.py || [ $$? = 5 ]

bench: .venv/.stamp-dev tools $(CATALOGUES) ## the benchmarks beside their yardsticks (SIZE=1000000 by hand)
	@.ci/tools bench
	$(PY) -m tests.bench $(if $(SIZE),--size $(SIZE))

compare: .venv/.stamp-dev tools $(CATALOGUES) .compare/.stamp ## Label Studio on the same work (ARGS="--engine sqlite --items 500")
	@.ci/tools bench
	$(PY) -m tests.compare $(ARGS)

screenshots: .venv/.stamp-dev tools $(CATALOGUES) ## the main pages of the demo as pictures in .screenshots (ARGS="bench": one page)
	$(PY) -m tests.stories.screenshots $(ARGS)

lint: .venv/.stamp-dev ## ruff and mypy
	.venv/bin/ruff check .
	.venv/bin/mypy

lock: ## pin every dependency with its hashes, from the .in files
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	$(COMPILE) --constraint requirements-dev.txt --output-file requirements.txt requirements.in

messages: .venv/.stamp-dev ## collect the marked sentences, bring the catalogues up to date, compile them
	.venv/bin/pybabel -q extract -F babel.cfg -k _l --sort-by-file --no-location --ignore-dirs ".*" \
		--project Assay --copyright-holder Assay -o review/translations/messages.pot .
	for catalogue in review/translations/*/LC_MESSAGES/messages.po; do \
		language=$$(basename $$(dirname $$(dirname $$catalogue))); \
		.venv/bin/pybabel -q update --ignore-pot-creation-date --no-fuzzy-matching -i review/translations/messages.pot -o $$catalogue -l $$language; done
	.venv/bin/pybabel -q compile -d review/translations

%.mo: %.po .venv/.stamp
	@.venv/bin/pybabel -q compile -i $< -o $@

tools:
	@.ci/tools

# A foreign program in an environment of its own; where it cannot be installed, what the desk takes is still said.
.compare/.stamp: tests/compare/requirements.txt
	@test -x .compare/bin/python || python3 -m venv .compare
	@.compare/bin/python -m pip install --quiet --disable-pip-version-check -r $< && touch $@ || echo "Label Studio could not be installed: $$(cat $<)" >&2

.venv/.stamp: requirements.txt
	@.ci/tools python
	@test -x $(PY) || python3 -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.stamp-dev: requirements-dev.txt .venv/.stamp
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
