"""What a run says before anything slow begins."""

import dataclasses
import subprocess
import sys

from model.settings import TrainSettings
from model.shards import read_manifest
from model.training.announce import first_lines
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards


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


def test_no_engine_is_loaded_for_it():
    program = (
        "import sys, model.training.announce; "
        "sys.exit(bool({'keras', 'tensorflow', 'jax'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
