# Two commands do everything on a machine that has Python 3.11 and make: `make demo` and `make test`.
# `make test-spark` needs Java 17 as well.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-spark lint model bench wheel clean

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

demo: $(VENV)/installed
	$(BIN)/thb-indicators demo

test: $(VENV)/installed lint
	$(BIN)/python -m pytest -n 2

# The Spark engine on two cores of this machine, with the examples in its docstrings; apart, for it needs Java and minutes.
test-spark: $(VENV)/spark
	$(BIN)/python -m pytest -o addopts="-q --strict-markers --doctest-modules" tests/spark thb_indicators/repeats/spark

$(VENV)/spark: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[spark]"
	touch $@

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
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]"
	$(BIN)/python benchmarks/run_all.py

wheel: $(VENV)/installed
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) dist build demo_report.html
