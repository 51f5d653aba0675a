import dataclasses
import json
import os
import shutil
import signal

import numpy as np
import pytest

from albert_data.base.errors import ConfigError, DataError
from albert_data.schema import HoldOut
from model.checkpoints import load_model
from model.configs import SettingError
from model.run_folder import read_run
from model.settings import TrainSettings
from model.training import loop as train_loop
from model.training.loop import steps_to_next_event
from model.training.pretraining import pretrain
from model.training.signals import Signals
from model.training.trouble import NonFiniteLoss
from tests.command_line import edit
from tests.model.backends import ENDING, new_engine, of_tensorflow
from tests.model.conftest import tiny_config
from tests.model.make_shards import example, framed, serialize, write_shards

DROP = dict(num_hidden_layers=1, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1)
SETTINGS = TrainSettings(
    steps=8,
    batch_size=8,
    micro_batch_size=4,
    warmup_steps=2,
    learning_rate=0.01,
    steps_per_call=2,
    log_every=2,
    save_every=4,
    keep_checkpoints=2,
)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return str(write_shards(tmp_path_factory.mktemp("shards"), [13, 9, 11]))


def run(shards, folder, settings=SETTINGS, config=None, engine=None, **more):
    engine = engine or new_engine()
    config = config or tiny_config(**DROP)
    return pretrain(config, settings, shards, engine, str(folder), show_progress=False, **more)


def log_of(folder):
    """Log lines without the numbers that depend on the clock."""
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [
        {
            k: v
            for k, v in line.items()
            if k not in ("time", "host_memory_gib") and not k.endswith("per_second")
        }
        for line in lines
    ]


class StopAfter:
    """Stands in for Signals: the flag is up after so many looks."""

    looks = 0
    may_leave = False

    def __init__(self, last_words):
        self.last_words = last_words

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    @property
    def end(self):
        StopAfter.looks -= 1
        return StopAfter.looks < 0

    def wants_checkpoint(self):
        return self.end

    def unless_ended(self, work):
        return work()


@pytest.fixture(scope="module")
def unbroken(shards, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    result = run(shards, folder)
    assert (result.step, result.stopped) == (8, False)
    return folder


def test_a_resumed_run_is_bit_equal_to_an_unbroken_one(shards, unbroken, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(train_loop, "Signals", StopAfter)
        StopAfter.looks = 2  # two a call: stops after the second, at step 3
        first = run(shards, tmp_path)
    assert first.stopped and 0 < first.step < 8
    run(shards, tmp_path)
    assert log_of(tmp_path) == log_of(unbroken)
    a, b = load_model(str(tmp_path)), load_model(str(unbroken))
    for x, y in zip(a.variables, b.variables, strict=True):
        np.testing.assert_array_equal(x, y, err_msg=x.path)


def test_a_run_learns_and_logs_every_quantity(unbroken):
    lines = log_of(unbroken)
    assert [line["step"] for line in lines] == [2, 4, 6, 8]
    assert lines[-1]["mlm_loss"] < lines[0]["mlm_loss"]
    assert lines[-1]["learning_rate"] == 0.0
    assert set(lines[0]) == {
        "step",
        "epoch",
        "examples",
        "tokens",
        "loss",
        "mlm_loss",
        "mlm_accuracy",
        "sentence_loss",
        "sentence_accuracy",
        "learning_rate",
        "gradient_norm",
        "trust_ratio_min",
        "trust_ratio_median",
        "trust_ratio_max",
    }


@of_tensorflow
def test_tensorboard_files_hold_the_scalars(unbroken):
    import tensorflow as tf

    path = next((unbroken / "tensorboard").iterdir())
    found = {}
    for event in tf.compat.v1.train.summary_iterator(str(path)):
        for value in event.summary.value:
            assert value.metadata.plugin_data.plugin_name == "scalars"
            found.setdefault(value.tag, []).append((event.step, tf.make_ndarray(value.tensor)))
    assert {"loss", "gradient_norm", "tokens_per_second"} <= set(found)
    assert [step for step, _ in found["loss"]] == [2, 4, 6, 8]


@pytest.fixture(scope="module")
def watched(shards, tmp_path_factory):
    """A run that saves and scores held-out data at each call."""
    home = tmp_path_factory.mktemp("watched")
    held_out = write_shards(home / "held_out", [7])
    settings = dataclasses.replace(SETTINGS, save_every=2, eval_every=2)
    result = run(shards, home / "run", settings, eval_folder=str(held_out))
    assert result.checkpoint.endswith("ckpt-8")
    return home / "run"


PART = HoldOut("training", "10%", 2**60, 3, 30, 30, records=7)


def test_what_was_held_out_of_the_shards_is_scored_without_being_named_and_that_is_said(tmp_path):
    shards = write_shards(tmp_path / "shards", [20], hold_out=PART)
    held_out = write_shards(shards / "held-out", [7])
    said: list[str] = []
    settings = dataclasses.replace(SETTINGS, eval_every=4)
    run(str(shards), tmp_path / "run", settings, say=said.append)
    told = f"scored every 4 steps and at the end on {held_out}, documents that no training example is made of"
    assert said.count(told) == 1
    assert any("eval_loss" in line for line in log_of(tmp_path / "run"))
    assert read_run(str(tmp_path / "run")).scored_on == str(held_out)
    run(str(shards), tmp_path / "none", settings, say=said.append, eval_folder="none")
    assert said.count(told) == 1
    assert not any("eval_loss" in line for line in log_of(tmp_path / "none"))
    assert read_run(str(tmp_path / "none")).scored_on == ""


def test_a_held_out_folder_that_was_left_behind_is_missed(tmp_path):
    shards = write_shards(tmp_path / "shards", [20], hold_out=PART)
    said: list[str] = []
    run(str(shards), tmp_path / "run", dataclasses.replace(SETTINGS, steps=2), say=said.append)
    assert any("hold_out 10%, and its held-out folder is not there" in line for line in said)


def test_only_the_newest_checkpoints_are_kept(watched):
    kept = sorted(path.name for path in watched.glob(f"ckpt-*{ENDING}"))
    assert kept == [f"ckpt-6{ENDING}", f"ckpt-8{ENDING}"]


def test_a_finished_run_ends_at_once(shards, unbroken):
    before = log_of(unbroken)
    assert run(shards, unbroken).step == 8
    assert log_of(unbroken) == before


@pytest.mark.parametrize(
    "change, message",
    [
        (dict(settings=dataclasses.replace(SETTINGS, seed=1)), "seed=0, now 1"),
        (dict(settings=dataclasses.replace(SETTINGS, batch_size=4)), "batch_size=8, now 4"),
        (dict(config=tiny_config()), "num_hidden_layers=1, now 4"),
    ],
)
def test_a_folder_of_another_run_is_refused(shards, unbroken, change, message):
    with pytest.raises(SettingError, match=message):
        run(shards, unbroken, **change)


def test_other_shards_are_refused_on_resume(unbroken, tmp_path):
    other = write_shards(tmp_path, [12, 9])
    with pytest.raises(SettingError, match="holds a run with data="):
        run(str(other), unbroken)


def test_a_loss_that_is_not_finite_stops_and_names_the_last_good_checkpoint(shards, tmp_path):
    engine = new_engine()
    steps_of = engine.run

    def broken(steps):
        sums = steps_of(steps)
        return {**sums, "mlm_loss": float("nan")} if engine.step == 6 else sums

    engine.run = broken
    with pytest.raises(
        NonFiniteLoss, match="before step 6 is not finite; last good checkpoint: .*ckpt-4"
    ):
        run(shards, tmp_path, engine=engine)
    assert not list(tmp_path.glob("ckpt-6*"))


@pytest.fixture(scope="module")
def short(shards, unbroken, tmp_path_factory):
    """A run of one step, from the weights of another, that changes nothing; what it said."""
    folder, said = tmp_path_factory.mktemp("short"), []
    settings = dataclasses.replace(SETTINGS, steps=1, learning_rate=0.0)
    run(shards, folder, settings, init=str(unbroken / "ckpt-8"), say=said.append)
    return folder, said


def test_a_fresh_run_can_start_from_the_weights_of_another(unbroken, short):
    a, b = load_model(str(short[0])), load_model(str(unbroken))
    np.testing.assert_array_equal(
        np.asarray(a.encoder.pooler.kernel), np.asarray(b.encoder.pooler.kernel)
    )


def test_a_signal_raises_the_flag_once_and_handlers_come_back():
    before = signal.getsignal(signal.SIGTERM)
    with Signals() as signals:
        assert not signals.end and not signals.wants_checkpoint()
        os.kill(os.getpid(), signal.SIGUSR1)
        assert signals.wants_checkpoint() and not signals.end and not signals.wants_checkpoint()
        os.kill(os.getpid(), signal.SIGTERM)
        assert signals.end and signals.wants_checkpoint()
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_host_call_never_runs_past_a_log_line_a_checkpoint_or_the_end():
    settings = TrainSettings(steps=25, log_every=10, save_every=12, eval_every=1000)
    step, ends = 0, []
    while step < settings.steps:
        step += steps_to_next_event(step, settings)
        ends.append(step)
    assert ends == [10, 12, 20, 24, 25]


def test_a_state_that_gives_no_finite_loss_is_not_kept(shards, tmp_path):
    """The losses before the update are finite; what the update makes of the weights is not."""
    ruinous = dataclasses.replace(SETTINGS, learning_rate=2e9, warmup_steps=0, save_every=1)
    with pytest.raises(NonFiniteLoss, match="what step 1 made of the weights is not finite"):
        run(shards, tmp_path, ruinous)
    assert not list(tmp_path.glob("ckpt-*")) and not (tmp_path / "model.json").exists()


def test_a_start_that_fails_leaves_nothing_that_the_next_one_must_agree_with(shards, tmp_path):
    with pytest.raises(SettingError, match="micro_batch_size"):
        run(shards, tmp_path, dataclasses.replace(SETTINGS, micro_batch_size=3))
    assert not (tmp_path / "model.json").exists()
    assert run(shards, tmp_path, dataclasses.replace(SETTINGS, batch_size=4)).step == 8


def test_a_folder_whose_state_file_is_lost_goes_on_from_its_newest_checkpoint(
    shards, unbroken, tmp_path
):
    shutil.copytree(unbroken, tmp_path, dirs_exist_ok=True)
    (tmp_path / "checkpoint").unlink()
    said: list[str] = []
    longer = dataclasses.replace(SETTINGS, steps=10)
    assert run(shards, tmp_path, longer, say=said.append).step == 10
    assert said[0].startswith(
        f"goes on at step 8 from {tmp_path}/ckpt-8; from here on steps 8 → 10"
    )
    assert [line["step"] for line in log_of(tmp_path)] == [2, 4, 6, 8, 10]


@pytest.mark.slow
def test_what_changes_in_a_run_stays_on_record(shards, unbroken, tmp_path):
    shutil.copytree(unbroken, tmp_path, dirs_exist_ok=True)
    run(shards, tmp_path, dataclasses.replace(SETTINGS, steps=10, learning_rate=0.02))
    record = json.loads((tmp_path / "model.json").read_text())
    assert record["train"]["learning_rate"] == 0.02
    assert {"step": 8, "setting": "learning_rate", "old": 0.01, "new": 0.02} in record["changes"]
    assert {"step": 8, "setting": "steps", "old": 8, "new": 10} in record["changes"]


def test_a_folder_is_one_process_at_a_time(shards, tmp_path):
    from model.run_folder import held

    with (
        held(str(tmp_path)),
        pytest.raises(ConfigError, match="another process trains in this folder"),
    ):
        run(shards, tmp_path)


@of_tensorflow
@pytest.mark.slow
def test_lines_of_steps_behind_the_last_checkpoint_are_cut_when_a_run_goes_on(
    shards, unbroken, tmp_path
):
    import tensorflow as tf

    shutil.copytree(unbroken, tmp_path, dirs_exist_ok=True)
    log = tmp_path / "log.jsonl"
    whole = log.read_text()
    for path in tmp_path.glob("ckpt-8*"):
        path.unlink()  # as if it had been killed before
    log.write_text(whole + '{"step": 9')
    run(shards, tmp_path)
    assert [line["step"] for line in log_of(tmp_path)] == [2, 4, 6, 8]
    steps = [
        event.step
        for path in sorted((tmp_path / "tensorboard").iterdir())
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
        if value.tag == "loss"
    ]
    assert sorted(steps) == [2, 4, 6, 8]


def test_without_a_sentence_loss_nothing_is_said_of_it(tmp_path):
    shards = write_shards(tmp_path / "shards", [13, 9, 11], objective="none")
    run(str(shards), tmp_path / "run")
    line = log_of(tmp_path / "run")[-1]
    assert line["loss"] == line["mlm_loss"] and not any("sentence" in key for key in line)


def test_the_best_checkpoint_of_the_held_out_data_is_kept_beside_the_last(watched):
    record = json.loads((watched / "model.json").read_text())
    losses = {line["step"]: line["eval_loss"] for line in log_of(watched) if "eval_loss" in line}
    assert sorted(losses) == [2, 4, 6, 8]
    best = min(losses, key=losses.get)
    assert record["best"]["step"] == best
    assert [p.name for p in watched.glob(f"best-*{ENDING}")] == [f"best-{best}{ENDING}"]
    assert load_model(str(watched), "best").variables


def test_a_run_that_ends_within_its_warm_up_says_so(short):
    assert any("ends within its warm-up of 2" in line for line in short[1])


def test_fewer_records_than_the_manifest_claims_is_said(tmp_path):
    folder = write_shards(tmp_path / "shards", [13])
    path = next(folder.glob("*.tfrecord"))
    path.write_bytes(b"".join(framed(serialize(example(n, 16, 3, 97))) for n in range(5)))
    edit(
        folder / "manifest.json",
        lambda manifest: manifest["shards"][0].update(bytes=path.stat().st_size),
    )
    with pytest.raises(DataError, match="5 records, the manifest says 13"):
        run(str(folder), tmp_path / "run")
