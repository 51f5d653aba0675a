"""Runs on JAX by the command line: stopped, killed, on two hosts, and under the other engine in between."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from model.run_folder import read_run
from model.state_file import read_arrays
from tests.model.make_shards import write_shards
from tests.shared import ROOT

TENSORFLOW = ROOT / ".venv" / "bin" / "python"
SETTINGS = (
    "name=albert-tiny", "vocab_size=97", "num_hidden_layers=1", "hidden_size=32",
    "embedding_size=16", "intermediate_size=64", "batch_size=8", "log_every=1", "save_every=5",
    "warmup_steps=10", "keep_checkpoints=100",
)  # fmt: skip


def start(*command, python=sys.executable, **variables):
    environment = {
        **os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/typings", "TF_CPP_MIN_LOG_LEVEL": "3", **variables
    }  # fmt: skip
    environment.pop("KERAS_BACKEND", None)
    return subprocess.Popen(
        list(map(str, [python, *command])),
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def training(shards, folder, steps, *settings, program="model/train_jax.py", **more):
    pairs = [f"--set={pair}" for pair in (*SETTINGS, f"steps={steps}", *settings)]
    given = ("--strategy", "cpu", "--shards", shards, "--model-dir", folder, "--no-progress")
    return start(program, *given, *pairs, **more)


def finish(process, expected=0):
    out, err = process.communicate(timeout=250)
    assert process.returncode == expected, err[-3000:]
    return out, err


def wait_for_lines(process, folder, count):
    """Waits until the log has so many lines."""
    log, deadline = folder / "log.jsonl", time.monotonic() + 200
    while not log.exists() or log.read_text().count("\n") < count:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)


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


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_shards(tmp_path_factory.mktemp("shards"), [30, 30])


@pytest.mark.slow
def test_a_run_that_is_stopped_and_killed_is_bit_by_bit_the_unbroken_one(shards, tmp_path):
    """Dropout is on; SIGTERM saves, kill -9 costs what came after the last checkpoint."""
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    other = training(shards, unbroken, 500)
    process = training(shards, broken, 500)
    wait_for_lines(process, broken, 7)
    process.send_signal(signal.SIGTERM)
    assert "stopped at step" in finish(process, 143)[1]
    done = len(log_of(broken))
    assert 7 <= done < 500
    process = training(shards, broken, 500)
    wait_for_lines(process, broken, done + 7)
    process.send_signal(signal.SIGKILL)
    finish(process, -signal.SIGKILL)
    assert len(log_of(broken)) < 500
    finish(training(shards, broken, 500))
    finish(other)
    assert log_of(broken) == log_of(unbroken)
    last = "ckpt-500.safetensors"
    assert (broken / last).read_bytes() == (unbroken / last).read_bytes()


@pytest.mark.slow
def test_two_hosts_make_the_run_of_one(shards, tmp_path):
    with socket.socket() as free:
        free.bind(("localhost", 0))
        place = f"localhost:{free.getsockname()[1]}"
    hosts = [
        training(
            shards, tmp_path / "two", 6, "shard_state=true",
            JAX_COORDINATOR_ADDRESS=place, JAX_NUM_PROCESSES="2", JAX_PROCESS_ID=str(number),
        )
        for number in range(2)
    ]  # fmt: skip
    first, second = map(finish, hosts)
    finish(training(shards, tmp_path / "one", 6))
    assert "engine jax: 2 x cpu (cpu), 2 hosts" in first[1]
    assert first[0].count('{"step"') == 6 and '{"step"' not in second[0]
    for line, expected in zip(log_of(tmp_path / "two"), log_of(tmp_path / "one"), strict=True):
        assert line == pytest.approx(expected, rel=1e-5)
    two, one = (read_arrays(f"{tmp_path}/{name}/ckpt-6.safetensors") for name in ("two", "one"))
    for name, array in one.items():
        np.testing.assert_allclose(two[name], array, rtol=1e-5, atol=2e-6, err_msg=name)


@pytest.mark.slow
def test_a_run_goes_from_one_engine_to_the_other_and_back(shards, tmp_path):
    if not TENSORFLOW.exists():
        pytest.skip(".venv, which has TensorFlow, is not made: make .venv/test.stamp")

    def converted(source, target, engine):
        command = (
            "model/convert/main.py",
            tmp_path / source,
            tmp_path / target,
            "--engine",
            engine,
        )
        out, _ = finish(start(*command, python=TENSORFLOW))
        assert f"it goes on with --engine {engine}" in out and f"wrote {tmp_path / target}" in out

    finish(training(shards, tmp_path / "a", 4))
    converted("a", "b", "tensorflow")
    converted("b", "c", "jax")
    first, third = (tmp_path / name / "ckpt-4.safetensors" for name in "ac")
    assert first.read_bytes() == third.read_bytes()
    on_tensorflow = dict(program="model/train_tpu.py", python=TENSORFLOW)
    _, said = finish(training(shards, tmp_path / "b", 6, **on_tensorflow))
    assert f"goes on at step 4 from {tmp_path}/b/ckpt-4" in said
    assert [line["examples"] for line in log_of(tmp_path / "b")] == [8 * n for n in range(1, 7)]
    converted("b", "d", "jax")
    _, said = finish(training(shards, tmp_path / "d", 8))
    assert f"goes on at step 6 from {tmp_path}/d/ckpt-6" in said
    assert [line["step"] for line in log_of(tmp_path / "d")] == list(range(1, 9))
    assert read_run(str(tmp_path / "d")).engine == "jax"
    _, refused = finish(training(shards, tmp_path / "b", 8), expected=2)
    assert "engine='tensorflow', now 'jax'" in refused


def test_settings_of_the_other_engine_are_said(shards, tmp_path):
    _, said = finish(training(shards, tmp_path / "run", 1, "xla=true"))
    assert "xla=true says nothing here: JAX compiles all with XLA" in said


@pytest.mark.parametrize("program", ["evaluate", "analysis", "try_model", "export", "convert/main"])
def test_programs_start_where_jax_is_installed_and_tensorflow_is_not(program):
    out, _ = finish(start(f"model/{program}.py", "--help"))
    assert "Usage: " in out
