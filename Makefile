# Two commands matter: `make try` and `make test`. Both prepare .venv by themselves
# and leave nothing outside this folder.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

export PIP_NO_CACHE_DIR := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help try test drills check bench format screenshot lock audit clean
.DEFAULT_GOAL := help

help:
	@echo "make try     the whole bot in a browser page: no token, no account"
	@echo "make test    everything that must pass"
	@echo "make drills  a thousand kills, twenty simulated years and the other drills in full (two hours or so); a report in .cache/drills.txt"
	@echo "make check   the quick part of it: style, types, imports"
	@echo "make bench   how fast and how small it is, beside what it must reach; ONLY=wake measures one, MEMBERS=1000 tries it, STRICT=1 fails where a target is missed"
	@echo "make format  put the code into house style"
	@echo "make screenshot  take the picture in README.md anew (needs Chromium)"
	@echo "make lock    write requirements*.txt anew from pyproject.toml"
	@echo "make audit   ask the Python Package Index about known weaknesses of all that is pinned (needs the network)"
	@echo "make clean   remove what the others made"

try: $(READY)
	@$(BIN)/python -m bot try

# Several at a time, because most of them wait for a disk or a process; three do so on two cores as well.
test: check
	@mkdir -p .cache
	@$(BIN)/python -m pytest -n 3 --cov --cov-report=term-missing --basetemp=.cache/tmp

# What a storm says while it lasts is shown: only Python's own output is captured.
drills: $(READY)
	@mkdir -p .cache
	@PORCHLIGHT_DRILLS=long $(BIN)/python -m pytest -v --no-header --capture=sys -p no:randomly --basetemp=.cache/drills \
		$$($(BIN)/python -m tests.drills.table)

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --cache-dir .cache/imports

bench: $(READY)
	@$(BIN)/python -m tests.bench $(ONLY) $(if $(MEMBERS),--members $(MEMBERS)) $(if $(STRICT),--strict)

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

screenshot: $(READY)
	@$(BIN)/python -m tests.page.screenshot docs/images/try.png

$(READY): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Porchlight needs Python 3.11 or newer. Point to one: make PYTHON=/path/to/python3.11 try"; exit 1; }
	@echo "Setting up $(VENV), once; a minute or two."
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --require-hashes --no-deps --only-binary :all: -r requirements-dev.txt
	@touch $(READY)

# uv alone can write one lock file for every platform; nothing else here uses it.
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

lock: $(READY)
	@$(BIN)/python -m pip install --quiet uv==0.13.9
	@$(LOCK) --output-file requirements.txt > /dev/null
	@$(LOCK) --group dev --output-file requirements-dev.txt > /dev/null
	@git diff --stat -- requirements.txt requirements-dev.txt

# Online, so no part of the tests: for maintainers, and for a CI that runs it every week. It has a place of its own,
# because what it brings along would change the versions that are tested.
audit:
	@test -x .cache/audit/bin/pip-audit || { $(PYTHON) -m venv .cache/audit \
		&& .cache/audit/bin/python -m pip install --quiet --only-binary :all: pip-audit==2.10.1; }
	@.cache/audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off \
		--cache-dir .cache/audit/answers -r requirements.txt -r requirements-dev.txt \
		|| { echo "Not clean, or not finished: it says above which. It asks pypi.org itself; where a mirror answers in its" \
			"place, or nobody, it ends at the first package, and says nothing about the others."; exit 1; }

clean:
	rm -rf $(VENV) .cache .coverage .hypothesis .try build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
