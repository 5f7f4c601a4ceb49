# Every target works on a machine that has git, make and python3 (3.11 to 3.13) with venv and pip.
.DEFAULT_GOAL := help
.PHONY: help env repro models rest doctor test lint mlflow app register

PYTHON ?= python3
UV := .venv/bin/uv
RUN := .venv/bin/
JOBS ?= 2
APP_PORT := $(or $(PORT),8000)
PORT ?= $(or $(MLFLOW_PORT),5000)
# Extras for NVIDIA GPUs: make env EXTRAS="--extra cuda"
EXTRAS ?=
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Each stage is a process of its own: without compiled modules it would compile all of them anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What runs the pipeline; lint and test add their own tools to it.
SYNC = VIRTUAL_ENV=.venv $(UV) sync --frozen --inexact --quiet --compile-bytecode \
  --extra keras --extra training --extra pipeline --extra tracking $(EXTRAS)

env: .venv/.complete ## Make .venv from uv.lock

.venv/.complete: uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "error: $(PYTHON) is $$($(PYTHON) --version); Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(UV) || { $(PYTHON) -m venv .venv && $(RUN)pip install --quiet --disable-pip-version-check uv==0.13.8; }
	@echo "Making .venv from uv.lock (a few minutes the first time) ..."
	@$(SYNC)
	@rm -rf .venv/lib/python3*/site-packages/tensorflow/include    # 430 MB of C++ that nothing here compiles
	@touch $@

.venv/.tests: .venv/.complete
	@$(SYNC) --extra serving --extra tests
	@touch $@

repro: .venv/.complete ## Rebuild everything with DVC and print the comparison (JOBS=2 models at a time)
	@$(RUN)python -m stages.inputs
	@if $(RUN)dvc status --json | $(RUN)python -c $(NOTHING_DUE); then $(RUN)python -m stages.track; \
	else $(MAKE) --no-print-directory models && $(MAKE) --no-print-directory rest; fi
	@cat plots/comparison/comparison.md
	@echo
	@$(RUN)python -m tools.costs
	@echo
	@echo "All of it on one page: plots/report/report.html.  Review every run: make mlflow"

# inputs and track run each time; DVC takes seconds to run even those two.
NOTHING_DUE := 'import json, sys; sys.exit(bool(json.load(sys.stdin).keys() - {"inputs", "track"}))'

# What DVC says beside what the stages say, as a script of sed.
define DVC_SAYS
/^> python -m stages/d
/^Updating lock file /d
/^Stage .* didn't change, skipping/d
/^To track the changes with git, run:/d
/^	git add /d
/^To enable auto staging, run:/d
/^	dvc config core.autostage true/d
/^Use `dvc push`/d
endef
export DVC_SAYS

# Runs a stage and what it needs, or all, without these words; further ones may be named. A pipe has the exit
# status of its last command: that of DVC is kept in a file. Of empty lines one stays.
QUIETLY = ended=$$(mktemp) && trap 'rm -f $$ended' EXIT; \
	{ $(RUN)dvc repro $(1); echo $$? > $$ended; } \
	  | sed -u -e "$$DVC_SAYS" $(2) | sed -u -e '/^$$/{N;/^\n$$/D;}'; \
	exit $$(cat $$ended)

# The stages of the models have run by then, but for models that are passed over: DVC names those too.
rest:
	@$(call QUIETLY,,-e "/^Running stage 'train@/d" -e "/^Running stage 'predict@/d")

# DVC runs one stage after the other; what belongs to different models may run side by side.
# Failures are noted in a file, as a pipe has the exit status of its last command.
models:
	@$(call QUIETLY,preprocess)
	@failed=$$(mktemp) && export failed && trap 'rm -f $$failed' EXIT; \
	{ grep -Lx 'no part of the run' data/inputs/train/*.txt | xargs -n 1 basename -s .txt; echo augment; echo audit; echo build; } \
	  | xargs -P $(JOBS) -I {} sh -c 'case {} in augment|audit|build) due={};; *) due="train@{} predict@{}";; esac; \
	  { $(RUN)dvc --wait-for-lock repro --single-item $$due 2>&1 || echo {} >> $$failed; } | sed -u -e "$$DVC_SAYS" -e "/^\$$/d" -e "s/^/{}: /"'; \
	if test -s $$failed; then \
	  echo "error: failed, as told above:" $$(sort $$failed) "- mend that, and make repro goes on" >&2; exit 1; fi

register: .venv/.complete ## Make the headline system a version in MLflow, and the champion if it is better
	@$(RUN)python -m serving.registry register

doctor: .venv/.complete ## Drop from DVC's cache what is damaged
	@$(RUN)python -m tools.doctor

# A file's tests stay together, as they share what is slow to make; tests/conftest.py puts the slowest files first.
test: .venv/.tests lint ## Lint, check types, run the tests (JOBS=2 at a time)
	@$(RUN)python -m pytest --numprocesses $(JOBS) --dist loadscope --no-loadscope-reorder

lint: .venv/.tests ## Lint, format check and types
	@$(RUN)ruff check .
	@$(RUN)ruff format --check .
	@$(RUN)mypy --num-workers $(JOBS)

# One worker and no job queue: a reviewer needs neither, and each takes 250 MB.
mlflow: export MLFLOW_SERVER_ENABLE_JOB_EXECUTION := false
mlflow: export MLFLOW_PORT := $(PORT)
mlflow: export MLFLOW_DISABLE_TELEMETRY := true
mlflow: .venv/.complete ## Open the runs in MLflow (PORT=5000)
	@$(RUN)python -m fracture.tracking.look
	@case "$$MLFLOW_TRACKING_URI" in \
	http*) echo "MLFLOW_TRACKING_URI is a server: nothing to start" ;; \
	*) exec $(RUN)mlflow ui --workers 1 --backend-store-uri "$${MLFLOW_TRACKING_URI:-sqlite:///mlflow.db}" ;; \
	esac

.venv/.serving: .venv/.complete
	@$(SYNC) --extra serving
	@touch $@

app: .venv/.serving ## Serve the headline system: web page and REST (PORT=8000)
	@exec $(RUN)python -m serving.app --port $(APP_PORT)
