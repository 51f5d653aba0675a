"""Runs whose steps are laid out by time: on an engine whose clock is given, and on the one that Keras has."""

import dataclasses
import json
import re
import shutil

import numpy as np
import pytest

from model.checkpoints import load_model
from model.configs import SettingError
from model.run_folder import read_run
from model.settings import TrainSettings
from model.training import loop, time_budget
from model.training.pretraining import pretrain
from model.training.time_budget import Measure, lay_out, lines_of_time, measure_of
from tests.model.backends import new_engine
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards
from tests.model.training.test_engine import Numbers

HOUR = 3600.0
SETTINGS = TrainSettings(
    steps=100_000, max_hours=360 / HOUR, batch_size=4, warmup_steps=30, steps_per_call=4,
    log_every=50, save_every=100, save_minutes=1e6, learning_rate=0.01,
)  # fmt: skip


class Clock:
    """Stands in for ``time``: it goes on when a step is taken."""

    def __init__(self):
        self.now = 1e9

    def monotonic(self):
        return self.now

    time = monotonic


class Timed(Numbers):
    """An engine whose steps take the seconds that a function of their number says."""

    def __init__(self, clock, seconds_of):
        super().__init__()
        self.clock, self.seconds_of, self.rates, self.taken = clock, seconds_of, [], 0

    def run(self, steps):
        for _ in range(steps):
            self.clock.now += self.seconds_of(self.taken)
            self.taken += 1
        return super().run(steps)

    def learning_rate(self):
        self.rates.append(1 - self.step / self._settings.steps)
        return self.rates[-1]


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    for module in (loop, time_budget):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return str(write_shards(tmp_path_factory.mktemp("shards"), [13]))


def run(shards, folder, engine, settings=SETTINGS, **more):
    config = tiny_config(num_hidden_layers=1)
    return pretrain(config, settings, shards, engine, str(folder), show_progress=False, **more)


def test_as_many_steps_are_laid_out_as_take_the_time_and_compiling_is_not_in_it(
    shards, tmp_path, clock
):
    said = []
    engine = Timed(clock, lambda number: 60.0 if number == 0 else 0.6)
    result = run(shards, tmp_path, engine, say=said.append)
    assert result.step == 600 and engine.rates[-1] == 0.0
    record = read_run(str(tmp_path))
    assert record.train["steps"] == 600 and record.train["warmup_steps"] == 30
    assert record.laid_out["step_seconds"] == 0.6 and record.laid_out["steps"] == 100_000
    # 2 % of the time are 7.2 s; a step is measured as it runs, in calls of four at most.
    assert 12 <= record.laid_out["steps_measured"] < 20
    assert engine.asked[:3] == ["build", "begin", 1] and engine.asked.count("build") == 2
    told = [line for line in said if line.startswith("max_hours 0.1")]
    assert "0.600 s a step" in told[1] and "schedule has 600 steps, of at most 100,000" in told[1]
    assert told[2] == "max_hours 0.1: the steps took 5 min 59 s (99.8%)"


def test_a_killed_run_goes_on_with_its_schedule_and_the_time_that_it_used(shards, tmp_path, clock):
    with pytest.raises(KeyboardInterrupt):

        def killed(number):
            if number == 400:
                raise KeyboardInterrupt  # nothing is saved
            return 0.6

        run(shards, tmp_path, Timed(clock, killed))
    assert read_run(str(tmp_path)).seconds_of_steps == pytest.approx(0.6 * 299)
    said = []
    # Now it is on a machine that takes twice as long: what was decided is not decided again.
    engine = Timed(clock, lambda number: 1.2)
    result = run(shards, tmp_path, engine, say=said.append)
    assert result.step == 600 and engine.rates[-1] == 0.0 and engine.asked.count("build") == 1
    assert any("schedule has 600 steps" in line for line in said)
    assert not any("from here on" in line or "measured first" in line for line in said)
    seconds = read_run(str(tmp_path)).seconds_of_steps
    assert seconds == pytest.approx(0.6 * 299 + 1.2 * 299)
    assert said[-1].startswith("warning: max_hours 0.1: the steps took 8 min 58 s (149.5%)")
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == list(range(50, 601, 50))


def test_a_run_that_was_killed_before_its_first_checkpoint_measures_again(shards, tmp_path, clock):
    def killed(number):
        if number == 60:
            raise KeyboardInterrupt
        return 0.6

    with pytest.raises(KeyboardInterrupt):
        run(shards, tmp_path, Timed(clock, killed))
    assert not (tmp_path / "model.json").exists()
    assert run(shards, tmp_path, Timed(clock, lambda number: 1.2)).step == 300


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_steps_that_were_measured_wrongly_cut_nothing(shards, tmp_path, clock, factor):
    said = []
    engine = Timed(clock, lambda number: 0.6 if number < 30 else factor * 0.6)
    result = run(shards, tmp_path, engine, say=said.append)
    assert result.step == 600 and engine.rates[-1] == 0.0
    share = float(re.search(r"\((.+)%\)", said[-1])[1]) / 100
    assert said[-1].startswith("warning: max_hours 0.1: the steps took")
    assert share == pytest.approx(factor, rel=0.03)


def test_one_call_that_hangs_does_not_shorten_a_run(shards, tmp_path, clock):
    engine = Timed(clock, lambda number: 5.0 if number == 6 else 0.6)
    assert run(shards, tmp_path, engine).step == 600


def test_the_middle_of_the_calls_is_that_of_their_steps():
    assert measure_of([(1, 9.0), (1, 9.0), (8, 8.0), (1, 0.5)]) == Measure(11, 1.0)


def test_steps_are_the_most_and_a_warm_up_at_most_a_tenth():
    asked = TrainSettings(steps=500, warmup_steps=40, max_hours=1.0)
    few, all_steps = lay_out(asked, Measure(9, 36.0), 0), lay_out(asked, Measure(9, 0.1), 0)
    assert (few["steps_laid_out"], few["warmup_laid_out"]) == (100, 10)
    assert (all_steps["steps_laid_out"], all_steps["warmup_laid_out"]) == (500, 40)
    # Fewer than fit take less than the time, and that is no fault of the measure.
    assert list(lines_of_time(all_steps, 50.0)) == ["max_hours 1: the steps took 50.0 s (1.4%)"]


def test_a_branch_has_the_time_for_its_own_steps():
    asked = TrainSettings(steps=500, warmup_steps=4, max_hours=1.0)
    assert lay_out(asked, Measure(9, 36.0), 70)["steps_laid_out"] == 170


def test_a_time_of_less_than_two_steps_is_refused_and_pins_nothing(shards, tmp_path, clock):
    with pytest.raises(SettingError, match=r"max_hours is 0\.1, and one step takes 5 min"):
        run(shards, tmp_path, Timed(clock, lambda number: 300.0))
    assert not (tmp_path / "model.json").exists()


@pytest.mark.parametrize(
    "change", [dict(max_hours=0.2), dict(max_hours=0.0), dict(steps=50), dict(warmup_steps=3)]
)
def test_another_schedule_than_was_laid_out_is_refused(shards, tmp_path, clock, change):
    run(shards, tmp_path, Timed(clock, lambda number: 6.0))
    key = next(iter(change))
    with pytest.raises(SettingError, match=f"(?s)holds a run with {key}=.*laid out once.*--branch"):
        run(shards, tmp_path, Timed(clock, None), dataclasses.replace(SETTINGS, **change))


def test_a_run_that_was_begun_without_a_time_gets_none(shards, tmp_path, clock):
    plain = dataclasses.replace(SETTINGS, max_hours=0.0, steps=4)
    run(shards, tmp_path, Timed(clock, lambda number: 1.0), plain)
    with pytest.raises(SettingError, match=r"max_hours=0\.0, now 0\.1"):
        run(shards, tmp_path, Timed(clock, None))


def test_a_schedule_that_is_lost_is_not_guessed(shards, tmp_path, clock):
    run(shards, tmp_path, Timed(clock, lambda number: 6.0))
    (tmp_path / "model.json").unlink()
    with pytest.raises(SettingError, match="schedule is lost with its model.json"):
        run(shards, tmp_path, Timed(clock, None))


def test_every_process_takes_the_number_of_steps_that_one_measured(shards, tmp_path, clock):
    engine = Timed(clock, lambda number: 0.6)
    engine._others = lambda asked: (720_000,) if asked == (600_000,) else asked
    assert run(shards, tmp_path, engine).step == 500


@pytest.fixture(scope="module")
def timed(shards, tmp_path_factory):
    folder, said = tmp_path_factory.mktemp("timed"), []
    dropout = dict(hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1)
    config = tiny_config(num_hidden_layers=1, **dropout)
    settings = dataclasses.replace(
        SETTINGS, max_hours=2 / HOUR, steps=40, warmup_steps=5, log_every=5, steps_per_call=0
    )
    pretrain(config, settings, shards, new_engine(), str(folder), None, False, said.append)
    return folder, config, settings


def test_a_run_by_time_is_bit_by_bit_the_run_of_its_steps(shards, timed, tmp_path):
    folder, config, _ = timed
    record = read_run(str(folder))
    laid_out = record.laid_out
    steps, warmup = laid_out["steps_laid_out"], laid_out["warmup_laid_out"]
    assert 2 <= steps <= 40 and warmup == min(5, steps // 10)
    plain = TrainSettings(**{**record.train, "max_hours": 0.0})
    assert (plain.steps, plain.warmup_steps) == (steps, warmup)
    pretrain(config, plain, shards, new_engine(), str(tmp_path), show_progress=False)
    a, b = load_model(str(folder)), load_model(str(tmp_path))
    for x, y in zip(a.variables, b.variables, strict=True):
        np.testing.assert_array_equal(x, y, err_msg=x.path)


def test_a_finished_run_by_time_does_nothing_again(shards, timed, tmp_path):
    folder, config, settings = timed
    shutil.copytree(folder, tmp_path / "run")
    again = pretrain(
        config, settings, shards, new_engine(), str(tmp_path / "run"), show_progress=False
    )
    assert not again.worked
