"""A run of JAX and what the other programs make of it; a run of TensorFlow where there is none."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from model.albert import AlbertPretrainer
from model.checkpoint_files import settle
from model.checkpoints import load_model
from model.convert.main import main
from model.convert.other_engine import read_jax, read_tensorflow
from model.convert.reference import read_reference_weights, reference_names
from model.convert.weights import read_weights
from model.run_folder import Run, read_run
from model.settings import TrainSettings
from model.state_file import write_arrays
from tests.model.backends import of_jax, of_tensorflow
from tests.model.conftest import tiny_config

CONFIG = tiny_config(num_hidden_layers=1)


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def arrays():
    """A state by the names of JAX's checkpoints, every number drawn."""
    rng, made = np.random.default_rng(4), {}
    for part in ("weights", "m", "v", "ratios"):
        for variable in AlbertPretrainer(CONFIG).trainable_variables:
            shape = () if part == "ratios" else tuple(variable.shape)
            made[f"{part}/{variable.path}"] = np.array(rng.normal(size=shape), np.float32)
    return {**made, "step": np.array([12]), "examples": np.array([2**33])}


@pytest.fixture(scope="module")
def of_jax_run(tmp_path_factory, arrays):
    """A folder as a run on JAX leaves it."""
    folder = tmp_path_factory.mktemp("of_jax")
    write_arrays(str(folder / "ckpt-12.safetensors"), arrays)
    settle(str(folder), "ckpt", 12, keep=5, keep_every=0)
    settings = dataclasses.asdict(TrainSettings())
    record = Run(
        CONFIG, settings, "shards", "sop", best={"step": 4, "eval_loss": 1.0}, engine="jax"
    )
    fields = {**vars(record), "model": CONFIG.to_dict()}
    (folder / "model.json").write_text(json.dumps(fields))
    (folder / "log.jsonl").write_text('{"step": 12}\n')
    return folder


def test_weights_of_a_run_on_jax_are_read_by_every_process(of_jax_run, arrays):
    for place in (of_jax_run, of_jax_run / "ckpt-12", f"{of_jax_run}@12"):
        read = read_weights(str(place))
        names = reference_names(AlbertPretrainer(CONFIG))
        assert read.arrays.keys() == names.keys()
        for name, variable in names.items():
            np.testing.assert_array_equal(read.arrays[name], arrays[f"weights/{variable.path}"])
    loaded = read_reference_weights(load_model(str(of_jax_run)))
    assert all(np.array_equal(loaded[name], array) for name, array in read.arrays.items())


def test_the_file_of_a_checkpoint_is_named_by_its_right_spelling(of_jax_run, tmp_path):
    done = run(of_jax_run / "ckpt-12.safetensors", f"hf:{tmp_path}/hf")
    assert done.exit_code == 1 and f"fix: write {of_jax_run}/ckpt-12\n" in done.output


@of_tensorflow
def test_a_whole_run_goes_to_tensorflow_and_back_bit_by_bit(of_jax_run, arrays, tmp_path):
    done = run(of_jax_run, tmp_path / "tf", "--engine", "tensorflow")
    assert done.exit_code == 0, done.output
    assert "the run at step 12, 8,589,934,592 examples consumed" in done.output
    there = read_tensorflow(CONFIG, f"{tmp_path}/tf/ckpt-12")
    assert there.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(there[name], array, err_msg=name)
    record = read_run(str(tmp_path / "tf"))
    assert (record.engine, record.best, record.data) == ("tensorflow", {}, "shards")
    assert (tmp_path / "tf" / "log.jsonl").read_text() == '{"step": 12}\n'
    done = run(tmp_path / "tf", tmp_path / "jax", "--engine", "jax")
    assert done.exit_code == 0, done.output
    again, first = (folder / "ckpt-12.safetensors" for folder in (tmp_path / "jax", of_jax_run))
    assert again.read_bytes() == first.read_bytes()
    assert read_jax(CONFIG, f"{tmp_path}/jax/ckpt-12").keys() == arrays.keys()


@of_tensorflow
@pytest.mark.parametrize(
    "arguments, told",
    [
        (("{run}", "{new}", "--engine", "jax"), "is a run of jax already"),
        (("{run}", "hf:{new}", "--engine", "tensorflow"), "is no folder of a run"),
        (("{run}", "{new}", "--engine", "tensorflow", "--vocab", "x"), "say nothing of a run"),
        (("{run}", "{run}", "--engine", "tensorflow"), "holds files already"),
        (("hf:{run}", "{new}", "--engine", "tensorflow"), "a run of this trainer lies there"),
        (("{run}/nothing", "{new}", "--engine", "tensorflow"), "no such run or checkpoint"),
    ],
)
def test_what_cannot_be_converted_is_one_message_and_nothing_is_written(
    of_jax_run, tmp_path, arguments, told
):
    done = run(*(text.format(run=of_jax_run, new=tmp_path / "new") for text in arguments))
    assert done.exit_code in (1, 2) and told in done.output, done.output
    assert done.output.count("fix: ") == 1 and not list(tmp_path.iterdir())


@of_tensorflow
def test_a_damaged_state_is_refused_and_nothing_is_written(of_jax_run, arrays, tmp_path):
    folder = shutil.copytree(of_jax_run, tmp_path / "run")
    write_arrays(str(folder / "ckpt-12.safetensors"), {**arrays, "m/more": np.zeros(2)})
    done = run(folder, tmp_path / "new", "--engine", "tensorflow")
    assert done.exit_code == 1 and "m/more is no variable of this run" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@of_jax
def test_a_run_of_tensorflow_is_one_message_where_there_is_none(of_jax_run, tmp_path):
    folder = shutil.copytree(of_jax_run, tmp_path / "run")
    (folder / "ckpt-12.safetensors").rename(folder / "ckpt-12.index")
    record = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**record, "engine": "tensorflow"}))
    for arguments in (
        (folder, f"hf:{tmp_path}/new"),
        (folder, tmp_path / "new", "--engine", "jax"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2 and not (tmp_path / "new").exists()
        assert "a checkpoint of TensorFlow, and Keras is on JAX here" in done.output
        assert done.output.count("fix: do this where albert-data[train] is installed") == 1
