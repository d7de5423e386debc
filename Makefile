# The usual names; the work is done by ./run, ./test and deploy/bootstrap.sh, which need no make.

.PHONY: run test lint format bench soak lock vendor clean

run:
	@./run $(ARGS)

test:
	@./test $(ARGS)

lint:
	@sh deploy/bootstrap.sh lint

format:
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

bench:
	@sh deploy/bootstrap.sh bench $(ARGS)

soak:
	@NAVBAT_STEPS=200000 ./test tests/operations/test_stateful.py --timeout 0 $(ARGS)

lock:
	@sh deploy/lock.sh

vendor:
	@.venv/bin/python deploy/vendor.py

# Only what can be made again: the data folder stays.
clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
