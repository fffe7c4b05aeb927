# Two commands do everything on a machine that has Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench wheel clean

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

demo: $(VENV)/installed
	$(BIN)/thb-indicators demo

test: $(VENV)/installed lint
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/thb-indicators lexicon lint

bench: $(VENV)/installed
	$(BIN)/python benchmarks/run_all.py

wheel: $(VENV)/installed
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) dist build demo_report.html
