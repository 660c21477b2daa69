.PHONY: run test check proof proof-orders cluster bench-scaling bench-ledger bench-export lock bench-erasure bench bench-quick

run:
	@python3 -m local.venv
	@.venv/bin/python -m local.run

test:
	@python3 -m local.venv
	@.venv/bin/python -m local.debian
	@.venv/bin/python -m pytest

check:
	@python3 -m local.venv
	@.venv/bin/python -m local.check

proof:
	@python3 -m local.venv
	@.venv/bin/python -m local.debian
	@.venv/bin/python -m pytest -m proof

proof-orders:
	@python3 -m local.venv
	@.venv/bin/python -m proofs.orders

cluster:
	@python3 -m local.venv
	@.venv/bin/python -m proofs.cluster

lock: COMPILE = .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	@python3 -m local.venv
	@$(COMPILE) --output-file requirements.lock
	@$(COMPILE) --constraints requirements.lock --group embedded --group checks --output-file requirements-local.lock
	@python3 -m local.venv
	@.venv/bin/python -m local.holidays_of_kazakhstan

bench-ledger:
	@python3 -m local.venv
	@.venv/bin/python -m benchmarks.ledger

bench-export:
	@python3 -m local.venv
	@.venv/bin/python -m benchmarks.export

bench-erasure:
	@python3 -m local.venv
	@.venv/bin/python -m benchmarks.erasure

bench-scaling:
	@python3 -m local.venv
	@.venv/bin/python -m benchmarks.scaling

bench:
	@python3 -m local.venv
	@.venv/bin/python -m benchmarks.portal

bench-quick:
	@python3 -m local.venv
	@.venv/bin/python -m benchmarks.portal --quick
