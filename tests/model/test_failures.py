"""Bad input of the trainer and the evaluation: one message with the file and the fix, no traceback."""

import shutil

import click
import pytest
import tensorflow as tf
from click.testing import CliRunner

from albert_data.base.errors import DataError
from model import evaluate
from model.failures import errors_shown, first_line, read_json
from tests.command_line import edit
from tests.model.make_shards import write_shards
from tests.model.trainer_command import refused, train


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_shards(tmp_path_factory.mktemp("shards"), [13, 9, 11])


@pytest.fixture(scope="module")
def run(shards, tmp_path_factory):
    """A finished run of two checkpoints."""
    folder = tmp_path_factory.mktemp("run")
    done = train(shards, folder)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def copy(run, tmp_path):
    return shutil.copytree(run, tmp_path / "run")


def score(shards, folder):
    return CliRunner().invoke(evaluate.main, [f"--shards={shards}", f"--model-dir={folder}"])


def cut(path, size):
    path.write_bytes(path.read_bytes()[:size])


@pytest.mark.parametrize("command", [train, pytest.param(score, marks=pytest.mark.slow)])
def test_a_damaged_record_names_the_shards_and_how_to_find_it(command, shards, run, tmp_path):
    damaged = shutil.copytree(shards, tmp_path / "damaged")
    for path in damaged.glob("train-*.tfrecord"):
        raw = bytearray(path.read_bytes())
        raw[40] ^= 1
        path.write_bytes(raw)
    folder = tmp_path / "new" if command is train else run
    refused(command(damaged, folder), "train-0000", "record 0 is damaged")


def test_a_truncated_shard_is_named_before_training(shards, tmp_path):
    damaged = shutil.copytree(shards, tmp_path / "damaged")
    path = sorted(damaged.glob("train-*.tfrecord"))[1]
    cut(path, 100)
    refused(train(damaged, tmp_path / "run"), path, "100 bytes")


@pytest.mark.parametrize("kind", ["index", "data-00000-of-00001"])
def test_a_truncated_checkpoint_is_named_and_an_older_one_can_be_taken(kind, shards, copy):
    cut(copy / f"ckpt-4.{kind}", 500 if kind == "index" else 100)
    more = ["--set=steps=4"]
    for command in (train(shards, copy, *more), score(shards, copy)):
        refused(command, copy / "ckpt-4", f"move {copy}/ckpt-4.* elsewhere")
    for part in copy.glob("ckpt-4.*"):
        part.unlink()
    assert score(shards, copy).exit_code == 0
    assert train(shards, copy, *more).exit_code == 0


def test_a_run_that_is_not_json_is_named_with_the_place(shards, copy):
    (copy / "model.json").write_text("{")
    refused(train(shards, copy), copy / "model.json", "line 1")


def test_a_manifest_that_is_not_json_is_named(shards, run, tmp_path):
    damaged = shutil.copytree(shards, tmp_path / "damaged")
    cut(damaged / "manifest.json", 30)
    refused(score(damaged, run), damaged / "manifest.json", "not JSON")


def test_settings_that_are_not_yaml_are_named_with_the_place(shards, tmp_path):
    path = tmp_path / "settings.yaml"
    path.write_text("train: [")
    refused(train(shards, tmp_path / "run", f"--config={path}"), path, "line 1", code=2)


def test_files_that_are_not_there_are_named(shards, tmp_path):
    missing = tmp_path / "settings.yaml"
    refused(train(shards, tmp_path / "run", f"--config={missing}"), missing)
    refused(train(shards, tmp_path / "run", f"--init={tmp_path}/ckpt-9"), f"{tmp_path}/ckpt-9")


def test_a_model_folder_that_cannot_be_made_is_named(shards, tmp_path):
    (tmp_path / "file").write_text("")
    refused(train(shards, tmp_path / "file" / "run"), tmp_path / "file")


def test_what_goes_wrong_within_the_step_keeps_its_reason(tmp_path):
    folder = write_shards(tmp_path / "shards", [30], vocabulary=200)
    edit(folder / "manifest.json", lambda manifest: manifest["vocabulary"].update(size=97))
    refused(train(folder, tmp_path / "run"), "is not in [0, 97)")
    assert not (tmp_path / "run" / "model.json").exists()


def test_memory_that_is_not_there_is_said_with_what_asked_for_it():
    fill = tf.function(lambda size: tf.reduce_sum(tf.fill([size, size], 1.0)))
    with pytest.raises(tf.errors.ResourceExhaustedError) as caught:
        fill(tf.constant(1 << 22))
    assert first_line(caught.value).startswith("OOM when allocating tensor with shape[4194304,")


class JaxRuntimeError(RuntimeError):
    """As JAX raises it on a device."""


JaxRuntimeError.__module__ = "jax.errors"


@pytest.mark.parametrize(
    "text, shown",
    [
        (
            "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8 bytes.\nBufferAssignment:",
            "out of memory or disk: Out of memory while trying to allocate 8 bytes.\n  fix: for memory,",
        ),
        ("INTERNAL: the ring was broken", "the ring was broken\n  fix: mend this,"),
    ],
)
def test_what_jax_raises_on_a_device_is_a_message_without_its_status(text, shown):
    with pytest.raises(click.ClickException) as caught, errors_shown():
        raise JaxRuntimeError(text)
    assert caught.value.message.startswith(shown) and caught.value.exit_code == 1


def test_a_defect_keeps_its_traceback():
    with pytest.raises(RuntimeError, match="INTERNAL: not of a library"), errors_shown():
        raise RuntimeError("INTERNAL: not of a library")


def test_a_run_that_is_finished_says_so(shards, copy):
    done = train(shards, copy)
    assert done.exit_code == 0 and f"finished: step 4, {copy}/ckpt-4; nothing to do" in done.output


def test_a_machine_without_a_tpu_says_so(shards, tmp_path):
    refused(train(shards, tmp_path / "run", strategy="tpu"), "no TPU", "--strategy cpu", code=2)


@pytest.mark.parametrize("content", ["1", "[]", "null", '"text"', "{", "[" * 100_000, ""])
def test_a_json_file_without_fields_is_damaged(tmp_path, content):
    path = tmp_path / "model.json"
    path.write_text(content)
    with pytest.raises(DataError, match="damaged") as caught:
        read_json(str(path))
    assert caught.value.where == str(path)
