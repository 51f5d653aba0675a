import dataclasses
import json
import os
import signal

import numpy as np
import pytest
import tensorflow as tf

from model.checkpoints import load_model
from model.configs import SettingError
from model.settings import TrainSettings
from model.training import loop as train_loop
from model.training.loop import NonFiniteLoss, steps_to_next_event, train
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards

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
    interleave=2,
)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return str(write_shards(tmp_path_factory.mktemp("shards"), [13, 9, 11]))


def run(shards, folder, settings=SETTINGS, config=None, **more):
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    config = config or tiny_config(**DROP)
    return train(config, settings, shards, strategy, str(folder), show_progress=False, **more)


def log_of(folder):
    """Log lines without the numbers that depend on the clock."""
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if not k.endswith("per_second")} for line in lines]


class StopAfter:
    """Stands in for StopSignals: the flag is up after so many looks."""

    looks = 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    @property
    def caught(self):
        StopAfter.looks -= 1
        return StopAfter.looks < 0


@pytest.fixture(scope="module")
def unbroken(shards, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    result = run(shards, folder)
    assert (result.step, result.stopped) == (8, False)
    return folder


def test_a_resumed_run_is_bit_equal_to_an_unbroken_one(shards, unbroken, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(train_loop, "StopSignals", StopAfter)
        StopAfter.looks = 3  # while, save, while: stops after the second call, at step 4
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


def test_tensorboard_files_hold_the_scalars(unbroken):
    path = next((unbroken / "tensorboard").iterdir())
    found = {}
    for event in tf.compat.v1.train.summary_iterator(str(path)):
        for value in event.summary.value:
            assert value.metadata.plugin_data.plugin_name == "scalars"
            found.setdefault(value.tag, []).append((event.step, tf.make_ndarray(value.tensor)))
    assert {"loss", "gradient_norm", "tokens_per_second"} <= set(found)
    assert [step for step, _ in found["loss"]] == [2, 4, 6, 8]


def test_only_the_newest_checkpoints_are_kept(shards, tmp_path):
    result = run(shards, tmp_path, dataclasses.replace(SETTINGS, save_every=2))
    kept = sorted(path.name for path in tmp_path.glob("ckpt-*.index"))
    assert kept == ["ckpt-6.index", "ckpt-8.index"]
    assert result.checkpoint.endswith("ckpt-8")


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


def test_a_loss_that_is_not_finite_stops_and_names_the_last_good_checkpoint(
    shards, tmp_path, monkeypatch
):
    real, calls = train_loop.make_run_steps, []

    def broken(*args):
        run_steps = real(*args)

        def run_broken(iterator, count):
            sums = run_steps(iterator, count)
            calls.append(1)
            return {**sums, "mlm_loss": float("nan")} if len(calls) == 3 else sums

        return run_broken

    monkeypatch.setattr(train_loop, "make_run_steps", broken)
    with pytest.raises(NonFiniteLoss, match="before step 6; last good checkpoint: .*ckpt-4"):
        run(shards, tmp_path)
    assert not list(tmp_path.glob("ckpt-6*"))


def test_a_fresh_run_can_start_from_the_weights_of_another(shards, unbroken, tmp_path):
    settings = dataclasses.replace(SETTINGS, steps=1, learning_rate=0.0)
    run(shards, tmp_path, settings, init=str(unbroken / "ckpt-8"))
    a, b = load_model(str(tmp_path)), load_model(str(unbroken))
    np.testing.assert_array_equal(a.encoder.pooler.kernel, b.encoder.pooler.kernel)


def test_a_signal_raises_the_flag_once_and_handlers_come_back():
    before = signal.getsignal(signal.SIGTERM)
    with train_loop.StopSignals() as signals:
        assert not signals.caught
        os.kill(os.getpid(), signal.SIGTERM)
        assert signals.caught
        assert signal.getsignal(signal.SIGTERM) == before
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_host_call_never_runs_past_a_log_line_a_checkpoint_or_the_end():
    settings = TrainSettings(steps=25, steps_per_call=8, log_every=10, save_every=12)
    step, ends = 0, []
    while step < settings.steps:
        step += steps_to_next_event(step, settings)
        ends.append(step)
    assert ends == [8, 10, 12, 20, 24, 25]
