"""Runs that need their own process: mirrored devices, signals, the command line."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from model.checkpoints import load_model
from model.configs import SettingError
from model.training import strategies
from model.training.strategies import choose, make_strategy, usual_precision
from model.training.tensorflow_engine import TensorFlowEngine
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
    return [
        {
            k: v
            for k, v in line.items()
            if k not in ("time", "host_memory_gib") and not k.endswith("per_second")
        }
        for line in lines
    ]


@pytest.mark.slow
@pytest.mark.parametrize("devices", [2, 4])
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


@pytest.mark.slow
def test_a_worker_that_is_lost_while_it_computes_is_one_line_with_its_reason(tmp_path):
    shards = write_shards(tmp_path / "shards", [30, 30])
    run = start("-m", "tests.model.run_on_worker", shards, tmp_path / "run")
    worker = int(run.stdout.readline())
    assert json.loads(run.stdout.readline())["step"] == 1
    os.kill(worker, signal.SIGKILL)
    _, err = finish(run, expected=1)
    assert "Traceback" not in err
    reason, fix = err[err.index("\nerror: ") :].strip().splitlines()
    assert re.search("Connection reset|Socket closed|[Ff]ailed to connect", reason), reason
    assert fix.startswith("  fix: ") and "goes on where it was" in fix


def test_wrong_input_on_the_command_line_is_one_message_and_exit_code_1(tmp_path):
    process = start(*COMMAND, "--shards", tmp_path, "--model-dir", tmp_path / "m")
    _, err = finish(process, expected=1)
    assert "Traceback" not in err
    assert "no manifest; is the build finished?" in err


def test_an_unknown_strategy_is_refused():
    with pytest.raises(SettingError, match="use one of: auto, tpu, mirrored, cpu"):
        make_strategy("gpu")


def test_a_tpu_usually_trains_in_bfloat16():
    assert (usual_precision("tpu"), usual_precision("cpu")) == ("mixed_bfloat16", "float32")


@pytest.mark.parametrize(
    "asked, named, chips, chosen, line",
    [
        ("my-tpu", "", "", "tpu", "strategy tpu: my-tpu"),
        ("", "my-tpu", "", "tpu", "strategy tpu: my-tpu"),
        ("local", "my-tpu", "v3", "tpu", "strategy tpu: v3 of this machine"),
        ("local", "", "", "tpu", "strategy tpu: local"),
        ("", "", "v6e", "tpu", "strategy tpu: v6e of this machine"),
        ("", "local", "", "cpu", "strategy cpu: no TPU or GPU found"),
        ("", "", "", "cpu", "strategy cpu: no TPU or GPU found"),
    ],
)
def test_the_strategy_is_chosen_by_what_there_is_and_said(
    monkeypatch, asked, named, chips, chosen, line
):
    monkeypatch.setenv("TPU_NAME", named)
    monkeypatch.setattr(strategies, "local_type", lambda environment: chips)
    said: list[str] = []
    assert choose("auto", asked, said.append) == chosen
    assert said == [line]
    assert choose("mirrored", asked, said.append) == "mirrored"
    assert said == [line]


def no_tpu(name=""):
    with pytest.raises(SettingError) as caught:
        make_strategy("tpu", name)
    return str(caught.value)


def test_an_address_that_nobody_answers_is_refused_before_tensorflow_waits_for_it():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    told = no_tpu(f"grpc://{address}")
    assert told.startswith(f"--tpu: no TPU grpc://{address} (no worker answers at {address}: ")


def test_a_name_without_what_looks_it_up_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setattr(strategies, "LOOK_UP", ("not_installed",))
    told = no_tpu("my-tpu")
    assert "not_installed is missing" in told
    assert "pip install 'albert-data[tpu]'" in told


@pytest.mark.parametrize(
    "chips, tensorflow, fix",
    [
        ("", "", "this machine has none"),
        ("v3", "", "this TensorFlow cannot use its v3: in a new environment, pip install"),
        ("v6e", "/lib/libtpu.so", "is its v6e at work for another process?"),
    ],
)
def test_no_tpu_is_told_from_one_that_cannot_be_used(monkeypatch, chips, tensorflow, fix):
    def refuse(tpu):
        raise RuntimeError("no chip answers\nat line 3")

    monkeypatch.delenv("TPU_NAME", raising=False)
    monkeypatch.setattr(tf.distribute.cluster_resolver, "TPUClusterResolver", refuse)
    monkeypatch.setattr(strategies, "local_type", lambda environment: chips)
    monkeypatch.setattr(strategies, "library", lambda environment: tensorflow)
    told = no_tpu()
    assert told.startswith("--strategy tpu: no TPU on this machine (no chip answers)")
    assert fix in told


class ErrorOfItsOwn(Exception):
    """As oauth2client, googleapiclient and httplib2 each raise one."""


def test_whatever_a_look_up_raises_is_one_message(monkeypatch):
    def refuse(tpu):
        raise ErrorOfItsOwn("no credentials")

    monkeypatch.setattr(strategies, "LOOK_UP", ())
    monkeypatch.setattr(tf.distribute.cluster_resolver, "TPUClusterResolver", refuse)
    assert no_tpu("my-tpu").startswith("--tpu: no TPU my-tpu (no credentials)")


def test_a_tensorflow_that_knows_no_gpu_is_told_from_a_machine_without_one(monkeypatch):
    for knows, told in ((False, r"pip install 'albert-data\[gpu\]'"), (True, "nvidia-smi")):
        monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda knows=knows: knows)
        with pytest.raises(SettingError, match=told):
            make_strategy("mirrored")


@pytest.mark.parametrize(
    "capabilities, usual",
    [([(8, 0), (9, 0)], "mixed_bfloat16"), ([(7, 5), (8, 0)], "float32"), ([], "float32")],
)
def test_gpus_that_compute_with_bfloat16_usually_train_in_it(monkeypatch, capabilities, usual):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: capabilities)
    details = lambda gpu: {"compute_capability": gpu}  # noqa: E731
    monkeypatch.setattr(tf.config.experimental, "get_device_details", details)
    assert usual_precision("mirrored") == usual


def test_the_most_memory_is_that_of_the_gpus_of_the_run_and_of_a_cpu_unknown(monkeypatch):
    peaks = {"GPU:0": 2 * 2**30, "GPU:1": 3 * 2**30, "GPU:2": 9 * 2**30}
    monkeypatch.setattr(
        tf.config.experimental, "get_memory_info", lambda name: {"current": 0, "peak": peaks[name]}
    )
    engine = TensorFlowEngine.__new__(TensorFlowEngine)
    for kinds, most in ((("GPU:0", "GPU:1"), 3.0), (("CPU:0",), None), (("TPU:0",), None)):
        places = [f"/job:localhost/replica:0/task:0/device:{kind}" for kind in kinds]
        engine.strategy = SimpleNamespace(extended=SimpleNamespace(worker_devices=places))
        assert engine.device_memory_gib() == most
