# make demo    set everything up, open the studio on the bundled sample (or, with no display, make out/demo/)
# make test    set everything up, run the test suite without a display
# make test-long   faults in every stage of real runs, machines that sleep and shares that stay away: half an hour
# make lint    style, types, import rules, spelling
# make bench   the benchmark table
# make clean   remove what was built

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup demo test test-long lint format bench clean

setup:
	@$(PYTHON) scripts/bootstrap.py

demo: setup
	@$(BIN)/l3rocc demo --out out/demo

test: setup
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not alone and not long"
	@$(BIN)/python -m pytest -m alone

test-long: setup
	@$(BIN)/python -m pytest -m long

lint: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/codespell l3rocc_engine l3rocc_studio tests scripts benchmarks third_party README.md ARCHITECTURE.md CHANGELOG.md

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup
	@$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
