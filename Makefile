# Everything runs in .venv/, made from pinned versions (constraints.txt). PYTHON: 3.11 or 3.12.
PYTHON ?= python3
export PIP_DISABLE_PIP_VERSION_CHECK = 1
PYTEST = .venv/bin/python -m pytest

.PHONY: demo test test-all lint bench clean

demo: .venv/core.stamp  ## the main job on a small corpus of our own: vocabulary, build, verify
	PATH="$(CURDIR)/.venv/bin:$$PATH" sh examples/demo.sh

test: .venv/test.stamp  ## the default tests, under five minutes
	$(PYTEST)

test-all: .venv/test.stamp  ## slow tests too, as CI does
	$(PYTEST) -m "not engine"

lint: .venv/test.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: .venv/test.stamp  ## speed and memory against their stated limits, some minutes
	.venv/bin/python benchmarks/main_job.py

clean:
	rm -rf .venv demo

.venv/core.stamp: pyproject.toml constraints.txt
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/test.stamp: .venv/core.stamp
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[train,dev]'
	touch $@
