# Both targets set up what they need, and are safe to run twice.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORE := .demo
QUESTION := In which town was the designer of the Grey Gull born?

.PHONY: demo test lint clean

demo: $(VENV)/.demo
	$(BIN)/graphmem model pull all-MiniLM-L6-v2
	$(BIN)/graphmem index data/articles --store $(STORE)
	$(BIN)/graphmem ask "$(QUESTION)" --store $(STORE)

test: $(VENV)/.test
	$(BIN)/python -m pytest

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/.python:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.demo: $(VENV)/.python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[documents,igraph]'
	touch $@

$(VENV)/.test: $(VENV)/.python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) .demo
