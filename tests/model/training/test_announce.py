"""What a run says before anything slow begins."""

import dataclasses
import subprocess
import sys

import pytest

from model.configs import AlbertConfig
from model.run_folder import Run, write_run
from model.settings import TrainSettings
from model.shards import read_manifest
from model.training.announce import first_lines
from tests.model.backends import of_tensorflow
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards
from tests.shared import ROOT


def test_model_data_and_steps_are_said(tmp_path):
    shards = read_manifest(str(write_shards(tmp_path / "shards", [13, 9])))
    settings = TrainSettings(steps=1500, batch_size=8, learning_rate=0.01)
    model, data, steps, wait = first_lines(tiny_config(), settings, shards, "jax")
    assert model.startswith("model: 4 layers of 32, 4 heads, sharing all: ")
    assert data.startswith("data: 22 examples, up to 3 of 16 tokens predicted, objective sop (")
    assert steps == "steps: 1,500 of 8 examples, 545 times the data, rate up to 0.01"
    assert wait.startswith("loading jax")
    timed = dataclasses.replace(settings, max_hours=0.5)
    told = list(first_lines(tiny_config(), timed, shards, "jax"))[2]
    assert told.startswith("steps: as many as take 0.5 h, 1,500 at most, of 8 examples, up to 545 ")


def test_the_number_of_weights_is_the_models():
    from model.albert import AlbertPretrainer
    from model.convert.reference_shapes import weights_in

    for sharing in ("all", "none", "attention"):
        config = tiny_config(sharing=sharing)
        assert weights_in(config) == AlbertPretrainer(config).count_params()


NO_ENGINE = """
import sys
from model.train_tpu import main
try:
    main(sys.argv[1:])
finally:
    print("loaded:", sorted({'keras', 'tensorflow', 'jax'} & set(sys.modules)))
"""


def begun(tmp_path, **train):
    """A folder that holds a run, and its shards."""
    shards = write_shards(tmp_path / "shards", [13])
    config, read = AlbertConfig(vocab_size=97), read_manifest(str(shards))
    settings = dataclasses.asdict(TrainSettings(batch_size=8, **train))
    record = Run(config, settings, read.describe(), "sop", read.vocabulary_sha256)
    (tmp_path / "run").mkdir()
    write_run(str(tmp_path / "run"), record)
    return ["--shards", str(shards), "--model-dir", str(tmp_path / "run"), "--strategy", "cpu"]


@of_tensorflow
@pytest.mark.parametrize(
    "pairs, more, told",
    [
        (["batch_size=8", "seed=1"], [], "seed=0, now 1"),
        (["batch_size=16"], [], "batch_size=8, now 16"),
        (["batch_size=8", "hidden_size=48"], [], "hidden_size=768, now 48"),
        (["batch_size=8", "max_hours=1.0"], [], "max_hours=0.0, now 1.0"),
        (["batch_size=8", "micro_batch_size=3"], [], "divide the 8 examples of a replica"),
        (["batch_size=8"], ["--devices", "3"], "divide by 3 replicas"),
        (["batch_size=8"], ["--init", "a", "--branch", "b"], "a run begins from one of them"),
    ],
)
def test_what_cannot_be_is_refused_before_an_engine_is_loaded(tmp_path, pairs, more, told):
    command = [*begun(tmp_path), "--set", "vocab_size=97", *more]
    for pair in pairs:
        command += ["--set", pair]
    run = [sys.executable, "-c", NO_ENGINE, *command]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    assert told in done.stderr and "loaded: []" in done.stdout, done.stderr
