"""The loop on an engine of plain numbers: what it asks of one, and what it does with several processes."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from albert_data.base.errors import DataError
from model.checkpoint_files import newest, settle
from model.configs import SettingError
from model.convert.weights import Weights
from model.network.heads import SUMS
from model.run_folder import read_run
from model.settings import TrainSettings
from model.training.pretraining import pretrain
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards

SETTINGS = TrainSettings(steps=6, batch_size=4, warmup_steps=1, log_every=2, save_minutes=60)


class Numbers:
    """An engine whose state is the step: it says what it was asked."""

    name, replicas, hosts = "numbers", 1, 1
    has_accelerator, usual_precision, latest = False, "float32", None

    def __init__(self, leads=True, others=lambda asked: asked):
        self.leads, self._others = leads, others
        self.asked, self.step = [], 0

    def build(self, job, settings, folder):
        assert settings.precision == "float32"
        self._folder, self._settings, self.step = folder, settings, 0
        self.asked.append("build")

    def restore(self, checkpoint=None):
        self.latest = newest(self._folder)
        if checkpoint or self.latest:
            self.step = int((checkpoint or self.latest).rpartition("-")[2])
        return self.latest is not None

    @property
    def examples(self):
        return self.step * self._settings.batch_size

    def take_weights(self, arrays):
        self.asked.append(("take", *arrays))

    def begin(self):
        self.asked.append("begin")

    def run(self, steps):
        self.step += steps
        self.asked.append(steps)
        return {**dict.fromkeys(SUMS, 4.0 * steps), "gradient_norm": 1.0}

    def learning_rate(self):
        return 0.1

    def trust_ratios(self):
        return [1.0, 2.0]

    def device_memory_gib(self):
        return self.step / 4

    def finite(self):
        return True

    def evaluate(self):
        return dict.fromkeys(SUMS, 1.0)

    def save(self, kind):
        if self.leads:
            Path(self._folder, f"{kind}-{self.step}.index").write_text("")
            settle(self._folder, kind, self.step, self._settings.keep_checkpoints, 0)
        self.latest = f"{self._folder}/{kind}-{self.step}"

    def largest(self, numbers):
        return self._others(numbers)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return str(write_shards(tmp_path_factory.mktemp("shards"), [13]))


def run(shards, folder, engine, settings=SETTINGS, **more):
    return pretrain(
        tiny_config(), settings, shards, engine, str(folder), show_progress=False, **more
    )


def weights_named(place):
    """Weights that fit the shards."""
    config = tiny_config()
    return Weights(place, "run", config, {"word": np.zeros(1)}, vocabulary_size=config.vocab_size)


def test_an_engine_takes_every_step_and_the_folder_says_which_it_was(shards, tmp_path):
    engine = Numbers()
    assert run(shards, tmp_path, engine).step == 6
    assert sum(steps for steps in engine.asked if isinstance(steps, int)) == 6
    assert json.loads((tmp_path / "model.json").read_text())["engine"] == "numbers"
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in log] == [2, 4, 6]
    assert [line["device_memory_gib"] for line in log] == [0.5, 1.0, 1.5]
    assert (log[0]["trust_ratio_median"], log[0]["sentence_loss"]) == (1.5, pytest.approx(1.0))


def test_a_run_goes_on_with_its_own_engine_only(shards, tmp_path):
    run(shards, tmp_path, Numbers())
    other = Numbers()
    other.name = "others"
    with pytest.raises(SettingError, match="(?s)engine='numbers', now 'others'.*--init"):
        run(shards, tmp_path, other)
    assert other.asked == []


def without_order(record, **more):
    """Makes the record what versions before the order was recorded wrote."""
    known = {**json.loads(record.read_text()), **more}
    del known["order"]
    record.write_text(json.dumps(known))


def test_a_run_of_another_order_of_examples_is_refused_and_pins_what_it_was(shards, tmp_path):
    run(shards, tmp_path, Numbers(), dataclasses.replace(SETTINGS, steps=2))
    record = tmp_path / "model.json"
    assert json.loads(record.read_text())["order"] == "blocks"
    without_order(record)
    before = record.read_bytes()
    with pytest.raises(SettingError, match="(?s)order='shards', now 'blocks'.*can finish it"):
        run(shards, tmp_path, engine := Numbers())
    assert engine.asked == [] and record.read_bytes() == before


@pytest.mark.parametrize("engine, order", [("jax", "blocks"), ("tensorflow", "shards")])
def test_runs_that_record_no_order_had_that_of_their_engine(shards, tmp_path, engine, order):
    run(shards, tmp_path, Numbers(), dataclasses.replace(SETTINGS, steps=2))
    without_order(tmp_path / "model.json", engine=engine)
    assert read_run(str(tmp_path)).order == order


def test_a_process_that_does_not_lead_writes_and_says_nothing(shards, tmp_path, capsys):
    said = []
    folder = tmp_path / "run"
    assert run(shards, folder, Numbers(leads=False), say=said.append).step == 6
    assert not folder.exists() and not said and not capsys.readouterr().out


def test_a_signal_that_one_of_several_processes_gets_ends_all(shards, tmp_path):
    engine = Numbers(others=lambda asked: (1, *asked[1:]))
    result = run(shards, tmp_path, engine)
    assert (result.stopped, result.step, result.checkpoint) == (True, 1, f"{tmp_path}/ckpt-1")
    assert newest(str(tmp_path)) == f"{tmp_path}/ckpt-1"


def test_all_processes_take_the_longest_call_that_one_asks_for(shards, tmp_path):
    engine = Numbers(others=lambda asked: (*asked[:4], 5))
    run(shards, tmp_path, engine, dataclasses.replace(SETTINGS, log_every=100))
    assert engine.asked == ["build", "begin", 1, 5]


def test_weights_to_begin_with_are_read_once_and_never_when_a_run_goes_on(
    shards, tmp_path, monkeypatch
):
    read, said = [], []
    monkeypatch.setattr(
        "model.start.read_weights", lambda place: read.append(place) or weights_named(place)
    )
    engine = Numbers()
    short = dataclasses.replace(SETTINGS, steps=2)
    run(shards, tmp_path, engine, short, init="somewhere", say=said.append)
    assert engine.asked[:3] == ["build", ("take", "word"), "begin"] and read == ["somewhere"]
    assert said[0] == "new run with weights of" and said[1].startswith("somewhere: run, ")
    for init, steps, told in (
        ("somewhere", 4, []),
        (
            "elsewhere",
            6,
            ["  it began with weights of somewhere: --init elsewhere is for a new run"],
        ),
    ):
        said.clear()
        longer = dataclasses.replace(SETTINGS, steps=steps)
        run(shards, tmp_path, again := Numbers(), longer, init=init, say=said.append)
        assert read == ["somewhere"] and ("take", "word") not in again.asked
        assert [line for line in said if "--init" in line] == told
        assert json.loads((tmp_path / "model.json").read_text())["init"] == "somewhere"


def test_weights_that_cannot_be_begun_with_are_refused_before_anything_is_written(shards, tmp_path):
    with pytest.raises(DataError, match="no such run or checkpoint"):
        run(shards, tmp_path / "run", Numbers(), init=f"{tmp_path}/nothing")
    assert not (tmp_path / "run").exists()


def test_a_run_whose_record_is_lost_says_so_and_goes_on(shards, tmp_path):
    run(shards, tmp_path, Numbers(), dataclasses.replace(SETTINGS, steps=2))
    (tmp_path / "model.json").unlink()
    said = []
    assert run(shards, tmp_path, Numbers(), say=said.append).step == 6
    assert said[0].startswith("goes on at step 2") and "model.json is lost" in said[1]
