"""Runs that need their own process: mirrored devices, signals, the command line."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from model.checkpoints import load_model
from model.configs import SettingError
from model.training.strategies import make_strategy, usual_precision
from tests.model.make_shards import write_shards
from tests.shared import ROOT


def start(*command):
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process, expected=0, timeout=200):
    out, err = process.communicate(timeout=timeout)
    assert process.returncode == expected, err[-3000:]
    return out, err


def log_of(folder):
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if not k.endswith("per_second")} for line in lines]


@pytest.mark.parametrize("devices", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_mirrored_devices_equal_one_with_the_same_global_batch(tmp_path, devices):
    shards = write_shards(tmp_path / "shards", [13, 9, 11])
    runs = [
        start("-m", "tests.model.run_mirrored", shards, tmp_path / str(n), n) for n in (1, devices)
    ]
    for process in runs:
        finish(process)
    one, many = (load_model(str(tmp_path / str(n))) for n in (1, devices))
    for a, b in zip(one.variables, many.variables, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5, err_msg=a.path)
    logs = log_of(tmp_path / "1"), log_of(tmp_path / str(devices))
    for expected, line in zip(*logs, strict=True):
        assert line == pytest.approx(expected, rel=1e-4)


COMMAND = (
    "model/train_tpu.py",
    "--strategy",
    "cpu",
    "--set",
    "name=albert-tiny",
    "--set",
    "vocab_size=97",
    "--set",
    "num_hidden_layers=1",
    "--set",
    "batch_size=8",
    "--set",
    "steps_per_call=1",
    "--set",
    "log_every=1",
    "--set",
    "save_every=1000",
)


@pytest.mark.slow
def test_a_killed_run_saves_exits_with_143_and_goes_on_as_if_unbroken(tmp_path):
    """Dropout is on, so the masks must continue too."""
    shards = write_shards(tmp_path / "shards", [30, 30])
    more = ("--shards", shards, "--set", "steps=300", "--set", "warmup_steps=10")
    killed = start(*COMMAND, *more, "--model-dir", tmp_path / "a")
    log = tmp_path / "a" / "log.jsonl"
    deadline = time.monotonic() + 120
    while not log.exists() or log.read_text().count("\n") < 5:
        assert killed.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    killed.send_signal(signal.SIGTERM)
    _, err = finish(killed, expected=143)
    assert "stopped at step" in err
    done = len(log_of(tmp_path / "a"))
    assert 5 <= done < 300
    finish(start(*COMMAND, *more, "--model-dir", tmp_path / "a"))
    finish(start(*COMMAND, *more, "--model-dir", tmp_path / "b"))
    assert log_of(tmp_path / "a") == log_of(tmp_path / "b")


def test_wrong_input_on_the_command_line_is_one_message_and_exit_code_1(tmp_path):
    process = start(*COMMAND, "--shards", tmp_path, "--model-dir", tmp_path / "m")
    _, err = finish(process, expected=1)
    assert "Traceback" not in err
    assert "no manifest; is the build finished?" in err


def test_an_unknown_strategy_is_refused():
    with pytest.raises(SettingError, match="use one of: tpu, mirrored, cpu"):
        make_strategy("gpu")


def test_a_tpu_usually_trains_in_bfloat16():
    assert (usual_precision("tpu"), usual_precision("cpu")) == ("mixed_bfloat16", "float32")
