# Everything is installed into $(VENV); beforehand a machine needs Python (3.10 or newer) with pip, and make.
# Another interpreter: make setup PYTHON=python3.12

PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
# The constraints stand on every pip line: they hold the tested versions, torch's first of all.
INSTALL = $(BIN)/python -m pip install --constraint constraints.txt

# More workers than cores make the tests with time limits wait for each other.
WORKERS ?= -n 2 --dist worksteal
# How large the samples of similar tests are; 1 is quick, .ci/run takes 4 (see tests/sample.py).
SAMPLE ?= 1
export COURSE_TEST_SAMPLE = $(SAMPLE)

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-class test test-slow check check-class bench skeletons messages new

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A stamp per level of installation: the next call starts at once, unless what is installed from has changed.
# Some Linux distributions ship venv without pip; there the pip that is present fills the new environment.
$(VENV)/.setup: pyproject.toml constraints.txt
	@echo "Setting up $(VENV): the first time this takes some minutes (PyTorch is large)."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) || \
		{ $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install pip; }
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.setup
	$(INSTALL) --editable ".[dev,offline,class,cluster,compare,distributed,plots,tensorboard]"
	@touch $@

setup: $(VENV)/.setup ## create .venv with the course command in it
	@$(BIN)/python -c "from course import shell; print('Ready. Next:', shell.runnable('course start'), sep='\n')"

demo: $(VENV)/.setup ## grade exercise-3 three times: not started, with a misconception, solved
	@$(BIN)/python -m scripts.demo

demo-class: $(VENV)/.setup ## grade a generated class of twelve, from the files to the gradebook
	@$(BIN)/python -m scripts.demo_class

test: $(VENV)/.dev ## run the tests, two at a time (the slow ones: make test-slow)
	$(BIN)/python -m pytest -m "not slow" $(WORKERS)

test-slow: $(VENV)/.dev ## run only the slow tests
	$(BIN)/python -m pytest -m slow

check: $(VENV)/.dev ## format, lint, types and the fast tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not slow" $(WORKERS)

check-class: $(VENV)/.dev ## a generated class of 120: release, grade, kill, resume, export, recount
	@$(BIN)/python -m scripts.class_check

bench: $(VENV)/.dev ## measure the figures that the documentation quotes
	$(BIN)/python -m scripts.bench

skeletons: $(VENV)/.setup ## write the skeletons in exercises/ from the references in solutions/
	@$(BIN)/python -m scripts.skeletons

messages: $(VENV)/.dev ## bring the catalogues of translations up to date with the code
	@$(BIN)/python -m scripts.messages

new: $(VENV)/.setup ## scaffold an exercise in every room: make new slug=x
	@test -n "$(slug)" || { echo "Which exercise? make new slug=x"; exit 2; }
	@$(BIN)/python -m scripts.new "$(slug)"
