# Each target prepares .venv and node_modules from the locks first; the work is done in config/launch.
.PHONY: run test proof check format bench faults shots servers setup lock

run:
	@exec ./run run

test:
	@exec ./run test $(PYTEST_ARGS) $(ARGS)

proof:
	@exec ./run proof $(PYTEST_ARGS) $(ARGS)

check:
	@exec ./run check

format: setup
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

bench: setup
	@exec .venv/bin/python -m bench $(ARGS)

faults: setup
	@exec .venv/bin/python -m bench.faults $(ARGS)

shots: setup
	@exec .venv/bin/python -m tests.shots $(ARGS)

# PostgreSQL and Valkey alone, for development; prints what to export.
servers:
	@exec ./run servers

setup:
	@./run setup

# Writes the locks from the groups in pyproject.toml; uv lives in a folder of its own. UPGRADE=--upgrade renews.
lock:
	@python3 -m venv var/uv && var/uv/bin/pip install --quiet uv
	@$(COMPILE) --group run --output-file requirements/run.txt
	@$(COMPILE) --group test --constraints requirements/run.txt --output-file requirements/test.txt
	@$(COMPILE) --group node --output-file requirements/node.txt

COMPILE = var/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate $(UPGRADE)
