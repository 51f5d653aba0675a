"""Runs of a task in one process: what a signal breaks off, what several runs share, and what is refused."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import threading
from dataclasses import replace

import pytest

from albert_data.base.errors import ConfigError, DataError
from model.configs import SettingError
from model.fine_tuning.beginning import Beginning, begin_with
from model.fine_tuning.runs import NOT_FINITE, Asked, run_task, tell
from model.run_folder import held as held_folder
from model.tasks.scoring.runs import Run, held, read_runs
from model.tasks.table import find_task
from model.training.engine import Devices
from tests.model.backends import new_engine

TASK = find_task("sst-2")
MODEL = {
    "name": "albert-tiny",
    "vocab_size": 2000,
    "num_hidden_layers": 1,
    "hidden_size": 32,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 16,
}
SETTINGS = {
    "steps": 6,
    "warmup_steps": 1,
    "batch_size": 8,
    "max_length": 16,
    "eval_every": 2,
    "log_every": 2,
    "save_every": 6,
    "learning_rate": 0.003,
}


@pytest.fixture(scope="module")
def beginning(vocabulary_file) -> Beginning:
    return begin_with("random", str(vocabulary_file), MODEL)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    rng, folder = random.Random(0), tmp_path_factory.mktemp("data")
    for split, rows in (("train", 40), ("dev", 200)):
        made = [rng.choice(["red", "green"]) for _ in range(rows)]
        table = [f"the {colour} mill\t{int(colour == 'red')}" for colour in made]
        (folder / f"{split}.tsv").write_text("\n".join(["sentence\tlabel", *table]) + "\n")
    return str(folder)


def asked_for(output, seeds=(0,), engine=new_engine, **settings) -> Asked:
    given = {**SETTINGS, **settings}
    seeds = range(seeds[0], seeds[-1] + 1)
    return Asked(
        str(output), seeds, given, lambda *_: engine(), Devices(), False, lambda line: None
    )


def train(beginning, data, asked):
    splits = dict.fromkeys(("train", "dev"), data)
    return run_task(TASK, splits, asked.output, beginning, asked)


@pytest.fixture(scope="module")
def unbroken(beginning, data, tmp_path_factory):
    output = tmp_path_factory.mktemp("unbroken")
    assert train(beginning, data, asked_for(output)) == 0
    return output


def lines_of(output):
    return [json.loads(line) for line in (output / "runs.jsonl").read_text().splitlines()]


def steps_scored(output):
    lines = map(json.loads, (output / "seed-0/log.jsonl").read_text().splitlines())
    return [line["step"] for line in lines if "eval_figure" in line]


def signalling(at_scoring):
    """An engine that is asked to end at the first batch of a scoring, counted from 1."""

    def engine():
        made, count = new_engine(), 0
        outputs = made.outputs

        def signalled(batches):
            nonlocal count
            count += 1
            for number, one in enumerate(outputs(batches)):
                if number == 0 and count == at_scoring:
                    os.kill(os.getpid(), signal.SIGTERM)
                yield one

        made.outputs = signalled
        return made

    return engine


@pytest.mark.parametrize("scoring", [1, 3])  # that of step 2, and of the last
def test_a_signal_breaks_off_the_scoring_of_a_state_and_the_next_process_scores_it(
    beginning, data, unbroken, tmp_path, scoring
):
    assert train(beginning, data, asked_for(tmp_path, engine=signalling(scoring))) == 143
    assert len(steps_scored(tmp_path)) == scoring - 1 and not (tmp_path / "runs.jsonl").exists()
    first = json.loads((tmp_path / "seed-0/model.json").read_text())
    assert first["unscored"] == 2 * scoring
    assert train(beginning, data, asked_for(tmp_path)) == 0
    assert steps_scored(tmp_path) == [2, 4, 6]
    (line,), (whole,) = lines_of(tmp_path), lines_of(unbroken)
    assert line["curve"] == whole["curve"]
    record = json.loads((tmp_path / "seed-0/model.json").read_text())
    assert record["unscored"] == 0 and line["seconds"] == record["seconds"]
    assert line["seconds"] > first["seconds"] > 0


def test_a_run_that_is_done_is_told_once_with_its_seconds(beginning, data, unbroken):
    before = (unbroken / "runs.jsonl").read_bytes()
    assert train(beginning, data, asked_for(unbroken)) == 0
    assert (unbroken / "runs.jsonl").read_bytes() == before
    (unbroken / "runs.jsonl").unlink()  # as if it had been killed before it was told
    assert train(beginning, data, asked_for(unbroken)) == 0
    assert (unbroken / "runs.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    "change, problem",
    [({"learning_rate": 0.01}, "learning_rate=0.003, now 0.01"), ({"max_length": 12}, "data=")],
)
def test_seeds_of_a_folder_differ_in_nothing_else(beginning, data, unbroken, change, problem):
    with pytest.raises(SettingError, match=problem) as caught:
        train(beginning, data, asked_for(unbroken, seeds=(1,), **change))
    assert caught.value.where == f"{unbroken}/seed-0"
    assert caught.value.fix.startswith("take another --output")


def test_seeds_of_a_folder_begin_with_the_same_weights(beginning, data, unbroken):
    other = replace(beginning, name="another")
    with pytest.raises(SettingError, match="init='random', now 'another'"):
        train(other, data, asked_for(unbroken, seeds=(1,)))


def test_a_seed_that_another_process_trains_is_refused(beginning, data, tmp_path):
    with (
        held_folder(str(tmp_path / "seed-0")),
        pytest.raises(ConfigError, match="another process trains in this folder") as caught,
    ):
        train(beginning, data, asked_for(tmp_path))
    assert caught.value.fix == "wait for it, or name another --output"


def not_finite(fail):
    """Engines of which those fail, by loss, whose number (from 0) is in ``fail``."""
    made = 0

    def engine():
        nonlocal made
        one, number = new_engine(), made
        made += 1
        run = one.run
        if number in fail:
            one.run = lambda steps: {**run(steps), "loss": float("nan")}
        return one

    return engine


def test_runs_that_are_not_finite_are_failed_rows_and_the_others_are_made(
    beginning, data, tmp_path
):
    asked = asked_for(tmp_path, seeds=(0, 1), engine=not_finite({0, 1}))
    assert train(beginning, data, asked) == NOT_FINITE
    assert [(line["seed"], line["curve"]) for line in lines_of(tmp_path)] == [
        (0, [[6, None]]),
        (1, [[6, None]]),
    ]
    assert (
        "| SST-2 | 2 | 0.0 | 0.0 to 0.0 | 0.0 | 0.0 | 2 |" in (tmp_path / "results.md").read_text()
    )


def test_a_seed_after_one_that_is_not_finite_is_as_it_would_be_alone(beginning, data, tmp_path):
    both, alone = tmp_path / "both", tmp_path / "alone"
    asked = asked_for(both, seeds=(0, 1), engine=not_finite({0}))
    assert train(beginning, data, asked) == NOT_FINITE
    assert train(beginning, data, asked_for(alone, seeds=(1,))) == 0
    failed, good = lines_of(both)
    assert (failed["seed"], failed["curve"]) == (0, [[6, None]])
    (expected,) = lines_of(alone)
    assert (good["seed"], good["curve"]) == (1, expected["curve"])
    assert [step for step, _ in good["curve"]] == [2, 4, 6]
    assert "| SST-2 | 2 |" in (both / "results.md").read_text()


def test_who_tells_of_a_run_waits_for_another_process_that_does(tmp_path):
    asked = asked_for(tmp_path)
    run = Run("sst-2", "albert-base", "x", 0, ((1, 60.0),), 50.0, 1.0)
    path = tmp_path / "runs.jsonl"
    thread = threading.Thread(target=tell, args=(run, TASK, asked))
    with held(path):
        thread.start()
        thread.join(0.3)
        assert thread.is_alive() and read_runs(path) == []
    thread.join(30)
    assert read_runs(path) == [run] and (tmp_path / "results.html").exists()


def test_many_may_tell_of_their_runs_at_once(tmp_path):
    asked = asked_for(tmp_path)
    runs = [Run("sst-2", "albert-base", "x", n, ((1, 60.0),), 50.0, 1.0) for n in range(12)]
    threads = [threading.Thread(target=tell, args=(run, TASK, asked)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(read_runs(tmp_path / "runs.jsonl"), key=lambda run: run.seed) == runs
    assert "| SST-2 | 12 |" in (tmp_path / "results.md").read_text()


def test_a_vocabulary_that_is_not_the_run_s_is_refused_and_a_lost_one_may_be_named(
    unbroken, vocabulary_file, tmp_path
):
    run = shutil.copytree(unbroken / "seed-0", tmp_path / "run")
    other = tmp_path / "other.model"
    other.write_bytes(vocabulary_file.read_bytes() + b"\x08")
    with pytest.raises(SettingError, match=f"is not the vocabulary of {run}"):
        begin_with(str(run), str(other), {})
    named = begin_with(str(run), str(vocabulary_file), {})
    (run / "vocab.model").unlink()
    with pytest.raises(DataError, match="the vocabulary of the run is lost"):
        begin_with(str(run), None, {})
    again = begin_with(str(run), str(vocabulary_file), {})
    assert again.sha256 == named.sha256 and again.tokenizer.size == 2000
    with pytest.raises(DataError, match="is not the vocabulary that the run names"):
        begin_with(str(run), str(other), {})
