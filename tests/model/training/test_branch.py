"""Runs that branch off a checkpoint of another, on the engine that Keras has."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from albert_data.base.errors import ConfigError
from model.checkpoint_files import newest
from model.checkpoints import load_model
from model.configs import SettingError
from model.run_folder import read_run, write_run
from model.settings import TrainSettings
from model.training.pretraining import pretrain
from tests.model.backends import new_engine
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards
from tests.model.training.test_engine import Numbers

DROPOUT = dict(hidden_dropout_prob=0.3, attention_probs_dropout_prob=0.3)
CONFIG = tiny_config(num_hidden_layers=1, **DROPOUT)
WITHOUT = tiny_config(num_hidden_layers=1)
SETTINGS = TrainSettings(
    steps=8, batch_size=8, warmup_steps=2, learning_rate=0.01, log_every=1, save_every=4,
    steps_per_call=2,
)  # fmt: skip


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return str(write_shards(tmp_path_factory.mktemp("shards"), [13, 9, 11]))


def run(shards, folder, branch=None, config=CONFIG, engine=None, said=None, **settings):
    return pretrain(
        config, dataclasses.replace(SETTINGS, **settings), shards, engine or new_engine(),
        str(folder), show_progress=False, say=(said if said is not None else []).append,
        branch=branch,
    )  # fmt: skip


def lines_of(folder):
    lines = map(json.loads, (Path(folder) / "log.jsonl").read_text().splitlines())
    return {line["step"]: line for line in lines if "loss" in line}


def losses_of(folder):
    return {step: line["loss"] for step, line in lines_of(folder).items()}


@pytest.fixture(scope="module")
def trunk(shards, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trunk")
    run(shards, folder)
    return folder


@pytest.fixture(scope="module")
def unchanged(shards, trunk, tmp_path_factory):
    folder, said = tmp_path_factory.mktemp("unchanged"), []
    assert run(shards, folder, f"{trunk}@4", said=said).step == 8
    return folder, said


def test_a_branch_with_nothing_changed_ends_as_the_run_that_it_left(trunk, unchanged):
    folder, said = unchanged
    assert losses_of(folder) == {k: v for k, v in losses_of(trunk).items() if k > 4}
    a, b = load_model(str(folder)), load_model(str(trunk))
    for x, y in zip(a.variables, b.variables, strict=True):
        np.testing.assert_array_equal(x, y, err_msg=x.path)
    assert said[0] == (
        f"new run, a branch of {trunk}/ckpt-4: its weights, optimizer, step 4 and place in the data; "
        "from here on with the same settings"
    )
    assert read_run(str(folder)).branch == {"run": str(trunk), "step": 4, "changes": []}
    assert lines_of(folder)[5]["examples"] == 40


def test_without_dropout_the_loss_changes_at_once(shards, trunk, tmp_path):
    said = []
    run(shards, tmp_path, f"{trunk}@4", WITHOUT, said=said)
    here, there = losses_of(tmp_path), losses_of(trunk)
    assert here[5] != there[5] and min(here) == 5
    told = "hidden_dropout_prob 0.3 → 0.0, attention_probs_dropout_prob 0.3 → 0.0"
    assert said[0].endswith(f"from here on {told}")
    changes = read_run(str(tmp_path)).branch["changes"]
    assert changes[0] == {"setting": "hidden_dropout_prob", "old": 0.3, "new": 0.0}


def test_other_shards_rate_batch_and_seed_are_said_and_recorded(trunk, tmp_path):
    other, said = write_shards(tmp_path / "other", [25]), []
    more = dict(learning_rate=0.001, batch_size=4, seed=5)
    run(str(other), tmp_path / "run", str(trunk / "ckpt-4"), said=said, **more)
    for told in ("learning_rate 0.01 → 0.001", "batch_size 8 → 4", "seed 0 → 5", "data "):
        assert told in said[0]
    keys = {one["setting"] for one in read_run(str(tmp_path / "run")).branch["changes"]}
    assert keys == {"learning_rate", "batch_size", "seed", "data"}
    # Four steps of eight examples, one of four.
    assert lines_of(tmp_path / "run")[5]["examples"] == 36


def test_a_branch_that_is_stopped_goes_on_as_a_run_of_its_own(shards, unchanged, tmp_path):
    folder, _ = unchanged
    shutil.copytree(folder, tmp_path / "run")
    said = []
    run(shards, tmp_path / "run", f"{tmp_path}/gone@4", said=said, steps=10)
    assert said[0].startswith("goes on at step 8")
    assert read_run(str(tmp_path / "run")).branch == read_run(str(folder)).branch


def test_a_run_that_began_otherwise_is_not_taken_for_a_branch(shards, trunk, tmp_path):
    shutil.copytree(trunk, tmp_path / "run")
    said = []
    run(shards, tmp_path / "run", str(trunk), said=said, steps=10)
    assert said[1] == f"  it began with weights drawn at random: --branch {trunk} is for a new run"


def test_a_run_past_its_last_step_has_nothing_to_branch_into(shards, trunk, tmp_path):
    assert not run(shards, tmp_path / "run", str(trunk)).worked


@pytest.mark.parametrize(
    "change, message",
    [
        (dict(num_hidden_layers=2), "num_hidden_layers=1, this run 2"),
        (dict(num_attention_heads=2), "num_attention_heads=4, this run 2"),
        (dict(intermediate_size=32), "intermediate_size=64, this run 32"),
        (dict(embedding_size=8), "embedding_size=16, this run 8"),
        (dict(hidden_act="gelu"), "hidden_act='gelu_new', this run 'gelu'"),
        (dict(max_position_embeddings=32), "max_position_embeddings=24, this run 32"),
    ],
)
def test_a_model_of_other_shapes_or_another_function_is_refused(
    shards, trunk, tmp_path, change, message
):
    with pytest.raises(SettingError, match=f"another function: it has {message}"):
        run(shards, tmp_path / "run", str(trunk), dataclasses.replace(WITHOUT, **change))
    assert not (tmp_path / "run").exists()


def altered(trunk, place, **fields):
    shutil.copytree(trunk, place)
    write_run(str(place), dataclasses.replace(read_run(str(place)), **fields))
    return str(place)


@pytest.mark.parametrize(
    "fields, message",
    [
        (dict(task="rte"), "(?s)trained for the task rte.*--init"),
        (dict(train={}), "(?s)weights alone.*--init"),
        (dict(order="shards"), "(?s)order 'shards'.*--init"),
        (dict(engine="other"), "(?s)engine other.*albert-convert"),
        (dict(vocabulary="0" * 64), "another vocabulary"),
    ],
)
def test_what_no_run_can_branch_off_is_refused_with_a_way_out(
    shards, trunk, tmp_path, fields, message
):
    place = altered(trunk, tmp_path / "trunk", **fields)
    with pytest.raises(SettingError, match=message):
        run(shards, tmp_path / "run", place)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "place, message",
    [("{}/nothing", "no such run"), ("{}@3", "no checkpoint '3'"), ("hf:{}", "no optimizer")],
)
def test_a_checkpoint_that_is_not_there_is_named(shards, trunk, tmp_path, place, message):
    with pytest.raises(ConfigError if place[0] == "h" else Exception, match=message):
        run(shards, tmp_path / "run", place.format(trunk))


def test_a_branch_leaves_its_trunk_as_it_is(trunk, unchanged):
    assert read_run(str(trunk)).branch == {}
    assert newest(str(trunk)) == f"{trunk}/ckpt-8"


def test_the_rate_that_a_run_had_gone_back_to_is_what_a_branch_changes(shards, trunk, tmp_path):
    rewinds = [{"step": 5, "to": 2, "why": "", "learning_rate": 0.005}]
    place, said = altered(trunk, tmp_path / "trunk", rewinds=rewinds), []
    run(shards, tmp_path / "run", f"{place}@4", said=said, steps=5)
    assert "learning_rate 0.005 → 0.01" in said[0]


def test_a_branch_that_goes_back_before_it_saved_begins_at_its_trunk_again(shards, trunk, tmp_path):
    engine = new_engine()
    steps, left = engine.run, [1]

    def broken(count):
        sums = steps(count)
        if engine.step >= 6 and left[0]:
            left[0] = 0
            return {**sums, "mlm_loss": float("nan")}
        return sums

    engine.run = broken
    said = []
    settings = dict(on_trouble="rewind", save_every=100)
    run(shards, tmp_path, f"{trunk}@4", said=said, engine=engine, **settings)
    assert sum(line.startswith("new run, a branch of") for line in said) == 2
    assert min(losses_of(tmp_path)) == 5 and max(losses_of(tmp_path)) == 8


def test_a_branch_that_learns_nothing_more_is_in_no_trouble(tmp_path):
    """The rates of its steps add to ½ and its loss is where it was."""
    shards = str(write_shards(tmp_path / "shards", [13]))
    steady = dict(log_every=2, warmup_steps=0, learning_rate=0.5, steps=40, on_trouble="stop")
    ours = dataclasses.replace(SETTINGS, **steady)

    def numbers(folder, branch=None, **more):
        settings = dataclasses.replace(ours, **more)
        pretrain(
            CONFIG, settings, shards, Numbers(), str(folder), show_progress=False, branch=branch
        )

    numbers(tmp_path / "trunk", steps=4)
    numbers(tmp_path / "branch", f"{tmp_path}/trunk@4")
    with pytest.raises(ArithmeticError, match="nothing is learnt"):
        numbers(tmp_path / "fresh")
