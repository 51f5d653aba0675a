# Everything runs in .venv/, made from pinned versions (constraints.txt). PYTHON: 3.11 or 3.12.
PYTHON ?= python3
export PIP_DISABLE_PIP_VERSION_CHECK = 1
PYTEST = .venv/bin/python -m pytest -n 2 --dist loadfile

.PHONY: demo train-demo test test-all lint bench clean

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

train-demo: .venv/test.stamp  ## trains a tiny ALBERT on the demo's shards for 100 steps, evaluates
	test -f demo/shards/manifest.json || $(MAKE) demo
	TF_CPP_MIN_LOG_LEVEL=2 .venv/bin/python model/train_tpu.py --shards demo/shards \
	    --model-dir demo/model --strategy cpu --set name=albert-tiny --set vocab_size=3000 \
	    --set steps=100 --set warmup_steps=10 --set batch_size=32 --set log_every=20
	TF_CPP_MIN_LOG_LEVEL=2 .venv/bin/python -m model.evaluate --model-dir demo/model \
	    --shards demo/shards

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
