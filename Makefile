# Two commands do everything on a machine that has Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint model bench wheel clean

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

# The shipped model, byte for byte: run it after every change of the lexicon, whose digest the model carries.
model: $(VENV)/installed
	$(BIN)/thb-indicators synth 6000 --seed 0 -o build/synthetic.jsonl
	$(BIN)/thb-indicators train build/synthetic.jsonl -o models/default --no-terms --prior-strength 10 --version synthetic/1

bench: $(VENV)/installed
	$(BIN)/python benchmarks/run_all.py

wheel: $(VENV)/installed
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) dist build demo_report.html
