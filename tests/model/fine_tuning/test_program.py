"""`albert-finetune` as its users call it: a rule is learnt, a killed run goes on, what is wrong is said."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from model.network.backend import ON_JAX
from tests.shared import ROOT

pytestmark = pytest.mark.slow

ENGINE = "jax" if ON_JAX else "tensorflow"
THINGS = "house boat road mill tower bridge field garden river hill".split()
PLACES = "north south east west".split()


def table(rng, rows, shuffled=False):
    """Sentences whose label is 1 where one of two colours stands in them, as SST-2's file has them."""
    made = []
    while len(made) < rows:
        colour = rng.choice(["red", "green"])
        label = rng.randrange(2) if shuffled else int(colour == "red")
        first, second = rng.sample(THINGS, 2)
        made.append(f"the {first} {rng.choice(PLACES)} of the {colour} {second} is old\t{label}")
    return "\n".join(["sentence\tlabel", *made]) + "\n"


@pytest.fixture
def write(tmp_path):
    def write(name="SST-2", shuffled=False) -> Path:
        rng, folder = random.Random(0), tmp_path / name
        folder.mkdir()
        (folder / "train.tsv").write_text(table(rng, 256, shuffled))
        (folder / "dev.tsv").write_text(table(rng, 100, shuffled))
        return folder

    return write


@pytest.fixture
def command(vocabulary_file):
    def command(data, output, *more, init=("--init", "random", "--vocabulary")):
        model = {"name": "albert-tiny", "num_hidden_layers": 1, "hidden_size": 64,
                 "intermediate_size": 64, "vocab_size": 2000}  # fmt: skip
        steps = {"steps": 140, "warmup_steps": 14, "learning_rate": 0.003, "eval_every": 20,
                 "batch_size": 32, "log_every": 20, "encoder_dropout": 0}  # fmt: skip
        given = [f"--set={key}={value}" for key, value in (model | steps).items()]
        start = [*init, str(vocabulary_file)] if init else []
        return [
            sys.executable, str(ROOT / "model/finetune.py"), "--task=sst-2", f"--data={data}",
            f"--output={output}", "--strategy=cpu", f"--engine={ENGINE}", "--no-progress",
            *start, *given, *more,
        ]  # fmt: skip

    return command


def run(arguments):
    return subprocess.run(arguments, capture_output=True, text=True)


def lines(output):
    return [json.loads(line) for line in (output / "runs.jsonl").read_text().splitlines()]


def figures(output):
    return [(one["seed"], one["curve"]) for one in lines(output)]


def fails(done, *expected):
    assert done.returncode in (1, 2) and "Traceback" not in done.stderr
    assert done.stderr.count("error:") == 1 and "\n  fix: " in done.stderr, done.stderr
    for text in expected:
        assert text in done.stderr


def test_a_rule_is_learnt_and_labels_by_chance_are_not(write, command, tmp_path):
    done = run(command(write(), tmp_path / "rule", "--runs=2"))
    assert done.returncode == 0, done.stderr
    assert [(one["seed"], one["curve"][-1][1] >= 95) for one in lines(tmp_path / "rule")] == [
        (0, True),
        (1, True),
    ]
    assert "| SST-2 | 2 |" in (tmp_path / "rule/results.md").read_text()
    chance = run(command(write("chance", shuffled=True), tmp_path / "by-chance"))
    assert chance.returncode == 0, chance.stderr
    (only,) = lines(tmp_path / "by-chance")
    assert 30 <= only["curve"][-1][1] <= 70


def test_a_killed_run_goes_on_to_the_figures_of_an_unbroken_one(write, command, tmp_path):
    data = write()
    often = "--set=save_every=20"
    assert run(command(data, tmp_path / "whole", often)).returncode == 0
    process = subprocess.Popen(
        command(data, tmp_path / "killed", often), stdout=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        if '"eval_figure"' in line and '"step": 40' in line:
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "killed/runs.jsonl").exists()
    again = run(command(data, tmp_path / "killed", often))
    assert again.returncode == 0, again.stderr
    assert figures(tmp_path / "killed") == figures(tmp_path / "whole")
    finished = run(command(data, tmp_path / "killed", often))
    assert "done before" in finished.stdout + finished.stderr
    assert figures(tmp_path / "killed") == figures(tmp_path / "whole")
    fails(run(command(data, tmp_path / "killed", "--set=learning_rate=0.001")), "learning_rate")


def test_what_is_wrong_is_one_error_that_names_it(write, command, tmp_path):
    data, out = write(), tmp_path / "out"
    fails(run(command(data, out, init=())), "--init")
    (data / "train.tsv").write_text("text\tlabel\na\t1\n")
    fails(run(command(data, out)), "train.tsv", "sentence")
    (data / "train.tsv").write_text("sentence\tlabel\na house\t2\n")
    fails(run(command(data, out)), "train.tsv", "line 2")
    (data / "train.tsv").write_text("")
    fails(run(command(data, out)), "train.tsv")
    assert not list(out.glob("seed-*"))
